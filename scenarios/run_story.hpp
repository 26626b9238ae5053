// The story of a group out of a result file: what was decided, and why, in plain sentences.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tidepool::scenarios {

struct StoryQuestion {
  std::string
      group;  ///< its name or id; may be empty where the run has one only, or instance or action tell it
  std::string instance;  ///< empty: all. Its id, its name, or what the journal calls it, "i3"
  std::string action;    ///< empty: all. Its id, or what the journal calls it, "a7"
  std::string at;        ///< empty: the whole run. A moment, or a length from the start of the run
};

struct StoryLine {
  std::string time, kind, words, sentence;  ///< `kind` and `why` are empty where the words say it all
  std::string why;                          ///< JSON
};

/// How the group stood at a moment.
struct Situation {
  std::string time;
  std::string status;
  std::int64_t desired = 0, in_service = 0, pending = 0, removing = 0, standby = 0;
  std::string action;                ///< under way, in words; empty: none
  std::string cooldown_until;        ///< empty: alarms are not held back
  std::vector<std::string> waiting;  ///< what instances wait for
};

struct Story {
  std::string scenario, group_id, group_name;
  std::string about;                   ///< of an instance or action, in words
  std::optional<Situation> situation;  ///< where a moment was asked for
  std::vector<StoryLine> lines;  ///< with a moment: what was decided last before it, and while its action ran
  std::optional<StoryLine> next;  ///< with a moment: the first decision after it
};

struct StoryError {
  bool of_file = false;  ///< the file is at fault, not the question
  std::string message;   ///< names the file or the part of the question, and what was expected
};

std::variant<Story, StoryError> tell_story(const std::filesystem::path& results,
                                           const StoryQuestion& question);

std::string story_text(const Story& story);
std::string story_json(const Story& story);

}  // namespace tidepool::scenarios
