// The ECS service, v1: the same servers as compute has, with jobs for what takes time.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/routes/neutron.hpp"
#include "api/routes/service_call.hpp"
#include "api/routes/service_ecs.hpp"
#include "api/routes/service_images.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr int kMostAtOnce = 500;

// ---- Views. Numbers are texts here where the service has them so. ----

object flavor_of(const sim::Region& region, sim::FlavorId id) {
  if (id == sim::none<sim::FlavorId>()) return {};
  const sim::Flavor& flavor = region.flavor(id);
  return {{"id", flavor.name},
          {"name", flavor.name},
          {"vcpus", std::to_string(flavor.vcpus)},
          {"ram", std::to_string(flavor.memory_mb)},
          {"disk", "0"}};
}

object addresses_of(const sim::Region& region, const EcsFacts& facts) {
  if (facts.address.empty() || facts.vpc == sim::none<sim::VpcId>()) return {};
  array all;
  const auto add = [&](const std::string& address, const char* type) {
    if (!address.empty())
      all.push_back(object{{"addr", address},
                           {"version", "4"},
                           {"OS-EXT-IPS:type", type},
                           {"OS-EXT-IPS:port_id", port_of(facts)},
                           {"OS-EXT-IPS-MAC:mac_addr", mac_of(port_of(facts))}});
  };
  add(facts.address, "fixed");
  add(facts.public_address, "floating");
  return {{region.vpc(facts.vpc).id, std::move(all)}};
}

object metadata_of(const sim::Region& region, const EcsFacts& facts) {
  object out{{"charging_mode", "0"}, {"os_type", "Linux"}};
  if (facts.vpc != sim::none<sim::VpcId>()) out.emplace("vpc_id", region.vpc(facts.vpc).id);
  if (facts.image != sim::none<sim::ImageId>()) {
    out.emplace("image_name", image_name(sim::index_of(facts.image)));
    out.emplace("metering.image_id", region.images[sim::index_of(facts.image)].id);
  }
  for (const auto& [key, text] : facts.metadata) out.insert_or_assign(key, text);
  return out;
}

array groups_of(const sim::Region& region, const EcsFacts& facts) {
  array rows;
  for (const sim::SecurityGroupId each : facts.security_groups)
    rows.push_back(
        object{{"id", region.security_group(each).id}, {"name", region.security_group(each).name}});
  return rows;
}

// One text a tag here, an object where only the tags are asked for.
array tag_texts(const EcsFacts& facts) {
  array rows;
  for (const sim::Tag& each : facts.tags) rows.emplace_back(each.key + "=" + each.value);
  return rows;
}

object server_view(const ServiceCall& call, const sim::Ecs& ecs) {
  const sim::Region& region = call.region();
  const EcsFacts facts = facts_of(call.cloud(), ecs);
  const std::string created = seconds_text(facts.created);
  object image;
  if (facts.image != sim::none<sim::ImageId>())
    image.emplace("id", region.images[sim::index_of(facts.image)].id);
  return {{"id", facts.id},
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
          {"os-extended-volumes:volumes_attached", array{}},
          {"hostId", hash_text("host", {facts.id})},
          {"host_status", "UP"},
          {"accessIPv4", ""},
          {"accessIPv6", ""},
          {"config_drive", ""},
          {"description", ""},
          {"enterprise_project_id", "0"},
          {"progress", facts.status == sim::EcsStatus::Build ? 0 : 100},
          {"key_name", facts.key_name},
          {"image", std::move(image)},
          {"flavor", flavor_of(region, facts.flavor)},
          {"metadata", metadata_of(region, facts)},
          {"addresses", addresses_of(region, facts)},
          {"security_groups", groups_of(region, facts)},
          {"tags", tag_texts(facts)},
          {"sys_tags", array{}}};
}

// ---- Jobs ----

// How far the work on one server is.
std::string status_of(const ServiceCall& call, const sim::EcsJob& job, std::size_t index) {
  if (!job.failures[index].empty()) return "FAIL";
  if (job.type != "createServer") return "SUCCESS";
  const sim::EcsStatus status = call.cloud().status_of(job.servers[index]);
  if (status == sim::EcsStatus::Build) return "RUNNING";
  return status == sim::EcsStatus::Error ? "FAIL" : "SUCCESS";
}

// A server is made when it has booted; everything else is done at once.
sim::Time end_of(const ServiceCall& call, const sim::EcsJob& job, std::size_t index) {
  const bool made = job.type == "createServer" && job.failures[index].empty();
  return made ? std::max(job.begin, call.region().server(job.servers[index].server).ready) : job.begin;
}

// The whole runs as long as a part does, and fails with any.
std::string worse(const std::string& a, const std::string& b) {
  for (const char* each : {"RUNNING", "FAIL"})
    if (a == each || b == each) return each;
  return "SUCCESS";
}

Response show_job(const ServiceCall& call) {
  const sim::EcsJob* job = call.cloud().find_job(call.text("job_id"));
  if (job == nullptr) return no_such(call, "job", call.text("job_id"));
  array parts;
  std::string status = "SUCCESS", reason;
  const std::string begin = seconds_text(job->begin);
  sim::Time end = job->begin;
  for (std::size_t i = 0; i < job->servers.size(); ++i) {
    const std::string part = status_of(call, *job, i);
    status = worse(status, part);
    if (reason.empty()) reason = job->failures[i];
    end = std::max(end, end_of(call, *job, i));
    parts.push_back(object{{"job_id", hash_uuid("sub_job", {job->id, std::to_string(i)})},
                           {"job_type", job->type},
                           {"status", part},
                           {"begin_time", begin},
                           {"end_time", part == "RUNNING" ? "" : seconds_text(end_of(call, *job, i))},
                           {"error_code", nullptr},
                           {"fail_reason", job->failures[i]},
                           {"entities", object{{"server_id", ecs_id(call.cloud(), job->servers[i])}}}});
  }
  const auto count = parts.size();
  return answer(200, {{"job_id", job->id},
                      {"job_type", job->type},
                      {"status", status},
                      {"begin_time", begin},
                      {"end_time", status == "RUNNING" ? "" : seconds_text(end)},
                      {"error_code", nullptr},
                      {"fail_reason", reason},
                      {"entities", object{{"sub_jobs_total", count}, {"sub_jobs", std::move(parts)}}}});
}

Response job_answer(const sim::EcsJob& job) { return answer(200, {{"job_id", job.id}}); }

// ---- Making servers ----

std::vector<sim::SubnetId> read_nics(const ServiceCall& call, const ServiceBody& body) {
  std::vector<sim::SubnetId> chosen;
  for (const Fields& each : body.fields().objects("nics").value_or(std::vector<Fields>{})) {
    const auto id = call.region().find_subnet(each.required_text("subnet_id", kServiceBodyFault));
    if (id == sim::none<sim::SubnetId>()) each.report("subnet_id", kServiceBodyFault, "a subnet that exists");
    chosen.push_back(id);
  }
  if (chosen.empty()) body.report("nics", "at least one");
  return chosen;
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
    const auto id = call.region().find_security_group(each.required_text("id", kServiceBodyFault));
    if (id == sim::none<sim::SecurityGroupId>())
      each.report("id", kServiceBodyFault, "a security group that exists");
    chosen.push_back(id);
  }
  return chosen;
}

sim::Disk read_disk(const Fields& volume, sim::DiskType type) {
  constexpr Spelling<sim::VolumeType> kTypes[] = {
      {"SATA", sim::VolumeType::Sata}, {"SAS", sim::VolumeType::Sas},    {"SSD", sim::VolumeType::Ssd},
      {"ESSD", sim::VolumeType::Essd}, {"co-p1", sim::VolumeType::CoP1}, {"uh-l1", sim::VolumeType::UhL1}};
  sim::Disk disk;
  disk.type = type;
  disk.size_gb = volume.integer("size", kServiceBodyFault).value_or(40);
  disk.volume_type = volume.choice("volumetype", kServiceBodyFault, kTypes).value_or(sim::VolumeType::Sata);
  return disk;
}

std::vector<sim::Disk> read_disks(const ServiceBody& body) {
  std::vector<sim::Disk> disks;
  if (const auto root = body.fields().object("root_volume"))
    disks.push_back(read_disk(*root, sim::DiskType::System));
  for (const Fields& each : body.fields().objects("data_volumes").value_or(std::vector<Fields>{}))
    disks.push_back(read_disk(each, sim::DiskType::Data));
  return disks;
}

sim::CreateServer read_server(const ServiceCall& call, const ServiceBody& body) {
  sim::CreateServer request;
  request.name = body.required("name");
  request.flavor = call.region().find_flavor(body.required("flavorRef"));
  if (request.flavor == sim::none<sim::FlavorId>()) body.report("flavorRef", "a flavor of the region");
  request.image = call.region().find_image(body.required("imageRef"));
  if (request.image == sim::none<sim::ImageId>()) body.report("imageRef", "an image of the region");
  if (const std::string zone = body.text("availability_zone"); !zone.empty()) {
    request.zone = call.region().find_zone(zone);
    if (request.zone == sim::none<sim::ZoneId>()) body.report("availability_zone", "a zone of the region");
  }
  request.subnets = read_nics(call, body);
  const auto vpc = call.region().find_vpc(body.required("vpcid"));
  if (vpc == sim::none<sim::VpcId>()) body.report("vpcid", "a VPC that exists");
  if (!body.is_wrong() && call.region().subnet(request.subnets.front()).vpc != vpc)
    body.report("vpcid", "the VPC of the subnets");
  request.security_groups = read_groups(call, body);
  request.disks = read_disks(body);
  request.key_name = body.text("key_name");
  if (!request.key_name.empty() && !call.region().has_key_pair(request.key_name))
    body.report("key_name", "a key pair that exists");
  return request;
}

Response create_servers(const ServiceCall& call) {
  const ServiceBody body(call, "server");
  sim::CreateServer request = read_server(call, body);
  const int count = body.integer("count", 1);
  if (count < 1 || count > kMostAtOnce) body.report("count", fmt::format("1 to {}", kMostAtOnce));
  if (body.is_wrong()) return body.refusal();
  const std::string name = request.name;
  sim::EcsJob job{{}, "createServer"};
  for (int i = 1; i <= count; ++i) {
    if (count > 1) request.name = fmt::format("{}-{:04}", name, i);
    const auto made = call.cloud().submit(request);
    if (!made) return refused(call, made.error());
    job.servers.push_back({*made});
  }
  array ids;
  for (const sim::Ecs& each : job.servers) ids.emplace_back(ecs_id(call.cloud(), each));
  const sim::EcsJob& kept = call.cloud().open_job(std::move(job));
  return answer(200, {{"job_id", kept.id}, {"serverIds", std::move(ids)}});
}

// ---- Reading them ----

Response list_servers(const ServiceCall& call) {
  array rows;
  for (const sim::Ecs& each : call.cloud().all_ecs()) rows.push_back(server_view(call, each));
  rows = asked_for(call, std::move(rows), "id", NameFilter::Part);
  const auto count = rows.size();
  return answer(200, {{"count", count}, {"servers", std::move(rows)}});
}

Response show_server(const ServiceCall& call) {
  const sim::Ecs ecs = find_ecs(call.cloud(), call.text("server_id"));
  if (ecs.is_none()) return no_such(call, "server", call.text("server_id"));
  return answer(200, {{"server", server_view(call, ecs)}});
}

Response list_tags_of_server(const ServiceCall& call) {
  const sim::Ecs ecs = find_ecs(call.cloud(), call.text("server_id"));
  if (ecs.is_none()) return no_such(call, "server", call.text("server_id"));
  array rows;
  for (const sim::Tag& each : call.cloud().tags_of(ecs))
    rows.push_back(object{{"key", each.key}, {"value", each.value}});
  return answer(200, {{"tags", std::move(rows)}, {"sys_tags", array{}}});
}

Response list_flavors(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().flavors.size(); ++i) {
    object row = flavor_of(call.region(), sim::id_at<sim::FlavorId>(i));
    row.at("ram") = call.region().flavors[i].memory_mb;
    row.emplace("links", array{});
    row.emplace("os_extra_specs", object{});
    rows.push_back(std::move(row));
  }
  return answer(200, {{"flavors", asked_for(call, std::move(rows))}});
}

// ---- What to do with several; each is handled on its own, and the job says where it failed ----

std::vector<sim::Ecs> read_servers(const ServiceCall& call, const Fields& fields) {
  std::vector<sim::Ecs> servers;
  for (const Fields& each : fields.objects("servers").value_or(std::vector<Fields>{})) {
    servers.push_back(find_ecs(call.cloud(), each.required_text("id", kServiceBodyFault)));
    if (servers.back().is_none()) each.report("id", kServiceBodyFault, "a server that exists");
  }
  if (servers.empty()) fields.report("servers", kServiceBodyFault, "at least one");
  return servers;
}

template <class Request>
Response do_to_all(const ServiceCall& call, const char* type, std::vector<sim::Ecs> servers,
                   const Request& request) {
  sim::EcsJob job{{}, type, std::move(servers)};
  for (const sim::Ecs& each : job.servers) {
    Request one = request;
    one.ecs = each;
    const auto done =
        call.cloud().exists(each) ? call.cloud().submit(one) : sim::Outcome<void>{};  // Named twice.
    job.failures.push_back(done ? std::string{} : done.error().message);
  }
  return job_answer(call.cloud().open_job(std::move(job)));
}

Response act_on_servers(const ServiceCall& call) {
  const ServiceBody body(call, "");
  constexpr Spelling<sim::Reboot> kWays[] = {{"SOFT", sim::Reboot::Soft}, {"HARD", sim::Reboot::Hard}};
  const char* action = nullptr;
  for (const char* each : {"os-start", "os-stop", "reboot"})
    if (body.fields().has(each)) action = each;
  if (action == nullptr) {
    if (body.is_wrong()) return body.refusal();
    return service_error(call.service, 400, "action: expected one of os-start, os-stop, reboot");
  }
  const auto fields = body.fields().object(action);
  if (!fields) return body.refusal();
  const auto servers = read_servers(call, *fields);
  const auto way = fields->choice("type", kServiceBodyFault, kWays);
  if (body.is_wrong()) return body.refusal();
  if (std::string_view{action} == "os-start") return do_to_all(call, "startServer", servers, sim::StartEcs{});
  if (std::string_view{action} == "os-stop") return do_to_all(call, "stopServer", servers, sim::StopEcs{});
  return do_to_all(call, "rebootServer", servers, sim::RebootEcs{{}, way.value_or(sim::Reboot::Soft)});
}

Response delete_servers(const ServiceCall& call) {
  const ServiceBody body(call, "");
  const auto servers = read_servers(call, body.fields());
  if (body.is_wrong()) return body.refusal();
  return do_to_all(call, "deleteServer", servers, sim::DeleteEcs{});
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v1/{project_id}/cloudservers", "create servers", create_servers},
    {"POST", "/v1.1/{project_id}/cloudservers", "create servers", create_servers},
    {"GET", "/v1/{project_id}/cloudservers", "list servers", list_servers},
    {"GET", "/v1/{project_id}/cloudservers/detail", "list servers", list_servers},
    {"GET", "/v1/{project_id}/cloudservers/flavors", "list flavors", list_flavors},
    {"GET", "/v1/{project_id}/cloudservers/{server_id}", "read a server", show_server},
    {"POST", "/v1/{project_id}/cloudservers/action", "start, stop or restart servers", act_on_servers},
    {"POST", "/v1/{project_id}/cloudservers/delete", "delete servers", delete_servers},
    {"GET", "/v1/{project_id}/cloudservers/{server_id}/tags", "list the tags of a server",
     list_tags_of_server},
    {"GET", "/v1/{project_id}/jobs/{job_id}", "read a job", show_job},
});

}  // namespace

Service ecs_service() { return {ServiceName::Ecs, kRoutes}; }

}  // namespace tidepool::api
