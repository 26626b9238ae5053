#include "api/routes/service_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "api/routes/call.hpp"
#include "api/routes/identity.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

// The word that compute and Neutron put before a message.
const char* compute_word(int status) {
  switch (status) {
    case 400: return "badRequest";
    case 404: return "itemNotFound";
    case 405: return "badMethod";
    case 409: return "conflictingRequest";
    default: return "computeFault";
  }
}

const char* neutron_word(int status) {
  switch (status) {
    case 400: return "BadRequest";
    case 404: return "NotFound";
    case 409: return "Conflict";
    default: return "HTTPMethodNotAllowed";
  }
}

// The codes of these services are many and no client looks at them: one a status is enough.
std::string numbered_code(std::string_view prefix, int status) {
  return fmt::format("{}{:04}", prefix, status);
}

object error_members(ServiceName service, int status, std::string_view given) {
  const std::string message = valid_utf8(given);
  switch (service) {
    case ServiceName::Compute:
      return {{compute_word(status), object{{"code", status}, {"message", message}}}};
    case ServiceName::Network:
      return {{"NeutronError", object{{"type", neutron_word(status)}, {"message", message}, {"detail", ""}}}};
    case ServiceName::Vpc: return {{"code", numbered_code("VPC.", status)}, {"message", message}};
    case ServiceName::Ecs:
      return {{"error", object{{"code", numbered_code("Ecs.", status)}, {"message", message}}}};
    case ServiceName::Elb:
      return {{"error_code", numbered_code("ELB.8", status)},
              {"error_msg", message},
              {"request_id", hash_text("request", {message})}};
    case ServiceName::Smn:
      return {{"code", numbered_code("SMN.0000", status)},
              {"message", message},
              {"request_id", hash_text("request", {message})}};
    case ServiceName::Image:
      return {{"error", object{{"code", numbered_code("IMG.", status)}, {"message", message}}}};
  }
  return {};
}

// Whether a row's member has the value that a query gives for it.
bool has_value(const value& member, std::string_view wanted, NameFilter names) {
  if (member.is_string()) {
    const std::string_view text{member.get_string()};
    if (names == NameFilter::AnyCase) return text.size() == wanted.size() && contains_fuzzily(text, wanted);
    return names == NameFilter::Part ? contains_fuzzily(text, wanted) : text == wanted;
  }
  if (member.is_bool()) {
    const bool says_true = wanted == "true" || wanted == "True" || wanted == "1";
    return member.get_bool() == says_true;
  }
  return !member.is_number() || to_text(member) == wanted;
}

bool passes(const Query& query, const object& row, NameFilter names) {
  return std::ranges::all_of(query, [&](const auto& each) {
    const auto* member = row.if_contains(each.first);
    if (member == nullptr || each.second.empty() || each.second == "all_granted_eps") return true;
    auto how = NameFilter::Whole;
    if (each.first == "name") how = names;
    if (each.first == "status") how = NameFilter::AnyCase;
    return has_value(*member, each.second, how);
  });
}

}  // namespace

// ---- Answers ----

Response answer(int status, const object& body) { return {status, to_text(body)}; }

Response service_error(ServiceName service, int status, std::string_view message) {
  return answer(status, error_members(service, status, message));
}

Response refused(const ServiceCall& call, const sim::Refusal& refusal) {
  int status = 400;
  if (refusal.kind == sim::RefusalKind::NotFound) status = 404;
  if (refusal.kind == sim::RefusalKind::Conflict) status = 409;
  return service_error(call.service, status, refusal.message);
}

Response no_such(const ServiceCall& call, std::string_view kind, std::string_view id) {
  return service_error(call.service, 404, fmt::format("{} {}: expected one that exists", kind, shown(id)));
}

Response no_content(const ServiceCall& call, const sim::Outcome<void>& done) {
  return done ? Response{204, {}} : refused(call, done.error());
}

Response no_tags(const ServiceCall& /*call*/) { return answer(200, {{"tags", array{}}}); }

std::string hash_uuid(std::string_view purpose, std::initializer_list<std::string_view> parts) {
  const std::string digits = hash_text(purpose, parts);
  const std::string_view all{digits};
  return fmt::format("{}-{}-4{}-8{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(13, 3),
                     all.substr(17, 3), all.substr(20));
}

// ---- Lists ----

array asked_for(const ServiceCall& call, array rows, std::string_view id_key, NameFilter names) {
  const Query& query = call.visit.target.query;
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const auto& row) { return !passes(query, row.as_object(), names); }),
             rows.end());
  if (const auto marker = parameter(query, "marker"); marker && !marker->empty()) {
    const auto last = std::ranges::find_if(rows, [&](const auto& row) {
      return row.as_object().at(id_key) == value(std::string{*marker}.c_str());
    });
    rows.erase(rows.begin(), last == rows.end() ? rows.end() : last + 1);
  }
  std::size_t limit = rows.size();
  if (const auto text = parameter(query, "limit"))
    std::from_chars(text->data(), text->data() + text->size(), limit);
  if (limit < rows.size()) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return rows;
}

// ---- Bodies ----

ServiceBody::ServiceBody(const ServiceCall& call, std::string_view wrapper) : call_(call) {
  auto parsed = parse_body(call.visit.request.body);
  if (parsed)
    members_ = std::move(*parsed);
  else
    faults_.report(parsed.error());
  whole_.emplace(members_, faults_);
  if (wrapper.empty()) {
    fields_ = whole_;
    return;
  }
  fields_ = whole_->object(wrapper);
  if (fields_) return;
  whole_->report(wrapper, kServiceBodyFault, "an object");
  fields_.emplace(empty_, faults_, std::string{wrapper});
}

std::string ServiceBody::text(std::string_view key, std::string_view otherwise) const {
  return std::string{fields_->text(key).value_or(otherwise)};
}

std::string ServiceBody::required(std::string_view key) const {
  return std::string{fields_->required_text(key, kServiceBodyFault)};
}

std::optional<std::string> ServiceBody::changed(std::string_view key) const {
  const auto given = fields_->text(key);
  return given ? std::optional{std::string{*given}} : std::nullopt;
}

bool ServiceBody::boolean(std::string_view key, bool otherwise) const {
  return fields_->boolean(key).value_or(otherwise);
}

int ServiceBody::integer(std::string_view key, int otherwise) const {
  return fields_->integer(key, kServiceBodyFault).value_or(otherwise);
}

void ServiceBody::report(std::string_view key, std::string_view expected) const {
  fields_->report(key, kServiceBodyFault, expected);
}

Response ServiceBody::refusal() const { return service_error(call_.service, 400, faults_.first().message); }

}  // namespace tidepool::api
