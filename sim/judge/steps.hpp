// Steps: a whole number that holds from one moment until the next: demand, supply, the expected size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "sim/engine/time.hpp"

namespace tidepool::sim {

struct Step {
  Time at{};
  std::int64_t value = 0;
  friend bool operator==(const Step&, const Step&) = default;
};

/// Before its first step the value is 0. Neighbours differ, and no two steps are of one moment.
class Steps {
 public:
  Steps() = default;
  Steps(std::initializer_list<Step> steps);

  /// `at` must not lie before the last step. The last value of a moment counts.
  void set(Time at, std::int64_t value);
  std::int64_t at(Time time) const;
  /// The value after all steps.
  std::int64_t last() const { return steps_.empty() ? 0 : steps_.back().value; }
  std::span<const Step> all() const { return steps_; }
  /// The steps in (from, to): what changes inside of a window.
  std::span<const Step> within(Time from, Time to) const;

  friend bool operator==(const Steps&, const Steps&) = default;

 private:
  std::vector<Step> steps_;
};

/// The sum of all of them at each moment.
Steps sum_of(std::span<const Steps> parts);

/// What is measured: [from, to).
struct Window {
  Time from{}, to{};
  Duration length() const { return to > from ? to - from : Duration::zero(); }
};

/// Calls `visit(from, to, a, b)` for each stretch of the window over which neither changes, in order.
template <class Visit>
void for_each_stretch(const Steps& a, const Steps& b, Window window, Visit visit) {
  const std::span<const Step> of_a = a.within(window.from, window.to),
                              of_b = b.within(window.from, window.to);
  std::size_t i = 0, j = 0;
  std::int64_t value_a = a.at(window.from), value_b = b.at(window.from);
  for (Time from = window.from; from < window.to;) {
    Time to = window.to;
    if (i < of_a.size() && of_a[i].at < to) to = of_a[i].at;
    if (j < of_b.size() && of_b[j].at < to) to = of_b[j].at;
    visit(from, to, value_a, value_b);
    if (i < of_a.size() && of_a[i].at == to) value_a = of_a[i++].value;
    if (j < of_b.size() && of_b[j].at == to) value_b = of_b[j++].value;
    from = to;
  }
}

}  // namespace tidepool::sim
