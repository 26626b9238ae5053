// What the compute service does with ECSs: those that were made by hand, and those that groups made, whose owners may
// stop, start or delete them behind the service's back. Key pairs and notification topics are here, too.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

Refusal conflict(std::string message) { return {RefusalKind::Conflict, std::move(message)}; }
Refusal not_found(std::string message) { return {RefusalKind::NotFound, std::move(message)}; }

}  // namespace

// ---- What there is ----

bool Cloud::exists(ServerId server) const {
  return index_of(server) < server_lost_.size() && !server_lost_[index_of(server)];
}

bool Cloud::exists(const Ecs& ecs) const {
  if (ecs.server != none<ServerId>()) return exists(ecs.server);
  return index_of(ecs.instance) < instances_.size() &&
         instances_[index_of(ecs.instance)].ecs_deleted == kNever;
}

Ecs Cloud::ecs_of(InstanceId id) const {
  const Instance& found = instances_[index_of(id)];
  if (found.is_manual()) return {found.server};
  if (found.kept_as != none<ServerId>()) return {found.kept_as};
  return {none<ServerId>(), id};
}

EcsStatus Cloud::status_of(const Ecs& ecs) const {
  if (!exists(ecs)) return EcsStatus::Deleted;
  if (ecs.server == none<ServerId>()) {
    const Instance& made = instances_[index_of(ecs.instance)];
    // It has booted when it waits at a hook on its way in.
    return made.state == LifecycleState::PendingWait && made.ecs == EcsStatus::Build ? EcsStatus::Active
                                                                                     : made.ecs;
  }
  if (const InstanceId member = member_of(ecs.server); member != none<InstanceId>())
    return instances_[index_of(member)].ecs;
  const Server& server = region_.server(ecs.server);
  if (server.failed) return EcsStatus::Error;
  if (server.ready > now()) return EcsStatus::Build;
  if (!server.active) return EcsStatus::ShutOff;
  return zone_down_[index_of(server.zone)] > 0 ? EcsStatus::Error : EcsStatus::Active;
}

std::vector<SubnetId> Cloud::subnets_of(const Ecs& ecs) const {
  std::vector<SubnetId> in;
  if (ecs.server == none<ServerId>()) {
    for (const GroupNetwork& each : groups_[index_of(instances_[index_of(ecs.instance)].group)].set.networks)
      in.push_back(each.subnet);
    return in;
  }
  const Server& server = region_.server(ecs.server);
  if (!server.subnets.empty()) return server.subnets;
  // Of a server that the region declares only the VPC is known.
  for (std::size_t i = 0; i < region_.subnets.size() && in.empty(); ++i)
    if (!region_.subnets[i].deleted && region_.subnets[i].vpc == server.vpc) in.push_back(id_at<SubnetId>(i));
  return in;
}

std::vector<SecurityGroupId> Cloud::security_groups_of(InstanceId id) const {
  const Instance& made = instances_[index_of(id)];
  const auto& wanted = configurations_[index_of(made.configuration)].security_groups;
  if (!wanted.empty()) return wanted;
  if (const auto& own = groups_[index_of(made.group)].set.security_groups; !own.empty()) return own;
  if (const auto fallback = region_.default_security_group(); fallback != none<SecurityGroupId>())
    return {fallback};
  return {};
}

std::span<const Tag> Cloud::tags_of(const Ecs& ecs) const {
  const InstanceId made = ecs.server != none<ServerId>() ? region_.server(ecs.server).made_as : ecs.instance;
  if (made == none<InstanceId>()) return {};
  return tag_sets_[instances_[index_of(made)].tag_set];
}

// Servers made by hand and those that groups make take every other number, so that they never meet.
std::string Cloud::address_of(const Ecs& ecs) const {
  const auto in = subnets_of(ecs);
  if (in.empty()) return {};
  const InstanceId made = ecs.server != none<ServerId>() ? region_.server(ecs.server).made_as : ecs.instance;
  const bool by_hand = made == none<InstanceId>();
  return address_in(in.front(), by_hand ? 2 * index_of(ecs.server) + 1 : 2 * std::uint64_t{index_of(made)});
}

std::vector<Ecs> Cloud::all_ecs() const {
  std::vector<Ecs> all;
  for (std::size_t i = 0; i < region_.servers.size(); ++i)
    if (const auto id = id_at<ServerId>(i); exists(id)) all.push_back({id});
  for (std::size_t i = 0; i < instances_.size(); ++i)
    if (!instances_[i].is_manual() && instances_[i].kept_as == none<ServerId>() &&
        instances_[i].ecs_deleted == kNever)
      all.push_back({none<ServerId>(), id_at<InstanceId>(i)});
  return all;
}

std::string Cloud::label_of(const Ecs& ecs) const {
  return ecs.server != none<ServerId>() ? fmt::format("server#{}", index_of(ecs.server))
                                        : fmt::format("i{}", index_of(ecs.instance));
}

// ---- Made ----

Outcome<ServerId> Cloud::submit(const CreateServer& request) {
  ZoneId zone = request.zone;
  for (std::size_t i = 0; i < region_.zones.size() && zone == none<ZoneId>(); ++i)
    if (region_.offers(id_at<ZoneId>(i), request.flavor)) zone = id_at<ZoneId>(i);
  if (zone == none<ZoneId>() || !region_.offers(zone, request.flavor))
    return Refusal{RefusalKind::Invalid, fmt::format("flavor {}: expected one that the zone offers",
                                                     region_.flavor(request.flavor).name)};
  for (const SubnetId each : request.subnets) {
    const Subnet& subnet = region_.subnet(each);
    if (subnet.neutron_id.empty() || subnet.vpc != region_.subnet(request.subnets.front()).vpc)
      return Refusal{RefusalKind::Invalid,
                     fmt::format("network {}: expected one with a subnet, all in one VPC", subnet.id)};
  }
  if (const auto fault = quota_fault(request.flavor, request.disks.size(), 0))
    return conflict(fault->message);
  if (auto full = full_subnet(request.subnets)) return conflict(*std::move(full));
  const auto id = id_at<ServerId>(region_.servers.size());
  Server server{new_id("server"), request.name, zone};
  server.vpc = request.subnets.empty() ? none<VpcId>() : region_.subnet(request.subnets.front()).vpc;
  server.flavor = request.flavor;
  server.image = request.image;
  server.disks = request.disks;
  server.security_groups = request.security_groups;
  server.subnets = request.subnets;
  server.key_name = request.key_name;
  server.metadata = request.metadata;
  server.created = now();
  server.failed = !can_host(zone, request.flavor);
  const auto& own = region_.flavor(request.flavor).boot_time;
  server.ready = now() + draw(own ? *own : region_.boot_time, "boot_by_hand", index_of(id));
  region_.servers.push_back(std::move(server));
  server_member_.push_back(none<InstanceId>());
  server_lost_.push_back(false);
  journal_.write(now(), "compute", "server#{} made in {}{}", index_of(id), region_.zone(zone).name,
                 region_.server(id).failed ? ", where there is no room for it" : "");
  return id;
}

void Cloud::submit(const RenameServer& request) {
  region_.servers[index_of(request.server)].name = request.name;
  journal_.write(now(), "compute", "server#{} has another name", index_of(request.server));
}

// ---- Switched on and off, and deleted ----

void Cloud::set_power(const Ecs& ecs, EcsStatus to) {
  if (ecs.server != none<ServerId>()) region_.servers[index_of(ecs.server)].active = to == EcsStatus::Active;
  const InstanceId member = ecs.server != none<ServerId>() ? member_of(ecs.server) : ecs.instance;
  if (member == none<InstanceId>()) return;
  Instance& found = instance(member);
  // Where the zone is out it runs when that ends.
  found.down_by_outage = to == EcsStatus::Active && zone_down_[index_of(found.zone)] > 0;
  set_condition(member, found.down_by_outage ? EcsStatus::Error : to, found.lb_offline);
}

Outcome<void> Cloud::submit(const StartEcs& request) {
  const EcsStatus status = status_of(request.ecs);
  if (status != EcsStatus::ShutOff)
    return conflict(fmt::format("a server of status {} can't be started: expected SHUTOFF", text_of(status)));
  set_power(request.ecs, EcsStatus::Active);
  journal_.write(now(), "compute", "{} started by its owner", label_of(request.ecs));
  return {};
}

Outcome<void> Cloud::submit(const StopEcs& request) {
  const EcsStatus status = status_of(request.ecs);
  if (status != EcsStatus::Active && status != EcsStatus::Error)
    return conflict(fmt::format("a server of status {} can't be stopped: expected ACTIVE", text_of(status)));
  set_power(request.ecs, EcsStatus::ShutOff);
  journal_.write(now(), "compute", "{} stopped by its owner", label_of(request.ecs));
  return {};
}

Outcome<void> Cloud::submit(const RebootEcs& request) {
  const EcsStatus status = status_of(request.ecs);
  const bool hard = request.how == Reboot::Hard;
  if (status == EcsStatus::Build || (!hard && status != EcsStatus::Active))
    return conflict(fmt::format("a server of status {} can't be rebooted: expected ACTIVE", text_of(status)));
  // It takes no time here. One that broke down or stood still runs again.
  set_power(request.ecs, EcsStatus::Active);
  journal_.write(now(), "compute", "{} rebooted by its owner", label_of(request.ecs));
  return {};
}

Outcome<void> Cloud::submit(const DeleteEcs& request) {
  const Ecs& ecs = request.ecs;
  journal_.write(now(), "compute", "{} deleted by its owner", label_of(ecs));
  const InstanceId member = ecs.server != none<ServerId>() ? member_of(ecs.server) : ecs.instance;
  if (member != none<InstanceId>())
    lose_ecs(member);
  else
    lose_server(ecs.server);
  return {};
}

// ---- Let go by its group ----

// What the ECS was made of it keeps, whatever becomes of group and configuration.
void Cloud::keep_as_server(InstanceId id) {
  const Instance& made = instance(id);
  const AsConfiguration& by = configurations_[index_of(made.configuration)];
  const AsGroupSettings& set = group(made.group).set;
  Server server;
  server.zone = made.zone;
  server.vpc = set.vpc;
  server.flavor = made.flavor;
  server.active = made.ecs == EcsStatus::Active;
  server.image = by.image;
  server.disks = by.disks;
  server.security_groups = security_groups_of(id);
  server.subnets = subnets_of({none<ServerId>(), id});
  server.key_name = by.key_name;
  server.metadata = by.metadata;
  server.created = made.joined;
  server.made_as = id;
  instance(id).kept_as = id_at<ServerId>(region_.servers.size());
  region_.servers.push_back(std::move(server));
  server_member_.push_back(none<InstanceId>());
  server_lost_.push_back(false);
}

void Cloud::lose_server(ServerId id) {
  server_lost_[index_of(id)] = true;
  const InstanceId made = region_.server(id).made_as;
  if (made == none<InstanceId>()) return;
  delete_ecs(made);
  end_resources(made, ResourceKind::Eip, ResourceFate::LeaveBehind);
  end_resources(made, ResourceKind::DataDisk, ResourceFate::LeaveBehind);
}

// ---- Jobs ----

const EcsJob& Cloud::open_job(EcsJob job) {
  job.id = new_id("job");
  job.begin = now();
  job.failures.resize(job.servers.size());
  jobs_.push_back(std::move(job));
  return jobs_.back();
}

const EcsJob* Cloud::find_job(std::string_view id) const {
  for (const EcsJob& each : jobs_)
    if (each.id == id) return &each;
  return nullptr;
}

// ---- Key pairs ----

Outcome<void> Cloud::submit(const ImportKeyPair& request) {
  if (region_.has_key_pair(request.name))
    return conflict(fmt::format("key pair {:?} exists already", request.name));
  region_.key_pairs.push_back({request.name, request.public_key, request.fingerprint, now(), false});
  journal_.write(now(), "compute", "key-pair#{} made", region_.key_pairs.size() - 1);
  return {};
}

Outcome<void> Cloud::submit(const DeleteKeyPair& request) {
  for (std::size_t i = 0; i < region_.key_pairs.size(); ++i) {
    KeyPair& each = region_.key_pairs[i];
    if (each.deleted || each.name != request.name) continue;
    each.deleted = true;
    journal_.write(now(), "compute", "key-pair#{} deleted", i);
    return {};
  }
  return not_found(fmt::format("key pair {:?}: expected one that exists", request.name));
}

// ---- Notification topics ----

// One of a name that exists already is that one, with another name to show.
void Cloud::submit(const CreateTopic& request) {
  if (submit(ModifyTopic{request.name, request.display_name})) return;
  region_.topics.push_back({request.name, request.display_name, now(), false});
  journal_.write(now(), "notification", "topic {} made", request.name);
}

Outcome<void> Cloud::submit(const ModifyTopic& request) {
  for (Topic& each : region_.topics) {
    if (each.deleted || each.name != request.name) continue;
    each.display_name = request.display_name;
    return {};
  }
  return not_found(fmt::format("topic {:?}: expected one that exists", request.name));
}

Outcome<void> Cloud::submit(const DeleteTopic& request) {
  for (Topic& each : region_.topics) {
    if (each.deleted || each.name != request.name) continue;
    each.deleted = true;
    journal_.write(now(), "notification", "topic {} deleted", request.name);
    return {};
  }
  return not_found(fmt::format("topic {:?}: expected one that exists", request.name));
}

}  // namespace tidepool::sim
