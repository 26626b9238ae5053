// Reasons: what the journal's lines were decided by, as data and in sentences.
#include "sim/cloud/decision.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/sentence.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;
using enum PolicyOperation;

Lines told(const Cloud& cloud, std::string_view kind) {
  Lines sentences;
  for (const Decision& each : cloud.decisions())
    if (kind_of(each.about.why) == kind) sentences.push_back(sentence(cloud, each));
  return sentences;
}

template <class Reason>
std::vector<Reason> reasons(const Cloud& cloud) {
  std::vector<Reason> found;
  for (const Decision& each : cloud.decisions())
    if (const auto* why = std::get_if<Reason>(&each.about.why)) found.push_back(*why);
  return found;
}

std::vector<std::string> journal_lines(Cloud& cloud) {
  std::vector<std::string> lines;
  std::string text = cloud.journal().take_text();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// ---- Launches ----

TEST_CASE("a launch tells what each zone stood at, and why the others were passed over (our decision)",
          "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  sold_out(cloud, kZoneA);
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  CHECK(told(cloud, "placement") == Lines{"i0 was launched in eu-de-02 as s3.medium. Under "
                                          "EQUILIBRIUM_DISTRIBUTE that was the first zone of the "
                                          "list that could host it, as eu-de-01, with the fewest members, "
                                          "could not: eu-de-01 had 0, sold out; "
                                          "eu-de-02 had 0; eu-de-03 had 0.",
                                          "i1 was launched in eu-de-02 as s3.medium. Under "
                                          "EQUILIBRIUM_DISTRIBUTE that was the first zone of the "
                                          "list that could host it, as eu-de-01, with the fewest members, "
                                          "could not: eu-de-01 had 0, sold out; "
                                          "eu-de-02 had 1; eu-de-03 had 0."});
  const auto why = reasons<PlacementReason>(cloud).back();
  CHECK(why.chosen == kZoneB);
  REQUIRE(why.zones.size() == 3);
  CHECK(why.zones[0].fitness == ZoneFitness::SoldOut);
  CHECK(why.zones[1].members == 1);
  CHECK(group_of(cloud, group).current() == 2);
}

TEST_CASE(
    "PICK_FIRST tells the first zone that could, and flavors that were to be had nowhere (our decision)",
    "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  outage(cloud, kZoneA);
  sold_out(cloud, kZoneB, kLarge);
  const auto configuration = create_configuration(cloud, {.flavors = {kLarge, kSmall}});
  grown_group(cloud, {.configuration = configuration, .desire = 1, .multi_az = MultiAzPolicy::PickFirst});
  CHECK(told(cloud, "placement") == Lines{"i0 was launched in eu-de-02 as s3.medium. Under PICK_FIRST that "
                                          "was the first zone of the list that "
                                          "could host it: eu-de-01 had 0, down; eu-de-02 had 0; eu-de-03 had "
                                          "0. s3.large comes before this flavor "
                                          "and could be had nowhere."});
}

TEST_CASE("a zone that does not offer the flavor says so (our decision)", "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const auto configuration = create_configuration(cloud, {.flavors = {kGpu}});
  grown_group(cloud, {.configuration = configuration, .desire = 1});
  CHECK(reasons<PlacementReason>(cloud).at(0).zones[0].fitness == ZoneFitness::NotOffered);
  CHECK(told(cloud, "placement").at(0).find("eu-de-01 had 0, does not offer the flavor") !=
        std::string::npos);
}

TEST_CASE("where nobody can host it, the failure and the abnormal group name the cause (our decision)",
          "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA, kZoneB}});
  sold_out_everywhere(cloud);
  set_desire(cloud, group, 2);
  run_for(cloud, 1min);
  CHECK(told(cloud, "launch_failure") ==
        Lines{"A launch failed, AS.2038: flavor s3.medium is sold out in all zones of the group. No zone "
              "could host "
              "it: eu-de-02 had 0, sold out; eu-de-01 had 1, sold out. Such a cause lasts."});
  CHECK(told(cloud, "abnormal") == Lines{"The group became abnormal: flavor s3.medium is sold out in all "
                                         "zones of the group, a cause that lasts. "
                                         "Nothing more happens by itself until it is enabled again."});
  CHECK(cloud.decisions().back().status == GroupStatus::Error);
}

TEST_CASE("a launch that fails for a passing cause says that it is tried again (our decision)",
          "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 1min);
  grown_group(cloud, {.desire = 1});
  CHECK(told(cloud, "launch_failure") ==
        Lines{"i0 failed, AS.0001: the ECS did not come up. Such a cause passes, so it is tried again."});
}

// ---- Removal ----

TEST_CASE("a removal tells who would have been next and which key decided (our decision)",
          "[cloud][reasons]") {
  struct Row {
    const char* why;
    RemovalReason reason;
    const char* key;
  };
  Cloud cloud = a_cloud();
  const AsConfigurationId old_one = create_configuration(cloud, {.name = "old"});
  const AsConfigurationId new_one = create_configuration(cloud, {.name = "new"});
  const auto keys = [&](AsConfigurationId configuration, Time joined, ZoneId zone = kZoneA) {
    RemovalKeys made;
    made.configuration = configuration;
    made.joined = joined;
    made.zone = zone;
    return made;
  };
  const auto reason = [](TerminatePolicy policy, RemovalKeys first, RemovalKeys next) {
    RemovalReason made;
    made.policy = policy;
    made.keys = first;
    made.next = InstanceId{7};
    made.next_keys = next;
    return made;
  };
  using enum TerminatePolicy;
  RemovalKeys by_hand = keys(none<AsConfigurationId>(), kStart);
  by_hand.by_hand = true;
  RemovalKeys outside = keys(old_one, kStart + 5s);
  outside.outside_zones = true;
  RemovalReason balanced =
      reason(OldInstance, keys(old_one, kStart + 9s, kZoneA), keys(old_one, kStart, kZoneB));
  balanced.balanced = {{kZoneA, 3}, {kZoneB, 1}};
  RemovalReason equally_full =
      reason(OldInstance, keys(old_one, kStart, kZoneA), keys(old_one, kStart + 9s, kZoneB));
  equally_full.balanced = {{kZoneA, 2}, {kZoneB, 2}};
  const Row rows[] = {
      {"by hand goes last", reason(OldInstance, keys(old_one, kStart + 9s), by_hand),
       "it was added by hand, and those go last"},
      {"outside goes first", reason(OldInstance, outside, keys(old_one, kStart)),
       "it lies in a zone of the group, and those outside go first"},
      {"the older configuration",
       reason(OldConfigOldInstance, keys(old_one, kStart + 9s), keys(new_one, kStart)),
       "its configuration, new#1, is newer than old#0"},
      {"the policy does not ask for it",
       reason(OldInstance, keys(new_one, kStart), keys(old_one, kStart + 9s)),
       "it joined at 2026-03-01T00:00:09Z, later than the other, which joined at 2026-03-01T00:00:00Z"},
      {"the newest goes", reason(NewInstance, keys(old_one, kStart + 9s), keys(old_one, kStart)),
       "it joined at 2026-03-01T00:00:00Z, earlier than the other, which joined at 2026-03-01T00:00:09Z"},
      {"zones first", balanced, "eu-de-01 held more members than eu-de-02"},
      {"equally full zones", equally_full,
       "it joined at 2026-03-01T00:00:09Z, later than the other, which joined at 2026-03-01T00:00:00Z"},
      {"both at once", reason(OldInstance, keys(old_one, kStart), keys(old_one, kStart)),
       "both joined at one moment, and the order of launching decides"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    CHECK(deciding_key(cloud, row.reason) == row.key);
  }
  CHECK(deciding_key(cloud, RemovalReason{}).empty());
}

TEST_CASE("a scale in tells its victims with the next in line, protected ones and zones (our decision)",
          "[cloud][reasons]") {
  const bool balances = GENERATE(true, false);
  Behaviour behaviour = behaviour_under_test();
  behaviour.scale_in_balance = balances ? ScaleInBalance::BalanceFirst : ScaleInBalance::None;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  protect(cloud, group, {InstanceId{0}});
  set_desire(cloud, group, 3);
  run_for(cloud, 1min);
  const Lines lines = told(cloud, "removal");
  REQUIRE(lines.size() == 1);
  if (balances) {
    CHECK(lines[0] ==
          "i3, in eu-de-01, was chosen to leave out of 3 in service that may go, under "
          "OLD_CONFIG_OLD_INSTANCE. i1 "
          "would have been next: eu-de-01 held more members than eu-de-02. Zones are balanced first: "
          "eu-de-01 had 2; "
          "eu-de-02 had 1; eu-de-03 had 1. 1 protected were passed over.");
  } else {
    CHECK(lines[0] ==
          "i1, in eu-de-02, was chosen to leave out of 3 in service that may go, under "
          "OLD_CONFIG_OLD_INSTANCE. i2 "
          "would have been next: both joined at one moment, and the order of launching decides. 1 protected "
          "were "
          "passed over.");
  }
}

TEST_CASE("protection that leaves too few to remove is told with the number missing (our decision)",
          "[cloud][reasons]") {
  Cloud cloud = a_cloud(Behaviour::classic());  // With the scan grid of 10 s there is time to protect.
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 10min);
  set_desire(cloud, group, 0);
  protect(cloud, group, members(cloud, group));
  run_for(cloud, 30s);
  CHECK(told(cloud, "protection") == Lines{"2 more should have left, but all others, 2, are protected."});
}

// ---- Policies ----

TEST_CASE("a policy tells what it asked for, what it got, or what denied it (our decision)",
          "[cloud][reasons]") {
  Behaviour behaviour = prompt(Behaviour::current());
  behaviour.metric_period = 60s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 5, .cool_down = 300s});
  const auto fire = [&](PolicyOperation operation, int number) {
    const AsPolicyId policy =
        create_policy(cloud, group, a_policy({.name = "p", .action = by_number(operation, number)}));
    REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
    return told(cloud, "policy").back();
  };
  CHECK(fire(Add, 3) ==
        "Policy p#0 (by hand, ADD 3) asked for 7, and changed the expected number from 4 to 5: the "
        "limits are 2 and 5, with 0 protected.");
  CHECK(fire(Add, 1) ==
        "Policy p#1 (by hand, ADD 1) was denied, AS.0050: the group already expects its largest "
        "number, 5, or ADD 1 adds nothing.");
  CHECK(fire(Set, 2) == "Policy p#2 (by hand, SET 2) changed the expected number from 5 to 2.");
  CHECK(fire(Remove, 1) ==
        "Policy p#3 (by hand, REMOVE 1) was denied, AS.3040: the group already expects its least "
        "number, 2 (min, or 0 protected), or REMOVE 1 takes nothing.");
  CHECK(fire(Set, 2) == "Policy p#4 (by hand, SET 2) left the expected number at 2.");
  const auto clamped = reasons<PolicyReason>(cloud).front();
  CHECK(clamped.asked == 7);
  CHECK(clamped.after == 5);
}

TEST_CASE("an alarm that is held back tells the cooldown's end, or the action under way (our decision)",
          "[cloud][reasons]") {
  Behaviour behaviour = prompt(Behaviour::current());
  behaviour.metric_period = 60s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 0s});
  const AsPolicyId policy = create_policy(
      cloud, group,
      an_alarm_policy(an_alarm_that_is_always_on(cloud, group), {.name = "up", .cool_down = 300s}));
  cloud.run_until(kStart + 300s);
  const Lines lines = told(cloud, "policy");
  REQUIRE(lines.size() >= 3);
  CHECK(lines[0] == "Policy up#0 (alarm, ADD 1) changed the expected number from 1 to 2.");
  CHECK(lines[1] == "Policy up#0 (alarm, ADD 1) was denied, AS.0034: scaling action a1 was under way.");
  CHECK(lines.back() ==
        "Policy up#0 (alarm, ADD 1) was denied, AS.0026: a cooldown holds alarms back until "
        "2026-03-01T00:08:40Z.");
  CHECK(told(cloud, "cooldown") == Lines{"Alarms are held back until 2026-03-01T00:08:40Z: 300 s from "
                                         "2026-03-01T00:03:40Z on, the cool_down_time "
                                         "of policy up#0."});
  const Decision& last = cloud.decisions().back();
  CHECK(last.about.policy == policy);
}

TEST_CASE("a policy that is superseded or lost says by what (our decision)", "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h, {.name = "first"}));
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h, {.name = "second"}));
  create_policy(cloud, group, a_scheduled_policy(kStart + 2h, {.name = "late"}));
  cloud.run_until(kStart + 90min);
  disable(cloud, group);
  cloud.run_until(kStart + 3h);
  CHECK(told(cloud, "policy") ==
        Lines{"Policy first#0 (schedule, ADD 1) was due and not executed: second#1, created later, was due "
              "at the same "
              "moment.",
              "Policy second#1 (schedule, ADD 1) changed the expected number from 1 to 2.",
              "Policy late#2 (schedule, ADD 1) was due and lost: the group was not INSERVICE."});
}

// ---- Health, hooks, actions ----

TEST_CASE("a health check tells what it asked and what it found (our decision)", "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 2, .listeners = {kListener}, .health_minutes = 1, .grace = 0s});
  sickness(cloud, group, Sickness::Offline);
  run_for(cloud, 1min);
  CHECK(told(cloud, "health") ==
        Lines{"i0 was found unhealthy by ELB_AUDIT: its ECS is ACTIVE, and a load balancer calls it offline.",
              "i0 leaves, for ELB_AUDIT found it unhealthy: its ECS is ACTIVE, and a load balancer calls it "
              "offline. A "
              "new one takes its place."});
}

TEST_CASE("a member that is well again is told so (our decision)", "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  disable(cloud, group);  // Checks go on and remove nobody.
  sickness(cloud, group, Sickness::Stopped, 1, cloud.now() + 90s);
  run_for(cloud, 4min);
  CHECK(told(cloud, "health") == Lines{"i0 was found unhealthy by NOVA_AUDIT: its ECS is SHUTOFF.",
                                       "i0 was found healthy again by NOVA_AUDIT: its ECS is ACTIVE."});
}

TEST_CASE("a wait tells its hook, its end and what let the instance go on (our decision)",
          "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  LifecycleHook hook;
  hook.name = "warm-up";
  hook.default_timeout = 60s;
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  REQUIRE(outcome(cloud.submit(AnswerLifecycleHook{group, HookWaitId{0}, HookAnswer::Extend})) == "ok");
  REQUIRE(outcome(cloud.submit(AnswerLifecycleHook{group, HookWaitId{0}, HookAnswer::Continue})) == "ok");
  CHECK(told(cloud, "hook") == Lines{"i0 waits at hook warm-up for an answer; at 2026-03-01T00:02:40Z it "
                                     "would be released with ABANDON.",
                                     "The wait of i0 at hook warm-up was extended to 2026-03-01T01:02:40Z.",
                                     "i0 was released from hook warm-up with CONTINUE: called back."});
}

TEST_CASE("an action tells each of its causes (our decision)", "[cloud][reasons]") {
  Cloud cloud = a_cloud(Behaviour::classic());  // With the scan grid of 10 s there is time for two changes.
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 10min);
  run_for(cloud, 1s);
  set_desire(cloud, group, 3);
  const AsPolicyId policy = create_policy(cloud, group, a_policy({.name = "up"}));
  REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
  run_for(cloud, 10s);
  CHECK(told(cloud, "desire") == Lines{"The expected number was changed by hand from 1 to 3."});
  CHECK(told(cloud, "action").back() ==
        "Scaling action a1 (NORMAL) began, from 1 to 4: somebody changed the expected number from 1 to 3, "
        "then policy "
        "up#0 changed the expected number from 3 to 4.");
}

// ---- The record as a whole ----

TEST_CASE("each decision stands for the line of the journal whose number it has (our decision)",
          "[cloud][reasons]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .health_minutes = 1});
  sickness(cloud, group, Sickness::Stopped, 2);
  run_for(cloud, 10min);
  set_desire(cloud, group, 1);
  run_for(cloud, 10min);
  const Lines lines = journal_lines(cloud);
  REQUIRE(cloud.decisions().size() > 20);
  std::uint64_t before = 0;
  for (const Decision& each : cloud.decisions()) {
    REQUIRE(each.line > before);
    before = each.line;
    REQUIRE(each.line <= lines.size());
    CHECK(lines[each.line - 1].ends_with("web#0: " + each.words));
  }
  CHECK(cloud.decisions().back().desire == 1);
  CHECK(cloud.decisions().back().status == GroupStatus::InService);
}

TEST_CASE("reasons are kept only by a run that keeps its records, and change nothing in it (our decision)",
          "[cloud][reasons]") {
  const auto run = [](Recording recording) {
    Cloud cloud = a_cloud(CloudSpec{.recording = recording});
    const AsGroupId group = grown_group(cloud, {.desire = 3});
    sold_out(cloud, kZoneA);
    set_desire(cloud, group, 6);
    run_for(cloud, 10min);
    set_desire(cloud, group, 2);
    run_for(cloud, 10min);
    return cloud;
  };
  const Cloud all = run(Recording::Everything), nothing = run(Recording::Nothing);
  CHECK(all.decisions().size() > 15);
  CHECK(nothing.decisions().empty());
  CHECK(all.journal().fingerprint() == nothing.journal().fingerprint());
}

}  // namespace
}  // namespace tidepool::sim
