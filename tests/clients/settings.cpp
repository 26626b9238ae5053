#include "tests/clients/settings.hpp"

#include <cstdlib>

namespace tidepool::clients {

// NOLINTBEGIN(concurrency-mt-unsafe): nothing here changes the environment.
bool is_set(const char* variable) { return std::getenv(variable) != nullptr; }

std::string setting(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : value;
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace tidepool::clients
