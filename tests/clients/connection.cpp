#include "tests/clients/connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tidepool::clients {
namespace {

constexpr int kPatienceSeconds = 10;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

const std::string* find(const Headers& headers, std::string_view name) {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& each) { return same_name(each.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

// A status line and the headers after it.
Reply read_head(std::string_view head) {
  Reply reply;
  reply.status = std::stoi(std::string(head.substr(9, 3)));
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size() && !head.substr(at).starts_with("\r\n")) {
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos)
      throw std::runtime_error("header without a colon: " + std::string(line));
    reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at += line.size() + 2;
  }
  return reply;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
  const std::string* value = find(headers, name);
  return value == nullptr ? std::string{} : *value;
}

bool Reply::has_header(std::string_view name) const { return find(headers, name) != nullptr; }

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         const Headers& headers, std::string_view host) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", method, target);
  if (find(headers, "Host") == nullptr) text += fmt::format("Host: {}\r\n", host);
  for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
  if (!body.empty() && find(headers, "Content-Length") == nullptr)
    text += fmt::format("Content-Length: {}\r\n", body.size());
  text += "\r\n";
  return text.append(body);
}

Connection::Connection(std::uint16_t port) : port_(port), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  if (socket_ < 0) fail("socket");
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) != 0)
    fail("connect");
}

Connection::Connection(Connection&& other) noexcept
    : port_(other.port_), socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

Connection::~Connection() {
  if (socket_ >= 0) close(socket_);
}

Reply Connection::exchange(std::string_view method, std::string_view target, std::string_view body,
                           const Headers& headers) {
  send(request_text(method, target, body, headers, fmt::format("127.0.0.1:{}", port_)));
  return receive(method == "HEAD");
}

void Connection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Reply Connection::receive(bool head_only) {
  std::size_t end = std::string::npos;
  while ((end = received_.find(kHeadEnd)) == std::string::npos)
    if (!receive_some()) throw std::runtime_error("the server closed without an answer: " + received_);
  Reply reply = read_head(take(end + kHeadEnd.size()));
  const std::string length = reply.header("Content-Length");
  if (!length.empty() && !head_only) reply.body = take(std::stoul(length));
  return reply;
}

std::optional<Reply> Connection::receive_or_closed() {
  try {
    if (received_.empty() && !receive_some()) return std::nullopt;
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::connection_reset) return std::nullopt;
    throw;
  }
  return receive();
}

void Connection::half_close() const { shutdown(socket_, SHUT_WR); }

// False at the end of the stream.
bool Connection::receive_some() {
  std::array<char, 65536> space;
  const ssize_t count = recv(socket_, space.data(), space.size(), 0);
  if (count < 0) fail("recv");
  received_.append(space.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string Connection::take(std::size_t count) {
  while (received_.size() < count)
    if (!receive_some()) throw std::runtime_error("the server closed in an answer: " + received_);
  std::string taken = received_.substr(0, count);
  received_.erase(0, count);
  return taken;
}

}  // namespace tidepool::clients
