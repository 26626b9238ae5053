#include "scenarios/report_page.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "scenarios/json_writer.hpp"
#include "scenarios/metric_direction.hpp"
#include "scenarios/report_data.hpp"
#include "scenarios/result_store.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;

// A `<` in JSON stands in texts only. Without any, no text can end the script element that the data lies in.
std::string safe_in_script(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char each : json)
    if (each == '<')
      out += "\\u003c";
    else
      out += each;
  return out;
}

// The page with each `{{name}}` replaced by what `part` says it is.
template <class Part>
std::string filled(std::string_view page, const Part& part) {
  std::string out;
  for (std::size_t open = 0; (open = page.find("{{")) != std::string_view::npos;) {
    const std::size_t close = page.find("}}", open);
    out += page.substr(0, open);
    out += part(page.substr(open + 2, close - open - 2));
    page.remove_prefix(close + 2);
  }
  return out += page;
}

void write_metrics(JsonWriter& json) {
  json.key("metrics").begin_object();
  for (const sim::ReportMetric& each : sim::report_metrics()) {
    json.key(each.name).begin_object();
    json.key("unit").text(each.unit);
    json.key("meaning").text(each.meaning);
    json.key("better").text(word_for(direction_of(each.name).better));
    json.key("judges").boolean(direction_of(each.name).judges);
    json.end_object();
  }
  json.end_object();
}

std::string page_data(const Program& program, std::span<const fs::path> results,
                      std::string_view comparison) {
  JsonWriter json(JsonLayout::Compact);
  json.begin_object();
  json.key("program").begin_object();
  json.key("version").text(program.version);
  json.key("commit").text(program.commit);
  json.end_object();
  write_metrics(json);
  json.key("comparison");
  if (comparison.empty())
    json.null();
  else
    json.json(comparison);
  json.key("runs").begin_array();
  for (const fs::path& each : results) {
    try {
      write_report_data(json, each);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("{}: cannot be read: {}", each.string(), error.what()));
    }
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace

std::variant<std::string, ReportError> report_page(const Program& program, std::span<const fs::path> results,
                                                   std::string_view comparison) {
  for (const fs::path& each : results)
    if (auto refusal = refuses_reading(each)) return ReportError{*std::move(refusal)};
  try {
    const std::string data = safe_in_script(page_data(program, results, comparison));
    return filled(report_file("page.html"), [&](std::string_view name) {
      return name == "data" ? std::string_view(data) : report_file(name);
    });
  } catch (const std::runtime_error& error) {
    return ReportError{error.what()};
  }
}

}  // namespace tidepool::scenarios
