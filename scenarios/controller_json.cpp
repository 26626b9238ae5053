#include "scenarios/controller_json.hpp"

#include "scenarios/json_reader.hpp"
#include "scenarios/json_writer.hpp"
#include "sim/model/journal.hpp"

namespace tidepool::scenarios {

std::string observation_json(std::string_view group, const sim::Observation& seen) {
  JsonWriter json;
  json.begin_object();
  json.key("group").text(group);
  json.key("time").text(sim::utc_seconds(seen.time));
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

std::variant<sim::Wish, std::string> read_wish(std::string_view answer) {
  constexpr std::int64_t kMost = 1'000'000;
  Complaints complaints{"answer"};
  const auto root = parse_json(answer, complaints);
  sim::Wish wish;
  if (root) {
    Section section(Field(*root, "", complaints));
    section.need({"size"});
    wish.size = static_cast<int>(section.integer("size", 0, kMost).value_or(0));
    if (const auto most = section.integer("max", 0, kMost)) wish.most = static_cast<int>(*most);
    section.refuse_others();
  }
  if (complaints.any()) return complaints.take().front();
  return wish;
}

}  // namespace tidepool::scenarios
