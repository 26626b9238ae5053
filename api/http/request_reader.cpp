// Keeps the buffer and feeds it to the parser. Two things that Beast leaves open are seen to here: the total of the
// header (Beast limits what it is given at once), and the framing of chunks, which would fill the buffer.
#include "api/http/request_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cassert>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "api/http/request_parser.hpp"

namespace tidepool::api {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t kFirstBuffer = std::size_t{4} << 10;
constexpr std::size_t kKeptBuffer = std::size_t{64} << 10;  // A larger one is given back between requests.
constexpr std::size_t kLeastSpace = std::size_t{2} << 10;

// The shortest rest of a chunked body: "0", an empty line, and the line ends. Beast may not be given less of it.
constexpr std::size_t kLeastOfChunks = 5;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view first_line(std::string_view text) { return text.substr(0, text.find("\r\n")); }

std::string_view version_in(std::string_view text) {
  const std::string_view line = first_line(text);
  return line.substr(line.rfind(' ') + 1);
}

// Whether what can't be read is at least "METHOD target HTTP/d.d", so that only the version is strange.
bool names_version(std::string_view text) {
  const std::string_view last = version_in(text);
  return std::ranges::count(first_line(text), ' ') == 2 && last.size() == 8 && last.starts_with("HTTP/") &&
         is_digit(last[5]) && last[6] == '.' && is_digit(last[7]);
}

Refusal refusal_for(const beast::error_code& failed, std::string_view unread) {
  if (failed == http::error::header_limit) return {431, "the header is too long"};
  if (failed == http::error::body_limit) return {413, "the body is too long"};
  if (failed == http::error::bad_version && names_version(unread))
    return {400, fmt::format("version {}: expected HTTP/1.1 or HTTP/1.0", version_in(unread))};
  return {400, "no HTTP request: " + failed.message()};
}

// "http://host/path" asks for "/path". Source: RFC 9112, 3.2.2.
std::string_view without_authority(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos || scheme > 5) return target;
  const std::size_t path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

struct RequestReader::State {
  explicit State(const RequestLimits& of) : limits(of), data(new char[kFirstBuffer]), capacity(kFirstBuffer) {
    parser.emplace(notes, limits);
  }

  const RequestLimits limits;
  std::unique_ptr<char[]> data;
  std::size_t capacity;
  std::size_t start = 0, read = 0, end = 0;  // The request begins, Beast has come so far, the bytes end.
  Notes notes;
  std::optional<RequestParser> parser;
  Progress progress = Progress::Nothing;
  Request shown;
  std::vector<Header> shown_headers;

  std::string_view text(Piece piece) const { return {data.get() + start + piece.offset, piece.length}; }
  std::size_t unread() const { return end - read; }
  bool between_chunks() const { return notes.header_done && parser->chunked() && notes.chunk_left == 0; }

  void make_room();
  void skip_empty_lines();
  void parse();
  bool can_feed() const;
  void feed();
  void close_gap();
  void refuse(Refusal why);
  void check_limits();
  void show();
};

void RequestReader::State::make_room() {
  if (capacity - end >= kLeastSpace) return;
  const std::size_t used = end - start;
  std::size_t wanted = capacity;
  while (wanted - used < std::max(kLeastSpace, wanted / 4)) wanted *= 2;
  if (wanted == capacity) {
    std::memmove(data.get(), data.get() + start, used);
  } else {
    std::unique_ptr<char[]> larger(new char[wanted]);
    std::memcpy(larger.get(), data.get() + start, used);
    data = std::move(larger);
    capacity = wanted;
  }
  read -= start;
  end = used;
  start = 0;
}

// Some clients end a body with a line end too many. Source: RFC 9112, 2.2.
void RequestReader::State::skip_empty_lines() {
  while (start < end && (data[start] == '\r' || data[start] == '\n')) ++start;
  read = start;
}

void RequestReader::State::parse() {
  const bool had_header = notes.header_done;
  if (can_feed()) feed();
  if (!had_header && progress == Progress::Body && can_feed()) feed();
}

bool RequestReader::State::can_feed() const {
  return unread() > 0 && !(between_chunks() && unread() < kLeastOfChunks);
}

// Beast counts the header from where it left off, so it is shown no more than the limit leaves.
void RequestReader::State::feed() {
  notes.begin = data.get() + start;
  notes.available = end - start;
  const std::size_t part =
      notes.header_done ? unread() : std::min(unread(), limits.header_bytes - (read - start));
  beast::error_code failed;
  read += parser->put(boost::asio::const_buffer(data.get() + read, part), failed);
  if (failed && failed != http::error::need_more) {
    refuse(notes.refusal ? *std::move(notes.refusal) : refusal_for(failed, {data.get() + read, unread()}));
  } else if (parser->is_done()) {
    progress = Progress::Complete;
    show();
  } else {
    progress = notes.header_done ? Progress::Body : Progress::Header;
    close_gap();
    check_limits();
  }
}

// What is still unread moves up to the pieces of the body, or framing would fill the buffer.
void RequestReader::State::close_gap() {
  if (!parser->is_header_done() || !parser->chunked() || !notes.body) return;
  const std::size_t body_end = start + notes.body->offset + notes.body->length;
  std::memmove(data.get() + body_end, data.get() + read, unread());
  end -= read - body_end;
  read = body_end;
}

void RequestReader::State::refuse(Refusal why) {
  notes.refusal = std::move(why);
  progress = Progress::Refused;
}

void RequestReader::State::check_limits() {
  if (progress == Progress::Header && end - start >= limits.header_bytes)
    refuse({431, "the header is too long"});
  else if (between_chunks() && unread() > limits.header_bytes)
    refuse({431, "a chunk's header or the trailer is too long"});
}

void RequestReader::State::show() {
  shown_headers.clear();
  for (const Field& each : notes.fields) shown_headers.push_back({text(each.name), text(each.value)});
  shown.method = text(notes.method);
  if (shown.method == "HEAD") shown.method = "GET";
  shown.target = without_authority(text(notes.target));
  shown.body = notes.body ? text(*notes.body) : std::string_view();
  shown.headers = shown_headers;
}

RequestReader::RequestReader(const RequestLimits& limits) : state_(std::make_unique<State>(limits)) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::space() {
  state_->make_room();
  return {state_->data.get() + state_->end, state_->capacity - state_->end};
}

void RequestReader::received(std::size_t count) {
  assert(count <= state_->capacity - state_->end);
  state_->end += count;
}

Progress RequestReader::advance() {
  State& s = *state_;
  if (s.progress == Progress::Nothing) s.skip_empty_lines();
  if (s.progress < Progress::Complete) s.parse();
  return s.progress;
}

void RequestReader::next() {
  State& s = *state_;
  assert(s.progress == Progress::Complete);
  s.start = s.read;
  if (s.start == s.end) {
    s.start = s.read = s.end = 0;
    if (s.capacity > kKeptBuffer) {
      s.data.reset(new char[kFirstBuffer]);
      s.capacity = kFirstBuffer;
    }
  }
  s.notes.clear();
  s.parser.emplace(s.notes, s.limits);
  s.progress = Progress::Nothing;
}

const Request& RequestReader::request() const {
  assert(state_->progress == Progress::Complete);
  return state_->shown;
}

bool RequestReader::is_head() const { return method() == "HEAD"; }

AfterAnswer RequestReader::after_answer() const {
  return state_->parser->keep_alive() ? AfterAnswer::KeepAlive : AfterAnswer::Close;
}

bool RequestReader::take_expectation() {
  const bool waits = state_->progress == Progress::Body && state_->notes.minor_version >= 1;
  return waits && std::exchange(state_->notes.expects, false);
}

const Refusal& RequestReader::refusal() const {
  assert(state_->progress == Progress::Refused);
  return *state_->notes.refusal;
}

std::string_view RequestReader::method() const { return state_->text(state_->notes.method); }
std::string_view RequestReader::target() const { return state_->text(state_->notes.target); }
int RequestReader::minor_version() const { return state_->notes.minor_version; }
bool RequestReader::has_more() const { return state_->read < state_->end; }

}  // namespace tidepool::api
