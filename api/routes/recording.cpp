#include "api/routes/recording.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "api/routes/world_state.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

void add_text(object& out, const char* name, std::string_view text) {
  if (valid_utf8(text) == text)
    out.emplace(name, text);
  else
    out.emplace(std::string(name) + "_base64", base64(text));
}

array written(const std::vector<std::pair<std::string, std::string>>& headers) {
  array all;
  for (const auto& [name, value] : headers) {
    object header;
    add_text(header, "name", name);
    add_text(header, "value", value);
    all.push_back(std::move(header));
  }
  return all;
}

object written(const Response& response) {
  object out{{"status", response.status}};
  if (!response.headers.empty()) out.emplace("headers", written(response.headers));
  if (!response.body.empty()) add_text(out, "body", response.body);
  return out;
}

// A project and those that it was forked from, the nearest first.
std::set<std::string_view> ancestry(const WorldState& world, std::string_view project_id) {
  std::set<std::string_view> all;
  while (!project_id.empty() && all.insert(project_id).second) {
    const auto found = world.forked_from.find(project_id);
    project_id = found == world.forked_from.end() ? std::string_view{} : std::string_view{found->second};
  }
  return all;
}

bool only_looks_at_the_server(const RecordedRequest& request) {
  return request.project.empty() && request.target.starts_with("/_tidepool/");
}

}  // namespace

object written(const RecordedRequest& request) {
  object out{{"wall_us", request.wall_us}};
  if (!request.fingerprint.empty()) out.emplace("at", moment_text(request.at));
  if (!request.project.empty()) out.emplace("project", request.project);
  out.emplace("method", request.method);
  add_text(out, "target", request.target);
  if (!request.headers.empty()) out.emplace("headers", written(request.headers));
  if (!request.body.empty()) add_text(out, "body", request.body);
  out.emplace("answer", written(request.response));
  if (!request.fingerprint.empty()) out.emplace("fingerprint", request.fingerprint);
  return out;
}

object session_head(const WorldOptions& options) {
  const bool manual = options.clock.mode == ClockMode::Manual;
  object clock{{"mode", manual ? "manual" : "scaled"}};
  if (!manual) clock.emplace("speed_millionths", options.clock.speed_millionths);
  return {{"tidepool", options.version},
          {"seed", std::to_string(options.seed)},
          {"start", moment_text(options.start)},
          {"clock", std::move(clock)},
          {"auto_projects", options.auto_projects == AutoProjects::On},
          {"https", options.behind_tls},
          {"cloud", options.cloud_text.empty() ? boost::json::value(object{})
                                               : boost::json::parse(options.cloud_text)}};
}

std::string session_of(const WorldState& world, std::string_view project_id) {
  const auto all = ancestry(world, project_id);
  std::string text =
      R"({"session": )" + boost::json::serialize(session_head(world.options)) + ",\n\"requests\": [";
  const char* separator = "\n";
  for (const RecordedRequest& each : world.recorded) {
    if (only_looks_at_the_server(each) || (!each.project.empty() && !all.contains(each.project))) continue;
    text += separator + boost::json::serialize(written(each));
    separator = ",\n";
  }
  return text + "\n]}\n";
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero.
  const auto* from = static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
  auto* to = static_cast<unsigned char*>(static_cast<void*>(text.data()));
  const int length = EVP_EncodeBlock(to, from, static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 1, '\0');
  const auto* from = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
  auto* to = static_cast<unsigned char*>(static_cast<void*>(bytes.data()));
  const int length = EVP_DecodeBlock(to, from, static_cast<int>(text.size()));
  if (length < 0) return {};
  const auto padding = static_cast<std::size_t>(std::ranges::count(text, '='));
  bytes.resize(static_cast<std::size_t>(length) - std::min<std::size_t>(padding, 2));
  return bytes;
}

}  // namespace tidepool::api
