// Looking at a project's clock, setting its pace, and making time pass.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <limits>
#include <string>

#include "api/routes/testbed_call.hpp"
#include "api/wire/duration_text.hpp"

namespace tidepool::api {
namespace {

constexpr std::size_t kLinesInAnswer = 1'000;

constexpr Spelling<ClockMode> kModes[] = {{"manual", ClockMode::Manual}, {"scaled", ClockMode::Scaled}};

boost::json::object written(const Tenant& tenant) {
  boost::json::object clock{{"now", moment_text(tenant.cloud.now())},
                            {"mode", spelling_of(kModes, tenant.clock.mode)},
                            {"speed", number(tenant.clock.speed_millionths)}};
  if (const auto next = tenant.cloud.next_time(); next && *next <= kLastMoment)
    clock.emplace("next_event", moment_text(*next));
  else
    clock.emplace("next_event", nullptr);
  return clock;
}

// Where a request wants time to stop.
struct Goal {
  sim::Time limit{};
  bool until_quiet = false;
};

std::optional<Goal> read_horizon(const Fields& body, sim::Time now) {
  const auto quiet = body.object("until_quiet");
  if (!quiet) return std::nullopt;
  quiet->expect_only({"horizon"});
  const auto horizon = duration_in(*quiet, "horizon");
  if (!quiet->has("horizon")) quiet->report("horizon", kBodyFault, R"(a length such as "1h")");
  return Goal{now + horizon.value_or(sim::Duration::zero()), true};
}

std::optional<Goal> read_goal(const Fields& body, const sim::Cloud& cloud) {
  constexpr std::array<std::string_view, 4> kWays{"by", "to", "next_event", "until_quiet"};
  body.expect_only({"by", "to", "next_event", "until_quiet"});
  if (std::ranges::count_if(kWays, [&](std::string_view each) { return body.has(each); }) != 1) {
    body.faults().report({kBodyFault, "body: expected exactly one of by, to, next_event and until_quiet"});
    return std::nullopt;
  }
  if (const auto length = duration_in(body, "by")) return Goal{cloud.now() + *length};
  if (const auto moment = moment_in(body, "to", cloud.now())) return Goal{*moment};
  if (const auto next = body.boolean("next_event")) {
    if (!*next) body.report("next_event", kBodyFault, "true");
    return Goal{cloud.next_time().value_or(cloud.now())};
  }
  return read_horizon(body, cloud.now());
}

// Nothing is under way: no policy is executing, no group scales, and each that is in service has as many members as it
// wants.
bool is_quiet(const sim::Cloud& cloud) {
  if (std::ranges::any_of(cloud.all_policies(), &sim::AsPolicy::is_executing)) return false;
  return std::ranges::all_of(cloud.all_groups(), [](const sim::AsGroup& each) {
    if (each.status == sim::GroupStatus::Deleted) return true;
    const bool settled = each.status != sim::GroupStatus::InService || each.expected() == each.set.desire;
    return settled && !each.is_scaling();
  });
}

// Whether the goal was reached; it isn't when there were too many events on the way.
bool run_to(sim::Cloud& cloud, const Goal& goal) {
  const std::uint64_t begin = cloud.events_handled();
  const auto left = [&] {
    return kEventsPerAdvance - std::min(cloud.events_handled() - begin, kEventsPerAdvance);
  };
  if (!goal.until_quiet) return cloud.run_until(goal.limit, kEventsPerAdvance);
  if (!cloud.run_until(cloud.now(), left())) return false;
  while (!is_quiet(cloud)) {
    const sim::Time next = cloud.next_time().value_or(goal.limit);
    if (!cloud.run_until(std::min(next, goal.limit), left())) return false;
    if (next >= goal.limit) return true;
  }
  return true;
}

}  // namespace

Response show_clock(const TestbedCall& call) { return testbed_answer(200, written(call.tenant)); }

Response set_clock(const TestbedCall& call) {
  constexpr std::int64_t kFastest = 1'000'000'000'000;
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(call.visit, faults);
  const Fields body{members, faults};
  body.expect_only({"mode", "speed"});
  const auto mode = body.choice("mode", kBodyFault, kModes);
  const auto speed = millionths_in(body, "speed", 1, kFastest);
  if (!body.has("mode") && !body.has("speed"))
    faults.report({kBodyFault, "body: expected mode (manual or scaled), speed, or both"});
  if (faults.any()) return testbed_error(TestbedError::Invalid, faults.first().message);
  ClockSetting& clock = call.tenant.clock;
  clock.mode = mode.value_or(clock.mode);
  clock.speed_millionths = speed.value_or(clock.speed_millionths);
  if (clock.mode == ClockMode::Manual) call.tenant.owed = {};
  return show_clock(call);
}

Response advance_clock(const TestbedCall& call) {
  Tenant& tenant = call.tenant;
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(call.visit, faults);
  const Fields body{members, faults};
  auto goal = faults.any() ? std::nullopt : read_goal(body, tenant.cloud);
  if (goal && goal->limit > kLastMoment)
    faults.report({kBodyFault, fmt::format("body: expected an end before {}", moment_text(kLastMoment))});
  if (faults.any() || !goal) return testbed_error(TestbedError::Invalid, faults.first().message);
  const std::uint64_t before = tenant.cloud.events_handled(), last_line = tenant.journal.next() - 1;
  const bool reached = run_to(tenant.cloud, *goal);
  collect_journal(tenant);
  const JournalPart part = journal_after(tenant, last_line, kLinesInAnswer);
  boost::json::object answer{{"now", moment_text(tenant.cloud.now())},
                             {"reached", reached},
                             {"events_handled", tenant.cloud.events_handled() - before},
                             {"journal", boost::json::array(part.lines.begin(), part.lines.end())},
                             {"journal_last", part.last}};
  if (goal->until_quiet) answer.emplace("quiet", is_quiet(tenant.cloud));
  return testbed_answer(200, answer);
}

}  // namespace tidepool::api
