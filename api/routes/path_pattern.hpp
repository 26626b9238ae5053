// Paths with variable segments: /v1/{project_id}/vpcs/{vpc_id}.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tidepool::api {

/// The variable segments of a path, decoded, by the name that a table gives them. The names live as long as the table.
using PathTexts = std::map<std::string_view, std::string>;

/// How well a pattern fits: empty when it does not, else a number with one bit a segment, the first one highest, set
/// where the pattern is fixed. So among patterns that fit, the one that is fixed where the other is variable wins. No variable stands for an empty segment.
std::optional<unsigned> fit(std::string_view pattern, std::span<const std::string> segments);

/// Of a pattern that fits.
PathTexts texts_in(std::string_view pattern, std::span<const std::string> segments);

}  // namespace tidepool::api
