#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/as_group_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

// What a client wants to see of the groups; empty is everything.
struct GroupFilter {
  std::optional<std::string_view> name, status;
  std::optional<sim::AsConfigurationId> configuration;         // none: an id that nothing has
  std::optional<sim::EnterpriseProjectId> enterprise_project;  // likewise
};

constexpr sim::GroupStatus kVisibleStatuses[] = {sim::GroupStatus::InService, sim::GroupStatus::Paused,
                                                 sim::GroupStatus::Error, sim::GroupStatus::Deleting};

bool is_status(std::string_view text) {
  return std::ranges::any_of(kVisibleStatuses, [&](auto each) { return group_status_text(each) == text; });
}

sim::Result<GroupFilter> read_filter(const Call& call) {
  const Query& query = call.query;
  GroupFilter filter{
      parameter(query, "scaling_group_name"), parameter(query, "scaling_group_status"), {}, {}};
  if (filter.status && !is_status(*filter.status))
    return sim::Error{
        ErrorCode::GroupStatusInvalid,
        fmt::format("scaling_group_status {}: expected one of INSERVICE, PAUSED, ERROR, DELETING",
                    shown(*filter.status))};
  if (const auto given = parameter(query, "scaling_configuration_id"))
    filter.configuration = IdText{call.cloud.seed()}.configuration(*given);
  const auto project = enterprise_project_in_query(call);
  if (!project) return project.error();
  filter.enterprise_project = *project;
  return filter;
}

bool admits(const GroupFilter& filter, const sim::AsGroup& group) {
  return (!filter.name || contains_fuzzily(group.set.name, *filter.name)) &&
         (!filter.status || *filter.status == group_status_text(group.status)) &&
         (!filter.configuration || *filter.configuration == group.set.configuration) &&
         (!filter.enterprise_project || *filter.enterprise_project == group.set.enterprise_project);
}

// "yes" or "no" of force_delete. One SDK in use spells them as JSON does, so that is understood too.
sim::Result<sim::ForceDelete> read_force_delete(const Query& query) {
  const auto given = parameter(query, "force_delete");
  if (!given || *given == "no" || *given == "false") return sim::ForceDelete::No;
  if (*given == "yes" || *given == "true") return sim::ForceDelete::Yes;
  return sim::Error{ErrorCode::ForceDeleteInvalid,
                    fmt::format("force_delete {}: expected yes or no", shown(*given))};
}

Response id_of(const Call& call, sim::AsGroupId group) {
  return ok({{"scaling_group_id", IdText{call.cloud.seed()}.text(group)}});
}

}  // namespace

Response create_as_group(const Call& call) {
  const auto command = read_create_as_group(call.body, call.cloud);
  if (!command) return error_response(command.error());
  const auto group = call.cloud.submit(*command);
  return group ? id_of(call, *group) : error_response(group.error());
}

// Newest first.
Response list_as_groups(const Call& call) {
  const auto page = read_page(call.query, kListCodes);
  if (!page) return error_response(page.error());
  const auto filter = read_filter(call);
  if (!filter) return error_response(filter.error());

  std::vector<sim::AsGroupId> found;
  for (std::size_t i = call.cloud.all_groups().size(); i-- > 0;) {
    const auto id = sim::id_at<sim::AsGroupId>(i);
    const sim::AsGroup* group = call.cloud.find(id);
    if (group != nullptr && admits(*filter, *group)) found.push_back(id);
  }
  return ok_list(call, *page, found, "scaling_groups", write_as_group);
}

Response get_as_group(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  return ok({{"scaling_group", write_as_group(call.cloud, *group)}});
}

Response modify_as_group(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto command = read_modify_as_group(call.body, *group, call.cloud);
  if (!command) return error_response(command.error());
  const auto done = call.cloud.submit(*command);
  return done ? id_of(call, *group) : error_response(done.error());
}

Response delete_as_group(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto force = read_force_delete(call.query);
  if (!force) return error_response(force.error());
  return no_content_or_error(call.cloud.submit(sim::DeleteAsGroup{*group, *force}));
}

Response act_on_as_group(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto action = read_group_action(call.body, call.cloud);
  if (!action) return error_response(action.error());
  const bool resume = *action == ResumeOrPause::Resume;
  return no_content_or_error(resume ? call.cloud.submit(sim::ResumeAsGroup{*group})
                                    : call.cloud.submit(sim::PauseAsGroup{*group}));
}

}  // namespace tidepool::api
