#include "api/routes/security_groups.hpp"

#include <utility>

namespace tidepool::api {

sim::SecurityGroupId security_group_in_path(const ServiceCall& call) {
  return call.region().find_security_group(call.text("group_id"));
}

Response no_such_security_group(const ServiceCall& call) {
  return no_such(call, "security_group", call.text("group_id"));
}

Response create_security_group(const ServiceCall& call, const SecurityGroupForm& form) {
  const ServiceBody body(call, "security_group");
  const sim::CreateSecurityGroup request{body.required("name"), body.text("description")};
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(form.created, {{"security_group", form.view(call, call.region().security_group(*made))}});
}

Response list_security_groups(const ServiceCall& call, const SecurityGroupForm& form) {
  boost::json::array rows;
  for (const sim::SecurityGroup& each : call.region().security_groups)
    if (!each.deleted) rows.push_back(form.view(call, each));
  return answer(200, {{"security_groups", asked_for(call, std::move(rows))}});
}

Response show_security_group(const ServiceCall& call, const SecurityGroupForm& form) {
  const auto id = security_group_in_path(call);
  if (id == sim::none<sim::SecurityGroupId>()) return no_such_security_group(call);
  return answer(200, {{"security_group", form.view(call, call.region().security_group(id))}});
}

Response change_security_group(const ServiceCall& call, const SecurityGroupForm& form) {
  const auto id = security_group_in_path(call);
  if (id == sim::none<sim::SecurityGroupId>()) return no_such_security_group(call);
  const ServiceBody body(call, "security_group");
  const sim::ModifySecurityGroup request{id, body.changed("name"), body.changed("description")};
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_security_group(call, form);
}

}  // namespace tidepool::api
