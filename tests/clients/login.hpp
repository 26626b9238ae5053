// What a client has after it has logged in and looked around.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>

#include "tests/clients/connection.hpp"

namespace tidepool::clients {

using Names = std::map<std::string, std::string, std::less<>>;

/// Logs in with a password to the project of that name, in domain D, and learns the ids that a group needs:
/// p (the project), token, vpc, subnet, security_group and image.
Names log_in(Connection& connection, std::string_view project = "eu-de_fake");

/// A text with each {name} of `names` put in. JSON has a blank or a quote after its braces, so it is left alone.
std::string filled(std::string_view text, const Names& names);

/// A body as JSON; fails the test when it is none.
boost::json::value parsed(std::string_view body);
/// A text at "scaling_groups/0/scaling_group_id" of a JSON; fails the test when it is not there.
std::string text_at(const boost::json::value& value, std::string_view pointer);

}  // namespace tidepool::clients
