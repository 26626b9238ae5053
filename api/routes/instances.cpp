#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/error_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/instance_json.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

sim::Result<void> named(sim::Result<void> done, const std::vector<std::string>& ids) {
  if (done) return done;
  const std::vector<std::string_view> texts{ids.begin(), ids.end()};
  return with_offenders_named(done.error(), texts);
}

// The members behind the texts. An unknown text stays in its place as none: the Cloud then names it among all others
// that stand in the way.
std::vector<sim::InstanceId> members(const sim::Cloud& cloud, const std::vector<std::string>& ids) {
  std::vector<sim::InstanceId> found;
  found.reserve(ids.size());
  for (const std::string& each : ids) found.push_back(find_instance(cloud, each));
  return found;
}

// Why an id that is no server of the region can't be added by hand. Of ECSs that AS made, the model only knows those
// that are members.
sim::Offender not_a_server(const sim::Cloud& cloud, sim::AsGroupId group, std::size_t index,
                           std::string_view text) {
  const sim::Instance* member = cloud.find(find_instance(cloud, text));
  if (member == nullptr) return {index, ErrorCode::InstanceUnknown, "no such ECS"};
  if (member->group == group) return {index, ErrorCode::InstanceAlreadyHere, "is in the group already"};
  return {index, ErrorCode::InstanceInOtherGroup, "is in another group"};
}

sim::Result<void> add_instances(sim::Cloud& cloud, sim::AsGroupId group,
                                const std::vector<std::string>& ids) {
  sim::AddInstances command{group, {}};
  std::vector<sim::Offender> offenders;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    command.servers.push_back(find_server(cloud, ids[i]));
    if (command.servers.back() == sim::none<sim::ServerId>())
      offenders.push_back(not_a_server(cloud, group, i, ids[i]));
  }
  if (!offenders.empty()) return sim::Error{ErrorCode::BatchAddFailed, {}, std::move(offenders)};
  return cloud.submit(command);
}

sim::Result<void> submit(sim::Cloud& cloud, sim::AsGroupId group, const InstancesBatch& batch) {
  switch (batch.action) {
    case InstancesAction::Add: return add_instances(cloud, group, batch.ids);
    case InstancesAction::Remove:
      return cloud.submit(sim::RemoveInstances{group, members(cloud, batch.ids), batch.ecs});
    case InstancesAction::Protect:
      return cloud.submit(sim::ProtectInstances{group, members(cloud, batch.ids), sim::Protection::On});
    case InstancesAction::EnterStandby:
      return cloud.submit(sim::EnterStandby{group, members(cloud, batch.ids), batch.refill});
    case InstancesAction::ExitStandby:
      return cloud.submit(sim::ExitStandby{group, members(cloud, batch.ids)});
    case InstancesAction::Unprotect: break;
  }
  return cloud.submit(sim::ProtectInstances{group, members(cloud, batch.ids), sim::Protection::Off});
}

}  // namespace

// Oldest first. An unknown group has a code of its own here.
Response list_instances(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response({ErrorCode::InstanceGroupUnknown, group.error().message});
  const auto page = read_page(call.query, kInstanceListCodes);
  if (!page) return error_response(page.error());
  const auto filter = read_instance_filter(call.query);
  if (!filter) return error_response(filter.error());

  std::vector<sim::InstanceId> found;
  for (const sim::InstanceId each : call.cloud.find(*group)->members) {
    const sim::Instance* member = call.cloud.find(each);
    if (member != nullptr && admits(*filter, *member, call.cloud.behaviour())) found.push_back(each);
  }
  return ok_list(call, *page, found, "scaling_group_instances", write_instance);
}

Response remove_instance(const Call& call) {
  const auto fate = read_instance_delete(parameter(call.query, "instance_delete").value_or("no"));
  if (!fate) return error_response(fate.error());
  const std::string& text = call.path.at("instance_id");
  const sim::InstanceId instance = find_instance(call.cloud, text);
  if (call.cloud.find(instance) == nullptr)
    return error_response({ErrorCode::InstanceUnknown, "instance_id " + shown(std::string_view{text}) +
                                                           ": expected the id of a group's instance"});
  return no_content_or_error(call.cloud.submit(sim::RemoveInstance{instance, *fate}));
}

Response act_on_instances(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto batch = read_instances_batch(call.body, call.cloud);
  if (!batch) return error_response(batch.error());
  return no_content_or_error(named(submit(call.cloud, *group, *batch), batch->ids));
}

}  // namespace tidepool::api
