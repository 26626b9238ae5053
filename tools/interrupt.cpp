#include "tools/interrupt.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>

namespace tidepool::tools {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kPatience = kNanosPerSecond / 5;
constexpr int kSignalExit = 128;

// A signal handler can reach nothing but globals. The time is touched by handlers only, which exclude each other.
volatile sig_atomic_t first_signal = 0;
std::int64_t first_time = 0;

std::int64_t monotonic_nanos() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

extern "C" void on_signal(int signal) {
  const std::int64_t now = monotonic_nanos();
  if (first_signal == 0) {
    first_signal = signal;
    first_time = now;
  } else if (now - first_time > kPatience) {
    _exit(kSignalExit + signal);
  }
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;  // Without SA_RESTART, so that waiting for input ends, too.
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  for (const int each : {SIGINT, SIGTERM}) sigaction(each, &action, nullptr);
}

std::optional<Exit> interrupted() {
  if (first_signal == 0) return {};
  return first_signal == SIGTERM ? Exit::Terminated : Exit::Interrupted;
}

}  // namespace tidepool::tools
