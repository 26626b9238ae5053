// Starts the real program as a server, talks to it, and looks at how it ends.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/api/http/certificate.hpp"
#include "tests/api/http/running_server.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::api {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using support::read_file;

constexpr auto kPatience = std::chrono::seconds(20);

class RunningProgram {
 public:
  explicit RunningProgram(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {TIDEPOOL_BINARY, "serve"});
    std::vector<char*> argv;
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
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram(RunningProgram&&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  RunningProgram& operator=(RunningProgram&&) = delete;
  ~RunningProgram() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  void signal(int number) const { kill(pid_, number); }

  /// The exit code; -1 for a program that does not end.
  int wait() {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > until) return -1;
      std::this_thread::sleep_for(2ms);
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  /// Waits for the line with the address.
  std::uint16_t port() {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!out().ends_with('\n') && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(2ms);
    const std::string line = out();
    INFO(line << err());
    REQUIRE(line.ends_with('\n'));
    return static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
  }

  std::string out() const { return read_file(folder_.file("out")); }
  std::string err() const { return read_file(folder_.file("err")); }

 private:
  support::TemporaryFolder folder_;
  pid_t pid_ = 0;
};

TEST_CASE("serve says in one line where it listens, answers, and ends well when told to", "[http]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  const support::TemporaryFolder folder;
  RunningProgram program({"--port-file", folder.file("port"), "--clock", "manual"});
  const std::uint16_t port = program.port();
  CHECK(program.out() == fmt::format("listening on http://127.0.0.1:{}\n", port));
  CHECK(read_file(folder.file("port")) == fmt::format("{}\n", port));

  Client client(port);
  client.send(get("/autoscaling-api/v1/0123456789abcdef0123456789abcdef/no_such_thing"));
  const Answer answer = client.receive();
  CHECK(answer.status >= 400);
  CHECK_THAT(answer.body, StartsWith("{"));

  program.signal(signal);
  CHECK(client.closed_by_server());
  CHECK(program.wait() == 0);
  CHECK(program.out() == fmt::format("listening on http://127.0.0.1:{}\n", port));
  CHECK_THAT(program.err(), Contains("no_such_thing\" ") && Contains(" 00000001-00000001\n"));
}

TEST_CASE("serve finishes the request in flight, and a second signal is the end of patience", "[http]") {
  const bool second = GENERATE(false, true);
  RunningProgram program({"--quiet"});
  Client client(program.port());
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{");
  std::this_thread::sleep_for(30ms);
  program.signal(SIGTERM);
  std::this_thread::sleep_for(50ms);
  if (second) {
    program.signal(SIGTERM);
  } else {
    client.send("}");
    CHECK(client.receive().header("Connection") == "close");
    CHECK(client.closed_by_server());
    client.socket().close();
  }
  CHECK(program.wait() == 0);
  CHECK(program.err().empty());
}

TEST_CASE("serve speaks HTTPS with a certificate", "[http]") {
  const support::TemporaryFolder folder;
  make_certificate(folder.file("cert"), folder.file("key"));
  RunningProgram program({"--tls-cert", folder.file("cert"), "--tls-key", folder.file("key")});
  CHECK(program.out() == fmt::format("listening on https://127.0.0.1:{}\n", program.port()));
}

TEST_CASE("serve closes what is idle for longer than it is told to wait", "[http]") {
  RunningProgram program({"--idle-timeout", "50ms"});
  Client client(program.port());
  CHECK(client.closed_by_server());
}

TEST_CASE("serve that can't listen says where and why, and ends with 3", "[http]") {
  RunningProgram first({});
  const std::string place = fmt::format("127.0.0.1:{}", first.port());
  RunningProgram second({"--listen", place});
  CHECK(second.wait() == 3);
  CHECK(second.out().empty());
  CHECK(second.err() == fmt::format("tidepool: can't listen on {}: Address already in use\n", place));
}

TEST_CASE("serve that can't use a file ends with 3", "[http]") {
  const auto arguments = GENERATE(values<std::vector<std::string>>({
      {"--port-file", "/nowhere/at/all"},
      {"--tls-cert", "/nowhere", "--tls-key", "/nowhere"},
  }));
  RunningProgram program(arguments);
  CHECK(program.wait() == 3);
  CHECK_THAT(program.err(), StartsWith("tidepool: ") && Contains("/nowhere"));
}

TEST_CASE("serve takes no option that it does not understand", "[http]") {
  struct Row {
    std::vector<std::string> arguments;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {{"--listen", "8080"}, "--listen: 8080, expected HOST:PORT"},
      {{"--listen", "::1:80"}, "--listen: ::1:80, expected HOST:PORT"},
      {{"--listen", "127.0.0.1:65536"}, "--listen: 127.0.0.1:65536, expected HOST:PORT"},
      {{"--listen", ":80"}, "--listen: :80, expected HOST:PORT"},
      {{"--seed", "-1"}, "--seed: -1, expected 0 to 18446744073709551615"},
      {{"--start", "yesterday"}, "--start: yesterday, expected a moment such as 2026-01-01T00:00:00Z"},
      {{"--clock", "fast"}, "--clock: fast, expected real, manual, or xN"},
      {{"--clock", "x0"}, "--clock: x0, expected"},
      {{"--clock", "x1.0000001"}, "--clock: x1.0000001, expected"},
      {{"--clock", "x1000000.1"}, "--clock: x1000000.1, expected"},
      {{"--behaviour", "new"}, "--behaviour: new, expected classic or current"},
      {{"--idle-timeout", "60"}, "--idle-timeout: 60, expected a time such as 30s"},
      {{"--tls-cert", "a"}, "--tls-cert and --tls-key go together"},
      {{"--port-file", "-"}, "--port-file -"},
      {{"--sed", "4"}, "unknown option '--sed'; did you mean '--seed'?"},
  }));
  CAPTURE(row.arguments);
  RunningProgram program(row.arguments);
  CHECK(program.wait() == 2);
  CHECK(program.out().empty());
  CHECK_THAT(program.err(),
             StartsWith(std::string("tidepool: ") + row.message) && Contains("See 'tidepool serve --help'."));
}

TEST_CASE("serve takes every way to say how time passes", "[http]") {
  const auto clock = GENERATE(as<std::string>(), "real", "manual", "x60", "x0.000001", "x1000000", "x2.5");
  RunningProgram program({"--clock", clock, "--start", "2026-03-01T00:00:00Z", "--seed", "7", "--behaviour",
                          "current", "--no-auto-projects", "--quiet"});
  program.port();
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
}

}  // namespace
}  // namespace tidepool::api
