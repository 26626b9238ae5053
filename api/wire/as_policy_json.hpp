// AS policies of groups on the wire, first edition of the API (v1).
// Source: AS API reference, "Creating an AS Policy", "Modifying an AS Policy", "Querying an AS Policy".
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

/// The whole policy as it is to be. What the request leaves out stays; `scheduled_policy` and `scaling_policy_action`
/// come as a whole, and another type drops the data of the old one. `policy` must exist.
sim::Result<sim::ModifyAsPolicy> read_modify_as_policy(std::string_view body, sim::AsPolicyId policy,
                                                       const sim::Cloud& cloud);

/// Members that do not apply to the policy's type are absent. The policy must exist.
boost::json::object write_as_policy(const sim::Cloud& cloud, sim::AsPolicyId id);

/// Which policies of a group a client wants to see; empty is everything.
struct PolicyFilter {
  std::optional<sim::PolicyType> type;
  std::optional<sim::AsPolicyId> policy;  ///< none: an id that nothing has
  std::optional<std::string> name;        ///< a part of it, in either case
};

/// scaling_policy_type (AS.3002), scaling_policy_id and scaling_policy_name.
sim::Result<PolicyFilter> read_policy_filter(const Query& query, const sim::Cloud& cloud);

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
};

/// An absent list counts as an empty one (AS.3049); no code is documented for a long one, so that is AS.0022.
/// force_delete is checked (AS.3048) and has no effect: a group's policy is never caught while it is executed.
sim::Result<PoliciesBatch> read_policies_batch(std::string_view body, const sim::Cloud& cloud);

}  // namespace tidepool::api
