// A server that runs while a test looks at it, and a client that speaks to it in bytes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "api/http/server.hpp"

namespace tidepool::api {

using namespace std::chrono_literals;

/// Answers with what it was asked: "POST /path 5 bytes".
Response echo(const Request& request, std::int64_t wall_us);

/// Stopped, and waited for, at the latest when the test ends.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {}, Handler handler = echo);
  RunningServer(const RunningServer&) = delete;
  RunningServer(RunningServer&&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  RunningServer& operator=(RunningServer&&) = delete;
  ~RunningServer();

  std::uint16_t port() const { return server_.port(); }
  Server& server() { return server_; }
  void stop() { server_.request_stop(); }
  /// Returns once run() has.
  void wait();

 private:
  Server server_;
  std::thread thread_;
};

struct Answer {
  int status = 0;
  std::string head;  ///< status line and header, with the empty line
  std::string body;

  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
  std::string header(std::string_view name) const;
};

/// Fails the test, by an exception, when the server says nothing for ten seconds.
class Client {
 public:
  explicit Client(std::uint16_t port);

  void send(std::string_view bytes);
  /// The next answer. Of one to HEAD, or of 100 and 204, only the head.
  Answer receive();
  Answer receive_head();
  /// All that comes until the server closes.
  std::string rest();
  bool closed_by_server() { return rest().empty(); }
  /// Tells the server that no more bytes come.
  void half_close();
  /// For as long as `span`, nothing comes and nothing is closed.
  bool silent_for(std::chrono::milliseconds span);
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  std::size_t receive_some();
  std::string take(std::size_t count);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
};

/// "GET /path" with what HTTP/1.1 demands.
std::string get(std::string_view path, std::string_view more_header = {});
std::string post(std::string_view path, std::string_view body, std::string_view more_header = {});

}  // namespace tidepool::api
