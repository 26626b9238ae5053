#include "api/routes/target.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace tidepool::api {

std::optional<Target> read_target(std::string_view text) {
  const auto url = boost::urls::parse_origin_form({text.data(), text.size()});
  if (!url) return std::nullopt;
  Target target;
  for (const auto& each : url->segments()) target.segments.emplace_back(each.data(), each.size());
  target.closing_slash = !target.segments.empty() && target.segments.back().empty();
  if (target.closing_slash) target.segments.pop_back();
  for (const auto& each : url->params())
    target.query.emplace(std::string{each.key.data(), each.key.size()},
                         std::string{each.value.data(), each.value.size()});
  return target;
}

bool has_project_id_shape(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 32 && std::ranges::all_of(text, is_hex);
}

}  // namespace tidepool::api
