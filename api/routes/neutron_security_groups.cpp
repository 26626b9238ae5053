// Security groups and their rules, as Neutron has them. Compute's older form of the groups is in nova.cpp.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "api/routes/neutron.hpp"
#include "api/routes/security_groups.hpp"
#include "api/wire/time_text.hpp"
#include "sim/model/cidr.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

value text_or_null(const std::string& text) { return text.empty() ? value(nullptr) : value(text); }
value port_or_null(int port) { return port == 0 ? value(nullptr) : value(port); }

object rule_view(const ServiceCall& call, const sim::SecurityGroup& group,
                 const sim::SecurityGroupRule& rule) {
  return {{"id", rule.id},
          {"security_group_id", group.id},
          {"direction", rule.ingress ? "ingress" : "egress"},
          {"ethertype", rule.ipv6 ? "IPv6" : "IPv4"},
          {"protocol", text_or_null(rule.protocol)},
          {"port_range_min", port_or_null(rule.port_min)},
          {"port_range_max", port_or_null(rule.port_max)},
          {"remote_ip_prefix", text_or_null(rule.remote_cidr)},
          {"remote_group_id", text_or_null(rule.remote_group)},
          {"description", ""},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id}};
}

object group_view(const ServiceCall& call, const sim::SecurityGroup& group) {
  array rules;
  for (const sim::SecurityGroupRule& each : group.rules) rules.push_back(rule_view(call, group, each));
  return {{"id", group.id},
          {"name", group.name},
          {"description", group.description},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id},
          {"tags", array{}},
          {"created_at", seconds_text(group.created)},
          {"updated_at", seconds_text(group.created)},
          {"security_group_rules", std::move(rules)}};
}

constexpr SecurityGroupForm kForm{group_view, 201};

// The group that has a rule, and the rule; none<>() when nobody has it.
std::pair<sim::SecurityGroupId, std::size_t> rule_in_path(const ServiceCall& call) {
  const auto& groups = call.region().security_groups;
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (std::size_t j = 0; j < groups[i].rules.size() && !groups[i].deleted; ++j)
      if (groups[i].rules[j].id == call.text("rule_id")) return {sim::id_at<sim::SecurityGroupId>(i), j};
  return {sim::none<sim::SecurityGroupId>(), 0};
}

sim::SecurityGroupRule read_rule(const ServiceCall& call, const ServiceBody& body) {
  constexpr Spelling<bool> kDirections[] = {{"ingress", true}, {"egress", false}};
  constexpr Spelling<bool> kFamilies[] = {{"IPv4", false}, {"IPv6", true}};
  sim::SecurityGroupRule rule;
  if (!body.fields().has("direction")) body.report("direction", "ingress or egress");
  rule.ingress = body.fields().choice("direction", kServiceBodyFault, kDirections).value_or(true);
  rule.ipv6 = body.fields().choice("ethertype", kServiceBodyFault, kFamilies).value_or(false);
  rule.protocol = body.text("protocol");
  rule.port_min = body.integer("port_range_min", 0);
  rule.port_max = body.integer("port_range_max", rule.port_min);
  if (rule.port_min < 0 || rule.port_max < rule.port_min || rule.port_max > 65'535)
    body.report("port_range_max", "port_range_min to 65535");
  rule.remote_cidr = body.text("remote_ip_prefix");
  if (!rule.ipv6 && !rule.remote_cidr.empty() && !sim::read_cidr(rule.remote_cidr) &&
      !sim::read_address(rule.remote_cidr))
    body.report("remote_ip_prefix", "a block of addresses");
  rule.remote_group = body.text("remote_group_id");
  if (!rule.remote_group.empty() &&
      call.region().find_security_group(rule.remote_group) == sim::none<sim::SecurityGroupId>())
    body.report("remote_group_id", "a security group that exists");
  return rule;
}

}  // namespace

Response create_neutron_security_group(const ServiceCall& call) { return create_security_group(call, kForm); }
Response list_neutron_security_groups(const ServiceCall& call) { return list_security_groups(call, kForm); }
Response show_neutron_security_group(const ServiceCall& call) { return show_security_group(call, kForm); }
Response change_neutron_security_group(const ServiceCall& call) { return change_security_group(call, kForm); }

Response delete_neutron_security_group(const ServiceCall& call) {
  const auto id = security_group_in_path(call);
  if (id == sim::none<sim::SecurityGroupId>()) return no_such_security_group(call);
  return no_content(call, call.cloud().submit(sim::DeleteSecurityGroup{id}));
}

Response create_neutron_rule(const ServiceCall& call) {
  const ServiceBody body(call, "security_group_rule");
  const auto group = call.region().find_security_group(body.required("security_group_id"));
  if (group == sim::none<sim::SecurityGroupId>())
    body.report("security_group_id", "a security group that exists");
  const sim::AddSecurityGroupRule request{group, read_rule(call, body)};
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  const sim::SecurityGroup& owner = call.region().security_group(group);
  return answer(201, {{"security_group_rule", rule_view(call, owner, owner.rules.back())}});
}

Response list_neutron_rules(const ServiceCall& call) {
  array rows;
  for (const sim::SecurityGroup& group : call.region().security_groups)
    for (const sim::SecurityGroupRule& each : group.rules)
      if (!group.deleted) rows.push_back(rule_view(call, group, each));
  return answer(200, {{"security_group_rules", asked_for(call, std::move(rows))}});
}

Response show_neutron_rule(const ServiceCall& call) {
  const auto [group, index] = rule_in_path(call);
  if (group == sim::none<sim::SecurityGroupId>())
    return no_such(call, "security_group_rule", call.text("rule_id"));
  const sim::SecurityGroup& owner = call.region().security_group(group);
  return answer(200, {{"security_group_rule", rule_view(call, owner, owner.rules[index])}});
}

Response delete_neutron_rule(const ServiceCall& call) {
  const auto [group, index] = rule_in_path(call);
  if (group == sim::none<sim::SecurityGroupId>())
    return no_such(call, "security_group_rule", call.text("rule_id"));
  return no_content(call, call.cloud().submit(sim::RemoveSecurityGroupRule{group, call.text("rule_id")}));
}

}  // namespace tidepool::api
