// The real program as a server, for as long as a test needs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/running_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::clients {

class ServedProgram {
 public:
  /// `tidepool serve --quiet` with more arguments. Returns when clients can connect.
  explicit ServedProgram(std::vector<std::string> arguments = {});

  std::uint16_t port() const { return port_; }
  bool is_running() const { return program_.is_running(); }
  /// Tells it to end, and waits. The exit code, or 128 and the number of the signal that killed it.
  int stop();

 private:
  support::TemporaryFolder folder_;
  support::RunningProgram program_;
  std::uint16_t port_ = 0;
};

/// A manual clock, with the start and the seed that the tests' golden files are written for.
std::vector<std::string> at_a_standstill();

}  // namespace tidepool::clients
