// How the program ends, and how it says why.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tidepool::tools {

/// The exit codes that every verb shares; the help texts promise them.
enum class Exit : std::uint8_t {
  Ok = 0,
  Missed = 1,    ///< an objective missed, or a call answered otherwise than expected
  WrongUse = 2,  ///< of the command line, or an invalid scenario
  InputOutput = 3,
  Internal = 4,
  Interrupted = 130,  ///< SIGINT
  BrokenPipe = 141,
  Terminated = 143,  ///< SIGTERM
};

/// Thrown by a verb that cannot do what it was asked; main() tells it and ends with its code.
struct Failure {
  Exit exit = Exit::Internal;
  std::string message;
  std::vector<std::string> details = {};  ///< complete lines that come before the message
  std::string hint = {};
  std::string code = {};  ///< for programs; empty: the exit code's own, such as "wrong_use"
};

enum class ErrorStyle : std::uint8_t { Text, Json };

/// On stderr: lines for people, or {"error": {"code", "message", "details", "hint"}}. A broken pipe is not worth a word.
void tell(const Failure& failure, ErrorStyle style);

}  // namespace tidepool::tools
