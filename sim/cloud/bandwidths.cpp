// Bandwidths: made, changed and given up by hand, and what their policies make of them.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/decide/bandwidth_action.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

Error no_such_bandwidth() { return {ErrorCode::ResourceNotFound, "this bandwidth does not exist"}; }

}  // namespace

const Bandwidth* Cloud::find(BandwidthId id) const {
  if (index_of(id) >= bandwidths_.size() || bandwidths_[index_of(id)].deleted) return nullptr;
  return &bandwidths_[index_of(id)];
}

std::string Cloud::bandwidth_label(BandwidthId id) const {
  return fmt::format("bandwidth {}#{}", bandwidths_[index_of(id)].name, index_of(id));
}

// ---- By hand ----

// That of one EIP is made along with it.
Result<BandwidthId> Cloud::submit(const CreateBandwidth& request) {
  if (auto error = validate_bandwidth(request.name, request.size)) return *std::move(error);
  if (request.share == ShareType::Whole) return open_bandwidth(request);
  const auto ip = submit(CreatePublicIp{"5_bgp", request.name, "traffic", request.size});
  if (!ip) return Error{ErrorCode::EipQuotaExhausted, ip.error().message};
  return region_.public_ip(*ip).bandwidth;
}

BandwidthId Cloud::open_bandwidth(const CreateBandwidth& request) {
  const auto id = id_at<BandwidthId>(bandwidths_.size());
  bandwidths_.push_back({request.name, request.size, request.share, now()});
  journal_.write(now(), bandwidth_label(id), "created with {} Mbit/s", request.size);
  return id;
}

Result<void> Cloud::submit(const ModifyBandwidth& request) {
  const Bandwidth* found = find(request.bandwidth);
  if (found == nullptr) return no_such_bandwidth();
  const std::string name = request.name.value_or(found->name);
  const int size = request.size.value_or(found->size);
  if (auto error = validate_bandwidth(name, size)) return *std::move(error);
  Bandwidth& changed = bandwidths_[index_of(request.bandwidth)];
  const int before = std::exchange(changed.size, size);
  changed.name = name;
  journal_.write(now(), bandwidth_label(request.bandwidth), "modified: {} -> {} Mbit/s", before, size);
  return {};
}

// With its EIP, where it is for one.
Result<void> Cloud::submit(const DeleteBandwidth& request) {
  const Bandwidth* found = find(request.bandwidth);
  if (found == nullptr) return no_such_bandwidth();
  if (found->ip == none<PublicIpId>())
    close_bandwidth(request.bandwidth);
  else if (auto done = submit(DeletePublicIp{found->ip}); !done)
    return Error{ErrorCode::BodyInvalid, done.error().message};
  return {};
}

// Its policies stay, count against the quota, and fail whenever they are asked for.
void Cloud::close_bandwidth(BandwidthId id) {
  bandwidths_[index_of(id)].deleted = true;
  journal_.write(now(), bandwidth_label(id), "deleted");
}

// ---- By policies ----

std::optional<ErrorCode> Cloud::denial_of_bandwidth(const AsPolicy& policy, Trigger trigger) const {
  const Bandwidth& resource = bandwidths_[index_of(policy.bandwidth)];
  if (resource.deleted) return ErrorCode::ResourceUnknown;
  if (resource.executing != none<AsPolicyId>()) return ErrorCode::PolicyExecuting;
  const auto edge = behaviour_.cooldown_end_inclusive ? CooldownEdge::DeniesAtEnd : CooldownEdge::AdmitsAtEnd;
  if (!cooldown_admits(trigger, {resource.cooldown_from, resource.cooldown_until}, edge, now()))
    return ErrorCode::CooldownRunning;
  return std::nullopt;
}

void Cloud::change_bandwidth(PolicyExecutionId id) {
  PolicyExecution& log = executions_[index_of(id)];
  Bandwidth& resource = bandwidths_[index_of(log.bandwidth)];
  resource.executing = none<AsPolicyId>();
  if (resource.deleted) return refuse_execution(id, ErrorCode::ResourceUnknown);
  const AsPolicySettings& set = policy(log.policy).set;
  log.old_desire = log.new_desire = resource.size;
  const BandwidthTarget target = bandwidth_target(set.action, resource.size);
  if (target.refused) return refuse_execution(id, *target.refused);
  log.new_desire = target.size;
  log.status = ExecutionStatus::Success;
  journal_.write(now(), bandwidth_label(log.bandwidth), "policy {} executed: {} -> {} Mbit/s",
                 policy_label(log.policy), resource.size, target.size);
  if (target.size == resource.size) return;  // Nothing changed, so nothing has to settle.
  resource.size = target.size;
  const CooldownWindow window = cooldown_window(behaviour_.cooldown_start, log.time, now(), set.cool_down);
  resource.cooldown_from = window.from;
  resource.cooldown_until = window.until;
  if (window.until > now())
    journal_.write(now(), bandwidth_label(log.bandwidth), "cooldown until {}", utc_seconds(window.until));
}

}  // namespace tidepool::sim
