// Demand, and who works it off: as a fluid, as a fluid that waits, or request by request.
#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

// Work that the capacity can do is a product of 64-bit numbers before it is divided.
__extension__ using Wide = __int128;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

// What so many instances can do in [from, to): a difference on one scale, so that pieces of a span add up.
Amount capacity_between(const Workload& workload, int serving, Time from, Time to) {
  const Wide rate = Wide{workload.capacity_per_instance} * serving;
  const auto until = [&](Time t) { return rate * t.time_since_epoch().count() / kMicrosPerSecond; };
  return static_cast<Amount>(std::min(until(to) - until(from), Wide{kMaxTotalAmount}));
}

// Whether more is offered at `t` than so many instances can do: rates, which no rounding blurs.
bool falls_short(const Workload& workload, int serving, Time t) {
  const auto step = workload.trace.step_at(t);
  if (!step) return false;
  const Wide able = Wide{workload.capacity_per_instance} * serving * workload.trace.step.count();
  return Wide{workload.trace.amounts[*step]} * kMicrosPerSecond > able;
}

// How much of [from, to) the trace offers something.
Duration busy_time(const Trace& trace, Time from, Time to) {
  Duration busy{};
  while (from < to) {
    const Time next = std::min(to, trace.next_rate_change(from).value_or(to));
    if (const auto step = trace.step_at(from); step && trace.amounts[*step] > 0) busy += next - from;
    from = next;
  }
  return busy;
}

}  // namespace

// ---- Declared beforehand, tied to a group later ----

WorkloadId Cloud::add_workload(Workload workload) {
  const auto id = id_at<WorkloadId>(workloads_.size());
  const AsGroupId owner = workload.group;
  assert(!workload.queue || !workload.requests);
  workload.group = none<AsGroupId>();
  workloads_.push_back(std::move(workload));
  services_.emplace_back();
  if (owner != none<AsGroupId>()) attach(id, owner);
  return id;
}

// What was offered before there was a group counts: nobody served it.
void Cloud::attach(WorkloadId id, AsGroupId owner) {
  Workload& workload = workloads_[index_of(id)];
  GroupState& s = state(owner);
  assert(workload.group == none<AsGroupId>() && s.workload == none<WorkloadId>());
  settle(owner);
  workload.group = owner;
  s.workload = id;
  s.totals.offered += offered_before(workload);
  s.totals.short_us += busy_time(workload.trace, start_, now()).count();
  open_service(id);
  note(owner, "offered a workload of {} steps", workload.trace.amounts.size());
  if (const auto next = workload.trace.next_rate_change(now()))
    simulator_.schedule_at(*next, DemandChanges{id});
}

Amount Cloud::offered_before(const Workload& workload) const {
  if (!workload.requests || workload.requests->arrivals.kind != load::ArrivalSettings::Kind::Replay)
    return workload.trace.offered_between(start_, now());
  const auto& recorded = *workload.requests->arrivals.recorded;
  const auto first = std::ranges::lower_bound(recorded, start_, {}, &load::RecordedRequest::at);
  const auto next = std::ranges::lower_bound(recorded, now(), {}, &load::RecordedRequest::at);
  return (next - first) * kAmountUnit;
}

void Cloud::handle(const DemandChanges& event) {
  const Workload& workload = workloads_[index_of(event.workload)];
  settle(workload.group);
  if (const auto next = workload.trace.next_rate_change(now()))
    simulator_.schedule_at(*next, DemandChanges{event.workload});
}

void Cloud::open_service(WorkloadId id) {
  const Workload& workload = workloads_[index_of(id)];
  Service& service = services_[index_of(id)];
  if (workload.queue) service.queue.emplace(*workload.queue);
  if (!workload.requests) return;
  load::StationSettings settings = *workload.requests;
  if (settings.arrivals.kind != load::ArrivalSettings::Kind::Replay)
    settings.arrivals.trace = std::make_shared<const Trace>(workload.trace);
  service.station.emplace(std::move(settings), now(), seed_, index_of(id));
  for (const InstanceId each : group(workload.group).members) tell_station(each);
}

// ---- Working it off ----

// Since the group was settled last; its members, and the rate of a fluid, are the same ever since.
void Cloud::work_off(AsGroupId id) {
  GroupState& s = state(id);
  const Workload& workload = workloads_[index_of(s.workload)];
  Service& service = services_[index_of(s.workload)];
  const Duration span = now() - s.settled;
  const int serving = group(id).in_service - s.ill;
  const bool is_short = falls_short(workload, serving, s.settled);
  if (is_short) s.totals.short_us += span.count();
  s.totals.serving_us += span.count() * serving;
  if (service.station) return work_off_requests(s, service);

  // Each change of the rate is an event that settles.
  const Amount offered = workload.trace.offered_between(s.settled, now());
  const Amount capacity = capacity_between(workload, serving, s.settled, now());
  Amount served = is_short ? std::min(offered, capacity) : offered;
  if (service.queue) {
    const auto outcome = service.queue->advance({span, offered, capacity, serving * workload.concurrency});
    served = outcome.served;
    s.totals.dropped += outcome.dropped;
  }
  s.totals.offered += offered;
  s.totals.served += served;
  s.window_offered += offered;
  s.window_served += served;
}

void Cloud::work_off_requests(GroupState& s, Service& service) {
  service.station->advance(now());
  const load::StationTotals& all = service.station->totals();
  const Amount arrived = (all.arrived - service.told.arrived) * kAmountUnit;
  const Amount completed = (all.completed - service.told.completed) * kAmountUnit;
  s.totals.dropped += (all.dropped - service.told.dropped) * kAmountUnit;
  s.totals.offered += arrived;
  s.totals.served += completed;
  s.window_offered += arrived;
  s.window_served += completed;
  service.told = all;
}

// Who may get requests. One that leaves finishes what it has, as far as it is given the time and its ECS lasts.
void Cloud::tell_station(InstanceId id) {
  const Instance& member = instances_[index_of(id)];
  const WorkloadId workload = state(member.group).workload;
  if (workload == none<WorkloadId>() || !services_[index_of(workload)].station) return;
  load::Station& station = *services_[index_of(workload)].station;
  const auto key = static_cast<load::ServerKey>(index_of(id));
  if (member.serves()) {
    const auto& pools = group(member.group).set.lbaas_listeners;
    return station.add_server(key, now(), pools.empty() ? 1 : pools.front().weight);
  }
  const bool lives =
      member.ecs == EcsStatus::Active && (member.state != LifecycleState::Gone || member.keep_ecs);
  station.remove_server(key, now(), lives ? workloads_[index_of(workload)].drain : Duration::zero());
}

Amount Cloud::waiting_at(AsGroupId id) const {
  const WorkloadId of = states_[index_of(id)].workload;
  if (of == none<WorkloadId>()) return 0;
  const Service& service = services_[index_of(of)];
  if (service.queue) return service.queue->backlog();
  return service.station ? service.station->waiting() * kAmountUnit : 0;
}

Effort Cloud::effort_of(AsGroupId id) const {
  const GroupState& s = states_[index_of(id)];
  if (s.workload == none<WorkloadId>()) return {};
  if (const Service& service = services_[index_of(s.workload)]; service.station)
    return {service.told.busy.count(), service.told.enabled.count()};
  return {Wide{s.totals.served} * kMicrosPerSecond,
          Wide{workloads_[index_of(s.workload)].capacity_per_instance} * s.totals.serving_us};
}

std::optional<ServiceRecord> Cloud::service_of(AsGroupId id) const {
  const WorkloadId of = states_[index_of(id)].workload;
  if (of == none<WorkloadId>() || !workloads_[index_of(of)].tells_latency()) return std::nullopt;
  const Service& service = services_[index_of(of)];
  const Workload& workload = workloads_[index_of(of)];
  const GroupTotals& totals = states_[index_of(id)].totals;
  ServiceRecord record;
  record.offered = totals.offered;
  record.completed = totals.served;
  record.dropped = totals.dropped;
  std::optional<load::Nanos> bound;
  if (service.queue) {
    bound = workload.queue->bound;
    record.responses = service.queue->responses();
    record.late = service.queue->late();
  } else {
    bound = workload.requests->bound;
    const load::StationTotals& all = service.station->totals();
    record.responses = service.station->responses();
    record.responses.weigh(kAmountUnit);
    record.abandoned = all.abandoned * kAmountUnit;
    record.timed_out = all.timed_out * kAmountUnit;
    record.failed = all.failed * kAmountUnit;
    record.retried = all.retried * kAmountUnit;
    record.late = all.late * kAmountUnit;
  }
  if (bound) record.bound = load::in_micros(bound->count());
  return record;
}

}  // namespace tidepool::sim
