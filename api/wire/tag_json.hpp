// Tags of groups on the wire. Source: AS API reference, "Tag Management".
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// The only type of resource that has tags.
inline constexpr std::string_view kTaggedResource = "scaling_group_tag";

/// `update`, which one SDK knows, is the same as `create`. Without an action AS.7049, without tags AS.7044; lengths and
/// characters are left to Cloud::submit. The values of tags that are deleted don't count.
sim::Result<sim::ChangeTags> read_change_tags(std::string_view body, sim::AsGroupId group,
                                              const sim::Cloud& cloud);

/// {"tags": [{"key": ..., "value": ...}], "sys_tags": null}, newest first.
boost::json::object write_tags_of_group(const sim::AsGroup& group);
/// {"tags": [{"key": ..., "values": [...]}]} of all groups, each key and value once, in alphabetical order.
boost::json::object write_all_tags(const sim::Cloud& cloud);

/// A key with the values that are asked for; none: any value. "*x" is any value that contains x.
struct TagCondition {
  std::string key;
  std::vector<std::string> values;
};

enum class TagQueryAction : std::uint8_t { Filter, Count };

/// Which groups a client wants to see; an empty list is no condition.
struct TagQuery {
  TagQueryAction action = TagQueryAction::Filter;
  std::vector<TagCondition> tags, tags_any, not_tags, not_tags_any;
  bool untagged = false;            ///< then the four lists don't count
  std::optional<std::string> name;  ///< a part of the group's name; "" matches no name but itself
  int limit = 1000;                 ///< 1 to 1000
  int offset = 0;                   ///< 0 or more
};

/// Numbers may come as texts. More than 10 keys or values are AS.7045, a key twice AS.7050, a value twice AS.7054.
sim::Result<TagQuery> read_tag_query(std::string_view body, const sim::Cloud& cloud);

/// One group as the answer to such a query.
boost::json::object write_tagged_group(const sim::Cloud& cloud, sim::AsGroupId id);

}  // namespace tidepool::api
