#include "api/http/response_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <chrono>

namespace tidepool::api {
namespace {

namespace http = boost::beast::http;

bool same(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

bool has(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& each) { return same(each.first, name); });
}

bool frames_the_body(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kFraming{"Content-Length", "Transfer-Encoding",
                                                            "Connection"};
  return std::ranges::any_of(kFraming, [&](std::string_view each) { return same(name, each); });
}

// Source: RFC 9110, 15.3.5 and 15.4.5.
bool never_has_body(int status) { return status < 200 || status == 204 || status == 304; }

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const std::size_t begin = out.size();
  out.append(value);
  for (std::size_t i = begin; i < out.size(); ++i)
    if (static_cast<unsigned char>(out[i]) < ' ' || out[i] == '\x7f') out[i] = ' ';
  out.append("\r\n");
}

void append_status(std::string& out, int status) {
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  out.append("HTTP/1.1 ").append(fmt::format_int(status).c_str()).append(" ");
  out.append(reason.data(), reason.size()).append("\r\n");
}

// HTTP/1.1 stays connected unless told otherwise, HTTP/1.0 the other way round.
void append_connection(std::string& out, const Envelope& envelope) {
  if (envelope.after == AfterAnswer::Close)
    out.append("Connection: close\r\n");
  else if (envelope.minor_version == 0)
    out.append("Connection: keep-alive\r\n");
}

}  // namespace

void append_response(std::string& out, const Response& response, const Envelope& envelope) {
  const bool bodiless = never_has_body(response.status);
  append_status(out, response.status);
  if (!has(response, "Date")) append(out, "Date", envelope.date);
  if (!has(response, "Server")) append(out, "Server", "tidepool");
  if (!has(response, "X-Request-Id")) append(out, "X-Request-Id", envelope.request_id);
  if (!bodiless && !response.body.empty() && !has(response, "Content-Type"))
    append(out, "Content-Type", "application/json;charset=UTF-8");
  for (const auto& [name, value] : response.headers)
    if (!frames_the_body(name)) append(out, name, value);
  if (!bodiless) append(out, "Content-Length", fmt::format_int(response.body.size()).c_str());
  append_connection(out, envelope);
  out.append("\r\n");
  if (!bodiless && envelope.body == Body::Sent) out.append(response.body);
}

std::string http_date(std::int64_t wall_us) {
  using namespace std::chrono;
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds moment(seconds(wall_us / 1'000'000));
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays.at(weekday(day).c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

}  // namespace tidepool::api
