// What notification topics and the account's mailbox are told of a group.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

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

}  // namespace

RULE("a topic is told of scale-out as it ends", {.source = "AS user manual, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 2});
  tell(cloud, group, "all", kAllScenes);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot - 1us);
  CHECK(told(cloud).empty());
  run_for(cloud, 1us);
  CHECK(told(cloud) == std::vector{Scene::ScalingUp});
  CHECK(cloud.topic_messages()[0].time == kStart + kBoot);
  CHECK(cloud.topic_messages()[0].activity == ScalingActivityId{0});
  CHECK(cloud.topic_messages()[0].topic_urn == topic("all"));
}

RULE("a topic is told of scale-in as it ends", {.source = "AS user manual, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  tell(cloud, group, "all", kAllScenes);
  set_desire(cloud, group, 1);
  run_for(cloud, kRemoval);
  CHECK(told(cloud) == std::vector{Scene::ScalingDown});
  CHECK(cloud.topic_messages()[0].time == kStart + kBoot + kRemoval);
}

RULE("a topic is told of instances that are added and taken out by hand", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  tell(cloud, group, "all", kAllScenes);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  CHECK(told(cloud) == std::vector{Scene::ScalingUp, Scene::ScalingDown});
}

RULE("a topic is told of a scale-out that failed", {.source = "AS user manual, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  tell(cloud, group, "all", kAllScenes);
  failing_boots(cloud, 1'000'000, cloud.now() + 1s);
  set_desire(cloud, group, 1);
  run_for(cloud, kBoot);
  CHECK(told(cloud) == std::vector{Scene::ScalingUpFail});
}

RULE("a topic is told that a group became abnormal, and why", {.source = "AS user manual, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  tell(cloud, group, "all", kAllScenes);
  sold_out_everywhere(cloud);
  set_desire(cloud, group, 1);
  run_for(cloud, 1s);
  CHECK(told(cloud) == std::vector{Scene::ScalingUpFail, Scene::GroupAbnormal});
  CHECK_FALSE(cloud.topic_messages()[1].detail.empty());
  CHECK(cloud.topic_messages()[1].detail == group_of(cloud, group).detail);
}

RULE("a scale-in that can't be done in full has failed", {.source = "AS user manual, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  tell(cloud, group, "all", kAllScenes);
  set_desire(cloud, group, 1);
  protect(cloud, group, members(cloud, group));  // Between the change and its action.
  run_for(cloud, 1s);
  CHECK(told(cloud) == std::vector{Scene::ScalingDownFail});
}

RULE("each topic is told of its own scenes only",
     {.source = "Huawei Cloud AS API reference, configuring notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  tell(cloud, group, "down", {Scene::ScalingDown});
  tell(cloud, group, "up", {Scene::ScalingUp});
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  REQUIRE(cloud.topic_messages().size() == 1);
  CHECK(cloud.topic_messages()[0].topic_urn == topic("up"));
}

RULE("a topic that is set again is told of the new scenes in place of the old",
     {.source = "Huawei Cloud AS API reference, configuring notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  tell(cloud, group, "all", {Scene::ScalingUp});
  tell(cloud, group, "all", {Scene::GroupAbnormal});
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(cloud.topic_messages().empty());
}

RULE("a topic that is dropped is told nothing any more", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  tell(cloud, group, "all", kAllScenes);
  REQUIRE(outcome(cloud.submit(UnsubscribeTopic{group, topic("all")})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(cloud.topic_messages().empty());
  CHECK(outcome(cloud.submit(UnsubscribeTopic{group, topic("all")})) == "AS.0007");
}

RULE("a group tells up to five topics", {.source = "AS user manual, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  for (const char* name : {"a", "b", "c", "d", "e"}) tell(cloud, group, name, {Scene::ScalingUp});
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("f"), kAllScenes}})) == "AS.2034");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("a"), kAllScenes}})) == "ok");
}

RULE("a topic is told of something, and is one", {.source = "AS.2034, AS.7043"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("a"), {}}})) == "AS.2034");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {"topic", kAllScenes}})) == "AS.7043");
}

RULE("the topics of a group that is being deleted can't be changed", {.source = "AS.2033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  CHECK(outcome(cloud.submit(SubscribeTopic{group, {topic("a"), kAllScenes}})) == "AS.2033");
}

RULE("a topic is not told of other load balancers: nobody came or went", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  tell(cloud, group, "all", kAllScenes);
  REQUIRE(change(cloud, group, &ModifyAsGroup::listeners, {kListener}) == "ok");
  run_for(cloud, 1min);
  REQUIRE(last_action(cloud, group).type == ActivityType::ModifyElb);
  CHECK(cloud.topic_messages().empty());
}

RULE("a removal for health is told as scale-in, and its refill as scale-out", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  tell(cloud, group, "all", kAllScenes);
  sickness(cloud, group, Sickness::Stopped);
  run_for(cloud, 10min);
  CHECK(told(cloud) == std::vector{Scene::ScalingDown, Scene::ScalingUp});
}

// ---- E-mails ----

RULE("a group with notifications sends one e-mail as each scaling action ends, however it ends",
     {.source = "AS API reference, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .notify = true});
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  failing_boots(cloud, 1'000'000, cloud.now() + 1s);
  set_desire(cloud, group, 1);
  run_for(cloud, kBoot);
  REQUIRE(cloud.outbox().size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(cloud.outbox()[i].time == cloud.all_activities()[i].end);
    CHECK(index_of(cloud.outbox()[i].activity) == i);
  }
}

RULE("a group without notifications sends no e-mail, whatever its topics are told",
     {.source = "AS API reference, notifications"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  tell(cloud, group, "all", kAllScenes);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(cloud.topic_messages().size() == 1);
  CHECK(cloud.outbox().empty());
}

}  // namespace tidepool::sim
