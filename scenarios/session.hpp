// Session: what a server was sent, and playing it again. The file is one JSON object that begins with "session";
// `api/routes/recording.hpp` writes it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes/recording.hpp"
#include "scenarios/served_cloud.hpp"

namespace tidepool::scenarios {

struct Session {
  ServedCloud cloud;
  std::vector<api::RecordedRequest> requests;
};

struct SessionResult {
  std::optional<Session> session;  ///< empty exactly when there are errors
  std::vector<std::string> errors;
};

/// Whether a text is a session rather than a scenario: an object whose first member is `session`.
bool is_session(std::string_view text);

/// `name` stands for the file in messages; files that its scenarios name are looked up from `folder`.
SessionResult load_session(std::string_view text, std::string_view name, const std::filesystem::path& folder);

/// A project at the end of a session.
struct ReplayedProject {
  std::string id, name;
  sim::Time now{};
  std::string fingerprint;  ///< of its journal
};

struct Replay {
  std::size_t requests = 0;
  std::vector<std::string>
      differences;            ///< the first hundred: "requests[3]: GET /x: status 200, recorded 404"
  std::size_t differing = 0;  ///< requests that were answered otherwise than recorded
  std::vector<ReplayedProject> projects;

  bool as_recorded() const { return differing == 0; }
};

/// Sends everything again, at the same moments. `journal` gets the lines of each project's journal, with the project's
/// name in front when there are several; null: nobody wants them.
Replay replay(Session session, const std::function<void(std::string_view)>& journal = nullptr);

std::string replay_text(std::string_view name, const Replay& replay);
std::string replay_json(std::string_view name, const Replay& replay);

}  // namespace tidepool::scenarios
