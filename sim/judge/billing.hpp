// What a life costs: the rounding rules of clouds' price lists.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/engine/time.hpp"

namespace tidepool::sim {

/// Started quanta count whole, and a life is charged for `minimum` at least. A life of no length is charged nothing.
///
/// Rules of the field: by the second, {1 s, 60 s}; started hours, {1 h}: 61 minutes are 2 hours; started minutes of
/// which ten are the least, {1 min, 10 min}: 5 minutes are 10. A plain length stands for a quantum without a minimum.
/// `quantum` is 1 us or more.
struct BillingRule {
  Duration quantum = std::chrono::hours{1};
  Duration minimum{};
  std::int64_t eip_millionths_per_hour = 0;      ///< of the currency, for each EIP
  std::int64_t disk_millionths_per_gb_hour = 0;  ///< for each GB of a data disk
  /// What an hour of one missing instance is worth to the business, for the elasticity penalty; empty: nobody says.
  std::optional<std::int64_t> shortage_millionths_per_hour;

  BillingRule() = default;
  template <class Rep, class Period>  // NOLINTNEXTLINE(google-explicit-constructor): a quantum is a rule
  BillingRule(std::chrono::duration<Rep, Period> every) : quantum(every) {}
  friend bool operator==(const BillingRule&, const BillingRule&) = default;
};

/// What is charged for; a multiple of the quantum unless the minimum is none. Durations that don't fit become the longest.
Duration billed(Duration life, const BillingRule& rule);

/// In millionths of the currency, a half rounded up. `price` is an hour's, in millionths too.
std::int64_t price_of(Duration billed, std::int64_t price);

}  // namespace tidepool::sim
