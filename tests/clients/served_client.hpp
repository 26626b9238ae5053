// A client that is logged in to a server of its own, with the clock moved where it would sleep.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/clients/connection.hpp"
#include "tests/clients/login.hpp"
#include "tests/clients/served_program.hpp"

namespace tidepool::clients {

class ServedClient {
 public:
  explicit ServedClient(std::vector<std::string> arguments = at_a_standstill());

  /// Any call; {name} is put into target and body. The body of its answer.
  std::string send(std::string_view method, std::string_view target, int status, std::string_view body = {});
  /// A call of the first edition about the project.
  std::string call(std::string_view method, std::string_view path, int status, std::string_view body = {});
  boost::json::value get(std::string_view path) { return parsed(call("GET", path, 200)); }
  /// A call of the testbed about the project.
  boost::json::value testbed(std::string_view method, std::string_view path, int status,
                             std::string_view body = {});

  /// Keeps a text of an answer as {name}.
  void keep(std::string_view name, std::string_view body, std::string_view place);
  Names& names() { return names_; }

  void sleep(std::string_view duration);
  /// Members of {g} in that state; all when it is empty.
  std::int64_t members(std::string_view state = {});
  /// Asks each second until there are so many in service; as a client polls.
  void wait_for(std::int64_t in_service);
  /// A member of the group {g}, as JSON.
  std::string group(std::string_view member);
  /// Makes a configuration and keeps it as {c}.
  void create_configuration();

  ServedProgram& program() { return program_; }

 private:
  ServedProgram program_;
  Connection connection_;
  Names names_;
};

}  // namespace tidepool::clients
