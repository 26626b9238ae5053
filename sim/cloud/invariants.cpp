#include "sim/cloud/invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tidepool::sim {

class Inspection {
 public:
  explicit Inspection(const Cloud& cloud) : cloud_(cloud) {}

  std::vector<std::string> run() {
    for (std::size_t i = 0; i < cloud_.all_groups().size(); ++i) inspect(id_at<AsGroupId>(i));
    inspect_capacity();
    inspect_resources();
    inspect_activities();
    inspect_listeners();
    inspect_bandwidths();
    inspect_quotas();
    inspect_moves();
    inspect_executions();
    inspect_policies();
    inspect_alarm_rules();
    inspect_faults();
    inspect_servers();
    inspect_totals();
    inspect_events();
    return std::move(broken_);
  }

  std::vector<std::string> run(AsGroupId id) {
    inspect_numbers(id, cloud_.all_groups()[index_of(id)]);
    return std::move(broken_);
  }

 private:
  template <class... Args>
  void expect(bool holds, fmt::format_string<Args...> format, Args&&... args) {
    if (!holds) broken_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  const Instance& instance(InstanceId id) const { return cloud_.all_instances()[index_of(id)]; }

  void inspect(AsGroupId id) {
    const AsGroup& g = cloud_.all_groups()[index_of(id)];
    const std::size_t n = index_of(id);
    expect(!g.set.zones.empty(), "group {} has no zones", n);
    if (g.status == GroupStatus::Deleted)
      expect(g.members.empty() && g.policies.empty() && g.hooks.empty() && g.topics.empty() && g.tags.empty(),
             "group {} is gone and holds something still", n);
    expect(g.status == GroupStatus::Deleted || g.set.configuration == none<AsConfigurationId>() ||
               cloud_.find(g.set.configuration) != nullptr,
           "group {}: its configuration is gone", n);
    inspect_numbers(id, g);
    inspect_members(id, g);
    inspect_indexes(id, g);
    inspect_waits(id, g);
    inspect_history(id, g);
  }

  // What needs no look at the members.
  void inspect_numbers(AsGroupId id, const AsGroup& g) {
    const std::size_t n = index_of(id);
    expect(0 <= g.set.min && g.set.min <= g.set.desire && g.set.desire <= g.set.max,
           "group {}: min {}, desire {}, max {} are not in order", n, g.set.min, g.set.desire, g.set.max);
    expect((g.status == GroupStatus::Error) == !g.detail.empty(),
           "group {}: detail '{}' does not go with its status", n, g.detail);
    const int counted = g.pending + g.in_service + g.removing + g.standby;
    expect(counted == static_cast<int>(g.members.size()),
           "group {}: {} members are counted by state, {} listed", n, counted, g.members.size());
    expect(g.protected_members <= g.in_service, "group {}: {} members are protected, {} in service", n,
           g.protected_members, g.in_service);
    if (g.is_scaling())
      inspect_running(id, g);
    else
      inspect_idle(id, g);
  }

  // How far it has come follows from its record: nobody else comes or goes meanwhile.
  void inspect_running(AsGroupId id, const AsGroup& g) {
    const std::size_t n = index_of(id);
    const ScalingActivity* running = cloud_.find(g.running);
    expect(running != nullptr && running->status == ActivityStatus::Doing && running->group == id,
           "group {}: its running action is not DOING", n);
    if (running == nullptr) return;
    expect(running->outstanding == g.pending + g.removing,
           "group {}: its action waits for {} instances, {} are on their way", n, running->outstanding,
           g.pending + g.removing);
    if (running->type != ActivityType::Normal && running->type != ActivityType::Diff) return;
    const int failed = static_cast<int>(running->failed.size());
    if (running->desire_value > running->instance_value)
      expect(g.expected() + running->to_launch + failed == running->desire_value,
             "group {}: of the {} members that its action goes to, {} are there or coming, {} will come, {} "
             "failed",
             n, running->desire_value, g.expected(), running->to_launch, failed);
    else
      expect(g.expected() >= running->desire_value, "group {}: its action goes to {} members, {} are left", n,
             running->desire_value, g.expected());
  }

  // A group that AS works for has what is desired, hence no more than max, or something will still come of it.
  void inspect_idle(AsGroupId id, const AsGroup& g) {
    const std::size_t n = index_of(id);
    if (g.status != GroupStatus::InService || state(id).reconcile_at != kNever) return;
    expect(g.expected() == g.set.desire, "group {}: {} members, {} desired, and no action is to come", n,
           g.expected(), g.set.desire);
  }

  void inspect_members(AsGroupId id, const AsGroup& g) {
    const std::size_t n = index_of(id);
    std::map<LifecycleState, int> count;
    int kept = 0;
    for (const InstanceId each : g.members) {
      const Instance& member = instance(each);
      ++count[member.state];
      kept += member.is_protected ? 1 : 0;
      expect(member.group == id, "i{} is a member of group {} and belongs to another", index_of(each), n);
      expect(member.bound == (member.state == LifecycleState::InService && g.set.has_load_balancer()),
             "i{} is {} and its binding to load balancers is wrong", index_of(each), text_of(member.state));
      expect(!member.is_protected || member.state == LifecycleState::InService,
             "i{} is protected and not INSERVICE", index_of(each));
      const bool moving =
          member.state != LifecycleState::InService && member.state != LifecycleState::Standby;
      expect(!moving || g.is_scaling() || g.status == GroupStatus::Deleting, "i{} is {} and no action runs",
             index_of(each), text_of(member.state));
      expect(!moving || !g.is_scaling() || member.activity == g.running,
             "i{} is {} by another action than the one that runs", index_of(each), text_of(member.state));
      expect(cloud_.zone_down_[index_of(member.zone)] == 0 || member.ecs != EcsStatus::Active,
             "i{} runs in a zone that is out", index_of(each));
    }
    expect(std::ranges::adjacent_find(g.members) == g.members.end(), "group {}: a member is listed twice", n);
    expect(std::ranges::is_sorted(g.members), "group {}: members are not in order of joining", n);
    expect(g.pending == count[LifecycleState::Pending] + count[LifecycleState::PendingWait],
           "group {}: {} pending counted", n, g.pending);
    expect(g.in_service == count[LifecycleState::InService], "group {}: {} in service counted", n,
           g.in_service);
    expect(g.removing == count[LifecycleState::Removing] + count[LifecycleState::RemovingWait],
           "group {}: {} removing counted", n, g.removing);
    expect(g.standby == count[LifecycleState::Standby], "group {}: {} in standby counted", n, g.standby);
    expect(g.protected_members == kept, "group {}: {} protected counted, {} found", n, g.protected_members,
           kept);
  }

  // What is kept beside the group to be found quickly.
  void inspect_indexes(AsGroupId id, const AsGroup& g) {
    const std::size_t n = index_of(id);
    const auto& s = state(id);
    int ill = 0, marked = 0;
    for (const InstanceId each : g.members) {
      const Instance& member = instance(each);
      if (member.state != LifecycleState::InService) continue;
      ill += member.is_ill() ? 1 : 0;
      marked += member.health == HealthStatus::Error ? 1 : 0;
    }
    expect(s.ill == ill, "group {}: {} ill counted, {} found", n, s.ill, ill);
    expect(s.marked_ill == marked, "group {}: {} marked unhealthy counted, {} found", n, s.marked_ill,
           marked);
    const std::vector<int> by_zone = cloud_.counted_by_zone(id);
    for (std::size_t zone = 0; zone < by_zone.size(); ++zone)
      expect(s.zone_members[zone] == by_zone[zone], "group {}: {} members counted in {}, {} found", n,
             s.zone_members[zone], cloud_.region().zones[zone].name, by_zone[zone]);
    expect(s.settled <= cloud_.now(), "group {}: its totals reach into the future", n);
    expect(s.workload == none<WorkloadId>() || cloud_.workloads_[index_of(s.workload)].group == id,
           "group {}: its workload is another group's", n);
  }

  // One action after the other, and the cooldown that the last one opened.
  void inspect_history(AsGroupId id, const AsGroup& g) {
    const std::size_t n = index_of(id);
    const ScalingActivity* before = nullptr;
    const ScalingActivity* opened = nullptr;
    for (const ScalingActivityId each : state(id).activities) {
      const ScalingActivity& log = cloud_.all_activities()[index_of(each)];
      expect(log.group == id, "a{} is listed as an action of group {} and is another's", index_of(each), n);
      expect(log.start <= log.end, "a{} ends before it starts", index_of(each));
      if (log.type == ActivityType::ModifyElb) continue;
      expect(before == nullptr || before->end <= log.start, "group {}: a{} starts while another action runs",
             n, index_of(each));
      before = &log;
      const bool did = !log.added.empty() || !log.removed.empty() || !log.deleted.empty();
      if (did && log.status != ActivityStatus::Doing) opened = &log;
    }
    expect(g.cooldown_from <= g.cooldown_until, "group {}: its cooldown ends before it begins", n);
    const bool at_start = cloud_.behaviour().cooldown_start == CooldownStart::Trigger;
    const Time from = opened == nullptr ? Time{} : at_start ? opened->start : opened->end;
    expect(g.cooldown_from == from, "group {}: its cooldown is not that of its last action", n);
    if (opened == nullptr || g.cooldown_until == g.cooldown_from) return;
    const auto by_policy = opened->reasons.back().cool_down;
    expect(!by_policy || g.cooldown_until - g.cooldown_from == *by_policy,
           "group {}: its cooldown is not as long as that of the policy behind its last action", n);
  }

  // Whoever is in a wait state hangs at a hook, and nobody else does.
  void inspect_waits(AsGroupId id, const AsGroup& g) {
    std::set<InstanceId> hanging;
    for (const HookWaitId each : cloud_.waits_of(id)) {
      const HookWait& wait = cloud_.all_waits()[index_of(each)];
      const LifecycleState at = instance(wait.instance).state;
      expect(at != LifecycleState::InService && at != LifecycleState::Gone,
             "i{} is {} and its wait at hook {} is still told", index_of(wait.instance), text_of(at),
             wait.hook.name);
      if (wait.status != WaitStatus::Hanging) continue;
      hanging.insert(wait.instance);
      expect(wait.deadline >= cloud_.now(), "i{} waits at hook {} past its deadline", index_of(wait.instance),
             wait.hook.name);
    }
    for (const InstanceId each : g.members) {
      const LifecycleState at = instance(each).state;
      const bool waits = at == LifecycleState::PendingWait || at == LifecycleState::RemovingWait;
      expect(waits == hanging.contains(each), "i{} is {} and hangs at a hook: {}", index_of(each),
             text_of(at), hanging.contains(each));
    }
  }

  // Members by a full scan of all instances, and what the zones were said to hold at most.
  void inspect_capacity() {
    const std::size_t flavors = cloud_.region().flavors.size();
    std::vector<int> used(cloud_.ecs_used_.size(), 0), listed(cloud_.all_instances().size(), 0);
    std::set<ServerId> servers;
    for (const AsGroup& each : cloud_.all_groups())
      for (const InstanceId member : each.members) ++listed[index_of(member)];
    int alive = 0;
    for (std::size_t i = 0; i < cloud_.all_instances().size(); ++i) {
      const Instance& each = cloud_.all_instances()[i];
      expect(listed[i] == (each.state == LifecycleState::Gone ? 0 : 1), "i{} is {} and {} times a member", i,
             text_of(each.state), listed[i]);
      expect((each.state == LifecycleState::Gone) == (each.left != kNever),
             "i{} is {} and left the group: {}", i, text_of(each.state), each.left != kNever);
      if (each.is_manual()) {
        if (listed[i] > 0)
          expect(servers.insert(each.server).second, "a server is a member twice, now as i{}", i);
        continue;
      }
      inspect_left_over(i, each);
      if (each.ecs_deleted != kNever) continue;
      ++alive;
      ++used[index_of(each.zone) * flavors + index_of(each.flavor)];
    }
    expect(alive == cloud_.ecs_alive_, "{} ECSs counted, {} found", cloud_.ecs_alive_, alive);
    for (std::size_t cell = 0; cell < used.size(); ++cell) {
      const AvailabilityZone& zone = cloud_.region().zones[cell / flavors];
      expect(used[cell] == cloud_.ecs_used_[cell], "zone {}: {} ECSs of one flavor counted, {} found",
             zone.name, cloud_.ecs_used_[cell], used[cell]);
      const auto limit = zone.capacity.find(id_at<FlavorId>(cell % flavors));
      expect(limit == zone.capacity.end() || used[cell] <= limit->second,
             "zone {} holds {} ECSs of one flavor", zone.name, used[cell]);
    }
  }

  // An ECS that outlives its membership is a server of the project; no other is left.
  void inspect_left_over(std::size_t i, const Instance& each) {
    const bool exists = each.ecs_deleted == kNever;
    expect(exists || each.ecs == EcsStatus::Deleted, "i{} has no ECS and it is {}", i, text_of(each.ecs));
    expect(each.state != LifecycleState::Gone || !exists || each.kept_as != none<ServerId>(),
           "i{} is gone and its ECS is left behind", i);
    expect(each.kept_as == none<ServerId>() ||
               cloud_.region().server(each.kept_as).made_as == id_at<InstanceId>(i),
           "i{} is kept as a server that does not know of it", i);
  }

  // Whatever was made along with an ECS is there as long as it, then deleted or left behind.
  void inspect_resources() {
    std::vector<int> eips(cloud_.all_instances().size(), 0), disks(eips);
    for (std::size_t i = 0; i < cloud_.resources().size(); ++i) {
      const Resource& each = cloud_.resources()[i];
      const std::size_t n = index_of(each.instance);
      const bool exists = instance(each.instance).ecs_deleted == kNever;
      ++(each.kind == ResourceKind::Eip ? eips : disks)[n];
      expect(exists || each.deleted != kNever || each.left_behind != kNever,
             "a {} of i{} is neither deleted nor left behind, and its ECS is gone", text_of(each.kind), n);
      // Its owner may have unbound the EIP of one that runs.
      expect(
          !exists || each.kind == ResourceKind::Eip || (each.deleted == kNever && each.left_behind == kNever),
          "a {} of i{} is gone and its ECS exists", text_of(each.kind), n);
      const std::size_t first = cloud_.first_resource_[n];
      expect(first <= i && cloud_.resources()[first].instance == each.instance,
             "a {} of i{} is not found by its instance", text_of(each.kind), n);
    }
    for (std::size_t i = 0; i < eips.size(); ++i) {
      const Instance& owner = cloud_.all_instances()[i];
      const AsConfiguration* by =
          owner.is_manual() ? nullptr : &cloud_.all_configurations()[index_of(owner.configuration)];
      const auto wanted = by == nullptr ? 0 : std::ranges::count(by->disks, DiskType::Data, &Disk::type);
      expect(eips[i] == (by != nullptr && by->public_ip ? 1 : 0), "i{} has {} EIPs", i, eips[i]);
      expect(disks[i] == wanted, "i{} has {} data disks, its configuration {}", i, disks[i], wanted);
    }
  }

  void inspect_activities() {
    std::map<AsGroupId, int> doing;
    for (const ScalingActivity& each : cloud_.all_activities()) {
      if (each.status == ActivityStatus::Doing) ++doing[each.group];
      expect((each.status == ActivityStatus::Doing) == (each.end == kNever),
             "an action's end does not go with its status");
      expect(each.status == ActivityStatus::Doing || (each.outstanding == 0 && each.to_launch == 0),
             "an action ended with instances on their way");
      expect(each.status != ActivityStatus::Success || each.failed.empty(),
             "an action ended SUCCESS with {} failures", each.failed.size());
      count_recorded(each);
    }
    std::size_t listed = 0;
    for (const auto& each : cloud_.states_) listed += each.activities.size();
    expect(listed == cloud_.all_activities().size(), "{} actions, {} of them known to their groups",
           cloud_.all_activities().size(), listed);
    for (const auto& [group, count] : doing) {
      expect(count == 1, "group {} runs {} actions", index_of(group), count);
      expect(cloud_.all_groups()[index_of(group)].is_scaling(), "group {} does not know of its action",
             index_of(group));
    }
  }

  // An action that ended as wished brought in or took out as many as it says.
  void count_recorded(const ScalingActivity& log) {
    const bool numbered = log.type == ActivityType::Normal || log.type == ActivityType::Diff;
    if (!numbered || log.status != ActivityStatus::Success) return;
    const std::size_t moved = log.added.size() + log.removed.size() + log.deleted.size();
    expect(moved == static_cast<std::size_t>(log.scaling_value),
           "an action of {} instances ended SUCCESS after it moved {}", log.scaling_value, moved);
  }

  void inspect_listeners() {
    std::map<ListenerId, int> backends;
    for (const Backend& each : cloud_.backends())
      if (each.listener != none<ListenerId>()) ++backends[each.listener];
    for (std::size_t i = 0; i < cloud_.region().listeners.size(); ++i) {
      const auto id = id_at<ListenerId>(i);
      expect(cloud_.backends_of(id) == backends[id], "listener {}: {} backends counted, {} found", i,
             cloud_.backends_of(id), backends[id]);
    }
  }

  // A bandwidth and its policies agree on who changes it, and on how many they are.
  void inspect_bandwidths() {
    int policies = 0;
    for (std::size_t i = 0; i < cloud_.all_policies().size(); ++i) {
      const AsPolicy& each = cloud_.all_policies()[i];
      const bool of_group = each.group != none<AsGroupId>(),
                 of_bandwidth = each.bandwidth != none<BandwidthId>();
      expect(of_group != of_bandwidth, "policy {} scales a group: {}, and a bandwidth: {}", i, of_group,
             of_bandwidth);
      if (of_bandwidth && !each.deleted) ++policies;
      if (!each.is_executing()) continue;
      const PolicyExecution& log = cloud_.all_executions()[index_of(each.executing)];
      expect(log.status == ExecutionStatus::Executing, "policy {} is executing and its log says otherwise",
             i);
    }
    expect(policies == cloud_.bandwidth_policies(), "{} policies of bandwidths counted, {} found",
           cloud_.bandwidth_policies(), policies);
    for (std::size_t i = 0; i < cloud_.all_bandwidths().size(); ++i) {
      const Bandwidth& each = cloud_.all_bandwidths()[i];
      expect(kLeastBandwidth <= each.size && each.size <= kMostBandwidth, "bandwidth {} has {} Mbit/s", i,
             each.size);
      if (each.executing == none<AsPolicyId>()) continue;
      const AsPolicy& policy = cloud_.all_policies()[index_of(each.executing)];
      expect(policy.is_executing() && index_of(policy.bandwidth) == i, "bandwidth {} is changed by nobody",
             i);
    }
  }

  void inspect_quotas() {
    const Usage used = cloud_.usage();
    const Behaviour& b = cloud_.behaviour();
    const auto bounded = [&](const char* what, std::int64_t number, std::int64_t quota) {
      expect(quota == 0 || number <= quota, "{} {} under a quota of {}", number, what, quota);
    };
    bounded("ECSs", used.ecs, b.instance_quota);
    bounded("vCPUs", used.vcpus, b.vcpu_quota);
    bounded("MB of memory", used.memory_mb, b.memory_quota_mb);
    bounded("disks", used.disks, b.disk_quota);
    bounded("EIPs", used.eips, b.eip_quota);
    expect(cloud_.groups_alive_ <= b.group_quota, "{} groups under a quota of {}", cloud_.groups_alive_,
           b.group_quota);
    expect(cloud_.configurations_alive_ <= b.configuration_quota, "{} configurations under a quota of {}",
           cloud_.configurations_alive_, b.configuration_quota);
    for (const int each : cloud_.listener_backends_)
      expect(each <= b.listener_backend_limit, "{} backends of a listener under a limit of {}", each,
             b.listener_backend_limit);
    expect(cloud_.bandwidth_policies() <= b.bandwidth_policy_quota,
           "{} policies of bandwidths under a quota of {}", cloud_.bandwidth_policies(),
           b.bandwidth_policy_quota);
    for (const AsGroup& each : cloud_.all_groups())
      expect(static_cast<int>(each.policies.size()) <= b.policy_quota,
             "group {} has {} policies under a quota of {}", each.set.name, each.policies.size(),
             b.policy_quota);
  }

  // The records of moves tell the same story: from nowhere, step by step, to where each instance is.
  void inspect_moves() {
    if (cloud_.recording_ == Recording::Nothing) return;
    std::vector<LifecycleState> at(cloud_.all_instances().size(), LifecycleState::Gone);
    Time before = cloud_.start();
    for (const StateMove& each : cloud_.moves()) {
      LifecycleState& last = at[index_of(each.instance)];
      const bool begins = last == LifecycleState::Gone && each.to == LifecycleState::Pending;
      expect(each.from == last && (begins || may_move(last, each.to)),
             "i{} is told to go from {} to {} while it is {}", index_of(each.instance), text_of(each.from),
             text_of(each.to), text_of(last));
      expect(before <= each.time, "the moves of instances are not in order of time");
      before = each.time;
      last = each.to;
    }
    for (std::size_t i = 0; i < at.size(); ++i)
      expect(at[i] == cloud_.all_instances()[i].state, "i{} is {} and its moves end at {}", i,
             text_of(cloud_.all_instances()[i].state), text_of(at[i]));
  }

  // No alarm was let through while an action ran. Cooldowns are judged at the moment itself, as later ones hide them.
  void inspect_executions() {
    for (const PolicyExecution& each : cloud_.all_executions()) {
      if (each.trigger != Trigger::Alarm || each.status == ExecutionStatus::Fail) continue;
      if (each.group == none<AsGroupId>()) continue;
      const auto& actions = cloud_.states_[index_of(each.group)].activities;
      auto next = std::ranges::lower_bound(actions, each.time, {}, [&](ScalingActivityId id) {
        return cloud_.all_activities()[index_of(id)].start;
      });
      if (next == actions.begin()) continue;
      const ScalingActivity& last = cloud_.all_activities()[index_of(*--next)];
      expect(last.end <= each.time, "group {}: an alarm is executed during a{}", index_of(each.group),
             index_of(*next));
    }
  }

  void inspect_policies() {
    std::vector<std::vector<AsPolicyId>> of_groups(cloud_.all_groups().size()),
        of_bandwidths(cloud_.all_bandwidths().size()), of_rules(cloud_.all_alarm_rules().size());
    for (std::size_t i = 0; i < cloud_.all_policies().size(); ++i) {
      const AsPolicy& each = cloud_.all_policies()[i];
      if (each.deleted) continue;
      const auto id = id_at<AsPolicyId>(i);
      if (each.resource() == ScalingResource::Group)
        of_groups[index_of(each.group)].push_back(id);
      else
        of_bandwidths[index_of(each.bandwidth)].push_back(id);
      if (each.set.type == PolicyType::Alarm) of_rules[index_of(each.set.alarm)].push_back(id);
    }
    for (std::size_t i = 0; i < of_groups.size(); ++i)
      expect(cloud_.all_groups()[i].policies == of_groups[i], "group {}: its policies are not those listed",
             i);
    for (std::size_t i = 0; i < of_bandwidths.size(); ++i)
      expect(cloud_.all_bandwidths()[i].policies == of_bandwidths[i],
             "bandwidth {}: its policies are not those listed", i);
    for (std::size_t i = 0; i < of_rules.size(); ++i) {
      std::vector<AsPolicyId> listed = cloud_.rule_policies_[i];
      std::ranges::sort(listed);
      expect(listed == of_rules[i], "alarm rule {}: its policies are not those listed", i);
    }
  }

  void inspect_alarm_rules() {
    std::map<AsGroupId, std::vector<AlarmRuleId>> of_groups;
    std::map<MetricSeriesId, std::vector<AlarmRuleId>> of_series;
    for (std::size_t i = 0; i < cloud_.all_alarm_rules().size(); ++i) {
      const AlarmRule& each = cloud_.all_alarm_rules()[i];
      if (each.deleted) continue;
      if (each.set.series != none<MetricSeriesId>())
        of_series[each.set.series].push_back(id_at<AlarmRuleId>(i));
      else if (each.set.group != none<AsGroupId>())
        of_groups[each.set.group].push_back(id_at<AlarmRuleId>(i));
    }
    for (std::size_t i = 0; i < cloud_.states_.size(); ++i) {
      std::vector<AlarmRuleId> listed = cloud_.states_[i].alarm_rules;
      std::ranges::sort(listed);
      expect(listed == of_groups[id_at<AsGroupId>(i)], "group {}: its alarm rules are not those listed", i);
    }
    for (std::size_t i = 0; i < cloud_.series_rules_.size(); ++i)
      expect(cloud_.series_rules_[i] == of_series[id_at<MetricSeriesId>(i)],
             "series {}: its alarm rules are not those listed", i);
  }

  // What lasts at present, counted by place.
  void inspect_faults() {
    const std::size_t zones = cloud_.region().zones.size(), flavors = cloud_.region().flavors.size();
    std::vector<int> down(zones, 0), sold_out(zones * flavors, 0);
    for (std::size_t i = 0; i < cloud_.all_faults().size(); ++i) {
      const Fault& each = cloud_.all_faults()[i];
      if (!cloud_.fault_active_[i]) continue;
      if (each.kind == FaultKind::ZoneOutage) ++down[index_of(each.zone)];
      if (each.kind != FaultKind::SoldOut) continue;
      for (std::size_t cell = 0; cell < sold_out.size(); ++cell) {
        const auto zone = id_at<ZoneId>(cell / flavors);
        const auto flavor = id_at<FlavorId>(cell % flavors);
        if ((each.zone == none<ZoneId>() || each.zone == zone) &&
            (each.flavor == none<FlavorId>() || each.flavor == flavor))
          ++sold_out[cell];
      }
    }
    expect(cloud_.zone_down_ == down, "the outages of zones are not those of the faults that last");
    expect(cloud_.sold_out_ == sold_out, "what is sold out is not what the faults that last say");
  }

  // A server of the project and the member that stands for it know each other.
  void inspect_servers() {
    for (std::size_t i = 0; i < cloud_.server_member_.size(); ++i) {
      const InstanceId member = cloud_.server_member_[i];
      if (member == none<InstanceId>()) continue;
      expect(index_of(instance(member).server) == i && instance(member).state != LifecycleState::Gone,
             "server {} is said to be i{}, which it is not", i, index_of(member));
    }
    for (std::size_t i = 0; i < cloud_.all_instances().size(); ++i) {
      const Instance& each = cloud_.all_instances()[i];
      if (!each.is_manual() || each.state == LifecycleState::Gone) continue;
      expect(cloud_.member_of(each.server) == id_at<InstanceId>(i), "the server of i{} does not know of it",
             i);
    }
  }

  void inspect_totals() {
    const auto groups = std::ranges::count_if(
        cloud_.all_groups(), [](const AsGroup& each) { return each.status != GroupStatus::Deleted; });
    const auto configurations = std::ranges::count_if(
        cloud_.all_configurations(), [](const AsConfiguration& each) { return !each.deleted; });
    expect(cloud_.groups_alive_ == groups, "{} groups counted, {} found", cloud_.groups_alive_, groups);
    expect(cloud_.configurations_alive_ == configurations, "{} configurations counted, {} found",
           cloud_.configurations_alive_, configurations);
  }

  // Whatever waits has something to come, and nothing comes twice.
  void inspect_events() {
    To to;
    to.launches.assign(cloud_.all_instances().size(), 0);
    to.removals = to.launches;
    to.checks.assign(cloud_.all_groups().size(), 0);
    to.ticks = to.checks;
    to.reconciles.assign(cloud_.all_groups().size(), kNever);
    for (const PendingEvent& each : cloud_.pending_events()) to.count(each);
    for (std::size_t i = 0; i < to.launches.size(); ++i) {
      const LifecycleState at = cloud_.all_instances()[i].state;
      expect(to.launches[i] == (at == LifecycleState::Pending ? 1 : 0),
             "i{} is {} and {} ends of its launch are to come", i, text_of(at), to.launches[i]);
      expect(to.removals[i] == (at == LifecycleState::Removing ? 1 : 0),
             "i{} is {} and {} ends of its removal are to come", i, text_of(at), to.removals[i]);
    }
    for (std::size_t i = 0; i < to.checks.size(); ++i) {
      const GroupStatus status = cloud_.all_groups()[i].status;
      const bool alive = status != GroupStatus::Deleting && status != GroupStatus::Deleted;
      if (status != GroupStatus::Deleted)
        expect(to.ticks[i] == 1, "group {}: {} metric ticks are to come", i, to.ticks[i]);
      if (!alive) continue;
      expect(to.checks[i] == 1, "group {}: {} health checks are to come", i, to.checks[i]);
      expect(to.reconciles[i] == cloud_.states_[i].reconcile_at,
             "group {}: its next look at the numbers is not when it is said to be", i);
    }
    inspect_due(to);
  }

  struct To {
    std::vector<int> launches, removals, checks, ticks;
    std::vector<Time> reconciles;
    std::set<std::pair<std::size_t, Time>> timeouts, policies, alarms, fault_ends;
    std::set<std::size_t> executions;

    void count(const PendingEvent& each) {
      if (const auto* launch = std::get_if<LaunchFinished>(&each.event))
        ++launches[index_of(launch->instance)];
      if (const auto* removal = std::get_if<RemovalFinished>(&each.event))
        ++removals[index_of(removal->instance)];
      if (const auto* check = std::get_if<HealthCheckDue>(&each.event)) ++checks[index_of(check->group)];
      if (const auto* tick = std::get_if<MetricsDue>(&each.event)) ++ticks[index_of(tick->group)];
      if (const auto* look = std::get_if<ReconcileDue>(&each.event))
        reconciles[index_of(look->group)] = each.time;
      if (const auto* wait = std::get_if<HookTimedOut>(&each.event))
        timeouts.emplace(index_of(wait->wait), each.time);
      if (const auto* policy = std::get_if<PolicyDue>(&each.event))
        policies.emplace(index_of(policy->policy), each.time);
      if (const auto* alarm = std::get_if<AlarmDue>(&each.event))
        alarms.emplace(index_of(alarm->rule), each.time);
      if (const auto* fault = std::get_if<FaultEnds>(&each.event))
        fault_ends.emplace(index_of(fault->fault), each.time);
      if (const auto* end = std::get_if<ExecutionEnds>(&each.event))
        executions.insert(index_of(end->execution));
    }
  };

  void inspect_due(const To& to) {
    for (std::size_t i = 0; i < cloud_.all_waits().size(); ++i) {
      const HookWait& each = cloud_.all_waits()[i];
      expect(each.status != WaitStatus::Hanging || to.timeouts.contains({i, each.deadline}),
             "i{} waits at hook {} for ever", index_of(each.instance), each.hook.name);
    }
    for (std::size_t i = 0; i < cloud_.all_policies().size(); ++i) {
      const AsPolicy& each = cloud_.all_policies()[i];
      expect(each.next_due == kNever || to.policies.contains({i, each.next_due}),
             "policy {} is due and will not come", i);
      expect(!each.is_executing() || to.executions.contains(index_of(each.executing)),
             "policy {} is executing for ever", i);
    }
    for (std::size_t i = 0; i < cloud_.all_alarm_rules().size(); ++i) {
      const AlarmRule& each = cloud_.all_alarm_rules()[i];
      expect(each.deleted || each.due == kNever || to.alarms.contains({i, each.due}),
             "alarm rule {} is to be judged and will not be", i);
    }
    for (std::size_t i = 0; i < cloud_.all_faults().size(); ++i) {
      const Fault& each = cloud_.all_faults()[i];
      expect(!cloud_.fault_active_[i] || each.until == kNever || to.fault_ends.contains({i, each.until}),
             "fault {} lasts for ever", i);
    }
  }

  const Cloud::GroupState& state(AsGroupId id) const { return cloud_.states_[index_of(id)]; }

  const Cloud& cloud_;
  std::vector<std::string> broken_;
};

std::vector<std::string> broken_invariants(const Cloud& cloud) { return Inspection(cloud).run(); }

std::vector<std::string> broken_numbers(const Cloud& cloud, AsGroupId group) {
  return Inspection(cloud).run(group);
}

}  // namespace tidepool::sim
