#include "api/wire/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <limits>

namespace tidepool::api {
namespace {

using sim::Error;
using sim::ErrorCode;

constexpr std::size_t kShownBytes = 60;

// ---- UTF-8 ----

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Bytes of the character that starts at `at`; 0 when it is broken, too long for what it says, a surrogate, or past the
// end of Unicode.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!is_continuation(text[at + i])) return 0;
  const unsigned second = byte(at + 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

std::string cut(std::string text) {
  if (text.size() <= kShownBytes) return text;
  std::size_t end = kShownBytes;
  while (end > 0 && is_continuation(text[end])) --end;
  text.resize(end);
  return text += "...";
}

// ---- Numbers ----

enum class Outcome { Whole, OutOfRange, NotWhole };
struct Number {
  Outcome outcome = Outcome::NotWhole;
  int value = 0;
};

Number fitted(std::int64_t value) {
  using Limits = std::numeric_limits<int>;
  if (value < Limits::min() || value > Limits::max()) return {Outcome::OutOfRange, 0};
  return {Outcome::Whole, static_cast<int>(value)};
}

Number from_digits(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  if (stopped != end || fault == std::errc::invalid_argument) return {};
  if (fault == std::errc::result_out_of_range) return {Outcome::OutOfRange, 0};
  return fitted(value);
}

Number from_json(const boost::json::value& value) {
  if (const auto* whole = value.if_int64()) return fitted(*whole);
  if (value.if_uint64() != nullptr) return {Outcome::OutOfRange, 0};
  if (const auto* text = value.if_string()) return from_digits(*text);
  // The parser gives a double for whole numbers that are too long for 64 bits, and for those only above 2^63.
  const double* real = value.if_double();
  if (real != nullptr && std::isfinite(*real) && std::abs(*real) >= 0x1p63) return {Outcome::OutOfRange, 0};
  return {};
}

}  // namespace

// ---- Members ----

Fields::Fields(const boost::json::object& members, Faults& faults, std::string path)
    : members_(&members), faults_(&faults), path_(std::move(path)) {}

const boost::json::value* Fields::find(std::string_view key) const {
  const boost::json::value* found = members_->if_contains(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<std::string_view> Fields::text(std::string_view key) const {
  const boost::json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* text = found->if_string()) return std::string_view{*text};
  report(key, ErrorCode::BodyInvalid, "a string");
  return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view key) const {
  const boost::json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const bool* given = found->if_bool()) return *given;
  report(key, ErrorCode::BodyInvalid, "true or false");
  return std::nullopt;
}

std::optional<int> Fields::integer(std::string_view key, ErrorCode out_of_range,
                                   std::string_view allowed) const {
  const boost::json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  const bool refused = found->is_string() && faults_->integer_texts() == IntegerTexts::Refused;
  const Number number = refused ? Number{} : from_json(*found);
  if (number.outcome == Outcome::Whole) return number.value;
  if (number.outcome == Outcome::OutOfRange) report(key, out_of_range, allowed);
  if (number.outcome == Outcome::NotWhole) report(key, ErrorCode::BodyInvalid, "a whole number");
  return std::nullopt;
}

std::optional<Fields> Fields::object(std::string_view key) const {
  const boost::json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* object = found->if_object()) return Fields{*object, *faults_, path_of(key)};
  report(key, ErrorCode::BodyInvalid, "an object");
  return std::nullopt;
}

std::optional<std::vector<Fields>> Fields::objects(std::string_view key) const {
  const boost::json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  const boost::json::array* items = found->if_array();
  if (items == nullptr) report(key, ErrorCode::BodyInvalid, "an array of objects");
  if (items == nullptr) return std::nullopt;
  std::vector<Fields> objects;
  objects.reserve(items->size());
  for (const boost::json::value& each : *items) {
    std::string path = fmt::format("{}[{}]", path_of(key), objects.size());
    if (!each.is_object()) {
      faults_->report({ErrorCode::BodyInvalid, fmt::format("{} {}: expected an object", path, shown(each))});
      return std::nullopt;
    }
    objects.emplace_back(each.get_object(), *faults_, std::move(path));
  }
  return objects;
}

std::optional<std::vector<std::string_view>> Fields::texts(std::string_view key) const {
  const boost::json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  const boost::json::array* items = found->if_array();
  if (items == nullptr) report(key, ErrorCode::BodyInvalid, "an array of strings");
  if (items == nullptr) return std::nullopt;
  std::vector<std::string_view> texts;
  texts.reserve(items->size());
  for (const boost::json::value& each : *items) {
    if (!each.is_string()) {
      faults_->report({ErrorCode::BodyInvalid,
                       fmt::format("{}[{}] {}: expected a string", path_of(key), texts.size(), shown(each))});
      return std::nullopt;
    }
    texts.emplace_back(each.get_string());
  }
  return texts;
}

std::string_view Fields::required_text(std::string_view key, ErrorCode missing) const {
  const auto given = text(key);
  if (given && !given->empty()) return *given;
  report(key, missing, "a text");  // Dropped when the type was wrong: that came first.
  return {};
}

int Fields::required_integer(std::string_view key, ErrorCode missing, ErrorCode out_of_range,
                             std::string_view allowed) const {
  if (!has(key)) report(key, missing, allowed);
  return integer(key, out_of_range, allowed).value_or(0);
}

void Fields::expect_only(std::initializer_list<std::string_view> known) const {
  if (faults_->unknown() == UnknownMembers::Ignored) return;
  for (const auto& each : *members_)
    if (std::ranges::find(known, std::string_view{each.key()}) == known.end())
      faults_->report({ErrorCode::BodyInvalid,
                       fmt::format("{}: expected none but {}", path_of(each.key()), fmt::join(known, ", "))});
}

// ---- Messages ----

std::string Fields::path_of(std::string_view key) const {
  return path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key);
}

void Fields::report(std::string_view key, ErrorCode code, std::string_view expected) const {
  if (faults_->any()) return;
  const boost::json::value* found = find(key);
  const std::string given = found == nullptr ? "is missing" : shown(*found);
  faults_->report({code, fmt::format("{} {}: expected {}", path_of(key), given, expected)});
}

void Fields::report_choice(std::string_view key, ErrorCode code,
                           std::span<const std::string_view> known) const {
  report(key, code, fmt::format("{}", fmt::join(known, ", ")));
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    valid += length == 0 ? std::string_view{"\xEF\xBF\xBD"} : text.substr(at, length);
    at += std::max<std::size_t>(length, 1);
    if (length == 0)
      while (at < text.size() && character_length(text, at) == 0) ++at;
  }
  return valid;
}

std::string shown(const boost::json::value& value) { return cut(to_text(value)); }

std::string shown(std::string_view text) {
  // More than is shown need not be looked at; one byte more tells that something was cut.
  const std::string valid = valid_utf8(text.substr(0, 2 * kShownBytes));
  return cut(boost::json::serialize(boost::json::string_view{valid}));
}

// ---- Whole bodies ----

sim::Result<boost::json::object> parse_body(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Error{ErrorCode::BodyMissing, "the request has no body: expected a JSON object"};
  boost::json::error_code fault;
  boost::json::value parsed = boost::json::parse(text, fault);
  if (fault)
    return Error{ErrorCode::BodyInvalid, fmt::format("the body is not valid JSON: {}", fault.message())};
  if (!parsed.is_object())
    return Error{ErrorCode::BodyInvalid, fmt::format("the body is {}: expected an object", shown(parsed))};
  return std::move(parsed.get_object());
}

std::string to_text(const boost::json::value& value) { return boost::json::serialize(value); }
std::string to_text(const boost::json::object& object) { return boost::json::serialize(object); }

}  // namespace tidepool::api
