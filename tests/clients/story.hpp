// Golden exchanges: files of requests and the answers they must get, told one after the other as one story.
//
//     # What the reader should know.
//     >>> POST /autoscaling-api/v1/{p}/scaling_group
//     X-Auth-Token: {token}
//
//     {"scaling_group_name": "web-tier"}
//     <<< 200
//     Content-Type: application/json;charset=UTF-8
//
//     {"scaling_group_id":"{group}"}
//     === group scaling_group_id
//
// {name} stands for a value that is known by then: of the login, or saved by a `===` line from an earlier answer
// (or from the same one, so that the ids in answers are readable). `<<< 200 ...` tells the status only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/clients/connection.hpp"
#include "tests/clients/login.hpp"

namespace tidepool::clients {

struct Exchange {
  std::string comment;         ///< lines that begin with #, as they stand
  std::string method, target;  ///< of the request, with names
  Headers headers;             ///< likewise
  std::string body;            ///< likewise, without its last line end
  std::string expected;        ///< what follows <<<: status, headers, an empty line, the body
  std::vector<std::pair<std::string, std::string>> saves;  ///< name, and place in the answer's body
};

std::vector<Exchange> read_exchanges(std::string_view text);
std::string write_exchanges(const std::vector<Exchange>& exchanges);

/// Sends one request. Answers what must stand after <<<, and saves what is to be saved.
std::string play(const Exchange& exchange, Connection& connection, Names& names);

}  // namespace tidepool::clients
