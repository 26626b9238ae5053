// The rules of lifecycle hooks.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "sim/model/shared_rules.hpp"
#include "sim/model/topic.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

using Fault = std::optional<Error>;

constexpr std::size_t kLongestName = 32;
constexpr std::size_t kLongestMetadata = 256;
constexpr Duration kShortestTimeout = std::chrono::seconds{60};
constexpr Duration kLongestTimeout = std::chrono::seconds{86'400};
constexpr std::string_view kForbiddenInMetadata = "<>&'()";
// The path of a group's hook and that of the list of its hooks have one form.
constexpr std::string_view kReservedName = "list";

Fault check_hook_name(const std::string& name) {
  if (name.empty())
    return Error{ErrorCode::HookNameMissing,
                 fmt::format("lifecycle_hook_name is empty: expected 1 to {} characters", kLongestName)};
  const auto legal = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  if (name.size() <= kLongestName && std::ranges::all_of(name, legal) && name != kReservedName) return {};
  return Error{ErrorCode::HookNameInvalid,
               fmt::format("lifecycle_hook_name {}: expected 1 to {} letters, digits, _ and -, not \"{}\"",
                           quoted(name), kLongestName, kReservedName)};
}

Fault check_metadata(const std::string& text) {
  if (const auto length = characters(text); length > kLongestMetadata)
    return Error{
        ErrorCode::HookMetadataTooLong,
        fmt::format("notification_metadata of {} characters: expected 0 to {}", length, kLongestMetadata)};
  if (text.find_first_of(kForbiddenInMetadata) == std::string::npos) return {};
  return Error{ErrorCode::HookMetadataIllegal, fmt::format("notification_metadata {}: expected none of {}",
                                                           quoted(text), kForbiddenInMetadata)};
}

}  // namespace

std::optional<Error> validate(const LifecycleHook& hook) {
  if (auto fault = check_hook_name(hook.name)) return fault;
  if (hook.default_timeout < kShortestTimeout || hook.default_timeout > kLongestTimeout)
    return Error{ErrorCode::HookTimeoutInvalid,
                 fmt::format("default_timeout {}: expected {} to {}", in_seconds(hook.default_timeout),
                             in_seconds(kShortestTimeout), in_seconds(kLongestTimeout))};
  if (!is_topic_urn(hook.topic_urn))
    return Error{ErrorCode::TopicUnknown,
                 fmt::format("notification_topic_urn {}: expected urn:smn:{{region}}:{{project}}:{{topic}}",
                             quoted(hook.topic_urn))};
  return hook.metadata ? check_metadata(*hook.metadata) : Fault{};
}

}  // namespace tidepool::sim
