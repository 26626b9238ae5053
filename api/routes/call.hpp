// What a handler is given, and the few answers that all handlers share.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/wire/paging.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// One request that has found its handler.
struct Call {
  std::string_view body;
  const PathTexts& path;
  const Query& query;
  std::string_view project;
  sim::Cloud& cloud;
};

// The thing that a path names. An id of nothing is AS.0007 (404), or what the knob unknown_id says.
sim::Result<sim::AsGroupId> group_in_path(const Call& call);
sim::Result<sim::AsConfigurationId> configuration_in_path(const Call& call);
sim::Result<sim::AsPolicyId> policy_in_path(const Call& call);

/// The enterprise project that a list is narrowed to: empty when the query names none or all of them, none<>() when it
/// names one that is not there, AS.7065 when it names something else.
sim::Result<std::optional<sim::EnterpriseProjectId>> enterprise_project_in_query(const Call& call);

/// Whether `text` contains `part`. ASCII letters match in either case; that is what the service calls a fuzzy search.
bool contains_fuzzily(std::string_view text, std::string_view part);
/// Whether a name passes a query's fuzzy filter; an absent filter lets everything pass.
bool passes_name_filter(const Query& query, std::string_view filter, std::string_view name);

Response ok(const boost::json::object& body);  ///< 200
/// 200 with those of `found` that lie on the page, each written by write(cloud, id).
template <class Id>
Response ok_list(const Call& call, const Page& page, const std::vector<Id>& found, std::string_view key,
                 boost::json::object (*write)(const sim::Cloud&, Id)) {
  boost::json::array rows;
  for (const Id each : rows_on(page, std::span<const Id>{found})) rows.push_back(write(call.cloud, each));
  return ok(write_list(page, found.size(), key, std::move(rows)));
}
Response error_response(const sim::Error& error);
/// 204 without a body, or the error.
Response no_content_or_error(const sim::Result<void>& done);

}  // namespace tidepool::api
