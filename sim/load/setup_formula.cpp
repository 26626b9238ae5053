// M/M/k/setup: a chain in two dimensions, solved by levels.
//
// A state is (jobs, servers on), and every server that is on is busy. min(jobs - on, k - on) servers are being set up.
// A level is all states of one number of jobs; one level leads only to its neighbours, so each level's probabilities are
// those of the level below times a matrix, and the matrices follow from the top down. Above k jobs all levels look alike,
// so do their matrices: that one is a fixed point.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "sim/load/queueing_formulas.hpp"

namespace tidepool::sim::load {
namespace {

using Row = std::vector<double>;
using Matrix = std::vector<Row>;

struct Chain {
  double arrival_rate, service_rate, setup_rate;
  std::size_t servers;

  std::size_t states(std::size_t jobs) const { return std::min(jobs, servers) + 1; }
  double setups(std::size_t jobs, std::size_t on) const {
    return setup_rate * static_cast<double>(std::min(jobs, servers) - on);
  }
  double services(std::size_t on) const { return service_rate * static_cast<double>(on); }
  // Where a service leads: a server without a job goes off.
  static std::size_t on_after(std::size_t jobs, std::size_t on) { return jobs > on ? on : on - 1; }
};

// x with x * a = b for each row b of `rows`: Gauss, with a's diagonal dominant.
Matrix divided(const Matrix& rows, Matrix a) {
  const std::size_t n = a.size();
  Matrix x = rows;
  for (std::size_t i = 0; i < n; ++i) {  // Columns of a are combined, so that the same holds for x.
    const double inverse = 1 / a[i][i];
    for (std::size_t r = 0; r < n; ++r) a[r][i] *= inverse;
    for (Row& each : x) each[i] *= inverse;
    for (std::size_t j = 0; j < n; ++j) {
      const double factor = a[i][j];
      if (j == i || factor == 0) continue;
      for (std::size_t r = 0; r < n; ++r) a[r][j] -= factor * a[r][i];
      for (Row& each : x) each[j] -= factor * each[i];
    }
  }
  return x;
}

// The matrix from level jobs - 1 to `jobs`, given that from `jobs` to jobs + 1.
Matrix step_up(const Chain& chain, std::size_t jobs, const Matrix& above) {
  const std::size_t n = chain.states(jobs), below = chain.states(jobs - 1);
  Matrix out(n, Row(n));  // Minus the generator within the level, with what comes back from above.
  for (std::size_t on = 0; on < n; ++on) {
    out[on][on] += chain.arrival_rate + chain.services(on) + chain.setups(jobs, on);
    if (on + 1 < n) out[on][on + 1] -= chain.setups(jobs, on);
    for (std::size_t to = 0; to < above[on].size(); ++to)
      if (to > 0) out[on][Chain::on_after(jobs + 1, to)] -= above[on][to] * chain.services(to);
  }
  Matrix arrivals(below, Row(n));
  for (std::size_t on = 0; on < below; ++on) arrivals[on][on] = chain.arrival_rate;
  return divided(arrivals, std::move(out));
}

double difference(const Matrix& a, const Matrix& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a[i].size(); ++j) most = std::max(most, std::fabs(a[i][j] - b[i][j]));
  return most;
}

Row times(const Row& row, const Matrix& matrix) {
  Row result(matrix.front().size());
  for (std::size_t i = 0; i < row.size(); ++i)
    for (std::size_t j = 0; j < result.size(); ++j) result[j] += row[i] * matrix[i][j];
  return result;
}

}  // namespace

double setup_mean_response(double arrival_rate, double service_rate, std::int64_t servers,
                           double setup_rate) {
  if (arrival_rate >= service_rate * static_cast<double>(servers))
    return std::numeric_limits<double>::infinity();
  const Chain chain{arrival_rate, service_rate, setup_rate, static_cast<std::size_t>(servers)};
  const std::size_t k = chain.servers;
  Matrix far(k + 1, Row(k + 1));  // Of all levels above k.
  for (Matrix next;; far = std::move(next)) {
    next = step_up(chain, k + 1, far);
    if (difference(next, far) < 1e-15) break;
  }
  std::vector<Matrix> up(k + 2, far);  // up[j]: from level j - 1 to j
  for (std::size_t jobs = k; jobs >= 1; --jobs) up[jobs] = step_up(chain, jobs, up[jobs + 1]);

  double sum = 1, in_system = 0;
  Row level{1};
  for (std::size_t jobs = 1;; ++jobs) {
    level = times(level, up[std::min(jobs, k + 1)]);
    double mass = 0;
    for (const double each : level) mass += each;
    sum += mass;
    in_system += mass * static_cast<double>(jobs);
    if (jobs > k && mass * static_cast<double>(jobs) < 1e-16 * in_system) break;
  }
  return in_system / sum / arrival_rate;
}

}  // namespace tidepool::sim::load
