#include "scenarios/changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "api/routes/router.hpp"
#include "api/wire/ids_text.hpp"
#include "scenarios/json_reader.hpp"
#include "scenarios/knobs.hpp"
#include "scenarios/load_names.hpp"
#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

constexpr std::string_view kGroups = "groups", kPolicies = "policies", kBehaviour = "behaviour",
                           kAlarms = "alarms", kWhere = "what if";
constexpr std::string_view kForms =
    "groups.NAME.FIELD, policies.NAME.FIELD, behaviour.KNOB or alarms.NAME.FIELD";

// ---- Reading ----

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('.', from), path.size());
    parts.emplace_back(path.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

Json text_value(std::string_view text) {
  Json value;
  value.kind = Json::Kind::Text;
  value.text = text;
  return value;
}

// 60, true, {"a": 1} and "60" are what they are in a file; 5m and PAUSED need no quotes.
Json value_of(std::string_view text) {
  Complaints ignored{""};
  const auto parsed = parse_json(text, ignored);
  return parsed && !ignored.any() ? *parsed : text_value(text);
}

bool has_known_form(const std::vector<std::string>& parts) {
  if (std::ranges::any_of(parts, &std::string::empty)) return false;
  const std::string& of = parts.front();
  if (of == kBehaviour) return parts.size() == 2;
  if (of == kPolicies) return parts.size() == 3 || parts.size() == 4;
  return (of == kGroups || of == kAlarms) && parts.size() == 3;
}

// What a whole run is built on; empty for everything else.
std::string_view why_fixed(const std::vector<std::string>& parts) {
  if (parts.front() == kAlarms && (parts[2] == "name" || parts[2] == "group" || parts[2] == "metric"))
    return "what a rule watches stays, expected statistic, operator, threshold, period, count or "
           "suppress_duration";
  if (parts.front() != kBehaviour) return {};
  if (parts[1] == "profile") return "a profile is many knobs, expected a single one";
  if (parts[1] == "metric_period")
    return "alarm rules are built on it, expected another knob; change it in the scenario file";
  return {};
}

// ---- Objects of what is given ----

void set_member(Json& object, const std::string& key, const Json& value) {
  object.kind = Json::Kind::Object;
  const auto found = std::ranges::find(object.members, key, &Json::Member::key);
  if (found != object.members.end())
    found->value = value;
  else
    object.members.push_back({key, value});
}

// The changes below one place, as an object: {"threshold": 70}.
Json members_below(const std::vector<Change>& changes, std::string_view of, std::string_view name) {
  Json object;
  object.kind = Json::Kind::Object;
  for (const Change& each : changes) {
    if (each.parts[0] != of) continue;
    if (of == kBehaviour)
      set_member(object, each.parts[1], each.json);
    else if (each.parts[1] == name)
      set_member(object, each.parts[2], each.json);
  }
  return object;
}

// In order of first mention.
std::vector<std::string> names_below(const std::vector<Change>& changes, std::string_view of) {
  std::vector<std::string> names;
  for (const Change& each : changes)
    if (each.parts[0] == of && std::ranges::find(names, each.parts[1]) == names.end())
      names.push_back(each.parts[1]);
  return names;
}

// ---- Knobs and alarm rules ----

void change_knobs(const std::vector<Change>& changes, ScenarioRun& run, Complaints& complaints) {
  const Json given = members_below(changes, kBehaviour, "");
  if (given.members.empty()) return;
  Section section(Field(given, std::string(kBehaviour), complaints));
  sim::Behaviour wanted = run.cloud().behaviour();
  for (const Knob& each : all_knobs()) each.read(each.name, section, wanted);
  section.refuse_others();
  if (const auto changed = run.cloud().change_behaviour(wanted); !changed)
    complaints.add("", fmt::format("{}.{}", kBehaviour, changed.error().message));
}

void change_alarm(const std::string& name, const Json& given, const Scenario& scenario, ScenarioRun& run,
                  Complaints& complaints) {
  const auto declared =
      std::ranges::find(scenario.alarms, name, [](const AlarmDeclaration& each) { return each.set.name; });
  if (declared == scenario.alarms.end()) {
    std::vector<std::string_view> names;
    for (const AlarmDeclaration& each : scenario.alarms) names.push_back(each.set.name);
    return Field(text_value(name), std::string(kAlarms), complaints).not_among(names);
  }
  // Rules are declared in order, before anything else could make one.
  const auto id = sim::id_at<sim::AlarmRuleId>(static_cast<std::size_t>(declared - scenario.alarms.begin()));
  const std::string path = fmt::format("{}.{}", kAlarms, name);
  sim::AlarmRuleSettings wanted = run.cloud().all_alarm_rules()[sim::index_of(id)].set;
  Section section(Field(given, path, complaints));
  read_alarm_condition(section, scenario.behaviour.metric_period, wanted);
  section.refuse_others();
  if (const auto done = run.cloud().change_alarm_rule(id, wanted); !done)
    complaints.add(path, done.error().message);
}

// ---- Requests ----

struct Target {
  std::string path;  // of the request
  std::string id;
};

// The thing of that name, among those that a call has saved, else among those that the API knows.
template <class Id, class Things, class ReadId, class NameOf>
std::optional<std::string> find_id(std::string_view of, const std::string& name, const ScenarioRun& run,
                                   const Things& things, ReadId read, NameOf name_of,
                                   Complaints& complaints) {
  const sim::Cloud& cloud = run.cloud();
  const auto exists = [&](Id id) { return sim::index_of(id) < things.size() && cloud.find(id) != nullptr; };
  std::vector<std::string> names;
  for (const auto& [saved, id] : run.saved()) {
    if (!exists(read(id))) continue;
    if (saved == name) return id;
    names.push_back(saved);
  }
  std::vector<Id> found;
  for (std::size_t i = 0; i < things.size(); ++i) {
    const auto id = sim::id_at<Id>(i);
    if (!exists(id)) continue;
    if (name_of(things[i]) == name) found.push_back(id);
    if (std::ranges::find(names, name_of(things[i])) == names.end()) names.push_back(name_of(things[i]));
  }
  if (found.size() == 1) return api::IdText(cloud.seed()).text(found.front());
  if (found.size() > 1)
    complaints.add(
        fmt::format("{}.{}", of, name),
        fmt::format("{} have this name at that moment, expected one that a call saves its id under",
                    found.size()));
  else
    Field(text_value(name), std::string(of), complaints)
        .not_among(std::vector<std::string_view>(names.begin(), names.end()));
  return std::nullopt;
}

std::optional<Target> find_group(const std::string& name, const ScenarioRun& run, Complaints& complaints) {
  const api::IdText ids(run.cloud().seed());
  const auto id = find_id<sim::AsGroupId>(
      kGroups, name, run, run.cloud().all_groups(), [&](std::string_view text) { return ids.group(text); },
      [](const sim::AsGroup& each) { return each.set.name; }, complaints);
  if (!id) return std::nullopt;
  return Target{"/autoscaling-api/v1/{project_id}/scaling_group/" + *id, *id};
}

// Policies of bandwidths are known to the second edition of the API only.
std::optional<Target> find_policy(const std::string& name, const ScenarioRun& run, Complaints& complaints) {
  const api::IdText ids(run.cloud().seed());
  const auto id = find_id<sim::AsPolicyId>(
      kPolicies, name, run, run.cloud().all_policies(),
      [&](std::string_view text) { return ids.policy(text); },
      [](const sim::AsPolicy& each) { return each.set.name; }, complaints);
  if (!id) return std::nullopt;
  const bool of_bandwidth = run.cloud().find(ids.policy(*id))->bandwidth != sim::none<sim::BandwidthId>();
  return Target{
      fmt::format("/autoscaling-api/{}/{{project_id}}/scaling_policy/{}", of_bandwidth ? "v2" : "v1", *id),
      *id};
}

TimedCall call_of(std::string_view method, const Target& target, const Json* body, const ScenarioRun& run) {
  TimedCall call;
  call.at = run.cloud().now();
  call.method = method;
  call.path = target.path;
  if (body != nullptr) call.body = body_text(*body);
  call.where = kWhere;
  return call;
}

// "AS.2005: desire_instance_number 0: expected 1 to 1"
std::string refusal_in(const CallRecord& record) {
  boost::json::error_code failed;
  const boost::json::value answer = boost::json::parse(record.answer, failed);
  boost::json::error_code missing;
  const auto* code = failed ? nullptr : answer.find_pointer("/error/code", missing);
  const auto* message = failed ? nullptr : answer.find_pointer("/error/message", missing);
  if (code == nullptr || message == nullptr || !code->is_string() || !message->is_string())
    return record.complaint;
  return fmt::format("{}: {}", std::string_view(code->get_string()), std::string_view(message->get_string()));
}

// Everything that has a name by now.
Names names_in(const ScenarioRun& run, Complaints& complaints) {
  Names names;
  const Json nothing;
  for (const auto& [name, id] : run.saved())
    if (name != "project_id") names.declare(Field(nothing, name, complaints), name, NameKind::Region);
  return names;
}

// A service that ignores members that it does not know would make a slip of the pen an answer, so a strict one is asked
// first.
void send(const Target& target, const std::string& path, const Json& body, ScenarioRun& run,
          Complaints& complaints) {
  const auto check_names = [&](Complaints& into) {
    check_body(Field(body, path, into), names_in(run, into), 0);
  };
  Complaints of_names{""};
  check_names(of_names);
  if (of_names.any()) return check_names(complaints);
  const TimedCall call = call_of("PUT", target, &body, run);
  ScenarioRun strict = run;
  sim::Behaviour behaviour = run.cloud().behaviour();
  behaviour.strict_body = true;
  // A knob that binds no quota can't be refused.
  static_cast<void>(strict.cloud().change_behaviour(behaviour));
  CallRecord record = strict.make(call);
  if (record.complaint.empty()) record = run.make(call);
  if (!record.complaint.empty()) complaints.add(path, refusal_in(record));
}

// What a policy has now of an object such as scaling_policy_action, for the API takes such objects as a whole.
Json present_member(const Target& policy, const std::string& key, const ScenarioRun& run) {
  ScenarioRun asked = run;
  Complaints ignored{""};
  const auto answer = parse_json(asked.make(call_of("GET", policy, nullptr, run)).answer, ignored);
  const Json* whole = answer ? answer->find("scaling_policy") : nullptr;
  const Json* found = whole == nullptr ? nullptr : whole->find(key);
  Json member;
  member.kind = Json::Kind::Object;
  if (found == nullptr) return member;
  for (const Json::Member& each : found->members)
    if (each.value.kind != Json::Kind::Null) member.members.push_back(each);
  return member;
}

// Of a number and a percentage a policy has one; the one that is named takes the other's place.
void drop_alternative(Json& action, std::string_view named) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kAlternatives{
      {{"instance_number", "instance_percentage"}, {"size", "percentage"}}};
  for (const auto& pair : kAlternatives)
    if (named == pair.first || named == pair.second)
      std::erase_if(action.members, [&](const Json::Member& each) {
        return each.key == (named == pair.first ? pair.second : pair.first);
      });
}

Json body_for(const Target& policy, const std::string& name, const std::vector<Change>& changes,
              const ScenarioRun& run) {
  Json body;
  body.kind = Json::Kind::Object;
  for (const Change& each : changes) {
    if (each.parts[0] != kPolicies || each.parts[1] != name) continue;
    if (each.parts.size() == 3) {
      set_member(body, each.parts[2], each.json);
      continue;
    }
    const Json* begun = body.find(each.parts[2]);
    Json member = begun != nullptr ? *begun : present_member(policy, each.parts[2], run);
    drop_alternative(member, each.parts[3]);
    set_member(member, each.parts[3], each.json);
    set_member(body, each.parts[2], member);
  }
  return body;
}

}  // namespace

std::vector<Change> read_changes(const std::vector<std::string>& given, Complaints& complaints) {
  std::vector<Change> changes;
  for (const std::string& each : given) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos) {
      complaints.add(
          "", fmt::format("{}, expected PATH=VALUE such as groups.web.cool_down_time=60", shown(each)));
      continue;
    }
    Change change{each.substr(0, equals), each.substr(equals + 1), {}, {}};
    change.parts = split(change.path);
    change.json = value_of(change.value);
    const std::string place = printable(change.path);
    if (!has_known_form(change.parts))
      complaints.add(place, fmt::format("can't be changed in a run, expected {}", kForms));
    else if (const std::string_view why = why_fixed(change.parts); !why.empty())
      complaints.add(place, why);
    else if (std::ranges::find(changes, change.path, &Change::path) != changes.end())
      complaints.add(place, "set twice");
    else
      changes.push_back(std::move(change));
  }
  return changes;
}

void change_surroundings(const std::vector<Change>& changes, const Scenario& scenario, ScenarioRun& run,
                         Complaints& complaints) {
  for (const Change& each : changes)
    if (each.parts[0] == kBehaviour)
      run.cloud().journal().write(run.cloud().now(), kWhere, "{} = {}", each.path, to_text(each.json));
  change_knobs(changes, run, complaints);
  for (const std::string& name : names_below(changes, kAlarms))
    change_alarm(name, members_below(changes, kAlarms, name), scenario, run, complaints);
}

void send_requests(const std::vector<Change>& changes, ScenarioRun& run, Complaints& complaints) {
  for (const std::string& name : names_below(changes, kGroups))
    if (const auto group = find_group(name, run, complaints))
      send(*group, fmt::format("{}.{}", kGroups, name), members_below(changes, kGroups, name), run,
           complaints);
  for (const std::string& name : names_below(changes, kPolicies))
    if (const auto policy = find_policy(name, run, complaints))
      send(*policy, fmt::format("{}.{}", kPolicies, name), body_for(*policy, name, changes, run), run,
           complaints);
}

}  // namespace tidepool::scenarios
