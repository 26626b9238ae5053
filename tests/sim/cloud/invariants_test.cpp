// Each invariant can fail: a sound cloud is broken in one place, and the sentence about that place appears.
#include "sim/cloud/invariants.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {

/// The way into a Cloud for whoever has to break it.
struct CloudDoor {
  Cloud& c;

  AsGroup& group(AsGroupId id) { return c.group(id); }
  auto& state(AsGroupId id) { return c.state(id); }
  Instance& instance(InstanceId id) { return c.instance(id); }
  Instance& member(AsGroupId id, std::size_t n = 0) { return c.instance(c.group(id).members[n]); }
  ScalingActivity& running(AsGroupId id) { return c.activity(c.group(id).running); }
  ScalingActivity& last_action(AsGroupId id) { return c.activity(c.group(id).last_activity); }
  AsPolicy& policy(AsPolicyId id) { return c.policy(id); }
  Behaviour& behaviour() { return c.behaviour_; }
  Region& region() { return c.region_; }
  auto& instances() { return c.instances_; }
  auto& activities() { return c.activities_; }
  auto& configurations() { return c.configurations_; }
  auto& policies() { return c.policies_; }
  auto& rule_policies() { return c.rule_policies_; }
  auto& series_rules() { return c.series_rules_; }
  auto& alarm_rules() { return c.alarm_rules_; }
  auto& executions() { return c.executions_; }
  auto& bandwidths() { return c.bandwidths_; }
  auto& resources() { return c.resources_; }
  auto& first_resource() { return c.first_resource_; }
  auto& waits() { return c.waits_; }
  auto& moves() { return c.moves_; }
  auto& zone_down() { return c.zone_down_; }
  auto& sold_out() { return c.sold_out_; }
  auto& ecs_used() { return c.ecs_used_; }
  auto& backends() { return c.listener_backends_; }
  auto& server_member() { return c.server_member_; }
  auto& faults() { return c.faults_; }
  int& ecs_alive() { return c.ecs_alive_; }
  int& groups_alive() { return c.groups_alive_; }
  int& configurations_alive() { return c.configurations_alive_; }
  int& bandwidth_policies() { return c.bandwidth_policies_; }
  template <class Happening>
  void schedule(Time at, const Happening& event) {
    c.simulator_.schedule_at(at, event);
  }
  void cancel_look(AsGroupId id) { c.simulator_.cancel(c.state(id).reconcile_event); }

  void enter(InstanceId id, LifecycleState to) { c.enter(id, to); }
  std::string wrong_alarm(AsGroupId id) const { return c.wrong_alarm(id); }
  std::string wrong_place(AsGroupId id, ZoneId zone, FlavorId flavor) const {
    return c.wrong_place(id, {zone, flavor},
                         c.configurations_[index_of(c.groups_[index_of(id)].set.configuration)]);
  }
  std::string wrong_victim(InstanceId id) const { return c.wrong_victim(id); }
  std::string wrong_fate(const Resource& resource, bool deleted) const {
    return c.wrong_fate(resource, deleted ? Cloud::ResourceFate::Delete : Cloud::ResourceFate::LeaveBehind);
  }
};

namespace {

using namespace support;
using Lines = std::vector<std::string>;

// One cloud with a bit of everything under way.
struct BusyCloud {
  Cloud cloud;
  AsConfigurationId conf;
  AsGroupId calm, leaving, waiting, growing, paused, gone;
  AsPolicyId on_alarm, on_time, of_bandwidth;
  BandwidthId bandwidth;
  InstanceId by_hand;

  BusyCloud() : cloud(a_cloud(wide())) {
    conf = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5});
    calm = grown_group(cloud, {.configuration = conf, .desire = 3, .listeners = {kListener}});
    leaving = grown_group(cloud, {.configuration = conf, .desire = 3});
    add_servers(cloud, calm, {server_in(kZoneA)});
    run_until_idle(cloud, calm);
    by_hand = newest_member(cloud, calm);
    protect(cloud, calm, {members(cloud, calm).front()});
    on_alarm = create_policy(cloud, calm, an_alarm_policy(an_alarm_on_load(cloud, calm)));
    on_time = create_policy(cloud, calm, a_scheduled_policy(kStart + 5h));
    bandwidth = *cloud.submit(CreateBandwidth{"wide", 10, ShareType::Whole});
    CreateAsPolicy wider;
    wider.bandwidth = bandwidth;
    wider.set = a_scheduled_policy(kStart + 6h);
    of_bandwidth = *cloud.submit(wider);
    AlarmRuleSettings watches;
    watches.name = "pushed";
    watches.series = cloud.series_of(MetricKey{"custom", "load", {}});
    cloud.add_alarm_rule(watches);
    sold_out(cloud, kZoneC, kGpu, kStart + 9h);

    gone = create_group(cloud, {.configuration = conf});
    REQUIRE(outcome(cloud.submit(DeleteAsGroup{gone, ForceDelete::No})) == "ok");
    paused = create_group(cloud, {.configuration = conf, .desire = 2});
    waiting = create_group(cloud, {.configuration = conf, .desire = 1});
    LifecycleHook hook;
    hook.name = "hook";
    hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
    REQUIRE(outcome(cloud.submit(CreateLifecycleHook{waiting, hook})) == "ok");
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{waiting})) == "ok");
    run_for(cloud, kBoot + 1s);
    growing = enabled_group(cloud, {.configuration = conf, .desire = 2});
    set_desire(cloud, leaving, 1);
    run_for(cloud, 1s);
  }

  static Behaviour wide() {
    Behaviour b = prompt(Behaviour::current());
    b.scale_in_balance = ScaleInBalance::BalanceFirst;
    return b;
  }
};

bool said(const Lines& broken, const std::string& sentence) {
  return std::ranges::any_of(broken,
                             [&](const std::string& each) { return each.find(sentence) != each.npos; });
}

struct Break {
  const char* sentence;  // part of what has to be said
  std::function<void(CloudDoor&, const BusyCloud&)> how;
};

// Breaks a copy of a sound cloud in each way by itself.
void each_is_found(const std::vector<Break>& ways) {
  const BusyCloud sound;
  REQUIRE(broken_invariants(sound.cloud) == Lines{});
  for (const Break& each : ways) {
    BusyCloud broken = sound;
    CloudDoor door{broken.cloud};
    each.how(door, broken);
    const Lines found = broken_invariants(broken.cloud);
    INFO("wanted: " << each.sentence);
    INFO("found first: " << (found.empty() ? "nothing" : found.front()));
    CHECK(said(found, each.sentence));
  }
}

}  // namespace

TEST_CASE("broken numbers of a group are found: min, desire, max, members by state, detail", "[invariants]") {
  each_is_found({
      {"min 0, desire 4, max 3 are not in order", [](auto& d, auto& s) { d.group(s.calm).set.max = 3; }},
      {"are not in order", [](auto& d, auto& s) { d.group(s.calm).set.min = 9; }},
      {"are not in order", [](auto& d, auto& s) { d.group(s.calm).set.min = -1; }},
      {"detail 'why' does not go with its status", [](auto& d, auto& s) { d.group(s.calm).detail = "why"; }},
      {"does not go with its status", [](auto& d, auto& s) { d.group(s.calm).status = GroupStatus::Error; }},
      {"5 members are counted by state, 4 listed", [](auto& d, auto& s) { ++d.group(s.calm).in_service; }},
      {"5 members are protected, 4 in service",
       [](auto& d, auto& s) { d.group(s.calm).protected_members = 5; }},
      {"has no zones", [](auto& d, auto& s) { d.group(s.calm).set.zones.clear(); }},
      {"its configuration is gone",
       [](auto& d, auto& s) { d.configurations()[index_of(s.conf)].deleted = true; }},
      {"is gone and holds something still",
       [](auto& d, auto& s) {
         d.group(s.gone).tags.push_back({"key", "value"});
       }},
  });
}

TEST_CASE("members beyond what is desired, hence beyond max, are found where no action is to come",
          "[invariants]") {
  each_is_found({
      {"4 members, 3 desired, and no action is to come",
       [](auto& d, auto& s) { d.group(s.calm).set.desire = 3; }},
      {"0 members, 2 desired", [](auto& d, auto& s) { d.group(s.paused).status = GroupStatus::InService; }},
      {"of the 1 members that its action goes to, 2 are there or coming",
       [](auto& d, auto& s) { d.running(s.growing).desire_value = 1; }},
      {"are there or coming, 1 will come", [](auto& d, auto& s) { d.running(s.growing).to_launch = 1; }},
      {"its action goes to 2 members, 1 are left",
       [](auto& d, auto& s) { d.running(s.leaving).desire_value = 2; }},
  });
}

TEST_CASE("an instance in no state, in two or in a wrong one is found", "[invariants]") {
  each_is_found({
      {"is a member of group 0 and belongs to another",
       [](auto& d, auto& s) { d.member(s.calm).group = s.leaving; }},
      {"its binding to load balancers is wrong", [](auto& d, auto& s) { d.member(s.calm).bound = false; }},
      {"is protected and not INSERVICE", [](auto& d, auto& s) { d.member(s.growing).is_protected = true; }},
      {"is PENDING and no action runs",
       [](auto& d, auto& s) { d.group(s.growing).running = none<ScalingActivityId>(); }},
      {"by another action than the one that runs",
       [](auto& d, auto& s) { d.member(s.growing).activity = ScalingActivityId{0}; }},
      {"runs in a zone that is out",
       [](auto& d, auto& s) { d.zone_down()[index_of(d.member(s.calm).zone)] = 1; }},
      {"a member is listed twice",
       [](auto& d, auto& s) { d.group(s.calm).members.push_back(d.group(s.calm).members.back()); }},
      {"2 times a member",
       [](auto& d, auto& s) { d.group(s.growing).members.push_back(d.group(s.calm).members.back()); }},
      {"and 0 times a member", [](auto& d, auto& s) { d.group(s.calm).members.pop_back(); }},
      {"members are not in order of joining",
       [](auto& d, auto& s) { std::ranges::reverse(d.group(s.calm).members); }},
      {"pending counted", [](auto& d, auto& s) { ++d.group(s.calm).pending; }},
      {"in service counted", [](auto& d, auto& s) { --d.group(s.calm).in_service; }},
      {"removing counted", [](auto& d, auto& s) { ++d.group(s.calm).removing; }},
      {"in standby counted", [](auto& d, auto& s) { ++d.group(s.calm).standby; }},
      {"2 protected counted, 1 found", [](auto& d, auto& s) { ++d.group(s.calm).protected_members; }},
      {"is INSERVICE and left the group: true", [](auto& d, auto& s) { d.member(s.calm).left = kStart; }},
      {"a server is a member twice",
       [](auto& d, auto& s) { d.member(s.leaving).server = d.instance(s.by_hand).server; }},
  });
}

TEST_CASE("moves that the life cycle does not know are found in the records", "[invariants]") {
  each_is_found({
      {"is told to go from INSERVICE to PENDING",
       [](auto& d, auto& s) {
         d.moves().push_back({s.cloud.now(), s.by_hand, LifecycleState::InService, LifecycleState::Pending});
       }},
      {"is told to go from PENDING to REMOVING while it is INSERVICE",
       [](auto& d, auto& s) {
         d.moves().push_back({s.cloud.now(), s.by_hand, LifecycleState::Pending, LifecycleState::Removing});
       }},
      {"its moves end at PENDING",
       [](auto& d, auto& s) {
         const InstanceId last = d.group(s.leaving).members.back();
         std::erase_if(d.moves(), [&](const StateMove& each) {
           return each.instance == last && each.from != LifecycleState::Gone;
         });
       }},
      {"not in order of time", [](auto& d, auto&) { d.moves().back().time = kStart; }},
  });
}

TEST_CASE("hook waits that nobody hangs at, and members that wait at none, are found", "[invariants]") {
  each_is_found({
      {"is INSERVICE and its wait at hook hook is still told",
       [](auto& d, auto& s) { d.waits().front().instance = s.by_hand; }},
      {"waits at hook hook past its deadline", [](auto& d, auto&) { d.waits().front().deadline = kStart; }},
      {"is PENDING_WAIT and hangs at a hook: false",
       [](auto& d, auto&) { d.waits().front().status = WaitStatus::Continue; }},
      {"waits at hook hook for ever", [](auto& d, auto&) { d.waits().front().deadline += 1s; }},
  });
}

TEST_CASE("two actions of one group at a time are found, and records that contradict themselves",
          "[invariants]") {
  each_is_found({
      {"its running action is not DOING",
       [](auto& d, auto& s) { d.running(s.growing).status = ActivityStatus::Success; }},
      {"runs 2 actions",
       [](auto& d, auto& s) {
         ScalingActivity& before = d.last_action(s.calm);
         before.group = s.growing;
         before.status = ActivityStatus::Doing;
         before.end = kNever;
       }},
      {"does not know of its action",
       [](auto& d, auto& s) { d.group(s.growing).running = none<ScalingActivityId>(); }},
      {"starts while another action runs",
       [](auto& d, auto& s) { d.last_action(s.calm).start = kStart + 50s; }},
      {"ends before it starts", [](auto& d, auto& s) { d.last_action(s.calm).end = kStart; }},
      {"is listed as an action of group", [](auto& d, auto& s) { d.last_action(s.calm).group = s.leaving; }},
      {"an action's end does not go with its status",
       [](auto& d, auto& s) { d.last_action(s.calm).end = kNever; }},
      {"an action ended with instances on their way",
       [](auto& d, auto& s) { d.last_action(s.calm).outstanding = 1; }},
      {"ended SUCCESS with 1 failures",
       [](auto& d, auto& s) {
         d.last_action(s.calm).failed.push_back({s.by_hand, ErrorCode::InternalError, "x"});
       }},
      {"of 3 instances ended SUCCESS after it moved 2",
       [](auto& d, auto&) { d.activities().front().added.pop_back(); }},
      {"known to their groups", [](auto& d, auto& s) { d.state(s.calm).activities.pop_back(); }},
      {"its action waits for 3 instances, 2 are on their way",
       [](auto& d, auto& s) { ++d.running(s.growing).outstanding; }},
  });
}

TEST_CASE("an alarm that was executed during an action, or a cooldown that is nobody's, is found",
          "[invariants]") {
  each_is_found({
      {"an alarm is executed during a",
       [](auto& d, auto& s) {
         PolicyExecution log;
         log.policy = s.on_alarm;
         log.group = s.calm;
         log.trigger = Trigger::Alarm;
         log.status = ExecutionStatus::Success;
         log.time = kStart + 50s;
         d.executions().push_back(log);
       }},
      {"its cooldown ends before it begins",
       [](auto& d, auto& s) { d.group(s.calm).cooldown_until = d.group(s.calm).cooldown_from - 1s; }},
      {"its cooldown is not that of its last action",
       [](auto& d, auto& s) { d.group(s.calm).cooldown_from -= 1s; }},
      {"its cooldown is not as long as that of the policy behind",
       [](auto& d, auto& s) { d.last_action(s.calm).reasons.back().cool_down = 7s; }},
  });
}

TEST_CASE("an ECS, an EIP or a disk that is left behind, missing or counted wrongly is found",
          "[invariants]") {
  each_is_found({
      {"is gone and its ECS is left behind",
       [](auto& d, auto& s) { d.member(s.leaving).state = LifecycleState::Gone; }},
      {"is kept as a server that does not know of it",
       [](auto& d, auto& s) { d.member(s.leaving).kept_as = ServerId{0}; }},
      {"has no ECS and it is ACTIVE", [](auto& d, auto& s) { d.member(s.leaving).ecs_deleted = kStart; }},
      {"is neither deleted nor left behind",
       [](auto& d, auto& s) { d.member(s.leaving).ecs_deleted = kStart; }},
      {"a data_disk of i0 is gone and its ECS exists",
       [](auto& d, auto&) { d.resources()[1].deleted = kStart; }},
      {"is not found by its instance", [](auto& d, auto&) { d.first_resource()[0] = 1; }},
      {"i0 has 2 EIPs", [](auto& d, auto&) { d.resources()[1].kind = ResourceKind::Eip; }},
      {"i0 has 0 data disks, its configuration 1",
       [](auto& d, auto&) { d.resources()[1].kind = ResourceKind::Eip; }},
      {"ECSs counted", [](auto& d, auto&) { ++d.ecs_alive(); }},
      {"ECSs of one flavor counted", [](auto& d, auto&) { ++d.ecs_used()[0]; }},
      {"server 0 is said to be i0, which it is not",
       [](auto& d, auto&) { d.server_member()[0] = InstanceId{0}; }},
      {"does not know of it",
       [](auto& d, auto& s) {
         d.server_member()[index_of(d.instance(s.by_hand).server)] = none<InstanceId>();
       }},
      {"backends counted", [](auto& d, auto&) { ++d.backends()[0]; }},
  });
}

TEST_CASE("a quota or a capacity that is passed is found", "[invariants]") {
  each_is_found({
      {"zone eu-de-01 holds", [](auto& d, auto&) { d.region().zones[0].capacity[kSmall] = 1; }},
      {"ECSs under a quota of 1", [](auto& d, auto&) { d.behaviour().instance_quota = 1; }},
      {"vCPUs under a quota of 1", [](auto& d, auto&) { d.behaviour().vcpu_quota = 1; }},
      {"MB of memory under a quota of 1", [](auto& d, auto&) { d.behaviour().memory_quota_mb = 1; }},
      {"disks under a quota of 1", [](auto& d, auto&) { d.behaviour().disk_quota = 1; }},
      {"EIPs under a quota of 1", [](auto& d, auto&) { d.behaviour().eip_quota = 1; }},
      {"groups under a quota of 1", [](auto& d, auto&) { d.behaviour().group_quota = 1; }},
      {"configurations under a quota of 0", [](auto& d, auto&) { d.behaviour().configuration_quota = 0; }},
      {"2 policies under a quota of 1", [](auto& d, auto&) { d.behaviour().policy_quota = 1; }},
      {"policies of bandwidths under a quota of 0",
       [](auto& d, auto&) { d.behaviour().bandwidth_policy_quota = 0; }},
      {"backends of a listener under a limit of 0",
       [](auto& d, auto&) { d.behaviour().listener_backend_limit = 0; }},
      {"bandwidth 0 has 2001 Mbit/s", [](auto& d, auto&) { d.bandwidths()[0].size = 2001; }},
  });
}

TEST_CASE("an index that does not agree with a full scan is found", "[invariants]") {
  each_is_found({
      {"1 ill counted, 0 found", [](auto& d, auto& s) { ++d.state(s.calm).ill; }},
      {"1 marked unhealthy counted, 0 found", [](auto& d, auto& s) { ++d.state(s.calm).marked_ill; }},
      {"members counted in eu-de-01", [](auto& d, auto& s) { ++d.state(s.calm).zone_members[0]; }},
      {"its totals reach into the future",
       [](auto& d, auto& s) { d.state(s.calm).settled = s.cloud.now() + 1s; }},
      {"its workload is another group's",
       [](auto& d, auto& s) { d.state(s.calm).workload = add_steady_load(d.c, s.leaving, kCapacity); }},
      {"group 0: its policies are not those listed",
       [](auto& d, auto& s) { d.group(s.calm).policies.pop_back(); }},
      {"bandwidth 0: its policies are not those listed",
       [](auto& d, auto&) { d.bandwidths()[0].policies.clear(); }},
      {"alarm rule 0: its policies are not those listed",
       [](auto& d, auto&) { d.rule_policies()[0].clear(); }},
      {"group 0: its alarm rules are not those listed",
       [](auto& d, auto& s) { d.state(s.calm).alarm_rules.clear(); }},
      {"series 0: its alarm rules are not those listed", [](auto& d, auto&) { d.series_rules()[0].clear(); }},
      {"policies of bandwidths counted", [](auto& d, auto&) { ++d.bandwidth_policies(); }},
      {"scales a group: true, and a bandwidth: true",
       [](auto& d, auto& s) { d.policy(s.on_alarm).bandwidth = s.bandwidth; }},
      {"is executing and its log says otherwise",
       [](auto& d, auto& s) {
         d.executions().push_back({s.on_time, s.calm, Trigger::Manual, ExecutionStatus::Success, kStart});
         d.policy(s.on_time).executing = id_at<PolicyExecutionId>(d.executions().size() - 1);
       }},
      {"bandwidth 0 is changed by nobody",
       [](auto& d, auto& s) { d.bandwidths()[0].executing = s.of_bandwidth; }},
      {"the outages of zones are not", [](auto& d, auto&) { ++d.zone_down()[0]; }},
      {"what is sold out is not", [](auto& d, auto&) { ++d.sold_out()[0]; }},
      {"groups counted", [](auto& d, auto&) { ++d.groups_alive(); }},
      {"configurations counted", [](auto& d, auto&) { ++d.configurations_alive(); }},
  });
}

TEST_CASE("what waits and has nothing to come, or twice, is found", "[invariants]") {
  each_is_found({
      {"and 2 ends of its launch are to come",
       [](auto& d, auto& s) { d.schedule(kStart + 9h, LaunchFinished{d.group(s.growing).members.front()}); }},
      {"is INSERVICE and 1 ends of its removal are to come",
       [](auto& d, auto& s) { d.schedule(kStart + 9h, RemovalFinished{s.by_hand}); }},
      {"0 metric ticks are to come", [](auto& d, auto& s) { d.group(s.gone).status = GroupStatus::Paused; }},
      {"2 metric ticks are to come", [](auto& d, auto& s) { d.schedule(kStart + 9h, MetricsDue{s.calm}); }},
      {"2 health checks are to come",
       [](auto& d, auto& s) { d.schedule(kStart + 9h, HealthCheckDue{s.calm}); }},
      {"its next look at the numbers is not when it is said to be",
       [](auto& d, auto& s) { d.state(s.calm).reconcile_at = kStart + 9h; }},
      {"its next look at the numbers is not when it is said to be",
       [](auto& d, auto& s) { d.schedule(kStart + 9h, ReconcileDue{s.calm}); }},
      {"policy 1 is due and will not come", [](auto& d, auto& s) { d.policy(s.on_time).next_due += 1s; }},
      {"policy 1 is executing for ever",
       [](auto& d, auto& s) {
         d.executions().push_back({s.on_time, s.calm, Trigger::Manual, ExecutionStatus::Executing, kStart});
         d.policy(s.on_time).executing = id_at<PolicyExecutionId>(d.executions().size() - 1);
       }},
      {"alarm rule 1 is to be judged and will not be",
       [](auto& d, auto&) { d.alarm_rules()[1].due = kStart + 9h; }},
      {"fault 0 lasts for ever", [](auto& d, auto&) { d.faults()[0].until += 1s; }},
  });
}

// ---- Deeds, at the moment they are done ----

TEST_CASE("a deed that an invariant forbids is found at its moment: an alarm let through", "[invariants]") {
  BusyCloud s;
  CloudDoor door{s.cloud};
  CHECK(said({door.wrong_alarm(s.growing)}, "an alarm is executed during a scaling action"));
  CHECK(said({door.wrong_alarm(s.paused)}, "an alarm is executed though it is not INSERVICE"));
  CHECK(said({door.wrong_alarm(s.calm)}, "an alarm is executed during its cooldown"));
  door.group(s.calm).cooldown_until = s.cloud.now();
  CHECK(door.wrong_alarm(s.calm).empty());
  door.behaviour().cooldown_end_inclusive = true;
  CHECK(said({door.wrong_alarm(s.calm)}, "an alarm is executed during its cooldown"));
  door.group(s.calm).cooldown_from = s.cloud.now();
  CHECK(door.wrong_alarm(s.calm).empty());
}

TEST_CASE("a deed that an invariant forbids is found at its moment: a launch that spreads the zones",
          "[invariants]") {
  BusyCloud s;
  CloudDoor door{s.cloud};
  // Two members in zone A, one in B and in C each.
  CHECK(said({door.wrong_place(s.calm, kZoneA, kSmall)},
             "launches in eu-de-01 with 2 members while another zone has 1"));
  CHECK(door.wrong_place(s.calm, kZoneB, kSmall).empty());
  CHECK(door.wrong_place(s.calm, kZoneC, kSmall).empty());
  door.region().zones[index_of(kZoneC)].capacity[kSmall] = 0;
  CHECK(said({door.wrong_place(s.calm, kZoneC, kSmall)}, "launches in eu-de-03, which can't take it"));
  CHECK(door.wrong_place(s.calm, kZoneA, kSmall).empty());  // One of the emptiest can't: the list decides.
  door.group(s.calm).set.multi_az_policy = MultiAzPolicy::PickFirst;
  door.region().zones[index_of(kZoneC)].capacity.clear();
  CHECK(door.wrong_place(s.calm, kZoneA, kSmall).empty());
  door.group(s.calm).set.zones = {kZoneB};
  CHECK(said({door.wrong_place(s.calm, kZoneA, kSmall)}, "launches in eu-de-01, which is none of its zones"));
}

TEST_CASE("a deed that an invariant forbids is found at its moment: a scale in that takes the wrong one",
          "[invariants]") {
  BusyCloud s;
  CloudDoor door{s.cloud};
  add_servers(s.cloud, s.calm, {server_in(kZoneB)});
  run_until_idle(s.cloud, s.calm);
  const auto all = members(s.cloud, s.calm);  // In A (protected), B, C, and by hand in A and B.
  CHECK(said({door.wrong_victim(all[0])}, "i0 is protected and a scale in takes it"));
  CHECK(door.wrong_victim(all[1]).empty());
  CHECK(said({door.wrong_victim(all[2])}, "leaves a zone with 1 members while i1 could leave one with 2"));
  CHECK(door.wrong_victim(s.by_hand).empty());
  CHECK(said({door.wrong_victim(members(s.cloud, s.growing).front())}, "is PENDING and a scale in takes it"));
  door.behaviour().scale_in_balance = ScaleInBalance::None;
  CHECK(door.wrong_victim(all[2]).empty());
}

TEST_CASE(
    "a deed that an invariant forbids is found at its moment: an EIP or a disk treated otherwise than told",
    "[invariants]") {
  BusyCloud s;
  CloudDoor door{s.cloud};
  const Resource& eip = s.cloud.resources()[0];
  REQUIRE(eip.kind == ResourceKind::Eip);
  CHECK(door.wrong_fate(eip, true).empty());  // Its owner's deed while it is a member.
  door.instance(eip.instance).state = LifecycleState::Gone;
  CHECK(said({door.wrong_fate(eip, true)}, "the eip of i0 is deleted though its group was told otherwise"));
  CHECK(door.wrong_fate(eip, false).empty());
  door.group(s.calm).set.delete_publicip = true;
  CHECK(door.wrong_fate(eip, true).empty());
  CHECK(said({door.wrong_fate(eip, false)}, "the eip of i0 is left behind though"));
  CHECK(door.wrong_fate(s.cloud.resources()[1], false).empty());
}

// ---- After each event ----

TEST_CASE("a move that the life cycle does not know stops the program at its moment", "[invariants]") {
  if (!invariants_are_checked()) return;
  BusyCloud s;
  CloudDoor door{s.cloud};
  CHECK_THROWS_AS(door.enter(s.by_hand, LifecycleState::Gone), BrokenInvariant);
  CHECK_THROWS_AS(door.enter(s.by_hand, LifecycleState::Pending), BrokenInvariant);
  CHECK_THROWS_AS(door.enter(members(s.cloud, s.growing).front(), LifecycleState::Removing), BrokenInvariant);
  CHECK(broken_invariants(s.cloud) == Lines{});
}

TEST_CASE(
    "a broken number of the group that an event touches is found after that event, however large the cloud",
    "[invariants]") {
  if (!invariants_are_checked()) return;
  Cloud cloud = a_cloud();
  const AsGroupId large = grown_group(cloud, {.desire = 200, .max = 300}),
                  small = grown_group(cloud, {.desire = 1});
  run_for(cloud, 1h);
  CloudDoor door{cloud};
  const Time next = *cloud.next_time();
  ++door.group(small).protected_members;
  ++door.group(large).in_service;
  CHECK_THROWS_AS(cloud.run_until(next + 10min), BrokenInvariant);
}

TEST_CASE("a broken invariant ends the program with its sentence, the simulated time and the seed",
          "[invariants]") {
  if (!invariants_are_checked()) return;
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    std::set_terminate([] { std::_Exit(77); });
    [&]() noexcept {
      Cloud cloud = a_cloud(CloudSpec{.seed = 4711});
      const AsGroupId group = grown_group(cloud, {.desire = 1});
      CloudDoor{cloud}.group(group).set.max = 0;
      cloud.run_until(kStart + 1h);
    }();
    std::_Exit(0);
  }
  close(ends[1]);
  std::string said;
  std::array<char, 512> buffer{};
  for (ssize_t n = 0; (n = read(ends[0], buffer.data(), buffer.size())) > 0;)
    said.append(buffer.data(), static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 77));
  CHECK(said ==
        "tidepool: broken invariant at 2026-03-01T00:05:00Z (seed 4711, event 4): "
        "group 0: min 0, desire 1, max 0 are not in order\n");
}

}  // namespace tidepool::sim
