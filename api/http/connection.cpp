#include "api/http/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "api/http/access_log.hpp"
#include "api/http/request_id.hpp"
#include "api/http/request_reader.hpp"
#include "api/http/response_text.hpp"
#include "api/wire/error_json.hpp"

namespace tidepool::api {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

template <class T>
using Task = net::awaitable<T, Executor>;

// Answers wait for one another up to this size, so that pipelined requests share a send.
constexpr std::size_t kFlushAt = std::size_t{64} << 10;
constexpr std::size_t kKeptOutput = std::size_t{256} << 10;
constexpr int kNoStatus = 0;  // In the log: nothing was answered.
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

auto into(error_code& failed) { return net::redirect_error(net::use_awaitable_t<Executor>{}, failed); }

std::string client_text(const Socket& socket) {
  error_code failed;
  const auto client = socket.remote_endpoint(failed);
  if (failed) return "-";
  const bool v6 = client.address().is_v6();
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", client.address().to_string(), v6 ? "]" : "", client.port());
}

Phase phase_of(Progress progress) {
  if (progress == Progress::Nothing) return Phase::Idle;
  return progress == Progress::Header ? Phase::Header : Phase::Body;
}

Response refusal_response(const Refusal& refusal) {
  return {refusal.status, error_body({sim::ErrorCode::BodyInvalid, refusal.message})};
}

Response answer_safely(const Handler& handler, const Request& request, std::int64_t wall_us) {
  try {
    return handler(request, wall_us);
  } catch (const std::exception& error) {
    return {500, error_body({sim::ErrorCode::InternalError, error.what()})};
  }
}

template <class Stream>
class Conversation {
 public:
  Conversation(Stream stream, Shared& shared)
      : shared_(shared),
        stream_(std::move(stream)),
        reader_(shared.options.limits),
        number_(++shared.connections),
        watch_(shared.watches.emplace(shared.watches.end())) {
    watch_->socket = &socket();
    error_code ignored;
    socket().set_option(net::ip::tcp::no_delay(true), ignored);
    socket().non_blocking(true, ignored);
    if (shared.options.access_log) client_ = client_text(socket());
  }
  Conversation(const Conversation&) = delete;
  Conversation(Conversation&&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  Conversation& operator=(Conversation&&) = delete;
  ~Conversation() {
    shared_.watches.erase(watch_);
    if (shared_.on_connection_end) shared_.on_connection_end();
  }

  Task<void> run() {
    if (!co_await open()) co_return;
    for (;;) {
      const Progress progress = reader_.advance();
      if (progress == Progress::Complete) {
        const auto after = co_await answer();
        if (!after) co_return;
        if (*after == AfterAnswer::Close) break;
        if (out_.size() >= kFlushAt && !send_now() && !co_await flush()) co_return;
      } else if (progress == Progress::Refused) {
        refuse(reader_.refusal());
        break;
      } else {
        if (reader_.take_expectation()) out_.append(kContinue);
        if (!send_now() && !co_await flush()) co_return;
        if (!co_await receive(progress)) {
          if (out_.empty()) co_return;
          break;
        }
      }
    }
    co_await part();
  }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsSocket>;

  Socket& socket() {
    if constexpr (kTls)
      return stream_.next_layer();
    else
      return stream_;
  }

  // Time runs from the moment a phase begins; to enter it again changes nothing.
  void enter(Phase phase) {
    if (watch_->phase != phase) restart(phase);
  }

  void restart(Phase phase) {
    watch_->phase = phase;
    watch_->overdue = false;
    watch_->deadline = Watch::Clock::now() + allowance(phase);
  }

  Timeouts::Span allowance(Phase phase) const {
    const Timeouts& all = shared_.options.timeouts;
    switch (phase) {
      case Phase::Idle: return all.idle;
      case Phase::Header: return all.header;
      case Phase::Body: return all.body;
      case Phase::Answering:
      case Phase::Writing: return all.write;
      case Phase::Lingering: return all.linger;
    }
    return all.idle;
  }

  Task<bool> open() {
    if constexpr (kTls) {
      restart(Phase::Header);
      error_code failed;
      co_await stream_.async_handshake(net::ssl::stream_base::server, into(failed));
      if (failed) co_return false;
    }
    restart(Phase::Idle);
    co_return true;
  }

  bool may_leave(Phase phase) {
    error_code ignored;
    return shared_.draining && phase == Phase::Idle && socket().available(ignored) == 0;
  }

  // Takes in what the client sends. If nothing more comes, false, with what there is to say to that in out_.
  Task<bool> receive(Progress progress) {
    const Phase phase = phase_of(progress);
    if (may_leave(phase)) co_return false;
    enter(phase);
    error_code failed;
    const auto space = reader_.space();
    const std::size_t count =
        co_await stream_.async_read_some(net::buffer(space.data(), space.size()), into(failed));
    reader_.received(count);
    if (!failed) co_return true;
    if (phase == Phase::Idle) co_return false;
    if (watch_->overdue)
      refuse({408, phase == Phase::Header ? "the header took too long" : "the body took too long"});
    else if (failed == net::error::eof)
      refuse({400, "the request ends before it is complete"});
    co_return false;
  }

  // Empty when the connection is over at once.
  Task<std::optional<AfterAnswer>> answer() {
    restart(Phase::Answering);
    const Request& request = reader_.request();
    const std::int64_t wall_us = shared_.wall_us();
    const auto begun = Watch::Clock::now();
    const Response response = answer_safely(shared_.handler, request, wall_us);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Watch::Clock::now() - begun);
    if (response.delay_us > 0 && !co_await hold_back(std::chrono::microseconds(response.delay_us)))
      co_return std::nullopt;
    if (response.reset) {
      log(kNoStatus, 0, wall_us, took.count(),
          request_id(request.header("X-Request-Id"), number_, ++requests_));
      reset();
      co_return std::nullopt;
    }

    AfterAnswer after = reader_.after_answer();
    if (shared_.draining && !reader_.has_more()) after = AfterAnswer::Close;
    write(response, wall_us, took.count(), after, request.header("X-Request-Id"));
    reader_.next();
    co_return after;
  }

  // Lets a declared latency pass; answers that were ready before do not wait for it.
  Task<bool> hold_back(std::chrono::microseconds delay) {
    if (!send_now() && !co_await flush()) co_return false;
    watch_->deadline = Watch::Clock::now() + delay + allowance(Phase::Answering);
    net::basic_waitable_timer<Watch::Clock, net::wait_traits<Watch::Clock>, Executor> timer(
        socket().get_executor(), delay);
    error_code failed;
    co_await timer.async_wait(into(failed));
    co_return !failed;
  }

  // Closing with a linger of nothing is what sends a reset.
  void reset() {
    error_code ignored;
    socket().set_option(net::socket_base::linger(true, 0), ignored);
    socket().close(ignored);
  }

  void refuse(const Refusal& refusal) {
    write(refusal_response(refusal), shared_.wall_us(), 0, AfterAnswer::Close, {});
  }

  void write(const Response& response, std::int64_t wall_us, std::int64_t took_us, AfterAnswer after,
             std::string_view id_of_client) {
    const std::string id = request_id(id_of_client, number_, ++requests_);
    const std::size_t before = out_.size();
    const Body body = reader_.is_head() ? Body::Withheld : Body::Sent;
    append_response(out_, response, {after, body, reader_.minor_version(), id, shared_.date()});
    log(response.status, out_.size() - before, wall_us, took_us, id);
  }

  void log(int status, std::size_t bytes, std::int64_t wall_us, std::int64_t took_us, const std::string& id) {
    if (!shared_.options.access_log) return;
    shared_.options.access_log(
        access_line({wall_us, client_, reader_.method(), reader_.target(), status, bytes, took_us, id}));
  }

  // Most answers fit into the socket's buffer, and then nobody has to wait.
  bool send_now() {
    if constexpr (!kTls) {
      if (out_.empty()) return true;
      error_code failed;
      const std::size_t sent = stream_.write_some(net::buffer(out_), failed);
      if (!failed && sent == out_.size()) {
        forget_output();
        return true;
      }
      if (!failed) out_.erase(0, sent);
    }
    return out_.empty();
  }

  Task<bool> flush() {
    std::size_t sent = 0;
    while (sent < out_.size()) {
      restart(Phase::Writing);
      error_code failed;
      sent += co_await stream_.async_write_some(net::buffer(out_.data() + sent, out_.size() - sent),
                                                into(failed));
      if (failed) co_return false;
    }
    forget_output();
    co_return true;
  }

  void forget_output() {
    out_.clear();
    if (out_.capacity() > kKeptOutput) out_.shrink_to_fit();
  }

  // A socket that is closed while bytes of the client are unread takes the last answer with it, so they are read first.
  Task<void> part() {
    if (!send_now() && !co_await flush()) co_return;
    restart(Phase::Lingering);
    error_code failed;
    if constexpr (kTls) co_await stream_.async_shutdown(into(failed));
    if (watch_->overdue) co_return;
    socket().shutdown(Socket::shutdown_send, failed);
    std::array<char, 4096> unread{};
    while (!failed && !watch_->overdue) co_await socket().async_read_some(net::buffer(unread), into(failed));
  }

  Shared& shared_;
  Stream stream_;
  RequestReader reader_;
  std::string out_;
  std::uint64_t number_ = 0, requests_ = 0;
  std::string client_;
  std::list<Watch>::iterator watch_;
};

// The completion handler owns the conversation, whatever way it ends; an exception ends just this one.
template <class Stream>
void start(Stream stream, Shared& shared) {
  const Executor executor = stream.get_executor();
  auto conversation = std::make_shared<Conversation<Stream>>(std::move(stream), shared);
  net::co_spawn(executor, conversation->run(), [conversation](const std::exception_ptr&) {});
}

}  // namespace

std::int64_t Shared::wall_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  last_wall_us_ = std::max(last_wall_us_, us);
  return last_wall_us_;
}

std::string_view Shared::date() {
  const std::int64_t second = last_wall_us_ / 1'000'000;
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(last_wall_us_);
  }
  return date_;
}

void start_connection(Socket socket, Shared& shared) { start(std::move(socket), shared); }
void start_connection(TlsSocket socket, Shared& shared) { start(std::move(socket), shared); }

}  // namespace tidepool::api
