// One story told to both: the model's Cloud and the naive groups live through the same requests, faults and jumps of time, and
// what each of them says of itself is compared line by line after each step.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "tests/reference/group.hpp"

namespace tidepool::reference {

/// What a generated story begins with.
struct Setting {
  bool classic = true;
  int scan_period_s = 10, retry_delay_s = 60;
  int max_retries = -1, max_parallel_creates = 0;
  bool begins_enabled = false;
  bool standby = false;
  bool flip_balance = false;  ///< the other profile's scale_in_balance
  bool pause_clears_cooldown = false, cooldown_end_inclusive = false, implicit_desire_clamp = false;
};
std::ostream& operator<<(std::ostream& out, const Setting& setting);

/// A wait and a deed. What the numbers mean depends on the deed; any number means something.
struct Step {
  int wait = 0;  ///< seconds; nought: at the same instant; below: to an edge of the cooldown
  int deed = 0;
  int a = 0, b = 0, c = 0;
};
std::ostream& operator<<(std::ostream& out, const Step& step);

inline constexpr int kDeeds = 62;  ///< from nought on, with repetitions

class Twin {
 public:
  explicit Twin(const Setting& setting);

  /// Does it in both. False when they differ from then on; `difference` tells in what.
  bool step(const Step& step);
  /// Lets everything happen that is due by now.
  bool end();

  const std::string& difference() const { return difference_; }
  /// What was done so far, a line each.
  const std::vector<std::string>& story() const { return story_; }
  const sim::Cloud& cloud() const { return cloud_; }

 private:
  using Deed = std::string (Twin::*)(const Step& step);
  static const std::vector<Deed>& deeds();

  void create_group(int number);
  Micros moment_after(int wait);
  void wait_until(Micros moment);
  bool pass_to(Micros moment);
  /// Notes what was asked; false when the answers differ.
  std::string answers(const std::string& asked, const std::string& by_cloud, const std::string& by_group);
  std::string compare();

  // The deeds. Each gives a difference of the answers, or nothing.
  std::string wait_only(const Step& step);
  std::string desire(const Step& step);
  std::string limits(const Step& step);
  std::string settings(const Step& step);
  std::string zones(const Step& step);
  std::string resume(const Step& step);
  std::string pause(const Step& step);
  std::string destroy(const Step& step);
  std::string enter_standby(const Step& step);
  std::string exit_standby(const Step& step);
  std::string go_offline(const Step& step);
  std::string add(const Step& step);
  std::string remove(const Step& step);
  std::string remove_one(const Step& step);
  std::string protect(const Step& step);
  std::string alarm_policy(const Step& step);
  std::string timed_policy(const Step& step);
  std::string periodic_policy(const Step& step);
  std::string alarm(const Step& step);
  std::string execute(const Step& step);
  std::string switch_policy(const Step& step);
  std::string change_policy(const Step& step);
  std::string delete_policy(const Step& step);
  std::string break_ecs(const Step& step);
  std::string sold_out(const Step& step);
  std::string bad_boots(const Step& step);
  std::string create_hook(const Step& step);
  std::string delete_hook(const Step& step);
  std::string answer_hook(const Step& step);

  // Whom a step means.
  struct Pair;
  std::size_t group_of(const Step& step) const;
  std::vector<int> some_members(std::size_t group, int first, int count) const;
  std::vector<sim::InstanceId> ids_of(std::size_t group, const std::vector<int>& members) const;
  int some_policy(std::size_t group, int which) const;
  std::string new_policy(std::size_t group, Policy policy, sim::AsPolicySettings settings, const Step& step);

  // What each says of itself.
  std::vector<std::string> told_by_cloud(std::size_t group) const;
  std::vector<std::string> told_by_group(std::size_t group) const;

  Surroundings around_;
  sim::Cloud cloud_;
  Micros now_ = 0;
  int steps_ = 0;
  std::vector<sim::AsConfigurationId> configurations_;
  std::vector<sim::AsGroupId> ids_;
  std::vector<Group> groups_;
  std::vector<std::vector<sim::AsPolicyId>> policy_ids_;
  std::vector<std::vector<sim::MetricSeriesId>> policy_series_;
  std::string difference_;
  std::vector<std::string> story_;
};

}  // namespace tidepool::reference
