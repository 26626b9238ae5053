#include "api/routes/bandwidths.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "api/routes/access.hpp"
#include "api/routes/call.hpp"
#include "api/routes/identity.hpp"
#include "api/wire/bandwidth_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

Response bad_request(const sim::Error& error) { return identity_error(400, error.message); }

Response wrong_method(const Visit& visit, std::string_view expected) {
  return identity_error(405, fmt::format("method {}: expected {}", shown(visit.request.method), expected));
}

Response written(const Tenant& tenant, sim::BandwidthId id) {
  return ok({{"bandwidth", write_bandwidth(tenant.cloud, id, tenant.id)}});
}

Response list(const Tenant& tenant) {
  boost::json::array all;
  for (std::size_t i = 0; i < tenant.cloud.all_bandwidths().size(); ++i) {
    const auto id = sim::id_at<sim::BandwidthId>(i);
    if (tenant.cloud.find(id) != nullptr) all.push_back(write_bandwidth(tenant.cloud, id, tenant.id));
  }
  return ok({{"bandwidths", std::move(all)}});
}

Response answer_all(const Visit& visit, Tenant& tenant) {
  if (visit.request.method == "GET") return list(tenant);
  if (visit.request.method != "POST") return wrong_method(visit, "GET or POST");
  const auto command = read_create_bandwidth(visit.request.body, tenant.cloud);
  if (!command) return bad_request(command.error());
  const auto made = tenant.cloud.submit(*command);
  return made ? written(tenant, *made) : bad_request(made.error());
}

Response answer_one(const Visit& visit, Tenant& tenant, std::string_view text) {
  const auto id = IdText{tenant.cloud.seed()}.bandwidth(text);
  if (id == sim::none<sim::BandwidthId>() || tenant.cloud.find(id) == nullptr)
    return identity_error(404,
                          fmt::format("bandwidth_id {}: expected the id of one that exists", shown(text)));
  if (visit.request.method == "GET") return written(tenant, id);
  if (visit.request.method == "PUT") {
    const auto command = read_modify_bandwidth(visit.request.body, id, tenant.cloud);
    if (!command) return bad_request(command.error());
    const auto done = tenant.cloud.submit(*command);
    return done ? written(tenant, id) : bad_request(done.error());
  }
  if (visit.request.method != "DELETE") return wrong_method(visit, "GET, PUT or DELETE");
  const auto done = tenant.cloud.submit(sim::DeleteBandwidth{id});
  return done ? Response{204, {}} : bad_request(done.error());
}

}  // namespace

std::optional<Response> answer_bandwidths(const Visit& visit) {
  const auto& path = visit.target.segments;
  if (path.size() < 3 || path.size() > 4 || path[0] != "v1" || path[2] != "bandwidths") return std::nullopt;
  if (const auto access = check_access(visit, path[1]); !access)
    return identity_error(401, access.error().message);
  Tenant* tenant = find_or_make(visit, path[1]);
  if (tenant == nullptr)
    return identity_error(404, fmt::format("project {}: expected one that exists", shown(path[1])));
  bring_up(*tenant, visit.wall_us);
  Response response = path.size() == 3 ? answer_all(visit, *tenant) : answer_one(visit, *tenant, path[3]);
  collect_journal(*tenant);
  return response;
}

}  // namespace tidepool::api
