// Storm: a world made from a seed, in which requests, faults and jumps of time follow each other at random, and all
// invariants of its Cloud are checked between any two events.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "sim/engine/rng.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {

using namespace support;

/// What a world draws, one after the other.
struct Choices {
  Rng rng;

  int number(int least, int most) { return static_cast<int>(rng.uniform_int(least, most)); }
  bool chance(int percent) { return number(1, 100) <= percent; }
  Duration time(Duration least, Duration most) { return rng.uniform_duration(least, most); }
  template <class T>
  T of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(number(0, static_cast<int>(all.size()) - 1))];
  }
};

/// One world: a cloud, and the choices that are still to come. A copy has the same future.
class Storm {
 public:
  explicit Storm(std::uint64_t seed);

  const Cloud& cloud() const { return cloud_; }

  /// Does something at random, checks the invariants, and sometimes lets time pass.
  void step();
  /// No more faults, policies and protection; then time enough for everything.
  void clear_up();

 private:
  struct Deed {
    const char* name;
    void (Storm::*act)();
  };
  static const std::vector<Deed>& deeds();

  void pass(Duration span);
  void must_be_sound() const;
  void lift_protection(AsGroupId id);
  template <class T>
  void note(const Result<T>& result) {
    said_ = outcome(result);
  }

  // Whom it may concern.
  std::vector<AsGroupId> groups() const;
  AsGroupId some_group();
  AsPolicyId some_policy();
  InstanceId some_instance(AsGroupId id);
  std::vector<InstanceId> some_instances(AsGroupId id);
  std::vector<ZoneId> some_zones();
  PolicyAction some_action();
  AlarmRuleId some_rule(AsGroupId group);

  // The deeds.
  void create();
  void modify();
  void resume();
  void pause();
  void destroy();
  void add();
  void remove();
  void remove_one();
  void protect_some();
  void enter_standby();
  void exit_standby();
  void add_hook();
  void delete_hook();
  void answer_hook();
  void add_policy();
  void execute();
  void pause_policy();
  void resume_policy();
  void delete_policy();
  void remove_rule();
  void offer();
  void push();
  void change_rule();
  void add_bandwidth();
  void change_bandwidth();
  void add_bandwidth_policy();
  void go_wrong();
  void wait();

  Choices any_;
  Cloud cloud_;
  std::vector<AsConfigurationId> configurations_;
  std::map<AsGroupId, bool> loaded_;  // those that were offered a workload
  std::string said_;                  // how the last request ended
};

}  // namespace tidepool::sim
