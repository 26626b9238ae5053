#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/error_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/tag_json.hpp"

namespace tidepool::api {
namespace {

std::optional<sim::Error> wrong_resource_type(const Call& call) {
  const std::string& given = call.path.at("resource_type");
  if (given == kTaggedResource) return {};
  return sim::Error{sim::ErrorCode::TagResourceTypeInvalid,
                    fmt::format("resource_type {}: expected {}", shown(given), kTaggedResource)};
}

// The group behind the path's resource_type and resource_id.
sim::Result<sim::AsGroupId> tagged_group_in_path(const Call& call) {
  if (auto fault = wrong_resource_type(call)) return *std::move(fault);
  const std::string& text = call.path.at("resource_id");
  const auto id = IdText{call.cloud.seed()}.group(text);
  if (id != sim::none<sim::AsGroupId>() && call.cloud.find(id) != nullptr) return id;
  return unknown_path_id(call.cloud.behaviour(), sim::ErrorCode::GroupUnknown, "resource_id", text);
}

// ---- Which groups a query means ----

bool fits(std::string_view wanted, std::string_view value) {
  return wanted.starts_with('*') ? contains_fuzzily(value, wanted.substr(1)) : wanted == value;
}

bool holds(const TagCondition& condition, const sim::AsGroup& group) {
  const auto tag = std::ranges::find(group.tags, condition.key, &sim::Tag::key);
  if (tag == group.tags.end()) return false;
  return condition.values.empty() ||
         std::ranges::any_of(condition.values, [&](const auto& each) { return fits(each, tag->value); });
}

bool admits(const TagQuery& query, const sim::AsGroup& group) {
  const auto met = [&](const TagCondition& each) { return holds(each, group); };
  if (query.name && (query.name->empty() || !contains_fuzzily(group.set.name, *query.name))) return false;
  if (query.untagged) return group.tags.empty();
  const auto& any = query.tags_any;
  const auto& not_all = query.not_tags;
  return std::ranges::all_of(query.tags, met) && (any.empty() || std::ranges::any_of(any, met)) &&
         (not_all.empty() || !std::ranges::all_of(not_all, met)) &&
         std::ranges::none_of(query.not_tags_any, met);
}

// Newest first.
std::vector<sim::AsGroupId> matches(const sim::Cloud& cloud, const TagQuery& query) {
  std::vector<sim::AsGroupId> found;
  for (std::size_t i = cloud.all_groups().size(); i-- > 0;) {
    const auto id = sim::id_at<sim::AsGroupId>(i);
    const sim::AsGroup* group = cloud.find(id);
    if (group != nullptr && admits(query, *group)) found.push_back(id);
  }
  return found;
}

}  // namespace

Response list_all_tags(const Call& call) {
  if (const auto fault = wrong_resource_type(call)) return error_response(*fault);
  return ok(write_all_tags(call.cloud));
}

Response list_tags_of_group(const Call& call) {
  const auto group = tagged_group_in_path(call);
  return group ? ok(write_tags_of_group(*call.cloud.find(*group))) : error_response(group.error());
}

Response change_tags_of_group(const Call& call) {
  const auto group = tagged_group_in_path(call);
  if (!group) return error_response(group.error());
  const auto command = read_change_tags(call.body, *group, call.cloud);
  if (!command) return error_response(command.error());
  return no_content_or_error(call.cloud.submit(*command));
}

// The marker is where a next query would go on.
Response query_tagged_groups(const Call& call) {
  if (const auto fault = wrong_resource_type(call)) return error_response(*fault);
  const auto query = read_tag_query(call.body, call.cloud);
  if (!query) return error_response(query.error());
  const auto found = matches(call.cloud, *query);
  if (query->action == TagQueryAction::Count) return ok({{"total_count", found.size()}});
  const std::size_t first = std::min(found.size(), static_cast<std::size_t>(query->offset));
  const std::size_t last = std::min(found.size(), first + static_cast<std::size_t>(query->limit));
  boost::json::array rows;
  for (std::size_t i = first; i < last; ++i) rows.push_back(write_tagged_group(call.cloud, found[i]));
  return ok(
      {{"resources", std::move(rows)}, {"marker", fmt::to_string(last)}, {"total_count", found.size()}});
}

}  // namespace tidepool::api
