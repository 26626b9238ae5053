// Numbers for the property tests of this room, all equally likely in every run. rapidcheck's own ranges start
// narrow and widen as a property passes, so that most of its hundred runs would see small groups and short
// windows only.
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <vector>

namespace tidepool::sim {

/// A whole number from `least` to `most`, both included. Shrinks toward `least`. Only inside a property.
template <class Number>
Number any_from(Number least, Number most) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(least, most + 1));
}

template <class Number>
std::vector<Number> any_numbers(std::size_t how_many, Number least, Number most) {
  std::vector<Number> numbers(how_many);
  for (Number& each : numbers) each = any_from(least, most);
  return numbers;
}

}  // namespace tidepool::sim
