#include "api/routes/surroundings_topics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "api/routes/call.hpp"
#include "api/routes/identity.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

std::string urn_of(const Tenant& tenant, std::string_view name) {
  return fmt::format("urn:smn:{}:{}:{}", tenant.cloud.region().name, tenant.id, name);
}

object written(const Tenant& tenant, const std::string& name, const std::string& display_name) {
  const std::string made = seconds_text(tenant.cloud.start());
  return {{"topic_urn", urn_of(tenant, name)},
          {"name", name},
          {"display_name", display_name},
          {"push_policy", 0},
          {"create_time", made},
          {"update_time", made},
          {"enterprise_project_id", "0"},
          {"request_id", hash_text("request", {name})}};
}

Response create_topic(const Visit& visit, Tenant& tenant) {
  const auto members = parse_body(visit.request.body);
  if (!members) return identity_error(400, members.error().message);
  Faults faults;
  const Fields body{*members, faults};
  const auto name = body.required_text("name", sim::ErrorCode::BodyInvalid);
  const auto display_name = body.text("display_name");
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  if (name.size() > 255 || !std::ranges::all_of(name, fits))
    body.report("name", sim::ErrorCode::BodyInvalid, "1 to 255 letters, digits, _ and -");
  if (faults.any()) return identity_error(400, faults.first().message);
  tenant.topics.insert_or_assign(std::string{name}, std::string{display_name.value_or("")});
  Response response = ok({{"request_id", hash_text("request", {name})}, {"topic_urn", urn_of(tenant, name)}});
  response.status = 201;
  return response;
}

Response list_topics(const Tenant& tenant) {
  array all;
  for (const auto& [name, display_name] : tenant.topics) all.push_back(written(tenant, name, display_name));
  const auto count = all.size();
  return ok({{"request_id", hash_text("request", {})}, {"topic_count", count}, {"topics", std::move(all)}});
}

Response answer_topic(const Visit& visit, Tenant& tenant, std::string_view text) {
  const std::string_view name = text.substr(text.rfind(':') + 1);
  const auto found = tenant.topics.find(name);
  if (found == tenant.topics.end() || (name != text && urn_of(tenant, name) != text))
    return identity_error(404, fmt::format("topic {}: expected one that exists", shown(text)));
  if (visit.request.method == "GET") return ok(written(tenant, found->first, found->second));
  if (visit.request.method == "PUT") return ok({{"request_id", hash_text("request", {name})}});
  if (visit.request.method != "DELETE") return identity_error(405, "expected GET, PUT or DELETE");
  const std::string request_id = hash_text("request", {name});
  tenant.topics.erase(found);
  return ok({{"request_id", request_id}});
}

}  // namespace

Response answer_topics(const Visit& visit, Tenant& tenant) {
  const auto& path = visit.target.segments;
  if (path[2] == "smn_topic" && path.size() == 5 && path[4] == "tags") return ok({{"tags", array{}}});
  if (path.size() == 5 && path[3] == "topics") return answer_topic(visit, tenant, path[4]);
  if (path.size() == 4 && path[3] == "topics" && visit.request.method == "POST")
    return create_topic(visit, tenant);
  if (path.size() == 4 && path[3] == "topics" && visit.request.method == "GET") return list_topics(tenant);
  return identity_error(404, fmt::format("no call has the path {}", shown(visit.request.target)));
}

}  // namespace tidepool::api
