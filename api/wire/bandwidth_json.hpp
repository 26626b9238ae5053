// Bandwidths on the wire. Source: VPC API reference, "Bandwidth".
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// {"bandwidth": {"name", "size", "share_type"}}; PER, for one EIP, unless WHOLE is asked for. Wrong JSON and a missing
/// name or size are AS.0022.
sim::Result<sim::CreateBandwidth> read_create_bandwidth(std::string_view body, const sim::Cloud& cloud);
/// {"bandwidth": {"name", "size"}}, one of them at least.
sim::Result<sim::ModifyBandwidth> read_modify_bandwidth(std::string_view body, sim::BandwidthId bandwidth,
                                                        const sim::Cloud& cloud);
/// The bandwidth must exist.
boost::json::object write_bandwidth(const sim::Cloud& cloud, sim::BandwidthId id, std::string_view project);

}  // namespace tidepool::api
