// What the two files of Neutron share.
#pragma once

#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/service_call.hpp"

namespace tidepool::api {

/// The network that leads out of the cloud. Nothing can be put into it.
std::string external_network_id(const ServiceCall& call);
/// The id of a network's end at its router.
std::string interface_port(const sim::Subnet& subnet);
/// "fa:16:3e:..." of a port.
std::string mac_of(std::string_view port);

// neutron_floating_ips.cpp
Response create_floating_ip(const ServiceCall& call);
Response list_floating_ips(const ServiceCall& call);
Response show_floating_ip(const ServiceCall& call);
Response update_floating_ip(const ServiceCall& call);
Response delete_floating_ip(const ServiceCall& call);

// neutron_security_groups.cpp
Response create_neutron_security_group(const ServiceCall& call);
Response list_neutron_security_groups(const ServiceCall& call);
Response show_neutron_security_group(const ServiceCall& call);
Response change_neutron_security_group(const ServiceCall& call);
Response delete_neutron_security_group(const ServiceCall& call);
Response create_neutron_rule(const ServiceCall& call);
Response list_neutron_rules(const ServiceCall& call);
Response show_neutron_rule(const ServiceCall& call);
Response delete_neutron_rule(const ServiceCall& call);

}  // namespace tidepool::api
