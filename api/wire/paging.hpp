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
