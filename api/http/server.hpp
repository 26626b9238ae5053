// Server: the sockets in front of a handler. It speaks HTTP/1.1, on one thread, to as many clients as come.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "api/http/request_limits.hpp"
#include "api/routes/message.hpp"

namespace tidepool::api {

/// Answers one request. `wall_us`: the wall clock in microseconds since 1970, never less than the time before.
using Handler = std::function<Response(const Request&, std::int64_t wall_us)>;

/// Gets a line for each request, "\n" included.
using AccessLog = std::function<void(std::string_view line)>;

/// Files in PEM form: the server's certificate with those that vouch for it, and its private key.
struct TlsFiles {
  std::string certificate, key;
};

/// How long a client may take. All are kept roughly: to a quarter of the shortest, and at best to a second.
struct Timeouts {
  using Span = std::chrono::milliseconds;
  Span idle{60'000};    ///< from one request to the first byte of the next
  Span header{10'000};  ///< from that byte to the end of the header; the TLS handshake, too
  Span body{30'000};    ///< from the header to the last byte of the body
  Span write{30'000};   ///< without taking a byte of its answer
  Span linger{1'000};   ///< to take note that the connection is over
  Span drain{10'000};   ///< all clients together, once the server is to stop
};

/// Whether SIGINT and SIGTERM call request_stop(); a second one then ends the waiting.
enum class StopSignals : std::uint8_t { Ignored, Heeded };

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< an address or a name; without brackets
  std::uint16_t port = 0;          ///< 0: one that is free
  std::optional<TlsFiles> tls;     ///< empty: plain HTTP
  RequestLimits limits;
  Timeouts timeouts;
  AccessLog access_log;  ///< empty: no log
  StopSignals signals = StopSignals::Ignored;
};

/// The server can't be set up; what() is a complete message.
struct ServerError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Server {
 public:
  /// Listens from here on; clients are answered once run() is called. Throws ServerError.
  Server(ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(const Server&) = delete;
  Server& operator=(Server&&) = delete;

  std::uint16_t port() const;
  std::string url() const;  ///< "http://127.0.0.1:8080", "https://[::1]:8443"

  /// Answers on the caller's thread until it has been stopped. To be called once.
  void run();

  /// Takes no more connections, answers the requests that have begun to arrive, and lets run() return. From any thread.
  void request_stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tidepool::api
