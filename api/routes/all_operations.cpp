#include "api/routes/all_operations.hpp"

#include <utility>

#include "api/routes/ces.hpp"
#include "api/routes/identity.hpp"
#include "api/routes/surroundings.hpp"
#include "api/routes/testbed.hpp"
#include "api/routes/versions.hpp"

namespace tidepool::api {

std::vector<ServiceOperations> all_operations() {
  const auto own = operations();
  std::vector<ServiceOperations> all{{"Auto Scaling", {own.begin(), own.end()}},
                                     {"Versions of the services", operations_of_versions()},
                                     {"Identity (Keystone)", operations_of_identity()},
                                     {"Cloud Eye, also below /ces", operations_of_ces()}};
  for (ServiceOperations& each : operations_of_surroundings()) all.push_back(std::move(each));
  all.push_back({"The testbed", operations_of_testbed()});
  return all;
}

}  // namespace tidepool::api
