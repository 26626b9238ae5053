// Beast's parser, and what it tells of a request, written down as places in the buffer.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "api/http/request_limits.hpp"
#include "api/http/request_reader.hpp"

namespace tidepool::api {

/// A stretch of the buffer, counted from where the request begins, since the buffer may move.
struct Piece {
  std::size_t offset = 0, length = 0;
};

struct Field {
  Piece name, value;
};

/// What the parser tells.
struct Notes {
  char* begin = nullptr;  ///< of the request, while the parser runs.
  std::size_t available = 0;
  Piece method, target;
  int minor_version = 1;
  std::vector<Field> fields;
  std::optional<Piece> body;
  std::uint64_t chunk_left = 0;  ///< 0: a chunk's header, or the trailer, comes next
  int hosts = 0;
  bool folded = false, coded = false, other_coding = false, expects = false, expects_other = false;
  bool header_done = false;
  std::optional<Refusal> refusal;

  bool contains(std::string_view text) const;
  Piece piece(std::string_view text) const;
  /// For the next request: nothing is left but the memory.
  void clear();
};

/// Writes into the notes what it reads, and refuses what Beast lets pass: line folding, a Host too few or too many,
/// codings other than chunked, expectations. Trailers are read and dropped.
class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser(Notes& notes, const RequestLimits& limits);

 private:
  using Code = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version, Code&) override;
  void on_field_impl(boost::beast::http::field known, Text name, Text value, Code&) override;
  void on_header_impl(Code& failed) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(Text piece, Code&) override;
  void on_chunk_header_impl(std::uint64_t size, Text extension, Code&) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, Text piece, Code&) override;
  void on_response_impl(int, Text, int, Code&) override {}
  void on_finish_impl(Code&) override {}

  std::optional<Refusal> objection() const;

  Notes& notes_;
};

}  // namespace tidepool::api
