// A client of the routes: sends requests to handle(), and reads answers in the short words of a test table.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "sim/cloud/cloud.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {

inline constexpr std::string_view kProject = "9f0c1d2e3b4a5968778695a4b3c2d1e0";
/// Shaped like an id, and the id of nothing.
inline constexpr std::string_view kNobody = "00000000-0000-4000-8000-000000000000";

/// One project's cloud and the way to it. Paths begin after the project: "/scaling_group".
struct Client {
  sim::Cloud cloud;

  explicit Client(sim::Cloud of = support::a_cloud()) : cloud(std::move(of)) {}

  Response get(std::string_view path);
  Response get_v2(std::string_view path);
  Response post(std::string_view path, std::string_view body);
  Response post_v2(std::string_view path, std::string_view body);
  Response put(std::string_view path, std::string_view body);
  Response put_v2(std::string_view path, std::string_view body);
  Response del(std::string_view path);
  /// `target` in full.
  Response send(std::string_view method, std::string_view target, std::string_view body = {});

  template <class Id>
  std::string text(Id id) const {
    return IdText{cloud.seed()}.text(id);
  }
  std::string text(sim::InstanceId id) const { return instance_text(cloud, id); }
};

/// "200", "204", or the status and code of a refusal: "400 AS.2005".
std::string outcome(const Response& response);
/// The body of a 200.
boost::json::value body_of(const Response& response);
/// A value deep in a JSON: at(value, "scaling_groups/0/scaling_group_name").
const boost::json::value& at(const boost::json::value& value, std::string_view pointer);
/// A text member of a 200's body: text_at(response, "scaling_group_id").
std::string text_at(const Response& response, std::string_view pointer);
/// The error's message.
std::string message_of(const Response& response);
/// One text member of each row of a list: {"web", "db"}.
std::vector<std::string> column(const Response& response, std::string_view list, std::string_view member);
/// "total_number start_number limit".
std::string envelope(const Response& response);

/// The least that creates a configuration or a group, with these members on top: minimal_group(R"("max_instance_number": 5)").
std::string minimal_configuration(std::string_view name = "conf");
std::string minimal_group(std::string_view more_members = {});

// These go through the API and must succeed. Each answers the new thing's id.
std::string create_configuration(Client& client, std::string_view name = "conf");
/// Not enabled, of a new configuration.
std::string create_group(Client& client, std::string_view more_members = {});
void resume(Client& client, std::string_view group);

}  // namespace tidepool::api
