// Faults of a project, spelled as in scenario files. A group is named by its id.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <string>

#include "api/routes/testbed_call.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::FaultKind;

constexpr Spelling<FaultKind> kKinds[] = {{"boot_failure", FaultKind::BootFailure},
                                          {"instance_failure", FaultKind::InstanceFailure},
                                          {"zone_failure", FaultKind::ZoneFailure},
                                          {"zone_outage", FaultKind::ZoneOutage},
                                          {"sold_out", FaultKind::SoldOut},
                                          {"sick_instances", FaultKind::SickInstances},
                                          {"boot_delay", FaultKind::BootDelay},
                                          {"elb_member_down", FaultKind::ElbMemberDown},
                                          {"hook_message_lost", FaultKind::HookMessageLost},
                                          {"instance_death", FaultKind::InstanceDeath}};
constexpr Spelling<sim::Sickness> kSicknesses[] = {{"stopped", sim::Sickness::Stopped},
                                                   {"deleted", sim::Sickness::Deleted},
                                                   {"offline", sim::Sickness::Offline}};

// ---- Reading ----

void need(const Fields& body, std::string_view key, std::string_view expected) {
  if (!body.has(key)) body.report(key, kBodyFault, expected);
}

template <class Id, class Table>
void read_name(const Fields& body, std::string_view key, const Table& table, Id& id) {
  const auto text = body.text(key);
  if (!text) return;
  std::vector<std::string_view> names;
  for (const auto& each : table) names.emplace_back(each.name);
  const auto found = std::ranges::find(names, *text);
  if (found == names.end())
    body.report(key, kBodyFault, fmt::format("one of {}", fmt::join(names, ", ")));
  else
    id = sim::id_at<Id>(static_cast<std::size_t>(found - names.begin()));
}

void read_group(const Fields& body, const sim::Cloud& cloud, sim::Fault& fault) {
  const auto text = body.text("group");
  if (!text) return;
  fault.group = IdText{cloud.seed()}.group(*text);
  if (cloud.find(fault.group) == nullptr) body.report("group", kBodyFault, "the id of a group that exists");
}

void read_count(const Fields& body, int& count) {
  count = body.integer("count", kBodyFault, "1 to 1000000").value_or(count);
  if (body.has("count") && (count < 1 || count > 1'000'000)) body.report("count", kBodyFault, "1 to 1000000");
}

// Members of a group, or one instance.
void read_victims(const Fields& body, const sim::Cloud& cloud, sim::Fault& fault) {
  if (body.has("group") == body.has("instance"))
    body.report("group", kBodyFault, "exactly one of group and instance");
  if (body.has("instance") && body.has("count")) body.report("count", kBodyFault, "none with an instance");
  read_count(body, fault.count);
  const auto text = body.text("instance");
  if (!text) return;
  fault.instance = find_instance(cloud, *text);
  if (fault.instance == sim::none<sim::InstanceId>() || cloud.find(fault.instance) == nullptr)
    body.report("instance", kBodyFault, "the id of an instance in a group");
}

void read_delay(const Fields& body, sim::Fault& fault) {
  constexpr std::int64_t kMostTimes = 1'000'000'000;
  if (!body.has("delay") && !body.has("factor"))
    body.report("delay", kBodyFault, R"(a length such as "5m", or a factor)");
  fault.delay = duration_in(body, "delay").value_or(sim::Duration::zero());
  fault.factor_ppm = millionths_in(body, "factor", 1'000'000, kMostTimes).value_or(1'000'000);
}

void read_mean_time(const Fields& body, sim::Fault& fault) {
  need(body, "mean_time_to_failure", R"(a length such as "7d")");
  fault.mean_time_to_failure = duration_in(body, "mean_time_to_failure").value_or(kLongestDuration);
  if (fault.mean_time_to_failure < std::chrono::seconds{1})
    body.report("mean_time_to_failure", kBodyFault, "1s or more");
}

void read_harm(const Fields& body, const sim::Cloud& cloud, sim::Fault& fault) {
  switch (fault.kind) {
    case FaultKind::BootFailure:
      body.expect_only({"kind", "from", "at", "duration", "until", "group", "zone", "flavor", "probability"});
      need(body, "probability", "a number from 0 to 1");
      fault.probability_ppm = millionths_in(body, "probability", 0, 1'000'000).value_or(0);
      return;
    case FaultKind::InstanceFailure:
      body.expect_only({"kind", "from", "at", "duration", "until", "group", "zone", "flavor",
                        "mean_time_to_failure", "shape"});
      read_mean_time(body, fault);
      fault.shape =
          static_cast<double>(millionths_in(body, "shape", 100'000, 20'000'000).value_or(1'000'000)) / 1e6;
      return;
    case FaultKind::ZoneFailure:
      body.expect_only({"kind", "from", "at", "duration", "until", "group", "zone", "flavor",
                        "mean_time_to_failure", "probability"});
      read_mean_time(body, fault);
      fault.probability_ppm = millionths_in(body, "probability", 1, 1'000'000).value_or(1'000'000);
      return;
    case FaultKind::ZoneOutage:
      body.expect_only({"kind", "from", "at", "duration", "until", "zone"});
      need(body, "zone", "a zone's name");
      return;
    case FaultKind::SoldOut:
      body.expect_only({"kind", "from", "at", "duration", "until", "zone", "flavor"});
      return;
    case FaultKind::SickInstances:
      body.expect_only(
          {"kind", "from", "at", "duration", "until", "group", "zone", "flavor", "sickness", "count"});
      need(body, "group", "a group's id");
      need(body, "sickness", "stopped, deleted or offline");
      fault.sickness = body.choice("sickness", kBodyFault, kSicknesses).value_or(sim::Sickness::Stopped);
      read_count(body, fault.count);
      return;
    case FaultKind::BootDelay:
      body.expect_only(
          {"kind", "from", "at", "duration", "until", "group", "zone", "flavor", "delay", "factor"});
      return read_delay(body, fault);
    case FaultKind::ElbMemberDown:
      body.expect_only({"kind", "from", "at", "duration", "until", "group", "instance", "count"});
      return read_victims(body, cloud, fault);
    case FaultKind::HookMessageLost:
      body.expect_only({"kind", "from", "at", "duration", "until", "group", "hook", "probability", "count"});
      fault.probability_ppm = millionths_in(body, "probability", 0, 1'000'000).value_or(1'000'000);
      fault.count = 0;
      read_count(body, fault.count);
      if (const auto hook = body.text("hook")) fault.hook = *hook;
      return;
    case FaultKind::InstanceDeath:
      body.expect_only({"kind", "from", "at", "group", "instance", "count"});
      return read_victims(body, cloud, fault);
  }
}

sim::Fault read_fault(const Fields& body, const sim::Cloud& cloud) {
  sim::Fault fault;
  need(body, "kind", "what goes wrong");
  fault.kind = body.choice("kind", kBodyFault, kKinds).value_or(FaultKind::SoldOut);
  const Span span = span_in(body, cloud.now());
  fault.from = span.from;
  fault.until = span.until;
  read_name(body, "zone", cloud.region().zones, fault.zone);
  read_name(body, "flavor", cloud.region().flavors, fault.flavor);
  read_group(body, cloud, fault);
  read_harm(body, cloud, fault);
  return fault;
}

// ---- Writing ----

const char* state_of(const sim::Fault& fault, sim::Time now) {
  if (fault.until <= now) return "over";
  return fault.from > now ? "pending" : "active";
}

void add_newer_harm(const sim::Cloud& cloud, const sim::Fault& fault, boost::json::object& out) {
  switch (fault.kind) {
    case FaultKind::InstanceFailure:
      if (fault.shape != 1) out.emplace("shape", fault.shape);
      return;
    case FaultKind::BootDelay:
      out.emplace("delay", duration_text(fault.delay));
      out.emplace("factor", number(fault.factor_ppm));
      return;
    case FaultKind::HookMessageLost:
      out.emplace("probability", number(fault.probability_ppm));
      if (fault.count > 0) out.emplace("count", fault.count);
      if (!fault.hook.empty()) out.emplace("hook", fault.hook);
      return;
    case FaultKind::ElbMemberDown:
    case FaultKind::InstanceDeath:
      if (fault.instance != sim::none<sim::InstanceId>())
        out.emplace("instance", instance_text(cloud, fault.instance));
      else
        out.emplace("count", fault.count);
      return;
    default: return;
  }
}

boost::json::object written(const sim::Cloud& cloud, std::size_t index) {
  const sim::Fault& fault = cloud.all_faults()[index];
  boost::json::object out{{"id", std::to_string(index)},
                          {"kind", spelling_of(kKinds, fault.kind)},
                          {"state", state_of(fault, cloud.now())},
                          {"from", moment_text(fault.from)},
                          {"until", nullptr}};
  if (fault.until != sim::kNever) out["until"] = moment_text(fault.until);
  if (fault.zone != sim::none<sim::ZoneId>()) out.emplace("zone", cloud.region().zone(fault.zone).name);
  if (fault.flavor != sim::none<sim::FlavorId>())
    out.emplace("flavor", cloud.region().flavor(fault.flavor).name);
  if (fault.group != sim::none<sim::AsGroupId>())
    out.emplace("group", IdText{cloud.seed()}.text(fault.group));
  if (fault.kind == FaultKind::BootFailure || fault.kind == FaultKind::ZoneFailure)
    out.emplace("probability", number(fault.probability_ppm));
  if (fault.kind == FaultKind::InstanceFailure || fault.kind == FaultKind::ZoneFailure)
    out.emplace("mean_time_to_failure", duration_text(fault.mean_time_to_failure));
  if (fault.kind == FaultKind::SickInstances) {
    out.emplace("sickness", spelling_of(kSicknesses, fault.sickness));
    out.emplace("count", fault.count);
  }
  add_newer_harm(cloud, fault, out);
  return out;
}

}  // namespace

boost::json::array faults_of(const sim::Cloud& cloud) {
  boost::json::array all;
  for (std::size_t i = 0; i < cloud.all_faults().size(); ++i) all.push_back(written(cloud, i));
  return all;
}

Response list_faults(const TestbedCall& call) {
  boost::json::array all = faults_of(call.tenant.cloud);
  list_api_faults(call.tenant, all);
  return testbed_answer(200, {{"faults", std::move(all)}});
}

Response add_fault(const TestbedCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(call.visit, faults);
  const Fields body{members, faults};
  if (body.text("kind") == kApiError) return add_api_fault(call, body);
  const sim::Fault fault = read_fault(body, cloud);
  if (faults.any()) return testbed_error(TestbedError::Invalid, faults.first().message);
  const sim::FaultId id = cloud.add_fault(fault);
  cloud.run_until(cloud.now(), kEventsPerRequest);
  collect_journal(call.tenant);
  return testbed_answer(201, written(cloud, sim::index_of(id)));
}

Response end_fault(const TestbedCall& call) {
  if (auto ended = end_api_fault(call)) return *std::move(ended);
  sim::Cloud& cloud = call.tenant.cloud;
  std::size_t index = 0;
  const char* end = call.name.data() + call.name.size();
  const auto read = std::from_chars(call.name.data(), end, index);
  if (read.ec != std::errc{} || read.ptr != end || index >= cloud.all_faults().size())
    return testbed_error(TestbedError::NoSuchThing,
                         fmt::format("fault {}: expected the id of one in the list", shown(call.name)));
  cloud.end_fault(sim::id_at<sim::FaultId>(index));
  cloud.run_until(cloud.now(), kEventsPerRequest);
  collect_journal(call.tenant);
  return testbed_answer(200, written(cloud, index));
}

}  // namespace tidepool::api
