#include "sim/decide/policy_action.hpp"

#include <algorithm>
#include <cassert>

namespace tidepool::sim {
namespace {

std::int64_t wished(const PolicyAction& action, const GroupNumbers& group) {
  const std::int64_t q = adjustment(action, group.current);
  switch (action.operation) {
    case PolicyOperation::Add: return group.desire + q;
    case PolicyOperation::Remove: return group.desire - q;
    case PolicyOperation::Set: return q;
  }
  assert(false);
  return group.desire;
}

std::optional<ErrorCode> refusal(PolicyOperation operation) {
  switch (operation) {
    case PolicyOperation::Add: return ErrorCode::MaxReached;
    case PolicyOperation::Remove: return ErrorCode::AlreadyAtLimit;
    case PolicyOperation::Set: break;
  }
  return {};
}

}  // namespace

std::int64_t adjustment(const PolicyAction& action, int current) {
  assert(!action.number || !action.percentage);
  if (action.number) return *action.number;
  if (!action.percentage) return 1;

  const std::int64_t hundredths = std::int64_t{current} * *action.percentage;
  return hundredths == 0 ? 0 : std::max<std::int64_t>(1, hundredths / 100);
}

PolicyTarget policy_target(const PolicyAction& action, const GroupNumbers& group) {
  assert(0 <= group.min && group.min <= group.max);
  const std::int64_t wish = wished(action, group);
  const std::int64_t least = std::min(std::max(group.min, group.protected_members), group.max);
  const std::int64_t target = std::clamp<std::int64_t>(wish, least, group.max);

  PolicyTarget result{static_cast<int>(target), target != wish, wish, static_cast<int>(least), {}};
  if (target == group.desire) result.refused = refusal(action.operation);
  return result;
}

}  // namespace tidepool::sim
