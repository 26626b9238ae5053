#include "tests/api/http/running_server.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <stdexcept>
#include <utility>

namespace tidepool::api {
namespace {

namespace net = boost::asio;
constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::string_view kHeadEnd = "\r\n\r\n";

}  // namespace

Response echo(const Request& request, std::int64_t) {
  return {200, fmt::format("{} {} {} bytes", request.method, request.target, request.body.size())};
}

RunningServer::RunningServer(ServerOptions options, Handler handler)
    : server_(std::move(options), std::move(handler)), thread_([this] { server_.run(); }) {}

RunningServer::~RunningServer() {
  if (!thread_.joinable()) return;
  server_.request_stop();
  thread_.join();
}

void RunningServer::wait() { thread_.join(); }

std::string Answer::header(std::string_view name) const {
  for (std::size_t at = head.find("\r\n"); at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
    const std::string_view line = std::string_view(head).substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    if (boost::beast::iequals({line.data(), colon}, {name.data(), name.size()}))
      return std::string(line.substr(colon + 2));
  }
  return {};
}

Client::Client(std::uint16_t port) : socket_(io_) {
  socket_.connect({net::ip::address_v4::loopback(), port});
}

void Client::send(std::string_view bytes) { net::write(socket_, net::buffer(bytes.data(), bytes.size())); }

std::size_t Client::receive_some() {
  std::size_t count = 0;
  bool done = false;
  std::string space(65536, '\0');
  socket_.async_read_some(net::buffer(space), [&](const boost::system::error_code&, std::size_t n) {
    count = n;
    done = true;
  });
  io_.restart();
  io_.run_for(kPatience);
  if (!done) {
    socket_.cancel();
    io_.restart();
    io_.run();
    throw std::runtime_error("the server says nothing");
  }
  received_.append(space, 0, count);
  return count;
}

std::string Client::take(std::size_t count) {
  while (received_.size() < count)
    if (receive_some() == 0) throw std::runtime_error("the server closed in an answer: " + received_);
  std::string taken = received_.substr(0, count);
  received_.erase(0, count);
  return taken;
}

Answer Client::receive_head() {
  std::size_t end = std::string::npos;
  while ((end = received_.find(kHeadEnd)) == std::string::npos)
    if (receive_some() == 0) throw std::runtime_error("the server closed without an answer: " + received_);
  Answer answer;
  answer.head = take(end + kHeadEnd.size());
  answer.status = std::stoi(answer.head.substr(9, 3));
  return answer;
}

Answer Client::receive() {
  Answer answer = receive_head();
  const std::string length = answer.header("Content-Length");
  if (!length.empty()) answer.body = take(std::stoul(length));
  return answer;
}

std::string Client::rest() {
  while (receive_some() > 0) {
  }
  return std::exchange(received_, {});
}

void Client::half_close() { socket_.shutdown(net::ip::tcp::socket::shutdown_send); }

bool Client::silent_for(std::chrono::milliseconds span) {
  bool done = false;
  socket_.async_wait(net::ip::tcp::socket::wait_read,
                     [&](const boost::system::error_code& failed) { done = !failed; });
  io_.restart();
  io_.run_for(span);
  const bool silent = !done;
  socket_.cancel();
  io_.restart();
  io_.run();
  return silent;
}

std::string get(std::string_view path, std::string_view more_header) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n{}\r\n", path, more_header);
}

std::string post(std::string_view path, std::string_view body, std::string_view more_header) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n{}\r\n{}", path, body.size(),
                     more_header, body);
}

}  // namespace tidepool::api
