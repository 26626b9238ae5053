#include "scenarios/report_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scenarios/result_reader.hpp"
#include "scenarios/thinning.hpp"

namespace tidepool::scenarios {
namespace {

using Columns = std::vector<std::vector<double>>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kPeakSeconds = 3600;

// ---- From the file ----

double number_in(const std::optional<std::string>& text) {
  return text ? std::strtod(text->c_str(), nullptr) : kNone;
}

// An expression: seconds since the run's start of a column with a UTC text.
std::string seconds_of(std::string_view column) {
  return fmt::format("round((julianday({}) - (SELECT julianday(start_utc) FROM v_run)) * 86400, 3)", column);
}

Columns columns_of(const std::vector<ResultRow>& rows, std::size_t count) {
  Columns columns(count);
  for (const ResultRow& row : rows)
    for (std::size_t i = 0; i < count; ++i) columns[i].push_back(number_in(row[i]));
  return columns;
}

// ---- Into JSON ----

// Shorter than what a chart could show is noise that only makes the page longer.
void write_number(JsonWriter& json, double value) {
  if (std::isnan(value))
    json.null();
  else
    json.json(fmt::format("{}", std::round(value * 1000) / 1000));
}

void write_numbers(JsonWriter& json, std::string_view name, const std::vector<double>& values,
                   const std::vector<std::size_t>& rows) {
  json.key(name).begin_array();
  for (const std::size_t row : rows) write_number(json, values[row]);
  json.end_array();
}

void write_text(JsonWriter& json, const std::optional<std::string>& text) {
  if (text)
    json.text(*text);
  else
    json.null();
}

// Rows of texts and numbers: each becomes an array. `numeric` says which columns are numbers.
void write_rows(JsonWriter& json, std::string_view name, std::span<const ResultRow> rows,
                std::string_view numeric) {
  json.key(name).begin_array();
  for (const ResultRow& row : rows) {
    json.begin_array();
    for (std::size_t i = 0; i < numeric.size(); ++i)
      if (numeric[i] == '#')
        write_number(json, number_in(row[i]));
      else
        write_text(json, row[i]);
    json.end_array();
  }
  json.end_array();
}

// Like them, but each an object.
void write_objects(JsonWriter& json, std::string_view name, const std::vector<ResultRow>& rows,
                   std::span<const std::string_view> members, std::string_view numeric) {
  json.key(name).begin_array();
  for (const ResultRow& row : rows) {
    json.begin_object();
    for (std::size_t i = 0; i < members.size(); ++i) {
      json.key(members[i]);
      if (numeric[i] == '#')
        write_number(json, number_in(row[i]));
      else
        write_text(json, row[i]);
    }
    json.end_object();
  }
  json.end_array();
}

// ---- A group's demand ----

struct Demand {
  // Seconds, the length of the period that ends there, units in it, percent, instances at its end.
  enum Column : std::uint8_t { Time, Period, Offered, Served, Cpu, InService, Desired, Count };
  Columns columns;
  double capacity = kNone;  // units a second of one instance

  std::size_t size() const { return columns[Time].size(); }
};

Demand demand_of(const ResultReader& file, const std::string& group) {
  Demand demand;
  demand.columns =
      columns_of(file.rows("SELECT " + seconds_of("time_utc") +
                               ", NULL, offered_units, served_units, cpu_util_percent, instance_num, NULL"
                               " FROM v_metrics WHERE group_id = ?1 ORDER BY time_utc",
                           {group}),
                 Demand::Count);
  // Row by row from the same measurements; a join of two views would look through all of one for each of the other.
  demand.columns[Demand::Desired] =
      columns_of(file.rows("SELECT desired FROM v_sizes WHERE group_id = ?1 ORDER BY time_utc", {group}), 1)
          .front();
  const auto& time = demand.columns[Demand::Time];
  auto& period = demand.columns[Demand::Period];
  for (std::size_t i = 1; i < time.size(); ++i) period[i] = time[i] - time[i - 1];
  if (period.size() > 1) period[0] = period[1];
  const auto capacity = file.rows(
      "SELECT capacity_per_instance_micro / 1e6 FROM workloads w JOIN groups g ON g.id = w.group_no"
      " WHERE g.api_id = ?1 LIMIT 1",
      {group});
  if (!capacity.empty()) demand.capacity = number_in(capacity.front().front());
  return demand;
}

std::vector<double> a_second(const std::vector<double>& units, const std::vector<double>& periods) {
  std::vector<double> rates;
  for (std::size_t i = 0; i < units.size(); ++i)
    rates.push_back(periods[i] > 0 ? units[i] / periods[i] : kNone);
  return rates;
}

void write_demand(JsonWriter& json, const Demand& demand) {
  const auto& columns = demand.columns;
  std::vector<double> capacity;
  for (const double serving : columns[Demand::InService]) capacity.push_back(serving * demand.capacity);
  const Columns shown{a_second(columns[Demand::Offered], columns[Demand::Period]),
                      a_second(columns[Demand::Served], columns[Demand::Period]),
                      capacity,
                      columns[Demand::Cpu],
                      columns[Demand::InService],
                      columns[Demand::Desired]};
  const auto rows = rows_to_keep(shown, kRowsShown);
  json.key("demand").begin_object();
  json.key("rows").number(static_cast<std::uint64_t>(demand.size()));
  write_numbers(json, "t", columns[Demand::Time], rows);
  constexpr std::string_view kNames[] = {"offered", "served", "capacity", "cpu", "in_service", "desired"};
  for (std::size_t i = 0; i < shown.size(); ++i) write_numbers(json, kNames[i], shown[i], rows);
  json.end_object();
}

// ---- Latency: of runs whose demand is made of requests ----

struct Latency {
  enum Column : std::uint8_t { Time, P50, P95, P99, Requests, Count };
  Columns columns;
};

std::optional<Latency> latency_of(const ResultReader& file, const std::string& group_name) {
  Latency latency{columns_of(file.rows("SELECT " + seconds_of("time_utc") +
                                           ", p50_ms, p95_ms, p99_ms, requests FROM v_latency"
                                           " WHERE group_name = ?1 ORDER BY time_utc",
                                       {group_name}),
                             Latency::Count)};
  if (latency.columns[Latency::Time].empty()) return {};
  return latency;
}

void write_latency(JsonWriter& json, const std::optional<Latency>& latency) {
  json.key("latency");
  if (!latency) return json.null();
  const auto& columns = latency->columns;
  const auto rows = rows_to_keep(std::span(columns).subspan(1), kRowsShown);
  json.begin_object();
  json.key("rows").number(static_cast<std::uint64_t>(columns[Latency::Time].size()));
  write_numbers(json, "t", columns[Latency::Time], rows);
  write_numbers(json, "p50", columns[Latency::P50], rows);
  write_numbers(json, "p95", columns[Latency::P95], rows);
  write_numbers(json, "p99", columns[Latency::P99], rows);
  write_numbers(json, "requests", columns[Latency::Requests], rows);
  json.end_object();
}

// ---- The busiest hour ----

// The rows [first, last) of the hour in which most was offered, or of all when the run is shorter.
struct Stretch {
  std::size_t first = 0, last = 0;
};

Stretch busiest(const Demand& demand) {
  const auto &time = demand.columns[Demand::Time], &period = demand.columns[Demand::Period],
             &offered = demand.columns[Demand::Offered];
  Stretch best;
  double sum = 0, most = -1;
  for (std::size_t first = 0, i = 0; i < time.size(); ++i) {
    sum += offered[i];
    while (time[i] - (time[first] - period[first]) > kPeakSeconds && first < i) sum -= offered[first++];
    if (sum > most) {
      most = sum;
      best = {first, i + 1};
    }
  }
  return best;
}

double worst(const Latency& latency, Latency::Column percentile, double from, double until) {
  double most = kNone;
  const auto& time = latency.columns[Latency::Time];
  for (std::size_t i = 0; i < time.size(); ++i)
    if (time[i] > from && time[i] <= until) most = std::fmax(most, latency.columns[percentile][i]);
  return most;
}

void write_peak(JsonWriter& json, const Demand& demand, const std::optional<Latency>& latency) {
  const auto [first, last] = busiest(demand);
  const auto& columns = demand.columns;
  json.key("peak");
  double offered = 0, served = 0, cpu = kNone, least = kNone, most = kNone, length = 0;
  for (std::size_t i = first; i < last; ++i) {
    offered += columns[Demand::Offered][i];
    served += columns[Demand::Served][i];
    length += columns[Demand::Period][i];
    cpu = std::fmax(cpu, columns[Demand::Cpu][i]);
    least = std::fmin(least, columns[Demand::InService][i]);
    most = std::fmax(most, columns[Demand::InService][i]);
  }
  if (!(offered > 0)) return json.null();
  const double from = columns[Demand::Time][first] - columns[Demand::Period][first],
               until = columns[Demand::Time][last - 1];
  const auto member = [&](std::string_view name, double value) { write_number(json.key(name), value); };
  json.begin_object();
  member("from", from);
  member("until", until);
  member("offered_per_second", offered / length);
  member("unserved_percent", (offered - served) / offered * 100);
  member("most_cpu", cpu);
  member("least_in_service", least);
  member("most_in_service", most);
  member("worst_p95", latency ? worst(*latency, Latency::P95, from, until) : kNone);
  member("worst_p99", latency ? worst(*latency, Latency::P99, from, until) : kNone);
  json.end_object();
}

// ---- Instances by state and by zone ----

// How many there are of each kind, one row for each moment at which that changes.
class Census {
 public:
  void change(const std::string& kind, int step) {
    const auto [at, is_new] = places_.emplace(kind, names_.size());
    if (is_new) {
      names_.push_back(kind);
      counts_.emplace_back(times_.size(), 0.0);
      now_.push_back(0);
    }
    now_[at->second] += step;
  }
  void take(double time) {
    if (times_.empty() || times_.back() != time) {
      times_.push_back(time);
      for (auto& each : counts_) each.push_back(0);
    }
    for (std::size_t i = 0; i < now_.size(); ++i) counts_[i].back() = now_[i];
  }
  void write(JsonWriter& json, std::string_view name) const {
    const auto rows = rows_to_keep(counts_, kRowsShown);
    json.key(name).begin_object();
    json.key("names").begin_array();
    for (const std::string& each : names_) json.text(each);
    json.end_array();
    write_numbers(json, "t", times_, rows);
    json.key("counts").begin_array();
    for (const auto& each : counts_) {
      json.begin_array();
      for (const std::size_t row : rows) write_number(json, each[row]);
      json.end_array();
    }
    json.end_array();
    json.end_object();
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> places_;
  std::vector<double> times_;
  Columns counts_;
  std::vector<int> now_;
};

void write_census(JsonWriter& json, const ResultReader& file, const std::string& group,
                  const std::string& name) {
  Census states, zones;
  std::map<std::string, std::string> zone_of;
  for (const ResultRow& row :
       file.rows("SELECT instance_id, zone FROM v_instances WHERE group_id = ?1 ORDER BY zone", {group})) {
    zone_of[row[0].value_or("")] = row[1].value_or("");
    zones.change(row[1].value_or(""), 0);
  }
  states.change("INSERVICE", 0);
  states.take(0);
  zones.take(0);
  for (const ResultRow& move : file.rows("SELECT " + seconds_of("time_utc") +
                                             ", from_state, to_state, instance_id FROM v_instance_moves "
                                             "WHERE group_name = ?1 ORDER BY time_utc",
                                         {name})) {
    const auto zone = zone_of.find(move[3].value_or(""));
    if (zone == zone_of.end()) continue;  // of another group by that name
    const std::string from = move[1].value_or(""), to = move[2].value_or("");
    if (from != "GONE") states.change(from, -1);
    if (to != "GONE") states.change(to, +1);
    if (from == "INSERVICE") zones.change(zone->second, -1);
    if (to == "INSERVICE") zones.change(zone->second, +1);
    states.take(number_in(move[0]));
    zones.take(number_in(move[0]));
  }
  states.write(json, "states");
  zones.write(json, "zones");
}

// ---- What happened, and why ----

// What moves the size or keeps it from moving; where instances go and why they leave is in 'explain'.
constexpr const char* kEvents = R"(
  FROM v_decisions WHERE group_id = ?1
    AND (kind IN ('action', 'launch_failure', 'health', 'abnormal')
         OR kind = 'policy' AND json_extract(why, '$.fate') NOT IN ('executed', 'begun')))";

void write_events(JsonWriter& json, const ResultReader& file, const std::string& group) {
  const auto count = file.rows(std::string("SELECT count(*)") + kEvents, {group});
  std::map<std::string, ResultRow> outcomes;  // of scaling actions: status, seconds, added, removed, failed
  for (ResultRow& row :
       file.rows("SELECT action_id, status, duration_seconds, added, removed, failed FROM v_actions"
                 " WHERE group_id = ?1",
                 {group}))
    outcomes[row[0].value_or("")].assign(row.begin() + 1, row.end());
  auto rows = file.rows("SELECT " + seconds_of("time_utc") + R"(,
         CASE WHEN kind = 'policy' THEN 'denied'
              WHEN kind <> 'action' THEN 'trouble'
              WHEN json_extract(why, '$.to') > json_extract(why, '$.from') THEN 'out'
              WHEN json_extract(why, '$.to') < json_extract(why, '$.from') THEN 'in'
              ELSE 'trouble' END,
         sentence, CASE kind WHEN 'action' THEN action_id END)" +
                            kEvents + fmt::format(" ORDER BY line LIMIT {}", kEventsShown),
                        {group});
  for (ResultRow& row : rows) {
    const auto outcome = row[3] ? outcomes.find(*row[3]) : outcomes.end();
    row.resize(3);
    if (outcome != outcomes.end()) row.insert(row.end(), outcome->second.begin(), outcome->second.end());
    row.resize(8);
  }
  write_rows(json, "events", rows, "#ttt####");
  write_number(json.key("events_left_out"), number_in(count[0][0]) - static_cast<double>(rows.size()));
}

// ---- Costs and settings ----

void write_costs(JsonWriter& json, const ResultReader& file, const std::string& group) {
  write_rows(
      json, "cost_by_zone",
      file.rows("SELECT zone, coalesce(flavor, ''), count(*), sum(life_hours), sum(billed_hours), sum(cost)"
                " FROM v_instances WHERE group_id = ?1 GROUP BY 1, 2 ORDER BY 1, 2",
                {group}),
      "tt####");
  const auto instances =
      file.rows("SELECT instance_name, zone, coalesce(flavor, ''), " + seconds_of("joined_utc") + ", " +
                    seconds_of("coalesce(ecs_deleted_utc, left_utc)") +
                    ", life_hours, billed_hours, cost FROM v_instances WHERE group_id = ?1"
                    " ORDER BY cost DESC, joined_utc, instance_name",
                {group});
  const std::size_t shown = std::min(instances.size(), kInstancesShown);
  write_rows(json, "instances", std::span(instances).first(shown), "ttt#####");
  json.key("instances_left_out").number(static_cast<std::uint64_t>(instances.size() - shown));
}

void write_policies(JsonWriter& json, const ResultReader& file, const std::string& group) {
  constexpr std::string_view kMembers[] = {"name",       "type",     "status",  "operation", "number",
                                           "percentage", "cooldown", "metric",  "statistic", "comparison",
                                           "threshold",  "period",   "periods", "launch",    "recurrence",
                                           "days",       "minute"};
  write_objects(
      json, "policies",
      file.rows("SELECT p.policy_name, p.type, p.status, p.operation, p.number, p.percentage,"
                " p.cool_down_seconds, r.metric, r.statistic, r.comparison, r.threshold, r.period_seconds,"
                " r.periods, p.launch_utc, p.recurrence, p.recurrence_days, p.time_of_day_minutes"
                " FROM v_policies p LEFT JOIN v_alarm_rules r ON r.alarm_rule_name = p.alarm_rule_name"
                " AND r.group_name = p.group_name WHERE p.group_id = ?1 AND NOT p.deleted",
                {group}),
      kMembers, "tttt###ttt###ttt#");
}

void write_results(JsonWriter& json, std::string_view name, const std::vector<ResultRow>& rows) {
  json.key(name).begin_object();
  for (const ResultRow& row : rows) {
    json.key(row[0].value_or(""));
    if (row[1])
      json.json(fmt::format("{}", number_in(row[1])));
    else
      json.null();
  }
  json.end_object();
}

// ---- The whole ----

void write_group(JsonWriter& json, const ResultReader& file, const std::string& id) {
  const ResultRow group = file.rows(
                                  "SELECT zones, group_name, minimum, desired, maximum, cool_down_seconds "
                                  "FROM v_groups WHERE group_id = ?1",
                                  {id})
                              .at(0);
  const std::string name = group[1].value_or("");
  json.begin_object();
  json.key("name").text(name);
  json.key("zones_setting").text(group[0].value_or(""));
  constexpr std::string_view kMembers[] = {"minimum", "desired", "maximum", "cooldown"};
  for (std::size_t i = 0; i < std::size(kMembers); ++i) {
    json.key(kMembers[i]);
    write_number(json, number_in(group[i + 2]));
  }
  write_results(json, "metrics", file.rows("SELECT metric, value FROM v_results WHERE group_id = ?1", {id}));
  write_policies(json, file, id);
  const Demand demand = demand_of(file, id);
  const auto latency = latency_of(file, name);
  json.key("capacity_per_instance");
  write_number(json, demand.capacity);
  write_peak(json, demand, latency);
  write_demand(json, demand);
  write_latency(json, latency);
  write_census(json, file, id, name);
  write_events(json, file, id);
  write_costs(json, file, id);
  json.end_object();
}

void write_head(JsonWriter& json, const ResultReader& file) {
  const ResultRow run =
      file.rows(
              "SELECT scenario_name, scenario_description, scenario_file, seed, start_utc, behaviour, "
              "currency,"
              " fingerprint, program_version, (julianday(start_utc) - 2440587.5) * 86400, span_hours * 3600,"
              " billing_quantum_seconds, calls_as_expected, objectives_met FROM v_run")
          .at(0);
  constexpr std::string_view kMembers[] = {
      "name",      "description",     "scenario_file",     "seed",          "start_utc",
      "behaviour", "currency",        "fingerprint",       "version",       "start",
      "seconds",   "quantum_seconds", "calls_as_expected", "objectives_met"};
  constexpr std::size_t kTexts = 9;
  for (std::size_t i = 0; i < std::size(kMembers); ++i) {
    json.key(kMembers[i]);
    if (i < kTexts)
      write_text(json, run[i]);
    else
      write_number(json, number_in(run[i]));
  }
}

}  // namespace

void write_report_data(JsonWriter& json, const std::filesystem::path& results) {
  const ResultReader file(results);
  json.begin_object();
  json.key("results_file").text(results.filename().string());
  write_head(json, file);
  write_results(json, "total", file.rows("SELECT metric, value FROM v_results WHERE group_id IS NULL"));
  constexpr std::string_view kObjective[] = {"metric", "group", "at_least", "at_most", "value", "met"};
  write_objects(json, "objectives",
                file.rows("SELECT metric, group_name, at_least, at_most, value, met FROM v_objectives"),
                kObjective, "tt####");
  constexpr std::string_view kFault[] = {"kind", "from", "until", "zone", "flavor", "group"};
  write_objects(json, "faults",
                file.rows("SELECT kind, " + seconds_of("from_utc") + ", " + seconds_of("until_utc") +
                          ", zone, flavor, group_name FROM v_faults"),
                kFault, "t##ttt");
  // Those that cost most come first.
  const auto groups = file.rows(
      "SELECT group_id FROM v_results WHERE metric = 'cost' AND group_id IS NOT NULL ORDER BY value DESC");
  const std::size_t shown = std::min(groups.size(), kGroupsShown);
  json.key("groups_left_out").number(static_cast<std::uint64_t>(groups.size() - shown));
  json.key("groups").begin_array();
  for (std::size_t i = 0; i < shown; ++i) write_group(json, file, groups[i][0].value_or(""));
  json.end_array();
  json.end_object();
}

}  // namespace tidepool::scenarios
