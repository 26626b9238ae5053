// The behaviour under test but for one knob, so that a rule about it can state its value.
#pragma once

#include <type_traits>
#include <utility>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::rules {

/// with(&Behaviour::retry_delay, 10min)
template <class T>
sim::Behaviour with(T sim::Behaviour::*knob, std::type_identity_t<T> value) {
  sim::Behaviour behaviour = support::behaviour_under_test();
  behaviour.*knob = std::move(value);
  return behaviour;
}

}  // namespace tidepool::rules
