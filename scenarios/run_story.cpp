#include "scenarios/run_story.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "api/wire/duration_text.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/result_store.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Time;

// ---- SQLite, for reading; what fails throws ----

using Values = std::vector<std::optional<std::string>>;

class Results {
 public:
  explicit Results(const std::filesystem::path& path) {
    if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) fail();
  }
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;
  ~Results() { sqlite3_close(handle_); }

  /// Each row as texts; the parameters are bound in their order.
  std::vector<Values> rows(const char* sql, const std::vector<std::string>& parameters = {}) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) != SQLITE_OK) fail();
    for (std::size_t i = 0; i < parameters.size(); ++i)
      sqlite3_bind_text64(statement, static_cast<int>(i) + 1, parameters[i].c_str(), parameters[i].size(),
                          SQLITE_TRANSIENT, SQLITE_UTF8);
    std::vector<Values> found;
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
      Values row;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.push_back(text == nullptr ? std::nullopt : std::optional<std::string>(text));
      }
      found.push_back(std::move(row));
    }
    sqlite3_finalize(statement);
    if (step != SQLITE_DONE) fail();
    return found;
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error(sqlite3_errmsg(handle_)); }

  sqlite3* handle_ = nullptr;
};

std::string text_of(const std::optional<std::string>& value) { return value.value_or(""); }
std::int64_t number_of(const std::optional<std::string>& value) {
  std::int64_t number = 0;
  if (value) std::from_chars(value->data(), value->data() + value->size(), number);
  return number;
}

// ---- What is asked for ----

StoryError unfit(std::string message) { return {false, std::move(message)}; }

struct Group {
  std::string number, id, name;
};

// "i3" is 3; empty for anything else.
std::string journal_number(char letter, std::string_view text) {
  if (text.size() < 2 || text.front() != letter) return "";
  text.remove_prefix(1);
  return std::ranges::all_of(text, [](char each) { return each >= '0' && each <= '9'; }) ? std::string(text)
                                                                                         : "";
}

// The group that an instance or an action belongs to; empty when nothing else is asked for, or there is none such.
std::string group_behind(const Results& db, const StoryQuestion& question) {
  const auto rows = db.rows(
      "SELECT g.api_id FROM groups g WHERE g.id IN"
      " (SELECT group_no FROM instances WHERE ?1 <> '' AND (api_id = ?1 OR name = ?1 OR id = CAST(nullif(?2, "
      "'') AS"
      " INTEGER)) UNION SELECT group_no FROM scaling_actions WHERE ?3 <> '' AND (api_id = ?3 OR id = "
      "CAST(nullif(?4, '')"
      " AS INTEGER)))",
      {question.instance, journal_number('i', question.instance), question.action,
       journal_number('a', question.action)});
  return rows.size() == 1 ? text_of(rows[0][0]) : "";
}

std::variant<Group, StoryError> chosen_group(const Results& db, const StoryQuestion& question) {
  const std::string asked = question.group.empty() ? group_behind(db, question) : question.group;
  std::vector<Group> all, named;
  for (const Values& row : db.rows("SELECT id, api_id, name FROM groups ORDER BY id"))
    all.push_back({text_of(row[0]), text_of(row[1]), text_of(row[2])});
  std::vector<std::string> names;
  for (const Group& each : all) {
    names.push_back(each.name);
    if (asked.empty() || each.name == asked || each.id == asked) named.push_back(each);
  }
  if (all.empty()) return unfit("the run made no group");
  if (named.empty())
    return unfit(
        fmt::format("--group: '{}' is no group of the run, expected {}", asked, fmt::join(names, ", ")));
  if (named.size() == 1) return named.front();
  if (asked.empty()) return unfit(fmt::format("--group is needed: the run has {}", fmt::join(names, ", ")));
  std::vector<std::string> ids;
  for (const Group& each : named) ids.push_back(each.id);
  return unfit(fmt::format("--group: {} groups are called '{}', expected an id of {}", named.size(), asked,
                           fmt::join(ids, ", ")));
}

// Its number and what it is, in words.
using Thing = std::pair<std::string, std::string>;

std::variant<Thing, StoryError> chosen_instance(const Results& db, const Group& group,
                                                const std::string& asked) {
  const auto rows = db.rows(
      "SELECT i.id, i.name, i.api_id, i.zone, i.flavor, v.joined_utc, v.left_utc FROM instances i"
      " JOIN v_instances v ON v.instance_id = i.api_id AND v.instance_name = i.name"
      " WHERE i.group_no = ?1 AND (i.api_id = ?2 OR i.name = ?2 OR i.id = CAST(nullif(?3, '') AS INTEGER))"
      " ORDER BY i.id",
      {group.number, asked, journal_number('i', asked)});
  if (rows.empty())
    return unfit(
        fmt::format("--instance: '{}' was never in group {}, expected an instance's id or name, or i0, i1 "
                    "and so on as the journal counts them",
                    asked, group.name));
  const Values& row = rows.front();
  const std::string left = row[6] ? fmt::format(", left at {}", *row[6]) : ", there to the end";
  return Thing{text_of(row[0]), fmt::format("i{} is {} ({}), in {}{}, joined at {}{}", text_of(row[0]),
                                            text_of(row[1]), text_of(row[2]), text_of(row[3]),
                                            row[4] ? " as " + *row[4] : "", text_of(row[5]), left)};
}

std::variant<Thing, StoryError> chosen_action(const Results& db, const Group& group,
                                              const std::string& asked) {
  const auto rows = db.rows(
      "SELECT a.id, a.type, a.status, a.instance_value, a.desire_value, v.start_utc, v.end_utc FROM "
      "scaling_actions a"
      " JOIN v_actions v ON v.action_id = a.api_id"
      " WHERE a.group_no = ?1 AND (a.api_id = ?2 OR a.id = CAST(nullif(?3, '') AS INTEGER))",
      {group.number, asked, journal_number('a', asked)});
  if (rows.empty())
    return unfit(fmt::format(
        "--action: '{}' is no scaling action of group {}, expected its id, or a0, a1 and so on as "
        "the journal counts them",
        asked, group.name));
  const Values& row = rows.front();
  return Thing{
      text_of(row[0]),
      fmt::format("a{} is {} from {} to {}, begun at {}, {}", text_of(row[0]), text_of(row[1]),
                  text_of(row[3]), text_of(row[4]), text_of(row[5]),
                  row[6] ? fmt::format("ended {} at {}", text_of(row[2]), *row[6]) : "still running")};
}

std::int64_t us(Time t) { return t.time_since_epoch().count(); }

std::variant<Time, StoryError> chosen_moment(const Results& db, const std::string& asked) {
  const Values run = db.rows("SELECT start_us, end_us FROM run").at(0);
  const Time start{sim::Duration{number_of(run[0])}}, end{sim::Duration{number_of(run[1])}};
  std::optional<Time> moment = api::read_moment(asked);
  if (const auto length = api::read_duration(asked)) moment = start + *length;
  const std::string expected =
      fmt::format("expected a moment from {} to {}, or a length from the start such as \"90m\"",
                  api::moment_text(start), api::moment_text(end));
  if (!moment || *moment < start || *moment > end)
    return unfit(fmt::format("--at: '{}', {}", asked, expected));
  return *moment;
}

// ---- The lines ----

constexpr const char* kLine =
    "SELECT v.time_utc, d.kind, d.words, d.sentence, d.why FROM decisions d JOIN v_decisions v ON v.line = "
    "d.line ";

StoryLine line_of(const Values& row) {
  return {text_of(row[0]), text_of(row[1]), text_of(row[2]), text_of(row[3]), text_of(row[4])};
}

std::vector<StoryLine> lines_of(const Results& db, const std::string& condition,
                                const std::vector<std::string>& parameters) {
  std::vector<StoryLine> lines;
  for (const Values& row : db.rows((kLine + condition).c_str(), parameters)) lines.push_back(line_of(row));
  return lines;
}

Situation situation_at(const Results& db, const Group& group, Time moment) {
  const std::vector<std::string> asked{group.number, std::to_string(us(moment))};
  Situation found;
  found.time = api::moment_text(moment);
  const auto last = db.rows(
      "SELECT status, desired FROM decisions WHERE group_no = ?1 AND time_us <= ?2 + 0 ORDER BY id DESC "
      "LIMIT 1",
      asked);
  found.status = last.empty() ? "not made yet" : text_of(last[0][0]);
  found.desired = last.empty() ? 0 : number_of(last[0][1]);
  for (const Values& row :
       db.rows("SELECT to_state, count(*) FROM (SELECT m.to_state, max(m.id) FROM instance_moves m JOIN "
               "instances i"
               " ON i.id = m.instance WHERE i.group_no = ?1 AND m.time_us <= ?2 + 0 GROUP BY m.instance)"
               " GROUP BY to_state",
               asked)) {
    const std::string state = text_of(row[0]);
    std::int64_t& count = state == "INSERVICE"            ? found.in_service
                          : state.starts_with("PENDING")  ? found.pending
                          : state.starts_with("REMOVING") ? found.removing
                                                          : found.standby;
    if (state != "GONE") count += number_of(row[1]);
  }
  for (const Values& row :
       db.rows("SELECT 'a' || a.id || ' (' || a.type || '), from ' || a.instance_value || ' to ' || "
               "a.desire_value ||"
               " ', since ' || v.start_utc FROM scaling_actions a JOIN v_actions v ON v.action_id = a.api_id"
               " WHERE a.group_no = ?1 AND a.start_us <= ?2 + 0 AND (a.end_us IS NULL OR a.end_us > ?2 + 0)",
               asked))
    found.action = text_of(row[0]);
  for (const Values& row :
       db.rows("SELECT json_extract(why, '$.until') FROM decisions WHERE group_no = ?1 AND kind = 'cooldown'"
               " AND time_us <= ?2 + 0 ORDER BY id DESC LIMIT 1",
               asked))
    if (const auto until = api::read_moment(text_of(row[0])); until && *until > moment)
      found.cooldown_until = text_of(row[0]);
  for (const Values& row : db.rows(
           "SELECT 'i' || instance || ' at hook ' || hook || ' until ' || deadline FROM (SELECT d.instance,"
           " json_extract(d.why, '$.hook') AS hook, json_extract(d.why, '$.step') AS step,"
           " json_extract(d.why, '$.deadline') AS deadline, max(d.id) FROM decisions d WHERE d.group_no = ?1"
           " AND d.kind = 'hook' AND d.time_us <= ?2 + 0 GROUP BY 1, 2) w WHERE step <> 'released' AND"
           " (SELECT m.to_state FROM instance_moves m WHERE m.instance = w.instance AND m.time_us <= ?2 + 0"
           " ORDER BY m.id DESC LIMIT 1) IN ('PENDING_WAIT', 'REMOVING_WAIT') ORDER BY instance, hook",
           asked))
    found.waiting.push_back(text_of(row[0]));
  return found;
}

// What was told at the last moment before it that tells anything, and since its action began.
void tell_moment(const Results& db, const Group& group, Time moment, const std::string& filter,
                 Story& story) {
  const std::vector<std::string> asked{group.number, std::to_string(us(moment))};
  story.situation = situation_at(db, group, moment);
  story.lines = lines_of(
      db,
      "WHERE d.group_no = ?1 AND d.time_us <= ?2 + 0" + filter +
          " AND d.time_us >= min((SELECT max(time_us) FROM decisions d WHERE group_no = ?1 AND"
          " time_us <= ?2 + 0" +
          filter +
          "), coalesce((SELECT start_us FROM scaling_actions WHERE group_no = ?1 AND start_us <= ?2 + 0"
          " AND (end_us IS NULL OR end_us > ?2 + 0)), 9223372036854775807)) ORDER BY d.id",
      asked);
  const auto next =
      lines_of(db, "WHERE d.group_no = ?1 AND d.time_us > ?2 + 0" + filter + " ORDER BY d.id LIMIT 1", asked);
  if (!next.empty()) story.next = next.front();
}

std::variant<Story, StoryError> tell(const Results& db, const StoryQuestion& question) {
  const auto group = chosen_group(db, question);
  if (const auto* error = std::get_if<StoryError>(&group)) return *error;
  const Group& of = std::get<Group>(group);
  Story story{text_of(db.rows("SELECT scenario_name FROM run").at(0)[0]), of.id, of.name, "", {}, {}, {}};
  std::string filter;
  const auto narrow = [&](const std::variant<Thing, StoryError>& found, const char* column) {
    const Thing& thing = std::get<Thing>(found);
    filter += fmt::format(" AND d.{} = {}", column, thing.first);
    story.about += (story.about.empty() ? "" : "\n") + thing.second;
  };
  if (!question.instance.empty()) {
    const auto found = chosen_instance(db, of, question.instance);
    if (const auto* error = std::get_if<StoryError>(&found)) return *error;
    narrow(found, "instance");
  }
  if (!question.action.empty()) {
    const auto found = chosen_action(db, of, question.action);
    if (const auto* error = std::get_if<StoryError>(&found)) return *error;
    narrow(found, "action");
  }
  if (question.at.empty()) {
    story.lines = lines_of(db, "WHERE d.group_no = ?1" + filter + " ORDER BY d.id", {of.number});
    return story;
  }
  const auto moment = chosen_moment(db, question.at);
  if (const auto* error = std::get_if<StoryError>(&moment)) return *error;
  tell_moment(db, of, std::get<Time>(moment), filter, story);
  return story;
}

// ---- Words ----

std::string line_text(const StoryLine& line) { return fmt::format("{}  {}\n", line.time, line.sentence); }

std::string situation_text(const Situation& at) {
  std::string text = fmt::format("At {}: {}, {} expected; {} in service, {} pending, {} leaving", at.time,
                                 at.status, at.desired, at.in_service, at.pending, at.removing);
  if (at.standby > 0) text += fmt::format(", {} in standby", at.standby);
  text += fmt::format(".\nScaling action under way: {}.\n", at.action.empty() ? "none" : at.action);
  text += at.cooldown_until.empty() ? "No cooldown holds alarms back.\n"
                                    : fmt::format("Alarms are held back until {}.\n", at.cooldown_until);
  for (const std::string& each : at.waiting) text += fmt::format("Waiting: {}.\n", each);
  return text;
}

void write_line(JsonWriter& json, const StoryLine& line) {
  json.begin_object();
  json.key("time").text(line.time);
  json.key("kind");
  if (line.kind.empty())
    json.null();
  else
    json.text(line.kind);
  json.key("words").text(line.words);
  json.key("sentence").text(line.sentence);
  json.key("why").json(line.why.empty() ? "null" : line.why);
  json.end_object();
}

void write_situation(JsonWriter& json, const Situation& at) {
  const auto text_or_null = [&](const std::string& value) {
    if (value.empty())
      json.null();
    else
      json.text(value);
  };
  json.begin_object();
  json.key("time").text(at.time);
  json.key("status").text(at.status);
  json.key("desired").number(at.desired);
  json.key("in_service").number(at.in_service);
  json.key("pending").number(at.pending);
  json.key("removing").number(at.removing);
  json.key("standby").number(at.standby);
  json.key("action");
  text_or_null(at.action);
  json.key("cooldown_until");
  text_or_null(at.cooldown_until);
  json.key("waiting").begin_array();
  for (const std::string& each : at.waiting) json.text(each);
  json.end_array();
  json.end_object();
}

}  // namespace

std::variant<Story, StoryError> tell_story(const std::filesystem::path& results,
                                           const StoryQuestion& question) {
  if (auto why = refuses_reading(results)) return StoryError{true, *std::move(why)};
  try {
    return tell(Results(results), question);
  } catch (const std::runtime_error& error) {
    return StoryError{true, fmt::format("{}: cannot be read: {}", results.string(), error.what())};
  }
}

std::string story_text(const Story& story) {
  std::string text = fmt::format("group {} ({}) of {}\n", story.group_name, story.group_id, story.scenario);
  if (!story.about.empty()) text += story.about + "\n";
  if (story.situation) text += "\n" + situation_text(*story.situation);
  text += story.situation ? "\nWhat led there:\n" : "\n";
  if (story.lines.empty()) text += "nothing\n";
  for (const StoryLine& each : story.lines) text += line_text(each);
  if (story.situation) text += "\nWhat came next:\n" + (story.next ? line_text(*story.next) : "nothing\n");
  return text;
}

std::string story_json(const Story& story) {
  JsonWriter json;
  json.begin_object();
  json.key("schema_version").number(1);
  json.key("scenario").text(story.scenario);
  json.key("group_id").text(story.group_id);
  json.key("group_name").text(story.group_name);
  if (story.situation) {
    json.key("situation");
    write_situation(json, *story.situation);
  }
  json.key("decisions").begin_array();
  for (const StoryLine& each : story.lines) write_line(json, each);
  json.end_array();
  if (story.situation) {
    json.key("next");
    if (story.next)
      write_line(json, *story.next);
    else
      json.null();
  }
  json.end_object();
  return json.take();
}

}  // namespace tidepool::scenarios
