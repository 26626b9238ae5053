#include "api/wire/bandwidth_json.hpp"

#include <boost/json/array.hpp>
#include <cassert>
#include <string>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

constexpr auto kFault = sim::ErrorCode::BodyInvalid;
constexpr std::string_view kSizes = "1 to 2000";

constexpr Spelling<sim::ShareType> kShareTypes[] = {{"PER", sim::ShareType::Per},
                                                    {"WHOLE", sim::ShareType::Whole}};

}  // namespace

sim::Result<sim::CreateBandwidth> read_create_bandwidth(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"bandwidth"});
  sim::CreateBandwidth read;
  if (const auto given = fields.object("bandwidth")) {
    given->expect_only({"name", "size", "share_type", "enterprise_project_id"});
    read.name = given->required_text("name", kFault);
    read.size = given->required_integer("size", kFault, kFault, kSizes);
    read.share = given->choice("share_type", kFault, kShareTypes).value_or(read.share);
  } else {
    fields.report("bandwidth", kFault, "an object with name and size");
  }
  if (faults.any()) return faults.first();
  return read;
}

sim::Result<sim::ModifyBandwidth> read_modify_bandwidth(std::string_view body, sim::BandwidthId bandwidth,
                                                        const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"bandwidth"});
  sim::ModifyBandwidth read{bandwidth, {}, {}};
  const auto given = fields.object("bandwidth");
  if (given) {
    given->expect_only({"name", "size"});
    if (const auto name = given->text("name")) read.name = *name;
    read.size = given->integer("size", kFault, kSizes);
  }
  if (!read.name && !read.size) fields.report("bandwidth", kFault, "an object with name, size or both");
  if (faults.any()) return faults.first();
  return read;
}

boost::json::object write_bandwidth(const sim::Cloud& cloud, sim::BandwidthId id, std::string_view project) {
  assert(cloud.find(id) != nullptr);
  const sim::Bandwidth& found = *cloud.find(id);
  boost::json::array addresses;
  if (found.ip != sim::none<sim::PublicIpId>()) {
    const sim::PublicIp& ip = cloud.region().public_ip(found.ip);
    addresses.push_back({{"publicip_id", ip.id},
                         {"publicip_address", ip.address},
                         {"publicip_type", ip.type},
                         {"ip_version", 4}});
  }
  return {{"id", IdText{cloud.seed()}.text(id)},
          {"name", found.name},
          {"size", found.size},
          {"share_type", spelling_of(kShareTypes, found.share)},
          {"publicip_info", std::move(addresses)},
          {"tenant_id", project},
          {"bandwidth_type", found.share == sim::ShareType::Per ? "bgp" : "share"},
          {"charge_mode", "traffic"},
          {"billing_info", ""},
          {"enterprise_project_id", "0"},
          {"status", "NORMAL"},
          {"created_at", seconds_text(found.create_time)}};
}

}  // namespace tidepool::api
