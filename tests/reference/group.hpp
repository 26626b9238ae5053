// A second opinion: an AS group written again from the service's documents alone, to be compared with the model.
//
// It is naive on purpose. Nothing of sim is used here, everything is a plain list that is scanned from end to end, times are
// whole microseconds, and nouns and states are texts. Where the documents are silent it follows the written decisions, not the code.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace tidepool::reference {

using Micros = std::int64_t;
using Text = std::string;
using Texts = std::vector<Text>;

inline constexpr Micros kSecond = 1'000'000, kMinute = 60 * kSecond, kDay = 24 * 60 * kMinute;
inline constexpr Micros kForever = std::numeric_limits<Micros>::max();

// ---- What surrounds a group ----

struct Knobs {
  bool cooldown_at_trigger = true;
  bool balance_first = true;
  bool pause_clears_cooldown = false;
  bool cooldown_end_inclusive = false;
  bool implicit_desire_clamp = false;
  bool standby = false;
  Micros scan_period = 0, retry_delay = 60 * kSecond;
  int max_retries = -1;          ///< below zero: without end
  int max_parallel_creates = 0;  ///< nought: any number
};

struct Flavor {
  Text name;
  Texts zones;
  int price = 0;
};
struct Configuration {
  Text name;
  Micros created = 0;
  Texts flavors;
  bool cheapest_first = false;
};
/// Empty texts: everything.
struct SoldOut {
  Text zone, flavor;
  Micros from = 0, until = 0;
};
struct BadBoots {
  Micros from = 0, until = 0;
};
/// Between these the load balancer calls a member unhealthy.
struct Offline {
  int member = 0;
  Micros from = 0, until = 0;
};
struct Server {
  Text name, zone, vpc;
  Text ecs = "ACTIVE";
  Text group;  ///< whose member it is; empty: nobody's
};

struct Surroundings {
  Knobs knobs;
  Micros start = 0, boot = 0, removal = 0, attach = 0;
  std::vector<Flavor> flavors;
  std::vector<Configuration> configurations;
  std::vector<SoldOut> sold_out;
  std::vector<BadBoots> bad_boots;
  std::vector<Server> servers;
};

// ---- What a group is made of ----

struct Hook {
  Text name, type, default_result;
  Micros timeout = 0;
};
struct Wait {
  Text hook, default_result;
  Micros deadline = 0;
  Text status = "HANGING";
  int step_number = 0;  ///< as of a member's step
};

/// Empty texts: nowhere.
struct Place {
  Text zone, flavor;
};

struct Member {
  int number = 0;  ///< the so-manieth that ever joined
  bool manual = false;
  Text server;  ///< of a manual one
  Text zone, flavor;
  Micros configured = 0;  ///< when its configuration was made
  Micros in_service_since = 0;
  Text state = "PENDING", health = "INITIALIZING", ecs = "BUILD";
  bool is_protected = false, boot_fails = false, keep_ecs = false;
  Micros step_ends = kForever;  ///< of the boot, the joining or the removal under way
  int step_number = 0;          ///< of two that end at once the one that began first comes first
  std::vector<Wait> waits;
};

struct Reason {
  Text cause;
  int from = 0, to = 0;
  Micros time = 0;
  bool of_policy = false;
  Micros cool_down = 0;  ///< that policy's
};

struct Action {
  Text type, status = "DOING";
  Micros start = 0, end = -1;
  int instance_value = 0, desire_value = 0, scaling_value = 0;
  std::vector<Reason> reasons;
  std::vector<int> added, removed, deleted, failed;  ///< numbers of members
  int never_made = 0;                                ///< launches that no zone could take
  int not_allowed = 0;                               ///< removals that protection did not allow
  Micros group_cool_down_at_start = 0;
  Text configuration;  ///< as bound at its start
  int to_launch = 0;   ///< that wait for others to finish
};

struct Policy {
  int number = 0;
  Text type;  ///< ALARM, SCHEDULED, RECURRENCE
  Text status = "INSERVICE";
  Text operation;
  int amount = -1, percentage = -1;  ///< at most one of them
  Micros cool_down = 0;
  Micros launch_time = 0;  // SCHEDULED
  Text recurrence;         // Daily, Weekly, Monthly
  std::vector<int> days;   // of the week (1 is Sunday) or the month
  Micros time_of_day = 0, from = 0, until = 0;
  Micros due = kForever;
  bool deleted = false;
};

struct Execution {
  int policy = 0;
  Text trigger, status, code;
  Micros time = 0;
  int from = 0, to = 0;
};

struct Settings {
  Text name, configuration;
  int desire = 0, min = 0, max = 0;
  Micros cool_down = 0;
  Texts zones;
  Text terminate, multi_az;
  Micros health_period = 0, health_grace = 0;
  bool has_load_balancer = false;
  Text health_audit;
};

/// What a request to change a group names.
struct Change {
  bool has_desire = false, has_min = false, has_max = false;
  int desire = 0, min = 0, max = 0;
  bool is_desire_alone() const { return has_desire && !has_min && !has_max; }
};

class Group {
 public:
  Group(Surroundings& around, Settings set, Micros now);

  // Requests: "ok", or the code of the refusal.
  Text resume();
  Text pause();
  Text change_numbers(const Change& change);
  Text change_zones(const Texts& zones);
  void change_cool_down(Micros length) { set_.cool_down = length; }
  void change_terminate(const Text& policy) { set_.terminate = policy; }
  void change_multi_az(const Text& policy) { set_.multi_az = policy; }
  void change_configuration(const Text& name) { set_.configuration = name; }
  void change_health_period(Micros period);
  void change_health_audit(const Text& method) { set_.health_audit = method; }
  void change_health_grace(Micros length) { set_.health_grace = length; }
  Text destroy(bool by_force);
  Text enter_standby(const std::vector<int>& members, bool refill);
  Text exit_standby(const std::vector<int>& members);
  Text add(const Texts& servers);
  Text remove(const std::vector<int>& members, bool delete_ecs);
  Text remove_one(int member, bool delete_ecs);
  Text protect(const std::vector<int>& members, bool on);
  Text create_policy(Policy policy);
  Text delete_policy(int policy);
  Text pause_policy(int policy);
  Text resume_policy(int policy);
  Text execute_policy(int policy);
  void change_policy(int policy, const Text& operation, int amount, Micros cool_down);
  Text create_hook(const Hook& hook);
  Text delete_hook(const Text& name);
  Text answer_hook(int member, const Text& hook, const Text& answer);

  // What happens to it.
  void alarm(int policy);
  void ecs_becomes(int member, const Text& status);
  void goes_offline(int member, Micros until) { offline_.push_back({member, now_ + 29, until}); }

  void run_until(Micros limit);

  // What there is.
  const Settings& set() const { return set_; }
  const Text& status() const { return status_; }
  bool is_scaling() const { return running_; }
  bool is_gone() const { return gone_; }
  Micros cooldown_until() const { return cooldown_until_; }
  int current() const;
  const std::vector<Member>& members() const { return members_; }
  const std::vector<Action>& actions() const { return actions_; }
  const std::vector<Policy>& policies() const { return policies_; }
  const std::vector<Execution>& executions() const { return executions_; }
  const std::vector<Hook>& hooks() const { return hooks_; }
  /// The next moment at which something happens; kForever: never.
  Micros next_moment() const;

 private:
  // Time.
  bool something_happens();
  bool a_step_ends();
  bool a_wait_ends();
  bool policies_are_due();
  Micros next_occurrence(const Policy& policy, Micros after) const;
  static bool is_day_of(const Policy& policy, Micros day);
  void wake_on_grid(bool later = false);

  // The scaling action.
  void reconcile();
  Action& begin(const Text& type, int desire_value, const std::vector<Reason>& reasons);
  void launch_what_may_be();
  void scale_in(int count);
  void launch();
  Place place_for_one_more(const Configuration& configuration) const;
  bool offers(const Text& zone, const Text& flavor) const;
  bool can_launch(const Text& zone, const Text& flavor) const;
  Texts flavors_in_order(const Configuration& configuration) const;
  int members_in(const Text& zone) const;
  bool is_balanced(const Member& member) const;
  std::vector<int> victims(int count) const;
  bool leaves_before(const Member& a, const Member& b) const;
  void take_out(int number, bool delete_ecs);
  void remove_now(int number);
  void end_if_done();
  void end_action();
  void open_cooldown(const Action& action);
  void abnormal();

  // A member's way.
  void begin_step(Member& member, Micros takes);
  void came_up(int number);
  void into_service(int number);
  void launch_failed(int number);
  bool wait_at_hooks(int number, const Text& type);
  void wait_is_over(int number);
  void abandoned(int number);
  void drop(int number);

  void check_health();
  bool is_well(const Member& member) const;
  void remove_everybody();
  void execute(Policy& policy, const Text& trigger);
  int goal_of(const Policy& policy) const;
  void refuse(Execution log, const Text& code);

  bool is_scalable() const { return status_ == "INSERVICE"; }
  Member* find(int number);
  Action& action() { return actions_.back(); }
  int protected_members() const;
  const Configuration& configuration(const Text& name) const;
  Server* server(const Text& name);

  Surroundings& around_;
  Settings set_;
  Text status_ = "PAUSED";
  Micros now_ = 0;
  std::vector<Member> members_;  // in order of joining
  int joined_ = 0, steps_ = 0;
  std::vector<Action> actions_;
  bool running_ = false, gone_ = false;
  std::vector<Reason> pending_;
  Micros cooldown_from_ = 0, cooldown_until_ = 0;
  Micros wake_ = kForever, retry_ = kForever;
  int failures_in_a_row_ = 0;
  std::vector<Policy> policies_;
  std::vector<Execution> executions_;
  std::vector<Hook> hooks_;
  std::vector<Offline> offline_;
  Micros next_check_ = 0;
};

}  // namespace tidepool::reference
