// One client's connection: a coroutine that reads requests, has them answered in order and sends the answers.
//
// A connection keeps no timer. It writes down how long it may take in its Watch, and the server, which looks at all of
// them now and then, cancels what is overdue. Everything here runs on the one thread of the server.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>

#include "api/http/server.hpp"

namespace tidepool::api {

// With the executor's type spelled out, Asio calls it directly instead of through a pointer.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using TlsSocket = boost::asio::ssl::stream<Socket>;

/// What a connection waits for.
enum class Phase : std::uint8_t { Idle, Header, Body, Answering, Writing, Lingering };

struct Watch {
  using Clock = std::chrono::steady_clock;

  Socket* socket = nullptr;
  Phase phase = Phase::Idle;
  Clock::time_point deadline = Clock::time_point::max();
  bool overdue = false;  ///< the server has cancelled what the connection was waiting for
};

/// What all connections of a server share.
class Shared {
 public:
  Shared(const ServerOptions& of, const Handler& handler_of) : options(of), handler(handler_of) {}

  const ServerOptions& options;
  const Handler& handler;
  std::list<Watch> watches;
  bool draining = false;
  std::function<void()> on_connection_end;
  std::uint64_t connections = 0;  ///< so far

  std::int64_t wall_us();   ///< never less than the time before
  std::string_view date();  ///< of the last wall_us(), for the header

 private:
  std::int64_t last_wall_us_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
};

/// The connection lives until the client or the server is through with it.
void start_connection(Socket socket, Shared& shared);
void start_connection(TlsSocket socket, Shared& shared);

}  // namespace tidepool::api
