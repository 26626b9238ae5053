// A request's target in its decoded parts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/paging.hpp"

namespace tidepool::api {

struct Target {
  std::vector<std::string> segments;  ///< without the empty one that a closing slash leaves
  bool closing_slash = false;
  Query query;  ///< of a name given twice, the first
};

/// Empty for what is no path with an optional query, percent-encoded.
std::optional<Target> read_target(std::string_view text);

/// How well a path fits a pattern such as "/projects/{project}": empty when it does not, else a number with one bit a
/// segment, the first one highest, set where the pattern is fixed. So of patterns that fit, the one that is fixed where the
/// other is variable has the larger number. No variable stands for an empty segment.
std::optional<unsigned> fit(std::string_view pattern, std::span<const std::string> segments);
bool is_variable(std::string_view pattern_segment);

/// 32 hexadecimal digits in lower case, as project ids are.
bool has_project_id_shape(std::string_view text);

}  // namespace tidepool::api
