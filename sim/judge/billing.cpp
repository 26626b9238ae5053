#include "sim/judge/billing.hpp"

#include <algorithm>
#include <cassert>

#include "sim/judge/number.hpp"

namespace tidepool::sim {

Duration billed(Duration life, const BillingRule& rule) {
  assert(rule.quantum > Duration::zero());
  if (life <= Duration::zero()) return Duration::zero();
  const Wide quanta = (Wide{life.count()} + rule.quantum.count() - 1) / rule.quantum.count();
  const Wide length = std::min(quanta * rule.quantum.count(), Wide{Duration::max().count()});
  return std::max(Duration{static_cast<std::int64_t>(length)}, rule.minimum);
}

std::int64_t price_of(Duration billed, std::int64_t price) {
  constexpr Wide kHour = 3'600 * kMillion;
  return quotient(Wide{billed.count()} * price, kHour).value_or(0);
}

}  // namespace tidepool::sim
