// Recording: the requests that a world was sent, with what it answered, so that all of it can happen again.
//
// A world is a function of its options and of its requests with their moments. A session file holds both: what is written
// here, `scenarios/session.hpp` reads and plays.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/message.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::api {

struct WorldOptions;
struct WorldState;

struct RecordedRequest {
  std::int64_t wall_us = 0;  ///< microseconds since 1970
  std::string project;       ///< id of the project that it was about; empty: of none
  sim::Time at{};            ///< that project's clock when it was answered; none without a cloud
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> headers;
  Response response;
  std::string
      fingerprint;  ///< of that project's journal, with the request's effects; empty: it has no cloud yet
};

/// As a session file has it, on one line. Texts that are no UTF-8 are in base64, under names that say so.
boost::json::object written(const RecordedRequest& request);
/// The `session` member: everything but the requests that the world is a function of.
boost::json::object session_head(const WorldOptions& options);
/// A whole session file with the requests that the project's state follows from: its own and those of the projects that it
/// was forked from, and what was asked of no project in particular.
std::string session_of(const WorldState& world, std::string_view project_id);

/// Bytes as base64 (RFC 4648) and back; empty for what is no base64.
std::string base64(std::string_view bytes);
std::string from_base64(std::string_view text);

}  // namespace tidepool::api
