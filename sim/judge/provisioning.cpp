#include "sim/judge/provisioning.hpp"

#include <algorithm>
#include <cassert>
#include <map>

namespace tidepool::sim {
namespace {

constexpr Wide kShare = 1'000'000'000'000;  // shares are kept in 10^-12
[[maybe_unused]] constexpr std::int64_t kMostDemand = 1'000'000'000;

std::int64_t units_of(const Steps& steps, Window window) {
  std::int64_t before = steps.at(window.from), units = 0;
  for (const Step& each : steps.within(window.from, window.to)) {
    units += std::abs(each.value - before);
    before = each.value;
  }
  return units;
}

// Where nothing is demanded, a surplus is set against one instance.
Wide share_of(const std::map<std::int64_t, Wide>& area_by_demand) {
  Wide share = 0;
  for (const auto& [demand, area] : area_by_demand)
    share += area * kShare / std::max<std::int64_t>(demand, 1);
  return share;
}

int direction(std::int64_t change) { return (change > 0) - (change < 0); }

template <class Wrong>
std::vector<Lapse> lapses(const Steps& demand, const Steps& supply, Window window, Wrong wrong) {
  std::vector<Lapse> found;
  bool lasts = false;
  for_each_stretch(demand, supply, window, [&](Time from, Time to, std::int64_t d, std::int64_t s) {
    if (!wrong(d, s)) {
      lasts = false;
      return;
    }
    if (!lasts) found.push_back({from, to, true});
    found.back().to = to;
    found.back().ended = to < window.to;
    lasts = true;
  });
  return found;
}

}  // namespace

Number Provisioning::theta_under() const {
  return quotient(short_share * 100 / (kShare / kMillion), length.count());
}

Number Provisioning::theta_over() const {
  return quotient(surplus_share * 100 / (kShare / kMillion), length.count());
}

Number Provisioning::jitter() const {
  constexpr std::int64_t kMinute = 60 * kMillion;
  return ratio_of(Wide{supply_units - demand_units} * kMinute, length.count());
}

Provisioning provisioning(const Steps& demand, const Steps& supply, Window window) {
  Provisioning sums;
  std::map<std::int64_t, Wide> short_by_demand, surplus_by_demand;
  sums.length = window.length();
  for_each_stretch(demand, supply, window, [&](Time from, Time to, std::int64_t d, std::int64_t s) {
    assert(d >= 0 && d <= kMostDemand && s >= 0);
    const Duration lasts = to - from;
    sums.demand_area += Wide{d} * lasts.count();
    sums.supply_area += Wide{s} * lasts.count();
    const Wide area = Wide{std::abs(d - s)} * lasts.count();
    if (d > s) sums.short_time += lasts, sums.short_area += area, short_by_demand[d] += area;
    if (s > d) sums.surplus_time += lasts, sums.surplus_area += area, surplus_by_demand[d] += area;
  });
  sums.short_share = share_of(short_by_demand);
  sums.surplus_share = share_of(surplus_by_demand);
  sums.demand_units = units_of(demand, window);
  sums.supply_units = units_of(supply, window);
  sums.adaptations = static_cast<std::int64_t>(supply.within(window.from, window.to).size());
  return sums;
}

Number instability(const Steps& demand, const Steps& supply, Window window, Duration grid) {
  assert(grid > Duration::zero());
  const std::int64_t samples = window.length() / grid;
  if (samples < 2) return std::nullopt;
  // Only steps of the grid with a change in them can differ, so the walk goes from change to change.
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> changed;  // by sample: differences of both
  const auto gather = [&](const Steps& steps, auto add) {
    std::int64_t before = steps.at(window.from);
    for (const Step& each : steps.within(window.from, window.to)) {
      const std::int64_t sample =
          (each.at - window.from + grid - Duration{1}) / grid;  // the first that sees it
      if (sample < samples) add(changed[sample], each.value - before);
      before = each.value;
    }
  };
  gather(demand, [](auto& both, std::int64_t change) { both.first += change; });
  gather(supply, [](auto& both, std::int64_t change) { both.second += change; });
  const auto differ = std::ranges::count_if(changed, [](const auto& each) {
    return direction(each.second.first) != direction(each.second.second);
  });
  return percent_of(differ, samples - 1);
}

std::int64_t oscillations(const Steps& supply, Window window, Duration within) {
  std::int64_t found = 0, value = supply.at(window.from);
  int before = 0;
  Time changed{};
  for (const Step& each : supply.within(window.from, window.to)) {
    const int now = direction(each.value - value);
    if (before != 0 && now != before && each.at - changed <= within) ++found;
    before = now;
    changed = each.at;
    value = each.value;
  }
  return found;
}

std::vector<Lapse> shortages(const Steps& demand, const Steps& supply, Window window) {
  return lapses(demand, supply, window, [](std::int64_t d, std::int64_t s) { return d > s; });
}

std::vector<Lapse> surpluses(const Steps& demand, const Steps& supply, Window window) {
  return lapses(demand, supply, window, [](std::int64_t d, std::int64_t s) { return s > d; });
}

Lag lag_of(std::span<const Lapse> lapses) {
  Lag lag;
  for (const Lapse& each : lapses) {
    ++lag.count;
    if (!each.ended) ++lag.unended;
    lag.total += each.to - each.from;
    lag.longest = std::max(lag.longest, each.to - each.from);
  }
  return lag;
}

LagParts parts_of(const Lapse& shortage, const Steps& demand, const Steps& expected) {
  Time rises = shortage.to, meets = shortage.to;
  const std::int64_t before = expected.at(shortage.from);
  for_each_stretch(demand, expected, {shortage.from, shortage.to},
                   [&](Time from, Time, std::int64_t d, std::int64_t e) {
                     if (e > before || e >= d) rises = std::min(rises, from);
                     if (e >= d) meets = std::min(meets, from);
                   });
  return {rises - shortage.from, meets - rises, shortage.to - meets};
}

std::optional<Duration> recovery(const Steps& expected, const Steps& supply, Time fault, Time end) {
  const std::vector<Lapse> found = shortages(expected, supply, {fault, end});
  if (found.empty()) return Duration::zero();
  if (!found.front().ended) return std::nullopt;
  return found.front().to - fault;
}

Number rigidness(const Steps& value, Window window, std::int64_t least, std::int64_t most) {
  Duration outside{};
  for_each_stretch(value, Steps{}, window, [&](Time from, Time to, std::int64_t v, std::int64_t) {
    if (v < least || v > most) outside += to - from;
  });
  return percent_of(outside.count(), window.length().count());
}

Number elasticity_penalty(const Provisioning& of, std::int64_t surplus_price, std::int64_t shortage_price) {
  return quotient(of.surplus_area * surplus_price + of.short_area * shortage_price, of.length.count());
}

ZoneBalance zone_balance(std::span<const Steps> zones, const Steps& demand, Window window) {
  ZoneBalance balance;
  Wide imbalance = 0, shortfall = 0;
  Time from = window.from;
  const auto add = [&](Time to, std::span<const std::int64_t> counts, std::int64_t wanted) {
    if (to <= from || counts.empty()) return;
    const auto [least, most] = std::ranges::minmax(counts);
    std::int64_t all = 0;
    for (const std::int64_t each : counts) all += each;
    const std::int64_t lacks = std::max<std::int64_t>(wanted - (all - most), 0);
    imbalance += Wide{most - least} * (to - from).count();
    shortfall += Wide{lacks} * (to - from).count();
    balance.most_imbalance = std::max(balance.most_imbalance, most - least);
    balance.most_shortfall = std::max(balance.most_shortfall, lacks);
    from = to;
  };
  struct Change {
    Time at{};
    std::size_t of = 0;  // a zone, or one past them: the demand
    std::int64_t value = 0;
  };
  std::vector<Change> changes;
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    counts.push_back(zones[i].at(window.from));
    for (const Step& each : zones[i].within(window.from, window.to))
      changes.push_back({each.at, i, each.value});
  }
  std::int64_t wanted = demand.at(window.from);
  for (const Step& each : demand.within(window.from, window.to))
    changes.push_back({each.at, zones.size(), each.value});
  std::ranges::stable_sort(changes, {}, &Change::at);
  for (const Change& each : changes) {
    add(each.at, counts, wanted);
    (each.of == zones.size() ? wanted : counts[each.of]) = each.value;
  }
  add(window.to, counts, wanted);
  balance.mean_imbalance = ratio_of(imbalance, window.length().count());
  balance.mean_shortfall = ratio_of(shortfall, window.length().count());
  return balance;
}

}  // namespace tidepool::sim
