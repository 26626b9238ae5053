// The identity service, by what the clients were seen to send.
#include "api/routes/identity.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>
#include <map>

#include "api/routes/access.hpp"
#include "api/routes/sha256.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

constexpr std::string_view kUserOfD = R"({"domain": {"name": "D"}, "name": "user", "password": "pw"})";
constexpr std::string_view kFake = R"({"project": {"domain": {"name": "D"}, "name": "eu-de_fake"}})";

std::string scope_text(const boost::json::value& answer) {
  const auto& token = answer.at("token").as_object();
  const char* kind = token.contains("project") ? "project" : "domain";
  REQUIRE(token.contains(std::string_view{kind} == "project" ? "domain" : "project") == false);
  return fmt::format("{} {}", kind, std::string{token.at(kind).at("name").as_string()});
}

Response log_in(WorldClient& client, std::string_view body) {
  return client.send("POST", "/v3/auth/tokens", body);
}

// Address by type of a catalog.
std::map<std::string, std::string> addresses(const boost::json::value& catalog) {
  std::map<std::string, std::string> found;
  for (const auto& each : catalog.as_array()) {
    CHECK(each.at("name") == each.at("type"));
    for (const char* key : {"id", "endpoints"}) CHECK(each.as_object().contains(key));
    const auto& endpoint = each.at("endpoints").as_array().at(0);
    CHECK(endpoint.at("interface") == "public");
    CHECK(endpoint.at("region") == "eu-de");
    CHECK(endpoint.at("region_id") == "eu-de");
    found.emplace(each.at("type").as_string(), endpoint.at("url").as_string());
  }
  return found;
}

}  // namespace

TEST_CASE("each recorded way to log in is answered 201 with a token for what was asked", "[identity]") {
  struct Row {
    const char *why, *user, *scope, *scoped;
  };
  const auto row = GENERATE(values<Row>({
      {"names", R"({"domain":{"name":"D"},"name":"user","password":"pw"})",
       R"({"project":{"domain":{"name":"D"},"name":"eu-de_fake"}})", "project eu-de_fake"},
      {"a project id", R"({"domain":{"name":"D"},"name":"user","password":"pw"})",
       R"({"project":{"id":"0123456789abcdef0123456789abcdef"}})", "project eu-de_01234567"},
      {"a user id", R"({"id":"0123","password":"pw"})",
       R"({"project":{"domain":{"name":"D"},"name":"eu-de_fake"}})", "project eu-de_fake"},
      {"domain ids", R"({"domain":{"id":"d1"},"name":"user","password":"pw"})",
       R"({"project":{"domain":{"id":"d1"},"name":"eu-de_fake"}})", "project eu-de_fake"},
      {"no domain in the scope", R"({"domain":{"name":"D"},"name":"user","password":"pw"})",
       R"({"project":{"name":"eu-de_fake"}})", "project eu-de_fake"},
      {"a scope for a domain by name", R"({"domain":{"name":"D"},"name":"user","password":"pw"})",
       R"({"domain":{"name":"D"}})", "domain D"},
      {"a scope for a domain by id", R"({"domain":{"name":"D"},"name":"user","password":"pw"})",
       R"({"domain":{"id":"d2"}})", "domain d2"},
      {"no scope", R"({"domain":{"name":"D"},"name":"user","password":"pw"})", "", "domain D"},
  }));
  CAPTURE(row.why);
  WorldClient client;
  const Response response = log_in(client, login_body(row.user, row.scope));
  REQUIRE(response.status == 201);
  CHECK(!header_of(response, "X-Subject-Token").empty());
  CHECK(scope_text(json_of(response)) == row.scoped);
}

TEST_CASE("a token's answer has the shape that clients read", "[identity]") {
  WorldClient client;
  const auto answer = json_of(log_in(client, login_body(kUserOfD, kFake)));
  const auto& token = answer.at("token").as_object();
  CHECK(at(answer, "token/methods") == boost::json::array{"password"});
  CHECK(token.at("expires_at") == "2099-01-01T00:00:00.000000Z");
  CHECK(at(answer, "token/user/name") == "user");
  CHECK(at(answer, "token/user/domain/name") == "D");
  CHECK(at(answer, "token/project/domain") == at(answer, "token/user/domain"));
  CHECK(at(answer, "token/project/id").as_string().size() == 32);
  CHECK(at(answer, "token/roles/0/name") == "te_admin");
}

TEST_CASE("a name means the same project however it is written, and in every world", "[identity]") {
  WorldClient client, other;
  const std::string id = client.project_id();
  struct Row {
    const char *why, *scope;
  };
  const auto row = GENERATE(values<Row>({
      {"no domain", R"({"project":{"name":"eu-de_fake"}})"},
      {"the CLI's domain", R"({"project":{"domain":{"id":"default"},"name":"eu-de_fake"}})"},
      {"the domain's name", R"({"project":{"domain":{"name":"D"},"name":"eu-de_fake"}})"},
  }));
  CAPTURE(row.why);
  CHECK(at(json_of(log_in(other, login_body(kUserOfD, row.scope))), "token/project/id") == as_json(id));
  CHECK(other.project_id("eu-de_other") != id);
}

TEST_CASE("the same names in another domain are another project", "[identity]") {
  WorldClient client;
  const auto elsewhere = json_of(log_in(client, login_body(R"({"domain":{"name":"E"},"name":"user"})",
                                                           R"({"project":{"name":"eu-de_fake"}})")));
  CHECK(at(elsewhere, "token/project/id") != as_json(client.project_id()));
}

TEST_CASE("a token is exchanged for one with another scope", "[identity]") {
  WorldClient client;
  const std::string body = fmt::format(
      R"({{"auth":{{"identity":{{"methods":["token"],"token":{{"id":"{}"}}}},"scope":{{"domain":{{"name":"D"}}}}}}}})",
      client.log_in());
  const Response response = log_in(client, body);
  REQUIRE(response.status == 201);
  CHECK(scope_text(json_of(response)) == "domain D");
  CHECK(at(json_of(response), "token/user/name") == "user");
}

TEST_CASE("a second factor and an assumed role are taken as they come", "[identity]") {
  WorldClient client;
  const Response factor = log_in(client, R"({"auth":{"identity":{"methods":["password","totp"],
    "password":{"user":{"name":"user","domain":{"name":"D"},"password":"pw"}},
    "totp":{"user":{"id":"u","passcode":"123456"}}},"scope":{"project":{"name":"eu-de_fake"}}}})");
  CHECK(factor.status == 201);
  const Response role =
      client.send("POST", "/v3/auth/tokens", R"({"auth":{"identity":{"methods":["assume_role"],
    "assume_role":{"domain_name":"E","xrole_name":"agency"}},"scope":{"project":{"name":"eu-de_fake"}}}})",
                  {{"X-Auth-Token", client.log_in()}});
  REQUIRE(role.status == 201);
  CHECK(at(json_of(role), "token/project/domain/name") == "E");
  CHECK(at(json_of(role), "token/user/name") == "user");
}

TEST_CASE("a login that can't be read is 400 in the identity service's form, and names the place",
          "[identity]") {
  struct Row {
    const char *body, *ending, *names;
  };
  const auto row = GENERATE(values<Row>({
      {"", "400 Bad Request", "body"},
      {"[]", "400 Bad Request", ""},
      {"{}", "400 Bad Request", "auth"},
      {R"({"auth":{}})", "400 Bad Request", "auth.identity"},
      {R"({"auth":{"identity":{"methods":[]}}})", "400 Bad Request", "auth.identity.methods"},
      {R"({"auth":{"identity":{"methods":["password"]}}})", "400 Bad Request", "auth.identity.password"},
      {R"({"auth":{"identity":{"methods":["password"],"password":{}}}})", "400 Bad Request",
       "auth.identity.password.user"},
      {R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":7}}}}})", "400 Bad Request",
       "auth.identity.password.user.name"},
      {R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u"}}},"scope":{"project":{}}}})",
       "400 Bad Request", "auth.scope.project.name"},
      {R"({"auth":{"identity":{"methods":["saml2"]}}})", "401 Unauthorized", "auth.identity.methods"},
      {R"({"auth":{"identity":{"methods":["token"],"token":{"id":"stale"}}}})", "401 Unauthorized",
       "auth.identity.token.id"},
      {R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u"}}},"scope":{"project":{"id":"x"}}}})",
       "401 Unauthorized", "auth.scope.project.id"},
  }));
  CAPTURE(row.body);
  WorldClient client;
  const Response response = log_in(client, row.body);
  CHECK(ending(response) == row.ending);
  CHECK(at(json_of(response), "error/code") == response.status);
  CHECK(message_of(response).find(row.names) != std::string::npos);
}

TEST_CASE("the catalog has the one form of each address that all clients can use", "[identity]") {
  WorldClient client;
  const auto answer = json_of(log_in(client, login_body(kUserOfD, kFake)));
  const std::string p = client.project_id(), b = fmt::format("http://{}", kHost);
  const std::map<std::string, std::string> expected{
      {"asv1", b + "/autoscaling-api/v1/" + p},
      {"as", b + "/autoscaling-api/v1/" + p},
      {"identity", b + "/v3"},
      {"compute", b + "/v2.1/" + p},
      {"ecs", b + "/v1/" + p},
      {"network", b},
      {"vpc", b + "/v1/" + p},
      {"eip", b + "/v1/" + p},
      {"image", b + "/image"},
      {"volumev2", b + "/evs/v2/" + p},
      {"smnv2", b + "/v2/" + p},
      {"smn", b + "/v2/" + p},
      {"elb", b},
      {"elbv3", b + "/v3/" + p},
      {"ces", b + "/V1.0/" + p},
  };
  CHECK(addresses(at(answer, "token/catalog")) == expected);
  const Response again = client.send("GET", "/v3/auth/catalog", {}, {{"X-Auth-Token", client.log_in()}});
  CHECK(addresses(json_of(again).at("catalog")) == expected);
}

TEST_CASE("an account for a domain still gets a catalog", "[identity]") {
  WorldClient client;
  const auto answer = json_of(log_in(client, login_body(kUserOfD, R"({"domain":{"name":"D"}})")));
  CHECK(addresses(at(answer, "token/catalog")).contains("identity"));
  CHECK(!addresses(at(answer, "token/catalog")).contains("asv1"));
}

TEST_CASE("a project of another region than the world's finds its services under both", "[identity]") {
  WorldClient client;
  const auto answer = json_of(log_in(client, login_body(kUserOfD, R"({"project":{"name":"eu-nl_fake"}})")));
  const auto& endpoints = at(answer, "token/catalog/1/endpoints").as_array();
  REQUIRE(endpoints.size() == 2);
  CHECK(endpoints[0].at("region") == "eu-de");
  CHECK(endpoints[1].at("region") == "eu-nl");
}

TEST_CASE("a ready token is shown with its header, which clients take over", "[identity]") {
  WorldClient client;
  const std::string token = client.log_in();
  const Response response =
      client.send("GET", "/v3/auth/tokens", {}, {{"x-auth-token", token}, {"X-Subject-Token", token}});
  REQUIRE(response.status == 200);
  CHECK(header_of(response, "X-Subject-Token") == token);
  CHECK(at(json_of(response), "token/project/name") == "eu-de_fake");
  CHECK(ending(client.send("GET", "/v3/auth/tokens")) == "401 Unauthorized");
  CHECK(ending(client.send("GET", "/v3/auth/tokens", {}, {{"X-Auth-Token", token}})) == "400 Bad Request");
  CHECK(ending(client.send("GET", "/v3/auth/tokens", {},
                           {{"X-Auth-Token", token}, {"X-Subject-Token", "other"}})) == "404 Not Found");
}

TEST_CASE("tokens are the same text each time, and good in a world that began again", "[identity]") {
  WorldClient client, reborn;
  const std::string token = client.log_in();
  CHECK(client.log_in() == token);
  const Response response =
      reborn.send("GET", fmt::format("/autoscaling-api/v1/{}/scaling_group", client.project_id()), {},
                  {{"X-Auth-Token", token}});
  CHECK(response.status == 200);
  CHECK(reborn.world.find(client.project_id())->name == "eu-de_fake");
}

TEST_CASE("a token keeps names of any bytes apart", "[identity]") {
  const Account account{"u.1", "a.b%", "d/ü", "", "0123456789abcdef0123456789abcdef", "p\n", ""};
  const auto read = read_token(write_token(account, 7), 7);
  REQUIRE(read);
  CHECK(read->user_id == account.user_id);
  CHECK(read->user == account.user);
  CHECK(read->domain_id == account.domain_id);
  CHECK(read->domain.empty());
  CHECK(read->project == account.project);
  CHECK(!read_token(write_token(account, 7), 8));
}

TEST_CASE("the version documents tell each service's versions", "[identity]") {
  WorldClient client;
  const Response root = client.send("GET", "/");
  CHECK(root.status == 300);
  CHECK(at(json_of(root), "versions/values/0/id") == "v3.6");
  CHECK(at(json_of(root), "versions/values/0/links/0/href") == as_json(fmt::format("http://{}/v3/", kHost)));
  for (const char* path : {"/v3", "/v3/"}) {
    const Response v3 = client.send("GET", path);
    CHECK(v3.status == 200);
    CHECK(at(json_of(v3), "version/id") == "v3.6");
  }
  const auto nova = json_of(client.send("GET", "/v2.1"));
  CHECK(at(nova, "version/id") == "v2.1");
  CHECK(at(json_of(client.send("GET", "/v2.0")), "version/id") == "v2.0");
  const Response images = client.send("GET", "/image");
  CHECK(images.status == 300);
  CHECK(at(json_of(images), "versions/0/links/0/href") == as_json(fmt::format("http://{}/image/v2/", kHost)));
  CHECK(at(nova, "version/version") == "2.79");
  CHECK(at(nova, "version/min_version") == "2.1");
}

TEST_CASE("a version of Auto Scaling is told at the root and below the service's name", "[identity]") {
  WorldClient client;
  const boost::json::object link{{"rel", "self"},
                                 {"href", fmt::format("http://{}/autoscaling-api/v2/", kHost)}};
  const boost::json::object version{{"id", "v2"},
                                    {"links", boost::json::array{link}},
                                    {"min_version", ""},
                                    {"status", "SUPPORTED"},
                                    {"updated", "2018-03-30T00:00:00Z"},
                                    {"version", ""}};
  for (const char* path : {"/v2", "/v2/", "/autoscaling-api/v2"}) {
    CAPTURE(path);
    CHECK(json_of(client.send("GET", path)).at("version") == version);
  }
  const auto list = json_of(client.send("GET", "/autoscaling-api"));
  REQUIRE(list.at("versions").as_array().size() == 2);
  CHECK(at(list, "versions/0/status") == "CURRENT");
  CHECK(json_of(client.send("GET", "/autoscaling-api/")) == list);
  CHECK(outcome(client.send("GET", "/v9")) == "404 AS.0033");
  CHECK(outcome(client.send("GET", "/autoscaling-api/v3")) == "404 AS.0033");
}

TEST_CASE("a host of the service's own name lists the service's versions at the root", "[identity]") {
  WorldClient client;
  const std::vector<Header> headers{{"Host", "as.eu-de.example"}};
  const Response root = client.world.handle({"GET", "/", {}, headers}, kWall);
  CHECK(root.status == 200);
  CHECK(at(json_of(root), "versions/0/links/0/href") == "http://as.eu-de.example/autoscaling-api/v1/");
}

// ---- Signed requests ----

namespace {

constexpr const char* kAnySignature =
    "SDK-HMAC-SHA256 Credential=AK/20260101///sdk_request, SignedHeaders=accept;host;user-agent;x-sdk-date, "
    "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("a client with an access key finds project, domain and catalog without a token", "[identity]") {
  WorldClient client;
  const WorldClient::Headers key{{"Authorization", kAnySignature}, {"X-Sdk-Date", "20260101T000000Z"}};
  const auto projects = json_of(client.send("GET", "/v3/projects?name=eu-de_fake", {}, key));
  CHECK(json_of(client.send("GET", "/v3/projects?name=eu-de_fake", {}, key)) == projects);
  REQUIRE(projects.at("projects").as_array().size() == 1);
  CHECK(at(projects, "projects/0/name") == "eu-de_fake");
  CHECK(at(projects, "projects/0/enabled") == true);
  CHECK(projects.at("links").is_object());
  const auto domains = json_of(client.send("GET", "/v3/auth/domains?name=D", {}, key));
  CHECK(at(domains, "domains/0/name") == "D");

  auto of_domain = key;
  of_domain.emplace_back("X-Domain-Id", at(domains, "domains/0/id").as_string());
  const auto catalog = json_of(client.send("GET", "/v3/auth/catalog", {}, of_domain)).at("catalog");
  const std::string p{at(projects, "projects/0/id").as_string()};
  CHECK(addresses(catalog).at("asv1") == fmt::format("http://{}/autoscaling-api/v1/{}", kHost, p));
  CHECK(client.send("GET", fmt::format("/autoscaling-api/v1/{}/scaling_group", p), {}, key).status == 200);
}

TEST_CASE("a project that was named by a login is found by an access key", "[identity]") {
  WorldClient client;
  const std::string id = client.project_id();
  const auto projects =
      json_of(client.send("GET", "/v3/projects?name=eu-de_fake", {}, {{"Authorization", kAnySignature}}));
  CHECK(at(projects, "projects/0/id") == as_json(id));
}

TEST_CASE("SHA-256 and HMAC give the digests of their standards' examples", "[identity]") {
  CHECK(hexadecimal(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hexadecimal(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hexadecimal(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hexadecimal(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(hexadecimal(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hexadecimal(hmac_sha256(std::string(131, '\xaa'),
                                "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace tidepool::api
