#include "api/wire/decision_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <variant>

#include "api/wire/as_group_json.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/ids_text.hpp"
#include "sim/cloud/sentence.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::int64_t seconds(sim::Duration length) { return length / std::chrono::seconds{1}; }

class Writer {
 public:
  explicit Writer(const sim::Cloud& cloud) : cloud_(cloud), ids_(cloud.seed()) {}

  object operator()(std::monostate) const { return {}; }

  object operator()(const sim::PlacementReason& why) const {
    array passed_over;
    for (const sim::FlavorId each : why.flavors_passed_over) passed_over.push_back(value(flavor(each)));
    return {{"multi_az_priority_policy", text_of(why.policy)},
            {"flavor", flavor(why.flavor)},
            {"flavors_passed_over", std::move(passed_over)},
            {"chosen", zone(why.chosen)},
            {"zones", standings(why.zones)}};
  }

  object operator()(const sim::LaunchFailureReason& why) const {
    return {{"code", sim::code_text(why.code)},
            {"cause", why.cause},
            {"lasting", why.lasting},
            {"zones", standings(why.zones)}};
  }

  object operator()(const sim::RemovalReason& why) const {
    array zones;
    for (const sim::ZoneCount& each : why.balanced)
      zones.push_back(object{{"zone", zone(each.zone)}, {"members", each.members}});
    const bool alone = why.next == sim::none<sim::InstanceId>();
    return {{"instance_terminate_policy", text_of(why.policy)},
            {"keys", keys(why.keys)},
            {"next", alone ? value(nullptr) : value(instance_text(cloud_, why.next))},
            {"next_keys", alone ? value(nullptr) : value(keys(why.next_keys))},
            {"decided_by", alone ? value(nullptr) : value(sim::deciding_key(cloud_, why))},
            {"candidates", why.candidates},
            {"protected", why.protected_members},
            {"balanced_zones", std::move(zones)}};
  }

  object operator()(const sim::ProtectionReason& why) const {
    return {{"missing", why.missing}, {"protected", why.protected_members}};
  }

  object operator()(const sim::PolicyReason& why) const {
    object written{{"fate", fate(why.fate)},
                   {"trigger", sim::text_of(why.trigger)},
                   {"operation", operation(why.action.operation)},
                   {"before", why.before},
                   {"after", why.after}};
    if (why.action.number) written["number"] = *why.action.number;
    if (why.action.percentage) written["percentage"] = *why.action.percentage;
    if (why.fate == sim::PolicyFate::Executed || why.fate == sim::PolicyFate::Denied) {
      written["asked"] = why.asked;
      written["least"] = why.least;
      written["most"] = why.most;
      written["protected"] = why.protected_members;
    }
    if (why.code) written["code"] = sim::code_text(*why.code);
    if (why.cooldown_until != sim::kNever) written["cooldown_until"] = moment_text(why.cooldown_until);
    if (why.under_way != sim::none<sim::ScalingActivityId>())
      written["action_under_way"] = ids_.text(why.under_way);
    if (why.superseded_by != sim::none<sim::AsPolicyId>())
      written["superseded_by"] = ids_.text(why.superseded_by);
    return written;
  }

  object operator()(const sim::HealthReason& why) const {
    return {{"method", text_of(why.method)},
            {"health_status", text_of(why.verdict)},
            {"ecs_status", text_of(why.ecs)},
            {"offline_at_load_balancer", why.lb_offline},
            {"leaves", why.leaves}};
  }

  object operator()(const sim::HookReason& why) const {
    object written{{"hook", why.hook},
                   {"step", step(why.step)},
                   {"deadline", moment_text(why.deadline)},
                   {"result", text_of(why.result)},
                   {"told", why.told}};
    if (!why.released_by.empty()) written["released_by"] = why.released_by;
    return written;
  }

  object operator()(const sim::ActionReason& why) const {
    array causes;
    for (const sim::ChangeReason& each : why.causes) {
      object cause{{"change_reason", text_of(each.cause)},
                   {"old_value", each.old_value},
                   {"new_value", each.new_value},
                   {"time", moment_text(each.time)}};
      if (each.policy != sim::none<sim::AsPolicyId>()) cause["policy"] = ids_.text(each.policy);
      causes.push_back(std::move(cause));
    }
    return {{"type", text_of(why.type)}, {"from", why.from}, {"to", why.to}, {"causes", std::move(causes)}};
  }

  object operator()(const sim::CooldownReason& why) const {
    const bool by_policy = why.of != sim::none<sim::AsPolicyId>();
    return {{"from", moment_text(why.from)},
            {"until", moment_text(why.until)},
            {"seconds", seconds(why.length)},
            {"policy", by_policy ? value(ids_.text(why.of)) : value(nullptr)}};
  }

  object operator()(const sim::AbnormalReason& why) const {
    return {{"cause", why.cause}, {"lasting", why.lasting}, {"failures_in_row", why.failures_in_row}};
  }

  object operator()(const sim::DesireReason& why) const {
    return {{"before", why.before}, {"after", why.after}};
  }

 private:
  const std::string& zone(sim::ZoneId id) const { return cloud_.region().zone(id).name; }
  const std::string& flavor(sim::FlavorId id) const { return cloud_.region().flavor(id).name; }

  array standings(const std::vector<sim::ZoneStanding>& zones) const {
    array written;
    for (const sim::ZoneStanding& each : zones)
      written.push_back(object{
          {"zone", zone(each.zone)}, {"members", each.members}, {"standing", sim::text_of(each.fitness)}});
    return written;
  }

  object keys(const sim::RemovalKeys& of) const {
    object written{{"added_by_hand", of.by_hand},
                   {"outside_zones", of.outside_zones},
                   {"zone", zone(of.zone)},
                   {"joined", moment_text(of.joined)}};
    if (of.configuration == sim::none<sim::AsConfigurationId>()) return written;
    written["configuration"] = ids_.text(of.configuration);
    written["configuration_created"] = moment_text(of.configuration_created);
    return written;
  }

  static const char* fate(sim::PolicyFate fate) {
    switch (fate) {
      case sim::PolicyFate::Executed: return "executed";
      case sim::PolicyFate::Denied: return "denied";
      case sim::PolicyFate::Lost: return "lost";
      case sim::PolicyFate::Superseded: return "superseded";
      case sim::PolicyFate::Begun: return "begun";
    }
    return "";
  }

  static const char* operation(sim::PolicyOperation operation) {
    switch (operation) {
      case sim::PolicyOperation::Add: return "ADD";
      case sim::PolicyOperation::Remove: return "REMOVE";
      case sim::PolicyOperation::Set: return "SET";
    }
    return "";
  }

  static const char* step(sim::HookStep step) {
    switch (step) {
      case sim::HookStep::Begins: return "begins";
      case sim::HookStep::Extended: return "extended";
      case sim::HookStep::Released: return "released";
    }
    return "";
  }

  const sim::Cloud& cloud_;
  IdText ids_;
};

}  // namespace

object write_why(const sim::Cloud& cloud, const sim::Why& why) { return std::visit(Writer{cloud}, why); }

object write_decision(const sim::Cloud& cloud, const sim::Decision& decision) {
  const IdText ids{cloud.seed()};
  const sim::About& about = decision.about;
  object written{{"line", decision.line}, {"time", moment_text(decision.time)}, {"words", decision.words}};
  written["group_id"] = ids.text(decision.group);
  written["status"] =
      decision.status == sim::GroupStatus::Deleted ? "DELETED" : group_status_text(decision.status);
  written["desired"] = decision.desire;
  if (about.instance != sim::none<sim::InstanceId>())
    written["instance_id"] = instance_text(cloud, about.instance);
  if (about.action != sim::none<sim::ScalingActivityId>()) written["action_id"] = ids.text(about.action);
  if (about.policy != sim::none<sim::AsPolicyId>()) written["policy_id"] = ids.text(about.policy);
  if (!std::holds_alternative<std::monostate>(about.why)) {
    written["kind"] = sim::kind_of(about.why);
    written["why"] = write_why(cloud, about.why);
  }
  written["sentence"] = sim::sentence(cloud, decision);
  return written;
}

}  // namespace tidepool::api
