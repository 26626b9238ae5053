#include "api/wire/paging.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <limits>

#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

constexpr std::int64_t kMostRows = 100;

// A number without sign, or nothing.
std::optional<std::int64_t> whole(std::string_view text, std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || stopped != end || text.front() == '-' || value > most) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string_view> parameter(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

sim::Error not_a_choice(std::string_view name, std::string_view given, sim::ErrorCode invalid,
                        std::span<const std::string_view> known) {
  return {invalid, fmt::format("{} {}: expected one of {}", name, shown(given), fmt::join(known, ", "))};
}

sim::Result<std::optional<sim::Time>> read_moment(const Query& query, std::string_view name,
                                                  sim::ErrorCode bad) {
  const auto given = parameter(query, name);
  if (!given) return std::optional<sim::Time>{};
  const auto moment = read_seconds(*given);
  if (!moment)
    return sim::Error{
        bad, fmt::format("{} {}: expected a UTC time like 2026-03-01T06:20:05Z", name, shown(*given))};
  return moment;
}

sim::Result<Page> read_page(const Query& query, PageCodes codes) {
  Page page;
  if (const auto given = parameter(query, "start_number")) {
    const auto start = whole(*given, std::numeric_limits<std::int64_t>::max());
    if (!start)
      return sim::Error{codes.start_number,
                        fmt::format("start_number {}: expected a whole number of 0 or more", shown(*given))};
    page.start = *start;
  }
  if (const auto given = parameter(query, "limit")) {
    const auto limit = whole(*given, kMostRows);
    if (!limit)
      return sim::Error{codes.limit, fmt::format("limit {}: expected 0 to {}", shown(*given), kMostRows)};
    page.limit = static_cast<int>(*limit);
  }
  return page;
}

boost::json::object write_list(const Page& page, std::size_t total, std::string_view key,
                               boost::json::array rows) {
  boost::json::object list;
  list.reserve(4);
  list.emplace("total_number", total);
  list.emplace("start_number", page.start);
  list.emplace("limit", page.limit);
  list.emplace(key, std::move(rows));
  return list;
}

}  // namespace tidepool::api
