#include "api/routes/path_pattern.hpp"

namespace tidepool::api {
namespace {

bool is_variable(std::string_view segment) { return segment.starts_with('{'); }

}  // namespace

std::optional<unsigned> fit(std::string_view pattern, std::span<const std::string> segments) {
  unsigned fixed = 0;
  for (const std::string& each : segments) {
    if (pattern.empty()) return std::nullopt;
    pattern.remove_prefix(1);
    const std::string_view expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    const bool fits = is_variable(expected) ? !each.empty() : each == expected;
    if (!fits) return std::nullopt;
    fixed = fixed << 1U | (is_variable(expected) ? 0U : 1U);
  }
  return pattern.empty() ? std::optional{fixed} : std::nullopt;
}

PathTexts texts_in(std::string_view pattern, std::span<const std::string> segments) {
  PathTexts texts;
  for (const std::string& each : segments) {
    pattern.remove_prefix(1);
    const std::string_view name = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(name.size());
    if (is_variable(name)) texts.emplace(name.substr(1, name.size() - 2), each);
  }
  return texts;
}

}  // namespace tidepool::api
