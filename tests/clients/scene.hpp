// A world in the test's own process and requests to it in one line of text each, for tables of many.
//
//     POST v1/scaling_group {"scaling_group_name": "web", {N}}      a call of the first edition, with a body
//     group = POST v1/scaling_group {...}                           keeps the answer's first text, the id, as {group}
//     first = GET v1/scaling_group_instance/{group}/list scaling_group_instances/0/instance_id
//                                                                   keeps a text from its place in the answer
//     POST tb/clock/advance {"by": "1m"}                            a call of the testbed about the project
//     GET /v1                                                       any other path
//
// {name} puts in what was kept. Known from the beginning: p and token; C and N, what a configuration and a group need
// beside their names; conf, a configuration, and group, a disabled group of it with at most ten instances; and topic.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tests/api/routes/world_client.hpp"
#include "tests/clients/login.hpp"

namespace tidepool::clients {

/// With a clock that stands still, and an IPv6 subnet more than the cloud builder's region.
api::WorldOptions scene_options();

class Scene {
 public:
  explicit Scene(api::WorldOptions options = scene_options());

  api::Response step(std::string_view line);
  /// A step that has to succeed.
  api::Response must(std::string_view line);
  /// The body of a step that has to succeed.
  boost::json::value json(std::string_view line);
  void advance(std::string_view duration);
  /// Enables the group and lets it grow to that size, with all instances in service.
  void grow(int size);

  /// Everything that GETs tell of the project, and its journal's fingerprint: equal texts are equal states.
  std::string state();

  api::WorldClient& client() { return client_; }
  Names& names() { return names_; }

 private:
  api::WorldClient client_;
  Names names_;
};

}  // namespace tidepool::clients
