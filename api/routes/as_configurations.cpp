#include <boost/json/array.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/as_configuration_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

sim::Result<void> delete_one(const Call& call, std::string_view text) {
  if (text.empty())
    return sim::Error{ErrorCode::ConfigurationIdMissing, "expected the id of a configuration"};
  const auto id = IdText{call.cloud.seed()}.configuration(text);
  if (id == sim::none<sim::AsConfigurationId>() || call.cloud.find(id) == nullptr)
    return sim::Error{ErrorCode::ConfigurationUnknown, "no such configuration"};
  return call.cloud.submit(sim::DeleteAsConfiguration{id});
}

}  // namespace

Response create_as_configuration(const Call& call) {
  const auto command = read_create_as_configuration(call.body, call.cloud);
  if (!command) return error_response(command.error());
  const auto configuration = call.cloud.submit(*command);
  if (!configuration) return error_response(configuration.error());
  return ok({{"scaling_configuration_id", IdText{call.cloud.seed()}.text(*configuration)}});
}

// Newest first.
Response list_as_configurations(const Call& call) {
  const auto page = read_page(call.query, kListCodes);
  if (!page) return error_response(page.error());
  const auto image_text = parameter(call.query, "image_id");
  const auto image = call.cloud.region().find_image(image_text.value_or(""));

  std::vector<sim::AsConfigurationId> found;
  for (std::size_t i = call.cloud.all_configurations().size(); i-- > 0;) {
    const auto id = sim::id_at<sim::AsConfigurationId>(i);
    const sim::AsConfiguration* each = call.cloud.find(id);
    if (each == nullptr || !passes_name_filter(call.query, "scaling_configuration_name", each->name))
      continue;
    if (!image_text || each->image == image) found.push_back(id);
  }
  boost::json::array rows;
  for (const sim::AsConfigurationId each : rows_on(*page, std::span<const sim::AsConfigurationId>{found}))
    rows.push_back(write_as_configuration(call.cloud, each, call.project));
  return ok(write_list(*page, found.size(), "scaling_configurations", std::move(rows)));
}

Response get_as_configuration(const Call& call) {
  const auto configuration = configuration_in_path(call);
  if (!configuration) return error_response(configuration.error());
  return ok({{"scaling_configuration", write_as_configuration(call.cloud, *configuration, call.project)}});
}

Response delete_as_configuration(const Call& call) {
  const auto configuration = configuration_in_path(call);
  if (!configuration) return error_response(configuration.error());
  return no_content_or_error(call.cloud.submit(sim::DeleteAsConfiguration{*configuration}));
}

// Each one on its own: those that can be deleted are. The message about the others is JSON text, which one SDK in use
// takes apart to see whether a configuration was gone already.
Response delete_as_configurations(const Call& call) {
  const auto ids = read_delete_configurations(call.body, call.cloud);
  if (!ids) return error_response(ids.error());
  boost::json::array failed;
  for (const std::string& each : *ids) {
    const auto done = delete_one(call, each);
    if (!done)
      failed.push_back({{"id", each},
                        {"errorCode", sim::code_text(done.error().code)},
                        {"errorMessage", done.error().message}});
  }
  if (failed.empty()) return {204, {}};
  return error_response({ErrorCode::ConfigurationBatchDeleteFailed, to_text(failed)});
}

}  // namespace tidepool::api
