#pragma once

#include <filesystem>

namespace tidepool::scenarios {

/// An output that appears complete or not at all: a new file beside the target, which takes the target's place when all
/// is written and is removed otherwise. A target that is a symbolic link stays one.
class PartFile {
 public:
  /// Makes the file, empty, under a name that nothing else has. Throws std::runtime_error with the reason.
  explicit PartFile(const std::filesystem::path& target);
  PartFile(const PartFile&) = delete;
  PartFile(PartFile&&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  const std::filesystem::path& path() const { return part_; }
  /// Replaces the target. Throws std::runtime_error with the reason.
  void commit();

 private:
  std::filesystem::path target_, part_;
};

}  // namespace tidepool::scenarios
