// What the handlers of the services around Auto Scaling are given, and what they share: lists, bodies, and the form in which
// each service says no.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/routes/world_state.hpp"
#include "api/wire/fields.hpp"
#include "sim/model/service_command.hpp"

namespace tidepool::api {

/// Who answers; each has its own form of errors.
enum class ServiceName : std::uint8_t { Compute, Network, Vpc, Ecs, Elb, Smn, Image };

/// One request that has found its handler.
struct ServiceCall {
  const Visit& visit;
  Tenant& tenant;
  PathTexts path;
  ServiceName service;

  sim::Cloud& cloud() const { return tenant.cloud; }
  const sim::Region& region() const { return tenant.cloud.region(); }
  /// A variable segment of the path.
  const std::string& text(std::string_view name) const { return path.at(name); }
};

/// `path` has {project_id} where the service's paths have the project's id.
struct ServiceRoute {
  std::string_view method, path;
  std::string_view summary;  ///< what it does, in a few words
  Response (*handler)(const ServiceCall&);
};

struct Service {
  ServiceName name;
  std::span<const ServiceRoute> routes;
};

// One file each: vpc.cpp, neutron.cpp, ...
Service vpc_service();
Service eip_service();
Service bandwidth_service();
Service neutron_service();
Service neutron_router_service();
Service nova_service();
Service ecs_service();
Service elb_v2_service();
Service elb_v3_service();
Service elb_v2_pool_service();
Service elb_v3_pool_service();
Service smn_service();
Service image_service();

// ---- Answers ----

Response answer(int status, const boost::json::object& body);
/// An error as the service writes it; clients show its message.
Response service_error(ServiceName service, int status, std::string_view message);
Response refused(const ServiceCall& call, const sim::Refusal& refusal);
/// "{kind} {id}: expected one that exists", 404.
Response no_such(const ServiceCall& call, std::string_view kind, std::string_view id);
/// 204, or the refusal.
Response no_content(const ServiceCall& call, const sim::Outcome<void>& done);
/// {"tags": []}: no tags are kept here.
Response no_tags(const ServiceCall& call);

/// As hash_text, in the form of a UUID: ids of what the model does not number.
std::string hash_uuid(std::string_view purpose, std::initializer_list<std::string_view> parts);

// ---- Lists ----

enum class NameFilter : std::uint8_t { Whole, Part, AnyCase };

/// The rows that the query asks for: those whose members have the values that it names, after the marker, up to the limit.
/// What is no member of a row filters nothing.
boost::json::array asked_for(const ServiceCall& call, boost::json::array rows, std::string_view id_key = "id",
                             NameFilter names = NameFilter::Whole);

// ---- Bodies ----

/// A body of one object, {"server": {...}}, and the first thing that is wrong with it.
class ServiceBody {
 public:
  /// `wrapper` is the member that holds the object; "" when the body itself is it.
  ServiceBody(const ServiceCall& call, std::string_view wrapper);
  ~ServiceBody() = default;
  ServiceBody(const ServiceBody&) = delete;
  ServiceBody(ServiceBody&&) = delete;
  ServiceBody& operator=(const ServiceBody&) = delete;
  ServiceBody& operator=(ServiceBody&&) = delete;

  // Typed members as Fields has them; texts live as long as this.
  const Fields& fields() const { return *fields_; }
  std::string text(std::string_view key, std::string_view otherwise = {}) const;
  std::string required(std::string_view key) const;
  std::optional<std::string> changed(std::string_view key) const;
  bool boolean(std::string_view key, bool otherwise) const;
  int integer(std::string_view key, int otherwise) const;
  /// "{key} {value}: {expected}"
  void report(std::string_view key, std::string_view expected) const;

  bool is_wrong() const { return faults_.any(); }
  /// 400 with what was found first. Only when is_wrong().
  Response refusal() const;

 private:
  const ServiceCall& call_;
  boost::json::object members_, empty_;
  Faults faults_;
  std::optional<Fields> whole_, fields_;
};

inline constexpr sim::ErrorCode kServiceBodyFault = sim::ErrorCode::BodyInvalid;

}  // namespace tidepool::api
