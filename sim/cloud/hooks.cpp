// Lifecycle hooks: a member waits at them on its way in, with its ECS up and not yet bound, and on its way out, unbound
// and not yet gone. All hooks of a type are triggered together; the last one to be released lets the member go on, and
// the first ABANDON decides at once.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

constexpr std::size_t kMostHooks = 5;
constexpr Duration kExtension = std::chrono::seconds{3600};
// Where extensions are capped, as a neighbouring service does it.
constexpr Duration kLongestWait = std::chrono::hours{48};
constexpr int kMostTimeouts = 100;

Error no_such_hook() { return {ErrorCode::ResourceNotFound, "this lifecycle hook does not exist"}; }

}  // namespace

// ---- Made, changed, deleted ----

const LifecycleHook* Cloud::find_hook(AsGroupId id, std::string_view name) const {
  const AsGroup* owner = find(id);
  if (owner == nullptr) return nullptr;
  const auto found = std::ranges::find(owner->hooks, name, &LifecycleHook::name);
  return found == owner->hooks.end() ? nullptr : &*found;
}

std::span<const HookWaitId> Cloud::waits_of(AsGroupId id) const { return states_[index_of(id)].waits; }

Result<void> Cloud::hooks_may_change(AsGroupId id) const {
  if (auto fault = must_be_changeable(id); !fault) return fault;
  const AsGroup& owner = groups_[index_of(id)];
  if (!owner.is_scaling()) return {};
  return Error{ErrorCode::GroupStatusForbids,
               fmt::format("group {}: its hooks can't change while a scaling action runs", owner.set.name)};
}

Result<void> Cloud::submit(const CreateLifecycleHook& request) {
  if (auto fault = hooks_may_change(request.group); !fault) return fault;
  if (auto error = validate(request.set)) return *std::move(error);
  AsGroup& g = group(request.group);
  if (find_hook(request.group, request.set.name) != nullptr)
    return Error{ErrorCode::HookNameTaken,
                 fmt::format("lifecycle_hook_name {}: the group has a hook of this name", request.set.name)};
  if (g.hooks.size() >= kMostHooks)
    return Error{ErrorCode::TooManyHooks, fmt::format("group {} has {} hooks: expected fewer than {}",
                                                      g.set.name, g.hooks.size(), kMostHooks)};
  g.hooks.push_back(request.set);
  g.hooks.back().create_time = now();
  note(request.group, "hook {} created: {}, {} after {} s", request.set.name, text_of(request.set.type),
       text_of(request.set.default_result), request.set.default_timeout / std::chrono::seconds{1});
  return {};
}

Result<void> Cloud::submit(const ModifyLifecycleHook& request) {
  if (find_hook(request.group, request.set.name) == nullptr) return no_such_hook();
  if (auto fault = hooks_may_change(request.group); !fault) return fault;
  if (auto error = validate(request.set)) return *std::move(error);
  auto& hooks = group(request.group).hooks;
  LifecycleHook& changed = *std::ranges::find(hooks, request.set.name, &LifecycleHook::name);
  const Time create_time = changed.create_time;
  changed = request.set;
  changed.create_time = create_time;
  note(request.group, "hook {} modified: {}, {} after {} s", changed.name, text_of(changed.type),
       text_of(changed.default_result), changed.default_timeout / std::chrono::seconds{1});
  return {};
}

Result<void> Cloud::submit(const DeleteLifecycleHook& request) {
  if (find_hook(request.group, request.name) == nullptr) return no_such_hook();
  if (auto fault = hooks_may_change(request.group); !fault) return fault;
  std::erase_if(group(request.group).hooks,
                [&](const LifecycleHook& each) { return each.name == request.name; });
  note(request.group, "hook {} deleted", request.name);
  return {};
}

// ---- A wait begins ----

// Whether the member waits now.
bool Cloud::begin_waits(InstanceId id, HookType type) {
  const AsGroup& owner = group(instance(id).group);
  const bool any = std::ranges::any_of(owner.hooks, [&](const auto& each) { return each.type == type; });
  if (!any || owner.status == GroupStatus::Deleting) return false;
  const bool launching = type == HookType::InstanceLaunching;
  if (launching && instance(id).ecs == EcsStatus::Build) instance(id).ecs = EcsStatus::Active;
  enter(id, launching ? LifecycleState::PendingWait : LifecycleState::RemovingWait);
  for (const LifecycleHook& each : owner.hooks)
    if (each.type == type) begin_wait(id, each);
  return true;
}

void Cloud::begin_wait(InstanceId id, const LifecycleHook& hook) {
  const AsGroupId owner = instance(id).group;
  const auto wait = id_at<HookWaitId>(waits_.size());
  const Time deadline = now() + hook.default_timeout;
  waits_.push_back({owner, id, hook, now(), deadline});
  state(owner).waits.push_back(wait);
  const bool lost = loses_message(owner, hook, wait);
  if (!lost) topic_messages_.push_back({now(), owner, hook.topic_urn, wait});
  simulator_.schedule_at(deadline, HookTimedOut{wait});
  explain(owner, about_wait(wait, HookStep::Begins, "", !lost), "i{} waits at hook {} until {}{}",
          index_of(id), hook.name, utc_seconds(deadline), lost ? ", and nobody is told of it" : "");
}

About Cloud::about_wait(HookWaitId id, HookStep step, std::string_view by, bool told) const {
  const HookWait& wait = waits_[index_of(id)];
  About about{.instance = wait.instance, .action = instances_[index_of(wait.instance)].activity};
  if (!records()) return about;
  HookReason why{wait.hook.name, step, wait.deadline, wait.hook.default_result, std::string(by), told};
  if (wait.status != WaitStatus::Hanging)
    why.result = wait.status == WaitStatus::Continue ? HookResult::Continue : HookResult::Abandon;
  about.why = std::move(why);
  return about;
}

// Each fault that lasts is asked until one loses the message.
bool Cloud::loses_message(AsGroupId id, const LifecycleHook& hook, HookWaitId wait) {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const Fault& each = faults_[i];
    if (!fault_active_[i] || each.kind != FaultKind::HookMessageLost) continue;
    if (each.group != none<AsGroupId>() && each.group != id) continue;
    if (!each.hook.empty() && each.hook != hook.name) continue;
    if (each.count > 0 && fault_spent_[i] >= each.count) continue;
    const std::uint64_t substream = std::uint64_t{i} << 32U | index_of(wait);
    if (!Rng(seed_, "hook_message", substream).bernoulli_ppm(each.probability_ppm)) continue;
    ++fault_spent_[i];
    return true;
  }
  return false;
}

// ---- A wait ends ----

void Cloud::handle(const HookTimedOut& event) {
  const HookWait& wait = waits_[index_of(event.wait)];
  if (wait.status != WaitStatus::Hanging || wait.deadline != now()) return;  // Answered or extended since.
  release(event.wait, wait.hook.default_result, "nobody answered in time");
}

Result<void> Cloud::submit(const AnswerLifecycleHook& request) {
  if (find(request.group) == nullptr) return Error{ErrorCode::ResourceNotFound, "this group does not exist"};
  const auto& kept = waits_of(request.group);
  if (std::ranges::find(kept, request.wait) == kept.end())
    return Error{ErrorCode::CallbackUnknown, "no instance of the group waits at this hook"};
  const HookWait& wait = waits_[index_of(request.wait)];
  if (wait.status != WaitStatus::Hanging)
    return Error{ErrorCode::CallbackUnknown,
                 fmt::format("the wait at hook {} has ended: expected one that is HANGING", wait.hook.name)};
  switch (request.answer) {
    case HookAnswer::Continue: release(request.wait, HookResult::Continue, "called back"); break;
    case HookAnswer::Abandon: release(request.wait, HookResult::Abandon, "called back"); break;
    case HookAnswer::Extend: extend(request.wait); break;
  }
  return {};
}

void Cloud::extend(HookWaitId id) {
  HookWait& wait = waits_[index_of(id)];
  const Time end = behaviour_.hook_extension_capped
                       ? wait.since + std::min(kLongestWait, kMostTimeouts * wait.hook.default_timeout)
                       : kNever;
  wait.deadline = std::max(wait.deadline, std::min(wait.deadline + kExtension, end));
  simulator_.schedule_at(wait.deadline, HookTimedOut{id});
  explain(wait.group, about_wait(id, HookStep::Extended), "i{} may wait at hook {} until {}",
          index_of(wait.instance), wait.hook.name, utc_seconds(wait.deadline));
}

void Cloud::release(HookWaitId id, HookResult result, std::string_view by) {
  HookWait& wait = waits_[index_of(id)];
  const InstanceId member = wait.instance;
  wait.status = result == HookResult::Continue ? WaitStatus::Continue : WaitStatus::Abandon;
  explain(wait.group, about_wait(id, HookStep::Released, by), "i{} released from hook {} with {}: {}",
          index_of(member), wait.hook.name, text_of(result), by);
  if (result == HookResult::Abandon)
    return abandon(member, fmt::format("lifecycle hook {} ended with ABANDON", wait.hook.name));
  const bool hangs = std::ranges::any_of(state(wait.group).waits, [&](HookWaitId each) {
    const HookWait& other = waits_[index_of(each)];
    return other.instance == member && other.status == WaitStatus::Hanging;
  });
  if (!hangs) go_on(member);
}

// No other hook is waited for.
void Cloud::abandon(InstanceId id, std::string why) {
  for (const HookWaitId each : state(instance(id).group).waits) {
    HookWait& wait = waits_[index_of(each)];
    if (wait.instance == id && wait.status == WaitStatus::Hanging) wait.status = WaitStatus::Abandon;
  }
  if (instance(id).state == LifecycleState::PendingWait)
    fail_launch(id, ErrorCode::InternalError, std::move(why));
  else
    go_on(id);
}

void Cloud::go_on(InstanceId id) {
  if (instance(id).state == LifecycleState::PendingWait) return join(id);
  enter(id, LifecycleState::Removing);
  take_away(id);
}

// A group that is deleted by force waits for nobody.
void Cloud::cut_waits_short(AsGroupId id) {
  const std::vector<InstanceId> members = group(id).members;
  for (const InstanceId each : members) {
    const LifecycleState at = instance(each).state;
    if (at == LifecycleState::PendingWait || at == LifecycleState::RemovingWait)
      abandon(each, "its group is deleted by force");
  }
}

void Cloud::forget_waits(InstanceId id) {
  std::erase_if(state(instance(id).group).waits,
                [&](HookWaitId each) { return waits_[index_of(each)].instance == id; });
}

}  // namespace tidepool::sim
