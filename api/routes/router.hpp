// The router: one table of method, path and handler, and the way in from a request to its answer.
#pragma once

#include <span>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/target.hpp"
#include "sim/cloud/cloud.hpp"

namespace tidepool::api {

/// The project that a request must be for. 32 hexadecimal characters.
struct Project {
  std::string_view id;
  sim::Cloud& cloud;
};

/// Answers one request at the cloud's present time. Never throws; what can't be answered is an error response.
Response handle(const Request& request, const Project& project);
/// The same when the target has been read already.
Response handle(const Request& request, const Target& target, const Project& project);

/// One supported operation, for listings.
struct Operation {
  std::string_view method;
  std::string_view path;     ///< with {names} in place of ids
  std::string_view summary;  ///< what it does, in a few words
  std::string_view name;     ///< what faults call it: "create_as_group"
};
std::span<const Operation> operations();
/// The operation that a request names; null when there is none.
const Operation* operation_of(std::string_view method, const Target& target);

}  // namespace tidepool::api
