#include "api/wire/instance_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr Spelling<InstancesAction> kActions[] = {{"ADD", InstancesAction::Add},
                                                  {"REMOVE", InstancesAction::Remove},
                                                  {"PROTECT", InstancesAction::Protect},
                                                  {"UNPROTECT", InstancesAction::Unprotect}};
// With the knob standby.
constexpr Spelling<InstancesAction> kMoreActions[] = {{"ADD", InstancesAction::Add},
                                                      {"REMOVE", InstancesAction::Remove},
                                                      {"PROTECT", InstancesAction::Protect},
                                                      {"UNPROTECT", InstancesAction::Unprotect},
                                                      {"ENTER_STANDBY", InstancesAction::EnterStandby},
                                                      {"EXIT_STANDBY", InstancesAction::ExitStandby}};

constexpr Spelling<sim::StandbyRefill> kRefills[] = {{"no", sim::StandbyRefill::No},
                                                     {"yes", sim::StandbyRefill::Yes}};

// How many ids one batch may name, and the codes for none and for too many.
struct ListRule {
  std::size_t most;
  ErrorCode empty, too_many;
};

ListRule list_rule(InstancesAction action) {
  switch (action) {
    case InstancesAction::Add: return {10, ErrorCode::AddListEmpty, ErrorCode::TooManyToAdd};
    case InstancesAction::Remove: return {50, ErrorCode::RemoveListEmpty, ErrorCode::TooManyToRemove};
    case InstancesAction::Protect:
    case InstancesAction::Unprotect:
    case InstancesAction::EnterStandby:
    case InstancesAction::ExitStandby: break;
  }
  return {10, ErrorCode::InstanceListEmpty, ErrorCode::TooManyInBatch};
}

// ASCII only, whatever the locale.
std::string upper(std::string_view text) {
  std::string result{text};
  for (char& each : result)
    if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
  return result;
}

// One filter of the query, empty when it is absent; `known` are the values that mean something.
sim::Result<std::optional<std::string>> filter_value(const Query& query, std::string_view name,
                                                     ErrorCode unknown,
                                                     std::initializer_list<std::string_view> known) {
  const auto given = parameter(query, name);
  if (!given) return std::optional<std::string>{};
  std::string value = upper(*given);
  if (std::ranges::find(known, value) == known.end())
    return sim::Error{unknown,
                      fmt::format("{} {}: expected one of {}", name, shown(*given), fmt::join(known, ", "))};
  return std::optional{std::move(value)};
}

// Where the list of states is the documented one, a member that waits is on its way.
sim::LifecycleState shown_state(const sim::Instance& member, const sim::Behaviour& behaviour) {
  if (!behaviour.strict_lifecycle_enum) return member.state;
  switch (member.state) {
    case sim::LifecycleState::PendingWait: return sim::LifecycleState::Pending;
    case sim::LifecycleState::RemovingWait: return sim::LifecycleState::Removing;
    default: return member.state;
  }
}

bool matches(const std::optional<std::string>& wanted, std::string_view value) {
  return !wanted || *wanted == value;
}

}  // namespace

boost::json::object write_instance(const sim::Cloud& cloud, sim::InstanceId id) {
  assert(cloud.find(id) != nullptr);
  const IdText ids{cloud.seed()};
  const sim::Instance& member = *cloud.find(id);
  const bool made_here = !member.is_manual();
  return {{"instance_id", instance_text(cloud, id)},
          {"instance_name", instance_name(cloud, id)},
          {"scaling_group_id", ids.text(member.group)},
          {"scaling_group_name", cloud.all_groups()[index_of(member.group)].set.name},
          {"life_cycle_state", sim::text_of(shown_state(member, cloud.behaviour()))},
          {"health_status", sim::text_of(member.health)},
          {"scaling_configuration_name",
           made_here ? cloud.all_configurations()[index_of(member.configuration)].name : std::string{}},
          {"scaling_configuration_id", made_here ? ids.text(member.configuration) : std::string{}},
          {"create_time", seconds_text(member.joined)},
          {"protect_from_scaling_down", member.is_protected}};
}

sim::Result<InstanceFilter> read_instance_filter(const Query& query) {
  auto state = filter_value(
      query, "life_cycle_state", ErrorCode::LifecycleStateInvalid,
      {"INSERVICE", "PENDING", "REMOVING", "PENDING_WAIT", "REMOVING_WAIT", "STANDBY", "ENTERING_STANDBY"});
  if (!state) return state.error();
  auto health = filter_value(query, "health_status", ErrorCode::HealthStatusInvalid,
                             {"INITIALIZING", "NORMAL", "ERROR"});
  if (!health) return health.error();
  InstanceFilter filter{*std::move(state), *std::move(health), {}};
  // No code is documented for another value than true and false, so it simply matches nothing.
  if (const auto given = parameter(query, "protect_from_scaling_down"))
    filter.protect_from_scaling_down = upper(*given);
  return filter;
}

bool admits(const InstanceFilter& filter, const sim::Instance& instance, const sim::Behaviour& behaviour) {
  const bool in_state = matches(filter.life_cycle_state, sim::text_of(instance.state)) ||
                        matches(filter.life_cycle_state, sim::text_of(shown_state(instance, behaviour)));
  return in_state && matches(filter.health_status, sim::text_of(instance.health)) &&
         matches(filter.protect_from_scaling_down, instance.is_protected ? "TRUE" : "FALSE");
}

sim::Result<InstancesBatch> read_instances_batch(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"instances_id", "action", "instance_delete", "instance_append"});
  fields.required_text("action", ErrorCode::BatchActionInvalid);
  const auto action = cloud.behaviour().standby
                          ? fields.choice("action", ErrorCode::BatchActionInvalid, kMoreActions)
                          : fields.choice("action", ErrorCode::BatchActionInvalid, kActions);
  // Only ENTER_STANDBY looks at it.
  auto refill = sim::StandbyRefill::No;
  if (cloud.behaviour().standby)
    refill = fields.choice("instance_append", ErrorCode::BodyInvalid, kRefills).value_or(refill);
  const auto listed = fields.texts("instances_id");
  if (listed && std::ranges::find(*listed, std::string_view{}) != listed->end())
    fields.report("instances_id", ErrorCode::InstanceIdMissing, "no empty id");
  const auto fate = read_instance_delete(fields.text("instance_delete").value_or("no"));
  if (!fate) faults.report(fate.error());
  if (faults.any()) return faults.first();

  const ListRule rule = list_rule(*action);
  InstancesBatch batch{*action, {}, *fate, refill};
  if (listed) batch.ids.assign(listed->begin(), listed->end());
  if (!batch.ids.empty() && batch.ids.size() <= rule.most) return batch;
  return sim::Error{batch.ids.empty() ? rule.empty : rule.too_many,
                    fmt::format("instances_id: {} ids, expected 1 to {}", batch.ids.size(), rule.most)};
}

sim::Result<sim::EcsFate> read_instance_delete(std::string_view text) {
  if (text == "yes") return sim::EcsFate::Delete;
  if (text == "no") return sim::EcsFate::Keep;
  return sim::Error{ErrorCode::InstanceDeleteInvalid,
                    fmt::format("instance_delete {}: expected yes or no", shown(text))};
}

}  // namespace tidepool::api
