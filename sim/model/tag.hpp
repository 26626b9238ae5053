#pragma once

#include <optional>
#include <string>

#include "sim/model/error.hpp"

namespace tidepool::sim {

/// A mark on a group. Keys are its own, and upper and lower case differ.
struct Tag {
  std::string key;    ///< 1 to 36 characters: letters and digits of any script, - _ @
  std::string value;  ///< 0 to 43 of the same
  friend bool operator==(const Tag&, const Tag&) = default;
};

/// Source: AS API reference, "Creating or Deleting Tags".
std::optional<Error> validate(const Tag& tag);

}  // namespace tidepool::sim
