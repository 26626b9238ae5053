// Compute (Nova), v2.1: flavors, images, key pairs, security groups in their older form, zones. Servers are in
// nova_servers.cpp.
#include "api/routes/nova.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/routes/key_material.hpp"
#include "api/routes/security_groups.hpp"
#include "api/routes/service_images.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// ---- Flavors ----

object flavor_view(const sim::Flavor& flavor) {
  return {{"id", flavor.name},
          {"name", flavor.name},
          {"vcpus", flavor.vcpus},
          {"ram", flavor.memory_mb},
          {"disk", 0},
          {"swap", ""},
          {"OS-FLV-EXT-DATA:ephemeral", 0},
          {"OS-FLV-DISABLED:disabled", false},
          {"rxtx_factor", 1},
          {"os-flavor-access:is_public", true},
          {"links", array{}}};
}

Response list_flavors(const ServiceCall& call) {
  array rows;
  for (const sim::Flavor& each : call.region().flavors) rows.push_back(flavor_view(each));
  return answer(200, {{"flavors", asked_for(call, std::move(rows))}});
}

Response show_flavor(const ServiceCall& call) {
  const auto id = call.region().find_flavor(call.text("flavor_id"));
  if (id == sim::none<sim::FlavorId>()) return no_such(call, "flavor", call.text("flavor_id"));
  return answer(200, {{"flavor", flavor_view(call.region().flavor(id))}});
}

Response list_extra_specs(const ServiceCall& /*call*/) { return answer(200, {{"extra_specs", object{}}}); }

// ---- Images ----

object image_view(const ServiceCall& call, std::size_t index) {
  const sim::Image& image = call.region().images[index];
  const std::string made = seconds_text(call.cloud().start());
  return {{"id", image.id},
          {"name", image_name(index)},
          {"created", made},
          {"updated", made},
          {"progress", 100},
          {"minDisk", image.min_disk_gb},
          {"minRam", image.min_memory_mb},
          {"status", image.status == sim::ImageStatus::Active ? "ACTIVE" : "ERROR"},
          {"metadata", object{}},
          {"links", array{}}};
}

Response list_images(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().images.size(); ++i) rows.push_back(image_view(call, i));
  return answer(200, {{"images", asked_for(call, std::move(rows))}});
}

Response show_image(const ServiceCall& call) {
  const auto id = call.region().find_image(call.text("image_id"));
  if (id == sim::none<sim::ImageId>()) return no_such(call, "image", call.text("image_id"));
  return answer(200, {{"image", image_view(call, sim::index_of(id))}});
}

// ---- Key pairs ----

// Of one that the region declares nothing but the name is known.
object key_pair_view(const ServiceCall& call, const sim::KeyPair& pair) {
  const std::string public_key =
      pair.public_key.empty() ? make_key(call.cloud().seed(), pair.name, 0).public_key : pair.public_key;
  return {{"name", pair.name},
          {"type", "ssh"},
          {"fingerprint", key_fingerprint(public_key)},
          {"public_key", public_key},
          {"user_id", hash_text("user", {call.tenant.id})},
          {"created_at", seconds_text(pair.created)},
          {"deleted", false},
          {"id", pair.name}};
}

// Real services are as strict; a name is also a part of a path.
bool is_key_name(std::string_view name) {
  return name.size() <= 255 && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view{" ._-@"}.find(c) != std::string_view::npos;
         });
}

Response create_key_pair(const ServiceCall& call) {
  const ServiceBody body(call, "keypair");
  sim::ImportKeyPair request{body.required("name"), body.text("public_key"), {}};
  if (!is_key_name(request.name)) body.report("name", "1 to 255 letters, digits, blanks and . _ - @");
  const bool imported = !request.public_key.empty();
  if (imported && request.public_key.find(' ') == std::string::npos)
    body.report("public_key", "a kind of key and its base64, as in an authorized_keys file");
  if (body.is_wrong()) return body.refusal();
  KeyMaterial made;
  if (!imported) {
    made = make_key(call.cloud().seed(), request.name, call.region().key_pairs.size());
    request.public_key = made.public_key;
  }
  request.fingerprint = key_fingerprint(request.public_key);
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  object view = key_pair_view(call, *call.region().find_key_pair(request.name));
  if (!imported) view.emplace("private_key", made.private_key);
  return answer(200, {{"keypair", std::move(view)}});
}

Response list_key_pairs(const ServiceCall& call) {
  array rows, wrapped;
  for (const sim::KeyPair& each : call.region().key_pairs)
    if (!each.deleted) rows.push_back(key_pair_view(call, each));
  for (auto& each : asked_for(call, std::move(rows), "name")) wrapped.push_back(object{{"keypair", each}});
  return answer(200, {{"keypairs", std::move(wrapped)}});
}

Response show_key_pair(const ServiceCall& call) {
  const sim::KeyPair* found = call.region().find_key_pair(call.text("keypair_name"));
  if (found == nullptr) return no_such(call, "keypair", call.text("keypair_name"));
  return answer(200, {{"keypair", key_pair_view(call, *found)}});
}

Response delete_key_pair(const ServiceCall& call) {
  if (const auto done = call.cloud().submit(sim::DeleteKeyPair{call.text("keypair_name")}); !done)
    return refused(call, done.error());
  return {202, {}};
}

// ---- Security groups ----

object group_view(const ServiceCall& call, const sim::SecurityGroup& group) {
  array rules;
  for (const sim::SecurityGroupRule& each : group.rules) {
    if (!each.ingress) continue;  // This service never knew of any other.
    object range;
    if (!each.remote_cidr.empty()) range.emplace("cidr", each.remote_cidr);
    rules.push_back(object{{"id", each.id},
                           {"parent_group_id", group.id},
                           {"ip_protocol", each.protocol},
                           {"from_port", each.port_min},
                           {"to_port", each.port_max},
                           {"ip_range", std::move(range)},
                           {"group", object{}}});
  }
  return {{"id", group.id},
          {"name", group.name},
          {"description", group.description},
          {"tenant_id", call.tenant.id},
          {"rules", std::move(rules)}};
}

constexpr SecurityGroupForm kForm{group_view, 200};

Response create_group(const ServiceCall& call) { return create_security_group(call, kForm); }
Response list_groups(const ServiceCall& call) { return list_security_groups(call, kForm); }
Response show_group(const ServiceCall& call) { return show_security_group(call, kForm); }
Response change_group(const ServiceCall& call) { return change_security_group(call, kForm); }

Response delete_group(const ServiceCall& call) {
  const auto id = security_group_in_path(call);
  if (id == sim::none<sim::SecurityGroupId>()) return no_such_security_group(call);
  if (const auto done = call.cloud().submit(sim::DeleteSecurityGroup{id}); !done)
    return refused(call, done.error());
  return {202, {}};
}

Response create_rule(const ServiceCall& call) {
  const ServiceBody body(call, "security_group_rule");
  sim::AddSecurityGroupRule request;
  request.group = call.region().find_security_group(body.required("parent_group_id"));
  if (request.group == sim::none<sim::SecurityGroupId>())
    body.report("parent_group_id", "a security group that exists");
  request.rule.protocol = body.text("ip_protocol");
  request.rule.port_min = body.integer("from_port", 0);
  request.rule.port_max = body.integer("to_port", 0);
  request.rule.remote_cidr = body.text("cidr");
  request.rule.remote_group = body.text("group_id");
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  const object view = group_view(call, call.region().security_group(request.group));
  return answer(200, {{"security_group_rule", view.at("rules").as_array().back()}});
}

Response delete_rule(const ServiceCall& call) {
  const auto& groups = call.region().security_groups;
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (!groups[i].deleted && call.cloud().submit(sim::RemoveSecurityGroupRule{
                                  sim::id_at<sim::SecurityGroupId>(i), call.text("rule_id")}))
      return {202, {}};
  return no_such(call, "security_group_rule", call.text("rule_id"));
}

// ---- Zones and limits ----

Response list_zones(const ServiceCall& call) {
  array rows;
  for (const sim::AvailabilityZone& each : call.region().zones)
    rows.push_back(
        object{{"zoneName", each.name}, {"zoneState", object{{"available", true}}}, {"hosts", nullptr}});
  return answer(200, {{"availabilityZoneInfo", std::move(rows)}});
}

// -1 is no limit.
Response show_limits(const ServiceCall& call) {
  const auto limit = [](int quota) { return quota == 0 ? -1 : quota; };
  const sim::Behaviour& quotas = call.cloud().behaviour();
  const sim::Usage used = call.cloud().usage();
  object absolute{{"maxTotalInstances", limit(quotas.instance_quota)},
                  {"maxTotalCores", limit(quotas.vcpu_quota)},
                  {"maxTotalRAMSize", limit(quotas.memory_quota_mb)},
                  {"maxTotalKeypairs", -1},
                  {"maxSecurityGroups", -1},
                  {"totalInstancesUsed", used.ecs},
                  {"totalCoresUsed", used.vcpus},
                  {"totalRAMUsed", used.memory_mb}};
  return answer(200, {{"limits", object{{"rate", array{}}, {"absolute", std::move(absolute)}}}});
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"GET", "/v2.1/{project_id}/flavors", "list flavors", list_flavors},
    {"GET", "/v2.1/{project_id}/flavors/detail", "list flavors", list_flavors},
    {"GET", "/v2.1/{project_id}/flavors/{flavor_id}", "read a flavor", show_flavor},
    {"GET", "/v2.1/{project_id}/flavors/{flavor_id}/os-extra_specs", "list a flavor's extra specifications",
     list_extra_specs},
    {"GET", "/v2.1/{project_id}/images", "list images", list_images},
    {"GET", "/v2.1/{project_id}/images/detail", "list images", list_images},
    {"GET", "/v2.1/{project_id}/images/{image_id}", "read an image", show_image},
    {"POST", "/v2.1/{project_id}/os-keypairs", "create a key pair", create_key_pair},
    {"GET", "/v2.1/{project_id}/os-keypairs", "list key pairs", list_key_pairs},
    {"GET", "/v2.1/{project_id}/os-keypairs/{keypair_name}", "read a key pair", show_key_pair},
    {"DELETE", "/v2.1/{project_id}/os-keypairs/{keypair_name}", "delete a key pair", delete_key_pair},
    {"POST", "/v2.1/{project_id}/os-security-groups", "create a security group", create_group},
    {"GET", "/v2.1/{project_id}/os-security-groups", "list security groups", list_groups},
    {"GET", "/v2.1/{project_id}/os-security-groups/{group_id}", "read a security group", show_group},
    {"PUT", "/v2.1/{project_id}/os-security-groups/{group_id}", "change a security group", change_group},
    {"DELETE", "/v2.1/{project_id}/os-security-groups/{group_id}", "delete a security group", delete_group},
    {"POST", "/v2.1/{project_id}/os-security-group-rules", "create a rule of a security group", create_rule},
    {"DELETE", "/v2.1/{project_id}/os-security-group-rules/{rule_id}", "delete a rule of a security group",
     delete_rule},
    {"GET", "/v2.1/{project_id}/os-availability-zone", "list availability zones", list_zones},
    {"GET", "/v2.1/{project_id}/os-availability-zone/detail", "list availability zones", list_zones},
    {"GET", "/v2.1/{project_id}/limits", "read the limits of the project", show_limits},
    {"POST", "/v2.1/{project_id}/servers", "create a server", create_nova_server},
    {"GET", "/v2.1/{project_id}/servers", "list servers", list_nova_servers},
    {"GET", "/v2.1/{project_id}/servers/detail", "list servers", list_nova_servers},
    {"GET", "/v2.1/{project_id}/servers/{server_id}", "read a server", show_nova_server},
    {"PUT", "/v2.1/{project_id}/servers/{server_id}", "change a server", change_nova_server},
    {"DELETE", "/v2.1/{project_id}/servers/{server_id}", "delete a server", delete_nova_server},
    {"POST", "/v2.1/{project_id}/servers/{server_id}/action", "start, stop or restart a server",
     act_on_nova_server},
    {"GET", "/v2.1/{project_id}/servers/{server_id}/os-security-groups",
     "list the security groups of a server", list_groups_of_nova_server},
    {"GET", "/v2.1/{project_id}/servers/{server_id}/os-interface", "list the network interfaces of a server",
     list_interfaces_of_nova_server},
    {"GET", "/v2.1/{project_id}/servers/{server_id}/os-volume_attachments", "list the volumes of a server",
     list_volumes_of_nova_server},
});

}  // namespace

Service nova_service() { return {ServiceName::Compute, kRoutes}; }

}  // namespace tidepool::api
