// What the files of compute (Nova) share.
#pragma once

#include "api/routes/message.hpp"
#include "api/routes/service_call.hpp"

namespace tidepool::api {

// nova_servers.cpp
Response create_nova_server(const ServiceCall& call);
Response list_nova_servers(const ServiceCall& call);
Response show_nova_server(const ServiceCall& call);
Response change_nova_server(const ServiceCall& call);
Response act_on_nova_server(const ServiceCall& call);
Response delete_nova_server(const ServiceCall& call);
Response list_groups_of_nova_server(const ServiceCall& call);
Response list_interfaces_of_nova_server(const ServiceCall& call);
Response list_volumes_of_nova_server(const ServiceCall& call);

}  // namespace tidepool::api
