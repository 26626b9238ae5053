// The example that the page "Creating an AS Group" of the AS documents is known by: a request as it stands, in a region
// that holds what it names.
#include <catch2/catch.hpp>

#include "api/wire/ids_text.hpp"
#include "tests/api/routes/world_client.hpp"
#include "tests/clients/login.hpp"

namespace tidepool::api {
namespace {

constexpr std::string_view kVpcId = "b7e1c9a4-0d0f-4b5e-8a43-6f1f5b8f2a10";
constexpr std::string_view kSubnetId = "5c2fd7e1-3f1b-4c52-a7f5-2a0f6c3d9e77";
constexpr std::string_view kPoolId = "e0a6c9f2-77a3-4d0d-9c55-91c1e0c5a2b3";

WorldOptions documented_region() {
  WorldOptions options = world_options();
  options.region.vpcs = {{std::string(kVpcId)}};
  options.region.subnets = {{std::string(kSubnetId), sim::VpcId{}, false}};
  options.region.pools = {{std::string(kPoolId), sim::VpcId{}}};
  options.region.listeners.clear();
  options.region.servers.clear();
  return options;
}

// Only the configuration's id is not a thing of the region: the service gives it.
constexpr std::string_view kRequest = R"(
{"scaling_group_name": "web-tier", "scaling_configuration_id": "{configuration}",
 "desire_instance_number": 2, "min_instance_number": 1, "max_instance_number": 8, "cool_down_time": 120,
 "vpc_id": "b7e1c9a4-0d0f-4b5e-8a43-6f1f5b8f2a10", "available_zones": ["eu-de-01", "eu-de-02"],
 "networks": [{"id": "5c2fd7e1-3f1b-4c52-a7f5-2a0f6c3d9e77"}],
 "lbaas_listeners": [{"pool_id": "e0a6c9f2-77a3-4d0d-9c55-91c1e0c5a2b3", "protocol_port": 8080, "weight": 10}],
 "health_periodic_audit_method": "ELB_AUDIT", "health_periodic_audit_time": 1, "multi_az_priority_policy": "PICK_FIRST"})";

constexpr std::string_view kConfiguration = R"(
{"scaling_configuration_name": "web-conf-1", "instance_config": {"flavorRef": "s3.medium,s3.large",
 "imageRef": "debian", "key_name": "key", "disk": [{"size": 20, "volume_type": "SSD", "disk_type": "SYS"}]}})";

// As the documents show the group a moment after it was enabled, with one of two instances in service.
constexpr std::string_view kGroup = R"(
{"scaling_group": {"scaling_group_name": "web-tier", "scaling_group_id": "{group}",
 "scaling_group_status": "INSERVICE", "scaling_configuration_id": "{configuration}",
 "scaling_configuration_name": "web-conf-1", "current_instance_number": 0, "desire_instance_number": 2,
 "min_instance_number": 1, "max_instance_number": 8, "cool_down_time": 120, "lb_listener_id": null,
 "lbaas_listeners": [{"listener_id": null, "pool_id": "e0a6c9f2-77a3-4d0d-9c55-91c1e0c5a2b3", "protocol_port": 8080, "weight": 10}],
 "available_zones": ["eu-de-01", "eu-de-02"],
 "networks": [{"id": "5c2fd7e1-3f1b-4c52-a7f5-2a0f6c3d9e77", "ipv6_enable": false, "ipv6_bandwidth": null}],
 "security_groups": [], "create_time": "2026-03-01T00:00:00Z", "vpc_id": "b7e1c9a4-0d0f-4b5e-8a43-6f1f5b8f2a10",
 "detail": null, "is_scaling": true, "health_periodic_audit_method": "ELB_AUDIT", "health_periodic_audit_time": 1,
 "health_periodic_audit_grace_period": 600, "instance_terminate_policy": "OLD_CONFIG_OLD_INSTANCE", "notifications": null,
 "delete_publicip": false, "delete_volume": false, "cloud_location_id": null, "enterprise_project_id": "0",
 "activity_type": "DIFF", "multi_az_priority_policy": "PICK_FIRST", "description": null}})";

TEST_CASE("the example of Creating an AS Group passes as it stands (AS documents)", "[clients]") {
  WorldOptions options = documented_region();
  options.clock.mode = ClockMode::Manual;
  WorldClient client(std::move(options));
  const Response made = client.as_project("POST", "/scaling_configuration", kConfiguration);
  REQUIRE(made.status == 200);
  clients::Names names{{"configuration", clients::text_at(json_of(made), "scaling_configuration_id")}};

  const Response response = client.as_project("POST", "/scaling_group", clients::filled(kRequest, names));
  INFO(response.body);
  CHECK(response.status == 200);
  const boost::json::value body = json_of(response);
  CHECK(body.as_object().size() == 1);
  names["group"] = clients::text_at(body, "scaling_group_id");
  CHECK(has_uuid_shape(names["group"]));

  const std::string path = "/scaling_group/" + names["group"];
  CHECK(client.as_project("POST", path + "/action", R"({"action": "resume"})").status == 204);
  CHECK(json_of(client.as_project("GET", path)) == clients::parsed(clients::filled(kGroup, names)));
}

}  // namespace
}  // namespace tidepool::api
