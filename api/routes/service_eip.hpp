// Elastic IPs as the VPC service and Neutron show them: those made by hand, and those that groups gave to their instances.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/service_call.hpp"

namespace tidepool::api {

struct EipFacts {
  std::string id, address, type;
  std::string bandwidth_id, bandwidth_name, share_type, charge_mode;
  int mbit = 0;
  sim::Time created{};
  std::string server = {};                         ///< the ECS that it is bound to
  std::string port_id = {}, private_address = {};  ///< empty: bound to nothing
  sim::PublicIpId by_hand = sim::none<sim::PublicIpId>();
  std::size_t resource = 0;  ///< when it was not made by hand
};

/// Those that exist, by hand first.
std::vector<EipFacts> all_eips(const ServiceCall& call);
/// Of the EIP that is bound to the ECS; empty when none is.
std::string public_address_of(const sim::Cloud& cloud, const sim::Ecs& ecs);
std::optional<EipFacts> find_eip(const ServiceCall& call, std::string_view id);
/// Binds to the port of an ECS or a load balancer; "" unbinds.
sim::Outcome<void> bind_eip(const ServiceCall& call, const EipFacts& eip, std::string_view port_id);
/// 204, or why not.
Response delete_eip(const ServiceCall& call, const EipFacts& eip);

}  // namespace tidepool::api
