#include "api/routes/call.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/wire/error_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `id` when it stands for something that exists, else the error for the path's word.
template <class Id>
sim::Result<Id> existing(const Call& call, Id id, sim::ErrorCode when_400, std::string_view word) {
  if (id != sim::none<Id>() && call.cloud.find(id) != nullptr) return id;
  return unknown_path_id(call.cloud.behaviour(), when_400, word, call.path.at(word));
}

}  // namespace

sim::Result<sim::AsGroupId> group_in_path(const Call& call) {
  const auto id = IdText{call.cloud.seed()}.group(call.path.at("scaling_group_id"));
  return existing(call, id, sim::ErrorCode::GroupUnknown, "scaling_group_id");
}

sim::Result<sim::AsConfigurationId> configuration_in_path(const Call& call) {
  const auto id = IdText{call.cloud.seed()}.configuration(call.path.at("scaling_configuration_id"));
  return existing(call, id, sim::ErrorCode::ConfigurationUnknown, "scaling_configuration_id");
}

sim::Result<sim::AsPolicyId> policy_in_path(const Call& call) {
  const auto id = IdText{call.cloud.seed()}.policy(call.path.at("scaling_policy_id"));
  return existing(call, id, sim::ErrorCode::PolicyUnknown, "scaling_policy_id");
}

sim::Result<std::optional<sim::EnterpriseProjectId>> enterprise_project_in_query(const Call& call) {
  const auto given = parameter(call.query, "enterprise_project_id");
  if (!given || *given == "all_granted_eps") return std::optional<sim::EnterpriseProjectId>{};
  const auto found = call.cloud.region().find_enterprise_project(*given);
  if (found == sim::none<sim::EnterpriseProjectId>() && !has_uuid_shape(*given))
    return sim::Error{
        sim::ErrorCode::EnterpriseProjectInvalid,
        fmt::format("enterprise_project_id {}: expected 0, a UUID or all_granted_eps", shown(*given))};
  return std::optional{found};
}

bool contains_fuzzily(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() || part.empty();
}

bool passes_name_filter(const Query& query, std::string_view filter, std::string_view name) {
  const auto wanted = parameter(query, filter);
  return !wanted || contains_fuzzily(name, *wanted);
}

Response ok(const boost::json::object& body) { return {200, to_text(body)}; }

Response error_response(const sim::Error& error) { return {http_status(error.code), error_body(error)}; }

Response no_content_or_error(const sim::Result<void>& done) {
  return done ? Response{204, {}} : error_response(done.error());
}

}  // namespace tidepool::api
