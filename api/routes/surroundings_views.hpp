// The region's things as other services of the cloud show them, one function a kind. Things of which the model knows no
// name are called by their kind and number: vpc, vpc-2, ...
#pragma once

#include <boost/json/array.hpp>

#include "api/routes/world_state.hpp"

namespace tidepool::api {

// Compute (Nova)
boost::json::array compute_security_groups(const Tenant& tenant);
boost::json::array key_pairs(const Tenant& tenant);
boost::json::array flavors(const Tenant& tenant);
boost::json::array compute_images(const Tenant& tenant);
/// Those of the region, then those that the service made.
boost::json::array servers(const Tenant& tenant);

// Network (Neutron). A router is a VPC, a network is a subnet of the VPC service.
boost::json::array security_groups(const Tenant& tenant);
boost::json::array networks(const Tenant& tenant);
boost::json::array network_subnets(const Tenant& tenant);
boost::json::array routers(const Tenant& tenant);

// VPC
boost::json::array vpcs(const Tenant& tenant);
boost::json::array vpc_subnets(const Tenant& tenant);

// Images (IMS)
boost::json::array cloud_images(const Tenant& tenant);

}  // namespace tidepool::api
