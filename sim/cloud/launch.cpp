// Scale out: where an instance goes, how long it takes to come up, and how it joins the group.
#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "sim/cloud/checks.hpp"
#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

// A length times a factor may pass 64 bits before it is cut.
__extension__ using Wide = __int128;

constexpr std::uint32_t kNoResource = 0xffffffffU;

}  // namespace

void Cloud::launch_more(ScalingActivityId id) {
  const int most = behaviour_.max_parallel_creates;
  while (activity(id).to_launch > 0 && (most == 0 || activity(id).outstanding < most)) {
    --activity(id).to_launch;
    launch_one(id);
  }
}

void Cloud::launch_one(ScalingActivityId id) {
  ScalingActivity& log = activity(id);
  const AsConfiguration& configuration = configurations_[index_of(log.configuration)];
  const auto refuse = [&](ErrorCode code, std::string reason) {
    explain(log.group, {.action = id, .why = why_refused(id, code, reason)}, "launch fails, {}: {}",
            code_text(code), reason);
    log.failed.push_back({none<InstanceId>(), code, std::move(reason)});
    log.lasting_cause = true;
  };
  if (auto missing = missing_thing(configuration)) return refuse(missing->code, std::move(missing->message));
  std::vector<SubnetId> subnets;
  for (const GroupNetwork& each : group(log.group).set.networks) subnets.push_back(each.subnet);
  if (auto full = full_subnet(subnets)) return refuse(ErrorCode::SubnetAddressesExhausted, *std::move(full));
  const Place place = find_place(log.group, configuration);
  if (place.zone == none<ZoneId>()) {
    const Error why = why_no_place(group(log.group).set, configuration);
    return refuse(why.code, why.message);
  }
  const int eips = configuration.public_ip ? 1 : 0;
  if (auto fault = quota_fault(place.flavor, configuration.disks.size(), eips))
    return refuse(fault->code, std::move(fault->message));
  if constexpr (kChecksInvariants) stop_if(wrong_place(log.group, place, configuration));
  create_instance(id, place);
}

// What the configuration names and somebody has deleted since.
std::optional<Error> Cloud::missing_thing(const AsConfiguration& configuration) const {
  if (!configuration.key_name.empty() && !region_.has_key_pair(configuration.key_name))
    return Error{ErrorCode::KeyPairUnknown, fmt::format("key pair {} was deleted", configuration.key_name)};
  for (const SecurityGroupId each : configuration.security_groups)
    if (region_.security_group(each).deleted)
      return Error{ErrorCode::SecurityGroupUnknown,
                   fmt::format("security group {} was deleted", region_.security_group(each).id)};
  return {};
}

// ---- Placement ----

bool Cloud::can_host(ZoneId zone, FlavorId flavor) const {
  if (zone_down_[index_of(zone)] > 0 || !region_.offers(zone, flavor)) return false;
  const std::size_t cell = index_of(zone) * region_.flavors.size() + index_of(flavor);
  if (sold_out_[cell] > 0) return false;
  const auto& capacity = region_.zone(zone).capacity;
  const auto limit = capacity.find(flavor);
  return limit == capacity.end() || ecs_used_[cell] < limit->second;
}

bool Cloud::can_host(ZoneId zone, FlavorId flavor, const AsConfiguration& configuration) const {
  return can_host(zone, flavor) && region_.has_image(zone, configuration.image) &&
         region_.has_disks(zone, configuration.disks);
}

// The flavor of highest priority that fits anywhere, in the first zone of its order that can host it.
Cloud::Place Cloud::find_place(AsGroupId id, const AsConfiguration& configuration) {
  const AsGroupSettings& set = group(id).set;
  zone_counts_.clear();
  for (const ZoneId zone : set.zones) zone_counts_.push_back({zone, state(id).zone_members[index_of(zone)]});
  flavor_order_ = configuration.flavors;
  if (configuration.flavor_priority == FlavorPriority::CostFirst)
    std::ranges::stable_sort(flavor_order_, {},
                             [&](FlavorId each) { return region_.flavor(each).price_millionths_per_hour; });
  for (const FlavorId flavor : flavor_order_) {
    launch_order(set.multi_az_policy, zone_counts_, zone_order_);
    for (const ZoneId zone : zone_order_)
      if (can_host(zone, flavor, configuration)) return {zone, flavor};
  }
  return {};
}

// Why no zone takes an instance: the flavors, or else image or disks of the configuration.
Error Cloud::why_no_place(const AsGroupSettings& set, const AsConfiguration& configuration) const {
  for (const ZoneId zone : set.zones)
    for (const FlavorId flavor : configuration.flavors) {
      if (!can_host(zone, flavor)) continue;
      if (!region_.has_image(zone, configuration.image))
        return {ErrorCode::ImageNotInZone,
                fmt::format("the image is unavailable in zone {}", region_.zone(zone).name)};
      return {ErrorCode::DiskTypeSoldOut,
              fmt::format("a disk type is sold out or absent in zone {}", region_.zone(zone).name)};
    }
  if (std::ranges::all_of(set.zones, [&](ZoneId zone) { return zone_down_[index_of(zone)] > 0; }))
    return {ErrorCode::FlavorSoldOut, "all zones of the group are down"};
  return {ErrorCode::FlavorSoldOut, fmt::format("flavor {} is sold out in all zones of the group",
                                                region_.flavor(configuration.flavors.front()).name)};
}

// Why the zone was chosen: the rule, and what each zone of the group stood at.
std::string Cloud::choice_text(AsGroupId id, FlavorId flavor) const {
  std::string out = text_of(groups_[index_of(id)].set.multi_az_policy);
  for (const ZoneCount& each : zone_counts_) {
    const bool out_of_reach = !can_host(each.zone, flavor);
    const char* why = "";
    if (out_of_reach) why = zone_down_[index_of(each.zone)] > 0 ? " down" : " sold out";
    fmt::format_to(std::back_inserter(out), "; {} {}{}", region_.zone(each.zone).name, each.members, why);
  }
  return out;
}

ZoneFitness Cloud::fitness(ZoneId zone, FlavorId flavor, const AsConfiguration& configuration) const {
  if (zone_down_[index_of(zone)] > 0) return ZoneFitness::Down;
  if (!region_.offers(zone, flavor)) return ZoneFitness::NotOffered;
  if (!can_host(zone, flavor)) return ZoneFitness::SoldOut;
  if (!region_.has_image(zone, configuration.image)) return ZoneFitness::NoImage;
  return region_.has_disks(zone, configuration.disks) ? ZoneFitness::Fits : ZoneFitness::NoDisks;
}

// As find_place has left them.
std::vector<ZoneStanding> Cloud::standings(FlavorId flavor, const AsConfiguration& configuration) const {
  std::vector<ZoneStanding> found;
  for (const ZoneId zone : zone_order_) {
    const auto counted = std::ranges::find(zone_counts_, zone, &ZoneCount::zone);
    found.push_back({zone, counted->members, fitness(zone, flavor, configuration)});
  }
  return found;
}

Why Cloud::why_there(ScalingActivityId id, Place place) const {
  if (!records()) return {};
  const ScalingActivity& log = activities_[index_of(id)];
  const auto passed_over = std::ranges::find(flavor_order_, place.flavor);
  return PlacementReason{groups_[index_of(log.group)].set.multi_az_policy,
                         place.flavor,
                         {flavor_order_.begin(), passed_over},
                         standings(place.flavor, configurations_[index_of(log.configuration)]),
                         place.zone};
}

Why Cloud::why_refused(ScalingActivityId id, ErrorCode code, const std::string& cause) const {
  if (!records()) return {};
  const AsConfiguration& configuration = configurations_[index_of(activities_[index_of(id)].configuration)];
  const bool for_place = code == ErrorCode::FlavorSoldOut || code == ErrorCode::ImageNotInZone ||
                         code == ErrorCode::DiskTypeSoldOut;
  LaunchFailureReason why{code, cause, true, {}};
  if (for_place) why.zones = standings(configuration.flavors.front(), configuration);
  return why;
}

// ---- The ECS ----

Duration Cloud::draw(const DurationDistribution& distribution, std::string_view stream,
                     std::size_t number) const {
  using Kind = DurationDistribution::Kind;
  if (distribution.kind == Kind::Constant) return distribution.first;
  Rng rng(seed_, stream, number);
  switch (distribution.kind) {
    case Kind::Uniform: return rng.uniform_duration(distribution.first, distribution.second);
    case Kind::Exponential: return rng.exponential(distribution.first);
    case Kind::LogNormal: return rng.lognormal_from_p95(distribution.first, distribution.second);
    case Kind::Constant: break;
  }
  return distribution.first;
}

// The worst of the faults that last decides; several do not add up.
bool Cloud::draw_boot_failure(const Instance& member, InstanceId id) const {
  std::int64_t worst = 0;
  for (std::size_t i = 0; i < faults_.size(); ++i)
    if (fault_active_[i] && faults_[i].kind == FaultKind::BootFailure && concerns(faults_[i], member))
      worst = std::max(worst, faults_[i].probability_ppm);
  return worst > 0 && Rng(seed_, "boot_failure", index_of(id)).bernoulli_ppm(worst);
}

// The longest delay of the faults that last decides; several do not add up.
Duration Cloud::boot_time(const Instance& member, InstanceId id) const {
  const auto& own = region_.flavor(member.flavor).boot_time;
  const Duration usual = draw(own ? *own : region_.boot_time, "boot", index_of(id));
  Duration longest = usual;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const Fault& each = faults_[i];
    if (!fault_active_[i] || each.kind != FaultKind::BootDelay || !concerns(each, member)) continue;
    const Wide stretched = Wide{usual.count()} * each.factor_ppm / 1'000'000;
    const Wide most = Wide{std::chrono::microseconds{std::chrono::hours{24 * 36'500}}.count()};
    longest = std::max(longest, Duration{static_cast<std::int64_t>(std::min(stretched, most))} + each.delay);
  }
  return longest;
}

void Cloud::create_instance(ScalingActivityId activity_id, Place place) {
  ScalingActivity& log = activity(activity_id);
  const auto id = id_at<InstanceId>(instances_.size());
  const AsConfiguration& configuration = configurations_[index_of(log.configuration)];
  Instance made;
  made.group = log.group;
  made.configuration = log.configuration;
  made.configuration_create_time = configuration.create_time;
  made.joined = now();
  made.zone = place.zone;
  made.flavor = place.flavor;
  made.enterprise_project = group(log.group).set.enterprise_project;
  made.tag_set = present_tag_set(log.group);
  made.activity = activity_id;
  made.state = LifecycleState::Gone;
  made.launch_fails = draw_boot_failure(made, id);
  instances_.push_back(made);
  first_resource_.push_back(kNoResource);
  create_resources(id, configuration);

  explain(log.group, {.instance = id, .action = activity_id, .why = why_there(activity_id, place)},
          "launches i{} of {} in {} as {} ({})", index_of(id), configuration_label(log.configuration),
          region_.zone(place.zone).name, region_.flavor(place.flavor).name,
          choice_text(log.group, place.flavor));
  ++ecs_used_[index_of(place.zone) * region_.flavors.size() + index_of(place.flavor)];
  ++ecs_alive_;
  ++log.outstanding;
  group(log.group).members.push_back(id);
  enter(id, LifecycleState::Pending);
  simulator_.schedule_after(boot_time(instance(id), id), LaunchFinished{id});
}

void Cloud::create_resources(InstanceId id, const AsConfiguration& configuration) {
  const auto first = static_cast<std::uint32_t>(resources_.size());
  if (configuration.public_ip)
    resources_.push_back(
        {ResourceKind::Eip, id, configuration.public_ip->bandwidth_mbit, now(), kNever, kNever});
  for (const Disk& disk : configuration.disks)
    if (disk.type == DiskType::Data)
      resources_.push_back({ResourceKind::DataDisk, id, disk.size_gb, now(), kNever, kNever});
  if (resources_.size() > first) first_resource_[index_of(id)] = first;
}

// ---- Joining ----

Result<void> Cloud::room_at(std::span<const ListenerId> listeners, int more) const {
  for (const ListenerId each : listeners)
    if (listener_backends_[index_of(each)] + more > behaviour_.listener_backend_limit)
      return Error{ErrorCode::ListenerUnavailable,
                   fmt::format("a listener has its {} backends already", behaviour_.listener_backend_limit)};
  return {};
}

void Cloud::handle(const LaunchFinished& event) {
  const Instance& member = instance(event.instance);
  assert(member.state == LifecycleState::Pending);  // Nothing takes a member away before it has joined.
  if (member.launch_fails || member.ecs == EcsStatus::Deleted)
    return fail_launch(event.instance, ErrorCode::InternalError, "the ECS did not come up");
  if (begin_waits(event.instance, HookType::InstanceLaunching)) return;
  join(event.instance);
}

void Cloud::join(InstanceId id) {
  const Instance& member = instance(id);
  if (member.launch_fails || member.ecs == EcsStatus::Deleted)
    return fail_launch(id, ErrorCode::InternalError, "the ECS went down while it waited");
  if (auto fault = room_at(group(member.group).set.listeners, 1); !fault)
    return fail_launch(id, fault.error().code, fault.error().message);
  const ScalingActivityId log = member.activity;
  put_in_service(id);
  activity(log).added.push_back(id);
  one_done(log);
}

// Whatever was made for the ECS goes with it. One that was added by hand is let go, and the group wants one less.
void Cloud::fail_launch(InstanceId id, ErrorCode code, std::string reason) {
  const AsGroupId owner = instance(id).group;
  const ScalingActivityId log = instance(id).activity;
  const bool lasting = code != ErrorCode::InternalError;
  Why why;
  if (records()) why = LaunchFailureReason{code, reason, lasting, {}};
  explain(owner, {.instance = id, .action = log, .why = std::move(why)}, "i{} fails to join, {}: {}",
          index_of(id), code_text(code), reason);
  std::erase(group(owner).members, id);
  if (instance(id).is_manual()) {
    server_member_[index_of(instance(id).server)] = none<InstanceId>();
    settle(owner);
    AsGroupSettings& set = group(owner).set;
    set.desire = std::max(set.min, set.desire - 1);
  } else {
    delete_ecs(id);
    end_resources(id, ResourceKind::Eip, ResourceFate::Delete);
    end_resources(id, ResourceKind::DataDisk, ResourceFate::Delete);
  }
  enter(id, LifecycleState::Gone);
  instance(id).left = now();
  activity(log).lasting_cause = activity(log).lasting_cause || lasting;
  activity(log).failed.push_back({id, code, std::move(reason)});
  one_done(log);
}

void Cloud::put_in_service(InstanceId id) {
  Instance& member = instance(id);
  if (member.ecs == EcsStatus::Build) member.ecs = EcsStatus::Active;
  bind(id);
  enter(id, LifecycleState::InService);
  set_health(id, HealthStatus::Normal);
  member.in_service_since = now();
  explain(member.group, {.instance = id, .action = member.activity}, "i{} in service", index_of(id));
  draw_failures(id);
}

void Cloud::bind(InstanceId id) {
  Instance& member = instance(id);
  const AsGroupSettings& set = group(member.group).set;
  if (member.bound || !set.has_load_balancer()) return;
  member.bound = true;
  for (const ListenerId each : set.listeners) ++listener_backends_[index_of(each)];
}

void Cloud::unbind(InstanceId id) {
  Instance& member = instance(id);
  if (!member.bound) return;
  member.bound = false;
  const AsGroupSettings& set = group(member.group).set;
  for (const ListenerId each : set.listeners) --listener_backends_[index_of(each)];
  // What others bound in the same way is the same binding, and goes with it.
  for (const LbaasListener& each : set.lbaas_listeners) {
    if (pool(each.pool).members.empty()) continue;
    std::erase_if(pool(each.pool).members,
                  [port = each.protocol_port, address = address_of(ecs_of(id))](const PoolMember& by_hand) {
                    return by_hand.port == port && by_hand.address == address;
                  });
  }
}

}  // namespace tidepool::sim
