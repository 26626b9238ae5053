#include "api/http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <utility>

#include "api/http/connection.hpp"

namespace tidepool::api {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using Tcp = net::ip::tcp;
using Acceptor = net::basic_socket_acceptor<Tcp, Executor>;
using std::chrono::milliseconds;

// When a process has no file descriptor left, only time helps.
constexpr milliseconds kAcceptPause{100};

milliseconds tick_for(const Timeouts& t) {
  const milliseconds shortest = std::min({t.idle, t.header, t.body, t.write, t.linger});
  return std::clamp(shortest / 4, milliseconds(5), milliseconds(1000));
}

void check(const error_code& failed, const std::string& what) {
  if (failed) throw ServerError(fmt::format("{}: {}", what, failed.message()));
}

net::ssl::context tls_context(const TlsFiles& files) {
  using net::ssl::context;
  context tls(context::tls_server);
  error_code failed;
  tls.set_options(context::default_workarounds | context::no_sslv3 | context::no_tlsv1 | context::no_tlsv1_1);
  // Without this, OpenSSL would ask for the password of a protected key on the terminal.
  tls.set_password_callback([](std::size_t, context::password_purpose) { return std::string(); });
  tls.use_certificate_chain_file(files.certificate, failed);
  check(failed, fmt::format("can't use the certificate {}", files.certificate));
  tls.use_private_key_file(files.key, context::pem, failed);
  check(failed, fmt::format("can't use the key {}", files.key));
  return tls;
}

std::string address_text(const Tcp::endpoint& endpoint) {
  const bool v6 = endpoint.address().is_v6();
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", endpoint.address().to_string(), v6 ? "]" : "",
                     endpoint.port());
}

Tcp::endpoint resolve(net::io_context& io, const std::string& host, std::uint16_t port) {
  error_code failed;
  const auto found = Tcp::resolver(io).resolve(host, std::to_string(port), Tcp::resolver::passive, failed);
  check(failed, fmt::format("can't listen on {}:{}", host, port));
  return found.begin()->endpoint();
}

}  // namespace

// The order matters: connections end with `io`, and look at what stands above it until then.
struct Server::State {
  State(ServerOptions of, Handler handler_of) : options(std::move(of)), handler(std::move(handler_of)) {
    if (options.tls) tls.emplace(tls_context(*options.tls));
    listen();
    shared.on_connection_end = [this] { end_if_drained(); };
  }

  ServerOptions options;
  Handler handler;
  Shared shared{options, handler};
  std::optional<net::ssl::context> tls;
  net::io_context io{1};
  Acceptor acceptor{io.get_executor()};
  net::steady_timer tick{io}, accept_pause{io}, drain_limit{io};
  net::signal_set signals{io};
  Tcp::endpoint bound;

  void listen();
  void accept();
  void admit(Socket socket);
  void watch_clock();
  void watch_signals();
  void drain();
  void cut_short();
  void end_if_drained();
};

void Server::State::listen() {
  const Tcp::endpoint wanted = resolve(io, options.host, options.port);
  error_code failed;
  acceptor.open(wanted.protocol(), failed);
  if (!failed) acceptor.set_option(Acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(wanted, failed);
  if (!failed) acceptor.listen(net::socket_base::max_listen_connections, failed);
  if (!failed) acceptor.non_blocking(true, failed);
  if (!failed) bound = acceptor.local_endpoint(failed);
  check(failed, fmt::format("can't listen on {}", address_text(wanted)));
}

void Server::State::accept() {
  acceptor.async_accept([this](const error_code& failed, Socket socket) {
    if (shared.draining) return;
    if (!failed) {
      admit(std::move(socket));
      return accept();
    }
    accept_pause.expires_after(kAcceptPause);
    accept_pause.async_wait([this](const error_code& cancelled) {
      if (!cancelled && !shared.draining) accept();
    });
  });
}

void Server::State::admit(Socket socket) {
  if (tls)
    start_connection(TlsSocket(std::move(socket), *tls), shared);
  else
    start_connection(std::move(socket), shared);
}

// One timer for all connections: to set one for each read costs more than the read.
void Server::State::watch_clock() {
  tick.expires_after(tick_for(options.timeouts));
  tick.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    const auto now = Watch::Clock::now();
    for (Watch& each : shared.watches) {
      if (now < each.deadline) continue;
      each.overdue = true;
      error_code ignored;
      each.socket->cancel(ignored);
    }
    watch_clock();
  });
}

void Server::State::watch_signals() {
  signals.async_wait([this](const error_code& cancelled, int) {
    if (cancelled) return;
    if (shared.draining) return cut_short();
    drain();
    watch_signals();
  });
}

// Clients that wait for nothing are told at once by closing; the others are told with their answer.
void Server::State::drain() {
  if (shared.draining) return;
  error_code failed;
  for (;;) {  // Those in the backlog may have sent their requests already.
    Socket socket(io.get_executor());
    acceptor.accept(socket, failed);
    if (failed) break;
    admit(std::move(socket));
  }
  shared.draining = true;
  acceptor.close(failed);
  accept_pause.cancel();
  for (Watch& each : shared.watches)
    if (each.phase == Phase::Idle && each.socket->available(failed) == 0) each.socket->cancel(failed);
  drain_limit.expires_after(options.timeouts.drain);
  drain_limit.async_wait([this](const error_code& cancelled) {
    if (!cancelled) cut_short();
  });
  end_if_drained();
}

void Server::State::cut_short() { io.stop(); }

void Server::State::end_if_drained() {
  if (shared.draining && shared.watches.empty()) io.stop();
}

Server::Server(ServerOptions options, Handler handler)
    : state_(std::make_unique<State>(std::move(options), std::move(handler))) {
  // From here on, so that a signal between the constructor and run() is kept rather than the end of the process.
  if (state_->options.signals == StopSignals::Heeded)
    for (const int each : {SIGINT, SIGTERM}) state_->signals.add(each);
}
Server::~Server() { state_->shared.on_connection_end = nullptr; }

std::uint16_t Server::port() const { return state_->bound.port(); }

std::string Server::url() const {
  return fmt::format("{}://{}", state_->options.tls ? "https" : "http", address_text(state_->bound));
}

void Server::run() {
  State& s = *state_;
  if (s.options.signals == StopSignals::Heeded) s.watch_signals();
  s.accept();
  s.watch_clock();
  s.io.run();
}

void Server::request_stop() {
  net::post(state_->io, [state = state_.get()] { state->drain(); });
}

}  // namespace tidepool::api
