// Lists: which rows a client asks for, and the envelope around them. Source: AS API reference, each "Querying ..." call.
#pragma once

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/fields.hpp"
#include "sim/engine/time.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// A decoded query string; of a name given twice, whichever the router kept.
using Query = std::map<std::string, std::string, std::less<>>;

/// The value of a query parameter; empty when it is absent.
std::optional<std::string_view> parameter(const Query& query, std::string_view name);

/// `start` counts rows, not pages.
struct Page {
  std::int64_t start = 0;  ///< 0 or more
  int limit = 20;          ///< 0 to 100; 0 asks for the total only
};

/// Each kind of list has its own codes for the same two mistakes.
struct PageCodes {
  sim::ErrorCode start_number, limit;
};
inline constexpr PageCodes kListCodes{sim::ErrorCode::ListStartNumberInvalid,
                                      sim::ErrorCode::ListLimitInvalid};
inline constexpr PageCodes kInstanceListCodes{sim::ErrorCode::InstanceStartNumberInvalid,
                                              sim::ErrorCode::InstanceLimitInvalid};
inline constexpr PageCodes kActivityListCodes{sim::ErrorCode::ActivityStartNumberInvalid,
                                              sim::ErrorCode::ActivityLimitInvalid};
inline constexpr PageCodes kExecutionListCodes{sim::ErrorCode::ExecutionLogStartNumberInvalid,
                                               sim::ErrorCode::ExecutionLogLimitInvalid};

/// A moment with seconds among the query's parameters; empty when it is absent.
sim::Result<std::optional<sim::Time>> read_moment(const Query& query, std::string_view name,
                                                  sim::ErrorCode bad);

/// "{name} {value given}: expected one of {known}".
sim::Error not_a_choice(std::string_view name, std::string_view given, sim::ErrorCode invalid,
                        std::span<const std::string_view> known);

/// A choice among the query's parameters, spelled exactly; empty when it is absent.
template <class Enum, std::size_t N>
sim::Result<std::optional<Enum>> read_choice(const Query& query, std::string_view name,
                                             sim::ErrorCode invalid, const Spelling<Enum> (&table)[N]) {
  const auto given = parameter(query, name);
  if (!given) return std::optional<Enum>{};
  std::vector<std::string_view> known;
  for (const Spelling<Enum>& each : table) {
    if (each.text == *given) return std::optional{each.value};
    known.push_back(each.text);
  }
  return not_a_choice(name, *given, invalid, known);
}

/// start_number and limit of a query, with their defaults. An empty value is as wrong as any other that is no number.
sim::Result<Page> read_page(const Query& query, PageCodes codes);

/// Those of `all` that lie on the page.
template <class Row>
std::span<const Row> rows_on(const Page& page, std::span<const Row> all) {
  const auto first = std::min(all.size(), static_cast<std::size_t>(page.start));
  return all.subspan(first, std::min(all.size() - first, static_cast<std::size_t>(page.limit)));
}

/// {"total_number": ..., "start_number": ..., "limit": ..., key: rows}. `total` counts matches before paging.
boost::json::object write_list(const Page& page, std::size_t total, std::string_view key,
                               boost::json::array rows);

}  // namespace tidepool::api
