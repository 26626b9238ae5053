// Tags: how many, of which characters, and who inherits them.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

std::string tag(Cloud& cloud, AsGroupId group, const std::vector<Tag>& tags,
                TagChange change = TagChange::Create) {
  return outcome(cloud.submit(ChangeTags{group, change, tags}));
}

template <class Tags>
std::string in_words(const Tags& tags) {
  std::string text;
  for (const Tag& each : tags) text += (text.empty() ? "" : " ") + each.key + "=" + each.value;
  return text;
}

std::string tags_of(const Cloud& cloud, AsGroupId group) { return in_words(group_of(cloud, group).tags); }

std::string tags_of(const Cloud& cloud, InstanceId instance) {
  return in_words(cloud.tags_of(cloud.ecs_of(instance)));
}

std::vector<Tag> numbered_tags(int count) {
  std::vector<Tag> tags;
  for (int i = 0; i < count; ++i) tags.push_back({"key" + std::to_string(i), ""});
  return tags;
}

// A group with the tag there=1.
struct Tagged {
  Cloud cloud = a_cloud();
  AsGroupId group = create_group(cloud);

  Tagged() { REQUIRE(tag(cloud, group, {{"there", "1"}}) == "ok"); }
  // What comes of one more tag. One that is refused changes nothing.
  std::string one_more(const std::string& key, const std::string& value = {}) {
    const std::string answer = tag(cloud, group, {{key, value}});
    if (answer != "ok") CHECK((tags_of(cloud, group).empty() || tags_of(cloud, group) == "there=1"));
    return answer;
  }
};

RULE("a group gets tags, newest first", {.source = "AS API reference, querying resources by tags"}) {
  Tagged world;
  CHECK(tag(world.cloud, world.group, {{"a", "1"}, {"b", "2"}}) == "ok");
  CHECK(tags_of(world.cloud, world.group) == "a=1 b=2 there=1");
}

RULE("a tag whose key is there gets the new value", {.source = "AS API reference, managing tags"}) {
  Tagged world;
  CHECK(world.one_more("there", "2") == "ok");
  CHECK(tags_of(world.cloud, world.group) == "there=2");
}

RULE("keys of tags differ by upper and lower case", {.source = "AS API reference, managing tags"}) {
  Tagged world;
  CHECK(world.one_more("There", "2") == "ok");
  CHECK(tags_of(world.cloud, world.group) == "There=2 there=1");
}

RULE("tags are removed by their keys, whatever value is named",
     {.source = "AS API reference, managing tags"}) {
  Tagged world;
  CHECK(tag(world.cloud, world.group, {{"there", "other"}}, TagChange::Delete) == "ok");
  CHECK(tags_of(world.cloud, world.group).empty());
}

RULE("removing a tag that is not there is no error", {.source = "our decision"}) {
  Tagged world;
  CHECK(tag(world.cloud, world.group, {{"gone", ""}}, TagChange::Delete) == "ok");
  CHECK(tags_of(world.cloud, world.group) == "there=1");
}

RULE("a group has up to ten tags", {.source = "AS.7045"}) {
  Tagged world;
  CHECK(tag(world.cloud, world.group, numbered_tags(10)) == "AS.7045");
  CHECK(tags_of(world.cloud, world.group) == "there=1");
  CHECK(tag(world.cloud, world.group, numbered_tags(9)) == "ok");
  CHECK(world.one_more("there", "2") == "ok");  // No new one.
}

RULE("a change names tags, each key once", {.source = "AS.7044, AS.7050"}) {
  const auto change = GENERATE(TagChange::Create, TagChange::Delete);
  Tagged world;
  CHECK(tag(world.cloud, world.group, {}, change) == "AS.7044");
  CHECK(tag(world.cloud, world.group, {{"a", "1"}, {"a", "2"}}, change) == "AS.7050");
}

RULE("a tag's key has 1 to 36 characters", {.source = "AS.7062, AS.7063"}) {
  Tagged world;
  CHECK(world.one_more("") == "AS.7062");
  CHECK(world.one_more(std::string(37, 'x')) == "AS.7063");
  CHECK(world.one_more(std::string(36, 'x')) == "ok");
}

RULE("a tag's value has up to 43 characters", {.source = "AS.7047"}) {
  Tagged world;
  CHECK(world.one_more("a", std::string(44, 'x')) == "AS.7047");
  CHECK(world.one_more("a", std::string(43, 'x')) == "ok");
}

RULE("characters of tags are counted, not bytes", {.source = "AS user manual, tags"}) {
  std::string umlauts;
  for (int i = 0; i < 36; ++i) umlauts += "\xc3\xa4";
  Tagged world;
  CHECK(world.one_more(umlauts) == "ok");
  CHECK(Tagged().one_more(umlauts + "x") == "AS.7063");
}

RULE("tags are of letters, digits, -, _ and @", {.source = "AS.7046"}) {
  CHECK(Tagged().one_more("a-b_c@9", "Z@-_0") == "ok");
  for (const char* bad : {"a b", "a.b", "a=b", "a/b", "a*b"}) {
    CAPTURE(bad);
    CHECK(Tagged().one_more(bad) == "AS.7046");
    CHECK(Tagged().one_more("a", bad) == "AS.7046");
  }
}

RULE("an ECS inherits the tags that its group has when it is created", {.source = "AS user manual, tags"}) {
  Tagged world;
  REQUIRE(change(world.cloud, world.group, &ModifyAsGroup::desire, 1) == "ok");
  REQUIRE(outcome(world.cloud.submit(ResumeAsGroup{world.group})) == "ok");
  run_until_idle(world.cloud, world.group);
  CHECK(tags_of(world.cloud, InstanceId{0}) == "there=1");
}

RULE("tags that a group gets or loses later do not touch the ECSs that are there",
     {.source = "AS user manual, tags"}) {
  Tagged world;
  REQUIRE(change(world.cloud, world.group, &ModifyAsGroup::desire, 1) == "ok");
  REQUIRE(outcome(world.cloud.submit(ResumeAsGroup{world.group})) == "ok");
  run_until_idle(world.cloud, world.group);
  REQUIRE(world.one_more("new", "2") == "ok");
  REQUIRE(tag(world.cloud, world.group, {{"there", ""}}, TagChange::Delete) == "ok");
  set_desire(world.cloud, world.group, 2);
  run_until_idle(world.cloud, world.group);
  CHECK(tags_of(world.cloud, InstanceId{0}) == "there=1");
  CHECK(tags_of(world.cloud, InstanceId{1}) == "new=2");
}

RULE("a server added by hand inherits no tags", {.source = "AS user manual, tags"}) {
  Tagged world;
  REQUIRE(outcome(world.cloud.submit(ResumeAsGroup{world.group})) == "ok");
  add_servers(world.cloud, world.group, {server_in(kZoneA)});
  run_until_idle(world.cloud, world.group);
  CHECK(tags_of(world.cloud, InstanceId{0}).empty());
}

RULE("the tags of a group go with it", {.source = "AS user manual, deleting a group"}) {
  Tagged world;
  REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group})) == "ok");
  CHECK(tags_of(world.cloud, world.group).empty());
  CHECK(world.one_more("a") == "AS.0007");
}

RULE("the tags of a group that is being deleted can't be changed", {.source = "AS.2033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  CHECK(tag(cloud, group, {{"a", "2"}}) == "AS.2033");
}

}  // namespace
}  // namespace tidepool::sim
