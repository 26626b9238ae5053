// RequestReader: bytes in, requests out. Knows no socket: it is given the bytes as they come, however they are cut.
//
// All that a request consists of stays where it was received, and the request's views point there. Only the pieces of a
// chunked body are moved together. Whatever follows a request waits in the same buffer until its turn comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/http/request_limits.hpp"
#include "api/routes/message.hpp"

namespace tidepool::api {

/// How far the present request has come.
enum class Progress : std::uint8_t { Nothing, Header, Body, Complete, Refused };

enum class AfterAnswer : std::uint8_t { Close, KeepAlive };

/// Why a request is not answered by the handler. After one the connection is over, since what follows can't be read.
struct Refusal {
  int status = 400;
  std::string message;
};

class RequestReader {
 public:
  explicit RequestReader(const RequestLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader(RequestReader&&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  RequestReader& operator=(RequestReader&&) = delete;

  /// Where the next bytes go; never empty. Views of an earlier request are void afterwards.
  std::span<char> space();
  /// So many bytes have been put there.
  void received(std::size_t count);
  /// Reads on, up to the end of the present request.
  Progress advance();
  /// Forgets a Complete request, so that advance() reads the one behind it.
  void next();

  /// Complete only: views that hold until space() or next(). A HEAD is shown as the GET it is answered like.
  const Request& request() const;
  bool is_head() const;
  AfterAnswer after_answer() const;  ///< what the client wants of the connection
  /// The client waits for "100 Continue" before it sends the body. True once a request.
  bool take_expectation();
  /// Refused only.
  const Refusal& refusal() const;
  /// "GET", "/path", once they are known; for the log.
  std::string_view method() const;
  std::string_view target() const;
  int minor_version() const;  ///< of HTTP/1
  /// Whether bytes wait behind the present request.
  bool has_more() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tidepool::api
