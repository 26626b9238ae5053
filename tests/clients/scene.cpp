#include "tests/clients/scene.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "api/wire/fields.hpp"

namespace tidepool::clients {
namespace {

// The next word of a line, which is taken off.
std::string_view word(std::string_view& line) {
  const std::string_view found = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), found.size() + 1));
  return found;
}

// "group = POST ..." without its beginning, which is answered.
std::string_view kept_as(std::string_view& line) {
  const std::size_t at = line.find(" = ");
  if (at == std::string_view::npos || line.substr(0, at).find(' ') != std::string_view::npos) return {};
  const std::string_view name = line.substr(0, at);
  line.remove_prefix(at + 3);
  return name;
}

std::string in_full(std::string_view path) {
  if (path.starts_with("v1/") || path.starts_with("v2/"))
    return fmt::format("/autoscaling-api/{}/{{p}}/{}", path.substr(0, 2), path.substr(3));
  if (path.starts_with("tb/")) return fmt::format("/_tidepool/v1/projects/{{p}}/{}", path.substr(3));
  return std::string(path);
}

std::string first_text(const boost::json::value& body) {
  for (const auto& each : body.as_object())
    if (each.value().is_string()) return std::string(each.value().get_string());
  FAIL("no text in " << boost::json::serialize(body));
  return {};
}

}  // namespace

api::WorldOptions scene_options() {
  api::WorldOptions options = api::world_options();
  options.clock.mode = api::ClockMode::Manual;
  options.region.subnets.push_back({"ipv6-subnet", support::kVpc, true});
  options.region.images.push_back({"0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001", 40});
  options.region.listeners.push_back({"other-listener", support::kOtherVpc});
  options.region.enterprise_projects.emplace_back("8a0e7c1d-0000-4000-8000-000000000001");
  return options;
}

Scene::Scene(api::WorldOptions options) : client_(std::move(options)) {
  names_["p"] = client_.project_id();
  names_["token"] = client_.log_in();
  names_["C"] =
      R"("flavorRef": "s3.medium", "imageRef": "debian", "key_name": "key", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}])";
  names_["N"] = R"("vpc_id": "vpc", "networks": [{"id": "subnet"}])";
  names_["topic"] = "urn:smn:eu-de:" + names_["p"] + ":events";
  must(
      R"(conf = POST v1/scaling_configuration {"scaling_configuration_name": "conf", "instance_config": {{C}}})");
  must(R"(group = POST v1/scaling_group {"scaling_group_name": "web", "scaling_configuration_id": "{conf}", )"
       R"("max_instance_number": 10, {N}, "lbaas_listeners": []})");
}

api::Response Scene::step(std::string_view line) {
  const std::string_view name = kept_as(line);
  const std::string_view method = word(line);
  const std::string target = filled(in_full(word(line)), names_);
  const bool place = method == "GET" && !name.empty();
  api::Response response = client_.send(method, target, place ? std::string{} : filled(line, names_),
                                        {{"X-Auth-Token", names_.at("token")}});
  if (name.empty() || response.status >= 300) return response;
  const boost::json::value body = parsed(response.body);
  names_[std::string(name)] = place ? text_at(body, line) : first_text(body);
  return response;
}

api::Response Scene::must(std::string_view line) {
  api::Response response = step(line);
  INFO(line << " -> " << response.status << " " << response.body);
  REQUIRE(response.status < 300);
  return response;
}

boost::json::value Scene::json(std::string_view line) { return parsed(must(line).body); }

void Scene::advance(std::string_view duration) {
  must(fmt::format(R"(POST tb/clock/advance {{"by": "{}"}})", duration));
}

void Scene::grow(int size) {
  must(fmt::format(R"(PUT v1/scaling_group/{{group}} {{"desire_instance_number": {}, "cool_down_time": 0}})",
                   size));
  must(R"(POST v1/scaling_group/{group}/action {"action": "resume"})");
  advance("100s");
  const auto listed = json("GET v1/scaling_group_instance/{group}/list?life_cycle_state=INSERVICE");
  REQUIRE(listed.at("total_number") == size);
  for (int i = 0; i < size; ++i)
    names_[fmt::format("i{}", i)] = text_at(listed, fmt::format("scaling_group_instances/{}/instance_id", i));
}

std::string Scene::state() {
  std::string all;
  for (const char* each :
       {"v1/scaling_group?limit=100", "v1/scaling_configuration?limit=100", "v2/scaling_policy?limit=100",
        "v1/quotas", "v1/scaling_group_tag/tags", "tb/events?limit=100", "tb/clock"})
    all += must(fmt::format("GET {}", each)).body + "\n";
  const auto journal = json("GET tb/journal?limit=0");
  return all + api::to_text(journal.at("fingerprint"));
}

}  // namespace tidepool::clients
