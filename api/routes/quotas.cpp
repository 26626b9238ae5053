#include "api/routes/handlers.hpp"
#include "api/wire/quota_json.hpp"

namespace tidepool::api {

Response get_quotas(const Call& call) { return ok(write_quotas(call.cloud)); }

Response get_quotas_of_group(const Call& call) {
  const auto group = group_in_path(call);
  return group ? ok(write_quotas(call.cloud, *group)) : error_response(group.error());
}

}  // namespace tidepool::api
