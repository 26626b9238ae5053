#include "sim/model/region.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

namespace tidepool::sim {
namespace {

// Two of everything, so that the first of a table can't be mistaken for the one asked for. The texts differ from
// table to table: a lookup in the wrong one finds nothing.
Region a_region() {
  Region region;
  region.zones = {{"eu-de-01", {}}, {"eu-de-02", {}}};
  region.flavors.resize(2);
  region.flavors[0].name = "s3.medium.1";
  region.flavors[0].zones = {id_at<ZoneId>(0), id_at<ZoneId>(1)};
  region.flavors[1].name = "s3.large.2";
  region.flavors[1].zones = {id_at<ZoneId>(1)};
  region.images = {{"image-a", 4}, {"image-b", 8}};
  region.key_pairs = {{"key-a"}, {"key-b"}};
  region.vpcs = {{"vpc-a"}, {"vpc-b"}};
  region.subnets = {{"subnet-a", id_at<VpcId>(0), false}, {"subnet-b", id_at<VpcId>(1), true}};
  region.security_groups = {{"group-a"}, {"group-b"}};
  region.listeners = {{"listener-a", id_at<VpcId>(0)}, {"listener-b", id_at<VpcId>(1)}};
  region.pools = {{"pool-a", id_at<VpcId>(0)}, {"pool-b", id_at<VpcId>(1)}};
  region.servers.resize(2);
  region.servers[0].id = "server-a";
  region.servers[1].id = "server-b";
  region.servers[1].name = "by hand";
  region.enterprise_projects = {"0", "project-b"};
  return region;
}

// The place in a table, or -1 for none: one type for all lookups.
template <class Id>
int number(Id id) {
  return id == none<Id>() ? -1 : static_cast<int>(id);
}

TEST_CASE("a lookup gives the place of the text in its table and none for other text", "[region]") {
  using Find = int (*)(const Region&, std::string_view);
  struct Row {
    const char *first, *second;
    Find find;
  };
  const auto row = GENERATE(values<Row>({
      {"eu-de-01", "eu-de-02", [](const Region& r, std::string_view t) { return number(r.find_zone(t)); }},
      {"s3.medium.1", "s3.large.2",
       [](const Region& r, std::string_view t) { return number(r.find_flavor(t)); }},
      {"image-a", "image-b", [](const Region& r, std::string_view t) { return number(r.find_image(t)); }},
      {"vpc-a", "vpc-b", [](const Region& r, std::string_view t) { return number(r.find_vpc(t)); }},
      {"subnet-a", "subnet-b", [](const Region& r, std::string_view t) { return number(r.find_subnet(t)); }},
      {"group-a", "group-b",
       [](const Region& r, std::string_view t) { return number(r.find_security_group(t)); }},
      {"listener-a", "listener-b",
       [](const Region& r, std::string_view t) { return number(r.find_listener(t)); }},
      {"pool-a", "pool-b", [](const Region& r, std::string_view t) { return number(r.find_pool(t)); }},
      {"server-a", "server-b", [](const Region& r, std::string_view t) { return number(r.find_server(t)); }},
      {"0", "project-b",
       [](const Region& r, std::string_view t) { return number(r.find_enterprise_project(t)); }},
  }));
  CAPTURE(row.second);
  const Region region = a_region();
  CHECK(row.find(region, row.first) == 0);
  CHECK(row.find(region, row.second) == 1);
  CHECK(row.find(region, "") == -1);
  CHECK(row.find(region, "elsewhere") == -1);
  CHECK(row.find(region, std::string(row.second) + "x") == -1);
  CHECK(row.find(region, std::string_view(row.second).substr(1)) == -1);
  Region bare;
  bare.enterprise_projects.clear();
  CHECK(row.find(bare, row.second) == -1);
}

TEST_CASE("letters count as they are written in a lookup", "[region]") {
  CHECK(a_region().find_zone("EU-DE-01") == none<ZoneId>());
  CHECK_FALSE(a_region().has_key_pair("Key-A"));
}

TEST_CASE("of two entries with the same text the first is found", "[region]") {
  Region region = a_region();
  region.zones.push_back({"eu-de-02", {}});
  CHECK(region.find_zone("eu-de-02") == id_at<ZoneId>(1));
}

TEST_CASE("a server is found by its id and not by its name", "[region]") {
  CHECK(a_region().find_server("by hand") == none<ServerId>());
}

TEST_CASE("a region has the key pairs that it lists", "[region]") {
  CHECK(a_region().has_key_pair("key-a"));
  CHECK(a_region().has_key_pair("key-b"));
  CHECK_FALSE(a_region().has_key_pair(""));
  CHECK_FALSE(a_region().has_key_pair("key"));
  CHECK_FALSE(Region{}.has_key_pair("key-a"));
}

TEST_CASE("a zone offers the flavors that list it", "[region]") {
  const Region region = a_region();
  const auto first = id_at<ZoneId>(0), second = id_at<ZoneId>(1);
  CHECK(region.offers(first, id_at<FlavorId>(0)));
  CHECK(region.offers(second, id_at<FlavorId>(0)));
  CHECK_FALSE(region.offers(first, id_at<FlavorId>(1)));
  CHECK(region.offers(second, id_at<FlavorId>(1)));
}

TEST_CASE("a flavor that lists no zone is offered nowhere", "[region]") {
  Region region = a_region();
  region.flavors[0].zones.clear();
  CHECK_FALSE(region.offers(id_at<ZoneId>(0), id_at<FlavorId>(0)));
}

TEST_CASE("an id that was found leads back to what it was found by", "[region]") {
  const Region region = a_region();
  CHECK(region.zone(region.find_zone("eu-de-02")).name == "eu-de-02");
  CHECK(region.flavor(region.find_flavor("s3.large.2")).name == "s3.large.2");
  CHECK(region.subnet(region.find_subnet("subnet-b")).ipv6);
  CHECK(region.pool(region.find_pool("pool-b")).id == "pool-b");
  CHECK(region.listener(region.find_listener("listener-b")).id == "listener-b");
  CHECK(region.server(region.find_server("server-b")).name == "by hand");
}

TEST_CASE("a region knows the default enterprise project unless told otherwise", "[region]") {
  CHECK(Region{}.find_enterprise_project("0") == id_at<EnterpriseProjectId>(0));
}

}  // namespace
}  // namespace tidepool::sim
