// What a project has told the world, and all that it holds at a moment.
#include <algorithm>
#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "api/routes/testbed_call.hpp"
#include "api/wire/alarm_rule_json.hpp"
#include "api/wire/as_configuration_json.hpp"
#include "api/wire/as_group_json.hpp"
#include "api/wire/as_policy_json.hpp"
#include "api/wire/bandwidth_json.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/instance_json.hpp"
#include "api/wire/lifecycle_hook_json.hpp"
#include "api/wire/notification_json.hpp"
#include "api/wire/topic_message_json.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// ---- What was told ----

// The rows after the first `after` ones, numbered from 1.
template <class Row, class Write>
array numbered(std::span<const Row> rows, std::uint64_t after, std::uint64_t limit, Write write) {
  array out;
  for (std::size_t i = std::min<std::uint64_t>(after, rows.size()); i < rows.size() && out.size() < limit;
       ++i) {
    object row = write(rows[i]);
    row.emplace("number", i + 1);
    out.push_back(std::move(row));
  }
  return out;
}

std::uint64_t last_number(const array& rows, std::uint64_t after) {
  return rows.empty() ? after : rows.back().at("number").to_number<std::uint64_t>();
}

// ---- What there is ----

object group_state(const sim::Cloud& cloud, sim::AsGroupId id) {
  const sim::AsGroup& group = *cloud.find(id);
  object row = write_as_group(cloud, id);
  array hooks, topics, tags;
  for (const sim::LifecycleHook& each : group.hooks) hooks.push_back(write_lifecycle_hook(each));
  for (const sim::TopicSubscription& each : group.topics) topics.push_back(write_topic_subscription(each));
  for (const sim::Tag& each : group.tags) tags.push_back({{"key", each.key}, {"value", each.value}});
  row.emplace("lifecycle_hooks", std::move(hooks));
  row.emplace("topics", std::move(topics));
  row.emplace("tags", std::move(tags));
  row.emplace("cooldown_until", group.cooldown_until > cloud.now()
                                    ? boost::json::value(moment_text(group.cooldown_until))
                                    : nullptr);
  return row;
}

object instance_state(const sim::Cloud& cloud, sim::InstanceId id) {
  const sim::Instance& member = *cloud.find(id);
  object row = write_instance(cloud, id);
  row.emplace("availability_zone", cloud.region().zone(member.zone).name);
  row.emplace("flavor", member.flavor == sim::none<sim::FlavorId>()
                            ? boost::json::value(nullptr)
                            : boost::json::value(cloud.region().flavor(member.flavor).name));
  row.emplace("ecs_status", sim::text_of(member.ecs));
  row.emplace("bound", member.bound);
  row.emplace("offline", member.lb_offline);
  return row;
}

// All of one kind that exist, in order of creation.
template <class Id, class Write>
array existing(const sim::Cloud& cloud, std::size_t count, Write write) {
  array rows;
  for (std::size_t i = 0; i < count; ++i)
    if (cloud.find(sim::id_at<Id>(i)) != nullptr) rows.push_back(write(sim::id_at<Id>(i)));
  return rows;
}

array waits_of(const sim::Cloud& cloud) {
  array rows;
  for (std::size_t i = 0; i < cloud.all_groups().size(); ++i)
    for (const sim::HookWaitId each : cloud.waits_of(sim::id_at<sim::AsGroupId>(i)))
      rows.push_back(write_hook_wait(cloud, each));
  return rows;
}

}  // namespace

Response show_outbox(const TestbedCall& call) {
  const Query& query = call.visit.target.query;
  const auto after = count_in(query, "after", 0, INT64_MAX),
             emails_after = count_in(query, "emails_after", 0, INT64_MAX);
  const auto limit = count_in(query, "limit", 1'000, 10'000);
  if (!after) return testbed_error(TestbedError::Invalid, "after: expected the number of a message, or 0");
  if (!emails_after)
    return testbed_error(TestbedError::Invalid, "emails_after: expected the number of an e-mail, or 0");
  if (!limit) return testbed_error(TestbedError::Invalid, "limit: expected 0 to 10000");
  const sim::Cloud& cloud = call.tenant.cloud;
  array messages = numbered(cloud.topic_messages(), *after, *limit, [&](const sim::TopicMessage& each) {
    return object{{"time", moment_text(each.time)},
                  {"topic_urn", each.topic_urn},
                  {"message", write_topic_message(cloud, each, call.tenant.id)}};
  });
  array emails = numbered(cloud.outbox(), *emails_after, *limit, [&](const sim::Message& each) {
    const IdText ids{cloud.seed()};
    return object{{"time", moment_text(each.time)},
                  {"scaling_group_id", ids.text(each.group)},
                  {"scaling_activity_id", ids.text(each.activity)},
                  {"subject", each.subject}};
  });
  const auto last = last_number(messages, *after), emails_last = last_number(emails, *emails_after);
  return testbed_answer(200, {{"messages", std::move(messages)},
                              {"last", last},
                              {"emails", std::move(emails)},
                              {"emails_last", emails_last}});
}

Response show_state(const TestbedCall& call) {
  const Tenant& tenant = call.tenant;
  const sim::Cloud& cloud = tenant.cloud;
  object state{{"now", moment_text(cloud.now())}, {"fingerprint", cloud.journal().fingerprint()}};
  state.emplace("configurations",
                existing<sim::AsConfigurationId>(
                    cloud, cloud.all_configurations().size(),
                    [&](sim::AsConfigurationId id) { return write_as_configuration(cloud, id, tenant.id); }));
  state.emplace("groups", existing<sim::AsGroupId>(cloud, cloud.all_groups().size(), [&](sim::AsGroupId id) {
                  return group_state(cloud, id);
                }));
  state.emplace("instances",
                existing<sim::InstanceId>(cloud, cloud.all_instances().size(),
                                          [&](sim::InstanceId id) { return instance_state(cloud, id); }));
  state.emplace("policies",
                existing<sim::AsPolicyId>(cloud, cloud.all_policies().size(),
                                          [&](sim::AsPolicyId id) { return write_as_policy_v2(cloud, id); }));
  state.emplace("alarms",
                existing<sim::AlarmRuleId>(cloud, cloud.all_alarm_rules().size(),
                                           [&](sim::AlarmRuleId id) { return write_alarm_rule(cloud, id); }));
  state.emplace("bandwidths",
                existing<sim::BandwidthId>(cloud, cloud.all_bandwidths().size(), [&](sim::BandwidthId id) {
                  return write_bandwidth(cloud, id, tenant.id);
                }));
  state.emplace("waits", waits_of(cloud));
  state.emplace("faults", faults_of(cloud));
  state.emplace("workloads", workloads_of(cloud));
  return testbed_answer(200, state);
}

}  // namespace tidepool::api
