// Policies in the second edition of the API: the same store under other names, and a list over all groups.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/as_policy_json.hpp"
#include "api/wire/error_json.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

bool admits(const PolicyFilter& filter, sim::AsPolicyId id, const sim::AsPolicy& policy) {
  return (!filter.type || *filter.type == policy.set.type) && (!filter.policy || *filter.policy == id) &&
         (!filter.name || contains_fuzzily(policy.set.name, *filter.name)) && admits(filter, policy) &&
         (!filter.alarm || (policy.set.type == sim::PolicyType::Alarm && *filter.alarm == policy.set.alarm));
}

// A bandwidth is the default project's.
sim::EnterpriseProjectId enterprise_project_of(const sim::Cloud& cloud, const sim::AsPolicy& policy) {
  return policy.resource() == sim::ScalingResource::Group ? cloud.find(policy.group)->set.enterprise_project
                                                          : sim::EnterpriseProjectId{};
}

// Oldest first.
std::vector<sim::AsPolicyId> matches(const sim::Cloud& cloud, const PolicyFilter& filter,
                                     std::optional<sim::EnterpriseProjectId> project) {
  std::vector<sim::AsPolicyId> found;
  for (std::size_t i = 0; i < cloud.all_policies().size(); ++i) {
    const auto id = sim::id_at<sim::AsPolicyId>(i);
    const sim::AsPolicy* policy = cloud.find(id);
    if (policy == nullptr || !admits(filter, id, *policy)) continue;
    if (!project || enterprise_project_of(cloud, *policy) == *project) found.push_back(id);
  }
  return found;
}

// Among equals the older one comes first, and with a descending order last.
void sort(const sim::Cloud& cloud, const PolicyOrder& order, std::vector<sim::AsPolicyId>& ids) {
  const auto set = [&](sim::AsPolicyId id) -> const sim::AsPolicySettings& { return cloud.find(id)->set; };
  const auto trigger = [&](sim::AsPolicyId id) {
    return std::tuple{set(id).type != sim::PolicyType::Alarm, cloud.find(id)->next_due};
  };
  if (order.key == PolicySortKey::Name)
    std::ranges::stable_sort(ids, [&](auto a, auto b) { return set(a).name < set(b).name; });
  if (order.key == PolicySortKey::Trigger)
    std::ranges::stable_sort(ids, [&](auto a, auto b) { return trigger(a) < trigger(b); });
  if (order.direction == SortDirection::Descending) std::ranges::reverse(ids);
}

Response id_of(const Call& call, sim::AsPolicyId policy) {
  return ok({{"scaling_policy_id", IdText{call.cloud.seed()}.text(policy)}});
}

// The model speaks as v1 does.
sim::Error in_words_of_v2(sim::Error error) {
  using enum sim::ErrorCode;
  if (error.code != PolicyNumberInvalid && error.code != PercentageInvalid &&
      error.code != NumberAndPercentage)
    return error;
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {{"instance_number", "size"},
                                                                      {"instance_percentage", "percentage"}};
  for (const auto& [ours, theirs] : kWords)
    if (const auto at = error.message.find(ours); at != std::string::npos)
      error.message.replace(at, ours.size(), theirs);
  return error;
}

}  // namespace

Response create_as_policy_v2(const Call& call) {
  const auto command = read_create_as_policy_v2(call.body, call.cloud);
  if (!command) return error_response(command.error());
  const auto policy = call.cloud.submit(*command);
  return policy ? id_of(call, *policy) : error_response(in_words_of_v2(policy.error()));
}

Response modify_as_policy_v2(const Call& call) {
  const auto policy = policy_in_path(call);
  if (!policy) return error_response(policy.error());
  const auto command = read_modify_as_policy_v2(call.body, *policy, call.cloud);
  if (!command) return error_response(command.error());
  const auto done = call.cloud.submit(*command);
  return done ? id_of(call, *policy) : error_response(in_words_of_v2(done.error()));
}

// Of one resource, oldest first.
Response list_as_policies_of_resource_v2(const Call& call) {
  const PolicyOwner owner = policy_owner(call.path.at("scaling_resource_id"), call.cloud);
  // Of a bandwidth that was given up the policies are still there.
  const bool exists =
      (owner.group != sim::none<sim::AsGroupId>() && call.cloud.find(owner.group) != nullptr) ||
      sim::index_of(owner.bandwidth) < call.cloud.all_bandwidths().size();
  if (!exists)
    return error_response(unknown_path_id(call.cloud.behaviour(), sim::ErrorCode::ResourceUnknown,
                                          "scaling_resource_id", call.path.at("scaling_resource_id")));
  const auto page = read_page(call.query, kListCodes);
  if (!page) return error_response(page.error());
  auto filter = read_policy_filter(call.query, call.cloud);
  if (!filter) return error_response(filter.error());
  filter->owner = owner;
  return ok_list(call, *page, matches(call.cloud, *filter, {}), "scaling_policies", write_as_policy_v2);
}

Response list_all_as_policies_v2(const Call& call) {
  const auto page = read_page(call.query, kListCodes);
  if (!page) return error_response(page.error());
  const auto filter = read_policy_filter_v2(call.query, call.cloud);
  if (!filter) return error_response(filter.error());
  const auto project = enterprise_project_in_query(call);
  if (!project) return error_response(project.error());
  const auto order = read_policy_order(call.query);
  if (!order) return error_response(order.error());
  auto found = matches(call.cloud, *filter, *project);
  sort(call.cloud, *order, found);
  return ok_list(call, *page, found, "scaling_policies", write_as_policy_v2);
}

Response get_as_policy_v2(const Call& call) {
  const auto policy = policy_in_path(call);
  if (!policy) return error_response(policy.error());
  return ok({{"scaling_policy", write_as_policy_v2(call.cloud, *policy)}});
}

}  // namespace tidepool::api
