#include "api/routes/service_ecs.hpp"

#include <utility>

#include "api/routes/service_call.hpp"
#include "api/routes/service_eip.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

sim::Metadata without_secrets(sim::Metadata metadata) {
  std::erase_if(metadata, [](const auto& each) { return each.first == "admin_pass"; });
  return metadata;
}

EcsFacts facts_of_server(const sim::Cloud& cloud, sim::ServerId id) {
  const sim::Server& server = cloud.region().server(id);
  EcsFacts facts{server_text(cloud, id), server_name(cloud, id), server.zone};
  facts.flavor = server.flavor;
  facts.image = server.image;
  facts.vpc = server.vpc;
  facts.disks = server.disks;
  facts.key_name = server.key_name;
  facts.metadata = without_secrets(server.metadata);
  facts.created = server.created;
  return facts;
}

EcsFacts facts_of_instance(const sim::Cloud& cloud, sim::InstanceId id) {
  const sim::Instance& made = cloud.all_instances()[sim::index_of(id)];
  const sim::AsConfiguration& by = cloud.all_configurations()[sim::index_of(made.configuration)];
  const sim::AsGroupSettings& group = cloud.all_groups()[sim::index_of(made.group)].set;
  EcsFacts facts{instance_text(cloud, id), instance_name(cloud, id), made.zone};
  facts.flavor = made.flavor;
  facts.image = by.image;
  facts.vpc = group.vpc;
  facts.disks = by.disks;
  facts.key_name = by.key_name;
  facts.metadata = without_secrets(by.metadata);
  facts.created = made.joined;
  return facts;
}

}  // namespace

sim::Ecs find_ecs(const sim::Cloud& cloud, std::string_view id) {
  sim::Ecs found{find_server(cloud, id)};
  if (found.server == sim::none<sim::ServerId>()) found.instance = find_instance(cloud, id);
  return cloud.exists(found) ? found : sim::Ecs{};
}

std::string ecs_id(const sim::Cloud& cloud, const sim::Ecs& ecs) {
  return ecs.server != sim::none<sim::ServerId>() ? server_text(cloud, ecs.server)
                                                  : instance_text(cloud, ecs.instance);
}

std::string zone_of(const sim::Cloud& cloud, const sim::Ecs& ecs) {
  const sim::ZoneId zone = ecs.server != sim::none<sim::ServerId>()
                               ? cloud.region().server(ecs.server).zone
                               : cloud.all_instances()[sim::index_of(ecs.instance)].zone;
  return cloud.region().zone(zone).name;
}

std::vector<sim::SecurityGroupId> security_groups_of(const sim::Cloud& cloud, const sim::Ecs& ecs) {
  return ecs.server != sim::none<sim::ServerId>() ? cloud.region().server(ecs.server).security_groups
                                                  : cloud.security_groups_of(ecs.instance);
}

EcsFacts facts_of(const sim::Cloud& cloud, const sim::Ecs& ecs) {
  EcsFacts facts = ecs.server != sim::none<sim::ServerId>() ? facts_of_server(cloud, ecs.server)
                                                            : facts_of_instance(cloud, ecs.instance);
  facts.status = cloud.status_of(ecs);
  facts.security_groups = security_groups_of(cloud, ecs);
  facts.address = cloud.address_of(ecs);
  facts.public_address = public_address_of(cloud, ecs);
  facts.tags = cloud.tags_of(ecs);
  return facts;
}

std::string port_of(const EcsFacts& facts) { return hash_uuid("port", {facts.id}); }

int power_state(sim::EcsStatus status) {
  if (status == sim::EcsStatus::Active) return 1;
  return status == sim::EcsStatus::ShutOff ? 4 : 0;
}

const char* vm_state(sim::EcsStatus status) {
  switch (status) {
    case sim::EcsStatus::Active: return "active";
    case sim::EcsStatus::ShutOff: return "stopped";
    case sim::EcsStatus::Build: return "building";
    default: return "error";
  }
}

}  // namespace tidepool::api
