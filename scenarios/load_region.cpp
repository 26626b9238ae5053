// The region: zones, flavors, and the things that groups refer to by id. What the file leaves out has a default, so that
// a scenario which only studies scaling needs to say nothing here.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/load_parts.hpp"
#include "scenarios/load_things.hpp"
#include "sim/model/cidr.hpp"

namespace tidepool::scenarios {
namespace {

constexpr std::size_t kMostZones = 64;
constexpr std::int64_t kMostEcs = 1'000'000;
constexpr std::int64_t kMillion = 1'000'000;

// What goes into paths and bodies as it is: a name of zones and key pairs, and with dots one of flavors.
bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

// Things of the region that have ids.
constexpr ThingKind kVpcs{"vpcs", "vpc", '1', 1};
constexpr ThingKind kSubnets{"subnets", "subnet", '2', 1};
constexpr ThingKind kSecurityGroups{"security_groups", "security_group", '3', 1};
constexpr ThingKind kImages{"images", "image", '4', 1};
constexpr ThingKind kListeners{"listeners", "listener", '5', 0};
constexpr ThingKind kPools{"pools", "pool", '6', 0};
constexpr ThingKind kServers{"servers", "server", '7', 0};
constexpr ThingKind kEnterpriseProjects{"enterprise_projects", "enterprise_project", '8', 0};

constexpr Spelt<sim::Architecture> kArchitectures[] = {{"x86", sim::Architecture::X86},
                                                       {"arm64", sim::Architecture::Arm64}};
constexpr Spelt<sim::VolumeType> kVolumeTypes[] = {
    {"SATA", sim::VolumeType::Sata}, {"SAS", sim::VolumeType::Sas},    {"SSD", sim::VolumeType::Ssd},
    {"ESSD", sim::VolumeType::Essd}, {"co-p1", sim::VolumeType::CoP1}, {"uh-l1", sim::VolumeType::UhL1}};

class RegionReader {
 public:
  RegionReader(const Field& field, Scenario& scenario, Names& names)
      : top_(field), scenario_(scenario), region_(scenario.region), names_(names) {}

  void read() {
    region_.name = top_.text("name", 1, 64).value_or("eu-de");
    read_zone_names();
    read_flavors();
    read_capacities();
    read_key_pairs();
    read_networks();
    read_images();
    read_load_balancers();
    read_servers();
    read_enterprise_projects();
    read_delay("boot_time", region_.boot_time);
    read_delay("removal_time", region_.removal_time);
    read_delay("attach_time", region_.attach_time);
    top_.refuse_others();
  }

 private:
  // ---- Zones and flavors ----

  void read_zone_names() {
    const auto field = top_.find("zones");
    if (!field) {
      for (const char* name : {"eu-de-01", "eu-de-02", "eu-de-03"}) add_zone(top_.field(), name);
      return;
    }
    for (const Field& each : field->list(1, kMostZones)) {
      zone_sections_.emplace_back();
      if (each.is(Json::Kind::Text)) {
        add_zone(each, each.json().text);
      } else if (each.is(Json::Kind::Object)) {
        Section zone(each);
        zone.need({"name"});
        add_zone(each, zone.text("name").value_or(fmt::format("zone-{}", region_.zones.size())));
        zone_sections_.back() = zone;
      } else {
        each.wrong("a name or an object");
        add_zone(each, fmt::format("zone-{}", region_.zones.size()));
      }
    }
  }

  void add_zone(const Field& field, const std::string& name) {
    if (!is_plain(name)) field.wrong("a zone's name: letters, digits, _, - and ., at most 64");
    if (region_.find_zone(name) != sim::none<sim::ZoneId>())
      field.complain(fmt::format("zone {} given twice", shown(name)));
    declare_thing(field, numbered("zone", region_.zones.size()), name, scenario_, names_);
    region_.zones.push_back({name, {}});
  }

  void read_flavors() {
    const auto field = top_.find("flavors");
    if (!field) return add_flavor(top_.field(), {"s3.large.2", 2, 4096, 70'000, all_zones(), {}});
    if (!field->is_object()) return;
    const auto& members = field->json().members;
    if (members.empty() || members.size() > kMostThings)
      return field->complain(fmt::format("{} flavors, expected 1 to {}", members.size(), kMostThings));
    for (const Json::Member& each : members)
      add_flavor(field->member(each), flavor(field->member(each), each.key));
  }

  void add_flavor(const Field& field, const sim::Flavor& flavor) {
    if (!is_plain(flavor.name))
      field.complain(
          fmt::format("name {}, expected letters, digits, _, - and ., at most 64", shown(flavor.name)));
    declare_thing(field, numbered("flavor", region_.flavors.size()), flavor.name, scenario_, names_);
    region_.flavors.push_back(flavor);
  }

  sim::Flavor flavor(const Field& field, const std::string& name) {
    Section section(field);
    sim::Flavor flavor{name, 1, 1024, 0, all_zones(), {}};
    if (const auto n = section.integer("vcpus", 1, 1024)) flavor.vcpus = static_cast<int>(*n);
    if (const auto n = section.integer("memory_mb", 1, 16 * kMillion))
      flavor.memory_mb = static_cast<int>(*n);
    flavor.architecture = section.choice("architecture", kArchitectures).value_or(flavor.architecture);
    flavor.volume_types = volume_types_of(section);
    static constexpr Spelt<bool> kStatuses[] = {{"offered", false}, {"withdrawn", true}};
    flavor.withdrawn = section.choice("status", kStatuses).value_or(false);
    flavor.price_millionths_per_hour =
        section.millionths("price_per_hour", 0, kMillion * kMillion).value_or(0);
    if (section.has("zones")) flavor.zones = zones_of(section);
    if (const auto delay = section.find("boot_time")) flavor.boot_time = read_distribution(*delay);
    section.refuse_others();
    return flavor;
  }

  std::vector<sim::ZoneId> all_zones() const {
    std::vector<sim::ZoneId> all;
    for (std::size_t i = 0; i < region_.zones.size(); ++i) all.push_back(sim::id_at<sim::ZoneId>(i));
    return all;
  }

  std::vector<sim::ZoneId> zones_of(Section& section) {
    std::vector<sim::ZoneId> zones;
    for (const Field& each : section.list("zones", 1, kMostZones)) {
      const sim::ZoneId zone =
          each.is(Json::Kind::Text) ? region_.find_zone(each.json().text) : sim::none<sim::ZoneId>();
      if (zone == sim::none<sim::ZoneId>())
        each.not_among(zone_names());
      else if (std::ranges::find(zones, zone) != zones.end())
        each.complain(fmt::format("zone {} given twice", shown(each.json())));
      else
        zones.push_back(zone);
    }
    return zones;
  }

  std::vector<std::string_view> zone_names() const {
    std::vector<std::string_view> names;
    for (const sim::AvailabilityZone& each : region_.zones) names.emplace_back(each.name);
    return names;
  }

  std::vector<std::string_view> flavor_names() const {
    std::vector<std::string_view> names;
    for (const sim::Flavor& each : region_.flavors) names.emplace_back(each.name);
    return names;
  }

  void read_capacities() {
    for (std::size_t i = 0; i < zone_sections_.size(); ++i) {
      if (!zone_sections_[i]) continue;
      region_.zones[i].volume_types = volume_types_of(*zone_sections_[i]);
      region_.zones[i].ipv6 = zone_sections_[i]->boolean("ipv6").value_or(true);
      const auto field = zone_sections_[i]->find("capacity");
      if (field && field->is_object())
        for (const Json::Member& each : field->json().members)
          read_capacity(field->member(each), each.key, region_.zones[i]);
      zone_sections_[i]->refuse_others();
    }
  }

  void read_capacity(const Field& field, const std::string& name, sim::AvailabilityZone& zone) {
    const sim::FlavorId flavor = region_.find_flavor(name);
    if (flavor == sim::none<sim::FlavorId>())
      field.complain(fmt::format("no such flavor, expected {}", listed(flavor_names())));
    else if (const auto n = field.integer(0, kMostEcs))
      zone.capacity[flavor] = static_cast<int>(*n);
  }

  // ---- Things with ids ----

  std::vector<Thing> things(const ThingKind& kind) { return read_things(top_, kind, scenario_, names_); }

  void read_key_pairs() {
    const auto field = top_.find("key_pairs");
    if (!field) return add_key_pair(top_.field(), "ops-key");
    for (const Field& each : field->list(1, kMostThings)) {
      const auto name = each.text();
      if (name && !is_plain(*name)) each.wrong("a key pair's name: letters, digits, _, - and ., at most 64");
      if (name && region_.has_key_pair(*name))
        each.complain(fmt::format("key pair {} given twice", shown(*name)));
      if (name) add_key_pair(each, *name);
    }
  }

  void add_key_pair(const Field& field, const std::string& name) {
    declare_thing(field, numbered("key_pair", region_.key_pairs.size()), name, scenario_, names_);
    region_.key_pairs.push_back({name});
  }

  sim::VpcId vpc_of(Thing& thing) const { return sim::id_at<sim::VpcId>(reference(thing, "vpc", vpcs_)); }

  void read_networks() {
    vpcs_ = things(kVpcs);
    for (const Thing& each : vpcs_) {
      region_.vpcs.push_back({each.id});
      refuse_others(each);
    }
    for (Thing& each : things(kSubnets)) {
      const bool ipv6 = each.more && each.more->boolean("ipv6").value_or(false);
      region_.subnets.push_back({each.id, vpc_of(each), ipv6});
      if (each.more) region_.subnets.back().cidr = cidr_of(*each.more);
      refuse_others(each);
    }
    for (const Thing& each : things(kSecurityGroups)) {
      region_.security_groups.push_back({each.id});
      refuse_others(each);
    }
  }

  static std::string cidr_of(Section& section) {
    const auto text = section.text("cidr", 1, 18);
    if (!text) return {};
    const auto block = sim::read_cidr(*text);
    if (!block || block->prefix < 8 || block->prefix > 28)
      section.find("cidr")->wrong("a block of IPv4 addresses from /8 to /28, such as \"10.1.0.0/24\"");
    return *text;
  }

  static std::vector<sim::VolumeType> volume_types_of(Section& section) {
    std::vector<sim::VolumeType> types;
    const auto field = section.find("volume_types");
    if (!field) return types;
    for (const Field& each : field->list(1, std::size(kVolumeTypes)))
      if (const auto type = each.choice(kVolumeTypes)) types.push_back(*type);
    return types;
  }

  void read_image(Section& section, sim::Image& image) {
    static constexpr Spelt<sim::ImageStatus> kStatuses[] = {{"active", sim::ImageStatus::Active},
                                                            {"queued", sim::ImageStatus::Queued},
                                                            {"unavailable", sim::ImageStatus::Unavailable}};
    image.min_disk_gb = static_cast<int>(section.integer("min_disk_gb", 1, 1024).value_or(1));
    image.min_memory_mb = static_cast<int>(section.integer("min_memory_mb", 0, 16 * kMillion).value_or(0));
    image.os_bits = static_cast<int>(section.integer("os_bits", 32, 64).value_or(64));
    if (image.os_bits != 32 && image.os_bits != 64) section.find("os_bits")->wrong("32 or 64");
    image.architecture = section.choice("architecture", kArchitectures).value_or(image.architecture);
    image.status = section.choice("status", kStatuses).value_or(image.status);
    if (section.find("zones")) image.zones = zones_of(section);
  }

  void read_images() {
    for (Thing& each : things(kImages)) {
      region_.images.push_back({each.id, 1});
      if (each.more) read_image(*each.more, region_.images.back());
      refuse_others(each);
    }
  }

  void read_enterprise_projects() {
    static constexpr Spelt<sim::ProjectStatus> kStatuses[] = {
        {"enabled", sim::ProjectStatus::Enabled},
        {"disabled", sim::ProjectStatus::Disabled},
        {"unavailable", sim::ProjectStatus::Unavailable}};
    for (Thing& each : things(kEnterpriseProjects)) {
      const auto id = sim::id_at<sim::EnterpriseProjectId>(region_.enterprise_projects.size());
      region_.enterprise_projects.push_back(each.id);
      const auto status = each.more ? each.more->choice("status", kStatuses) : std::nullopt;
      if (status && *status != sim::ProjectStatus::Enabled) region_.project_status[id] = *status;
      refuse_others(each);
    }
  }

  void read_load_balancers() {
    for (Thing& each : things(kListeners)) {
      region_.listeners.push_back({each.id, vpc_of(each)});
      refuse_others(each);
    }
    for (Thing& each : things(kPools)) {
      region_.pools.push_back({each.id, vpc_of(each)});
      refuse_others(each);
    }
  }

  void read_servers() {
    static constexpr Spelt<bool> kStatuses[] = {{"ACTIVE", true}, {"SHUTOFF", false}};
    for (Thing& each : things(kServers)) {
      sim::Server server{each.id, each.name, sim::ZoneId{}, vpc_of(each), sim::FlavorId{}, true};
      if (each.more) {
        if (const auto field = each.more->find("zone")) server.zone = zone_at(*field);
        if (const auto field = each.more->find("flavor")) server.flavor = flavor_at(*field);
        server.active = each.more->choice("status", kStatuses).value_or(true);
      }
      region_.servers.push_back(server);
      refuse_others(each);
    }
  }

  sim::ZoneId zone_at(const Field& field) const {
    const sim::ZoneId zone =
        field.is(Json::Kind::Text) ? region_.find_zone(field.json().text) : sim::none<sim::ZoneId>();
    if (zone == sim::none<sim::ZoneId>()) field.not_among(zone_names());
    return zone;
  }

  sim::FlavorId flavor_at(const Field& field) const {
    const bool text = field.is(Json::Kind::Text);
    const sim::FlavorId flavor = text ? region_.find_flavor(field.json().text) : sim::none<sim::FlavorId>();
    if (flavor == sim::none<sim::FlavorId>()) field.not_among(flavor_names());
    return flavor;
  }

  void read_delay(const char* key, sim::DurationDistribution& delay) {
    const auto field = top_.find(key);
    const auto given = field ? read_distribution(*field) : std::nullopt;
    if (given) delay = *given;
  }

  Section top_;
  Scenario& scenario_;
  sim::Region& region_;
  Names& names_;
  std::vector<std::optional<Section>> zone_sections_;
  std::vector<Thing> vpcs_;
};

}  // namespace

void read_region(const std::optional<Field>& field, Scenario& scenario, Names& names) {
  static const Json kNothing{Json::Kind::Object, false, {}, {}, {}};
  if (field) return RegionReader(*field, scenario, names).read();
  Complaints none("");
  RegionReader(Field(kNothing, "region", none), scenario, names).read();
}

}  // namespace tidepool::scenarios
