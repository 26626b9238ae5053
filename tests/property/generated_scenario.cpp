#include "tests/property/generated_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace tidepool::scenarios {

namespace {

using Texts = std::vector<std::string>;

constexpr int kStorm = 6 * 3600;  // seconds
constexpr int kConfigurations = 3;

template <class T>
const T& one_of(const std::vector<T>& all, int which) {
  return all[static_cast<std::size_t>(which) % all.size()];
}

// Writes the calls and faults of one world in order of time, and knows which names were saved by then.
class Writer {
 public:
  explicit Writer(const GeneratedScenario& world) : world_(world), groups_(world.groups % 3 + 1) {}

  std::string text() {
    begin();
    std::vector<Happening> storm = world_.storm;
    for (Happening& each : storm) each.at = 10 + each.at % (kStorm - 20);
    std::ranges::stable_sort(storm, {}, &Happening::at);
    for (const Happening& each : storm) write(each);
    calm_down();
    return fmt::format(
        "{{\n  \"name\": \"generated\",\n  \"seed\": {},\n  \"start\": \"2026-03-02T08:00:00Z\",\n"
        "  \"duration\": \"12h\",\n  \"behaviour\": {},\n  \"region\": {},\n  \"calls\": [{}\n  ],\n"
        "  \"alarms\": [{}\n  ],\n  \"workloads\": [{}\n  ],\n  \"faults\": [{}\n  ]\n}}\n",
        world_.seed, behaviour(), region(), list(calls_), list(alarms()), list(workloads()), list(faults_));
  }

 private:
  static std::string list(const Texts& items) {
    std::string text;
    for (const std::string& each : items) text += (text.empty() ? "\n    " : ",\n    ") + each;
    return text;
  }

  // ---- What surrounds the groups ----

  std::string behaviour() const {
    const int k = world_.knobs;
    return fmt::format(
        R"({{"profile": "{}", "require_configuration": false, "scan_period": "{}", "retry_delay": "{}", "max_parallel_creates": {}, "standby": true, "pause_clears_cooldown": {}, "implicit_desire_clamp": {}, "max_retries": {}, "metric_period": "{}"}})",
        world_.current ? "current" : "classic", one_of<std::string>({"10s", "0s", "7s"}, k),
        one_of<std::string>({"60s", "5s"}, k / 3), one_of<std::string>({"0", "1", "3"}, k / 6),
        k / 18 % 2 == 1, k / 36 % 2 == 1, k / 72 % 4 == 3 ? "2" : "\"unlimited\"",
        one_of<std::string>({"60s", "300s"}, k / 288));
  }

  std::string region() const {
    const int r = world_.region;
    return fmt::format(
        R"({{"zones": ["z1", {{"name": "z2", "capacity": {{"small": {}}}}}, "z3"], "flavors": {{"small": {{"price_per_hour": 0.04}}, "large": {{"vcpus": 2, "memory_mb": 4096, "zones": ["z1", "z2"]}}}}, "listeners": ["listener"], "pools": ["pool"], "servers": [{{"name": "s0", "zone": "z1"}}, {{"name": "s1", "zone": "z2"}}, {{"name": "s2", "zone": "z3"}}], "boot_time": {}, "removal_time": {}}})",
        one_of<int>({50, 2, 0}, r),
        one_of<std::string>({R"("100s")", R"({"uniform": ["20s", "200s"]})",
                             R"({"lognormal": {"median": "90s", "p95": "200s"}})"},
                            r / 3),
        one_of<std::string>({R"("20s")", R"("0s")", R"({"exponential": "20s"})"}, r / 9));
  }

  Texts alarms() const {
    Texts all;
    for (int g = 0; g < groups_; ++g) {
      all.push_back(fmt::format(
          R"({{"name": "high{}", "group": "g{}", "operator": ">=", "threshold": 70, "count": {}}})", g, g,
          world_.demand % 3 + 1));
      all.push_back(
          fmt::format(R"({{"name": "low{}", "group": "g{}", "operator": "<", "threshold": 30}})", g, g));
    }
    return all;
  }

  Texts workloads() const {
    Texts all;
    for (int g = 0; g < groups_ && world_.demand % 4 != 0; ++g)
      all.push_back(fmt::format(
          R"({{"group": "g{}", "capacity_per_instance": 10, "generator": {{"base_per_second": {}, "noise": 0.3, "flash_crowds": [{{"at": "{}m", "hold": "40m", "peak_factor": {}}}]}}}})",
          g, world_.demand % 50, world_.demand % 300, world_.demand % 7 + 1));
    return all;
  }

  // ---- Calls ----

  void call(int at, const std::string& method_and_path, const std::string& body = "",
            const std::string& more = "") {
    std::string text = fmt::format(R"({{"at": "+{}s", "call": "{}")", at, [&] {
      const auto blank = method_and_path.find(' ');
      const bool v2 = method_and_path.find("v2/") == blank + 1;
      const std::string path = method_and_path.substr(blank + (v2 ? 4 : 1));
      return method_and_path.substr(0, blank) + " /autoscaling-api/" + (v2 ? "v2" : "v1") + "/{project_id}/" +
             path;
    }());
    if (!body.empty()) text += R"(, "body": )" + body;
    calls_.push_back(text + more + "}");
  }

  void begin() {
    for (int i = 0; i < kConfigurations; ++i)
      call(
          i, "POST scaling_configuration",
          fmt::format(
              R"({{"scaling_configuration_name": "c{}", "instance_config": {{"flavorRef": "{}", "imageRef": "{{image}}", "key_name": "{{key_pair}}", "disk": [{{"size": 40, "volume_type": "SSD", "disk_type": "SYS"}}]}}}})",
              i, one_of<std::string>({"small", "large,small", "large"}, i)),
          fmt::format(R"(, "save": "c{}")", i));
    for (int g = 0; g < groups_; ++g) {
      call(
          5, "POST scaling_group",
          fmt::format(
              R"({{"scaling_group_name": "g{}", "scaling_configuration_id": "{{c{}}}", "desire_instance_number": 2, "min_instance_number": 1, "max_instance_number": 8, "vpc_id": "{{vpc}}", "networks": [{{"id": "{{subnet}}"}}], "available_zones": ["z1", "z2", "z3"]{}}})",
              g, g, balancing(g)),
          fmt::format(R"(, "save": "g{}")", g));
      action(6, g, "resume");
    }
  }

  std::string balancing(int g) const {
    return one_of<std::string>(
        {"", R"(, "lb_listener_id": "{listener}")",
         R"(, "lbaas_listeners": [{"pool_id": "{pool}", "protocol_port": 80, "weight": 1}])"},
        g + world_.groups / 3);
  }

  void action(int at, int group, const std::string& what) {
    call(at, fmt::format("POST scaling_group/{{g{}}}/action", group),
         fmt::format(R"({{"action": "{}"}})", what));
  }

  void policy_action(int at, int policy, const std::string& what) {
    call(at, fmt::format("POST scaling_policy/{{p{}}}/action", policy),
         fmt::format(R"({{"action": "{}"}})", what));
  }

  // No policy stirs any group, and whoever is disabled or abnormal is enabled again.
  void calm_down() {
    for (int i = 0; i < policies_; ++i) policy_action(kStorm, i, "pause");
    for (int g = 0; g < groups_; ++g) action(kStorm + 1, g, "resume");
    // Who became abnormal by an action that ended after that.
    for (int g = 0; g < groups_; ++g) action(kStorm + 3 * 3600, g, "resume");
  }

  // ---- What happens in the storm ----

  void write(const Happening& it) {
    const int at = it.at, g = it.c % groups_;
    const std::string group = fmt::format("{{g{}}}", g);
    switch (it.kind % 24) {
      case 0:
      case 1: return modify(at, group, fmt::format(R"({{"desire_instance_number": {}}})", it.a % 10));
      case 2:
        return modify(
            at, group,
            fmt::format(R"({{"min_instance_number": {}, "max_instance_number": {}}})", it.a % 4, it.b % 12));
      case 3: return modify(at, group, settings(it));
      case 4: return action(at, g, "pause");
      case 5: return action(at, g, "resume");
      case 6:
      case 7: return alarm_policy(at, g, it);
      case 8: return timed_policy(at, g, it);
      case 9:
        if (policies_ == 0) return;
        return policy_action(at, it.a % policies_,
                             one_of<std::string>({"execute", "execute", "pause", "resume"}, it.b));
      case 10: return remove(at, group, it);
      case 11: return protect(at, group, it);
      case 12: return add(at, group, it);
      case 13: return hook(at, group, it);
      case 14: return standby(at, group, it);
      case 15:
        if (it.a % 5 != 0) return;
        return call(
            at, fmt::format("DELETE scaling_group/{}?force_delete={}", group, it.b % 2 == 0 ? "yes" : "no"));
      default: return fault(at, g, it);
    }
  }

  void modify(int at, const std::string& group, const std::string& body) {
    call(at, "PUT scaling_group/" + group, body);
  }

  static std::string settings(const Happening& it) {
    switch (it.a % 6) {
      case 0: return fmt::format(R"({{"cool_down_time": {}}})", one_of<int>({0, 60, 300, 900}, it.b));
      case 1:
        return fmt::format(R"({{"instance_terminate_policy": "{}"}})",
                           one_of<std::string>({"OLD_CONFIG_OLD_INSTANCE", "OLD_CONFIG_NEW_INSTANCE",
                                                "OLD_INSTANCE", "NEW_INSTANCE"},
                                               it.b));
      case 2:
        return fmt::format(R"({{"multi_az_priority_policy": "{}"}})",
                           it.b % 2 == 0 ? "PICK_FIRST" : "EQUILIBRIUM_DISTRIBUTE");
      case 3: return fmt::format(R"({{"scaling_configuration_id": "{{c{}}}"}})", it.b % kConfigurations);
      case 4: return fmt::format(R"({{"health_periodic_audit_time": {}}})", one_of<int>({0, 1, 5, 15}, it.b));
      default:
        return fmt::format(
            R"({{"available_zones": [{}]}})",
            one_of<std::string>({R"("z1", "z2", "z3")", R"("z2", "z1")", R"("z3", "z1")"}, it.b));
    }
  }

  static std::string policy_effect(const Happening& it) {
    return fmt::format(R"("scaling_policy_action": {{"operation": "{}", "{}": {}}}, "cool_down_time": {})",
                       one_of<std::string>({"ADD", "REMOVE", "SET"}, it.b),
                       it.b / 3 % 2 == 0 ? "instance_number" : "instance_percentage",
                       it.b / 3 % 2 == 0 ? it.b % 4 + 1 : it.b % 120 + 1,
                       one_of<int>({0, 60, 300, 900}, it.a));
  }

  std::string new_policy() { return fmt::format(R"(, "save": "p{}")", policies_++); }

  void alarm_policy(int at, int g, const Happening& it) {
    call(
        at, "POST scaling_policy",
        fmt::format(
            R"({{"scaling_policy_name": "p", "scaling_group_id": "{{g{}}}", "scaling_policy_type": "ALARM", "alarm_id": "{{{}{}}}", {}}})",
            g, it.a % 2 == 0 ? "high" : "low", g, policy_effect(it)),
        new_policy());
  }

  void timed_policy(int at, int g, const Happening& it) {
    const int minute = 8 * 60 + at / 60 + it.a % 90;
    const std::string time = fmt::format("{:02}:{:02}", minute / 60, minute % 60);
    const std::string when =
        it.a % 2 == 0
            ? fmt::format(R"("SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T{}Z"}})", time)
            : fmt::format(
                  R"("RECURRENCE", "scheduled_policy": {{"launch_time": "{}", "recurrence_type": "Daily", "end_time": "2026-03-04T00:00Z"}})",
                  time);
    call(
        at, "POST scaling_policy",
        fmt::format(
            R"({{"scaling_policy_name": "p", "scaling_group_id": "{{g{}}}", "scaling_policy_type": {}, {}}})",
            g, when, policy_effect(it)),
        new_policy());
  }

  // ---- Members ----

  std::string some_member(int at, const std::string& group, const Happening& it, const std::string& state) {
    const std::string name = fmt::format("i{}", members_++);
    call(at, fmt::format("GET scaling_group_instance/{}/list?life_cycle_state={}", group, state), "",
         fmt::format(R"(, "save": "{}", "take": "/scaling_group_instances/{}/instance_id")", name, it.a % 4));
    return "{" + name + "}";
  }

  void members(int at, const std::string& group, const std::string& ids, const std::string& what) {
    call(at, fmt::format("POST scaling_group_instance/{}/action", group),
         fmt::format(R"({{"instances_id": ["{}"], {}}})", ids, what));
  }

  void remove(int at, const std::string& group, const Happening& it) {
    const std::string member = some_member(at, group, it, "INSERVICE");
    if (it.b % 3 == 0) return members(at, group, member, R"("action": "REMOVE", "instance_delete": "yes")");
    call(at, fmt::format("DELETE scaling_group_instance/{}?instance_delete={}", member,
                         it.b % 2 == 0 ? "yes" : "no"));
  }

  void protect(int at, const std::string& group, const Happening& it) {
    const std::string member = some_member(at, group, it, "INSERVICE");
    members(at, group, member, fmt::format(R"("action": "{}")", it.b % 3 == 0 ? "UNPROTECT" : "PROTECT"));
  }

  void add(int at, const std::string& group, const Happening& it) {
    members(at, group, fmt::format("{{s{}}}", it.a % 3), R"("action": "ADD")");
  }

  void standby(int at, const std::string& group, const Happening& it) {
    const bool enters = it.b % 2 == 0;
    const std::string member = some_member(at, group, it, enters ? "INSERVICE" : "STANDBY");
    members(at, group, member,
            enters ? fmt::format(R"("action": "ENTER_STANDBY", "instance_append": "{}")",
                                 it.b % 4 == 0 ? "yes" : "no")
                   : R"("action": "EXIT_STANDBY")");
  }

  // On the way in nobody answers, so what counts at the end of the time must let members through.
  void hook(int at, const std::string& group, const Happening& it) {
    const std::string name = one_of<std::string>({"a", "b"}, it.a);
    if (it.b % 5 == 0) return call(at, fmt::format("DELETE scaling_lifecycle_hook/{}/{}", group, name));
    const bool in = it.b % 2 == 0;
    call(
        at, fmt::format("POST scaling_lifecycle_hook/{}", group),
        fmt::format(
            R"({{"lifecycle_hook_name": "{}", "lifecycle_hook_type": "{}", "default_result": "{}", "default_timeout": {}, "notification_topic_urn": "urn:smn:eu-de:{{project_id}}:events"}})",
            name, in ? "INSTANCE_LAUNCHING" : "INSTANCE_TERMINATING",
            in || it.b % 3 == 0 ? "CONTINUE" : "ABANDON", one_of<int>({60, 90, 300}, it.a)));
  }

  // ---- Faults, which end with the storm ----

  void fault(int at, int g, const Happening& it) {
    const int end = std::min(kStorm, at + 1 + it.b * 3 % 3600);
    const std::string zone = one_of<std::string>({"z1", "z2", "z3"}, it.a);
    const std::string kind = one_of<std::string>(
        {R"("boot_failure", "probability": 0.7)", R"("instance_failure", "mean_time_to_failure": "20m")",
         fmt::format(R"("zone_outage", "zone": "{}")", zone), R"("sold_out")",
         fmt::format(R"("sold_out", "zone": "{}")", zone),
         fmt::format(R"("sick_instances", "group": "g{}", "sickness": "{}", "count": {})", g,
                     one_of<std::string>({"stopped", "deleted", "offline"}, it.b), it.a % 3 + 1),
         R"("boot_delay", "factor": 3)", fmt::format(R"("elb_member_down", "group": "g{}")", g),
         fmt::format(R"("instance_death", "group": "g{}", "count": {})", g, it.a % 3 + 1)},
        it.kind - 16 + it.a);
    const bool lasts = kind.find("death") == std::string::npos;
    faults_.push_back(fmt::format(R"({{"at": "+{}s", "kind": {}{}}})", at, kind,
                                  lasts ? fmt::format(R"(, "until": "+{}s")", end) : ""));
  }

  const GeneratedScenario& world_;
  int groups_ = 1, policies_ = 0, members_ = 0;
  Texts calls_, faults_;
};

}  // namespace

std::string text_of(const GeneratedScenario& world) { return Writer(world).text(); }

std::ostream& operator<<(std::ostream& out, const GeneratedScenario& world) { return out << text_of(world); }

}  // namespace tidepool::scenarios
