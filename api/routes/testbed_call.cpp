#include "api/routes/testbed_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "api/wire/duration_text.hpp"

namespace tidepool::api {

Response testbed_answer(int status, const boost::json::object& body) { return {status, to_text(body)}; }

Response testbed_error(TestbedError code, std::string_view message) {
  const boost::json::object error{{"code", fmt::format("TP.{:04}", static_cast<int>(code))},
                                  {"message", valid_utf8(message)}};
  constexpr std::array kStatuses{0, 400, 404, 404, 409};
  return testbed_answer(kStatuses.at(static_cast<std::size_t>(code)), {{"error", error}});
}

boost::json::object read_testbed_body(const Visit& visit, Faults& faults) {
  if (visit.request.body.find_first_not_of(" \t\r\n") == std::string_view::npos) return {};
  auto body = parse_body(visit.request.body);
  if (body) return std::move(*body);
  faults.report(body.error());
  return {};
}

std::optional<sim::Duration> duration_in(const Fields& fields, std::string_view key) {
  const auto text = fields.text(key);
  if (!text) return std::nullopt;
  const auto length = read_duration(*text);
  if (!length) fields.report(key, kBodyFault, R"(a length such as "90s" or "1d12h", at most "36500d")");
  return length;
}

std::optional<sim::Time> moment_in(const Fields& fields, std::string_view key, sim::Time now) {
  const auto text = fields.text(key);
  if (!text) return std::nullopt;
  std::optional<sim::Time> moment;
  if (text->starts_with('+')) {
    if (const auto length = read_duration(text->substr(1))) moment = now + *length;
  } else {
    moment = read_moment(*text);
  }
  if (moment && *moment >= now && *moment <= kLastMoment) return moment;
  fields.report(key, kBodyFault,
                fmt::format(R"(a time such as "{}" or a length from now such as "+5m", now to 9999)",
                            moment_text(now)));
  return std::nullopt;
}

Span span_in(const Fields& body, sim::Time now) {
  if (body.has("from") && body.has("at")) body.report("at", kBodyFault, "one of from and at, not both");
  if (body.has("duration") && body.has("until"))
    body.report("until", kBodyFault, "one of duration and until, not both");
  Span span{moment_in(body, body.has("at") ? "at" : "from", now).value_or(now)};
  const auto until = moment_in(body, "until", now);
  const auto length = duration_in(body, "duration");
  if (until) span.until = *until;
  if (length && span.from + *length <= kLastMoment) span.until = span.from + *length;
  if (span.until <= span.from)
    body.report(until ? "until" : "duration", kBodyFault, "an end after the beginning");
  return span;
}

std::optional<std::int64_t> millionths_in(const Fields& fields, std::string_view key, std::int64_t least,
                                          std::int64_t most) {
  const auto* value = fields.find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) {
    const double scaled = value->to_number<double>() * 1e6;
    // A double holds such a number exactly enough: 12 + 6 digits only where the range is checked first.
    if (scaled >= static_cast<double>(least) && scaled <= static_cast<double>(most)) {
      const double whole = std::nearbyint(scaled);
      if (std::abs(scaled - whole) <= std::max(1e-6, std::abs(scaled) * 1e-15))
        return std::clamp(static_cast<std::int64_t>(whole), least, most);
    }
  }
  fields.report(key, kBodyFault,
                fmt::format("a number of at most six decimals, {} to {}", static_cast<double>(least) / 1e6,
                            static_cast<double>(most) / 1e6));
  return std::nullopt;
}

std::optional<std::string> name_in(const Fields& fields, std::string_view key) {
  const auto text = fields.text(key);
  if (!text) return std::nullopt;
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
  };
  if (!text->empty() && text->size() <= 64 && std::ranges::all_of(*text, fits)) return std::string{*text};
  fields.report(key, kBodyFault, "1 to 64 letters, digits, _, - and full stops");
  return std::nullopt;
}

boost::json::value number(std::int64_t millionths) {
  if (millionths % 1'000'000 == 0) return millionths / 1'000'000;
  return static_cast<double>(millionths) / 1e6;
}

std::optional<std::uint64_t> count_in(const Query& query, std::string_view name, std::uint64_t otherwise,
                                      std::uint64_t most) {
  const auto text = parameter(query, name);
  if (!text) return otherwise;
  std::uint64_t value = 0;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (text->empty() || read.ec != std::errc{} || read.ptr != end || value > most) return std::nullopt;
  return value;
}

JournalPart journal_after(const Tenant& tenant, std::uint64_t after, std::size_t limit) {
  const JournalLines& kept = tenant.journal;
  JournalPart part;
  part.first = std::clamp(after == UINT64_MAX ? after : after + 1, kept.first, kept.next());
  const auto begin = static_cast<std::size_t>(part.first - kept.first);
  const std::size_t count = std::min(limit, kept.lines.size() - begin);
  for (std::size_t i = begin; i < begin + count; ++i) part.lines.emplace_back(kept.lines[i]);
  part.last = part.first + count - 1;
  return part;
}

}  // namespace tidepool::api
