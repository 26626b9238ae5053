// What notification topics are told of a group, and the tags it carries.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Texts = std::vector<std::string>;

std::string topic(const std::string& name) { return "urn:smn:eu-de:0123:" + name; }

void tell(Cloud& cloud, AsGroupId group, const std::string& name, std::vector<Scene> scenes) {
  REQUIRE(outcome(cloud.submit(SubscribeTopic{group, {topic(name), std::move(scenes)}})) == "ok");
}

const std::vector<Scene> kAllScenes{Scene::ScalingUp, Scene::ScalingUpFail, Scene::ScalingDown,
                                    Scene::ScalingDownFail, Scene::GroupAbnormal};

std::vector<Scene> told(const Cloud& cloud) {
  std::vector<Scene> scenes;
  for (const TopicMessage& each : cloud.topic_messages()) scenes.push_back(each.scene.value());
  return scenes;
}

std::string tag(Cloud& cloud, AsGroupId group, const std::vector<Tag>& tags,
                TagChange change = TagChange::Create) {
  return outcome(cloud.submit(ChangeTags{group, change, tags}));
}

std::string tags_of(const Cloud& cloud, AsGroupId group) {
  std::string text;
  for (const Tag& each : group_of(cloud, group).tags) text += each.key + "=" + each.value + " ";
  return text;
}

std::vector<Tag> numbered_tags(int count) {
  std::vector<Tag> tags;
  for (int i = 0; i < count; ++i) tags.push_back({"key" + std::to_string(i), ""});
  return tags;
}

}  // namespace

RULE("a topic is told of scale-out and scale-in as it ends", {.source = "reference, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 2});
  tell(cloud, group, "all", kAllScenes);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(told(cloud) == std::vector{Scene::ScalingUp});
  CHECK(cloud.topic_messages()[0].time == kStart + kBoot);
  CHECK(cloud.topic_messages()[0].activity == ScalingActivityId{0});
  CHECK(cloud.topic_messages()[0].topic_urn == topic("all"));
  set_desire(cloud, group, 1);
  run_until_idle(cloud, group);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  CHECK(told(cloud) ==
        std::vector{Scene::ScalingUp, Scene::ScalingDown, Scene::ScalingUp, Scene::ScalingDown});
  CHECK(cloud.outbox().empty());
}

RULE("a topic is told of failures, and that a group became abnormal", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  tell(cloud, group, "all", kAllScenes);
  SECTION("a passing cause") {
    failing_boots(cloud, 1'000'000, cloud.now() + 1s);
    set_desire(cloud, group, 1);
    run_for(cloud, kBoot);
    CHECK(told(cloud) == std::vector{Scene::ScalingUpFail});
  }
  SECTION("a lasting one") {
    sold_out_everywhere(cloud);
    set_desire(cloud, group, 1);
    run_for(cloud, 1s);
    CHECK(told(cloud) == std::vector{Scene::ScalingUpFail, Scene::GroupAbnormal});
    CHECK(cloud.topic_messages()[1].detail == group_of(cloud, group).detail);
  }
}

RULE("a scale-in that can't be done in full has failed", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  tell(cloud, group, "all", kAllScenes);
  set_desire(cloud, group, 1);
  protect(cloud, group, members(cloud, group));  // Between the change and its action.
  run_for(cloud, 1s);
  CHECK(told(cloud) == std::vector{Scene::ScalingDownFail});
}

RULE("each topic is told of its own scenes only", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  tell(cloud, group, "down", {Scene::ScalingDown});
  tell(cloud, group, "up", {Scene::ScalingUp});
  tell(cloud, group, "never", {Scene::ScalingUp});
  tell(cloud, group, "never", {Scene::GroupAbnormal});  // Replaces what it was told before.
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  REQUIRE(cloud.topic_messages().size() == 1);
  CHECK(cloud.topic_messages()[0].topic_urn == topic("up"));
  REQUIRE(outcome(cloud.submit(UnsubscribeTopic{group, topic("down")})) == "ok");
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(cloud.topic_messages().size() == 1);
}

RULE("a group tells up to five topics", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  for (const char* name : {"a", "b", "c", "d", "e"}) tell(cloud, group, name, {Scene::ScalingUp});
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("f"), kAllScenes}})) == "AS.2034");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("a"), kAllScenes}})) == "ok");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("a"), {}}})) == "AS.2034");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {"topic", kAllScenes}})) == "AS.7043");
  CHECK(outcome(cloud.submit(UnsubscribeTopic{group, topic("f")})) == "AS.0007");
  CHECK(outcome(cloud.submit(UnsubscribeTopic{AsGroupId{9}, topic("a")})) == "AS.0007");
}

RULE("tags are added, given new values and removed by their keys", {.source = "AS API reference, tags"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  CHECK(tag(cloud, group, {{"a", "1"}, {"b", "2"}}) == "ok");
  CHECK(tags_of(cloud, group) == "a=1 b=2 ");
  CHECK(tag(cloud, group, {{"A", "3"}, {"b", "4"}}) == "ok");  // Upper and lower case differ.
  CHECK(tags_of(cloud, group) == "A=3 a=1 b=4 ");  // Newest first; what was there keeps its place.
  CHECK(tag(cloud, group, {{"a", "other"}, {"x", ""}}, TagChange::Delete) == "ok");
  CHECK(tags_of(cloud, group) == "A=3 b=4 ");
}

RULE("what is wrong with tags has its code, and changes nothing", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  REQUIRE(tag(cloud, group, {{"there", ""}}) == "ok");
  struct Row {
    const char* why;
    std::vector<Tag> tags;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"none", {}, "AS.7044"},
      {"ten in all", numbered_tags(9), "ok"},
      {"eleven in all", numbered_tags(10), "AS.7045"},
      {"a key twice", {{"a", "1"}, {"a", "2"}}, "AS.7050"},
      {"no key", {{"", "1"}}, "AS.7062"},
      {"a long key", {{std::string(36, 'x'), std::string(43, 'y')}}, "ok"},
      {"a key that is too long", {{std::string(37, 'x'), ""}}, "AS.7063"},
      {"a value that is too long", {{"a", std::string(44, 'x')}}, "AS.7047"},
      {"characters, not bytes, count", {{"a", "\xc3\xa4\xc3\xb6\xc3\xbc"}}, "ok"},
      {"all that is allowed", {{"a-b_c@9", "Z@-_0"}}, "ok"},
      {"a blank in the key", {{"a b", ""}}, "AS.7046"},
      {"a dot in the value", {{"a", "1.5"}}, "AS.7046"},
  }));
  CAPTURE(row.why);
  CHECK(tag(cloud, group, row.tags) == row.expected);
  if (std::string{row.expected} != "ok") CHECK(tags_of(cloud, group) == "there= ");
}

RULE("tags and topics of a group that is gone, or on its way, can't be changed", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(tag(cloud, group, {{"a", "1"}}) == "ok");
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  CHECK(tag(cloud, group, {{"a", "2"}}) == "AS.2033");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("a"), kAllScenes}})) == "AS.2033");
  run_for(cloud, kRemoval);
  CHECK(tag(cloud, group, {{"a", "2"}}) == "AS.0007");
  CHECK(tags_of(cloud, group).empty());
}

}  // namespace tidepool::sim
