// Debian's own `openstack` command, unmodified, against a served port.
#include <fmt/format.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>

#include "tests/clients/login.hpp"
#include "tests/clients/served_program.hpp"

namespace tidepool::clients {
namespace {

struct Said {
  int status = -1;
  std::string out;
};

Said run(const std::string& command) {
  Said said;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> space;
  while (const std::size_t count = fread(space.data(), 1, space.size(), pipe))
    said.out.append(space.data(), count);
  said.status = pclose(pipe);
  return said;
}

class OpenStack {
 public:
  explicit OpenStack(std::uint16_t port) : port_(port) {
    if (run("command -v openstack").status != 0)
      FAIL(
          "no openstack command: tools/install-deps.sh all installs python3-openstackclient, which this test "
          "drives");
  }

  /// A command's JSON. The settings are those of a shell, and nothing of this shell's is left.
  boost::json::value ask(std::string_view command) const {
    const std::string line = fmt::format(
        "env -i PATH=\"$PATH\" HOME=/nonexistent LANG=C.UTF-8 OS_AUTH_URL=http://127.0.0.1:{}/v3 "
        "OS_USERNAME=user OS_PASSWORD=pw "
        "OS_USER_DOMAIN_NAME=D OS_PROJECT_NAME=eu-de_fake OS_PROJECT_DOMAIN_NAME=D OS_REGION_NAME=eu-de "
        "OS_INTERFACE=public "
        "OS_IDENTITY_API_VERSION=3 openstack {} -f json 2>&1",
        port_, command);
    const Said said = run(line);
    INFO("openstack " << command << ": " << said.out);
    REQUIRE(said.status == 0);
    return parsed(said.out);
  }

 private:
  std::uint16_t port_;
};

}  // namespace

TEST_CASE("Debian's openstack command logs in and lists what there is", "[clients][openstackclient]") {
  const ServedProgram program(at_a_standstill());
  Connection connection(program.port());
  const Names names = log_in(connection);
  const OpenStack openstack(program.port());

  const auto token = openstack.ask("token issue");
  CHECK(text_at(token, "project_id") == names.at("p"));
  CHECK(text_at(token, "id") == names.at("token"));
  std::vector<std::string> types;
  const auto catalog = openstack.ask("catalog list");
  for (const auto& each : catalog.as_array()) types.push_back(text_at(each, "Type"));
  CHECK_THAT(types, Catch::VectorContains(std::string("as")) && Catch::VectorContains(std::string("asv1")));
  CHECK(openstack.ask("server list").as_array().empty());
  CHECK(text_at(openstack.ask("network list"), "0/ID") == names.at("subnet"));
  CHECK(text_at(openstack.ask("flavor list"), "0/Name") == "s3.large.2");
  CHECK(text_at(openstack.ask("image list"), "0/ID") == names.at("image"));
  CHECK(text_at(openstack.ask("security group list"), "0/Name") == "default");
  CHECK(text_at(openstack.ask("keypair list"), "0/Name") == "ops-key");
}

}  // namespace tidepool::clients
