#include "api/wire/tag_json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cassert>
#include <map>
#include <set>
#include <utility>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr std::size_t kMostConditions = 10;
constexpr int kMostRows = 1000;

constexpr Spelling<sim::TagChange> kChanges[] = {{"create", sim::TagChange::Create},
                                                 {"update", sim::TagChange::Create},
                                                 {"delete", sim::TagChange::Delete}};

constexpr Spelling<TagQueryAction> kQueryActions[] = {{"filter", TagQueryAction::Filter},
                                                      {"count", TagQueryAction::Count}};

boost::json::array write_tags(const sim::AsGroup& group) {
  boost::json::array tags;
  for (const sim::Tag& each : group.tags) tags.push_back({{"key", each.key}, {"value", each.value}});
  return tags;
}

template <class Items>
bool has_twice(Items items) {
  std::ranges::sort(items);
  return std::ranges::adjacent_find(items) != items.end();
}

TagCondition read_condition(const Fields& fields) {
  fields.expect_only({"key", "values"});
  TagCondition condition{std::string{fields.required_text("key", ErrorCode::TagKeyMissing)}, {}};
  const auto values = fields.texts("values");
  if (!values) {
    fields.report("values", ErrorCode::TagValueMissing, "a list of 0 to 10 texts");
    return condition;
  }
  if (values->size() > kMostConditions) fields.report("values", ErrorCode::TooManyTags, "0 to 10 texts");
  if (has_twice(*values)) fields.report("values", ErrorCode::TagValueDuplicate, "each text once");
  condition.values.assign(values->begin(), values->end());
  return condition;
}

std::vector<TagCondition> read_conditions(const Fields& body, std::string_view list) {
  std::vector<TagCondition> conditions;
  std::vector<std::string> keys;
  for (const Fields& each : body.objects(list).value_or(std::vector<Fields>{})) {
    conditions.push_back(read_condition(each));
    keys.push_back(conditions.back().key);
  }
  if (keys.size() > kMostConditions) body.report(list, ErrorCode::TooManyTags, "0 to 10 keys");
  if (has_twice(keys)) body.report(list, ErrorCode::TagKeyDuplicate, "each key once");
  return conditions;
}

// The one thing beside tags that can be asked for.
std::optional<std::string> read_name(const Fields& body) {
  const auto matches = body.objects("matches");
  if (!matches || matches->empty()) return std::nullopt;
  const auto key = matches->front().text("key"), value = matches->front().text("value");
  if (matches->size() == 1 && key == "resource_name" && value) return std::string{*value};
  body.report("matches", ErrorCode::MatchesInvalid, "one object with the key resource_name and a value");
  return std::nullopt;
}

// These are texts by the documents, so one that is no number is a wrong value and not a wrong type.
std::optional<int> number_in_text(const Fields& body, std::string_view key, ErrorCode bad,
                                  std::string_view allowed) {
  const auto* given = body.find(key);
  const auto* text = given == nullptr ? nullptr : given->if_string();
  const bool digits = text == nullptr || text->find_first_not_of("-0123456789") == std::string_view::npos;
  if (!digits || (text != nullptr && text->empty())) body.report(key, bad, allowed);
  return body.integer(key, bad, allowed);
}

void read_page(const Fields& body, TagQuery& query) {
  query.limit = number_in_text(body, "limit", ErrorCode::ListLimitInvalid, "1 to 1000").value_or(query.limit);
  if (query.limit < 1 || query.limit > kMostRows)
    body.report("limit", ErrorCode::ListLimitInvalid, "1 to 1000");
  const bool by_marker = !body.has("offset") && body.has("marker");
  const std::string_view key = by_marker ? "marker" : "offset";
  const auto bad = by_marker ? ErrorCode::MarkerInvalid : ErrorCode::OffsetInvalid;
  query.offset = number_in_text(body, key, bad, "0 or more").value_or(0);
  if (query.offset < 0) body.report(key, bad, "0 or more");
}

}  // namespace

sim::Result<sim::ChangeTags> read_change_tags(std::string_view body, sim::AsGroupId group,
                                              const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"action", "tags"});
  fields.required_text("action", ErrorCode::TagActionInvalid);
  const auto change = fields.choice("action", ErrorCode::TagActionInvalid, kChanges);
  if (!fields.has("tags")) fields.report("tags", ErrorCode::TagsMissing, "a list of 1 to 10 tags");
  sim::ChangeTags read{group, change.value_or(sim::TagChange::Create), {}};
  for (const Fields& each : fields.objects("tags").value_or(std::vector<Fields>{})) {
    each.expect_only({"key", "value"});
    const std::string_view key = each.required_text("key", ErrorCode::TagKeyMissing);
    const bool deletes = read.change == sim::TagChange::Delete;
    read.tags.push_back({std::string{key}, std::string{deletes ? "" : each.text("value").value_or("")}});
  }
  if (faults.any()) return faults.first();
  return read;
}

boost::json::object write_tags_of_group(const sim::AsGroup& group) {
  return {{"tags", write_tags(group)}, {"sys_tags", nullptr}};
}

boost::json::object write_all_tags(const sim::Cloud& cloud) {
  std::map<std::string, std::set<std::string>> values;
  for (const sim::AsGroup& group : cloud.all_groups())
    for (const sim::Tag& each : group.tags) values[each.key].insert(each.value);
  boost::json::array tags;
  for (const auto& [key, each] : values)
    tags.push_back({{"key", key}, {"values", boost::json::array(each.begin(), each.end())}});
  return {{"tags", std::move(tags)}};
}

sim::Result<TagQuery> read_tag_query(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"action", "tags", "tags_any", "not_tags", "not_tags_any", "without_any_tag", "matches",
                      "limit", "offset", "marker"});
  fields.required_text("action", ErrorCode::TagActionInvalid);
  TagQuery query;
  query.action = fields.choice("action", ErrorCode::TagActionInvalid, kQueryActions).value_or(query.action);
  query.tags = read_conditions(fields, "tags");
  query.tags_any = read_conditions(fields, "tags_any");
  query.not_tags = read_conditions(fields, "not_tags");
  query.not_tags_any = read_conditions(fields, "not_tags_any");
  query.untagged = fields.boolean("without_any_tag").value_or(false);
  query.name = read_name(fields);
  read_page(fields, query);
  if (faults.any()) return faults.first();
  return query;
}

boost::json::object write_tagged_group(const sim::Cloud& cloud, sim::AsGroupId id) {
  assert(cloud.find(id) != nullptr);
  const sim::AsGroup& group = *cloud.find(id);
  return {{"resource_id", IdText{cloud.seed()}.text(id)},
          {"resource_detail", "SCALING_GROUP_TAG"},
          {"resource_name", group.set.name},
          {"tags", write_tags(group)}};
}

}  // namespace tidepool::api
