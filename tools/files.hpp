// What goes in and out of the program. All throw Failure: InputOutput with the file's name and the reason, or how an
// interrupt is to end the program.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/part_file.hpp"

namespace tidepool::tools {

/// What "-" is called in messages.
inline constexpr const char* kStdin = "<stdin>";

/// All of a file, or of standard input for "-".
std::string read_text(const std::string& file);

/// The whole of a result on standard output; nothing waits in a buffer afterwards.
void print(std::string_view text);

struct CloseFile {
  void operator()(std::FILE* file) const;
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// A text file that grows while the program runs and that appears only when it is complete. A device or a pipe gets the
/// text at once.
class OutputFile {
 public:
  /// "-" is standard output.
  explicit OutputFile(std::string name);
  void write(std::string_view text);
  /// Without this the file is removed again.
  void finish();

 private:
  [[noreturn]] void fail(const std::string& why) const;

  std::string name_;
  std::optional<scenarios::PartFile> part_;
  File file_;
};

}  // namespace tidepool::tools
