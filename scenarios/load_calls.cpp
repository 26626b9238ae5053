#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

constexpr std::array<std::string_view, 4> kMethods{"GET", "POST", "PUT", "DELETE"};
constexpr std::array<std::string_view, 2> kPrefixes{"/autoscaling-api/v1/", "/autoscaling-api/v2/"};
constexpr std::size_t kLongestPath = 2048;

bool is_path_character(char c) {
  return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '<' && c != '>' && c != '#';
}

// A call, and where the parts of it lie that can be checked only when all names are known.
struct Draft {
  TimedCall call;
  std::size_t index = 0;  // in the file
  bool timed = false;
  std::optional<Field> request, body;
};

// What a path ends with, without its query: "scaling_group".
std::string_view last_segment(std::string_view path) {
  path = path.substr(0, path.find('?'));
  return path.substr(path.rfind('/') + 1);
}

bool creates(const TimedCall& call, std::string_view noun) {
  return call.method == "POST" && call.take.empty() && last_segment(call.path) == noun;
}

bool answers_an_id(const TimedCall& call) {
  return creates(call, "scaling_group") || creates(call, "scaling_configuration") ||
         creates(call, "scaling_policy");
}

// "POST /autoscaling-api/v1/{project_id}/scaling_group"
void read_request(const Field& field, TimedCall& call) {
  const auto text = field.text();
  if (!text) return;
  const std::size_t blank = text->find(' ');
  call.method = text->substr(0, blank);
  if (std::ranges::find(kMethods, call.method) == kMethods.end()) {
    const std::string_view near = nearest(call.method, kMethods);
    const std::string hint = near.empty() ? "" : fmt::format("; did you mean {}?", near);
    return field.complain(
        fmt::format("method {}, expected {}{}", shown(call.method), listed(kMethods), hint));
  }
  if (blank == std::string::npos) return field.wrong("a method, a blank and a path");
  call.path = text->substr(blank + 1);
  if (std::ranges::none_of(kPrefixes, [&](std::string_view each) { return call.path.starts_with(each); }))
    return field.complain(
        fmt::format("path {}, expected one that begins with {}", shown(call.path), listed(kPrefixes)));
  if (call.path.size() > kLongestPath || !std::ranges::all_of(call.path, is_path_character))
    field.complain(fmt::format(
        "path {}, expected at most {} characters, all but letters, digits and marks percent-encoded",
        shown(call.path), kLongestPath));
}

bool is_code(std::string_view text) {
  return text.size() == 7 && text.starts_with("AS.") &&
         std::ranges::all_of(text.substr(3), [](char c) { return c >= '0' && c <= '9'; });
}

void read_expectation(const Field& field, TimedCall& call) {
  Section section(field);
  if (const auto status = section.integer("status", 100, 599)) call.expect_status = static_cast<int>(*status);
  if (const auto code = section.find("code")) {
    if (code->is(Json::Kind::Text) && is_code(code->json().text))
      call.expect_code = code->json().text;
    else
      code->wrong("a code such as \"AS.2005\"");
  }
  section.refuse_others();
  if (call.expect_code && call.expect_status.value_or(400) < 400)
    field.complain(fmt::format("code {} with status {}, expected a status of 400 to 599", *call.expect_code,
                               *call.expect_status));
}

bool expects_success(const TimedCall& call) {
  return !call.expect_code && call.expect_status.value_or(200) < 300;
}

void read_save(Section& section, TimedCall& call) {
  if (const auto take = section.find("take")) {
    if (take->is(Json::Kind::Text) && take->json().text.starts_with('/'))
      call.take = take->json().text;
    else
      take->wrong("a JSON pointer such as \"/scaling_group_instances/0/instance_id\"");
    if (!section.has("save")) take->complain("without 'save', expected a name for what is taken");
  }
  const auto save = section.find("save");
  const auto name = save ? save->text() : std::nullopt;
  if (!name) return;
  call.save = *name;
  if (!call.path.empty() && !section.has("take") && !answers_an_id(call))
    save->complain(fmt::format(
        "{}, expected on a call that creates a group, a configuration or a policy, or with 'take'",
        shown(*name)));
  if (!expects_success(call))
    save->complain(fmt::format("{}, but the call is expected to fail", shown(*name)));
}

Draft draft(const Field& field, std::size_t index, const Scenario& scenario) {
  Draft draft;
  draft.index = index;
  draft.call.where = field.path();
  Section section(field);
  section.need({"at", "call"});
  const auto at = section.find("at");
  const auto moment = at ? moment_in_run(*at, scenario) : std::nullopt;
  draft.timed = moment.has_value();
  draft.call.at = moment.value_or(scenario.start);
  draft.request = section.find("call");
  if (draft.request) read_request(*draft.request, draft.call);
  draft.body = section.find("body");
  if (draft.body && !draft.body->is_object()) draft.body.reset();
  if (const auto expect = section.find("expect")) read_expectation(*expect, draft.call);
  read_save(section, draft.call);
  section.refuse_others();
  return draft;
}

}  // namespace

void check_body(const Field& field, const Names& names, std::size_t call) {
  if (field.is(Json::Kind::Text)) names.check_placeholders(field, field.json().text, call);
  for (const Json::Member& each : field.json().members) {
    const Field member = field.member(each);
    names.check_placeholders(member, each.key, call);
    check_body(member, names, call);
  }
  for (std::size_t i = 0; i < field.json().items.size(); ++i) check_body(field.item(i), names, call);
}

// JSON's own escape keeps a plain brace from being taken for a placeholder later on. Two braces in a row occur only
// within texts: those of JSON itself are followed by a quote or a closing one.
std::string body_text(const Json& body) { return with_plain_braces(to_text(body), "\\u007b"); }

void read_calls(const std::vector<Field>& calls, Scenario& scenario, Names& names) {
  std::vector<Draft> drafts;
  for (std::size_t i = 0; i < calls.size(); ++i) drafts.push_back(draft(calls[i], i, scenario));
  std::ranges::stable_sort(drafts, {}, [](const Draft& each) { return each.call.at; });
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const TimedCall& call = drafts[i].call;
    if (call.save.empty()) continue;
    const NameKind kind = creates(call, "scaling_group") ? NameKind::Group : NameKind::OtherSaved;
    names.declare(*Section(calls[drafts[i].index]).find("save"), call.save, kind, i);
  }
  // Without all times there is no order to check.
  const bool ordered = std::ranges::all_of(drafts, &Draft::timed);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Draft& each = drafts[i];
    const std::size_t place = ordered ? i : drafts.size();
    if (each.request) names.check_placeholders(*each.request, each.call.path, place);
    each.call.path = with_plain_braces(each.call.path, "%7B");
    if (each.body) {
      check_body(*each.body, names, place);
      each.call.body = body_text(each.body->json());
    }
    scenario.calls.push_back(std::move(each.call));
  }
}

}  // namespace tidepool::scenarios
