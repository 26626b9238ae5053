// The real program, from a shell's command line.
#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace tidepool::support {

struct Ended {
  int code = -1;
  std::string out, err;
};

/// A shell's command line, run in a folder; `tidepool` in it is the program.
inline Ended shell(const TemporaryFolder& folder, const std::string& commands) {
  const TemporaryFolder output;
  const std::string line = fmt::format(
      "cd '{}' && tidepool() {{ '{}' \"$@\"; }} && ( {} ) >'{}' 2>'{}' </dev/null", folder.path().string(),
      TIDEPOOL_BINARY, commands, output.file("out").string(), output.file("err").string());
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  const int status = std::system(("unset CI TERM; " + line).c_str());
  REQUIRE(WIFEXITED(status));
  return {WEXITSTATUS(status), read_file(output.file("out")), read_file(output.file("err"))};
}

}  // namespace tidepool::support
