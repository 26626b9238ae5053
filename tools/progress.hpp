#pragma once

#include <chrono>

namespace tidepool::tools {

/// Whether a bar on stderr helps anybody: a terminal that can redraw a line, and no build server behind it.
bool stderr_shows_progress();

/// A bar on stderr, redrawn at most ten times a second, that leaves nothing behind. What is over in a tenth of a second
/// shows none.
class ProgressBar {
 public:
  ProgressBar() = default;
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar(ProgressBar&&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ProgressBar& operator=(ProgressBar&&) = delete;
  ~ProgressBar();

  void show(double done);  ///< 0 to 1
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point begun_ = Clock::now();
  Clock::time_point drawn_ = begun_;
  bool visible_ = false;
};

}  // namespace tidepool::tools
