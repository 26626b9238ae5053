#include "sim/cloud/invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tidepool::sim {
namespace {

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
    expect(0 <= g.set.min && g.set.min <= g.set.desire && g.set.desire <= g.set.max,
           "group {}: min {}, desire {}, max {} are not in order", n, g.set.min, g.set.desire, g.set.max);
    expect(!g.set.zones.empty(), "group {} has no zones", n);
    expect((g.status == GroupStatus::Error) == !g.detail.empty(),
           "group {}: detail '{}' does not go with its status", n, g.detail);
    if (g.status == GroupStatus::Deleted)
      expect(g.members.empty() && g.policies.empty() && g.hooks.empty() && g.topics.empty() && g.tags.empty(),
             "group {} is gone and holds something still", n);
    inspect_members(id, g);
    inspect_waits(id, g);
    if (!g.is_scaling()) return;
    const ScalingActivity* running = cloud_.find(g.running);
    expect(running != nullptr && running->status == ActivityStatus::Doing && running->group == id,
           "group {}: its running action is not DOING", n);
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
    }
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
    std::map<std::pair<ZoneId, FlavorId>, int> used;
    std::set<ServerId> servers;
    for (std::size_t i = 0; i < cloud_.all_instances().size(); ++i) {
      const Instance& each = cloud_.all_instances()[i];
      const auto& members = cloud_.all_groups()[index_of(each.group)].members;
      const bool listed = std::ranges::find(members, id_at<InstanceId>(i)) != members.end();
      expect(listed == (each.state != LifecycleState::Gone), "i{} is {} and listed among the members: {}", i,
             text_of(each.state), listed);
      if (each.is_manual()) {
        if (listed) expect(servers.insert(each.server).second, "a server is a member twice, now as i{}", i);
      } else if (each.ecs_deleted == kNever) {
        ++used[{each.zone, each.flavor}];
      }
    }
    for (const auto& [place, count] : used) {
      const auto& capacity = cloud_.region().zone(place.first).capacity;
      const auto limit = capacity.find(place.second);
      expect(limit == capacity.end() || count <= limit->second, "zone {} holds {} ECSs of one flavor",
             cloud_.region().zone(place.first).name, count);
    }
  }

  void inspect_resources() {
    for (const Resource& each : cloud_.resources()) {
      const Instance& owner = instance(each.instance);
      const bool settled = each.deleted != kNever || each.left_behind != kNever;
      expect(settled == (owner.ecs_deleted != kNever), "a {} of i{} is {}settled while its ECS {}",
             text_of(each.kind), index_of(each.instance), settled ? "" : "not ",
             owner.ecs_deleted != kNever ? "is gone" : "exists");
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
    }
    for (const auto& [group, count] : doing) {
      expect(count == 1, "group {} runs {} actions", index_of(group), count);
      expect(cloud_.all_groups()[index_of(group)].is_scaling(), "group {} does not know of its action",
             index_of(group));
    }
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
  }

  const Cloud& cloud_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_invariants(const Cloud& cloud) { return Inspection(cloud).run(); }

}  // namespace tidepool::sim
