// Determinism: equal runs are equal to the byte, and a copy of a Cloud is a snapshot with the same future.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using enum PolicyOperation;

// Everything that can draw lots: boots and removals of varying length, failing boots, ECSs that break down.
CloudSpec chancy(std::uint64_t seed) {
  CloudSpec spec{.behaviour = Behaviour::classic(), .seed = seed};
  spec.behaviour.metric_period = 60s;
  using enum DurationDistribution::Kind;
  spec.region.boot_time = {LogNormal, 90s, 200s};
  spec.region.removal_time = {Uniform, 5s, 30s};
  spec.region.attach_time = {Exponential, 5s, {}};
  return spec;
}

AsGroupId begin(Cloud& cloud) {
  const AsGroupId group = enabled_group(cloud, {.desire = 4, .health_minutes = 1, .notify = true});
  add_steady_load(cloud, group, 60 * kAmountUnit);
  const AlarmRuleId rule = an_alarm_on_load(cloud, group);
  create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 120s}));
  create_policy(cloud, group,
                a_periodic_policy({RecurrenceType::Daily, {}, 2h, kStart, kStart + 240h},
                                  {.action = by_number(Set, 3)}));
  failing_boots(cloud, 200'000);
  Fault breakdowns;
  breakdowns.kind = FaultKind::InstanceFailure;
  breakdowns.from = kStart;
  breakdowns.mean_time_to_failure = 30min;
  cloud.add_fault(breakdowns);
  return group;
}

// What a client does in the second half.
void go_on(Cloud& cloud, AsGroupId group) {
  set_desire(cloud, group, 9);
  run_for(cloud, 1h);
  cloud.submit(AddInstances{group, {server_in(kZoneA)}}).has_value();
  run_for(cloud, 3h);
  cloud.settle();
}

struct Ended {
  std::string fingerprint;
  std::uint64_t lines, events;
  Amount served;
  friend bool operator==(const Ended&, const Ended&) = default;
};

Ended whole_run(const CloudSpec& spec) {
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = begin(cloud);
  run_for(cloud, 1h);
  go_on(cloud, group);
  return {cloud.journal().fingerprint(), cloud.journal().lines(), cloud.events_handled(),
          cloud.totals(group).served};
}

TEST_CASE("equal options and calls make equal runs", "[cloud][snapshot]") {
  const Ended first = whole_run(chancy(7));
  const Ended second = whole_run(chancy(7));
  CHECK(first.lines > 100);
  CHECK(first == second);
}

TEST_CASE("another seed makes another run, where there is chance", "[cloud][snapshot]") {
  CHECK(whole_run(chancy(7)).fingerprint != whole_run(chancy(8)).fingerprint);
  const auto without_chance = [](std::uint64_t seed) {
    Cloud cloud = a_cloud(CloudSpec{.seed = seed});
    const AsGroupId group = grown_group(cloud, {.desire = 3});
    set_desire(cloud, group, 1);
    run_for(cloud, 1h);
    return cloud.journal().fingerprint();
  };
  CHECK(without_chance(7) == without_chance(8));
}

TEST_CASE("what is kept of a run does not change it", "[cloud][snapshot]") {
  const Ended all = whole_run(chancy(7));
  CloudSpec spec = chancy(7);
  spec.journal = JournalText::Dropped;
  CHECK(whole_run(spec) == all);
  spec.recording = Recording::Nothing;
  CHECK(whole_run(spec) == all);
}

TEST_CASE("recording nothing keeps no series", "[cloud][snapshot]") {
  CloudSpec spec = chancy(7);
  spec.recording = Recording::Nothing;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = begin(cloud);
  run_for(cloud, 1h);
  CHECK(cloud.samples().empty());
  CHECK(cloud.moves().empty());
  CHECK(group_of(cloud, group).current() > 0);
}

TEST_CASE("a copy is a snapshot: it goes on as the original does, and neither sees the other",
          "[cloud][snapshot]") {
  const Duration when = GENERATE(0s, 37s, 5min, 1h, 1h + 59min + 59s);
  CAPTURE(when.count());
  Cloud original = a_cloud(chancy(7));
  const AsGroupId group = begin(original);
  run_for(original, when);
  Cloud copy = original;
  Cloud untouched = original;
  const std::string before = untouched.journal().fingerprint();

  go_on(copy, group);
  CHECK(original.journal().fingerprint() == before);
  go_on(original, group);
  CHECK(copy.journal().fingerprint() == original.journal().fingerprint());
  CHECK(copy.totals(group).served == original.totals(group).served);
  CHECK(copy.events_handled() == original.events_handled());

  untouched = original;  // Assignment, too.
  run_for(untouched, 1h);
  run_for(original, 1h);
  CHECK(untouched.journal().fingerprint() == original.journal().fingerprint());
}

TEST_CASE("snapshots of one moment differ once they are treated differently", "[cloud][snapshot]") {
  Cloud one = a_cloud(chancy(7));
  const AsGroupId group = begin(one);
  run_for(one, 1h);
  Cloud other = one;
  go_on(one, group);
  run_for(other, 4h);
  CHECK(one.journal().fingerprint() != other.journal().fingerprint());
}

TEST_CASE("it does not matter in how many steps time goes on", "[cloud][snapshot]") {
  Cloud in_one = a_cloud(chancy(7));
  const AsGroupId group = begin(in_one);
  Cloud in_many = in_one;
  run_for(in_one, 2h);
  for (int i = 0; i < 7200; ++i) run_for(in_many, 1s);
  CHECK(in_one.journal().fingerprint() == in_many.journal().fingerprint());
  in_one.settle();
  in_many.settle();
  CHECK(in_one.totals(group).served == in_many.totals(group).served);
}

TEST_CASE("a request that is refused changes nothing", "[cloud][snapshot]") {
  Cloud asked = a_cloud(chancy(7));
  const AsGroupId group = begin(asked);
  run_for(asked, 1h);
  Cloud left_alone = asked;
  CHECK(change(asked, group, &ModifyAsGroup::desire, 9999) != "ok");
  CHECK(outcome(asked.submit(AddInstances{group, {kStoppedServer}})) != "ok");
  CHECK(outcome(asked.submit(RemoveInstance{InstanceId{9999}, EcsFate::Delete})) != "ok");
  CHECK(outcome(asked.submit(DeleteAsGroup{group, ForceDelete::No})) != "ok");
  CHECK(outcome(asked.submit(CreateAsPolicy{group, a_scheduled_policy(kStart)})) != "ok");
  CHECK(outcome(asked.submit(a_group({.name = ""}))) != "ok");
  run_for(asked, 1h);
  run_for(left_alone, 1h);
  CHECK(asked.journal().fingerprint() == left_alone.journal().fingerprint());
}

TEST_CASE("knobs change for what comes, and the distance of datapoints stays", "[cloud][snapshot]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  Behaviour wanted = cloud.behaviour();
  const Duration period = wanted.metric_period;
  wanted.scan_period = 0s;
  wanted.metric_period = 7s;
  REQUIRE(outcome(cloud.change_behaviour(wanted)) == "ok");
  CHECK(cloud.behaviour().metric_period == period);
  run_for(cloud, 3s);
  set_desire(cloud, group, 2);
  run_for(cloud, 1ms);
  CHECK(cloud.all_activities().size() == 2);
}

TEST_CASE("no quota is set below what there is, our decision", "[cloud][snapshot]") {
  struct Row {
    const char* knob;
    int Behaviour::*quota;
  };
  const auto row = GENERATE(
      values<Row>({{"instance_quota: 1, expected at least 2", &Behaviour::instance_quota},
                   {"vcpu_quota: 1, expected at least 2", &Behaviour::vcpu_quota},
                   {"disk_quota: 1, expected at least 2", &Behaviour::disk_quota},
                   {"group_quota: 1, expected at least 2", &Behaviour::group_quota},
                   {"configuration_quota: 1, expected at least 2", &Behaviour::configuration_quota},
                   {"listener_backend_limit: 1, expected at least 2", &Behaviour::listener_backend_limit}}));
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  grown_group(cloud, {.desire = 0});
  Behaviour wanted = cloud.behaviour();
  wanted.*row.quota = 1;
  const auto changed = cloud.change_behaviour(wanted);
  REQUIRE(changed.has_error());
  CHECK_THAT(changed.error().message, Catch::StartsWith(row.knob));
  CHECK(cloud.behaviour().*row.quota != 1);
  wanted.*row.quota = 2;
  CHECK(outcome(cloud.change_behaviour(wanted)) == "ok");
}

TEST_CASE("the journal's text is the lines of the fingerprint", "[cloud][snapshot]") {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 1});
  const std::string text = cloud.journal().take_text();
  CHECK(static_cast<std::uint64_t>(std::ranges::count(text, '\n')) == cloud.journal().lines());
  CHECK(text.starts_with("2026-03-01T00:00:00.000000Z "));
  CHECK(cloud.journal().take_text().empty());
}

}  // namespace
}  // namespace tidepool::sim
