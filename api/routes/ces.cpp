#include "api/routes/ces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/access.hpp"
#include "api/routes/call.hpp"
#include "api/routes/identity.hpp"
#include "api/wire/alarm_rule_json.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/metric_json.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// A call about one project; `path` is what follows its id.
struct CesCall {
  const Visit& visit;
  Tenant& tenant;
  std::span<const std::string> path;
};

Response bad_request(const sim::Error& error) { return identity_error(400, error.message); }

Response wrong_method(const CesCall& call, std::string_view expected) {
  return identity_error(405,
                        fmt::format("method {}: expected {}", shown(call.visit.request.method), expected));
}

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

Response modify_rule(const CesCall& call, sim::AlarmRuleId rule) {
  sim::Cloud& cloud = call.tenant.cloud;
  auto set = read_modify_alarm_rule(call.visit.request.body, rule, cloud);
  if (!set) return bad_request(set.error());
  const auto done = cloud.change_alarm_rule(rule, *std::move(set));
  return done ? Response{204, {}} : bad_request(done.error());
}

Response switch_rule(const CesCall& call, sim::AlarmRuleId rule) {
  sim::Cloud& cloud = call.tenant.cloud;
  const auto wanted = read_alarm_switch(call.visit.request.body, cloud);
  if (!wanted) return bad_request(wanted.error());
  sim::AlarmRuleSettings set = cloud.find(rule)->set;
  if (set.enabled == *wanted) return {204, {}};
  set.enabled = *wanted;
  const auto done = cloud.change_alarm_rule(rule, std::move(set));
  return done ? Response{204, {}} : bad_request(done.error());
}

Response answer_rule(const CesCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  const std::string_view method = call.visit.request.method;
  const auto rule = IdText{cloud.seed()}.alarm_rule(call.path[1]);
  if (rule == sim::none<sim::AlarmRuleId>() || cloud.find(rule) == nullptr)
    return identity_error(404,
                          fmt::format("alarm_id {}: expected the id of an alarm rule", shown(call.path[1])));
  if (call.path.size() == 3) return method == "PUT" ? switch_rule(call, rule) : wrong_method(call, "PUT");
  if (method == "GET") return ok({{"metric_alarms", array{write_alarm_rule(cloud, rule)}}});
  if (method == "PUT") return modify_rule(call, rule);
  if (method != "DELETE") return wrong_method(call, "GET, PUT or DELETE");
  const auto done = cloud.remove_alarm_rule(rule);
  return done ? Response{204, {}} : bad_request(done.error());
}

Response answer_rules(const CesCall& call) {
  if (call.path.size() > 1) return answer_rule(call);
  if (call.visit.request.method == "GET") return list_rules(call);
  if (call.visit.request.method == "POST") return create_rule(call);
  return wrong_method(call, "GET or POST");
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

Response answer_data(const CesCall& call) {
  if (call.visit.request.method == "POST") return push_samples(call);
  if (call.visit.request.method != "GET") return wrong_method(call, "GET or POST");
  const auto query = read_data_query(call.visit.target.query, call.tenant.cloud);
  return query ? ok(write_data(*query, call.tenant.cloud)) : bad_request(query.error());
}

Response list_metrics(const CesCall& call) {
  constexpr std::size_t kMost = 1000;
  if (call.visit.request.method != "GET") return wrong_method(call, "GET");
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

Response dispatch(const CesCall& call) {
  if (!call.path.empty()) {
    const std::string& noun = call.path[0];
    const std::size_t parts = call.path.size();
    if (noun == "alarms" && (parts <= 2 || (parts == 3 && call.path[2] == "action")))
      return answer_rules(call);
    if (noun == "metric-data" && parts == 1) return answer_data(call);
    if (noun == "metrics" && parts == 1) return list_metrics(call);
  }
  return identity_error(404, fmt::format("no call has the path {}", shown(call.visit.request.target)));
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
  Response response = dispatch({visit, *tenant, path.subspan(2)});
  collect_journal(*tenant);
  return response;
}

}  // namespace tidepool::api
