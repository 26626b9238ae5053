#include "tests/api/routes/client.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "api/routes/router.hpp"

namespace tidepool::api {
namespace {

std::string target(std::string_view version, std::string_view path) {
  return fmt::format("/autoscaling-api/{}/{}{}", version, kProject, path);
}

}  // namespace

Response Client::send(std::string_view method, std::string_view target_text, std::string_view body) {
  return handle({method, target_text, body}, {kProject, cloud});
}

Response Client::get(std::string_view path) { return send("GET", target("v1", path)); }
Response Client::get_v2(std::string_view path) { return send("GET", target("v2", path)); }
Response Client::post(std::string_view path, std::string_view body) {
  return send("POST", target("v1", path), body);
}
Response Client::post_v2(std::string_view path, std::string_view body) {
  return send("POST", target("v2", path), body);
}
Response Client::put_v2(std::string_view path, std::string_view body) {
  return send("PUT", target("v2", path), body);
}
Response Client::put(std::string_view path, std::string_view body) {
  return send("PUT", target("v1", path), body);
}
Response Client::del(std::string_view path) { return send("DELETE", target("v1", path)); }

std::string outcome(const Response& response) {
  if (response.status < 300) return std::to_string(response.status);
  return fmt::format("{} {}", response.status,
                     at(boost::json::parse(response.body), "error/code").as_string().c_str());
}

boost::json::value body_of(const Response& response) {
  INFO(response.body);
  REQUIRE(response.status == 200);
  return boost::json::parse(response.body);
}

const boost::json::value& at(const boost::json::value& value, std::string_view pointer) {
  return value.at_pointer("/" + std::string{pointer});
}

std::string text_at(const Response& response, std::string_view pointer) {
  return std::string{at(body_of(response), pointer).as_string()};
}

std::string message_of(const Response& response) {
  REQUIRE(response.status >= 400);
  return std::string{at(boost::json::parse(response.body), "error/message").as_string()};
}

std::vector<std::string> column(const Response& response, std::string_view list, std::string_view member) {
  std::vector<std::string> values;
  const auto body = body_of(response);
  for (const auto& row : at(body, list).as_array()) values.emplace_back(at(row, member).as_string());
  return values;
}

std::string envelope(const Response& response) {
  const auto body = body_of(response);
  return fmt::format("{} {} {}", at(body, "total_number").as_int64(), at(body, "start_number").as_int64(),
                     at(body, "limit").as_int64());
}

std::string minimal_configuration(std::string_view name) {
  return fmt::format(R"({{"scaling_configuration_name": "{}", "instance_config": {{"flavorRef": "s3.medium",
    "imageRef": "debian", "key_name": "key", "disk": [{{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}}]}}}})",
                     name);
}

std::string minimal_group(std::string_view more_members) {
  // Of a name given twice JSON readers keep the last, so `more_members` may replace any of these.
  return fmt::format(
      R"({{"scaling_group_name": "web", "vpc_id": "vpc", "networks": [{{"id": "subnet"}}]{}{}}})",
      more_members.empty() ? "" : ", ", more_members);
}

std::string create_configuration(Client& client, std::string_view name) {
  return text_at(client.post("/scaling_configuration", minimal_configuration(name)),
                 "scaling_configuration_id");
}

std::string create_group(Client& client, std::string_view more_members) {
  std::string members = fmt::format(R"("scaling_configuration_id": "{}")", create_configuration(client));
  if (!more_members.empty()) members += fmt::format(", {}", more_members);
  return text_at(client.post("/scaling_group", minimal_group(members)), "scaling_group_id");
}

void resume(Client& client, std::string_view group) {
  REQUIRE(outcome(client.post(fmt::format("/scaling_group/{}/action", group), R"({"action": "resume"})")) ==
          "204");
}

}  // namespace tidepool::api
