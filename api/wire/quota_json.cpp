#include "api/wire/quota_json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cassert>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tidepool::api {
namespace {

constexpr std::int64_t kUsedByGroup = -1;  // counted group by group
constexpr int kListenersPerGroup = 6;

// How far a quota can be raised. One that was set beyond that is its own bound.
constexpr int kMostGroups = 50, kMostConfigurations = 200, kMostPolicies = 50, kMostInstances = 1000,
              kMostBandwidthPolicies = 100;

boost::json::object resource(std::string_view type, std::int64_t used, int quota, int most) {
  return {{"type", type}, {"used", used}, {"quota", quota}, {"max", std::max(quota, most)}, {"min", 0}};
}

boost::json::object policies(const sim::Cloud& cloud, std::int64_t used) {
  return resource("scaling_Policy", used, cloud.behaviour().policy_quota, kMostPolicies);
}

boost::json::object instances(const sim::Cloud& cloud, std::int64_t used) {
  return resource("scaling_Instance", used, cloud.behaviour().max_instances_per_group, kMostInstances);
}

boost::json::object enveloped(boost::json::array resources) {
  return {{"quotas", {{"resources", std::move(resources)}}}};
}

}  // namespace

boost::json::object write_quotas(const sim::Cloud& cloud) {
  const auto groups = std::ranges::count_if(
      cloud.all_groups(), [](const sim::AsGroup& each) { return each.status != sim::GroupStatus::Deleted; });
  const auto configurations =
      std::ranges::count(cloud.all_configurations(), false, &sim::AsConfiguration::deleted);
  const sim::Behaviour& behaviour = cloud.behaviour();
  return enveloped(
      {resource("scaling_Group", groups, behaviour.group_quota, kMostGroups),
       resource("scaling_Config", configurations, behaviour.configuration_quota, kMostConfigurations),
       policies(cloud, kUsedByGroup), instances(cloud, kUsedByGroup),
       resource("load_balance", kUsedByGroup, kListenersPerGroup, kListenersPerGroup),
       resource("bandwidth_scaling_policy", cloud.bandwidth_policies(), behaviour.bandwidth_policy_quota,
                kMostBandwidthPolicies)});
}

boost::json::object write_quotas(const sim::Cloud& cloud, sim::AsGroupId group) {
  assert(cloud.find(group) != nullptr);
  const sim::AsGroup& found = *cloud.find(group);
  return enveloped({policies(cloud, static_cast<std::int64_t>(found.policies.size())),
                    instances(cloud, static_cast<std::int64_t>(found.members.size()))});
}

}  // namespace tidepool::api
