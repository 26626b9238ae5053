#include "scenarios/what_if.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scenarios/json_reader.hpp"
#include "scenarios/load_parts.hpp"

namespace tidepool::scenarios {
namespace {

std::optional<sim::Time> read_at(const std::string& at, const Scenario& scenario, Complaints& complaints) {
  Json value;
  value.kind = Json::Kind::Text;
  value.text = at;
  return moment_in_run(Field(value, "", complaints), scenario);
}

// Groups of the common past have one number in both. Later ones are the same when they were made at the same moment
// under the same name, one after the other.
std::vector<WhatIf::Pair> paired(const sim::Cloud& was, const sim::Cloud& now, std::size_t common) {
  std::vector<WhatIf::Pair> pairs;
  std::vector<bool> taken(now.all_groups().size(), false);
  for (std::size_t i = 0; i < was.all_groups().size(); ++i) {
    const sim::AsGroup& group = was.all_groups()[i];
    std::optional<std::size_t> same;
    for (std::size_t j = common; j < now.all_groups().size() && i >= common && !same; ++j) {
      const sim::AsGroup& other = now.all_groups()[j];
      if (!taken[j] && other.create_time == group.create_time && other.set.name == group.set.name) same = j;
    }
    if (i < common) same = i;
    if (same) taken[*same] = true;
    pairs.push_back({i, same});
  }
  for (std::size_t j = common; j < taken.size(); ++j)
    if (!taken[j]) pairs.push_back({std::nullopt, j});
  return pairs;
}

Course finished(ScenarioRun run, const sim::Report& earlier) {
  Course outcome{run.finish(), {}};
  outcome.since = sim::report_since(earlier, outcome.result.report, outcome.result.cloud);
  return outcome;
}

}  // namespace

std::variant<WhatIf, std::vector<std::string>> ask_what_if(const Scenario& scenario,
                                                           const WhatIfQuestion& question,
                                                           const RunOptions& options) {
  Complaints of_moment{"--at"}, of_changes{"--set"};
  const auto at = read_at(question.at, scenario, of_moment);
  std::vector<Change> changes = read_changes(question.sets, of_changes);
  const auto wrong = [&] {
    std::vector<std::string> lines = of_moment.take();
    std::ranges::copy(of_changes.take(), std::back_inserter(lines));
    return lines;
  };
  if (!at || of_changes.any()) return wrong();

  ScenarioRun was(scenario, options);
  was.go_to(*at);
  ScenarioRun now = was;
  const std::size_t common = was.cloud().all_groups().size();
  change_surroundings(changes, scenario, now, of_changes);
  was.make_calls_due();
  now.make_calls_due();
  send_requests(changes, now, of_changes);
  if (of_changes.any()) return wrong();

  sim::Cloud then = was.cloud();  // Reading totals settles them, which is not to be part of the run.
  const sim::Report earlier = sim::make_report(then, scenario.billing);
  WhatIf answer{
      *at, std::move(changes), finished(std::move(was), earlier), finished(std::move(now), earlier), {}};
  answer.groups = paired(answer.as_it_was.result.cloud, answer.what_if.result.cloud, common);
  return answer;
}

}  // namespace tidepool::scenarios
