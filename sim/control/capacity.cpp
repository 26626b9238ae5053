#include "sim/control/capacity.hpp"

#include <algorithm>

namespace tidepool::sim {
namespace {

__extension__ using Wide = __int128;

Amount rate_of(const Trace& trace, std::size_t step) {
  return static_cast<Amount>(Wide{trace.amounts[step]} * 1'000'000 / trace.step.count());
}

}  // namespace

Amount rate_at(const Trace& trace, Time time) {
  const auto step = trace.step_at(time);
  return step ? rate_of(trace, *step) : 0;
}

Amount largest_rate(const Trace& trace, Time from, Time to) {
  from = std::max(from, trace.start);
  if (from > to || from >= trace.end()) return 0;
  const std::size_t first = *trace.step_at(from);
  const std::size_t last = trace.step_at(to).value_or(trace.amounts.size() - 1);
  Amount most = 0;
  for (std::size_t i = first; i <= last; ++i) most = std::max(most, rate_of(trace, i));
  return most;
}

Wish Clairvoyant::wish(const Observation& seen) const {
  // Until it is asked again nothing can be ordered, so the last moment that an order now must cover lies just before
  // the boot of the next order could end.
  const Time until = seen.time + boot + std::max(interval - Duration{1}, Duration::zero());
  return {instances_for(largest_rate(demand, seen.time, until), per_instance), {}};
}

int LookupTable::required(Amount rate) const {
  const auto fits = std::ranges::find_if(capacities, [&](Amount each) { return rate <= each; });
  return static_cast<int>(std::min<std::ptrdiff_t>(fits - capacities.begin() + 1, std::ssize(capacities)));
}

Wish LookupTable::wish(const Observation& seen) {
  held_.push_back({seen.time, required(forecast ? rate_at(*forecast, seen.time) : seen.demand)});
  while (held_.size() > 1 && held_.front().time + hold <= seen.time) held_.pop_front();
  int size = std::ranges::max(held_, {}, &Dated::value).value;
  if (max_up) size = std::min(size, seen.desired + *max_up);
  if (max_down) size = std::max(size, seen.desired - *max_down);
  return {size, {}};
}

}  // namespace tidepool::sim
