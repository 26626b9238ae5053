#include "sim/cloud/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace tidepool::sim {
namespace {

std::string name_of(InstanceId id) { return fmt::format("i{}", index_of(id)); }
std::string name_of(ScalingActivityId id) { return fmt::format("a{}", index_of(id)); }

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& each : parts) {
    if (!text.empty()) text += separator;
    text += each;
  }
  return text;
}

std::string in_seconds(Duration length) { return fmt::format("{} s", length / std::chrono::seconds{1}); }

class Words {
 public:
  Words(const Cloud& cloud, const Decision& decision) : cloud_(cloud), decision_(decision) {}

  std::string operator()(std::monostate) const { return decision_.words + "."; }
  std::string operator()(const PlacementReason& why) const;
  std::string operator()(const LaunchFailureReason& why) const;
  std::string operator()(const RemovalReason& why) const;
  std::string operator()(const ProtectionReason& why) const;
  std::string operator()(const PolicyReason& why) const;
  std::string operator()(const HealthReason& why) const;
  std::string operator()(const HookReason& why) const;
  std::string operator()(const ActionReason& why) const;
  std::string operator()(const CooldownReason& why) const;
  std::string operator()(const AbnormalReason& why) const;
  std::string operator()(const DesireReason& why) const;

 private:
  std::string zone(ZoneId id) const { return cloud_.region().zone(id).name; }
  std::string flavor(FlavorId id) const { return cloud_.region().flavor(id).name; }
  std::string member() const { return name_of(decision_.about.instance); }
  std::string policy() const { return cloud_.policy_label(decision_.about.policy); }
  std::string standing(const ZoneStanding& each) const;
  std::string why_zone(const PlacementReason& why) const;
  std::string asked(const PolicyReason& why) const;
  std::string why_denied(const PolicyReason& why) const;
  std::string cause(const ChangeReason& why) const;
  std::string judged(const HealthReason& why) const;

  const Cloud& cloud_;
  const Decision& decision_;
};

// ---- Launches ----

std::string Words::standing(const ZoneStanding& each) const {
  const std::string count = fmt::format("{} had {}", zone(each.zone), each.members);
  return each.fitness == ZoneFitness::Fits ? count : fmt::format("{}, {}", count, text_of(each.fitness));
}

std::string Words::why_zone(const PlacementReason& why) const {
  const ZoneStanding& first = why.zones.front();
  if (why.policy == MultiAzPolicy::PickFirst) return "the first zone of the list that could host it";
  if (why.chosen != first.zone)
    return fmt::format(
        "the first zone of the list that could host it, as {}, with the fewest members, could not",
        zone(first.zone));
  const bool tied = std::ranges::count(why.zones, first.members, &ZoneStanding::members) > 1;
  return tied ? "the zone with the fewest members, and the first in the list of those that are equal"
              : "the zone with the fewest members";
}

std::string Words::operator()(const PlacementReason& why) const {
  std::vector<std::string> zones;
  for (const ZoneStanding& each : why.zones) zones.push_back(standing(each));
  std::string text =
      fmt::format("{} was launched in {} as {}. Under {} that was {}: {}.", member(), zone(why.chosen),
                  flavor(why.flavor), text_of(why.policy), why_zone(why), joined(zones, "; "));
  for (const FlavorId each : why.flavors_passed_over)
    text += fmt::format(" {} comes before this flavor and could be had nowhere.", flavor(each));
  return text;
}

std::string Words::operator()(const LaunchFailureReason& why) const {
  const std::string who = decision_.about.instance == none<InstanceId>() ? "A launch" : member();
  std::string text = fmt::format("{} failed, {}: {}.", who, code_text(why.code), why.cause);
  std::vector<std::string> zones;
  for (const ZoneStanding& each : why.zones) zones.push_back(standing(each));
  if (!zones.empty()) text += fmt::format(" No zone could host it: {}.", joined(zones, "; "));
  return text + (why.lasting ? " Such a cause lasts." : " Such a cause passes, so it is tried again.");
}

// ---- Removal ----

std::string Words::operator()(const RemovalReason& why) const {
  std::string text = fmt::format("{}, in {}, was chosen to leave out of {} in service that may go, under {}.",
                                 member(), zone(why.keys.zone), why.candidates, text_of(why.policy));
  if (why.next != none<InstanceId>())
    text += fmt::format(" {} would have been next: {}.", name_of(why.next), deciding_key(cloud_, why));
  if (!why.balanced.empty()) {
    std::vector<std::string> zones;
    for (const ZoneCount& each : why.balanced)
      zones.push_back(fmt::format("{} had {}", zone(each.zone), each.members));
    text += fmt::format(" Zones are balanced first: {}.", joined(zones, "; "));
  }
  if (why.protected_members > 0)
    text += fmt::format(" {} protected were passed over.", why.protected_members);
  return text;
}

std::string Words::operator()(const ProtectionReason& why) const {
  return fmt::format("{} more should have left, but all others, {}, are protected.", why.missing,
                     why.protected_members);
}

// ---- Policies ----

std::string Words::asked(const PolicyReason& why) const {
  const char* verb = why.action.operation == PolicyOperation::Add      ? "ADD"
                     : why.action.operation == PolicyOperation::Remove ? "REMOVE"
                                                                       : "SET";
  if (why.action.percentage) return fmt::format("{} {} %", verb, *why.action.percentage);
  return fmt::format("{} {}", verb, why.action.number.value_or(1));
}

std::string Words::why_denied(const PolicyReason& why) const {
  switch (why.code.value_or(ErrorCode::InternalError)) {
    case ErrorCode::CooldownRunning:
      return fmt::format("a cooldown holds alarms back until {}", utc_seconds(why.cooldown_until));
    case ErrorCode::ActionInProgress:
      return fmt::format("scaling action {} was under way", name_of(why.under_way));
    case ErrorCode::MaxReached:
      return fmt::format("the group already expects its largest number, {}, or {} adds nothing", why.most,
                         asked(why));
    case ErrorCode::AlreadyAtLimit:
      return fmt::format(
          "the group already expects its least number, {} (min, or {} protected), or {} takes nothing",
          why.least, why.protected_members, asked(why));
    case ErrorCode::PolicyExecuting: return "it is being executed already";
    case ErrorCode::ExecutionRefused: return "the group had been disabled since it began";
    default: return "the service refuses it";
  }
}

std::string Words::operator()(const PolicyReason& why) const {
  const std::string who = fmt::format("Policy {} ({}, {})", policy(), text_of(why.trigger), asked(why));
  switch (why.fate) {
    case PolicyFate::Begun: return fmt::format("{} began to be executed.", who);
    case PolicyFate::Denied:
      return fmt::format("{} was denied, {}: {}.", who, code_text(*why.code), why_denied(why));
    case PolicyFate::Lost: return fmt::format("{} was due and lost: the group was not INSERVICE.", who);
    case PolicyFate::Superseded:
      return fmt::format("{} was due and not executed: {}, created later, was due at the same moment.", who,
                         cloud_.policy_label(why.superseded_by));
    case PolicyFate::Executed: break;
  }
  const std::string change =
      why.before == why.after
          ? fmt::format("left the expected number at {}", why.after)
          : fmt::format("changed the expected number from {} to {}", why.before, why.after);
  if (why.asked == why.after) return fmt::format("{} {}.", who, change);
  return fmt::format("{} asked for {}, and {}: the limits are {} and {}, with {} protected.", who, why.asked,
                     change, why.least, why.most, why.protected_members);
}

// ---- Health ----

std::string Words::judged(const HealthReason& why) const {
  return fmt::format("its ECS is {}{}", text_of(why.ecs),
                     why.lb_offline ? ", and a load balancer calls it offline" : "");
}

std::string Words::operator()(const HealthReason& why) const {
  if (why.leaves)
    return fmt::format("{} leaves, for {} found it unhealthy: {}. A new one takes its place.", member(),
                       text_of(why.method), judged(why));
  const char* verdict = why.verdict == HealthStatus::Error ? "unhealthy" : "healthy again";
  return fmt::format("{} was found {} by {}: {}.", member(), verdict, text_of(why.method), judged(why));
}

// ---- Hooks ----

std::string Words::operator()(const HookReason& why) const {
  switch (why.step) {
    case HookStep::Begins:
      return fmt::format("{} waits at hook {} for an answer; at {} it would be released with {}.{}", member(),
                         why.hook, utc_seconds(why.deadline), text_of(why.result),
                         why.told ? "" : " The message about it was lost.");
    case HookStep::Extended:
      return fmt::format("The wait of {} at hook {} was extended to {}.", member(), why.hook,
                         utc_seconds(why.deadline));
    case HookStep::Released: break;
  }
  return fmt::format("{} was released from hook {} with {}: {}.", member(), why.hook, text_of(why.result),
                     why.released_by);
}

// ---- The group ----

std::string Words::cause(const ChangeReason& why) const {
  const std::string numbers = fmt::format("from {} to {}", why.old_value, why.new_value);
  if (why.policy != none<AsPolicyId>())
    return fmt::format("policy {} changed the expected number {}", cloud_.policy_label(why.policy), numbers);
  switch (why.cause) {
    case ChangeCause::Diff: return fmt::format("{} were there and {} expected", why.old_value, why.new_value);
    case ChangeCause::HealthCheck:
      return fmt::format("a health check found {} unhealthy", why.old_value - why.new_value);
    default: return fmt::format("somebody changed the expected number {}", numbers);
  }
}

std::string Words::operator()(const ActionReason& why) const {
  std::vector<std::string> causes;
  for (const ChangeReason& each : why.causes) causes.push_back(cause(each));
  return fmt::format("Scaling action {} ({}) began, from {} to {}: {}.", name_of(decision_.about.action),
                     text_of(why.type), why.from, why.to, joined(causes, ", then "));
}

std::string Words::operator()(const CooldownReason& why) const {
  const bool by_policy = why.of != none<AsPolicyId>();
  return fmt::format("Alarms are held back until {}: {} from {} on, the cool_down_time of {}.",
                     utc_seconds(why.until), in_seconds(why.length), utc_seconds(why.from),
                     by_policy ? "policy " + cloud_.policy_label(why.of) : std::string{"the group"});
}

std::string Words::operator()(const AbnormalReason& why) const {
  const std::string cure = "Nothing more happens by itself until it is enabled again.";
  if (why.lasting)
    return fmt::format("The group became abnormal: {}, a cause that lasts. {}", why.cause, cure);
  return fmt::format("The group became abnormal: {}. {}", why.cause, cure);
}

std::string Words::operator()(const DesireReason& why) const {
  return fmt::format("The expected number was changed by hand from {} to {}.", why.before, why.after);
}

}  // namespace

std::string deciding_key(const Cloud& cloud, const RemovalReason& why) {
  if (why.next == none<InstanceId>()) return "";
  const RemovalKeys &first = why.keys, &next = why.next_keys;
  if (first.by_hand != next.by_hand) return "it was added by hand, and those go last";
  if (!first.by_hand && first.outside_zones != next.outside_zones)
    return "it lies in a zone of the group, and those outside go first";
  const bool same_zone = first.zone == next.zone;
  if (!first.by_hand && !first.outside_zones && !why.balanced.empty() && !same_zone) {
    const auto members = [&](ZoneId zone) {
      const auto found = std::ranges::find(why.balanced, zone, &ZoneCount::zone);
      return found == why.balanced.end() ? 0 : found->members;
    };
    if (members(first.zone) > members(next.zone))
      return fmt::format("{} held more members than {}", cloud.region().zone(first.zone).name,
                         cloud.region().zone(next.zone).name);
  }
  const bool by_configuration = why.policy == TerminatePolicy::OldConfigOldInstance ||
                                why.policy == TerminatePolicy::OldConfigNewInstance;
  if (!first.by_hand && by_configuration && first.configuration != next.configuration)
    return fmt::format("its configuration, {}, is newer than {}",
                       cloud.configuration_label(next.configuration),
                       cloud.configuration_label(first.configuration));
  if (first.joined != next.joined)
    return fmt::format("it joined at {}, {} than the other, which joined at {}", utc_seconds(next.joined),
                       next.joined < first.joined ? "earlier" : "later", utc_seconds(first.joined));
  return "both joined at one moment, and the order of launching decides";
}

std::string sentence(const Cloud& cloud, const Decision& decision) {
  return std::visit(Words{cloud, decision}, decision.about.why);
}

}  // namespace tidepool::sim
