// AS policies on the wire, in both editions of the API: one stored policy seen through two sets of words. Policies of
// bandwidths are made and seen in the second one.
// Source: AS API reference, "Creating an AS Policy", "Modifying an AS Policy", "Querying an AS Policy", each also "(V2)".
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/paging.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// Only what belongs to the policy's type is read: an ALARM policy may come with any `scheduled_policy`, and a scheduled
/// or periodic one with any `alarm_id`. A periodic policy without `start_time` starts in the present minute.
/// Lengths, ranges and moments that must lie ahead are left to Cloud::submit.
sim::Result<sim::CreateAsPolicy> read_create_as_policy(std::string_view body, const sim::Cloud& cloud);

/// What a policy scales, by the id in a client's words; both none for an id of neither.
struct PolicyOwner {
  sim::AsGroupId group = sim::none<sim::AsGroupId>();
  sim::BandwidthId bandwidth = sim::none<sim::BandwidthId>();
  friend bool operator==(const PolicyOwner&, const PolicyOwner&) = default;
};
PolicyOwner policy_owner(std::string_view text, const sim::Cloud& cloud);

/// A resource that is not there is AS.3042. `limits` has no effect on a group.
sim::Result<sim::CreateAsPolicy> read_create_as_policy_v2(std::string_view body, const sim::Cloud& cloud);

/// The whole policy as it is to be. What the request leaves out stays; `scheduled_policy` and `scaling_policy_action`
/// come as a whole, and another type drops the data of the old one. `policy` must exist.
sim::Result<sim::ModifyAsPolicy> read_modify_as_policy(std::string_view body, sim::AsPolicyId policy,
                                                       const sim::Cloud& cloud);

/// The same in v2. The resource may be sent again, but another one is AS.3042.
sim::Result<sim::ModifyAsPolicy> read_modify_as_policy_v2(std::string_view body, sim::AsPolicyId policy,
                                                          const sim::Cloud& cloud);

/// Members that do not apply to the policy's type are absent. The policy must exist.
boost::json::object write_as_policy(const sim::Cloud& cloud, sim::AsPolicyId id);
/// An alarm policy has an empty `scheduled_policy`, and a description that was never given is null. That of a bandwidth
/// has `meta_data`.
boost::json::object write_as_policy_v2(const sim::Cloud& cloud, sim::AsPolicyId id);
/// How a bandwidth is shared and, when it is one EIP's, which.
boost::json::object write_bandwidth_metadata(const sim::Cloud& cloud, sim::BandwidthId id);

/// Which policies a client wants to see; empty is everything.
struct PolicyFilter {
  std::optional<sim::PolicyType> type;
  std::optional<sim::AsPolicyId> policy;  ///< none: an id that nothing has
  std::optional<std::string> name;        ///< a part of it, in either case
  std::optional<PolicyOwner> owner;       ///< none of both: an id that nothing has
  std::optional<sim::ScalingResource> resource;
  std::optional<sim::AlarmRuleId> alarm;  ///< none: an id that nothing has
};

/// scaling_policy_type (AS.3002), scaling_policy_id and scaling_policy_name.
sim::Result<PolicyFilter> read_policy_filter(const Query& query, const sim::Cloud& cloud);
/// Those, and scaling_resource_id, scaling_resource_type (AS.3037) and alarm_id.
sim::Result<PolicyFilter> read_policy_filter_v2(const Query& query, const sim::Cloud& cloud);

/// Whether a policy belongs to the resource that is looked for.
bool admits(const PolicyFilter& filter, const sim::AsPolicy& policy);

/// Trigger: alarm policies first, the others by the moment at which they are due next, those never due again last.
enum class PolicySortKey : std::uint8_t { CreateTime, Name, Trigger };
enum class SortDirection : std::uint8_t { Ascending, Descending };
struct PolicyOrder {
  PolicySortKey key = PolicySortKey::CreateTime;
  SortDirection direction = SortDirection::Ascending;
};
/// sort_by (AS.3057) and order (AS.3058).
sim::Result<PolicyOrder> read_policy_order(const Query& query);

enum class PolicyAct : std::uint8_t { Execute, Resume, Pause };
/// {"action": "execute"}; a missing or unknown action is AS.3022.
sim::Result<PolicyAct> read_policy_action(std::string_view body, const sim::Cloud& cloud);

enum class PoliciesAct : std::uint8_t { Delete, Resume, Pause };
enum class DeleteAlarm : std::uint8_t { No, Yes };

/// A batch with its ids as the client wrote them; each is then looked up on its own.
struct PoliciesBatch {
  PoliciesAct act = PoliciesAct::Delete;
  std::vector<std::string> ids;  ///< 1 to 20
  DeleteAlarm delete_alarm = DeleteAlarm::No;
  sim::PolicyDeletion way = sim::PolicyDeletion::InBatch;  ///< by force_delete
};

/// An absent list counts as an empty one (AS.3049); no code is documented for a long one, so that is AS.0022.
/// force_delete (AS.3048) matters to policies that are being executed.
sim::Result<PoliciesBatch> read_policies_batch(std::string_view body, const sim::Cloud& cloud);

}  // namespace tidepool::api
