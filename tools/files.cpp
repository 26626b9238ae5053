#include "tools/files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tools/failure.hpp"
#include "tools/interrupt.hpp"

namespace tidepool::tools {
namespace {

namespace fs = std::filesystem;

std::string system_reason() { return std::generic_category().message(errno); }

void stop_if_interrupted() {
  if (const auto how = interrupted()) throw Failure{*how, "interrupted"};
}

}  // namespace

void CloseFile::operator()(std::FILE* file) const {
  if (file != stdin && file != stdout) (void)std::fclose(file);
}

std::string read_text(const std::string& file) {
  const bool standard = file == "-";
  const std::string name = standard ? kStdin : file;
  const File in(standard ? stdin : std::fopen(file.c_str(), "rb"));
  if (!in) throw Failure{Exit::InputOutput, fmt::format("{}: {}", name, system_reason())};
  std::string text;
  std::array<char, 1 << 16> block{};
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), in.get()))
    text.append(block.data(), got);
  if (std::ferror(in.get()) == 0) return text;
  const std::string why = system_reason();
  stop_if_interrupted();
  throw Failure{Exit::InputOutput, fmt::format("{}: {}", name, why)};
}

void print(std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return;
  if (errno == EPIPE) throw Failure{Exit::BrokenPipe, "standard output was closed"};
  throw Failure{Exit::InputOutput, fmt::format("standard output: {}", system_reason())};
}

OutputFile::OutputFile(std::string name) : name_(std::move(name)) {
  if (name_ == "-") {
    file_.reset(stdout);
    return;
  }
  std::error_code ignored;
  const fs::file_status status = fs::status(name_, ignored);
  if (fs::is_directory(status)) fail("is a folder");
  fs::path path = name_;
  if (!fs::exists(status) || fs::is_regular_file(status)) {
    try {
      path = part_.emplace(name_).path();
    } catch (const std::runtime_error& error) {
      fail(error.what());
    }
  }
  file_.reset(std::fopen(path.c_str(), "wb"));
  if (!file_) fail(system_reason());
}

void OutputFile::write(std::string_view text) {
  if (file_.get() == stdout) return print(text);
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail(system_reason());
}

void OutputFile::finish() {
  if (file_.get() == stdout) return;
  if (std::fclose(file_.release()) != 0) fail(system_reason());
  if (!part_) return;
  try {
    part_->commit();
  } catch (const std::runtime_error& error) {
    fail(error.what());
  }
}

void OutputFile::fail(const std::string& why) const {
  stop_if_interrupted();
  throw Failure{Exit::InputOutput, fmt::format("{}: cannot be written: {}", name_, why)};
}

}  // namespace tidepool::tools
