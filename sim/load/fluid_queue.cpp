#include "sim/load/fluid_queue.hpp"

#include <algorithm>
#include <cmath>

#include "sim/load/queueing_formulas.hpp"

namespace tidepool::sim::load {
namespace {

constexpr double kClosest = 1e-6;  // Utilisations up to 1 - this are in the table.
constexpr double kStill = 1e-3;    // A way to go of this share counts as none.
constexpr int kPieces = 16;        // of a stretch; what moves, moves most at its begin

}  // namespace

const FluidQueue::Table& FluidQueue::table_of(std::int64_t servers, double variation) {
  const auto [found, is_new] = tables_.try_emplace({servers, variation});
  Table& table = found->second;
  if (!is_new) return table;
  table.servers = static_cast<double>(servers);
  table.variation = variation;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double spare = std::pow(kClosest, static_cast<double>(i) / (kPoints - 1));
    const double utilisation = 1 - spare, load = utilisation * table.servers;
    const double waits = erlang_c(servers, load);
    table.utilisations[i] = utilisation;
    table.wait_probabilities[i] = waits;
    table.in_systems[i] = load + variation * waits * utilisation / spare;
  }
  return table;
}

// Between points of the table: straight lines. Beyond its end a queue of q has the utilisation q / (q + variation).
FluidQueue::Rest FluidQueue::Table::at(double in_system) const {
  if (servers == 0) return {0, 0, 1};
  if (in_system >= in_systems.back()) {
    const double queue = in_system - servers, sum = queue + variation;
    return {queue / sum, variation / (sum * sum), 1};
  }
  const auto above = std::upper_bound(in_systems.begin(), in_systems.end(), in_system);
  const auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(above - in_systems.begin(), 1));
  const double width = in_systems[i] - in_systems[i - 1];
  const double share = (in_system - in_systems[i - 1]) / width;
  const double rise = utilisations[i] - utilisations[i - 1];
  const double waits = wait_probabilities[i] - wait_probabilities[i - 1];
  return {utilisations[i - 1] + share * rise, rise / width, wait_probabilities[i - 1] + share * waits};
}

// Each piece is solved as if utilisation(L) were its tangent there: exact near rest however long the piece, and exact
// under overload. Once at rest the remainder is one piece.
FluidWaits FluidQueue::advance(const FluidStretch& stretch) {
  const Table& table = table_of(stretch.servers, stretch.variation);
  const double capacity = table.servers * stretch.service_rate;
  FluidWaits seen;
  double waited = 0, passed = 0;
  Rest rest = table.at(in_system_);
  for (int piece = 1; piece <= kPieces && passed < stretch.length; ++piece) {
    const double drift = stretch.arrival_rate - capacity * rest.utilisation;
    const double pull = capacity * rest.slope;
    const bool at_rest = std::fabs(drift) < kStill * pull * (1 + in_system_);
    const double until = at_rest ? stretch.length : stretch.length * piece * piece / (kPieces * kPieces);
    const double span = until - passed;
    const double reach = pull * span < 1e-9 ? span : -std::expm1(-pull * span) / pull;
    const double after = std::max(0.0, in_system_ + drift * reach);
    const Rest then = table.at(after);
    const double middle = (in_system_ + after) / 2;
    const double busy = table.servers * (rest.utilisation + then.utilisation) / 2;
    seen.in_system += middle * span;
    seen.queue += std::max(0.0, middle - busy) * span;
    waited += (rest.wait_probability + then.wait_probability) / 2 * span;
    seen.served += stretch.arrival_rate * span - (after - in_system_);
    in_system_ = after;
    rest = then;
    passed = until;
  }
  if (passed <= 0) return {in_system_, 0, 0, 0, 0, 0};
  if (seen.served > 0) {
    seen.mean_wait = seen.queue / seen.served;
    seen.mean_response = seen.in_system / seen.served;
  }
  seen.in_system /= passed;
  seen.queue /= passed;
  seen.wait_probability = waited / passed;
  return seen;
}

}  // namespace tidepool::sim::load
