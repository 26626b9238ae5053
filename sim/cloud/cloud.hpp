// Cloud: one project of the simulated region. It owns all state and the simulator; requests come in by `submit`, time
// goes on by `run_until`, and what came of it is read from the tables.
//
// State lies in arrays indexed by id. Nothing is ever moved or erased from them, so an id stays good for the whole run
// and the order of creation is the order of the array. `find` is what clients may see: things that still exist. The
// `all_*` tables are what reports read: everything that ever was.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/decision.hpp"
#include "sim/decide/alarm.hpp"
#include "sim/decide/cooldown.hpp"
#include "sim/decide/placement.hpp"
#include "sim/engine/rng.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/engine/time.hpp"
#include "sim/load/workload.hpp"
#include "sim/model/alarm_rule.hpp"
#include "sim/model/as_configuration.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/as_policy.hpp"
#include "sim/model/bandwidth.hpp"
#include "sim/model/behaviour.hpp"
#include "sim/model/cidr.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"
#include "sim/model/event.hpp"
#include "sim/model/fault.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/instance.hpp"
#include "sim/model/journal.hpp"
#include "sim/model/lifecycle_hook.hpp"
#include "sim/model/metric.hpp"
#include "sim/model/records.hpp"
#include "sim/model/region.hpp"
#include "sim/model/scaling_activity.hpp"
#include "sim/model/service_command.hpp"

namespace tidepool::sim {

/// What a run keeps of the records that grow with its length; the fingerprint and the totals need none of it.
enum class Recording : std::uint8_t { Nothing, Everything };

struct CloudOptions {
  Region region;
  Behaviour behaviour;
  Time start{};
  std::uint64_t seed = 1;
  JournalText journal = JournalText::Kept;
  Recording recording = Recording::Everything;
};

/// An alarm rule and where it stands.
struct AlarmRule {
  AlarmRuleSettings set;
  AlarmProgress progress;
  PeriodAggregate gathered;  ///< datapoints of the period under way
  Time last_fired = kNever;  ///< while the present alarm lasts
  Time due = kNever;         ///< the next end of a period for which data were pushed to the series it watches
  Time updated{};            ///< when its state or what is set of it changed last
  bool orphaned = false;     ///< its last policy is gone
  bool judged = false;       ///< there were data since it was made, changed or enabled
  bool deleted = false;
};

class Inspection;  // of invariants.cpp
struct CloudDoor;  // of the tests that break an invariant to see it found

/// What a project has of what quotas bound.
struct Usage {
  int ecs = 0, disks = 0, eips = 0;
  std::int64_t vcpus = 0, memory_mb = 0;
};

/// Something that will happen unless what it is about moves on before.
struct PendingEvent {
  Time time{};
  Event event;
};

class Cloud {
 public:
  explicit Cloud(CloudOptions options);

  // ---- Requests. A refused one changes nothing. ----

  Result<AsGroupId> submit(const CreateAsGroup& request);
  Result<void> submit(const ModifyAsGroup& request);
  Result<void> submit(const DeleteAsGroup& request);
  Result<void> submit(const ResumeAsGroup& request);
  Result<void> submit(const PauseAsGroup& request);
  Result<AsConfigurationId> submit(const CreateAsConfiguration& request);
  Result<void> submit(const DeleteAsConfiguration& request);
  Result<void> submit(const AddInstances& request);
  Result<void> submit(const RemoveInstances& request);
  Result<void> submit(const RemoveInstance& request);
  Result<void> submit(const ProtectInstances& request);
  Result<void> submit(const EnterStandby& request);
  Result<void> submit(const ExitStandby& request);
  Result<AsPolicyId> submit(const CreateAsPolicy& request);
  Result<void> submit(const ModifyAsPolicy& request);
  Result<void> submit(const DeleteAsPolicy& request);
  Result<void> submit(const ExecuteAsPolicy& request);
  Result<void> submit(const ResumeAsPolicy& request);
  Result<void> submit(const PauseAsPolicy& request);
  Result<BandwidthId> submit(const CreateBandwidth& request);
  Result<void> submit(const ModifyBandwidth& request);
  Result<void> submit(const DeleteBandwidth& request);
  Result<void> submit(const CreateLifecycleHook& request);
  Result<void> submit(const ModifyLifecycleHook& request);
  Result<void> submit(const DeleteLifecycleHook& request);
  Result<void> submit(const AnswerLifecycleHook& request);
  Result<void> submit(const SubscribeTopic& request);
  Result<void> submit(const UnsubscribeTopic& request);
  Result<void> submit(const ChangeTags& request);

  // ---- Requests to the services around it; what they change is in region(). A refused one changes nothing. ----

  // VPC and Neutron (networks.cpp)
  Outcome<VpcId> submit(const CreateVpc& request);
  Outcome<void> submit(const ModifyVpc& request);
  Outcome<void> submit(const DeleteVpc& request);
  Outcome<SubnetId> submit(const CreateSubnet& request);
  Outcome<void> submit(const ModifySubnet& request);
  Outcome<void> submit(const DeleteSubnet& request);
  Outcome<SubnetId> submit(const CreateNetwork& request);
  Outcome<void> submit(const DeleteNetwork& request);
  Outcome<void> submit(const AddAddresses& request);
  Outcome<void> submit(const RemoveAddresses& request);
  Outcome<void> submit(const AttachSubnet& request);
  Outcome<void> submit(const DetachSubnet& request);
  Outcome<SecurityGroupId> submit(const CreateSecurityGroup& request);
  Outcome<void> submit(const ModifySecurityGroup& request);
  Outcome<void> submit(const DeleteSecurityGroup& request);
  Outcome<std::string> submit(const AddSecurityGroupRule& request);
  Outcome<void> submit(const RemoveSecurityGroupRule& request);
  Outcome<PublicIpId> submit(const CreatePublicIp& request);
  Outcome<void> submit(const DeletePublicIp& request);
  Outcome<void> submit(const BindPublicIp& request);
  Outcome<void> submit(const UnbindPublicIp& request);
  Outcome<void> submit(const UnbindEip& request);
  Outcome<void> submit(const ReleaseEip& request);
  // Compute and notification (servers.cpp)
  Outcome<void> submit(const ImportKeyPair& request);
  Outcome<void> submit(const DeleteKeyPair& request);
  Outcome<ServerId> submit(const CreateServer& request);
  void submit(const RenameServer& request);
  Outcome<void> submit(const StartEcs& request);
  Outcome<void> submit(const StopEcs& request);
  Outcome<void> submit(const RebootEcs& request);
  Outcome<void> submit(const DeleteEcs& request);
  void submit(const CreateTopic& request);
  Outcome<void> submit(const ModifyTopic& request);
  Outcome<void> submit(const DeleteTopic& request);
  /// Keeps what a question was about, so that it can be looked up by the id that it gets here.
  const EcsJob& open_job(EcsJob job);
  // Load balancers (balancers.cpp)
  Outcome<LoadBalancerId> submit(const CreateLoadBalancer& request);
  Outcome<void> submit(const ModifyLoadBalancer& request);
  Outcome<void> submit(const DeleteLoadBalancer& request);
  Outcome<ListenerId> submit(const CreateListener& request);
  Outcome<void> submit(const ModifyListener& request);
  Outcome<void> submit(const DeleteListener& request);
  Outcome<PoolId> submit(const CreatePool& request);
  Outcome<void> submit(const ModifyPool& request);
  Outcome<void> submit(const DeletePool& request);
  Outcome<std::string> submit(const AddPoolMember& request);
  Outcome<void> submit(const ModifyPoolMember& request);
  Outcome<void> submit(const RemovePoolMember& request);
  Outcome<std::string> submit(const CreateHealthMonitor& request);
  Outcome<void> submit(const ModifyHealthMonitor& request);
  Outcome<void> submit(const DeleteHealthMonitor& request);

  // ---- What surrounds the service; no client of AS asks for these. ----

  AlarmRuleId add_alarm_rule(const AlarmRuleSettings& rule);
  WorkloadId add_workload(Workload workload);
  /// `fault.from` must not lie in the past.
  FaultId add_fault(const Fault& fault);
  /// Ends a fault now, or calls one off that has not begun. False when it is over already.
  bool end_fault(FaultId fault);
  /// Tie something declared beforehand to a group that exists by now.
  void attach(AlarmRuleId id, AsGroupId owner);
  void attach(WorkloadId id, AsGroupId owner);
  void attach(FaultId id, AsGroupId owner);
  /// Policies that use it stay and never fire again.
  Result<void> remove_alarm_rule(AlarmRuleId id);
  /// What it watches stays, whatever `wanted` says. Another condition, and being enabled, make it begin anew.
  Result<void> change_alarm_rule(AlarmRuleId id, AlarmRuleSettings wanted);
  /// The series of that key, made if there is none yet.
  MetricSeriesId series_of(const MetricKey& key);
  /// The series of data that stand for a group's own metric: where a period has some, they count instead of it.
  MetricSeriesId series_of(AsGroupId id, GroupMetric metric);
  /// A rule that looks at each datapoint does so at once, the others at the end of their period. Data for a period that
  /// is over move no alarm. False when the series is full.
  bool push(MetricSeriesId id, const MetricPoint& point);
  /// The unit that was pushed last.
  void set_unit(MetricSeriesId id, std::string unit);
  /// For what comes: nothing that is under way begins anew. The distance of datapoints stays, for alarm rules build on it.
  /// Refuses a quota below what there is.
  Result<void> change_behaviour(const Behaviour& wanted);

  /// Runs everything due up to and including `limit`; then now() is `limit`.
  void run_until(Time limit);
  /// The same for at most so many events. False when that was not enough; then now() is the time of the last one.
  bool run_until(Time limit, std::uint64_t most_events);
  /// When the next event is due; empty when nothing will happen any more.
  std::optional<Time> next_time() const { return simulator_.next_time(); }
  /// In the order in which they will happen. Made anew at each call: for showing.
  std::vector<PendingEvent> pending_events() const;
  std::uint64_t events_handled() const { return simulator_.events_handled(); }
  /// Brings running totals and workloads up to now(); call before reading them.
  void settle();

  // ---- What there is ----

  Time now() const { return simulator_.now(); }
  Time start() const { return start_; }
  std::uint64_t seed() const { return seed_; }
  const Region& region() const { return region_; }
  const Behaviour& behaviour() const { return behaviour_; }
  Journal& journal() { return journal_; }
  const Journal& journal() const { return journal_; }

  // Null when there is no such thing (any more).
  const AsGroup* find(AsGroupId id) const;
  const AsConfiguration* find(AsConfigurationId id) const;
  const AsPolicy* find(AsPolicyId id) const;
  const Instance* find(InstanceId id) const;
  const AlarmRule* find(AlarmRuleId id) const;
  const Bandwidth* find(BandwidthId id) const;
  const ScalingActivity* find(ScalingActivityId id) const;
  const LifecycleHook* find_hook(AsGroupId group, std::string_view name) const;
  /// The waits of a group that have not ended with the member in service or gone, oldest first.
  std::span<const HookWaitId> waits_of(AsGroupId group) const;
  /// The member that stands for a server added by hand; none when it is in no group.
  InstanceId member_of(ServerId server) const;

  /// Whether there is such a server and nobody deleted its ECS.
  bool exists(ServerId server) const;
  bool exists(const Ecs& ecs) const;
  /// The ECS behind an instance, also when it has left its group.
  Ecs ecs_of(InstanceId id) const;
  /// What that EIP is bound to; is_none() when it is to no ECS (any more).
  Ecs ecs_of(const PublicIp& ip) const;
  bool is_bound(const PublicIp& ip) const;
  /// What of the project counts against its quotas.
  Usage usage() const;
  /// What the ECS service tells of it.
  EcsStatus status_of(const Ecs& ecs) const;
  /// Its address in the first of its networks; empty when that has none.
  std::string address_of(const Ecs& ecs) const;
  std::vector<SubnetId> subnets_of(const Ecs& ecs) const;
  /// Those of its configuration, else its group's, else the default one.
  std::vector<SecurityGroupId> security_groups_of(InstanceId id) const;
  /// What the group had when the ECS was made for it; none of a server made by hand.
  std::span<const Tag> tags_of(const Ecs& ecs) const;
  /// Everything that exists, servers made by hand first.
  std::vector<Ecs> all_ecs() const;
  const EcsJob* find_job(std::string_view id) const;

  std::span<const AsGroup> all_groups() const { return groups_; }
  std::span<const AsConfiguration> all_configurations() const { return configurations_; }
  std::span<const AsPolicy> all_policies() const { return policies_; }
  std::span<const Instance> all_instances() const { return instances_; }
  std::span<const ScalingActivity> all_activities() const { return activities_; }
  std::span<const PolicyExecution> all_executions() const { return executions_; }
  std::span<const AlarmRule> all_alarm_rules() const { return alarm_rules_; }
  std::span<const MetricSeries> all_series() const { return series_; }
  std::span<const Bandwidth> all_bandwidths() const { return bandwidths_; }
  /// Those of bandwidths, also of bandwidths that are gone.
  int bandwidth_policies() const { return bandwidth_policies_; }
  std::span<const Fault> all_faults() const { return faults_; }
  std::span<const Workload> all_workloads() const { return workloads_; }
  std::span<const Resource> resources() const { return resources_; }
  std::span<const Message> outbox() const { return outbox_; }
  std::span<const TopicMessage> topic_messages() const { return topic_messages_; }
  std::span<const HookWait> all_waits() const { return waits_; }
  std::span<const MetricSample> samples() const { return samples_; }
  std::span<const LatencySample> latencies() const { return latencies_; }
  /// Of a group whose workload tells of requests, up to the last settle(); empty for others.
  std::optional<ServiceRecord> service_of(AsGroupId id) const;
  /// What the members that serve have done and could have done, up to the last settle().
  Effort effort_of(AsGroupId id) const;
  /// What waits for its turn, up to the last settle(); nothing where the workload is a fluid without memory.
  Amount waiting_at(AsGroupId id) const;
  std::span<const StateMove> moves() const { return moves_; }
  /// What the journal has told about groups, in the order of its lines.
  std::span<const Decision> decisions() const { return decisions_; }
  // What the journal calls them: "up#0", also when they are gone.
  std::string policy_label(AsPolicyId id) const;
  std::string configuration_label(AsConfigurationId id) const;
  const GroupTotals& totals(AsGroupId id) const;
  /// The actions of a group, oldest first.
  std::span<const ScalingActivityId> activities_of(AsGroupId id) const;
  int backends_of(ListenerId listener) const { return listener_backends_[index_of(listener)]; }
  /// What the load balancers know, by group and then in order of joining.
  std::vector<Backend> backends() const;

 private:
  friend class Inspection;
  friend struct CloudDoor;

  // What a group measured of itself at a tick.
  struct Datapoint {
    Time time{};
    std::optional<MetricValue> cpu_util;
    MetricValue instance_num = 0;
  };

  // What works off a demand that is more than a fluid without memory.
  struct Service {
    std::optional<load::FluidQueue> queue;
    std::optional<load::Station> station;
    load::StationTotals told;  // what of the station's is in the group's totals
    load::LatencyHistogram responses_at_tick;
  };

  // The part of a group that only the Cloud's stories need.
  struct GroupState {
    std::string label;                          // "web#0": the subject of its journal lines
    std::vector<int> zone_members;              // by ZoneId: all but those being removed
    std::vector<ScalingActivityId> activities;  // oldest first
    std::vector<ChangeReason> pending_reasons;  // since the last action started
    std::vector<AlarmRuleId> alarm_rules;
    std::array<MetricSeriesId, kGroupMetrics> pushed{none<MetricSeriesId>(), none<MetricSeriesId>()};
    std::vector<HookWaitId> waits;  // kept until their member is in service or gone
    WorkloadId workload = none<WorkloadId>();
    Time health_anchor{};
    EventId health_event;
    EventId reconcile_event;
    Time reconcile_at = kNever;  // when that event is due; kNever: none is pending
    int ill = 0;                 // in service, and a check could find them unhealthy
    int marked_ill = 0;          // in service with health ERROR
    Time settled{};              // the totals reach up to here
    GroupTotals totals;
    // Since the last metrics tick.
    Amount window_offered = 0, window_served = 0;
    Effort effort_at_tick;
    std::vector<Datapoint> unpublished;  // oldest first; only while publishing takes time
  };

  // A place where a launch could go.
  struct Place {
    ZoneId zone = none<ZoneId>();
    FlavorId flavor = none<FlavorId>();
  };

  // ---- Lookups and the journal (cloud.cpp) ----
  AsGroup& group(AsGroupId id) { return groups_[index_of(id)]; }
  GroupState& state(AsGroupId id) { return states_[index_of(id)]; }
  Instance& instance(InstanceId id) { return instances_[index_of(id)]; }
  ScalingActivity& activity(ScalingActivityId id) { return activities_[index_of(id)]; }
  AsPolicy& policy(AsPolicyId id) { return policies_[index_of(id)]; }
  bool records() const { return recording_ == Recording::Everything; }
  /// A line of the journal about a group, and what it is about and why.
  template <class... Args>
  void explain(AsGroupId id, About about, fmt::format_string<Args...> format, Args&&... args) {
    if (!records()) return journal_.write(now(), state(id).label, format, std::forward<Args>(args)...);
    std::string words = fmt::format(format, std::forward<Args>(args)...);
    journal_.write_text(now(), state(id).label, words);
    const AsGroup& g = group(id);
    decisions_.push_back(
        {now(), journal_.lines(), id, g.status, g.set.desire, std::move(about), std::move(words)});
  }
  template <class... Args>
  void note(AsGroupId id, fmt::format_string<Args...> format, Args&&... args) {
    explain(id, {}, format, std::forward<Args>(args)...);
  }
  /// The same about a policy, which may be one of a bandwidth.
  template <class... Args>
  void explain(const AsPolicy& one, About about, fmt::format_string<Args...> format, Args&&... args) {
    if (one.resource() == ScalingResource::Group)
      explain(one.group, std::move(about), format, std::forward<Args>(args)...);
    else
      journal_.write(now(), subject_of(one), format, std::forward<Args>(args)...);
  }
  std::string bandwidth_label(BandwidthId id) const;
  void settle(AsGroupId id);
  void work_off(AsGroupId id);
  void work_off_requests(GroupState& s, Service& service);
  void tell_station(InstanceId id);
  void open_service(WorkloadId id);
  Amount offered_before(const Workload& workload) const;
  void run(const Event& event);
  void enter(InstanceId id, LifecycleState to);
  void set_condition(InstanceId id, EcsStatus ecs, bool lb_offline);
  void set_health(InstanceId id, HealthStatus health);

  // ---- Groups (groups.cpp) ----
  Result<void> must_be_changeable(AsGroupId id) const;
  AsGroupSettings with_defaults(const CreateAsGroup& request) const;
  std::vector<ZoneId> chosen_zones(AsConfigurationId id) const;
  AsGroupSettings merged(const ModifyAsGroup& request) const;
  Result<void> check_change(const ModifyAsGroup& request, const AsGroupSettings& wanted) const;
  Result<void> check_load_balancer_change(const AsGroup& group, const AsGroupSettings& wanted) const;
  int members_to_bind(const AsGroup& group) const;
  void apply_change(AsGroupId id, AsGroupSettings wanted);
  void log_load_balancer_change(AsGroupId id, const AsGroupSettings& before);
  Result<void> check_image_zones(const AsGroupSettings& set) const;
  Result<void> check_can_host(const AsGroup& group) const;
  void delete_forced(AsGroupId id);
  void vanish(AsGroupId id);

  // ---- Scaling actions (actions.cpp) ----
  void change_desire(AsGroupId id, const ChangeReason& reason);
  void reconcile_by(AsGroupId id, Time due);
  // Which point of the scan grid is meant by somebody who stands on one. Clients lower the expected number and remove
  // the instances by hand at once, so that must not have begun by itself.
  enum class GridPoint : std::uint8_t { NowOrLater, Later };
  void reconcile_on_grid(AsGroupId id, GridPoint point = GridPoint::NowOrLater);
  void handle(const ReconcileDue& event);
  ScalingActivityId open_activity(AsGroupId id, ActivityType type, int desire_value,
                                  std::vector<ChangeReason> reasons);
  void one_done(ScalingActivityId id);
  void finish_if_complete(ScalingActivityId id);
  void finish(ScalingActivityId id);
  void open_cooldown(AsGroup& g, const ScalingActivity& log);
  void after_success(AsGroupId id);
  void after_failure(AsGroupId id, const ScalingActivity& log);
  void become_error(AsGroupId id, std::string why, bool lasting);

  // ---- Scale out (launch.cpp) ----
  void launch_more(ScalingActivityId id);
  void launch_one(ScalingActivityId id);
  bool can_host(ZoneId zone, FlavorId flavor) const;
  bool can_host(ZoneId zone, FlavorId flavor, const AsConfiguration& configuration) const;
  Place find_place(AsGroupId id, const AsConfiguration& configuration);
  Error why_no_place(const AsGroupSettings& set, const AsConfiguration& configuration) const;
  std::string choice_text(AsGroupId id, FlavorId flavor) const;
  ZoneFitness fitness(ZoneId zone, FlavorId flavor, const AsConfiguration& configuration) const;
  std::vector<ZoneStanding> standings(FlavorId flavor, const AsConfiguration& configuration) const;
  Why why_there(ScalingActivityId id, Place place) const;
  Why why_refused(ScalingActivityId id, ErrorCode code, const std::string& cause) const;
  void create_instance(ScalingActivityId id, Place place);
  void create_resources(InstanceId id, const AsConfiguration& configuration);
  std::uint32_t present_tag_set(AsGroupId id);
  /// The draw of that number in the stream: of an instance, mostly.
  Duration draw(const DurationDistribution& distribution, std::string_view stream, std::size_t number) const;
  bool draw_boot_failure(const Instance& member, InstanceId id) const;
  Duration boot_time(const Instance& member, InstanceId id) const;
  void handle(const LaunchFinished& event);
  void join(InstanceId id);
  void fail_launch(InstanceId id, ErrorCode code, std::string reason);
  void put_in_service(InstanceId id);
  Result<void> room_at(std::span<const ListenerId> listeners, int more) const;
  void bind(InstanceId id);
  void unbind(InstanceId id);

  // ---- Scale in and removal (removal.cpp) ----
  void scale_in(ScalingActivityId id, int wanted);
  bool balances_removal(const AsGroupSettings& set) const;
  std::string balance_text(AsGroupId id) const;
  RemovalKeys removal_keys(InstanceId id) const;
  Why why_leaves(AsGroupId id, std::span<const InstanceId> order, std::size_t place, int candidates) const;
  std::vector<InstanceId> victims(AsGroupId id, int wanted);
  void begin_removal(InstanceId id, ScalingActivityId log, EcsFate fate);
  void take_away(InstanceId id);
  void handle(const RemovalFinished& event);
  void delete_ecs(InstanceId id);
  enum class ResourceFate : std::uint8_t { Delete, LeaveBehind };
  void end_resources(InstanceId id, ResourceKind kind, ResourceFate fate);
  std::vector<Offender> removal_offenders(const RemoveInstances& request) const;
  void join_by_hand(ServerId server, ScalingActivityId log);
  bool survives_force(InstanceId id) const;

  // ---- Standby (standby.cpp) ----
  /// Whether so many more members may be wanted.
  static Result<void> room_for(const AsGroup& group, int more);
  Result<void> standby_may_change(AsGroupId id, const std::vector<InstanceId>& instances) const;
  std::vector<Offender> offenders_not_in(LifecycleState state, AsGroupId id,
                                         const std::vector<InstanceId>& instances) const;

  // ---- Lifecycle hooks (hooks.cpp) ----
  Result<void> hooks_may_change(AsGroupId id) const;
  bool begin_waits(InstanceId id, HookType type);
  void begin_wait(InstanceId id, const LifecycleHook& hook);
  void handle(const HookTimedOut& event);
  About about_wait(HookWaitId id, HookStep step, std::string_view by = {}, bool told = true) const;
  void extend(HookWaitId id);
  bool loses_message(AsGroupId id, const LifecycleHook& hook, HookWaitId wait);
  void release(HookWaitId id, HookResult result, std::string_view by);
  void abandon(InstanceId id, std::string why);
  void go_on(InstanceId id);
  void cut_waits_short(AsGroupId id);
  void forget_waits(InstanceId id);

  // ---- Notifications (notifications.cpp) ----
  void tell_end(ScalingActivityId id);
  void tell(AsGroupId id, Scene scene, ScalingActivityId log);

  // ---- Policies (policies.cpp, executions.cpp) ----
  std::vector<AsPolicyId>& siblings_of(const AsPolicy& one);
  std::string subject_of(const AsPolicy& one) const;
  Result<void> check_policy(const AsPolicy& owner, const AsPolicySettings& set) const;
  Result<void> must_have_resource(const AsPolicy& one) const;
  Result<void> check_policy_quota(const AsPolicy& one) const;
  Result<void> may_be_executed(const AsPolicy& one) const;
  void schedule_policy(AsPolicyId id);
  void bind_alarm(AsPolicyId id);
  void unbind_alarm(AsPolicyId id);
  void handle(const PolicyDue& event);
  void handle(const ExecutionEnds& event);
  void run_due_policies(const AsPolicy& one);
  static Trigger trigger_of(const AsPolicy& due);
  void log_superseded(AsPolicyId loser, AsPolicyId winner);
  About about_lost(AsPolicyId id) const;
  About about_execution(PolicyExecutionId id, PolicyFate fate) const;
  void execute(AsPolicyId id, Trigger trigger);
  PolicyExecution begun(AsPolicyId id, Trigger trigger) const;
  void conclude(PolicyExecutionId id);
  void refuse_execution(PolicyExecutionId id, ErrorCode code);
  std::optional<ErrorCode> denial(const AsPolicy& one, Trigger trigger) const;
  void delete_policy(AsPolicyId id);

  // ---- Bandwidths (bandwidths.cpp) ----
  BandwidthId open_bandwidth(const CreateBandwidth& request);
  void close_bandwidth(BandwidthId id);
  std::optional<ErrorCode> denial_of_bandwidth(const AsPolicy& policy, Trigger trigger) const;
  void change_bandwidth(PolicyExecutionId id);

  // ---- Health (health.cpp) ----
  void schedule_health_check(AsGroupId id);
  void handle(const HealthCheckDue& event);
  std::vector<InstanceId> examine(AsGroupId id);
  Why why_judged(InstanceId id, bool leaves) const;
  void remove_unhealthy(AsGroupId id, const std::vector<InstanceId>& unhealthy);

  // ---- Demand, metrics and alarms (metrics.cpp, alarms.cpp) ----
  void schedule_metrics(AsGroupId id);
  void handle(const MetricsDue& event);
  void handle(const DemandChanges& event);
  void handle(const DatapointsPublished& event);
  void publish(AsGroupId id, const Datapoint& datapoint);
  std::optional<MetricValue> utilisation(AsGroupId id) const;
  void take_latency(AsGroupId id);
  void take_sample(AsGroupId id, std::optional<MetricValue> cpu);
  void evaluate(AlarmRuleId id, std::optional<MetricValue> datapoint, Time at);
  MetricSeriesId series_watched(const AlarmRule& rule) const;
  std::string subject_of(const AlarmRule& rule) const;
  std::optional<MetricValue> pushed_value(const AlarmRule& rule, Time from, Time to) const;
  void look_at_push(AlarmRuleId id, const MetricPoint& point);
  void schedule_judgement(AlarmRuleId id, Time after);
  void handle(const AlarmDue& event);
  void judge(AlarmRuleId id, MetricValue value);
  void begin_anew(AlarmRule& rule);
  void tell_alarm(AlarmRuleId id, MetricValue value);
  bool fires(const AlarmRule& rule, bool was_in_alarm) const;
  void fire(AlarmRuleId id);

  // ---- Faults (faults.cpp) ----
  void handle(const FaultBegins& event);
  void handle(const FaultEnds& event);
  void handle(const InstanceFails& event);
  void handle(const ZoneFails& event);
  void schedule_zone_failure(FaultId fault, ZoneId zone, std::uint32_t number);
  void break_down(InstanceId id);
  void draw_failure(InstanceId id, FaultId fault);
  void draw_failures(InstanceId id);
  bool concerns(const Fault& fault, const Instance& member) const;
  void begin_outage(ZoneId zone);
  void end_outage(ZoneId zone);
  void change_sold_out(const Fault& fault, int by);
  void fall_ill(FaultId id);
  void recover(FaultId id);
  void lose_ecs(InstanceId id);
  std::vector<InstanceId> chosen(const Fault& fault, bool only_bound) const;
  void put_offline(FaultId id);
  bool is_held_offline(InstanceId id) const;
  void kill(const Fault& fault);

  // ---- The services around it (networks.cpp, servers.cpp, balancers.cpp) ----
  void complete_region();
  Result<void> check_quotas(const Behaviour& wanted) const;
  std::optional<Error> quota_fault(FlavorId flavor, std::size_t disks, int eips) const;
  std::optional<std::string> full_subnet(const std::vector<SubnetId>& subnets) const;
  std::optional<Error> missing_thing(const AsConfiguration& configuration) const;
  LoadBalancerId declared_balancer(VpcId vpc);
  std::string new_id(std::string_view kind);
  std::string address_in(SubnetId subnet, std::uint64_t number) const;
  Outcome<void> check_block(const std::string& cidr, std::string_view field) const;
  Outcome<void> check_fits(const Cidr& block, VpcId vpc) const;
  Outcome<SubnetSettings> completed(const SubnetSettings& set) const;
  std::optional<std::string> user_of(SubnetId subnet) const;
  std::optional<std::string> user_of(SecurityGroupId group) const;
  bool is_used_by_group(ListenerId listener) const;
  bool is_used_by_group(PoolId pool) const;
  void set_power(const Ecs& ecs, EcsStatus to);
  void keep_as_server(InstanceId id);
  void lose_server(ServerId id);
  std::string label_of(const Ecs& ecs) const;
  Pool& pool(PoolId id) { return region_.pools[index_of(id)]; }

  // ---- Invariants along the way (checks.cpp); an empty text: nothing is wrong ----
  void stop_if(const std::string& wrong) const;
  void check_after(const Event& event);
  void check_all();
  AsGroupId touched_by(const Event& event) const;
  std::vector<int> counted_by_zone(AsGroupId id) const;
  std::string wrong_move(InstanceId id, LifecycleState to) const;
  std::string wrong_alarm(AsGroupId id) const;
  std::string wrong_place(AsGroupId id, Place place, const AsConfiguration& configuration) const;
  std::string wrong_victim(InstanceId id) const;
  std::string wrong_fate(const Resource& resource, ResourceFate fate) const;

  Time start_;
  std::uint64_t seed_;
  Region region_;
  Behaviour behaviour_;
  Recording recording_;
  Journal journal_;
  Simulator<Event> simulator_;

  std::vector<AsGroup> groups_;
  std::vector<GroupState> states_;  // by AsGroupId
  std::vector<AsConfiguration> configurations_;
  std::vector<AsPolicy> policies_;
  std::vector<Instance> instances_;
  std::vector<ScalingActivity> activities_;
  std::vector<PolicyExecution> executions_;
  std::vector<AlarmRule> alarm_rules_;
  std::vector<std::vector<AsPolicyId>> rule_policies_;  // by AlarmRuleId
  std::vector<MetricSeries> series_;
  std::vector<std::vector<AlarmRuleId>> series_rules_;  // by MetricSeriesId: those that watch nothing else
  std::vector<Bandwidth> bandwidths_;
  std::vector<Workload> workloads_;
  std::vector<Service> services_;  // by WorkloadId
  std::vector<Fault> faults_;
  std::vector<bool> fault_active_;                      // by FaultId
  std::vector<std::vector<InstanceId>> fault_victims_;  // by FaultId: those made ill by it
  std::vector<int> fault_spent_;                        // by FaultId: messages lost so far
  std::vector<Resource> resources_;
  std::vector<std::uint32_t>
      first_resource_;  // by InstanceId: its resources lie from here on, kNoResource: none
  std::vector<HookWait> waits_;
  std::vector<Message> outbox_;
  std::vector<TopicMessage> topic_messages_;
  std::vector<MetricSample> samples_;
  std::vector<LatencySample> latencies_;
  std::vector<StateMove> moves_;
  std::vector<Decision> decisions_;

  std::vector<int> zone_down_;             // by ZoneId: outages that last
  std::vector<int> sold_out_;              // by ZoneId and FlavorId: faults that last
  std::vector<int> ecs_used_;              // by ZoneId and FlavorId: ECSs made by the service that exist
  std::vector<int> listener_backends_;     // by ListenerId
  std::vector<InstanceId> server_member_;  // by ServerId
  std::vector<bool> server_lost_;          // by ServerId: somebody deleted its ECS
  std::vector<EcsJob> jobs_;
  std::vector<std::vector<Tag>> tag_sets_{{}};            // by AsGroup::tag_set; the first one has none
  std::size_t servers_declared_ = 0, eips_declared_ = 0;  // by the region
  std::uint64_t ids_given_ = 0;                           // by new_id
  int ecs_alive_ = 0;                                     // made by the service
  int groups_alive_ = 0, configurations_alive_ = 0, bandwidth_policies_ = 0;

  std::uint64_t unchecked_ = 0;  // events since the whole was checked

  // Memory that placement uses again and again.
  std::vector<ZoneCount> zone_counts_;
  std::vector<ZoneId> zone_order_;
  std::vector<FlavorId> flavor_order_;
};

}  // namespace tidepool::sim
