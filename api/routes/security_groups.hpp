// Security groups as Nova and Neutron have them: the same calls about the same groups, each in its own form.
#pragma once

#include <boost/json/object.hpp>

#include "api/routes/service_call.hpp"

namespace tidepool::api {

struct SecurityGroupForm {
  boost::json::object (*view)(const ServiceCall&, const sim::SecurityGroup&);
  int created;  ///< the status of a new one
};

/// none<>() when the path names none.
sim::SecurityGroupId security_group_in_path(const ServiceCall& call);
Response no_such_security_group(const ServiceCall& call);

Response create_security_group(const ServiceCall& call, const SecurityGroupForm& form);
Response list_security_groups(const ServiceCall& call, const SecurityGroupForm& form);
Response show_security_group(const ServiceCall& call, const SecurityGroupForm& form);
Response change_security_group(const ServiceCall& call, const SecurityGroupForm& form);

}  // namespace tidepool::api
