// ApiFault: a declared failure of the calls themselves. It strikes requests of one project, whatever they ask for, and
// leaves the simulated cloud alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/target.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::api {

struct ApiFault {
  // ---- Which requests it is about: all of these must fit. ----
  std::string
      operation;       ///< a name of router.hpp's operations(); empty: any call, also of the services around
  std::string method;  ///< "POST"; empty: any
  std::string path_prefix;                ///< "/v2.0/"; empty: any
  sim::Time from{}, until = sim::kNever;  ///< on the project's clock

  // ---- Which of those it strikes. ----
  enum class Choice : std::uint8_t { All, First, Every, Probability };
  Choice choice = Choice::All;
  std::int64_t number =
      0;  ///< First: the first so many; Every: each so-many-th; Probability: parts per million

  // ---- What happens to them. ----
  std::optional<int> status;  ///< 400 to 599; empty: the call is answered as ever
  std::string code, message;
  std::int64_t latency_us = 0;  ///< of the wall clock
  bool reset = false;           ///< the connection breaks and no answer comes
  bool takes_effect = false;    ///< the call does its work before it fails

  // ---- What it has done. ----
  std::uint64_t seen = 0, struck = 0;
  bool ended = false;
};

/// Whether the fault strikes this request; counts it. `seed` and `number` (of the project and of the fault): from which
/// chance is drawn.
bool strikes(ApiFault& fault, const Request& request, const Target& target, sim::Time now, std::uint64_t seed,
             std::size_t number);

/// The answer of a call that the fault keeps from being answered; of one that only breaks, nothing that anybody sees.
Response failure_response(const ApiFault& fault);

}  // namespace tidepool::api
