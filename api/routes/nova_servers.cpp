// Servers as compute (Nova) has them: those made by hand, and those that AS groups made. Both can be stopped, started,
// rebooted and deleted here; what a group makes of that is its own affair.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "api/routes/neutron.hpp"
#include "api/routes/nova.hpp"
#include "api/routes/service_ecs.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr int kMostAtOnce = 500;

// ---- Views ----

object flavor_of(const sim::Region& region, sim::FlavorId id) {
  if (id == sim::none<sim::FlavorId>()) return {};
  const sim::Flavor& flavor = region.flavor(id);
  // Newer clients read what older ones look up by the id.
  return {{"id", flavor.name},
          {"original_name", flavor.name},
          {"vcpus", flavor.vcpus},
          {"ram", flavor.memory_mb},
          {"disk", 0},
          {"ephemeral", 0},
          {"swap", 0},
          {"extra_specs", object{}},
          {"links", array{}}};
}

value image_of(const sim::Region& region, sim::ImageId id) {
  if (id == sim::none<sim::ImageId>()) return "";
  return object{{"id", region.images[sim::index_of(id)].id}, {"links", array{}}};
}

// By VPC, as the cloud that is imitated has it.
object addresses_of(const sim::Region& region, const EcsFacts& facts) {
  if (facts.address.empty() || facts.vpc == sim::none<sim::VpcId>()) return {};
  array all;
  const auto add = [&](const std::string& address, const char* type) {
    if (!address.empty())
      all.push_back(object{{"addr", address},
                           {"version", 4},
                           {"OS-EXT-IPS:type", type},
                           {"OS-EXT-IPS-MAC:mac_addr", mac_of(port_of(facts))}});
  };
  add(facts.address, "fixed");
  add(facts.public_address, "floating");
  return {{region.vpc(facts.vpc).id, std::move(all)}};
}

array group_names(const sim::Region& region, const EcsFacts& facts) {
  array names;
  for (const sim::SecurityGroupId each : facts.security_groups)
    names.push_back(object{{"name", region.security_group(each).name}});
  return names;
}

object metadata_of(const EcsFacts& facts) {
  object out;
  for (const auto& [key, text] : facts.metadata) out.insert_or_assign(key, text);
  return out;
}

// Without one a client would look for the reason.
object fault_of(const EcsFacts& facts) {
  return {
      {"code", 500}, {"message", "The server is in status ERROR"}, {"created", seconds_text(facts.created)}};
}

object server_view(const ServiceCall& call, const sim::Ecs& ecs) {
  const sim::Region& region = call.region();
  const EcsFacts facts = facts_of(call.cloud(), ecs);
  const std::string created = seconds_text(facts.created);
  object out{{"id", facts.id},
             {"name", facts.name},
             {"status", sim::text_of(facts.status)},
             {"tenant_id", call.tenant.id},
             {"user_id", hash_text("user", {call.tenant.id})},
             {"created", created},
             {"updated", created},
             {"OS-EXT-AZ:availability_zone", region.zone(facts.zone).name},
             {"OS-EXT-STS:vm_state", vm_state(facts.status)},
             {"OS-EXT-STS:power_state", power_state(facts.status)},
             {"OS-EXT-STS:task_state", nullptr},
             {"OS-DCF:diskConfig", "MANUAL"},
             {"OS-SRV-USG:launched_at", created},
             {"OS-SRV-USG:terminated_at", nullptr},
             {"os-extended-volumes:volumes_attached", array{}},
             {"accessIPv4", ""},
             {"accessIPv6", ""},
             {"config_drive", ""},
             {"hostId", hash_text("host", {facts.id})},
             {"progress", facts.status == sim::EcsStatus::Build ? 0 : 100},
             {"key_name", facts.key_name.empty() ? value(nullptr) : value(facts.key_name)},
             {"image", image_of(region, facts.image)},
             {"flavor", flavor_of(region, facts.flavor)},
             {"metadata", metadata_of(facts)},
             {"addresses", addresses_of(region, facts)},
             {"security_groups", group_names(region, facts)},
             {"links", array{}}};
  if (facts.status == sim::EcsStatus::Error) out.emplace("fault", fault_of(facts));
  return out;
}

sim::Ecs server_in_path(const ServiceCall& call) { return find_ecs(call.cloud(), call.text("server_id")); }

Response no_such_server(const ServiceCall& call) { return no_such(call, "server", call.text("server_id")); }

// ---- Making one ----

// The image, or the one that its first volume is made of.
sim::ImageId read_image(const ServiceCall& call, const ServiceBody& body) {
  std::string text = body.text("imageRef");
  const bool from_volume = body.fields().has("block_device_mapping_v2");
  if (text.empty() && from_volume)
    if (const auto volumes = body.fields().objects("block_device_mapping_v2"); volumes && !volumes->empty())
      text = std::string{volumes->front().text("uuid").value_or("")};
  const auto image = call.region().find_image(text);
  if (image == sim::none<sim::ImageId>() && !from_volume) body.report("imageRef", "an image of the region");
  return image;
}

std::vector<sim::SubnetId> networks_that_serve(const sim::Region& region) {
  std::vector<sim::SubnetId> all;
  for (std::size_t i = 0; i < region.subnets.size(); ++i) {
    const sim::Subnet& each = region.subnets[i];
    if (!each.deleted && each.vpc != sim::none<sim::VpcId>() && !each.neutron_id.empty())
      all.push_back(sim::id_at<sim::SubnetId>(i));
  }
  return all;
}

// A list of networks; "none"; "auto" or nothing at all: the only one that there is.
std::vector<sim::SubnetId> read_networks(const ServiceCall& call, const ServiceBody& body) {
  const auto* given = body.fields().find("networks");
  if (given == nullptr || *given == "auto") {
    auto all = networks_that_serve(call.region());
    if (all.size() > 1 && given == nullptr) {
      body.report("networks", "a list, as the project has several networks");
      return {};
    }
    if (all.size() > 1) return {all.front()};
    return all;
  }
  std::vector<sim::SubnetId> chosen;
  if (*given == "none") return chosen;
  for (const Fields& each : body.fields().objects("networks").value_or(std::vector<Fields>{})) {
    const auto id = call.region().find_subnet(each.required_text("uuid", kServiceBodyFault));
    if (id == sim::none<sim::SubnetId>()) each.report("uuid", kServiceBodyFault, "a network that exists");
    chosen.push_back(id);
  }
  return chosen;
}

sim::SecurityGroupId group_called(const sim::Region& region, std::string_view text) {
  for (std::size_t i = 0; i < region.security_groups.size(); ++i) {
    const sim::SecurityGroup& each = region.security_groups[i];
    if (!each.deleted && (each.name == text || each.id == text)) return sim::id_at<sim::SecurityGroupId>(i);
  }
  return sim::none<sim::SecurityGroupId>();
}

std::vector<sim::SecurityGroupId> read_groups(const ServiceCall& call, const ServiceBody& body) {
  std::vector<sim::SecurityGroupId> chosen;
  const auto items = body.fields().objects("security_groups");
  if (!items) {
    if (const auto id = call.region().default_security_group(); id != sim::none<sim::SecurityGroupId>())
      chosen.push_back(id);
    return chosen;
  }
  for (const Fields& each : *items) {
    const auto id = group_called(call.region(), each.required_text("name", kServiceBodyFault));
    if (id == sim::none<sim::SecurityGroupId>())
      each.report("name", kServiceBodyFault, "a security group that exists");
    chosen.push_back(id);
  }
  return chosen;
}

sim::Metadata read_metadata(const ServiceBody& body) {
  sim::Metadata all;
  const auto given = body.fields().object("metadata");
  if (!given) return all;
  for (const auto& each : given->members())
    if (const auto text = given->text(each.key())) all.emplace_back(each.key(), *text);
  return all;
}

sim::CreateServer read_server(const ServiceCall& call, const ServiceBody& body) {
  sim::CreateServer request;
  request.name = body.required("name");
  request.flavor = call.region().find_flavor(body.required("flavorRef"));
  if (request.flavor == sim::none<sim::FlavorId>()) body.report("flavorRef", "a flavor of the region");
  request.image = read_image(call, body);
  if (const std::string zone = body.text("availability_zone"); !zone.empty()) {
    request.zone = call.region().find_zone(zone);
    if (request.zone == sim::none<sim::ZoneId>()) body.report("availability_zone", "a zone of the region");
  }
  request.subnets = read_networks(call, body);
  request.security_groups = read_groups(call, body);
  request.key_name = body.text("key_name");
  if (!request.key_name.empty() && !call.region().has_key_pair(request.key_name))
    body.report("key_name", "a key pair that exists");
  request.metadata = read_metadata(body);
  return request;
}

// ---- What to do with one ----

Response accepted(const ServiceCall& call, const sim::Outcome<void>& done) {
  return done ? Response{202, {}} : refused(call, done.error());
}

Response reboot(const ServiceCall& call, const sim::Ecs& ecs, const ServiceBody& body) {
  constexpr Spelling<sim::Reboot> kWays[] = {{"SOFT", sim::Reboot::Soft}, {"HARD", sim::Reboot::Hard}};
  const auto how = body.fields().object("reboot");
  const auto way = how ? how->choice("type", kServiceBodyFault, kWays) : std::nullopt;
  if (!way) body.report("reboot", R"({"type": "SOFT"} or {"type": "HARD"})");
  if (body.is_wrong()) return body.refusal();
  return accepted(call, call.cloud().submit(sim::RebootEcs{ecs, *way}));
}

}  // namespace

Response create_nova_server(const ServiceCall& call) {
  const ServiceBody body(call, "server");
  sim::CreateServer request = read_server(call, body);
  const int count = std::max(body.integer("min_count", 1), body.integer("max_count", 1));
  if (count < 1 || count > kMostAtOnce) body.report("max_count", fmt::format("1 to {}", kMostAtOnce));
  if (body.is_wrong()) return body.refusal();
  const std::string name = request.name;
  auto first = sim::none<sim::ServerId>();
  for (int i = 1; i <= count; ++i) {
    if (count > 1) request.name = fmt::format("{}-{}", name, i);
    const auto made = call.cloud().submit(request);
    if (!made) return refused(call, made.error());
    if (i == 1) first = *made;
  }
  const std::string& id = call.region().server(first).id;
  return answer(202, {{"server", object{{"id", id},
                                        {"OS-DCF:diskConfig", "MANUAL"},
                                        {"adminPass", hash_text("password", {id}).substr(0, 12)},
                                        {"security_groups", array{}},
                                        {"links", array{}}}}});
}

// The filter by name takes parts of names, as compute's does.
Response list_nova_servers(const ServiceCall& call) {
  array rows;
  for (const sim::Ecs& each : call.cloud().all_ecs()) rows.push_back(server_view(call, each));
  return answer(200, {{"servers", asked_for(call, std::move(rows), "id", NameFilter::Part)}});
}

Response show_nova_server(const ServiceCall& call) {
  const sim::Ecs ecs = server_in_path(call);
  if (ecs.is_none()) return no_such_server(call);
  return answer(200, {{"server", server_view(call, ecs)}});
}

// Of a server that a group made nothing can be changed; who tries is shown how it is.
Response change_nova_server(const ServiceCall& call) {
  const sim::Ecs ecs = server_in_path(call);
  if (ecs.is_none()) return no_such_server(call);
  const ServiceBody body(call, "server");
  const auto name = body.changed("name");
  if (name && name->empty()) body.report("name", "a text that is not empty");
  if (body.is_wrong()) return body.refusal();
  if (name && ecs.server != sim::none<sim::ServerId>())
    call.cloud().submit(sim::RenameServer{ecs.server, *name});
  return show_nova_server(call);
}

Response act_on_nova_server(const ServiceCall& call) {
  const sim::Ecs ecs = server_in_path(call);
  if (ecs.is_none()) return no_such_server(call);
  const ServiceBody body(call, "");
  if (body.is_wrong()) return body.refusal();
  const object& members = body.fields().members();
  if (members.contains("os-start")) return accepted(call, call.cloud().submit(sim::StartEcs{ecs}));
  if (members.contains("os-stop")) return accepted(call, call.cloud().submit(sim::StopEcs{ecs}));
  if (members.contains("reboot")) return reboot(call, ecs, body);
  return service_error(call.service, 400, "action: expected one of os-start, os-stop, reboot");
}

Response delete_nova_server(const ServiceCall& call) {
  const sim::Ecs ecs = server_in_path(call);
  if (ecs.is_none()) return no_such_server(call);
  return no_content(call, call.cloud().submit(sim::DeleteEcs{ecs}));
}

Response list_groups_of_nova_server(const ServiceCall& call) {
  const sim::Ecs ecs = server_in_path(call);
  if (ecs.is_none()) return no_such_server(call);
  array rows;
  for (const sim::SecurityGroupId each : facts_of(call.cloud(), ecs).security_groups) {
    const sim::SecurityGroup& group = call.region().security_group(each);
    rows.push_back(object{{"id", group.id},
                          {"name", group.name},
                          {"description", group.description},
                          {"tenant_id", call.tenant.id},
                          {"rules", array{}}});
  }
  return answer(200, {{"security_groups", std::move(rows)}});
}

Response list_interfaces_of_nova_server(const ServiceCall& call) {
  const sim::Ecs ecs = server_in_path(call);
  if (ecs.is_none()) return no_such_server(call);
  array rows;
  if (const auto in = call.cloud().subnets_of(ecs); !in.empty()) {
    const sim::Subnet& subnet = call.region().subnet(in.front());
    const std::string port = hash_uuid("port", {ecs_id(call.cloud(), ecs)});
    rows.push_back(object{{"port_id", port},
                          {"net_id", subnet.id},
                          {"mac_addr", mac_of(port)},
                          {"port_state", "ACTIVE"},
                          {"fixed_ips", array{object{{"subnet_id", subnet.neutron_id},
                                                     {"ip_address", call.cloud().address_of(ecs)}}}}});
  }
  return answer(200, {{"interfaceAttachments", std::move(rows)}});
}

Response list_volumes_of_nova_server(const ServiceCall& call) {
  if (server_in_path(call).is_none()) return no_such_server(call);
  return answer(200, {{"volumeAttachments", array{}}});
}

}  // namespace tidepool::api
