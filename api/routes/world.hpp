// World: everything that one served cloud is. Projects that never see one another, each a Cloud with a clock of its own;
// the identity service that names them; and the testbed's own calls. Pure: it has no socket, and the wall clock comes in
// with each request.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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
  JournalLines journal;
  std::map<std::string, Snapshot, std::less<>> snapshots;
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

  Tenant* find(std::string_view project_id);

 private:
  std::unique_ptr<WorldState> state_;
};

}  // namespace tidepool::api
