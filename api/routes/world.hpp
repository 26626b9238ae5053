// World: everything that one served cloud is. Projects that never see one another, each a Cloud with a clock of its own;
// the identity service that names them; and the testbed's own calls. Pure: it has no socket, and the wall clock comes in
// with each request.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/api_fault.hpp"
#include "api/routes/message.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::api {

/// How a project's clock follows the wall's.
enum class ClockMode : std::uint8_t {
  Manual,  ///< stands until it is told to move
  Scaled,  ///< runs at `speed` times the wall's pace; 1 is real time
};

struct ClockSetting {
  ClockMode mode = ClockMode::Scaled;
  std::int64_t speed_millionths = 1'000'000;  ///< Scaled only; 1 (a millionth) to 10^12 (a million times)
};

enum class AutoProjects : std::uint8_t { Off, On };

struct RecordedRequest;

/// A project that begins with a past: its cloud, and what its scenario called the things in it.
struct SeededProject {
  std::string id;  ///< 32 hexadecimal digits; empty: as if a login had named it
  std::string name, domain;
  sim::Cloud cloud;
  std::map<std::string, std::string, std::less<>> names;  ///< "web" -> the group's id
};

/// A cloud made from the text of a scenario, run to its end; or all that is wrong with the text. `seed` and `start` are
/// those of a scenario that names none.
struct ScenarioOutcome {
  std::optional<SeededProject> project;  ///< empty exactly when there are errors
  std::vector<std::string> errors;
};
using ScenarioRunner = std::function<ScenarioOutcome(std::string_view text, std::string_view project_id,
                                                     std::uint64_t seed, sim::Time start)>;

struct WorldOptions {
  sim::Region region;  ///< of each project that is made on first use
  sim::Behaviour behaviour;
  sim::Time start{};  ///< of each project's clock
  std::uint64_t seed = 1;
  ClockSetting clock;
  AutoProjects auto_projects = AutoProjects::On;
  std::map<std::string, std::string>
      access_keys;            ///< access key -> secret; empty: signatures are not checked
  bool behind_tls = false;    ///< clients speak https: links say so
  std::string version = "0";  ///< what /_tidepool/v1/version says
  /// The cloud file behind all of this, as JSON; what a session file repeats. Empty: there was none.
  std::string cloud_text = {};
  ScenarioRunner run_scenario = {};  ///< empty: projects can't be made from scenarios
  /// Recorded requests and answers that are kept in memory, in bytes; beyond, nothing is kept any more.
  std::size_t recording_limit = std::size_t{64} << 20U;
  /// Gets each request once it is answered.
  std::function<void(const RecordedRequest&)> on_recorded = {};
};

/// The journal lines of a project that are kept: the latest ones. The first kept one has the number `first`.
struct JournalLines {
  std::uint64_t first = 1;
  std::deque<std::string> lines;

  std::uint64_t next() const { return first + lines.size(); }
};

/// A project as it was when somebody asked to keep it.
struct Snapshot {
  sim::Cloud cloud;
  JournalLines journal;
  std::vector<ApiFault> api_faults;
};

/// One project: a whole separate cloud.
struct Tenant {
  std::string id;    ///< 32 hexadecimal digits
  std::string name;  ///< "eu-de_fake"
  std::string domain;
  sim::Cloud cloud;
  ClockSetting clock;
  std::int64_t wall_us = 0;          ///< where the wall clock stood when this clock was last brought up to it
  sim::Duration owed{};              ///< what the wall granted and the clock has not run through yet
  std::int64_t owed_millionths = 0;  ///< and parts of a microsecond
  JournalLines journal = {};
  std::map<std::string, Snapshot, std::less<>> snapshots = {};
  std::vector<ApiFault> api_faults = {};
  std::optional<sim::Cloud> seeded = {};  ///< what a reset goes back to; empty: an empty cloud
  std::map<std::string, std::string, std::less<>> names = {};  ///< of a scenario's things: ids
};

struct WorldState;

class World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(World&&) noexcept;
  World& operator=(World&&) noexcept;

  /// Answers one request. `wall_us`: the wall clock, in microseconds since 1970, never running backwards. Never throws.
  Response handle(const Request& request, std::int64_t wall_us);

  /// A project that is there from the beginning. There must be none of its id.
  void add_project(SeededProject project);
  Tenant* find(std::string_view project_id);

 private:
  std::unique_ptr<WorldState> state_;
};

}  // namespace tidepool::api
