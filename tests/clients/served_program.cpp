#include "tests/clients/served_program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>

namespace tidepool::clients {

using namespace std::chrono_literals;

ServedProgram::ServedProgram(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {TIDEPOOL_BINARY, "serve", "--quiet", "--port-file", folder_.file("port")});
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& each : arguments) argv.push_back(each.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kNew = O_CREAT | O_WRONLY | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder_.file("out").c_str(), kNew, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder_.file("err").c_str(), kNew, 0600);
  const int failed = posix_spawn(&pid_, TIDEPOOL_BINARY, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE(failed == 0);
  wait_for_port();
}

ServedProgram::~ServedProgram() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ServedProgram::wait_for_port() {
  const auto until = std::chrono::steady_clock::now() + 20s;
  std::string text;
  while ((text = support::read_file(folder_.file("port"))).empty()) {
    INFO(support::read_file(folder_.file("err")));
    REQUIRE(std::chrono::steady_clock::now() < until);
    REQUIRE(is_running());
    std::this_thread::sleep_for(1ms);
  }
  port_ = static_cast<std::uint16_t>(std::stoul(text));
}

bool ServedProgram::is_running() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

int ServedProgram::stop() {
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> at_a_standstill() {
  return {"--clock", "manual", "--start", "2026-03-01T06:00:00Z", "--seed", "7"};
}

}  // namespace tidepool::clients
