#include "api/http/access_log.hpp"

#include <fmt/format.h>

#include <iterator>

#include "api/wire/time_text.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::api {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    if (plain)
      out.push_back(c);
    else
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  }
}

// "2026-01-01T00:00:00.125Z"
std::string millis_text(std::int64_t wall_us) {
  std::string text = seconds_text(sim::Time{sim::Duration{wall_us}});
  text.back() = '.';
  return text + fmt::format("{:03}Z", wall_us / 1000 % 1000);
}

}  // namespace

std::string access_line(const Access& access) {
  std::string out = fmt::format("{} {} \"", millis_text(access.wall_us), access.client);
  if (access.method.empty()) out.push_back('-');
  append_escaped(out, access.method);
  if (!access.target.empty()) out.push_back(' ');
  append_escaped(out, access.target);
  fmt::format_to(std::back_inserter(out), "\" {} {} B {}.{:03} ms {}\n", access.status, access.answer_bytes,
                 access.took_us / 1000, access.took_us % 1000, access.request_id);
  return out;
}

}  // namespace tidepool::api
