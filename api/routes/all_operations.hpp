// Every call that a served cloud answers, by service, from the tables that the calls are dispatched by.
#pragma once

#include <string_view>
#include <vector>

#include "api/routes/router.hpp"

namespace tidepool::api {

struct ServiceOperations {
  std::string_view service;           ///< "Auto Scaling"
  std::vector<Operation> operations;  ///< in the order of the tables; only those of Auto Scaling have names
};
/// Auto Scaling first, then the services around it, the testbed last.
std::vector<ServiceOperations> all_operations();

/// The rows of a service's own table, which have a method, a path and a summary.
template <class Table>
std::vector<Operation> listed(const Table& routes) {
  std::vector<Operation> all;
  all.reserve(routes.size());
  for (const auto& each : routes) all.push_back({each.method, each.path, each.summary, {}});
  return all;
}

}  // namespace tidepool::api
