// Ids as clients see them. The model counts things; the service names them by UUIDs.
//
// No table is kept: a text is the (kind, index) pair, enciphered with the run's seed, so the same run always shows the
// same ids, two runs with different seeds show different ones, and a text that this run never gave out is recognised:
// half of the deciphered bits are a constant that depends on seed and kind.
// Source: AS API reference, the samples of each call (8-4-4-4-12 lower-case hexadecimal digits).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::api {

/// The cipher of one run. Cheap to make: keep none, write `IdText{cloud.seed()}` where it is needed.
class IdText {
 public:
  explicit IdText(std::uint64_t seed);

  // Needs an id other than none. Different ids and different kinds never share a text.
  std::string text(sim::AsGroupId id) const;
  std::string text(sim::AsConfigurationId id) const;
  std::string text(sim::AsPolicyId id) const;
  std::string text(sim::ScalingActivityId id) const;
  std::string text(sim::PolicyExecutionId id) const;
  std::string text(sim::HookWaitId id) const;  ///< a lifecycle_action_key
  std::string text(sim::BandwidthId id) const;
  /// Of an ECS that the service made; see instance_text() below for all.
  std::string text(sim::InstanceId id) const;
  /// "al", 13 digits, 9 letters or digits. The digits look like a time in milliseconds and mean nothing.
  std::string text(sim::AlarmRuleId id) const;
  /// 8 characters of [0-9A-Z], different for every instance: the end of an ECS's name.
  std::string name_suffix(sim::InstanceId id) const;

  // The id behind a text of this run and kind, whether or not there is (still) such a thing; none for all other texts.
  // Hexadecimal digits may be in either case; alarm rules are case-sensitive.
  sim::AsGroupId group(std::string_view text) const;
  sim::AsConfigurationId configuration(std::string_view text) const;
  sim::AsPolicyId policy(std::string_view text) const;
  sim::ScalingActivityId activity(std::string_view text) const;
  sim::PolicyExecutionId execution(std::string_view text) const;
  sim::InstanceId instance(std::string_view text) const;
  sim::HookWaitId hook_wait(std::string_view text) const;
  sim::BandwidthId bandwidth(std::string_view text) const;
  sim::AlarmRuleId alarm_rule(std::string_view text) const;

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 6> round_keys_;
};

/// The id of a server: its own, or that of the instance that it was.
std::string server_text(const sim::Cloud& cloud, sim::ServerId id);
std::string server_name(const sim::Cloud& cloud, sim::ServerId id);
/// The server with that id, also a deleted one; none for all other texts, instances that no group has let go among them.
sim::ServerId find_server(const sim::Cloud& cloud, std::string_view text);
/// The id of the ECS behind a member: its own UUID, or the server's id for one added by hand. `id` may have left.
std::string instance_text(const sim::Cloud& cloud, sim::InstanceId id);
/// "{configuration's name}-" and 8 characters, or the server's name for one added by hand. `id` may have left.
std::string instance_name(const sim::Cloud& cloud, sim::InstanceId id);
/// The instance behind an ECS id: the member that it is now, or was when the service made it. None for all other texts.
sim::InstanceId find_instance(const sim::Cloud& cloud, std::string_view text);

/// 8-4-4-4-12 characters of [0-9a-zA-Z]: the service's own samples hold letters beyond f.
bool has_uuid_shape(std::string_view text);
/// "al", 13 digits, 9 letters or digits.
bool has_alarm_rule_shape(std::string_view text);

}  // namespace tidepool::api
