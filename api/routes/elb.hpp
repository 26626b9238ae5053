// Load balancers, listeners, pools and their members as both versions of the service show them.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "api/routes/service_call.hpp"

namespace tidepool::api {

/// v2 is Neutron's LBaaS (/v2.0/lbaas); v3 is the service's own (/v3/{project_id}/elb).
enum class ElbVersion : std::uint8_t { V2, V3 };

/// A backend of a pool: put there by hand, or by an AS group. Only the former can be changed.
struct PoolBackend {
  std::string id, name, address;
  int port = 0, weight = 1;
  sim::SubnetId subnet = sim::none<sim::SubnetId>();
  bool admin_up = true;
  bool online = false;  ///< as the load balancer finds it: the server behind it runs and answers
};

/// By hand first, then by group, each in the order of joining.
std::vector<PoolBackend> backends_of(const sim::Cloud& cloud, sim::PoolId id);

boost::json::object balancer_view(const ServiceCall& call, ElbVersion version, sim::LoadBalancerId id);
boost::json::object listener_view(const ServiceCall& call, ElbVersion version, sim::ListenerId id);
boost::json::object pool_view(const ServiceCall& call, ElbVersion version, sim::PoolId id);
boost::json::object backend_view(const ServiceCall& call, ElbVersion version, const PoolBackend& backend);
boost::json::object monitor_view(const ServiceCall& call, ElbVersion version, sim::PoolId id);

/// The rows that the query asks for; v3 says how far its pages go.
Response elb_list(const ServiceCall& call, ElbVersion version, const char* key, boost::json::array rows);

// What bodies hold; what is wrong is reported.
std::string read_elb_word(const ServiceBody& body, std::string_view key,
                          std::span<const std::string_view> known);
std::string read_protocol(const ServiceBody& body);
sim::LoadBalancerId read_balancer(const ServiceCall& call, const ServiceBody& body);

}  // namespace tidepool::api
