// One connection of a client to a served port, in plain sockets, so that many threads can have one each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidepool::clients {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;
  Headers headers;
  std::string body;

  /// The value of the first header of that name, compared without case; empty when there is none.
  std::string header(std::string_view name) const;
  bool has_header(std::string_view name) const;
};

/// Kept alive from one request to the next. What goes wrong with the socket is an exception, which fails the test.
class Connection {
 public:
  explicit Connection(std::uint16_t port);
  Connection(const Connection&) = delete;
  Connection(Connection&& other) noexcept;
  Connection& operator=(const Connection&) = delete;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  /// Sends a request and waits for its reply. Host and Content-Length are added where `headers` has none.
  Reply exchange(std::string_view method, std::string_view target, std::string_view body = {},
                 const Headers& headers = {});

  void send(std::string_view bytes) const;
  /// The next reply; `head_only` for one to HEAD. Fails after ten seconds of silence.
  Reply receive(bool head_only = false);
  /// The same, but empty when the server closes instead.
  std::optional<Reply> receive_or_closed();
  /// Tells the server that no more bytes come.
  void half_close() const;

 private:
  bool receive_some();
  std::string take(std::size_t count);

  std::uint16_t port_;
  int socket_ = -1;
  std::string received_;
};

/// A request as bytes, as exchange() sends it.
std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         const Headers& headers, std::string_view host);

}  // namespace tidepool::clients
