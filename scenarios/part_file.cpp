#include "scenarios/part_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAttempts = 1000;

// "x" fails where a file exists, so neither a leftover nor the file of another run is ever taken.
fs::path made_beside(const fs::path& target) {
  for (int attempt = 1;; ++attempt) {
    fs::path part = target;
    part += fmt::format(".part{}", attempt);
    errno = 0;
    if (std::FILE* made = std::fopen(part.c_str(), "wx")) {
      (void)std::fclose(made);
      return part;
    }
    if (errno != EEXIST || attempt == kMostAttempts)
      throw std::runtime_error(std::generic_category().message(errno));
  }
}

}  // namespace

PartFile::PartFile(const fs::path& target) : target_(target) {
  std::error_code ignored;
  if (fs::is_symlink(target, ignored)) {
    const fs::path behind = fs::canonical(target, ignored);
    if (!ignored) target_ = behind;
  }
  part_ = made_beside(target_);
}

PartFile::~PartFile() {
  std::error_code ignored;
  if (!part_.empty()) fs::remove(part_, ignored);
}

void PartFile::commit() {
  std::error_code failed;
  fs::rename(part_, target_, failed);
  if (failed) throw std::runtime_error(failed.message());
  part_.clear();
}

}  // namespace tidepool::scenarios
