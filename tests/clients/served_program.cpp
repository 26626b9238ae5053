#include "tests/clients/served_program.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

namespace tidepool::clients {

using namespace std::chrono_literals;

namespace {

std::vector<std::string> with_port_file(std::vector<std::string> arguments, const std::string& file) {
  arguments.insert(arguments.begin(), {"--quiet", "--port-file", file});
  return arguments;
}

}  // namespace

ServedProgram::ServedProgram(std::vector<std::string> arguments)
    : program_(with_port_file(std::move(arguments), folder_.file("port").string())) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  std::string text;
  while ((text = support::read_file(folder_.file("port"))).empty()) {
    INFO(program_.err());
    REQUIRE(std::chrono::steady_clock::now() < until);
    REQUIRE(is_running());
    std::this_thread::sleep_for(1ms);
  }
  port_ = static_cast<std::uint16_t>(std::stoul(text));
}

int ServedProgram::stop() {
  program_.signal(SIGTERM);
  return program_.wait();
}

std::vector<std::string> at_a_standstill() {
  return {"--clock", "manual", "--start", "2026-03-01T06:00:00Z", "--seed", "7"};
}

}  // namespace tidepool::clients
