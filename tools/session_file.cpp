#include "tools/session_file.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "tools/failure.hpp"

namespace tidepool::tools {
namespace {

// Closes the document. The next request is written over it.
constexpr std::string_view kEnd = "\n]}\n";

std::string reason() { return std::generic_category().message(errno); }

}  // namespace

SessionFile::SessionFile(std::string name, const api::WorldOptions& options)
    : name_(std::move(name)), file_(std::fopen(name_.c_str(), "wb")) {
  const std::string head =
      R"({"session": )" + boost::json::serialize(api::session_head(options)) + ",\n\"requests\": [";
  if (!file_ || std::fwrite(head.data(), 1, head.size(), file_.get()) != head.size() || !append(""))
    throw Failure{Exit::InputOutput, fmt::format("{}: cannot be written: {}", name_, reason())};
}

void SessionFile::add(const api::RecordedRequest& request) {
  if (broken_) return;
  const std::string line = (first_ ? "\n" : ",\n") + boost::json::serialize(api::written(request));
  first_ = false;
  if (std::fseek(file_.get(), -static_cast<long>(kEnd.size()), SEEK_CUR) == 0 && append(line)) return;
  broken_ = true;
  fmt::print(stderr, "{}: the recording ends here: {}\n", name_, reason());
}

bool SessionFile::append(const std::string& text) {
  const std::string all = text + std::string(kEnd);
  return std::fwrite(all.data(), 1, all.size(), file_.get()) == all.size() && std::fflush(file_.get()) == 0;
}

}  // namespace tidepool::tools
