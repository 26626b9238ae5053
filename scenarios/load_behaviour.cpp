#include <fmt/format.h>

#include <array>
#include <functional>

#include "scenarios/load_parts.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Behaviour;
using sim::Duration;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Spelt<sim::CooldownStart> kCooldownStarts[] = {{"trigger", sim::CooldownStart::Trigger},
                                                         {"end", sim::CooldownStart::End}};
constexpr Spelt<sim::ScaleInBalance> kBalances[] = {{"none", sim::ScaleInBalance::None},
                                                    {"balance_first", sim::ScaleInBalance::BalanceFirst}};
constexpr Spelt<sim::InitialStatus> kStatuses[] = {{"PAUSED", sim::InitialStatus::Paused},
                                                   {"INSERVICE", sim::InitialStatus::InService}};
constexpr Spelt<sim::LbChange> kLbChanges[] = {{"strict", sim::LbChange::Strict},
                                               {"idle_only", sim::LbChange::IdleOnly}};
constexpr Spelt<sim::AlarmRepeat> kRepeats[] = {{"every_period", sim::AlarmRepeat::EveryPeriod},
                                                {"transitions_only", sim::AlarmRepeat::TransitionsOnly}};
constexpr Spelt<bool> kProfiles[] = {{"classic", true}, {"current", false}};

template <class Value, class Knob>
void set(Knob& knob, const std::optional<Value>& value) {
  if (value) knob = static_cast<Knob>(*value);
}

void read_choices(Section& knobs, Behaviour& b) {
  set(b.cooldown_start, knobs.choice("cooldown_start", kCooldownStarts));
  set(b.scale_in_balance, knobs.choice("scale_in_balance", kBalances));
  set(b.initial_status, knobs.choice("initial_status", kStatuses));
  set(b.lb_change, knobs.choice("lb_change", kLbChanges));
  set(b.alarm_repeat, knobs.choice("alarm_repeat", kRepeats));
}

// A status, so it is written as a number.
void read_unknown_id(Section& knobs, Behaviour& b) {
  const auto field = knobs.find("unknown_id");
  if (!field) return;
  const std::string& text = field->json().text;
  if (field->is(Json::Kind::Number) && (text == "404" || text == "400"))
    b.unknown_id = text == "404" ? sim::UnknownId::NotFound404 : sim::UnknownId::BadRequest400;
  else
    field->wrong("404 or 400");
}

void read_switches(Section& knobs, Behaviour& b) {
  set(b.require_configuration, knobs.boolean("require_configuration"));
  set(b.require_weight, knobs.boolean("require_weight"));
  set(b.implicit_desire_clamp, knobs.boolean("implicit_desire_clamp"));
  set(b.strict_body, knobs.boolean("strict_body"));
  set(b.integer_texts, knobs.boolean("integer_texts"));
  set(b.standby, knobs.boolean("standby"));
  set(b.strict_lifecycle_enum, knobs.boolean("strict_lifecycle_enum"));
  set(b.hook_extension_capped, knobs.boolean("hook_extension_capped"));
  set(b.pause_clears_cooldown, knobs.boolean("pause_clears_cooldown"));
  set(b.cooldown_end_inclusive, knobs.boolean("cooldown_end_inclusive"));
}

void read_lengths(Section& knobs, Behaviour& b) {
  set(b.scan_period, knobs.duration("scan_period", Duration::zero(), hours{24}));
  set(b.retry_delay, knobs.duration("retry_delay", Duration::zero(), hours{24}));
  set(b.policy_exec_latency, knobs.duration("policy_exec_latency", Duration::zero(), hours{24}));
  set(b.bandwidth_exec_latency, knobs.duration("bandwidth_exec_latency", Duration::zero(), hours{24}));
  set(b.metric_period, knobs.duration("metric_period", std::chrono::seconds{1}, hours{24}));
}

void read_retries(Section& knobs, Behaviour& b) {
  const auto field = knobs.find("max_retries");
  if (!field) return;
  if (field->is(Json::Kind::Text)) {
    if (field->json().text == "unlimited")
      b.max_retries.reset();
    else
      field->wrong("0 to 1000000 or \"unlimited\"");
  } else if (const auto count = field->integer(0, 1'000'000)) {
    b.max_retries = static_cast<int>(*count);
  }
}

void read_numbers(Section& knobs, Behaviour& b) {
  constexpr std::int64_t kMany = 1'000'000;
  set(b.max_instances_per_group, knobs.integer("max_instances_per_group", 1, kMany));
  // A group that is created without a maximum must be a valid one.
  set(b.default_max, knobs.integer("default_max", 0, b.max_instances_per_group));
  set(b.max_parallel_creates, knobs.integer("max_parallel_creates", 0, kMany));
  set(b.group_quota, knobs.integer("group_quota", 1, kMany));
  set(b.configuration_quota, knobs.integer("configuration_quota", 1, kMany));
  set(b.policy_quota, knobs.integer("policy_quota", 1, kMany));
  set(b.bandwidth_policy_quota, knobs.integer("bandwidth_policy_quota", 1, kMany));
  set(b.listener_backend_limit, knobs.integer("listener_backend_limit", 1, kMany));
  set(b.instance_quota, knobs.integer("instance_quota", 0, kMany));
  set(b.vcpu_quota, knobs.integer("vcpu_quota", 0, kMany));
  set(b.memory_quota_mb, knobs.integer("memory_quota_mb", 0, 1'000 * kMany));
  set(b.disk_quota, knobs.integer("disk_quota", 0, kMany));
  set(b.eip_quota, knobs.integer("eip_quota", 0, kMany));
  set(b.forced_delete_survival_ppm, knobs.millionths("forced_delete_survival", 0, 1'000'000));
}

Behaviour profile(bool classic) { return classic ? Behaviour::classic() : Behaviour::current(); }

// "current with scan_period, retry_delay"
std::string name_of(std::string profile_name, const Field& field) {
  std::string_view joint = " with ";
  for (const Json::Member& each : field.json().members) {
    if (each.key == "profile") continue;
    profile_name += fmt::format("{}{}", joint, each.key);
    joint = ", ";
  }
  return profile_name;
}

}  // namespace

void read_behaviour(const Field& field, Scenario& scenario) {
  if (field.is(Json::Kind::Text)) {
    if (const auto classic = field.choice(kProfiles)) {
      scenario.behaviour = profile(*classic);
      scenario.behaviour_name = field.json().text;
    }
    return;
  }
  if (!field.is(Json::Kind::Object)) return field.wrong(R"("classic", "current" or an object)");
  Section knobs(field);
  const bool classic = knobs.choice("profile", kProfiles).value_or(true);
  scenario.behaviour = profile(classic);
  scenario.behaviour_name = name_of(classic ? "classic" : "current", field);
  read_choices(knobs, scenario.behaviour);
  read_unknown_id(knobs, scenario.behaviour);
  read_switches(knobs, scenario.behaviour);
  read_lengths(knobs, scenario.behaviour);
  read_retries(knobs, scenario.behaviour);
  read_numbers(knobs, scenario.behaviour);
  knobs.refuse_others();
}

}  // namespace tidepool::scenarios
