#include "scenarios/session.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <utility>

#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostDifferences = 100;
constexpr std::size_t kShownBytes = 160;

// What is wrong with a session file; caught where it is loaded.
struct Wrong {
  std::string message;
};

// ---- Reading. The file is written by a program, so the first fault is enough. ----

class Member {
 public:
  Member(const json::value& value, std::string path) : value_(&value), path_(std::move(path)) {}

  [[noreturn]] void wrong(std::string_view expected) const {
    throw Wrong{fmt::format("{}: {}, expected {}", path_, cut(json::serialize(*value_)), expected)};
  }
  std::optional<Member> find(std::string_view key) const {
    const json::object* object = value_->if_object();
    if (object == nullptr) wrong("an object");
    const json::value* found = object->if_contains(json::string_view(key.data(), key.size()));
    if (found == nullptr) return std::nullopt;
    return Member(*found, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
  }
  Member need(std::string_view key) const {
    if (auto found = find(key)) return *found;
    throw Wrong{fmt::format("{}: '{}' is missing", path_.empty() ? "session" : path_, key)};
  }
  std::vector<Member> items() const {
    const json::array* array = value_->if_array();
    if (array == nullptr) wrong("an array");
    std::vector<Member> all;
    for (std::size_t i = 0; i < array->size(); ++i)
      all.emplace_back((*array)[i], fmt::format("{}[{}]", path_, i));
    return all;
  }
  std::string text() const {
    if (!value_->is_string()) wrong("a text");
    return std::string(value_->get_string());
  }
  bool boolean() const {
    if (!value_->is_bool()) wrong("true or false");
    return value_->get_bool();
  }
  std::int64_t integer(std::int64_t least, std::int64_t most) const {
    if (!value_->is_int64() || value_->get_int64() < least || value_->get_int64() > most)
      wrong(fmt::format("{} to {}", least, most));
    return value_->get_int64();
  }
  const json::value& value() const { return *value_; }

  static std::string cut(std::string text) {
    if (text.size() > kShownBytes) text = text.substr(0, kShownBytes) + "...";
    return text;
  }

 private:
  const json::value* value_;
  std::string path_;
};

// A text, or the bytes behind "{key}_base64".
std::string bytes_in(const Member& of, const std::string& key) {
  if (const auto text = of.find(key)) return text->text();
  const auto coded = of.find(key + "_base64");
  return coded ? api::from_base64(coded->text()) : std::string();
}

std::vector<std::pair<std::string, std::string>> headers_in(const Member& of) {
  std::vector<std::pair<std::string, std::string>> all;
  if (const auto headers = of.find("headers"))
    for (const Member& each : headers->items())
      all.emplace_back(bytes_in(each, "name"), bytes_in(each, "value"));
  return all;
}

sim::Time moment_in(const Member& field) {
  const auto moment = read_moment(field.text());
  if (!moment) field.wrong("a moment such as \"2026-03-01T06:20:05Z\"");
  return *moment;
}

api::RecordedRequest request_in(const Member& of) {
  api::RecordedRequest request;
  request.wall_us = of.need("wall_us").integer(0, INT64_MAX);
  if (const auto project = of.find("project")) request.project = project->text();
  if (const auto at = of.find("at")) request.at = moment_in(*at);
  request.method = of.need("method").text();
  request.target = bytes_in(of, "target");
  request.headers = headers_in(of);
  request.body = bytes_in(of, "body");
  const Member answer = of.need("answer");
  request.response.status = static_cast<int>(answer.need("status").integer(0, 999));
  request.response.headers = headers_in(answer);
  request.response.body = bytes_in(answer, "body");
  if (const auto fingerprint = of.find("fingerprint")) request.fingerprint = fingerprint->text();
  return request;
}

CloudSettings settings_in(const Member& head) {
  CloudSettings settings;
  const Member seed = head.need("seed");
  settings.seed = 0;
  const std::string text = seed.text();
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), *settings.seed);
  if (failed != std::errc() || end != text.data() + text.size()) seed.wrong("a number in quotes");
  settings.start = moment_in(head.need("start"));
  const Member clock = head.need("clock");
  const std::string mode = clock.need("mode").text();
  if (mode != "manual" && mode != "scaled") clock.need("mode").wrong("\"manual\" or \"scaled\"");
  settings.clock = api::ClockSetting{};
  settings.clock->mode = mode == "manual" ? api::ClockMode::Manual : api::ClockMode::Scaled;
  if (mode == "scaled")
    settings.clock->speed_millionths = clock.need("speed_millionths").integer(1, 1'000'000'000'000);
  settings.auto_projects = head.need("auto_projects").boolean();
  settings.behind_tls = head.need("https").boolean();
  return settings;
}

SessionResult read(const Member& top, std::string_view name, const std::filesystem::path& folder) {
  const Member head = top.need("session");
  const CloudSettings settings = settings_in(head);
  const std::string cloud_name = fmt::format("{}: session.cloud", name);
  auto loaded = load_served_cloud(json::serialize(head.need("cloud").value()), cloud_name, folder, settings,
                                  *settings.start);
  if (!loaded.cloud) return {std::nullopt, std::move(loaded.errors)};
  Session session{*std::move(loaded.cloud), {}};
  session.cloud.options.version = head.need("tidepool").text();
  for (const Member& each : top.need("requests").items()) session.requests.push_back(request_in(each));
  return {std::move(session), {}};
}

// ---- Playing ----

std::string difference(const api::RecordedRequest& recorded, const api::Response& answer,
                       const std::string& fingerprint) {
  const api::Response& expected = recorded.response;
  if (answer.status != expected.status)
    return fmt::format("status {}, recorded {}", answer.status, expected.status);
  if (answer.body != expected.body) {
    std::size_t at = 0;
    while (at < answer.body.size() && at < expected.body.size() && answer.body[at] == expected.body[at]) ++at;
    const std::size_t from = at < kShownBytes / 4 ? 0 : at - kShownBytes / 4;
    return fmt::format("body differs from byte {} on: '{}', recorded '{}'", at,
                       Member::cut(answer.body.substr(from)), Member::cut(expected.body.substr(from)));
  }
  if (answer.headers != expected.headers) return "headers differ";
  if (fingerprint != recorded.fingerprint)
    return fmt::format("journal {}, recorded {}", fingerprint, recorded.fingerprint);
  return {};
}

void tell_journals(const std::map<std::string, const api::Tenant*>& projects,
                   const std::function<void(std::string_view)>& journal) {
  for (const auto& [id, tenant] : projects)
    for (const std::string& line : tenant->journal.lines)
      journal(projects.size() == 1 ? line + "\n" : fmt::format("{} {}\n", tenant->name, line));
}

json::object written(const ReplayedProject& project) {
  return {{"id", project.id},
          {"name", project.name},
          {"now", moment_text(project.now)},
          {"fingerprint", project.fingerprint}};
}

}  // namespace

bool is_session(std::string_view text) {
  const auto skip = [&](char expected) {
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    if (at == std::string_view::npos || text[at] != expected) return false;
    text.remove_prefix(at + 1);
    return true;
  };
  return skip('{') && skip('"') && text.starts_with("session\"");
}

SessionResult load_session(std::string_view text, std::string_view name,
                           const std::filesystem::path& folder) {
  json::error_code failed;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed) return {std::nullopt, {fmt::format("{}: no valid JSON: {}", name, failed.message())}};
  try {
    return read(Member(root, ""), name, folder);
  } catch (const Wrong& wrong) {
    return {std::nullopt, {fmt::format("{}: {}", name, wrong.message)}};
  }
}

Replay replay(Session session, const std::function<void(std::string_view)>& journal) {
  session.cloud.options.recording_limit = 0;
  api::World world = make_world(std::move(session.cloud));
  Replay result;
  std::map<std::string, const api::Tenant*> touched;
  for (const api::RecordedRequest& each : session.requests) {
    std::vector<api::Header> headers;
    for (const auto& [name, value] : each.headers) headers.push_back({name, value});
    const api::Response answer = world.handle({each.method, each.target, each.body, headers}, each.wall_us);
    const api::Tenant* tenant = each.project.empty() ? nullptr : world.find(each.project);
    if (tenant != nullptr) touched[each.project] = tenant;
    const std::string fingerprint = tenant == nullptr ? std::string() : tenant->cloud.journal().fingerprint();
    const std::string differs = difference(each, answer, fingerprint);
    if (!differs.empty() && ++result.differing <= kMostDifferences)
      result.differences.push_back(
          fmt::format("requests[{}]: {} {}: {}", result.requests, each.method, each.target, differs));
    ++result.requests;
  }
  for (const auto& [id, tenant] : touched)
    result.projects.push_back({id, tenant->name, tenant->cloud.now(), tenant->cloud.journal().fingerprint()});
  if (journal) tell_journals(touched, journal);
  return result;
}

std::string replay_text(std::string_view name, const Replay& replay) {
  std::string text = fmt::format("{}: {} requests, ", name, replay.requests);
  text += replay.as_recorded() ? std::string("all answered as recorded\n")
                               : fmt::format("{} answered otherwise than recorded\n", replay.differing);
  for (const std::string& each : replay.differences) text += fmt::format("  {}\n", each);
  for (const ReplayedProject& each : replay.projects)
    text += fmt::format("project {} ({}): {}, fingerprint {}\n", each.name, each.id, moment_text(each.now),
                        each.fingerprint);
  return text;
}

std::string replay_json(std::string_view name, const Replay& replay) {
  json::array differences, projects;
  for (const std::string& each : replay.differences) differences.emplace_back(each);
  for (const ReplayedProject& each : replay.projects) projects.push_back(written(each));
  return json::serialize(json::object{{"session", name},
                                      {"requests", replay.requests},
                                      {"differing", replay.differing},
                                      {"differences", std::move(differences)},
                                      {"projects", std::move(projects)}}) +
         "\n";
}

}  // namespace tidepool::scenarios
