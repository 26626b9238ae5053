// A request's target in its decoded parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/paging.hpp"

namespace tidepool::api {

struct Target {
  std::vector<std::string> segments;  ///< without the empty one that a closing slash leaves
  bool closing_slash = false;         ///< the path ends in a slash
  Query query;                        ///< of a name given twice, the first
};

/// Empty for what is no path with an optional query, percent-encoded.
std::optional<Target> read_target(std::string_view text);

/// 32 hexadecimal digits in lower case, as project ids are.
bool has_project_id_shape(std::string_view text);

}  // namespace tidepool::api
