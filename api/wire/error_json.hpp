// Refusals as clients see them: HTTP status and body.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/model/behaviour.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// 400 but for the few codes that the service pairs with another one. Source: AS API reference, "Error Codes".
int http_status(sim::ErrorCode code);

/// {"error":{"code":"AS.2004","message":"..."}}. Always valid JSON, whatever bytes the message holds.
std::string error_body(const sim::Error& error);

/// The answer to an id in a path that names nothing: AS.0007 (404), or `when_400` by the knob unknown_id.
/// `field` is the path's own word ("scaling_group_id"), `text` what the client put there.
sim::Error unknown_path_id(const sim::Behaviour& behaviour, sim::ErrorCode when_400, std::string_view field,
                           std::string_view text);

/// A failed batch with its offenders in the message, as the service does: "{id}: AS.4015 {reason}; {id}: ...".
/// `ids` are the texts of the request's list; an error without offenders stays as it is.
sim::Error with_offenders_named(sim::Error error, std::span<const std::string_view> ids);

}  // namespace tidepool::api
