#include "sim/model/topic.hpp"

#include <algorithm>

#include "sim/model/shared_rules.hpp"

namespace tidepool::sim {
namespace {

constexpr std::string_view kPrefix = "urn:smn:";
constexpr int kPartsAfterPrefix = 3;  // region, project, topic

bool is_part(std::string_view text) {
  const auto legal = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; };
  return !text.empty() && std::ranges::all_of(text, legal);
}

}  // namespace

bool is_topic_urn(std::string_view urn) {
  if (!urn.starts_with(kPrefix)) return false;
  std::string_view rest = urn.substr(kPrefix.size());
  for (int part = 1; part < kPartsAfterPrefix; ++part) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos || !is_part(rest.substr(0, colon))) return false;
    rest.remove_prefix(colon + 1);
  }
  return is_part(rest);
}

}  // namespace tidepool::sim
