#include "scenarios/knobs.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Behaviour;
using std::chrono::seconds;

// ---- Kinds of knobs: how each is read and written ----

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

constexpr std::string_view kSwitch = "true or false", kUpToADay = "0s to 1d", kCount = "1 to 1000000",
                           kCountOrNone = "0 to 1000000";
constexpr std::int64_t kMany = 1'000'000;
constexpr seconds kDay{86'400};

template <auto Member>
constexpr Knob flag(std::string_view name, std::string_view about, std::string_view source) {
  return {{name, about, kSwitch, source},
          [](std::string_view key, Section& from, Behaviour& into) {
            into.*Member = from.boolean(key).value_or(into.*Member);
          },
          [](const Behaviour& from) -> std::string { return from.*Member ? "true" : "false"; }};
}

template <auto Member, const auto& Spellings>
constexpr Knob choice(const KnobTexts& texts) {
  return {texts,
          [](std::string_view key, Section& from, Behaviour& into) {
            into.*Member = from.choice(key, Spellings).value_or(into.*Member);
          },
          [](const Behaviour& from) {
            for (const auto& each : Spellings)
              if (each.value == from.*Member) return fmt::format("\"{}\"", each.text);
            return std::string();
          }};
}

template <auto Member, std::int64_t LeastSeconds = 0>
constexpr Knob length(const KnobTexts& texts) {
  return {texts,
          [](std::string_view key, Section& from, Behaviour& into) {
            into.*Member = from.duration(key, seconds{LeastSeconds}, kDay).value_or(into.*Member);
          },
          [](const Behaviour& from) { return fmt::format("\"{}\"", duration_text(from.*Member)); }};
}

template <auto Member, std::int64_t Least, std::int64_t Most = kMany>
constexpr Knob number(const KnobTexts& texts) {
  return {texts,
          [](std::string_view key, Section& from, Behaviour& into) {
            into.*Member = static_cast<int>(from.integer(key, Least, Most).value_or(into.*Member));
          },
          [](const Behaviour& from) { return std::to_string(from.*Member); }};
}

// ---- Those of a kind of their own ----

// A group that is created without a maximum must be a valid one.
void read_default_max(std::string_view key, Section& from, Behaviour& into) {
  into.default_max =
      static_cast<int>(from.integer(key, 0, into.max_instances_per_group).value_or(into.default_max));
}
std::string write_default_max(const Behaviour& from) { return std::to_string(from.default_max); }

// A status, so it is written as a number.
void read_unknown_id(std::string_view key, Section& from, Behaviour& into) {
  const auto field = from.find(key);
  if (!field) return;
  const std::string& text = field->json().text;
  if (field->is(Json::Kind::Number) && (text == "404" || text == "400"))
    into.unknown_id = text == "404" ? sim::UnknownId::NotFound404 : sim::UnknownId::BadRequest400;
  else
    field->wrong("404 or 400");
}
std::string write_unknown_id(const Behaviour& from) {
  return from.unknown_id == sim::UnknownId::NotFound404 ? "404" : "400";
}

void read_max_retries(std::string_view key, Section& from, Behaviour& into) {
  const auto field = from.find(key);
  if (!field) return;
  if (field->is(Json::Kind::Text)) {
    if (field->json().text == "unlimited")
      into.max_retries.reset();
    else
      field->wrong("0 to 1000000 or \"unlimited\"");
  } else if (const auto count = field->integer(0, kMany)) {
    into.max_retries = static_cast<int>(*count);
  }
}
std::string write_max_retries(const Behaviour& from) {
  return from.max_retries ? std::to_string(*from.max_retries) : "\"unlimited\"";
}

void read_survival(std::string_view key, Section& from, Behaviour& into) {
  into.forced_delete_survival_ppm = from.millionths(key, 0, kMany).value_or(into.forced_delete_survival_ppm);
}
std::string write_survival(const Behaviour& from) {
  return fmt::format("{}", static_cast<double>(from.forced_delete_survival_ppm) / 1e6);
}

// ---- The table ----

// What a source says, shortened: the reference of the API, the user guide, what clients saw of the live service.
constexpr std::string_view kTwoTexts = "the two texts of \"Creating an AS Group\" differ",
                           kQuotas = "user guide, \"Quotas\"; the project's may differ",
                           kAround = "quotas of the services around Auto Scaling; none is documented for all";

constexpr std::array kKnobs{
    choice<&Behaviour::cooldown_start, kCooldownStarts>(
        {"cooldown_start", "where a cooldown begins: with the start of the scaling action or with its end",
         "\"trigger\" or \"end\"", kTwoTexts}),
    choice<&Behaviour::scale_in_balance, kBalances>(
        {"scale_in_balance", "whether EQUILIBRIUM_DISTRIBUTE balances zones on removal too",
         "\"none\" or \"balance_first\"",
         "older pages balance \"when adjusting\", the page on removal policies does not"}),
    number<&Behaviour::max_instances_per_group, 1>(
        {"max_instances_per_group", "bound of `max_instance_number` and of numbers in policies", kCount,
         "the API reference has 200, 300 and samples of 500"}),
    Knob{{"default_max", "`max_instance_number` of a group that names none", "0 to `max_instances_per_group`",
          kTwoTexts},
         read_default_max,
         write_default_max},
    flag<&Behaviour::require_configuration>(
        "require_configuration", "whether a group needs a configuration when it is created", kTwoTexts),
    flag<&Behaviour::require_weight>(
        "require_weight", "whether each of a group's `lbaas_listeners` must name its `weight`", kTwoTexts),
    choice<&Behaviour::initial_status, kStatuses>(
        {"initial_status", "of a new group", "\"PAUSED\" or \"INSERVICE\"",
         "the user guide's new groups are enabled, those that clients made through the API are not"}),
    flag<&Behaviour::implicit_desire_clamp>(
        "implicit_desire_clamp",
        "min or max moved past the desired number: false refuses (AS.2005), true moves it along",
        "AS.2005 is documented, an implicit move is not"),
    choice<&Behaviour::lb_change, kLbChanges>(
        {"lb_change", "whether load balancer settings may change on a live, idle group",
         "\"strict\" or \"idle_only\"", "AS.2030 and AS.2047 say different things"}),
    choice<&Behaviour::alarm_repeat, kRepeats>(
        {"alarm_repeat", "how often a lasting alarm fires", "\"every_period\" or \"transitions_only\"",
         "the FAQ on cooldowns presumes repetition, Cloud Eye fires on entering the state"}),
    flag<&Behaviour::strict_body>("strict_body",
                                  "unknown members of a body: false ignores, true refuses (AS.0022)",
                                  "AS.0022 names them, samples have some"),
    flag<&Behaviour::integer_texts>(
        "integer_texts",
        "whole numbers of a body that come as text, `\"5\"`: true takes them, false refuses them (AS.0022)",
        "silent; clients send them"),
    Knob{{"unknown_id", "status for an unknown id in a path", "404 or 400",
          "AS.0007 and the codes of each resource name the same case"},
         read_unknown_id,
         write_unknown_id},
    flag<&Behaviour::pause_clears_cooldown>("pause_clears_cooldown",
                                            "whether disabling a group ends its cooldown", "silent"),
    flag<&Behaviour::cooldown_end_inclusive>(
        "cooldown_end_inclusive", "whether an alarm at the very end of a cooldown is still denied", "silent"),
    flag<&Behaviour::standby>(
        "standby", "whether instances can be put into standby; else the action is unknown (AS.4018)",
        "only its traces are documented"),
    flag<&Behaviour::strict_lifecycle_enum>(
        "strict_lifecycle_enum", "whether a member that waits at a hook is shown as PENDING or REMOVING",
        "the API reference lists three states, the console has five"),
    flag<&Behaviour::hook_extension_capped>(
        "hook_extension_capped", "whether EXTEND ends at the lesser of 48 h and 100 times the hook's timeout",
        "silent; a similar service has this bound"),
    Knob{{"forced_delete_survival", "chance that an ECS outlives its group's deletion by force", "0 to 1",
          "the API reference warns of it without a number"},
         read_survival,
         write_survival},
    length<&Behaviour::policy_exec_latency>({"policy_exec_latency",
                                             "how long a policy of a group is EXECUTING", kUpToADay,
                                             "samples end in the second in which they begin"}),
    length<&Behaviour::bandwidth_exec_latency>(
        {"bandwidth_exec_latency", "how long a policy of a bandwidth is EXECUTING", kUpToADay, "silent"}),
    length<&Behaviour::scan_period>({"scan_period",
                                     "grid on which a changed desired number is noticed; `\"0s\"` is at once",
                                     kUpToADay, "samples begin 0 to 11 s after their cause"}),
    length<&Behaviour::retry_delay>({"retry_delay", "pause before a failed launch's gap is tried again",
                                     kUpToADay, "the user guide repeats without a pause named"}),
    Knob{{"max_retries", "retries in a row after which one more failure makes a group abnormal",
          "0 to 1000000 or \"unlimited\"", "the user guide describes endless retries and the abnormal state"},
         read_max_retries,
         write_max_retries},
    number<&Behaviour::max_parallel_creates, 0>(
        {"max_parallel_creates", "launches of one action at once; 0 is no limit", kCountOrNone, "silent"}),
    length<&Behaviour::metric_period, 1>({"metric_period", "distance of the metrics' datapoints", "1s to 1d",
                                          "user guide, \"Monitoring metrics\": 5 minutes"}),
    number<&Behaviour::group_quota, 1>({"group_quota", "groups of the project", kCount, kQuotas}),
    number<&Behaviour::configuration_quota, 1>(
        {"configuration_quota", "configurations of the project", kCount, kQuotas}),
    number<&Behaviour::policy_quota, 1>({"policy_quota", "policies of each group", kCount, kQuotas}),
    number<&Behaviour::bandwidth_policy_quota, 1>(
        {"bandwidth_policy_quota", "policies of bandwidths in the project", kCount,
         "the user guide has 50, the sample of the API reference 10"}),
    number<&Behaviour::listener_backend_limit, 1>(
        {"listener_backend_limit", "backends of one classic listener", kCount, "user guide: 300"}),
    number<&Behaviour::instance_quota, 0>(
        {"instance_quota",
         "ECSs of the project at one time, beside the `servers` of its region; 0 is no limit, here and below",
         kCountOrNone, kAround}),
    number<&Behaviour::vcpu_quota, 0>({"vcpu_quota", "their vCPUs", kCountOrNone, kAround}),
    number<&Behaviour::memory_quota_mb, 0, 1'000 * kMany>(
        {"memory_quota_mb", "their memory", "0 to 1000000000", kAround}),
    number<&Behaviour::disk_quota, 0>({"disk_quota", "disks, system disks as well", kCountOrNone, kAround}),
    number<&Behaviour::eip_quota, 0>({"eip_quota", "EIPs", kCountOrNone, kAround}),
};

}  // namespace

std::span<const Knob> all_knobs() { return kKnobs; }

std::string knobs_page() {
  const Behaviour classic = Behaviour::classic(), current = Behaviour::current();
  std::string page =
      "| knob | what it decides | classic | current | allowed | why it is open "
      "|\n|---|---|---|---|---|---|\n";
  for (const Knob& each : kKnobs)
    page += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", each.name, each.about, each.write(classic),
                        each.write(current), each.allowed, each.source);
  return page;
}

}  // namespace tidepool::scenarios
