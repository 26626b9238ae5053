// What the testbed's handlers share.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/paging.hpp"

namespace tidepool::api {

/// A call about one project, whose clock has been brought up to the wall.
struct TestbedCall {
  const Visit& visit;
  Tenant& tenant;
  std::string_view name;  ///< what the path's last variable names; empty when it has none
};

enum class TestbedError : std::uint8_t {
  Invalid = 1,  ///< a body or parameter, 400
  NoSuchCall,   ///< 404, or 405 where another method would do
  NoSuchThing,  ///< a project, fault or snapshot, 404
  Conflict,     ///< what is there stands in the way, 409
};
/// {"error": {"code": "TP.0001", "message": ...}}
Response testbed_error(TestbedError code, std::string_view message);
Response testbed_answer(int status, const boost::json::object& body);

/// Unknown members are refused; the code of a fault is of no importance here.
inline constexpr auto kBodyFault = sim::ErrorCode::BodyInvalid;
/// The object in a body; an empty body is {}. Faults go to `faults`.
boost::json::object read_testbed_body(const Visit& visit, Faults& faults);

// Members of a body. Empty when absent or wrong (reported).
std::optional<sim::Duration> duration_in(const Fields& fields, std::string_view key);
/// RFC 3339, or "+5m" from now.
std::optional<sim::Time> moment_in(const Fields& fields, std::string_view key, sim::Time now);
/// The time in which a fault strikes: "from" or "at" (now when there is neither), and "until" or "duration" (for ever).
struct Span {
  sim::Time from{}, until = sim::kNever;
};
Span span_in(const Fields& body, sim::Time now);
/// A number of at most six decimals from `least` to `most`, all in millionths.
std::optional<std::int64_t> millionths_in(const Fields& fields, std::string_view key, std::int64_t least,
                                          std::int64_t most);
/// 1 to 64 of letters, digits, _, - and full stops.
std::optional<std::string> name_in(const Fields& fields, std::string_view key);
/// Millionths as a JSON number.
boost::json::value number(std::int64_t millionths);

/// A whole number from 0 to `most`; `otherwise` when there is none, empty when it is something else.
std::optional<std::uint64_t> count_in(const Query& query, std::string_view name, std::uint64_t otherwise,
                                      std::uint64_t most);

/// Lines after number `after`, at most `limit`.
struct JournalPart {
  std::uint64_t first = 0, last = 0;  ///< numbers of the lines; last is `after` when there are none
  std::vector<std::string_view> lines;
};
JournalPart journal_after(const Tenant& tenant, std::uint64_t after, std::size_t limit);

// testbed_clock.cpp
Response show_clock(const TestbedCall& call);
Response set_clock(const TestbedCall& call);
Response advance_clock(const TestbedCall& call);

// testbed_faults.cpp
Response list_faults(const TestbedCall& call);
Response add_fault(const TestbedCall& call);
Response end_fault(const TestbedCall& call);
boost::json::array faults_of(const sim::Cloud& cloud);

// testbed_api_faults.cpp
inline constexpr std::string_view kApiError = "api_error";  ///< the kind of such a fault
void list_api_faults(const Tenant& tenant, boost::json::array& out);
Response add_api_fault(const TestbedCall& call, const Fields& body);
/// Empty when the path names no such fault.
std::optional<Response> end_api_fault(const TestbedCall& call);

// testbed_projects.cpp
Response list_all_projects(const Visit& visit);
Response make_project(const Visit& visit);
Response show_one_project(const TestbedCall& call);
Response reset_project(const TestbedCall& call);
Response show_recording(const TestbedCall& call);

// testbed_alarms.cpp
Response list_alarm_rules(const TestbedCall& call);
Response add_alarm_rule(const TestbedCall& call);
Response remove_alarm_rule(const TestbedCall& call);

// testbed_workloads.cpp
Response list_workloads(const TestbedCall& call);
Response add_workload(const TestbedCall& call);
boost::json::array workloads_of(const sim::Cloud& cloud);

// testbed_state.cpp
Response show_outbox(const TestbedCall& call);
Response show_state(const TestbedCall& call);

// testbed_snapshots.cpp
Response list_snapshots(const TestbedCall& call);
Response take_snapshot(const TestbedCall& call);
Response drop_snapshot(const TestbedCall& call);
Response restore_snapshot(const TestbedCall& call);
Response fork_project(const TestbedCall& call);

}  // namespace tidepool::api
