#include "api/wire/error_json.hpp"

#include <fmt/format.h>

#include <cassert>
#include <iterator>

#include "api/wire/fields.hpp"

namespace tidepool::api {

int http_status(sim::ErrorCode code) {
  // By number: some of these are raised by no rule of the model, so they have no name there.
  switch (static_cast<int>(code)) {
    case 1: return 500;   // system error
    case 5: return 401;   // no token
    case 6: return 401;   // bad token
    case 7: return 404;   // no such resource
    case 11: return 403;  // not allowed
    case 33: return 404;  // no such version of the API
    case 49: return 500;  // the identity service failed
    default: return 400;
  }
}

std::string error_body(const sim::Error& error) {
  boost::json::object inner;
  inner.emplace("code", sim::code_text(error.code));
  inner.emplace("message", valid_utf8(error.message));
  boost::json::object outer;
  outer.emplace("error", std::move(inner));
  return to_text(outer);
}

sim::Error unknown_path_id(const sim::Behaviour& behaviour, sim::ErrorCode when_400, std::string_view field,
                           std::string_view text) {
  const bool not_found = behaviour.unknown_id == sim::UnknownId::NotFound404;
  return {not_found ? sim::ErrorCode::ResourceNotFound : when_400,
          fmt::format("{} {}: expected the id of one that exists", field, shown(text))};
}

sim::Error with_offenders_named(sim::Error error, std::span<const std::string_view> ids) {
  if (error.offenders.empty()) return error;
  std::string message;
  for (const sim::Offender& each : error.offenders) {
    assert(each.index < ids.size());
    if (!message.empty()) message += "; ";
    fmt::format_to(std::back_inserter(message), "{}: {} {}", ids[each.index], sim::code_text(each.code),
                   each.reason);
  }
  error.message = std::move(message);
  return error;
}

}  // namespace tidepool::api
