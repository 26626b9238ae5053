#include "tests/api/routes/world_client.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

std::string with_project(std::string_view text, std::string_view project_id) {
  std::string out{text};
  for (std::size_t at = out.find("{p}"); at != std::string::npos; at = out.find("{p}"))
    out.replace(at, 3, project_id);
  return out;
}

std::string named_project(std::string_view name) {
  return fmt::format(R"({{"project": {{"domain": {{"name": "D"}}, "name": "{}"}}}})", name);
}

constexpr std::string_view kUser = R"({"domain": {"name": "D"}, "name": "user", "password": "pw"})";

}  // namespace

WorldOptions world_options() {
  WorldOptions options;
  options.region = support::a_region();
  options.behaviour = support::prompt(sim::Behaviour::classic());
  options.start = support::kStart;
  return options;
}

Response WorldClient::send(std::string_view method, std::string_view target, std::string_view body,
                           const Headers& headers) {
  std::vector<Header> all{{"Host", kHost}};
  for (const auto& [name, value] : headers) all.push_back({name, value});
  return world.handle({method, target, body, all}, wall_us);
}

std::string WorldClient::log_in(std::string_view project) {
  const Response response = send("POST", "/v3/auth/tokens", login_body(kUser, named_project(project)));
  REQUIRE(response.status == 201);
  return header_of(response, "X-Subject-Token");
}

std::string WorldClient::project_id(std::string_view project) {
  const Response response = send("POST", "/v3/auth/tokens", login_body(kUser, named_project(project)));
  return std::string{at(json_of(response), "token/project/id").as_string()};
}

Response WorldClient::as_project(std::string_view method, std::string_view path, std::string_view body,
                                 std::string_view project) {
  const std::string id = project_id(project);
  const bool in_full = path.find("{p}") != std::string_view::npos || path.starts_with("/v2.0/");
  const std::string target =
      in_full ? with_project(path, id) : fmt::format("/autoscaling-api/v1/{}{}", id, path);
  return send(method, target, body, {{"X-Auth-Token", log_in(project)}});
}

Response WorldClient::testbed(std::string_view method, std::string_view path, std::string_view body,
                              std::string_view project) {
  return send(method, "/_tidepool/v1" + with_project(path, project_id(project)), body);
}

boost::json::value json_of(const Response& response) {
  INFO(response.body);
  return boost::json::parse(response.body);
}

boost::json::value as_json(std::string_view text) { return boost::json::string(text.data(), text.size()); }

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

std::string ending(const Response& response) {
  if (response.status < 400) return std::to_string(response.status);
  const auto body = json_of(response);
  const auto& error = body.at("error").as_object();
  const auto* title = error.if_contains("title");
  return fmt::format("{} {}", response.status, std::string{(title ? *title : error.at("code")).as_string()});
}

std::string login_body(std::string_view user, std::string_view scope) {
  return fmt::format(
      R"({{"auth": {{"identity": {{"methods": ["password"], "password": {{"user": {}}}}}{}{}}}}})", user,
      scope.empty() ? "" : R"(, "scope": )", scope);
}

}  // namespace tidepool::api
