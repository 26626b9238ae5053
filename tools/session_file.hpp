// The file that `serve --record` writes. It is complete after every request, whatever ends the program.
#pragma once

#include <string>

#include "api/routes/recording.hpp"
#include "api/routes/world.hpp"
#include "tools/files.hpp"

namespace tidepool::tools {

class SessionFile {
 public:
  /// Replaces what was there. Throws Failure when the file can't be written.
  SessionFile(std::string name, const api::WorldOptions& options);

  /// Appends a request. When the disk is full, says so once on stderr and records no more.
  void add(const api::RecordedRequest& request);

 private:
  bool append(const std::string& text);

  std::string name_;
  File file_;
  bool first_ = true, broken_ = false;
};

}  // namespace tidepool::tools
