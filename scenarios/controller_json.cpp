#include "scenarios/controller_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/json_reader.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {

std::string observation_json(const Scenario& scenario, std::string_view group, const sim::Observation& seen) {
  JsonWriter json;
  json.begin_object();
  json.key("scenario").text(scenario.name);
  json.key("seed").number(scenario.seed);
  json.key("group").text(group);
  json.key("time").text(moment_text(seen.time));
  json.key("desired").number(seen.desired);
  json.key("in_service").number(seen.in_service);
  json.key("launching").number(seen.launching);
  json.key("min").number(seen.least);
  json.key("max").number(seen.most);
  json.key("cpu_util").decimal(seen.utilisation);
  json.key("demand_per_second").decimal(seen.demand);
  json.key("queue").decimal(seen.queue);
  json.end_object();
  return json.take();
}

std::variant<std::optional<sim::Wish>, std::string> read_wish(std::string_view answer) {
  constexpr std::int64_t kMost = 1'000'000;
  Complaints complaints{"answer"};
  const auto root = parse_json(answer, complaints);
  sim::Wish wish;
  bool wishes = true;
  if (root) {
    Section section(Field(*root, "", complaints));
    section.need({"size"});
    if (const auto size = section.find("size"); size && size->is(Json::Kind::Null))
      wishes = false;
    else
      wish.size = static_cast<int>(section.integer("size", 0, kMost).value_or(0));
    if (const auto most = section.integer("max", 0, kMost)) wish.most = static_cast<int>(*most);
    section.refuse_others();
  }
  if (complaints.any()) return complaints.take().front();
  return wishes ? std::optional(wish) : std::nullopt;
}

std::optional<std::string> asks_outside(const Scenario& scenario) {
  const auto found = std::ranges::find_if(
      scenario.controllers, [](const ControllerDeclaration& each) { return !each.url.empty(); });
  if (found == scenario.controllers.end()) return std::nullopt;
  return fmt::format("{}.url: \"{}\" can't be asked here, only by 'tidepool run', 'compare' and 'whatif'",
                     found->where, found->url);
}

}  // namespace tidepool::scenarios
