#include "tests/clients/login.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

namespace tidepool::clients {
namespace {

std::string id_in(Connection& connection, const Names& names, std::string_view target,
                  std::string_view pointer) {
  const Reply reply =
      connection.exchange("GET", filled(target, names), {}, {{"X-Auth-Token", names.at("token")}});
  INFO(target << " -> " << reply.status << " " << reply.body);
  REQUIRE(reply.status == 200);
  return text_at(parsed(reply.body), pointer);
}

}  // namespace

Names log_in(Connection& connection, std::string_view project) {
  const std::string body = fmt::format(
      R"({{"auth":{{"identity":{{"methods":["password"],"password":{{"user":{{"domain":{{"name":"D"}},)"
      R"("name":"user","password":"pw"}}}}}},"scope":{{"project":{{"domain":{{"name":"D"}},"name":"{}"}}}}}}}})",
      project);
  const Reply reply =
      connection.exchange("POST", "/v3/auth/tokens", body, {{"Content-Type", "application/json"}});
  REQUIRE(reply.status == 201);
  Names names{{"token", reply.header("X-Subject-Token")},
              {"p", text_at(parsed(reply.body), "token/project/id")}};
  names["vpc"] = id_in(connection, names, "/v1/{p}/vpcs", "vpcs/0/id");
  names["subnet"] = id_in(connection, names, "/v1/{p}/subnets", "subnets/0/id");
  names["security_group"] = id_in(connection, names, "/v2.1/{p}/os-security-groups", "security_groups/0/id");
  names["image"] = id_in(connection, names, "/image/v2/cloudimages", "images/0/id");
  return names;
}

std::string filled(std::string_view text, const Names& names) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out.append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const auto known = close == std::string_view::npos ? names.end() : names.find(text.substr(1, close - 1));
    if (known == names.end()) {
      out += '{';
      text.remove_prefix(1);
    } else {
      out += known->second;
      text.remove_prefix(close + 1);
    }
  }
  return out;
}

boost::json::value parsed(std::string_view body) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse({body.data(), body.size()}, failed);
  INFO(body);
  REQUIRE_FALSE(failed);
  return value;
}

std::string text_at(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code failed;
  const auto* found = value.find_pointer(fmt::format("/{}", pointer), failed);
  CAPTURE(pointer);
  REQUIRE(found != nullptr);
  REQUIRE(found->is_string());
  return std::string(found->get_string());
}

}  // namespace tidepool::clients
