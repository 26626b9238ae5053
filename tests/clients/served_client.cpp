#include "tests/clients/served_client.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <utility>

namespace tidepool::clients {

ServedClient::ServedClient(std::vector<std::string> arguments)
    : program_(std::move(arguments)), connection_(program_.port()), names_(log_in(connection_)) {}

std::string ServedClient::send(std::string_view method, std::string_view target, int status,
                               std::string_view body) {
  const Reply reply = connection_.exchange(method, filled(target, names_), filled(body, names_),
                                           {{"X-Auth-Token", names_["token"]}});
  INFO(method << " " << target << " -> " << reply.status << " " << reply.body);
  REQUIRE(reply.status == status);
  return reply.body;
}

std::string ServedClient::call(std::string_view method, std::string_view path, int status,
                               std::string_view body) {
  return send(method, fmt::format("/autoscaling-api/v1/{{p}}/{}", path), status, body);
}

boost::json::value ServedClient::testbed(std::string_view method, std::string_view path, int status,
                                         std::string_view body) {
  const std::string answer = send(method, fmt::format("/_tidepool/v1/projects/{{p}}/{}", path), status, body);
  return answer.empty() ? boost::json::value() : parsed(answer);
}

void ServedClient::keep(std::string_view name, std::string_view body, std::string_view place) {
  names_[std::string(name)] = text_at(parsed(body), place);
}

void ServedClient::sleep(std::string_view duration) {
  testbed("POST", "clock/advance", 200, fmt::format(R"({{"by": "{}"}})", duration));
}

std::int64_t ServedClient::members(std::string_view state) {
  std::int64_t count = 0;
  const auto listed = get("scaling_group_instance/{g}/list");
  for (const auto& each : listed.at("scaling_group_instances").as_array())
    count += static_cast<std::int64_t>(state.empty() || text_at(each, "life_cycle_state") == state);
  return count;
}

void ServedClient::wait_for(std::int64_t in_service) {
  for (int i = 0; i < 600 && members("INSERVICE") != in_service; ++i) sleep("1s");
  CHECK(members("INSERVICE") == in_service);
}

std::string ServedClient::group(std::string_view member) {
  return boost::json::serialize(get("scaling_group/{g}").at("scaling_group").at(member));
}

void ServedClient::create_configuration() {
  keep("c",
       call("POST", "scaling_configuration", 200,
            R"({"scaling_configuration_name":"x","instance_config":{
      "flavorRef":"s3.large.2","imageRef":"{image}","key_name":"ops-key","disk":[{"size":40,"volume_type":"SATA","disk_type":"SYS",
      "metadata":null,"dedicated_storage_id":"","data_disk_image_id":"","snapshot_id":""}],
      "security_groups":[{"id":"{security_group}"}],"metadata":{},"user_data":""}})"),
       "scaling_configuration_id");
}

}  // namespace tidepool::clients
