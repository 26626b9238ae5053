#include "api/routes/ces.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/access.hpp"
#include "api/routes/all_operations.hpp"
#include "api/routes/call.hpp"
#include "api/routes/identity.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/wire/alarm_rule_json.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/metric_json.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// A call about one project, and about one alarm rule where the path names one.
struct CesCall {
  const Visit& visit;
  Tenant& tenant;
  sim::AlarmRuleId rule = sim::none<sim::AlarmRuleId>();
};

Response bad_request(const sim::Error& error) { return identity_error(400, error.message); }

// Rows of a list that is read by a marker: `start` is the last row that the client has.
struct Part {
  std::size_t limit = 0;
  std::string start;
};

std::optional<Part> read_part(const Query& query, std::size_t most) {
  Part part{most, std::string{parameter(query, "start").value_or("")}};
  const auto text = parameter(query, "limit");
  if (!text) return part;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, part.limit);
  if (read.ec != std::errc{} || read.ptr != end || part.limit < 1 || part.limit > most) return std::nullopt;
  return part;
}

Response bad_limit(std::size_t most) {
  return identity_error(400, fmt::format("limit: expected 1 to {}", most));
}

object meta(std::size_t count, std::size_t total, std::string_view marker) {
  return {{"count", count}, {"total", total}, {"marker", marker}};
}

// ---- Alarm rules ----

std::vector<sim::AlarmRuleId> all_rules(const sim::Cloud& cloud) {
  std::vector<sim::AlarmRuleId> found;
  for (std::size_t i = 0; i < cloud.all_alarm_rules().size(); ++i)
    if (cloud.find(sim::id_at<sim::AlarmRuleId>(i)) != nullptr)
      found.push_back(sim::id_at<sim::AlarmRuleId>(i));
  return found;
}

// Oldest first unless `order` is desc.
Response list_rules(const CesCall& call) {
  constexpr std::size_t kMost = 100;
  const Query& query = call.visit.target.query;
  const auto part = read_part(query, kMost);
  if (!part) return bad_limit(kMost);
  const sim::Cloud& cloud = call.tenant.cloud;
  std::vector<sim::AlarmRuleId> rules = all_rules(cloud);
  const std::size_t total = rules.size();
  if (parameter(query, "order") == "desc") std::ranges::reverse(rules);
  const IdText ids{cloud.seed()};
  auto first = rules.begin();
  if (!part->start.empty()) {
    first = std::ranges::find(rules, ids.alarm_rule(part->start));
    if (first == rules.end())
      return identity_error(400,
                            fmt::format("start {}: expected the id of an alarm rule", shown(part->start)));
    ++first;
  }
  array rows;
  std::string marker;
  for (; first != rules.end() && rows.size() < part->limit; ++first) {
    rows.push_back(write_alarm_rule(cloud, *first));
    marker = ids.text(*first);
  }
  if (first == rules.end()) marker.clear();
  const std::size_t count = rows.size();
  return ok({{"metric_alarms", std::move(rows)}, {"meta_data", meta(count, total, marker)}});
}

Response create_rule(const CesCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  auto read = read_create_alarm_rule(call.visit.request.body, cloud);
  if (!read) return bad_request(read.error());
  if (!read->metric.is_of_group()) read->set.series = cloud.series_of(read->metric.key);
  const auto rule = cloud.add_alarm_rule(read->set);
  Response response = ok({{"alarm_id", IdText{cloud.seed()}.text(rule)}});
  response.status = 201;
  return response;
}

Response modify_rule(const CesCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  auto set = read_modify_alarm_rule(call.visit.request.body, call.rule, cloud);
  if (!set) return bad_request(set.error());
  const auto done = cloud.change_alarm_rule(call.rule, *std::move(set));
  return done ? Response{204, {}} : bad_request(done.error());
}

Response switch_rule(const CesCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  const auto wanted = read_alarm_switch(call.visit.request.body, cloud);
  if (!wanted) return bad_request(wanted.error());
  sim::AlarmRuleSettings set = cloud.find(call.rule)->set;
  if (set.enabled == *wanted) return {204, {}};
  set.enabled = *wanted;
  const auto done = cloud.change_alarm_rule(call.rule, std::move(set));
  return done ? Response{204, {}} : bad_request(done.error());
}

Response show_rule(const CesCall& call) {
  return ok({{"metric_alarms", array{write_alarm_rule(call.tenant.cloud, call.rule)}}});
}

Response remove_rule(const CesCall& call) {
  const auto done = call.tenant.cloud.remove_alarm_rule(call.rule);
  return done ? Response{204, {}} : bad_request(done.error());
}

// ---- Metrics ----

Response push_samples(const CesCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  const auto samples = read_samples(call.visit.request.body, cloud);
  if (!samples) return bad_request(samples.error());
  std::vector<sim::MetricSeriesId> series;
  for (const PushedSample& each : *samples) {
    series.push_back(each.metric.is_of_group() ? cloud.series_of(each.metric.group, each.metric.metric)
                                               : cloud.series_of(each.metric.key));
    const auto& kept = cloud.all_series()[sim::index_of(series.back())].points;
    if (kept.size() + samples->size() > sim::kMostPoints)
      return identity_error(429, fmt::format("metric_name {}: it has {} datapoints of at most {}",
                                             each.metric.key.name, kept.size(), sim::kMostPoints));
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    const PushedSample& each = (*samples)[i];
    if (!each.unit.empty()) cloud.set_unit(series[i], each.unit);
    cloud.push(series[i], each.point);
  }
  return {201, {}};
}

Response read_data(const CesCall& call) {
  const auto query = read_data_query(call.visit.target.query, call.tenant.cloud);
  return query ? ok(write_data(*query, call.tenant.cloud)) : bad_request(query.error());
}

Response list_metrics(const CesCall& call) {
  constexpr std::size_t kMost = 1000;
  const auto part = read_part(call.visit.target.query, kMost);
  if (!part) return bad_limit(kMost);
  const array all = write_metrics(read_metric_filter(call.visit.target.query), call.tenant.cloud);
  // The marker is the number of rows that were read, as a text.
  std::size_t first = 0;
  std::from_chars(part->start.data(), part->start.data() + part->start.size(), first);
  array rows;
  for (std::size_t i = first; i < all.size() && rows.size() < part->limit; ++i) rows.push_back(all[i]);
  const std::size_t count = rows.size();
  const std::string marker = first + count < all.size() ? std::to_string(first + count) : "";
  return ok({{"metrics", std::move(rows)}, {"meta_data", meta(count, all.size(), marker)}});
}

// ---- The table ----

struct CesRoute {
  std::string_view method, path, summary;
  Response (*handler)(const CesCall&);
};

// The same is below /ces.
constexpr std::array kRoutes = std::to_array<CesRoute>({
    {"POST", "/V1.0/{project_id}/alarms", "create an alarm rule", create_rule},
    {"GET", "/V1.0/{project_id}/alarms", "list alarm rules", list_rules},
    {"GET", "/V1.0/{project_id}/alarms/{alarm_id}", "read an alarm rule", show_rule},
    {"PUT", "/V1.0/{project_id}/alarms/{alarm_id}", "modify an alarm rule", modify_rule},
    {"DELETE", "/V1.0/{project_id}/alarms/{alarm_id}", "delete an alarm rule", remove_rule},
    {"PUT", "/V1.0/{project_id}/alarms/{alarm_id}/action", "enable or disable an alarm rule", switch_rule},
    {"POST", "/V1.0/{project_id}/metric-data", "push samples of metrics", push_samples},
    {"GET", "/V1.0/{project_id}/metric-data", "read the datapoints of a metric", read_data},
    {"GET", "/V1.0/{project_id}/metrics", "list metrics", list_metrics},
});

std::vector<const CesRoute*> routes_of(std::span<const std::string> path) {
  std::vector<const CesRoute*> found;
  for (const CesRoute& each : kRoutes)
    if (fit(each.path, path)) found.push_back(&each);
  return found;
}

Response dispatch(const Visit& visit, Tenant& tenant, std::span<const std::string> path) {
  const auto routes = routes_of(path);
  if (routes.empty())
    return identity_error(404, fmt::format("no call has the path {}", shown(visit.request.target)));
  CesCall call{visit, tenant};
  const PathTexts texts = texts_in(routes.front()->path, path);
  if (const auto alarm = texts.find("alarm_id"); alarm != texts.end()) {
    call.rule = IdText{tenant.cloud.seed()}.alarm_rule(alarm->second);
    if (call.rule == sim::none<sim::AlarmRuleId>() || tenant.cloud.find(call.rule) == nullptr)
      return identity_error(
          404, fmt::format("alarm_id {}: expected the id of an alarm rule", shown(alarm->second)));
  }
  std::vector<std::string_view> methods;
  for (const CesRoute* each : routes) {
    if (each->method == visit.request.method) return each->handler(call);
    methods.push_back(each->method);
  }
  return identity_not_allowed(visit.request.method, methods);
}

}  // namespace

std::optional<Response> answer_ces(const Visit& visit) {
  std::span<const std::string> path{visit.target.segments};
  if (!path.empty() && path[0] == "ces") path = path.subspan(1);
  if (path.size() < 2 || path[0] != "V1.0") return std::nullopt;
  const std::string& project = path[1];
  if (const auto access = check_access(visit, project); !access)
    return identity_error(401, access.error().message);
  Tenant* tenant = find_or_make(visit, project);
  if (tenant == nullptr)
    return identity_error(404, fmt::format("project {}: expected one that exists", shown(project)));
  if (auto failure = arrive(visit, *tenant)) return failure;
  Response response = dispatch(visit, *tenant, path);
  collect_journal(*tenant);
  return response;
}

std::vector<Operation> operations_of_ces() { return listed(kRoutes); }

}  // namespace tidepool::api
