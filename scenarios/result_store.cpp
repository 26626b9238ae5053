#include "scenarios/result_store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "api/wire/as_configuration_spelling.hpp"
#include "api/wire/as_group_spelling.hpp"
#include "api/wire/decision_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "scenarios/part_file.hpp"
#include "scenarios/request_log.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/cloud/sentence.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace sim;

// ---- The schema ----

// "Tide" in the file's header says whose file it is; the version changes with the tables.
constexpr std::uint32_t kApplicationId = 0x54696465;
constexpr int kSchemaVersion = 3;

// Things are numbered from 0 in order of creation, as in the model; the ids that the API shows stand beside the numbers.
// Times are microseconds since 1970, NULL for what did not happen. A `_micro` is a millionth of the unit.
constexpr const char* kTables = R"sql(
CREATE TABLE run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  program_version TEXT NOT NULL, program_commit TEXT NOT NULL,
  scenario_name TEXT NOT NULL, scenario_description TEXT NOT NULL,
  scenario_file TEXT NOT NULL, scenario_text TEXT NOT NULL,
  seed TEXT NOT NULL,  -- decimal digits: it may be larger than an INTEGER
  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL,
  behaviour TEXT NOT NULL, project_id TEXT NOT NULL, region TEXT NOT NULL,
  currency TEXT NOT NULL, billing_quantum_us INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, journal_lines INTEGER NOT NULL, events INTEGER NOT NULL,
  calls_as_expected INTEGER NOT NULL, objectives_met INTEGER NOT NULL
) STRICT;

CREATE TABLE configurations (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  created_us INTEGER NOT NULL, deleted INTEGER NOT NULL,
  flavors TEXT NOT NULL, flavor_priority TEXT NOT NULL, image TEXT,
  data_disks INTEGER NOT NULL, eip_mbit INTEGER
) STRICT;

CREATE TABLE groups (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  status TEXT NOT NULL, detail TEXT NOT NULL, created_us INTEGER NOT NULL,
  configuration INTEGER REFERENCES configurations (id),
  minimum INTEGER NOT NULL, desired INTEGER NOT NULL, maximum INTEGER NOT NULL,
  in_service INTEGER NOT NULL, pending INTEGER NOT NULL, removing INTEGER NOT NULL,
  cool_down_us INTEGER NOT NULL, zones TEXT NOT NULL, vpc TEXT,
  multi_az_policy TEXT NOT NULL, terminate_policy TEXT NOT NULL,
  health_audit TEXT NOT NULL, health_period_us INTEGER NOT NULL, health_grace_us INTEGER NOT NULL
) STRICT;

CREATE TABLE alarm_rules (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  group_no INTEGER REFERENCES groups (id), deleted INTEGER NOT NULL,
  metric TEXT NOT NULL, statistic TEXT NOT NULL, comparison TEXT NOT NULL,
  threshold_micro INTEGER NOT NULL, period_us INTEGER NOT NULL, periods INTEGER NOT NULL, suppress_us INTEGER
) STRICT;

CREATE TABLE policies (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  group_no INTEGER REFERENCES groups (id),
  type TEXT NOT NULL, status TEXT NOT NULL, created_us INTEGER NOT NULL, deleted INTEGER NOT NULL,
  alarm_rule INTEGER REFERENCES alarm_rules (id), launch_us INTEGER,
  recurrence TEXT, recurrence_days TEXT, time_of_day_us INTEGER,
  recurrence_start_us INTEGER, recurrence_end_us INTEGER,
  operation TEXT NOT NULL, number INTEGER, percentage INTEGER, cool_down_us INTEGER NOT NULL
) STRICT;

CREATE TABLE scaling_actions (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL UNIQUE,
  group_no INTEGER NOT NULL REFERENCES groups (id),
  type TEXT NOT NULL, status TEXT NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER,
  instance_value INTEGER NOT NULL, desire_value INTEGER NOT NULL, scaling_value INTEGER NOT NULL,
  configuration INTEGER REFERENCES configurations (id)
) STRICT;

CREATE TABLE action_reasons (
  action INTEGER NOT NULL REFERENCES scaling_actions (id), place INTEGER NOT NULL,
  time_us INTEGER NOT NULL, cause TEXT NOT NULL, old_value INTEGER NOT NULL, new_value INTEGER NOT NULL,
  policy INTEGER REFERENCES policies (id), cool_down_us INTEGER,
  PRIMARY KEY (action, place)
) STRICT;

CREATE TABLE instances (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL, name TEXT NOT NULL,
  group_no INTEGER NOT NULL REFERENCES groups (id),
  configuration INTEGER REFERENCES configurations (id),
  last_action INTEGER REFERENCES scaling_actions (id),
  added_by_hand INTEGER NOT NULL, zone TEXT NOT NULL, flavor TEXT,
  state TEXT NOT NULL, health TEXT NOT NULL, ecs_status TEXT NOT NULL, protected INTEGER NOT NULL,
  joined_us INTEGER NOT NULL, in_service_us INTEGER, left_us INTEGER, ecs_deleted_us INTEGER,
  life_us INTEGER NOT NULL, billed_us INTEGER NOT NULL, cost_micro INTEGER NOT NULL
) STRICT;

CREATE TABLE action_instances (
  action INTEGER NOT NULL REFERENCES scaling_actions (id), place INTEGER NOT NULL,
  outcome TEXT NOT NULL,  -- added, removed, deleted, failed
  instance INTEGER REFERENCES instances (id), code TEXT, reason TEXT,
  PRIMARY KEY (action, place)
) STRICT;

CREATE TABLE action_bindings (
  action INTEGER NOT NULL REFERENCES scaling_actions (id), place INTEGER NOT NULL,
  change TEXT NOT NULL,  -- bound, unbound
  listener TEXT, pool TEXT, protocol_port INTEGER, weight INTEGER,
  PRIMARY KEY (action, place)
) STRICT;

CREATE TABLE instance_moves (
  id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL,
  instance INTEGER NOT NULL REFERENCES instances (id), from_state TEXT NOT NULL, to_state TEXT NOT NULL
) STRICT;

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, line INTEGER NOT NULL UNIQUE,
  group_no INTEGER NOT NULL REFERENCES groups (id), status TEXT NOT NULL, desired INTEGER NOT NULL,
  instance INTEGER REFERENCES instances (id), action INTEGER REFERENCES scaling_actions (id), policy INTEGER REFERENCES policies (id),
  kind TEXT, words TEXT NOT NULL, sentence TEXT NOT NULL, why TEXT  -- JSON
) STRICT;

CREATE TABLE policy_executions (
  id INTEGER PRIMARY KEY, api_id TEXT NOT NULL UNIQUE, time_us INTEGER NOT NULL,
  policy INTEGER NOT NULL REFERENCES policies (id), group_no INTEGER REFERENCES groups (id),
  triggered_by TEXT NOT NULL, status TEXT NOT NULL, operation TEXT NOT NULL,
  old_desired INTEGER NOT NULL, new_desired INTEGER NOT NULL,
  code TEXT, superseded_by INTEGER REFERENCES policies (id)
) STRICT;

CREATE TABLE metrics (
  id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, group_no INTEGER NOT NULL REFERENCES groups (id),
  in_service INTEGER NOT NULL, pending INTEGER NOT NULL, removing INTEGER NOT NULL, desired INTEGER NOT NULL,
  offered_micro INTEGER NOT NULL, served_micro INTEGER NOT NULL, cpu_util_micro INTEGER
) STRICT;

CREATE TABLE latencies (  -- of the period that ends at a metrics tick, if anything was answered in it
  id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, group_no INTEGER NOT NULL REFERENCES groups (id),
  answered_micro INTEGER NOT NULL, waiting_micro INTEGER NOT NULL,
  mean_us INTEGER NOT NULL, p50_us INTEGER NOT NULL, p95_us INTEGER NOT NULL, p99_us INTEGER NOT NULL
) STRICT;

CREATE TABLE workloads (
  id INTEGER PRIMARY KEY, group_no INTEGER REFERENCES groups (id), source TEXT NOT NULL, model TEXT NOT NULL,
  start_us INTEGER NOT NULL, step_us INTEGER NOT NULL, steps INTEGER NOT NULL,
  total_micro INTEGER NOT NULL, capacity_per_instance_micro INTEGER NOT NULL,
  fingerprint TEXT NOT NULL  -- of the steps
) STRICT;

CREATE TABLE faults (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, from_us INTEGER NOT NULL, until_us INTEGER,
  zone TEXT, flavor TEXT, group_no INTEGER REFERENCES groups (id),
  probability_micro INTEGER, mean_time_to_failure_us INTEGER, shape REAL, sickness TEXT, victims INTEGER
) STRICT;

CREATE TABLE resources (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, size INTEGER NOT NULL,
  instance INTEGER NOT NULL REFERENCES instances (id),
  created_us INTEGER NOT NULL, left_behind_us INTEGER, deleted_us INTEGER
) STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, group_no INTEGER NOT NULL REFERENCES groups (id),
  action INTEGER REFERENCES scaling_actions (id), subject TEXT NOT NULL
) STRICT;

CREATE TABLE load_balancer (  -- backends at the end
  id INTEGER PRIMARY KEY, group_no INTEGER NOT NULL REFERENCES groups (id),
  instance INTEGER NOT NULL REFERENCES instances (id),
  listener TEXT, pool TEXT, protocol_port INTEGER, weight INTEGER
) STRICT;

CREATE TABLE calls (
  id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, origin TEXT NOT NULL,
  method TEXT NOT NULL, path TEXT NOT NULL, request TEXT NOT NULL,
  status INTEGER NOT NULL, response TEXT NOT NULL, as_expected INTEGER NOT NULL, complaint TEXT NOT NULL
) STRICT;

CREATE TABLE results (
  metric TEXT NOT NULL, unit TEXT NOT NULL,
  group_no INTEGER REFERENCES groups (id),  -- NULL: over all groups
  value_micro INTEGER  -- NULL: the metric has no value here
) STRICT;

CREATE TABLE objectives (
  id INTEGER PRIMARY KEY, metric TEXT NOT NULL, group_name TEXT,
  at_most_micro INTEGER, at_least_micro INTEGER, value_micro INTEGER, met INTEGER NOT NULL
) STRICT;
)sql";

// utc(column) stands for the expression that utc_expression() gives.
constexpr const char* kViews = R"sql(
CREATE VIEW v_run AS
  SELECT scenario_name, scenario_description, scenario_file, seed, behaviour, region,
         utc(start_us) AS start_utc, utc(end_us) AS end_utc, (end_us - start_us) / 3600e6 AS span_hours,
         currency, billing_quantum_us / 1e6 AS billing_quantum_seconds,
         fingerprint, events, calls_as_expected, objectives_met, program_version, program_commit
  FROM run;

CREATE VIEW v_groups AS
  SELECT g.api_id AS group_id, g.name AS group_name, g.status, g.detail, utc(g.created_us) AS created_utc,
         c.name AS configuration_name, g.minimum, g.desired, g.maximum, g.in_service, g.pending, g.removing,
         g.cool_down_us / 1e6 AS cool_down_seconds, g.zones, g.multi_az_policy, g.terminate_policy,
         g.health_audit, g.health_period_us / 1e6 AS health_period_seconds,
         g.health_grace_us / 1e6 AS health_grace_seconds
  FROM groups g LEFT JOIN configurations c ON c.id = g.configuration ORDER BY g.id;

CREATE VIEW v_sizes AS
  SELECT utc(m.time_us) AS time_utc, g.api_id AS group_id, g.name AS group_name,
         m.in_service, m.pending, m.removing, m.desired
  FROM metrics m JOIN groups g ON g.id = m.group_no ORDER BY m.id;

CREATE VIEW v_size_changes AS
  SELECT utc(s.time_us) AS time_utc, g.api_id AS group_id, g.name AS group_name,
         SUM(s.step) OVER (PARTITION BY s.group_no ORDER BY s.time_us) AS in_service
  FROM (SELECT m.time_us, i.group_no, SUM((m.to_state = 'INSERVICE') - (m.from_state = 'INSERVICE')) AS step
        FROM instance_moves m JOIN instances i ON i.id = m.instance GROUP BY i.group_no, m.time_us) s
       JOIN groups g ON g.id = s.group_no
  WHERE s.step <> 0 ORDER BY s.time_us, s.group_no;

CREATE VIEW v_metrics AS
  SELECT utc(m.time_us) AS time_utc, g.api_id AS group_id, g.name AS group_name,
         m.cpu_util_micro / 1e6 AS cpu_util_percent, m.in_service AS instance_num,
         m.offered_micro / 1e6 AS offered_units, m.served_micro / 1e6 AS served_units,
         (m.offered_micro - m.served_micro) / 1e6 AS unserved_units
  FROM metrics m JOIN groups g ON g.id = m.group_no ORDER BY m.id;

CREATE VIEW v_latency AS
  SELECT utc(l.time_us) AS time_utc, g.api_id AS group_id, g.name AS group_name,
         l.answered_micro / 1e6 AS requests, l.waiting_micro / 1e6 AS waiting,
         l.mean_us / 1e3 AS mean_ms, l.p50_us / 1e3 AS p50_ms, l.p95_us / 1e3 AS p95_ms, l.p99_us / 1e3 AS p99_ms
  FROM latencies l JOIN groups g ON g.id = l.group_no ORDER BY l.id;

CREATE VIEW v_actions AS
  SELECT a.api_id AS action_id, g.api_id AS group_id, g.name AS group_name, a.type, a.status,
         (SELECT group_concat(cause, '+') FROM (SELECT cause FROM action_reasons r WHERE r.action = a.id ORDER BY place))
           AS causes,
         utc(a.start_us) AS start_utc, utc(a.end_us) AS end_utc, (a.end_us - a.start_us) / 1e6 AS duration_seconds,
         a.instance_value, a.desire_value, a.scaling_value,
         (SELECT count(*) FROM action_instances n WHERE n.action = a.id AND n.outcome = 'added') AS added,
         (SELECT count(*) FROM action_instances n WHERE n.action = a.id AND n.outcome IN ('removed', 'deleted'))
           AS removed,
         (SELECT count(*) FROM action_instances n WHERE n.action = a.id AND n.outcome = 'failed') AS failed
  FROM scaling_actions a JOIN groups g ON g.id = a.group_no ORDER BY a.id;

CREATE VIEW v_action_instances AS
  SELECT a.api_id AS action_id, g.name AS group_name, a.type, n.outcome,
         i.api_id AS instance_id, i.name AS instance_name, n.code, n.reason
  FROM action_instances n JOIN scaling_actions a ON a.id = n.action JOIN groups g ON g.id = a.group_no
       LEFT JOIN instances i ON i.id = n.instance ORDER BY n.action, n.place;

CREATE VIEW v_executions AS
  SELECT e.api_id AS execution_id, utc(e.time_us) AS time_utc, g.api_id AS group_id, g.name AS group_name,
         p.api_id AS policy_id, p.name AS policy_name, e.triggered_by, e.status, e.operation,
         e.old_desired, e.new_desired, e.code, s.name AS superseded_by_policy
  FROM policy_executions e JOIN policies p ON p.id = e.policy LEFT JOIN groups g ON g.id = e.group_no
       LEFT JOIN policies s ON s.id = e.superseded_by ORDER BY e.id;

CREATE VIEW v_denied AS
  SELECT time_utc, group_id, group_name, policy_id, policy_name, triggered_by, operation,
         old_desired AS desired, code
  FROM v_executions WHERE status = 'FAIL' AND code IS NOT NULL;

CREATE VIEW v_instances AS
  SELECT i.api_id AS instance_id, i.name AS instance_name, g.api_id AS group_id, g.name AS group_name,
         c.name AS configuration_name, i.added_by_hand, i.zone, i.flavor, i.state, i.health, i.ecs_status, i.protected,
         utc(i.joined_us) AS joined_utc, utc(i.in_service_us) AS in_service_utc,
         utc(i.left_us) AS left_utc, utc(i.ecs_deleted_us) AS ecs_deleted_utc,
         i.life_us / 3600e6 AS life_hours, i.billed_us / 3600e6 AS billed_hours,
         i.cost_micro / 1e6 AS cost, run.currency
  FROM run, instances i JOIN groups g ON g.id = i.group_no LEFT JOIN configurations c ON c.id = i.configuration
  ORDER BY i.id;

CREATE VIEW v_instance_moves AS
  SELECT utc(m.time_us) AS time_utc, g.name AS group_name, i.api_id AS instance_id, i.name AS instance_name,
         m.from_state, m.to_state
  FROM instance_moves m JOIN instances i ON i.id = m.instance JOIN groups g ON g.id = i.group_no ORDER BY m.id;

CREATE VIEW v_decisions AS
  SELECT utc(d.time_us) AS time_utc, g.api_id AS group_id, g.name AS group_name, i.api_id AS instance_id,
         i.name AS instance_name, a.api_id AS action_id, p.name AS policy_name, d.kind, d.words, d.sentence, d.why,
         d.line, d.status, d.desired
  FROM decisions d JOIN groups g ON g.id = d.group_no LEFT JOIN instances i ON i.id = d.instance
       LEFT JOIN scaling_actions a ON a.id = d.action LEFT JOIN policies p ON p.id = d.policy ORDER BY d.id;

CREATE VIEW v_policies AS
  SELECT p.api_id AS policy_id, p.name AS policy_name, g.api_id AS group_id, g.name AS group_name,
         p.type, p.status, p.deleted, utc(p.created_us) AS created_utc, r.name AS alarm_rule_name,
         utc(p.launch_us) AS launch_utc, p.recurrence, p.recurrence_days, p.time_of_day_us / 60e6 AS time_of_day_minutes,
         utc(p.recurrence_start_us) AS recurrence_start_utc, utc(p.recurrence_end_us) AS recurrence_end_utc,
         p.operation, p.number, p.percentage, p.cool_down_us / 1e6 AS cool_down_seconds
  FROM policies p LEFT JOIN groups g ON g.id = p.group_no LEFT JOIN alarm_rules r ON r.id = p.alarm_rule ORDER BY p.id;

CREATE VIEW v_alarm_rules AS
  SELECT r.api_id AS alarm_rule_id, r.name AS alarm_rule_name, g.name AS group_name, r.metric, r.statistic,
         r.comparison, r.threshold_micro / 1e6 AS threshold, r.period_us / 1e6 AS period_seconds, r.periods,
         r.suppress_us / 1e6 AS suppress_seconds
  FROM alarm_rules r LEFT JOIN groups g ON g.id = r.group_no ORDER BY r.id;

CREATE VIEW v_faults AS
  SELECT f.kind, utc(f.from_us) AS from_utc, utc(f.until_us) AS until_utc, f.zone, f.flavor, g.name AS group_name,
         f.probability_micro / 1e6 AS probability, f.mean_time_to_failure_us / 3600e6 AS mean_time_to_failure_hours, f.shape,
         f.sickness, f.victims
  FROM faults f LEFT JOIN groups g ON g.id = f.group_no ORDER BY f.id;

CREATE VIEW v_resources AS
  SELECT r.kind, r.size, CASE r.kind WHEN 'eip' THEN 'Mbit/s' ELSE 'GB' END AS size_unit, g.name AS group_name,
         i.api_id AS instance_id, i.name AS instance_name, utc(r.created_us) AS created_utc,
         utc(r.left_behind_us) AS left_behind_utc, utc(r.deleted_us) AS deleted_utc
  FROM resources r JOIN instances i ON i.id = r.instance JOIN groups g ON g.id = i.group_no ORDER BY r.id;

CREATE VIEW v_messages AS
  SELECT utc(m.time_us) AS time_utc, g.name AS group_name, a.api_id AS action_id, m.subject
  FROM messages m JOIN groups g ON g.id = m.group_no LEFT JOIN scaling_actions a ON a.id = m.action ORDER BY m.id;

CREATE VIEW v_backends AS
  SELECT g.name AS group_name, i.api_id AS instance_id, i.name AS instance_name,
         b.listener, b.pool, b.protocol_port, b.weight
  FROM load_balancer b JOIN groups g ON g.id = b.group_no JOIN instances i ON i.id = b.instance ORDER BY b.id;

CREATE VIEW v_calls AS
  SELECT utc(time_us) AS time_utc, origin, method, path, request, status, response, as_expected, complaint
  FROM calls ORDER BY id;

CREATE VIEW v_results AS
  SELECT g.api_id AS group_id, g.name AS group_name, r.metric, r.value_micro / 1e6 AS value, r.unit
  FROM results r LEFT JOIN groups g ON g.id = r.group_no ORDER BY r.rowid;

CREATE VIEW v_objectives AS
  SELECT metric, group_name, at_least_micro / 1e6 AS at_least, at_most_micro / 1e6 AS at_most,
         value_micro / 1e6 AS value, met
  FROM objectives ORDER BY id;
)sql";

// Integer arithmetic: a double of the whole would lose microseconds.
std::string utc_expression(std::string_view column) {
  return fmt::format(
      "(strftime('%Y-%m-%dT%H:%M:%S', {0} / 1000000, 'unixepoch') || printf('.%06dZ', {0} % 1000000))",
      column);
}

std::string views() {
  std::string sql = kViews;
  constexpr std::string_view kCall = "utc(";
  for (std::size_t at = 0; (at = sql.find(kCall, at)) != std::string::npos;) {
    const std::size_t column = at + kCall.size();
    const std::size_t end = sql.find(')', column);
    const std::string expression = utc_expression(std::string_view(sql).substr(column, end - column));
    sql.replace(at, end + 1 - at, expression);
    at += expression.size();
  }
  return sql;
}

// ---- SQLite; what fails throws, and save_results() catches ----

class Database {
 public:
  explicit Database(const std::string& path) {
    const int code = sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr);
    if (code != SQLITE_OK) {
      const std::string why = handle_ == nullptr ? sqlite3_errstr(code) : message();
      sqlite3_close(handle_);
      throw std::runtime_error(why);
    }
  }
  Database(const Database&) = delete;
  Database(Database&&) = delete;
  Database& operator=(const Database&) = delete;
  Database& operator=(Database&&) = delete;
  ~Database() { sqlite3_close(handle_); }

  sqlite3* handle() { return handle_; }
  void check(int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(message());
  }
  void execute(const std::string& sql) {
    check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
  }
  void close() {
    check(sqlite3_close(handle_));
    handle_ = nullptr;
  }

 private:
  std::string message() const {
    const int system = sqlite3_system_errno(handle_);
    const std::string text = sqlite3_errmsg(handle_);
    return system == 0 ? text : fmt::format("{} ({})", text, std::generic_category().message(system));
  }

  sqlite3* handle_ = nullptr;
};

// Adds rows to one table. The values of a row are bound where they lie, so they must outlive the call.
class Table {
 public:
  Table(Database& db, std::string_view name, int columns) : db_(&db), columns_(columns) {
    std::string places = "?";
    for (int i = 1; i < columns; ++i) places += ",?";
    const std::string sql = fmt::format("INSERT INTO {} VALUES ({})", name, places);
    db.check(sqlite3_prepare_v2(db.handle(), sql.c_str(), -1, &statement_, nullptr));
  }
  Table(const Table&) = delete;
  Table(Table&&) = delete;
  Table& operator=(const Table&) = delete;
  Table& operator=(Table&&) = delete;
  ~Table() { sqlite3_finalize(statement_); }

  template <class... Values>
  void row(const Values&... values) {
    next_ = 1;
    (bind(values), ...);
    assert(next_ == columns_ + 1);
    db_->check(sqlite3_step(statement_));
    db_->check(sqlite3_reset(statement_));
  }

 private:
  void bind(std::nullptr_t) { db_->check(sqlite3_bind_null(statement_, next_++)); }
  void bind(std::int64_t value) { db_->check(sqlite3_bind_int64(statement_, next_++, value)); }
  void bind(double value) { db_->check(sqlite3_bind_double(statement_, next_++, value)); }
  void bind(int value) { bind(std::int64_t{value}); }
  void bind(bool value) { bind(std::int64_t{value ? 1 : 0}); }
  void bind(std::size_t value) { bind(static_cast<std::int64_t>(value)); }
  void bind(Duration value) { bind(value.count()); }
  void bind(Time value) {
    if (value == kNever)
      bind(nullptr);
    else
      bind(value.time_since_epoch().count());
  }
  void bind(const char* value) { bind(std::string_view(value)); }
  void bind(const std::string& value) { bind(std::string_view(value)); }
  void bind(std::string_view value) {
    // Not even an empty text may be a null pointer: that would be NULL.
    const char* text = value.empty() ? "" : value.data();
    db_->check(sqlite3_bind_text64(statement_, next_++, text, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  template <class Value>
  void bind(const std::optional<Value>& value) {
    if (value)
      bind(*value);
    else
      bind(nullptr);
  }

  Database* db_;
  sqlite3_stmt* statement_ = nullptr;
  [[maybe_unused]] int columns_;  // for the assert
  int next_ = 1;
};

// ---- How things are spelt ----

template <class Id>
std::optional<std::int64_t> number_of(Id id) {
  if (id == none<Id>()) return std::nullopt;
  return static_cast<std::int64_t>(index_of(id));
}

/// The spelling that stands at the enumerator's place.
template <class Enum, std::size_t N>
const char* spelt(const std::array<const char*, N>& spellings, Enum value) {
  return spellings[static_cast<std::size_t>(value)];
}

constexpr std::array kGroupStatuses{"INSERVICE", "PAUSED", "ERROR", "DELETING", "DELETED"};
constexpr std::array kPolicyTypes{"ALARM", "SCHEDULED", "RECURRENCE"};
constexpr std::array kPolicyStatuses{"INSERVICE", "PAUSED"};
constexpr std::array kOperations{"ADD", "REMOVE", "SET"};
constexpr std::array kRecurrences{"Daily", "Weekly", "Monthly"};
constexpr std::array kTriggers{"ALARM", "SCHEDULED", "RECURRENCE", "MANUAL"};
constexpr std::array kExecutionStatuses{"SUCCESS", "FAIL", "EXECUTING"};
constexpr std::array kMetrics{"cpu_util", "instance_num"};
constexpr std::array kStatistics{"average", "max", "min", "sum", "variance"};
constexpr std::array kComparisons{">", "=", "<", ">=", "<=", "!="};

/// The texts of some ids, with commas between.
template <class Ids, class Text>
std::string joined(const Ids& ids, Text text_of_id) {
  std::string out;
  for (const auto& each : ids) {
    if (!out.empty()) out += ',';
    out += text_of_id(each);
  }
  return out;
}

// ---- The tables, each filled by one function ----

struct Source {
  const Program& program;
  const Scenario& scenario;
  const RunResult& result;
  const Cloud& cloud;
  const Region& region;
  api::IdText ids;

  std::optional<std::string> zone_name(ZoneId id) const {
    if (id == none<ZoneId>()) return std::nullopt;
    return region.zone(id).name;
  }
  std::optional<std::string> flavor_name(FlavorId id) const {
    if (id == none<FlavorId>()) return std::nullopt;
    return region.flavor(id).name;
  }
  std::optional<std::string> listener(ListenerId id) const {
    if (id == none<ListenerId>()) return std::nullopt;
    return region.listener(id).id;
  }
  std::optional<std::string> pool(PoolId id) const {
    if (id == none<PoolId>()) return std::nullopt;
    return region.pool(id).id;
  }
};

void save_run(Database& db, const Source& from) {
  const Scenario& s = from.scenario;
  const Report& report = from.result.report;
  Table(db, "run", 20)
      .row(1, from.program.version, from.program.commit, s.name, s.description, s.file, s.text,
           std::to_string(from.cloud.seed()), report.start, report.end, s.behaviour_name, s.project_id,
           s.region.name, s.currency, s.billing.quantum, report.fingerprint, from.cloud.journal().lines(),
           report.events, from.result.calls_as_expected(), from.result.objectives_met());
}

void save_configurations(Database& db, const Source& from) {
  Table table(db, "configurations", 10);
  for (std::size_t i = 0; i < from.cloud.all_configurations().size(); ++i) {
    const AsConfiguration& each = from.cloud.all_configurations()[i];
    const auto data_disks = std::ranges::count(each.disks, DiskType::Data, &Disk::type);
    std::optional<std::string> image;
    if (each.image != none<ImageId>()) image = from.region.images[index_of(each.image)].id;
    std::optional<int> eip_mbit;
    if (each.public_ip) eip_mbit = each.public_ip->bandwidth_mbit;
    table.row(i, from.ids.text(id_at<AsConfigurationId>(i)), each.name, each.create_time, each.deleted,
              joined(each.flavors, [&](FlavorId id) { return from.region.flavor(id).name; }),
              api::spelling_of(api::kFlavorPriorities, each.flavor_priority), image, data_disks, eip_mbit);
  }
}

void save_groups(Database& db, const Source& from) {
  Table table(db, "groups", 21);
  for (std::size_t i = 0; i < from.cloud.all_groups().size(); ++i) {
    const AsGroup& each = from.cloud.all_groups()[i];
    const AsGroupSettings& set = each.set;
    std::optional<std::string> vpc;
    if (set.vpc != none<VpcId>()) vpc = from.region.vpcs[index_of(set.vpc)].id;
    table.row(i, from.ids.text(id_at<AsGroupId>(i)), set.name, spelt(kGroupStatuses, each.status),
              each.detail, each.create_time, number_of(set.configuration), set.min, set.desire, set.max,
              each.in_service, each.pending, each.removing, set.cool_down,
              joined(set.zones, [&](ZoneId id) { return from.region.zone(id).name; }), vpc,
              api::spelling_of(api::kMultiAzPolicies, set.multi_az_policy),
              api::spelling_of(api::kTerminatePolicies, set.terminate_policy),
              api::spelling_of(api::kHealthAudits, set.health_audit), set.health_period(), set.health_grace);
  }
}

std::string metric_name(const Cloud& cloud, const AlarmRuleSettings& set) {
  if (set.series != none<MetricSeriesId>()) return cloud.all_series()[index_of(set.series)].key.name;
  return std::string(spelt(kMetrics, set.metric));
}

void save_alarm_rules(Database& db, const Source& from) {
  Table table(db, "alarm_rules", 12);
  for (std::size_t i = 0; i < from.cloud.all_alarm_rules().size(); ++i) {
    const AlarmRule& rule = from.cloud.all_alarm_rules()[i];
    const AlarmRuleSettings& set = rule.set;
    table.row(i, from.ids.text(id_at<AlarmRuleId>(i)), set.name, number_of(set.group), rule.deleted,
              metric_name(from.cloud, set), spelt(kStatistics, set.statistic),
              spelt(kComparisons, set.comparison), set.threshold, set.period, set.count, set.suppress);
  }
}

void save_policies(Database& db, const Source& from) {
  Table table(db, "policies", 19);
  for (std::size_t i = 0; i < from.cloud.all_policies().size(); ++i) {
    const AsPolicy& each = from.cloud.all_policies()[i];
    const AsPolicySettings& set = each.set;
    const bool recurs = set.type == PolicyType::Recurrence;
    const auto if_recurs = [&](auto value) { return recurs ? std::optional(value) : std::nullopt; };
    const auto alarm = set.type == PolicyType::Alarm ? number_of(set.alarm) : std::nullopt;
    const auto launch = set.type == PolicyType::Scheduled ? std::optional(set.launch_time) : std::nullopt;
    table.row(i, from.ids.text(id_at<AsPolicyId>(i)), set.name, number_of(each.group),
              spelt(kPolicyTypes, set.type), spelt(kPolicyStatuses, each.status), each.create_time,
              each.deleted, alarm, launch, if_recurs(spelt(kRecurrences, set.recurrence.type)),
              if_recurs(joined(set.recurrence.days, [](int day) { return std::to_string(day); })),
              if_recurs(set.recurrence.time_of_day), if_recurs(set.recurrence.start),
              if_recurs(set.recurrence.end), spelt(kOperations, set.action.operation), set.action.number,
              set.action.percentage, set.cool_down);
  }
}

void save_action_instances(Table& table, std::size_t action, const ScalingActivity& log) {
  int place = 0;
  const auto save = [&](const char* outcome, const std::vector<InstanceId>& instances) {
    for (const InstanceId each : instances)
      table.row(action, place++, outcome, number_of(each), nullptr, nullptr);
  };
  save("added", log.added);
  save("removed", log.removed);
  save("deleted", log.deleted);
  for (const FailedInstance& each : log.failed)
    table.row(action, place++, "failed", number_of(each.instance), code_text(each.code), each.reason);
}

void save_action_bindings(Table& table, const Source& from, std::size_t action, const ScalingActivity& log) {
  int place = 0;
  const auto save = [&](const char* change, const std::vector<ListenerId>& listeners,
                        const std::vector<LbaasListener>& pools) {
    for (const ListenerId each : listeners)
      table.row(action, place++, change, from.listener(each), nullptr, nullptr, nullptr);
    for (const LbaasListener& each : pools)
      table.row(action, place++, change, nullptr, from.pool(each.pool), each.protocol_port, each.weight);
  };
  save("bound", log.bound_listeners, log.bound_pools);
  save("unbound", log.unbound_listeners, log.unbound_pools);
}

void save_actions(Database& db, const Source& from) {
  Table actions(db, "scaling_actions", 11);
  Table reasons(db, "action_reasons", 8);
  Table instances(db, "action_instances", 6);
  Table bindings(db, "action_bindings", 7);
  for (std::size_t i = 0; i < from.cloud.all_activities().size(); ++i) {
    const ScalingActivity& each = from.cloud.all_activities()[i];
    actions.row(i, from.ids.text(id_at<ScalingActivityId>(i)), number_of(each.group), text_of(each.type),
                text_of(each.status), each.start, each.end, each.instance_value, each.desire_value,
                each.scaling_value, number_of(each.configuration));
    int place = 0;
    for (const ChangeReason& reason : each.reasons)
      reasons.row(i, place++, reason.time, text_of(reason.cause), reason.old_value, reason.new_value,
                  number_of(reason.policy), reason.cool_down);
    save_action_instances(instances, i, each);
    save_action_bindings(bindings, from, i, each);
  }
}

void save_instances(Database& db, const Source& from) {
  Table table(db, "instances", 20);
  for (std::size_t i = 0; i < from.cloud.all_instances().size(); ++i) {
    const Instance& each = from.cloud.all_instances()[i];
    const auto id = id_at<InstanceId>(i);
    const InstanceBill costs = bill(each, from.region, from.result.report.end, from.scenario.billing);
    table.row(i, api::instance_text(from.cloud, id), api::instance_name(from.cloud, id),
              number_of(each.group), number_of(each.configuration), number_of(each.activity),
              each.is_manual(), from.zone_name(each.zone), from.flavor_name(each.flavor), text_of(each.state),
              text_of(each.health), text_of(each.ecs), each.is_protected, each.joined, each.in_service_since,
              each.left, each.ecs_deleted, costs.life, costs.billed, costs.cost_millionths);
  }
}

void save_moves(Database& db, const Source& from) {
  Table table(db, "instance_moves", 5);
  for (std::size_t i = 0; i < from.cloud.moves().size(); ++i) {
    const StateMove& each = from.cloud.moves()[i];
    table.row(i, each.time, number_of(each.instance), text_of(each.from), text_of(each.to));
  }
}

void save_decisions(Database& db, const Source& from) {
  Table table(db, "decisions", 13);
  for (std::size_t i = 0; i < from.cloud.decisions().size(); ++i) {
    const Decision& each = from.cloud.decisions()[i];
    std::optional<std::string> kind, why;
    if (!std::holds_alternative<std::monostate>(each.about.why)) {
      kind = kind_of(each.about.why);
      why = api::to_text(api::write_why(from.cloud, each.about.why));
    }
    table.row(i, each.time, static_cast<std::int64_t>(each.line), number_of(each.group),
              spelt(kGroupStatuses, each.status), each.desire, number_of(each.about.instance),
              number_of(each.about.action), number_of(each.about.policy), kind, each.words,
              sentence(from.cloud, each), why);
  }
}

void save_executions(Database& db, const Source& from) {
  Table table(db, "policy_executions", 12);
  for (std::size_t i = 0; i < from.cloud.all_executions().size(); ++i) {
    const PolicyExecution& each = from.cloud.all_executions()[i];
    std::optional<std::string> code;
    if (each.refused_code != 0) code = code_text(static_cast<ErrorCode>(each.refused_code));
    table.row(i, from.ids.text(id_at<PolicyExecutionId>(i)), each.time, number_of(each.policy),
              number_of(each.group), spelt(kTriggers, each.trigger), spelt(kExecutionStatuses, each.status),
              spelt(kOperations, each.operation), each.old_desire, each.new_desire, code,
              number_of(each.superseded_by));
  }
}

void save_metrics(Database& db, const Source& from) {
  Table table(db, "metrics", 10);
  for (std::size_t i = 0; i < from.cloud.samples().size(); ++i) {
    const MetricSample& each = from.cloud.samples()[i];
    table.row(i, each.time, number_of(each.group), each.in_service, each.pending, each.removing, each.desire,
              each.offered, each.served, each.cpu_util);
  }
}

void save_latencies(Database& db, const Source& from) {
  Table table(db, "latencies", 9);
  for (std::size_t i = 0; i < from.cloud.latencies().size(); ++i) {
    const LatencySample& each = from.cloud.latencies()[i];
    table.row(i, each.time, number_of(each.group), each.answered, each.waiting, each.mean_us, each.p50_us,
              each.p95_us, each.p99_us);
  }
}

const char* model_of(const Workload& workload) {
  if (workload.queue) return "queue";
  return workload.requests ? "requests" : "fluid";
}

void save_workloads(Database& db, const Source& from) {
  Table table(db, "workloads", 10);
  const auto& declared = from.scenario.workloads;
  for (std::size_t i = 0; i < from.cloud.all_workloads().size(); ++i) {
    const Workload& each = from.cloud.all_workloads()[i];
    table.row(i, number_of(each.group), i < declared.size() ? declared[i].source : std::string(),
              model_of(each), each.trace.start, each.trace.step, each.trace.amounts.size(),
              each.trace.total(), each.capacity_per_instance, demand_fingerprint(each));
  }
}

bool chooses_members(const Fault& fault) {
  return fault.kind == FaultKind::SickInstances || fault.kind == FaultKind::ElbMemberDown ||
         fault.kind == FaultKind::InstanceDeath;
}

void save_faults(Database& db, const Source& from) {
  Table table(db, "faults", 12);
  for (std::size_t i = 0; i < from.cloud.all_faults().size(); ++i) {
    const Fault& each = from.cloud.all_faults()[i];
    const auto if_kind = [&](FaultKind kind, auto value) {
      return each.kind == kind ? std::optional(value) : std::nullopt;
    };
    table.row(i, text_of(each.kind), each.from, each.until, from.zone_name(each.zone),
              from.flavor_name(each.flavor), number_of(each.group),
              each.kind == FaultKind::ZoneFailure ? std::optional(each.probability_ppm)
                                                  : if_kind(FaultKind::BootFailure, each.probability_ppm),
              each.kind == FaultKind::ZoneFailure
                  ? std::optional(each.mean_time_to_failure)
                  : if_kind(FaultKind::InstanceFailure, each.mean_time_to_failure),
              if_kind(FaultKind::InstanceFailure, each.shape),
              if_kind(FaultKind::SickInstances, text_of(each.sickness)),
              chooses_members(each) ? std::optional(each.count) : std::nullopt);
  }
}

void save_surroundings(Database& db, const Source& from) {
  Table resources(db, "resources", 7);
  for (std::size_t i = 0; i < from.cloud.resources().size(); ++i) {
    const Resource& each = from.cloud.resources()[i];
    resources.row(i, text_of(each.kind), each.size, number_of(each.instance), each.created, each.left_behind,
                  each.deleted);
  }
  Table messages(db, "messages", 5);
  for (std::size_t i = 0; i < from.cloud.outbox().size(); ++i) {
    const Message& each = from.cloud.outbox()[i];
    messages.row(i, each.time, number_of(each.group), number_of(each.activity), each.subject);
  }
  Table backends(db, "load_balancer", 7);
  int count = 0;
  for (const Backend& each : from.cloud.backends()) {
    const bool enhanced = each.pool != none<PoolId>();  // A classic listener has neither port nor weight.
    backends.row(count++, number_of(each.group), number_of(each.instance), from.listener(each.listener),
                 from.pool(each.pool), enhanced ? std::optional(each.protocol_port) : std::nullopt,
                 enhanced ? std::optional(each.weight) : std::nullopt);
  }
}

void save_calls(Database& db, const Source& from) {
  Table table(db, "calls", 10);
  for (std::size_t i = 0; i < from.result.calls.size(); ++i) {
    const CallRecord& each = from.result.calls[i];
    table.row(i, each.at, each.where, each.method, each.path, each.body, each.status, each.answer,
              each.complaint.empty(), each.complaint);
  }
}

void save_outcome(Database& db, const Source& from) {
  Table results(db, "results", 4);
  for (const ReportMetric& metric : report_metrics()) {
    for (const GroupReport& each : from.result.report.groups)
      results.row(metric.name, metric.unit, number_of(each.group), metric_value(metric.name, each));
    results.row(metric.name, metric.unit, nullptr, metric_value(metric.name, from.result.report.total));
  }
  Table objectives(db, "objectives", 7);
  for (std::size_t i = 0; i < from.result.objectives.size(); ++i) {
    const ObjectiveOutcome& each = from.result.objectives[i];
    const Objective& wanted = each.objective;
    const auto group = wanted.group.empty() ? std::nullopt : std::optional(wanted.group);
    objectives.row(i, wanted.metric, group, wanted.at_most_micro, wanted.at_least_micro, each.value_micro,
                   each.met);
  }
}

void write_all(const fs::path& path, const Source& from) {
  Database db(path.string());
  // The file is nobody else's yet and is thrown away when something fails, so no journal is needed to undo.
  db.execute("PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE");
  db.execute(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kSchemaVersion));
  db.execute("BEGIN");
  db.execute(kTables);
  for (const auto save :
       {save_run, save_configurations, save_groups, save_alarm_rules, save_policies, save_actions,
        save_instances, save_moves, save_decisions, save_executions, save_metrics, save_latencies,
        save_workloads, save_faults, save_surroundings, save_calls, save_outcome})
    save(db, from);
  db.execute(views());
  db.execute("COMMIT");
  db.close();
}

// ---- Files ----

// SQLite's header: 16 bytes of magic, and four bytes each, the highest first: the user's version from byte 60 on, the
// application's id from byte 68 on. The version is the answer; empty for files that are none of ours.
std::optional<std::uint32_t> version_of_results(const fs::path& path) {
  constexpr std::size_t kHeader = 100, kVersionAt = 60, kIdAt = 68;
  std::array<char, kHeader> header{};
  std::ifstream file(path, std::ios::binary);
  if (!file.read(header.data(), header.size())) return {};
  const auto number_at = [&](std::size_t place) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(header[place + i]);
    return number;
  };
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  const bool ours = std::string_view(header.data(), header.size()).starts_with(kMagic) &&
                    number_at(kIdAt) == kApplicationId;
  return ours ? std::optional(number_at(kVersionAt)) : std::nullopt;
}

}  // namespace

std::optional<std::string> refuses_results(const fs::path& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (status.type() == fs::file_type::not_found) {
    const fs::path folder = path.parent_path();
    if (folder.empty() || fs::is_directory(folder, failed)) return {};
    return fmt::format("{}: there is no folder {}", path.string(), folder.string());
  }
  if (!fs::status_known(status)) return fmt::format("{}: {}", path.string(), failed.message());
  if (!fs::is_regular_file(status)) return fmt::format("{}: not a regular file", path.string());
  if (fs::file_size(path, failed) == 0 || version_of_results(path)) return {};
  return fmt::format("{}: exists and holds no results of this program, so it is not overwritten",
                     path.string());
}

std::optional<std::string> refuses_reading(const fs::path& path) {
  std::error_code failed;
  if (!fs::exists(path, failed)) return fmt::format("{}: no such file", path.string());
  const auto version = version_of_results(path);
  if (!version)
    return fmt::format(
        "{}: holds no results of this program, expected a file that 'tidepool run --out' wrote",
        path.string());
  if (*version != static_cast<std::uint32_t>(kSchemaVersion))
    return fmt::format("{}: holds results of version {}, expected version {}: run its scenario again",
                       path.string(), *version, kSchemaVersion);
  return {};
}

std::optional<std::string> save_results(const fs::path& path, const Program& program,
                                        const Scenario& scenario, const RunResult& result) {
  if (auto refusal = refuses_results(path)) return refusal;
  const Cloud& cloud = result.cloud;
  try {
    PartFile part(path);
    write_all(part.path(), {program, scenario, result, cloud, cloud.region(), api::IdText(cloud.seed())});
    part.commit();
    return {};
  } catch (const std::runtime_error& error) {
    return fmt::format("{}: cannot be written: {}", path.string(), error.what());
  }
}

std::string sqlite_version() { return sqlite3_libversion(); }

}  // namespace tidepool::scenarios
