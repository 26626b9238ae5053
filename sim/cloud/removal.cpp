// Scale in, and members that leave or join by hand: who goes, and what becomes of what they had.
#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "sim/cloud/checks.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/decide/terminate_policy.hpp"

namespace tidepool::sim {
namespace {

constexpr std::uint32_t kNoResource = 0xffffffffU;

bool outside(const AsGroupSettings& set, ZoneId zone) {
  return std::ranges::find(set.zones, zone) == set.zones.end();
}

}  // namespace

// ---- Scale in ----

std::vector<InstanceId> Cloud::victims(AsGroupId id, int wanted) {
  const AsGroup& g = group(id);
  std::vector<RemovalCandidate> candidates;
  for (const InstanceId each : g.members) {
    const Instance& member = instance(each);
    if (member.state != LifecycleState::InService || member.is_protected) continue;
    candidates.push_back({each, member.is_manual(), outside(g.set, member.zone),
                          member.configuration_create_time,
                          static_cast<std::uint32_t>(index_of(member.configuration)), member.joined,
                          static_cast<std::uint32_t>(index_of(each)), member.zone});
  }
  zone_counts_.clear();
  for (const ZoneId zone : g.set.zones)
    zone_counts_.push_back({zone, state(id).zone_members[index_of(zone)]});
  return removal_order(g.set.terminate_policy, g.set.multi_az_policy, behaviour_.scale_in_balance,
                       std::move(candidates), zone_counts_, static_cast<std::size_t>(wanted));
}

bool Cloud::balances_removal(const AsGroupSettings& set) const {
  return behaviour_.scale_in_balance == ScaleInBalance::BalanceFirst && set.zones.size() > 1 &&
         set.multi_az_policy == MultiAzPolicy::EquilibriumDistribute;
}

// Where zones are balanced first: what each holds before this victim goes.
std::string Cloud::balance_text(AsGroupId id) const {
  const AsGroupSettings& set = groups_[index_of(id)].set;
  std::string out;
  if (!balances_removal(set)) return out;
  for (const ZoneId zone : set.zones)
    fmt::format_to(std::back_inserter(out), "; {} {}", region_.zone(zone).name,
                   states_[index_of(id)].zone_members[index_of(zone)]);
  return out;
}

RemovalKeys Cloud::removal_keys(InstanceId id) const {
  const Instance& member = instances_[index_of(id)];
  return {member.is_manual(),   outside(groups_[index_of(member.group)].set, member.zone),
          member.configuration, member.configuration_create_time,
          member.joined,        member.zone};
}

// Of the victim at that place of the order; one more than must leave is in it where there is one.
Why Cloud::why_leaves(AsGroupId id, std::span<const InstanceId> order, std::size_t place,
                      int candidates) const {
  if (!records()) return {};
  const AsGroup& g = groups_[index_of(id)];
  RemovalReason why;
  why.policy = g.set.terminate_policy;
  why.keys = removal_keys(order[place]);
  why.candidates = candidates;
  why.protected_members = g.protected_members;
  if (place + 1 < order.size()) {
    why.next = order[place + 1];
    why.next_keys = removal_keys(why.next);
  }
  if (balances_removal(g.set))
    for (const ZoneId zone : g.set.zones)
      why.balanced.push_back({zone, states_[index_of(id)].zone_members[index_of(zone)]});
  return why;
}

void Cloud::scale_in(ScalingActivityId id, int wanted) {
  const AsGroupId owner = activity(id).group;
  // With the one that would have been next.
  const std::vector<InstanceId> order = victims(owner, wanted + 1);
  const std::size_t leaving = std::min(order.size(), static_cast<std::size_t>(wanted));
  const int candidates = group(owner).in_service - group(owner).protected_members;
  for (std::size_t i = 0; i < leaving; ++i) {
    const InstanceId each = order[i];
    if constexpr (kChecksInvariants) stop_if(wrong_victim(each));
    const Instance& member = instance(each);
    explain(owner, {.instance = each, .action = id, .why = why_leaves(owner, order, i, candidates)},
            "removes i{} ({}, of {}, joined {}, in {}{})", index_of(each),
            member.is_manual() ? "added by hand, goes last" : text_of(group(owner).set.terminate_policy),
            configuration_label(member.configuration), utc_seconds(member.joined),
            region_.zone(member.zone).name, balance_text(owner));
    begin_removal(each, id, EcsFate::Delete);
  }
  const int missing = wanted - static_cast<int>(leaving);
  if (missing == 0) return;
  const std::string reason = fmt::format("{} more should leave and all others are protected", missing);
  explain(owner, {.action = id, .why = ProtectionReason{missing, group(owner).protected_members}}, "{}",
          reason);
  activity(id).failed.push_back({none<InstanceId>(), ErrorCode::DesireBelowProtected, reason});
}

// ---- One member's way out ----

void Cloud::begin_removal(InstanceId id, ScalingActivityId log, EcsFate fate) {
  Instance& member = instance(id);
  assert(member.state == LifecycleState::InService || member.state == LifecycleState::Standby);
  member.activity = log;
  member.keep_ecs = member.is_manual() || fate == EcsFate::Keep;
  if (log != none<ScalingActivityId>()) ++activity(log).outstanding;
  unbind(id);
  enter(id, LifecycleState::Removing);
  // Where there is no ECS any more nobody is waited for, and neither is anybody when the group itself is deleted by force.
  const bool hooks_count = log != none<ScalingActivityId>() && member.ecs != EcsStatus::Deleted;
  if (hooks_count && begin_waits(id, HookType::InstanceTerminating)) return;
  take_away(id);
}

// Drawn for the ECSs of a group that is deleted by force: the documents warn that one may be left.
bool Cloud::survives_force(InstanceId id) const {
  return behaviour_.forced_delete_survival_ppm > 0 &&
         Rng(seed_, "forced_delete", index_of(id)).bernoulli_ppm(behaviour_.forced_delete_survival_ppm);
}

void Cloud::take_away(InstanceId id) {
  const bool nothing_left_to_stop = instance(id).ecs == EcsStatus::Deleted;
  const Duration takes =
      nothing_left_to_stop ? Duration::zero() : draw(region_.removal_time, "removal", index_of(id));
  simulator_.schedule_after(takes, RemovalFinished{id});
}

void Cloud::handle(const RemovalFinished& event) {
  const InstanceId id = event.instance;
  const AsGroupId owner = instance(id).group;
  const ScalingActivityId log = instance(id).activity;
  const bool kept = instance(id).keep_ecs && instance(id).ecs != EcsStatus::Deleted;
  std::erase(group(owner).members, id);
  enter(id, LifecycleState::Gone);
  instance(id).left = now();
  if (instance(id).is_manual()) server_member_[index_of(instance(id).server)] = none<InstanceId>();
  if (kept && !instance(id).is_manual()) keep_as_server(id);
  if (!kept) {
    const AsGroupSettings& set = group(owner).set;
    delete_ecs(id);
    end_resources(id, ResourceKind::Eip,
                  set.delete_publicip ? ResourceFate::Delete : ResourceFate::LeaveBehind);
    end_resources(id, ResourceKind::DataDisk,
                  set.delete_volume ? ResourceFate::Delete : ResourceFate::LeaveBehind);
  }
  explain(owner, {.instance = id, .action = log}, "i{} gone, its ECS {}", index_of(id),
          kept ? "is kept" : "is deleted");
  if (log != none<ScalingActivityId>()) {
    // What the service does counts: one that it only releases is not deleted by it, even when the ECS is gone already.
    auto& list = instance(id).keep_ecs ? activity(log).removed : activity(log).deleted;
    list.push_back(id);
    one_done(log);
  } else if (group(owner).status == GroupStatus::Deleting && group(owner).members.empty()) {
    vanish(owner);
  }
}

void Cloud::delete_ecs(InstanceId id) {
  Instance& member = instance(id);
  if (member.ecs_deleted != kNever) return;
  member.ecs = EcsStatus::Deleted;
  member.ecs_deleted = now();
  if (member.is_manual()) return;
  --ecs_used_[index_of(member.zone) * region_.flavors.size() + index_of(member.flavor)];
  --ecs_alive_;
}

void Cloud::end_resources(InstanceId id, ResourceKind kind, ResourceFate fate) {
  for (std::size_t i = first_resource_[index_of(id)]; i < resources_.size() && resources_[i].instance == id;
       ++i) {
    Resource& each = resources_[i];
    if (each.kind != kind || each.deleted != kNever || each.left_behind != kNever) continue;
    if constexpr (kChecksInvariants) stop_if(wrong_fate(each, fate));
    (fate == ResourceFate::Delete ? each.deleted : each.left_behind) = now();
  }
}

// ---- By hand ----

std::vector<Offender> Cloud::removal_offenders(const RemoveInstances& request) const {
  std::vector<Offender> offenders;
  for (std::size_t i = 0; i < request.instances.size(); ++i) {
    const Instance* member = find(request.instances[i]);
    const auto begin = request.instances.begin();
    const bool again = std::find(begin, begin + static_cast<std::ptrdiff_t>(i), request.instances[i]) !=
                       begin + static_cast<std::ptrdiff_t>(i);
    if (member == nullptr)
      offenders.push_back({i, ErrorCode::InstanceUnknown, "no such instance"});
    else if (member->group != request.group)
      offenders.push_back({i, ErrorCode::InstanceOfOtherGroup, "is in another group"});
    else if (member->state != LifecycleState::InService)
      offenders.push_back({i, ErrorCode::InstanceNotInService,
                           fmt::format("is {}, expected INSERVICE", sim::text_of(member->state))});
    else if (again)
      offenders.push_back({i, ErrorCode::InstanceNotInService, "is named twice"});
  }
  return offenders;
}

Result<void> Cloud::submit(const RemoveInstances& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  AsGroup& g = group(request.group);
  if (request.instances.empty())
    return Error{ErrorCode::RemoveListEmpty, "instances_id: empty, expected 1 to 50"};
  if (g.is_scaling())
    return Error{ErrorCode::GroupStatusForbids, fmt::format("group {}: a scaling action runs", g.set.name)};
  if (auto offenders = removal_offenders(request); !offenders.empty())
    return Error{ErrorCode::BatchRemoveFailed, "instances can't be removed", std::move(offenders)};
  const int count = static_cast<int>(request.instances.size());
  const int left = g.in_service - count;
  if (left < g.set.min)
    return Error{
        ErrorCode::RemoveBelowMin,
        fmt::format("{} instances would be left: expected at least min_instance_number {}", left, g.set.min)};

  settle(request.group);
  const int before = g.set.desire;
  g.set.desire = std::max(g.set.min, before - count);
  const ActivityType type =
      request.ecs == EcsFate::Delete ? ActivityType::ManualDelete : ActivityType::ManualRemove;
  const ScalingActivityId id =
      open_activity(request.group, type, left,
                    {{ChangeCause::Manual, before, g.set.desire, now(), none<AsPolicyId>(), {}}});
  for (const InstanceId each : request.instances) begin_removal(each, id, request.ecs);
  return {};
}

Result<void> Cloud::submit(const RemoveInstance& request) {
  const Instance* member = find(request.instance);
  if (member == nullptr) return Error{ErrorCode::InstanceUnknown, "this instance is in no group"};
  auto done = submit(RemoveInstances{member->group, {request.instance}, request.ecs});
  if (done) return done;
  const Error error = done.error();
  if (error.offenders.empty()) return error;
  return Error{error.offenders.front().code, error.offenders.front().reason};
}

Result<void> Cloud::room_for(const AsGroup& group, int more) {
  if (group.set.desire + more <= group.set.max) return {};
  return Error{ErrorCode::AddAboveMax, fmt::format("the group would want {} instances: expected at most "
                                                   "max_instance_number {}",
                                                   group.set.desire + more, group.set.max)};
}

Result<void> Cloud::submit(const AddInstances& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  AsGroup& g = group(request.group);
  if (request.servers.empty()) return Error{ErrorCode::AddListEmpty, "instances_id: empty, expected 1 to 10"};
  if (g.status != GroupStatus::InService || g.is_scaling())
    return Error{
        ErrorCode::GroupStatusForbids,
        fmt::format("group {}: expected status INSERVICE and no scaling action under way", g.set.name)};
  std::vector<Offender> offenders;
  for (std::size_t i = 0; i < request.servers.size(); ++i) {
    const Server& server = region_.server(request.servers[i]);
    const auto begin = request.servers.begin();
    const bool again = std::find(begin, begin + static_cast<std::ptrdiff_t>(i), request.servers[i]) !=
                       begin + static_cast<std::ptrdiff_t>(i);
    const InstanceId member = member_of(request.servers[i]);
    const bool runs = member == none<InstanceId>()
                          ? status_of(Ecs{request.servers[i]}) == EcsStatus::Active
                          : server.active && !server_lost_[index_of(request.servers[i])] &&
                                zone_down_[index_of(server.zone)] == 0;
    if (!runs)
      offenders.push_back({i, ErrorCode::ServerNotActive, "is not ACTIVE"});
    else if (server.vpc != g.set.vpc)
      offenders.push_back({i, ErrorCode::ServerVpcMismatch, "is in another VPC than the group"});
    else if (outside(g.set, server.zone))
      offenders.push_back({i, ErrorCode::ServerZoneMismatch,
                           fmt::format("is in {}, not a zone of the group", region_.zone(server.zone).name)});
    else if (again || (member != none<InstanceId>() && instance(member).group == request.group))
      offenders.push_back({i, ErrorCode::InstanceAlreadyHere, "is in the group already"});
    else if (member != none<InstanceId>())
      offenders.push_back({i, ErrorCode::InstanceInOtherGroup, "is in another group"});
  }
  if (!offenders.empty())
    return Error{ErrorCode::BatchAddFailed, "instances can't be added", std::move(offenders)};
  const int count = static_cast<int>(request.servers.size());
  if (auto fault = room_for(g, count); !fault) return fault;

  settle(request.group);
  const int before = g.set.desire;
  g.set.desire += count;
  const ScalingActivityId id =
      open_activity(request.group, ActivityType::ManualAdd, g.current() + count,
                    {{ChangeCause::Manual, before, g.set.desire, now(), none<AsPolicyId>(), {}}});
  for (const ServerId each : request.servers) join_by_hand(each, id);
  return {};
}

// The ECS runs already, so all that takes time is to bind it.
void Cloud::join_by_hand(ServerId server, ScalingActivityId log) {
  const auto id = id_at<InstanceId>(instances_.size());
  const AsGroupId owner = activity(log).group;
  Instance member;
  member.group = owner;
  member.joined = now();
  member.zone = region_.server(server).zone;
  member.flavor = region_.server(server).flavor;
  member.server = server;
  member.enterprise_project = group(owner).set.enterprise_project;
  member.activity = log;
  member.state = LifecycleState::Gone;
  member.ecs = EcsStatus::Active;
  instances_.push_back(member);
  first_resource_.push_back(kNoResource);
  server_member_[index_of(server)] = id;
  const std::string& name = region_.server(server).id;
  explain(owner, {.instance = id, .action = log}, "adds server {} by hand as i{} in {}",
          name.empty() ? label_of({server}) : name, index_of(id), region_.zone(member.zone).name);
  ++activity(log).outstanding;
  group(owner).members.push_back(id);
  enter(id, LifecycleState::Pending);
  simulator_.schedule_after(draw(region_.attach_time, "attach", index_of(id)), LaunchFinished{id});
}

Result<void> Cloud::submit(const ProtectInstances& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  if (request.instances.empty())
    return Error{ErrorCode::InstanceListEmpty, "instances_id: empty, expected 1 to 10"};
  std::vector<Offender> offenders;
  for (std::size_t i = 0; i < request.instances.size(); ++i) {
    const Instance* member = find(request.instances[i]);
    if (member == nullptr)
      offenders.push_back({i, ErrorCode::InstanceUnknown, "no such instance"});
    else if (member->group != request.group)
      offenders.push_back({i, ErrorCode::InstanceOfOtherGroup, "is in another group"});
    else if (member->state != LifecycleState::InService)
      offenders.push_back({i, ErrorCode::InstanceNotInService,
                           fmt::format("is {}, expected INSERVICE", sim::text_of(member->state))});
  }
  if (!offenders.empty())
    return Error{ErrorCode::BatchProtectFailed, "protection can't be changed", std::move(offenders)};
  const bool on = request.protection == Protection::On;
  for (const InstanceId each : request.instances) {
    Instance& member = instance(each);
    if (member.is_protected == on) continue;
    member.is_protected = on;
    group(request.group).protected_members += on ? 1 : -1;
    explain(request.group, {.instance = each}, "i{} {}", index_of(each),
            on ? "protected" : "no longer protected");
  }
  return {};
}

}  // namespace tidepool::sim
