// The real program as a process beside the test.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace tidepool::support {

/// Killed when the test ends before it does.
class RunningProgram {
 public:
  /// `tidepool serve` with more arguments.
  explicit RunningProgram(std::vector<std::string> arguments);
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram(RunningProgram&&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  RunningProgram& operator=(RunningProgram&&) = delete;
  ~RunningProgram();

  void signal(int number) const;
  /// The exit code, or 128 and the number of the signal that killed it; -1 for a program that does not end.
  int wait();
  bool is_running() const;

  std::string out() const { return read_file(folder_.file("out")); }
  std::string err() const { return read_file(folder_.file("err")); }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = 0;
};

}  // namespace tidepool::support
