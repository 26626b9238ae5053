// Starts the real program as a server, talks to it, and looks at how it ends.
#include <fmt/format.h>
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/api/http/certificate.hpp"
#include "tests/api/http/running_server.hpp"
#include "tests/support/running_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::api {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using support::read_file;

constexpr auto kPatience = std::chrono::seconds(20);

class ServingProgram : public support::RunningProgram {
 public:
  explicit ServingProgram(std::vector<std::string> arguments) : RunningProgram(std::move(arguments)) {}
  ServingProgram(const ServingProgram&) = delete;
  ServingProgram(ServingProgram&&) = delete;

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
};

TEST_CASE("serve says in one line where it listens, answers, and ends well when told to", "[http]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  const support::TemporaryFolder folder;
  ServingProgram program({"--port-file", folder.file("port"), "--clock", "manual"});
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
  ServingProgram program({"--quiet"});
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
  ServingProgram program({"--tls-cert", folder.file("cert"), "--tls-key", folder.file("key")});
  CHECK(program.out() == fmt::format("listening on https://127.0.0.1:{}\n", program.port()));
}

TEST_CASE("serve closes what is idle for longer than it is told to wait", "[http]") {
  ServingProgram program({"--idle-timeout", "50ms"});
  Client client(program.port());
  CHECK(client.closed_by_server());
}

TEST_CASE("serve that can't listen says where and why, and ends with 3", "[http]") {
  ServingProgram first({});
  const std::string place = fmt::format("127.0.0.1:{}", first.port());
  ServingProgram second({"--listen", place});
  CHECK(second.wait() == 3);
  CHECK(second.out().empty());
  CHECK(second.err() == fmt::format("tidepool: can't listen on {}: Address already in use\n", place));
}

TEST_CASE("serve that can't use a file ends with 3", "[http]") {
  const auto arguments = GENERATE(values<std::vector<std::string>>({
      {"--port-file", "/nowhere/at/all"},
      {"--tls-cert", "/nowhere", "--tls-key", "/nowhere"},
  }));
  ServingProgram program(arguments);
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
  ServingProgram program(row.arguments);
  CHECK(program.wait() == 2);
  CHECK(program.out().empty());
  CHECK_THAT(program.err(),
             StartsWith(std::string("tidepool: ") + row.message) && Contains("See 'tidepool serve --help'."));
}

TEST_CASE("serve takes every way to say how time passes", "[http]") {
  const auto clock = GENERATE(as<std::string>(), "real", "manual", "x60", "x0.000001", "x1000000", "x2.5");
  ServingProgram program({"--clock", clock, "--start", "2026-03-01T00:00:00Z", "--seed", "7", "--behaviour",
                          "current", "--no-auto-projects", "--quiet"});
  program.port();
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
}

}  // namespace
}  // namespace tidepool::api
