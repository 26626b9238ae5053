#include "scenarios/controller_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/judge/number.hpp"

namespace tidepool::scenarios {

ControllerRun::ControllerRun(const ControllerDeclaration& declared, const Scenario& scenario,
                             const AskController& ask)
    : declared_(&declared), controller_(declared.controller), next_look_(scenario.start) {
  if (!declared.url.empty())
    controller_ =
        sim::Controller(sim::ExternalController{[ask, &declared, &scenario](const sim::Observation& seen) {
          const auto wish = ask(declared, observation_json(scenario, declared.group, seen));
          return wish.value_or(sim::Wish{seen.desired, {}});
        }});
  record_.where = declared.where;
  record_.type = declared.type;
  record_.group = declared.group;
}

sim::Observation ControllerRun::observe(const sim::Cloud& cloud, sim::AsGroupId id,
                                        const sim::Workload* workload) {
  const sim::AsGroup& group = *cloud.find(id);
  sim::Observation seen;
  seen.time = cloud.now();
  seen.desired = group.set.desire;
  seen.in_service = group.in_service;
  seen.launching = group.pending;
  seen.least = group.set.min;
  seen.most = group.set.max;
  const sim::Effort effort = cloud.effort_of(id);
  seen.utilisation = effort.share_since(std::exchange(effort_, effort));
  if (workload == nullptr) return seen;
  seen.queue = cloud.waiting_at(id);
  seen.demand = sim::rate_at(workload->trace, seen.time);
  return seen;
}

std::optional<std::string> ControllerRun::look(const sim::Cloud& cloud, sim::AsGroupId group,
                                               const sim::Workload* workload) {
  const sim::Observation seen = observe(cloud, group, workload);
  ++record_.looks;
  waiting_.push_back({seen.time + declared_->delay, controller_.wish(seen)});
  skip();
  if (waiting_.front().due > seen.time) return std::nullopt;
  const sim::Wish wish = waiting_.front().wish;
  waiting_.pop_front();

  const bool raises = wish.most && *wish.most > seen.most;
  const int most = raises ? *wish.most : seen.most;
  const int size = std::clamp(wish.size, seen.least, most);
  record_.wanted.set(seen.time, size);
  if (size == seen.desired && !raises) return std::nullopt;
  ++record_.changes;
  if (raises) return fmt::format(R"({{"desire_instance_number":{},"max_instance_number":{}}})", size, most);
  return fmt::format(R"({{"desire_instance_number":{}}})", size);
}

void ControllerRun::answered(int status, const std::string& answer) {
  if (status < 400) return;
  ++record_.refused;
  record_.last_refusal = answer;
}

ControllerRecord ControllerRun::record() const {
  ControllerRecord complete = record_;
  if (const auto* predictive = std::get_if<sim::Predictive>(&controller_.kind())) {
    complete.actual = predictive->actual();
    complete.forecast = predictive->forecast();
    complete.season = predictive->forecaster.season();
  }
  return complete;
}

}  // namespace tidepool::scenarios
