#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "api/http/server.hpp"
#include "api/routes/world.hpp"
#include "scenarios/load_units.hpp"
#include "scenarios/served_cloud.hpp"
#include "tools/files.hpp"
#include "tools/session_file.hpp"
#include "tools/verbs.hpp"
#include "tools/version.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool serve [OPTION...]

Stands in for the cloud: answers the AS API over HTTP until it is told to stop. Prints one line,
'listening on URL', once clients can connect.

Examples:
  tidepool serve
  tidepool serve --listen 127.0.0.1:8080 --clock manual --seed 7
  tidepool serve --port-file port.txt --clock x60 --quiet
  tidepool serve --seed-file cloud.json --record session.json

Options:
  --listen HOST:PORT    where to listen; port 0 takes a free one (default: 127.0.0.1:0)
  --port-file FILE      write the port there, once clients can connect (default: none)
  --tls-cert FILE       speak HTTPS: the certificate and those that vouch for it, PEM (default: none)
  --tls-key FILE        its private key, PEM; goes with --tls-cert
  --seed-file FILE      the cloud to begin with: region, rules, access keys, and projects with their
                        pasts, as JSON (default: an empty cloud); options win over the file
  --record FILE         write everything that is asked and answered there, for 'tidepool run'
                        (default: none)
  --seed N              seed of all random draws, 0 to 18446744073709551615 (default: 1)
  --start TIME          the cloud's time at first, such as 2026-01-01T00:00:00Z (default: the present;
                        with --clock manual, the example)
  --clock HOW           how the cloud's time passes: real, manual, or xN for N times as fast, with N
                        from 0.000001 to 1000000 (default: real)
  --behaviour NAME      classic or current (default: classic)
  --auto-projects, --no-auto-projects
                        whether a project is made when it is first named (default: it is)
  --idle-timeout TIME   how long a client may say nothing between requests (default: 60s)
  --header-timeout TIME
                        how long it may take to send a header (default: 10s)
  --body-timeout TIME   how long it may take to send a body (default: 30s)
  --shutdown-timeout TIME
                        how long requests are waited for once the program is to stop (default: 10s)
  --quiet               write no line for each request to standard error
  -h, --help            print this

SIGTERM and SIGINT stop it when the requests that have begun are answered; the second one, at once.

Exit codes: 0 stopped, 2 wrong use, 3 can't listen there or can't use a file, 4 internal error
)";

constexpr std::string_view kManualStart = "2026-01-01T00:00:00Z";

struct Arguments {
  std::string listen = "127.0.0.1:0", port_file, tls_cert, tls_key;
  std::string seed_file, record, seed, start, clock, behaviour;
  std::string idle, header, body, shutdown;
  std::optional<bool> auto_projects;
  bool quiet = false;
};

[[noreturn]] void wrong_use(std::string message) {
  throw Failure{Exit::WrongUse, std::move(message), {}, "See 'tidepool serve --help'."};
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

// "127.0.0.1:8080", "[::1]:8080"
std::pair<std::string, std::uint16_t> read_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : read_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  std::string host = text.substr(0, port ? colon : 0);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string::npos))
    wrong_use(fmt::format("--listen: {}, expected HOST:PORT with a port from 0 to 65535", text));
  return {std::move(host), *port};
}

std::uint64_t read_seed(const std::string& text) {
  const auto seed = read_number<std::uint64_t>(text);
  if (!seed) wrong_use(fmt::format("--seed: {}, expected 0 to {}", text, UINT64_MAX));
  return *seed;
}

api::ClockSetting read_clock(const std::string& text) {
  const auto clock = scenarios::read_clock(text);
  if (!clock) wrong_use(fmt::format("--clock: {}, expected {}", text, scenarios::kClockExpected));
  return *clock;
}

sim::Time present() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return sim::Time{std::chrono::floor<std::chrono::seconds>(now)};
}

sim::Time read_start(const std::string& text) {
  const auto start = scenarios::read_moment(text);
  if (!start) wrong_use(fmt::format("--start: {}, expected a moment such as {}", text, kManualStart));
  return *start;
}

void read_timeout(const std::string& text, const char* option, api::Timeouts::Span& into) {
  if (text.empty()) return;
  const auto length = scenarios::read_duration(text);
  if (!length || *length < std::chrono::milliseconds(1) || *length > std::chrono::hours(24))
    wrong_use(fmt::format("{}: {}, expected a time such as 30s, from 1ms to 24h", option, text));
  into = std::chrono::duration_cast<api::Timeouts::Span>(*length);
}

scenarios::CloudSettings cloud_settings(const Arguments& arguments) {
  scenarios::CloudSettings settings;
  if (!arguments.behaviour.empty()) {
    if (arguments.behaviour != "classic" && arguments.behaviour != "current")
      wrong_use(fmt::format("--behaviour: {}, expected classic or current", arguments.behaviour));
    settings.behaviour = arguments.behaviour;
  }
  if (!arguments.seed.empty()) settings.seed = read_seed(arguments.seed);
  if (!arguments.start.empty()) settings.start = read_start(arguments.start);
  if (!arguments.clock.empty()) settings.clock = read_clock(arguments.clock);
  settings.auto_projects = arguments.auto_projects;
  settings.behind_tls = !arguments.tls_cert.empty();
  return settings;
}

scenarios::ServedCloud load_cloud(const Arguments& arguments) {
  const bool has_file = !arguments.seed_file.empty();
  const std::string name = has_file ? arguments.seed_file == "-" ? kStdin : arguments.seed_file : "cloud";
  const std::string text = has_file ? read_text(arguments.seed_file) : std::string();
  auto loaded =
      scenarios::load_served_cloud(text, name, std::filesystem::path(arguments.seed_file).parent_path(),
                                   cloud_settings(arguments), present());
  if (!loaded.cloud)
    throw Failure{Exit::WrongUse,
                  fmt::format("{} is no valid cloud file", name),
                  std::move(loaded.errors),
                  {},
                  "invalid_cloud"};
  loaded.cloud->options.version = kVersion;
  return *std::move(loaded.cloud);
}

api::ServerOptions server_options(const Arguments& arguments) {
  api::ServerOptions options;
  std::tie(options.host, options.port) = read_listen(arguments.listen);
  if (arguments.tls_cert.empty() != arguments.tls_key.empty())
    wrong_use("--tls-cert and --tls-key go together");
  if (!arguments.tls_cert.empty()) options.tls = api::TlsFiles{arguments.tls_cert, arguments.tls_key};
  read_timeout(arguments.idle, "--idle-timeout", options.timeouts.idle);
  read_timeout(arguments.header, "--header-timeout", options.timeouts.header);
  read_timeout(arguments.body, "--body-timeout", options.timeouts.body);
  read_timeout(arguments.shutdown, "--shutdown-timeout", options.timeouts.drain);
  if (!arguments.quiet)
    options.access_log = [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); };
  options.signals = api::StopSignals::Heeded;
  return options;
}

// A file with the port is complete whenever it is there, so that a script may wait for it.
void announce(const api::Server& server, const std::string& port_file) {
  if (!port_file.empty()) {
    OutputFile file(port_file);
    file.write(fmt::format("{}\n", server.port()));
    file.finish();
  }
  print(fmt::format("listening on {}\n", server.url()));
}

Exit serve(const Arguments& arguments) {
  if (arguments.port_file == "-") wrong_use("--port-file -: standard output has the port already");
  api::ServerOptions options = server_options(arguments);
  scenarios::ServedCloud cloud = load_cloud(arguments);
  std::optional<SessionFile> recording;
  if (!arguments.record.empty()) {
    recording.emplace(arguments.record, cloud.options);
    cloud.options.on_recorded = [&](const api::RecordedRequest& request) { recording->add(request); };
  }
  api::World world = scenarios::make_world(std::move(cloud));
  std::signal(SIGPIPE, SIG_IGN);  // That nobody reads the log any more is no reason to end.
  try {
    api::Server server(std::move(options), [&world](const api::Request& request, std::int64_t wall_us) {
      return world.handle(request, wall_us);
    });
    announce(server, arguments.port_file);
    server.run();
  } catch (const api::ServerError& error) {
    throw Failure{Exit::InputOutput, error.what()};
  }
  return Exit::Ok;
}

}  // namespace

Verb add_serve(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("serve");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("--listen", arguments->listen);
  parser->add_option("--port-file", arguments->port_file);
  parser->add_option("--tls-cert", arguments->tls_cert);
  parser->add_option("--tls-key", arguments->tls_key);
  parser->add_option("--seed-file", arguments->seed_file);
  parser->add_option("--record", arguments->record);
  parser->add_option("--seed", arguments->seed);
  parser->add_option("--start", arguments->start);
  parser->add_option("--clock", arguments->clock);
  parser->add_option("--behaviour", arguments->behaviour);
  parser->add_option("--idle-timeout", arguments->idle);
  parser->add_option("--header-timeout", arguments->header);
  parser->add_option("--body-timeout", arguments->body);
  parser->add_option("--shutdown-timeout", arguments->shutdown);
  parser->add_flag_function("--auto-projects,!--no-auto-projects",
                            [arguments](std::int64_t count) { arguments->auto_projects = count > 0; });
  parser->add_flag("--quiet", arguments->quiet);
  return {parser, kHelp, [arguments] { return serve(*arguments); }};
}

}  // namespace tidepool::tools
