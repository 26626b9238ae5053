// A client of a whole World: sends requests with headers at moments of the wall clock that the test chooses.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/world.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {

inline constexpr std::string_view kHost = "127.0.0.1:8080";
/// What all test worlds' wall clocks begin with: 2026-11-25T00:00:00Z, far from the simulated time.
inline constexpr std::int64_t kWall = 1'795'564'800'000'000;
inline constexpr std::int64_t kSecond = 1'000'000;

/// The region of the cloud builder, from kStart on, at the wall's pace.
WorldOptions world_options();

struct WorldClient {
  World world{world_options()};
  std::int64_t wall_us = kWall;

  WorldClient() = default;
  explicit WorldClient(WorldOptions options) : world(std::move(options)) {}

  using Headers = std::vector<std::pair<std::string, std::string>>;
  /// Host is added.
  Response send(std::string_view method, std::string_view target, std::string_view body = {},
                const Headers& headers = {});
  /// Lets the wall clock go on.
  void wait(std::int64_t seconds) { wall_us += seconds * kSecond; }

  /// A token for a project of domain D, by name.
  std::string log_in(std::string_view project = "eu-de_fake");
  /// The project's id, by logging in.
  std::string project_id(std::string_view project = "eu-de_fake");
  /// With the project's token; `path` begins after its id, or after it has been put in the place of {p}.
  Response as_project(std::string_view method, std::string_view path, std::string_view body = {},
                      std::string_view project = "eu-de_fake");
  /// Below /_tidepool/v1, with {p} as above.
  Response testbed(std::string_view method, std::string_view path, std::string_view body = {},
                   std::string_view project = "eu-de_fake");
};

/// The JSON of an answer of any status.
boost::json::value json_of(const Response& response);
/// A text as JSON has it, for comparisons.
boost::json::value as_json(std::string_view text);
/// The value of a header; empty when there is none.
std::string header_of(const Response& response, std::string_view name);
/// "201", or status and code: "400 TP.0001", "401 Unauthorized" for the identity service's form.
std::string ending(const Response& response);

/// The body of a login with a password; `user` and `scope` are JSON texts.
std::string login_body(std::string_view user, std::string_view scope);

}  // namespace tidepool::api
