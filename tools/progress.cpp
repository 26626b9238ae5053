#include "tools/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace tidepool::tools {
namespace {

constexpr auto kBetweenRedraws = std::chrono::milliseconds{100};
constexpr int kBarWidth = 40;
constexpr const char* kClearLine = "\r\x1b[K";

// An unset variable is as good as an empty one.
std::string_view environment(const char* variable) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): there is one thread.
  return value == nullptr ? std::string_view{} : value;
}

std::string bar(double done, std::chrono::duration<double> spent) {
  const auto filled = static_cast<std::size_t>(done * kBarWidth);
  std::string out = fmt::format("[{:#<{}}{:.<{}}] {:3.0f} %", "", filled, "", kBarWidth - filled, done * 100);
  if (done > 0.0 && spent > std::chrono::seconds{1})
    out += fmt::format(", about {:.0f} s left", spent.count() / done * (1.0 - done));
  return out;
}

}  // namespace

bool stderr_shows_progress() {
  const std::string_view terminal = environment("TERM");
  return isatty(STDERR_FILENO) == 1 && !terminal.empty() && terminal != "dumb" && environment("CI").empty();
}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::show(double done) {
  const Clock::time_point now = Clock::now();
  if (now - drawn_ < kBetweenRedraws) return;
  drawn_ = now;
  visible_ = true;
  fmt::print(stderr, "{}{}", kClearLine, bar(std::clamp(done, 0.0, 1.0), now - begun_));
  (void)std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!visible_) return;
  visible_ = false;
  (void)std::fputs(kClearLine, stderr);
  (void)std::fflush(stderr);
}

}  // namespace tidepool::tools
