// Faults of the calls themselves: kind "api_error" among the faults of a project.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "api/routes/api_fault.hpp"
#include "api/routes/router.hpp"
#include "api/routes/testbed_call.hpp"
#include "api/wire/duration_text.hpp"

namespace tidepool::api {
namespace {

constexpr std::string_view kIdBegin = "api-";
constexpr std::string_view kDefaultCode = "AS.0001";  // Internal failure; any other is to be named.
constexpr std::int64_t kMostRequests = 1'000'000'000;
constexpr auto kLongestLatency = std::chrono::minutes{10};

// ---- Reading ----

void read_operation(const Fields& body, ApiFault& fault) {
  const auto name = body.text("operation");
  if (!name) return;
  fault.operation = *name;
  const auto fits = [&](const Operation& each) { return each.name == *name; };
  if (std::ranges::none_of(operations(), fits))
    body.report("operation", kBodyFault,
                R"(the name of an operation of the service, such as "create_as_group")");
}

void read_calls(const Fields& body, ApiFault& fault) {
  read_operation(body, fault);
  fault.method = body.text("method").value_or("");
  fault.path_prefix = body.text("path_prefix").value_or("");
  if (!fault.path_prefix.empty() && !fault.path_prefix.starts_with('/'))
    body.report("path_prefix", kBodyFault, R"(the beginning of a path, such as "/v2.0/")");
  if (!fault.operation.empty() && (!fault.method.empty() || !fault.path_prefix.empty()))
    body.report("operation", kBodyFault, "either an operation, or method and path_prefix");
}

std::int64_t requests_in(const Fields& body, std::string_view key) {
  constexpr const char* kExpected = "1 to 1000000000";
  const std::int64_t count = body.integer(key, kBodyFault, kExpected).value_or(1);
  if (count < 1 || count > kMostRequests) body.report(key, kBodyFault, kExpected);
  return count;
}

void read_choice(const Fields& body, ApiFault& fault) {
  using enum ApiFault::Choice;
  int given = 0;
  if (body.has("first")) {
    ++given;
    fault.choice = First;
    fault.number = requests_in(body, "first");
  }
  if (body.has("every")) {
    ++given;
    fault.choice = Every;
    fault.number = requests_in(body, "every");
  }
  if (body.has("probability")) {
    ++given;
    fault.choice = Probability;
    fault.number = millionths_in(body, "probability", 0, 1'000'000).value_or(0);
  }
  if (given > 1) body.report("first", kBodyFault, "one of first, every and probability, or none of them");
  fault.number = std::max<std::int64_t>(fault.number, fault.choice == Probability ? 0 : 1);
}

void read_harm(const Fields& body, ApiFault& fault) {
  fault.status = body.integer("status", kBodyFault, "400 to 599");
  if (fault.status && (*fault.status < 400 || *fault.status > 599))
    body.report("status", kBodyFault, "400 to 599");
  fault.code = body.text("code").value_or(kDefaultCode);
  fault.message = body.text("message").value_or("a declared fault of the testbed");
  if (!fault.status)
    for (const char* key : {"code", "message"})
      if (body.has(key)) body.report(key, kBodyFault, "a status beside it");
  const auto latency = duration_in(body, "latency").value_or(sim::Duration::zero());
  if (latency > kLongestLatency) body.report("latency", kBodyFault, "at most 10m");
  fault.latency_us = latency.count();
  fault.reset = body.boolean("reset").value_or(false);
  fault.takes_effect = body.boolean("takes_effect").value_or(false);
  if (!fault.status && !fault.reset && latency == sim::Duration::zero())
    body.report("status", kBodyFault, "status, latency or reset, or several of them");
}

// ---- Writing ----

std::string state_of(const ApiFault& fault, sim::Time now) {
  if (fault.ended || fault.until <= now) return "over";
  return fault.from > now ? "pending" : "active";
}

void add_choice(const ApiFault& fault, boost::json::object& out) {
  using enum ApiFault::Choice;
  if (fault.choice == First) out.emplace("first", fault.number);
  if (fault.choice == Every) out.emplace("every", fault.number);
  if (fault.choice == Probability) out.emplace("probability", number(fault.number));
}

boost::json::object written(const Tenant& tenant, std::size_t index) {
  const ApiFault& fault = tenant.api_faults[index];
  boost::json::object out{{"id", fmt::format("{}{}", kIdBegin, index)},
                          {"kind", kApiError},
                          {"state", state_of(fault, tenant.cloud.now())},
                          {"from", moment_text(fault.from)},
                          {"until", nullptr}};
  if (fault.until != sim::kNever) out["until"] = moment_text(fault.until);
  if (!fault.operation.empty()) out.emplace("operation", fault.operation);
  if (!fault.method.empty()) out.emplace("method", fault.method);
  if (!fault.path_prefix.empty()) out.emplace("path_prefix", fault.path_prefix);
  add_choice(fault, out);
  if (fault.status) {
    out.emplace("status", *fault.status);
    out.emplace("code", fault.code);
    out.emplace("message", fault.message);
  }
  if (fault.latency_us != 0) out.emplace("latency", duration_text(sim::Duration{fault.latency_us}));
  if (fault.reset) out.emplace("reset", true);
  if (fault.takes_effect) out.emplace("takes_effect", true);
  out.emplace("seen", fault.seen);
  out.emplace("struck", fault.struck);
  return out;
}

}  // namespace

void list_api_faults(const Tenant& tenant, boost::json::array& out) {
  for (std::size_t i = 0; i < tenant.api_faults.size(); ++i) out.push_back(written(tenant, i));
}

Response add_api_fault(const TestbedCall& call, const Fields& body) {
  body.expect_only({"kind", "operation", "method", "path_prefix", "from", "until", "duration", "first",
                    "every", "probability", "status", "code", "message", "latency", "reset", "takes_effect"});
  ApiFault fault;
  const Span span = span_in(body, call.tenant.cloud.now());
  fault.from = span.from;
  fault.until = span.until;
  read_calls(body, fault);
  read_choice(body, fault);
  read_harm(body, fault);
  if (body.faults().any()) return testbed_error(TestbedError::Invalid, body.faults().first().message);
  call.tenant.api_faults.push_back(std::move(fault));
  return testbed_answer(201, written(call.tenant, call.tenant.api_faults.size() - 1));
}

std::optional<Response> end_api_fault(const TestbedCall& call) {
  if (!call.name.starts_with(kIdBegin)) return std::nullopt;
  const std::string_view digits = call.name.substr(kIdBegin.size());
  std::size_t index = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() ||
      index >= call.tenant.api_faults.size())
    return std::nullopt;
  call.tenant.api_faults[index].ended = true;
  return testbed_answer(200, written(call.tenant, index));
}

}  // namespace tidepool::api
