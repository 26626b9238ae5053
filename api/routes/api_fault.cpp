#include "api/routes/api_fault.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "api/routes/router.hpp"
#include "sim/engine/rng.hpp"

namespace tidepool::api {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

bool is_about(const ApiFault& fault, const Request& request, const Target& target, sim::Time now) {
  if (fault.ended || now < fault.from || now >= fault.until) return false;
  if (!fault.method.empty() && fault.method != request.method) return false;
  if (!request.target.starts_with(fault.path_prefix)) return false;
  if (fault.operation.empty()) return true;
  const Operation* operation = operation_of(request.method, target);
  return operation != nullptr && operation->name == fault.operation;
}

bool chosen(const ApiFault& fault, std::uint64_t seed, std::size_t number) {
  const auto count = static_cast<std::uint64_t>(fault.number);
  switch (fault.choice) {
    case ApiFault::Choice::All: return true;
    case ApiFault::Choice::First: return fault.seen <= count;
    case ApiFault::Choice::Every: return fault.seen % count == 0;
    case ApiFault::Choice::Probability:
      // A stream for each request, so that what else happens moves no draw.
      return sim::Rng(seed, fmt::format("api_fault/{}/{}", number, fault.seen)).uniform_int(1, kMillion) <=
             fault.number;
  }
  return false;
}

std::string body_of(const ApiFault& fault) {
  return boost::json::serialize(
      boost::json::object{{"error", {{"code", fault.code}, {"message", fault.message}}}});
}

}  // namespace

bool strikes(ApiFault& fault, const Request& request, const Target& target, sim::Time now, std::uint64_t seed,
             std::size_t number) {
  if (!is_about(fault, request, target, now)) return false;
  ++fault.seen;
  if (!chosen(fault, seed, number)) return false;
  ++fault.struck;
  return true;
}

Response failure_response(const ApiFault& fault) { return {fault.status.value_or(500), body_of(fault)}; }

}  // namespace tidepool::api
