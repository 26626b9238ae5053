#include "api/routes/catalog.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <string>

#include "api/routes/versions.hpp"

namespace tidepool::api {
namespace {

struct Service {
  std::string_view type, path;  // $ stands for the project's id.
};

// Clients edit these addresses in their own ways, so each has the one form that survives them all: one replaces the first
// v1 by v2, another cuts everything behind the port, a third appends the project's id unless it is there already.
constexpr std::array kServices = std::to_array<Service>({
    {"identity", "/v3"},
    {"asv1", "/autoscaling-api/v1/$"},
    {"as", "/autoscaling-api/v1/$"},
    {"compute", "/v2.1/$"},
    {"ecs", "/v1/$"},
    {"network", ""},
    {"vpc", "/v1/$"},
    {"eip", "/v1/$"},
    {"image", "/image"},
    {"volumev2", "/evs/v2/$"},
    {"smnv2", "/v2/$"},
    {"smn", "/v2/$"},
    {"elb", ""},
    {"elbv3", "/v3/$"},
    {"ces", "/V1.0/$"},
});

boost::json::object endpoint(const Service& service, std::string_view region, std::string url) {
  return {{"id", hash_text("endpoint", {service.type, region})},
          {"interface", "public"},
          {"region", region},
          {"region_id", region},
          {"url", std::move(url)}};
}

}  // namespace

boost::json::array catalog_of(const Visit& visit, std::string_view project_id,
                              std::string_view project_name) {
  // One SDK takes the part of the project's name before the first _ for the region.
  const std::string& region = visit.world.options.region.name;
  const std::string_view own_region = project_name.substr(0, project_name.find('_'));
  const bool differs = own_region.size() < project_name.size() && !own_region.empty() && own_region != region;
  boost::json::array catalog;
  for (const Service& each : kServices) {
    std::string url = base_url(visit) + std::string{each.path};
    if (url.ends_with('$')) {
      if (project_id.empty()) continue;
      url.replace(url.size() - 1, 1, project_id);
    }
    boost::json::array endpoints{endpoint(each, region, url)};
    if (differs) endpoints.push_back(endpoint(each, own_region, url));
    catalog.push_back(boost::json::object{{"id", hash_text("service", {each.type})},
                                          {"type", each.type},
                                          {"name", each.type},
                                          {"endpoints", std::move(endpoints)}});
  }
  return catalog;
}

}  // namespace tidepool::api
