#pragma once

#include <string>

namespace tidepool::scenarios {

/// The program that makes a result, as the result names it.
struct Program {
  std::string version, commit;
};

}  // namespace tidepool::scenarios
