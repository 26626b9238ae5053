#include "api/http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <functional>
#include <utility>

namespace tidepool::api {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view plain(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

bool Notes::contains(std::string_view text) const {
  return std::less_equal<>()(begin, text.data()) &&
         std::less_equal<>()(text.data() + text.size(), begin + available);
}

Piece Notes::piece(std::string_view text) const {
  return {static_cast<std::size_t>(text.data() - begin), text.size()};
}

void Notes::clear() {
  std::vector<Field> kept = std::move(fields);
  kept.clear();
  *this = {};
  fields = std::move(kept);
}

RequestParser::RequestParser(Notes& notes, const RequestLimits& limits) : notes_(notes) {
  eager(true);
  header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.header_bytes, UINT32_MAX)));
  body_limit(limits.body_bytes);
}

void RequestParser::on_request_impl(http::verb, Text method, Text target, int version, Code&) {
  notes_.method = notes_.piece(plain(method));
  notes_.target = notes_.piece(plain(target));
  notes_.minor_version = version - 10;
}

void RequestParser::on_field_impl(http::field known, Text name, Text value, Code&) {
  if (notes_.header_done) return;  // A trailer.
  if (!notes_.contains(plain(value))) {
    notes_.folded = true;  // Beast unfolds into memory of its own.
    return;
  }
  notes_.fields.push_back({notes_.piece(plain(name)), notes_.piece(plain(value))});
  if (known == http::field::host) ++notes_.hosts;
  if (known == http::field::transfer_encoding) {
    notes_.coded = true;
    notes_.other_coding = notes_.other_coding || !beast::iequals(value, "chunked");
  }
  if (known == http::field::expect)
    (beast::iequals(value, "100-continue") ? notes_.expects : notes_.expects_other) = true;
}

void RequestParser::on_header_impl(Code& failed) {
  notes_.header_done = true;
  notes_.refusal = objection();
  if (notes_.refusal) failed = http::error::bad_field;
}

std::optional<Refusal> RequestParser::objection() const {
  const bool modern = notes_.minor_version >= 1;
  if (notes_.folded) return Refusal{400, "a header's value goes on in the next line"};
  if (modern && notes_.hosts == 0) return Refusal{400, "the header Host is missing"};
  if (notes_.hosts > 1) return Refusal{400, "there is more than one header Host"};
  if (notes_.coded && !modern) return Refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (notes_.other_coding)
    return Refusal{400, "the header Transfer-Encoding names another coding than chunked"};
  if (modern && notes_.expects_other) return Refusal{417, "nothing but 100-continue can be expected"};
  return {};
}

std::size_t RequestParser::on_body_impl(Text piece, Code&) {
  if (!notes_.body) notes_.body = Piece{notes_.piece(plain(piece)).offset, 0};
  notes_.body->length += piece.size();
  return piece.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, Text, Code&) { notes_.chunk_left = size; }

// The piece joins those before it. Between them lies only what Beast has read already.
std::size_t RequestParser::on_chunk_body_impl(std::uint64_t left, Text piece, Code&) {
  if (!notes_.body) notes_.body = Piece{notes_.piece(plain(piece)).offset, 0};
  std::memmove(notes_.begin + notes_.body->offset + notes_.body->length, piece.data(), piece.size());
  notes_.body->length += piece.size();
  notes_.chunk_left = left - piece.size();
  return piece.size();
}

}  // namespace tidepool::api
