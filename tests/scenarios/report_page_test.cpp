// The report page as a text. tests/tools/report_page_test.py looks at it in a browser.
#include "scenarios/report_page.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/routes/sha256.hpp"
#include "scenarios/load.hpp"
#include "scenarios/report_data.hpp"
#include "scenarios/result_store.hpp"
#include "scenarios/run_scenario.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Catch::Contains;

const Program kProgram{"1.2.3", "0123456789ab"};
const fs::path kSource = fs::path(TIDEPOOL_SOURCE_DIR);

fs::path results_of(const support::TemporaryFolder& folder, const std::string& scenario) {
  const LoadResult loaded = load_file(kSource / "scenarios" / (scenario + ".json"));
  REQUIRE(loaded.scenario);
  const fs::path path = folder.file(loaded.scenario->name + ".sqlite");
  REQUIRE_FALSE(save_results(path, kProgram, *loaded.scenario, run(*loaded.scenario)));
  return path;
}

std::string page_of(const std::vector<fs::path>& results) {
  auto page = report_page(kProgram, results);
  if (const auto* error = std::get_if<ReportError>(&page)) UNSCOPED_INFO(error->message);
  REQUIRE(std::holds_alternative<std::string>(page));
  return std::get<std::string>(std::move(page));
}

json::object data_in(std::string_view page) {
  constexpr std::string_view kOpen = R"(<script type="application/json" id="data">)";
  const std::size_t from = page.find(kOpen) + kOpen.size();
  return json::parse(page.substr(from, page.find("</script>", from) - from)).as_object();
}

json::object run_in(const fs::path& results) {
  return data_in(page_of({results})).at("runs").as_array().at(0).as_object();
}

double sum(const json::value& rows, std::size_t column) {
  double all = 0;
  for (const auto& row : rows.as_array()) all += row.as_array().at(column).to_number<double>();
  return all;
}

void change(const fs::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("what others made is what the list of checksums names, and what the program holds", "[report]") {
  const fs::path vendor = kSource / "scenarios/report/vendor";
  std::istringstream lines(support::read_file(vendor / "README.md"));
  std::size_t files = 0;
  for (std::string sum, name; lines >> sum;) {
    if (sum.size() != 64 || sum.find_first_not_of("0123456789abcdef") != std::string::npos) continue;
    REQUIRE(lines >> name);
    CAPTURE(name);
    const std::string text = support::read_file(vendor / name);
    CHECK(api::hexadecimal(api::sha256(text)) == sum);
    CHECK(report_file("vendor/" + name) == text);
    ++files;
  }
  CHECK(files == 3);
  for (const char* each : {"page.html", "page.css", "page.js"})
    CHECK(report_file(each) == support::read_file(kSource / "scenarios/report" / each));
  CHECK(report_file("nothing").empty());
}

TEST_CASE("a page has everything in it and forbids itself the network", "[report]") {
  const support::TemporaryFolder folder;
  const std::string page = page_of({results_of(folder, "basic/first_group")});
  CHECK_THAT(page, Contains("default-src 'none'"));
  CHECK_THAT(page, Contains(std::string(report_file("vendor/uPlot.iife.min.js"))));
  CHECK_THAT(page, Contains("Copyright (c) 2022 Leon Sorokin"));
  CHECK(page.find("{{") == page.rfind("{{"));  // In the minified library alone, if anywhere.
  for (const char* link : {"src=\"http", "href=\"http", "@import", "url(http", "<link rel=\"stylesheet"})
    CHECK_THAT(page, !Contains(link));
}

TEST_CASE("the page's numbers are the run's", "[report]") {
  const support::TemporaryFolder folder;
  const json::object run = run_in(results_of(folder, "policies/evening_peak"));
  CHECK(run.at("name").as_string() == "evening_peak");
  CHECK(run.at("seconds").to_number<double>() == 64800);
  const json::object& total = run.at("total").as_object();
  const json::object& group = run.at("groups").as_array().at(0).as_object();
  CHECK(sum(group.at("cost_by_zone"), 5) == Approx(total.at("cost").to_number<double>()));
  CHECK(sum(group.at("instances"), 7) == Approx(total.at("cost").to_number<double>()));
  const json::object& demand = group.at("demand").as_object();
  CHECK(demand.at("t").as_array().size() == 216);
  double offered = 0;
  for (const auto& each : demand.at("offered").as_array()) offered += each.to_number<double>() * 300;
  CHECK(offered == Approx(total.at("offered_units").to_number<double>()).epsilon(0.0001));
  CHECK(demand.at("capacity").as_array().at(20).to_number<double>() ==
        50 * demand.at("in_service").as_array().at(20).to_number<double>());
  CHECK(run.at("objectives").as_array().size() == 2);
  // One event for each scaling action; nothing was denied in this run.
  CHECK(group.at("events").as_array().size() ==
        static_cast<std::size_t>(total.at("scaling_actions").to_number<double>()));
  const json::object& peak = group.at("peak").as_object();
  CHECK(peak.at("until").to_number<double>() - peak.at("from").to_number<double>() == 3600);
  CHECK(peak.at("from").to_number<double>() == Approx(7.5 * 3600).margin(3600));
}

TEST_CASE("denied requests are events with their reasons", "[report]") {
  const support::TemporaryFolder folder;
  const json::object run = run_in(results_of(folder, "policies/cooldown_holds_back"));
  std::size_t denied = 0;
  for (const auto& group : run.at("groups").as_array())
    for (const auto& event : group.at("events").as_array())
      if (event.as_array().at(1).as_string() == "denied") {
        CHECK_THAT(std::string(event.as_array().at(2).as_string()), Contains("was denied, AS.0026"));
        ++denied;
      }
  CHECK(denied == 4);
}

TEST_CASE("instances by state and by zone add up, and end as the group did", "[report]") {
  const support::TemporaryFolder folder;
  const json::object run = run_in(results_of(folder, "faults/zone_outage"));
  const json::object& group = run.at("groups").as_array().at(0).as_object();
  double in_service = 0;
  for (const auto& zone : group.at("zones").at("counts").as_array())
    in_service += zone.as_array().back().to_number<double>();
  CHECK(in_service == run.at("total").at("final_instances").to_number<double>());
  CHECK(group.at("states").at("names").as_array().at(0).as_string() == "INSERVICE");
  CHECK(group.at("states").at("counts").as_array().at(0).as_array().back().to_number<double>() == in_service);
  CHECK(run.at("faults").as_array().at(0).at("kind").as_string() == "zone_outage");
}

TEST_CASE("latency is shown where the results have it", "[report]") {
  const support::TemporaryFolder folder;
  const fs::path results = results_of(folder, "basic/first_group");
  CHECK(run_in(results).at("groups").as_array().at(0).at("latency").is_null());
  const json::object group =
      run_in(results_of(folder, "policies/match_day")).at("groups").as_array().at(0).as_object();
  const json::array& middle = group.at("latency").at("p50").as_array();
  const json::array& high = group.at("latency").at("p95").as_array();
  REQUIRE(middle.size() > 400);  // A minute each, but the first two.
  REQUIRE(high.size() == middle.size());
  double worst = 0;
  for (std::size_t i = 0; i < high.size(); ++i) {
    CHECK(middle[i].to_number<double>() <= high[i].to_number<double>());
    worst = std::max(worst, high[i].to_number<double>());
  }
  CHECK(worst > 1000);
  CHECK(group.at("peak").at("worst_p95").to_number<double>() <= worst);
}

TEST_CASE("a text can't end the element that the data lies in", "[report]") {
  const support::TemporaryFolder folder;
  const fs::path results = results_of(folder, "basic/first_group");
  change(results, "UPDATE run SET scenario_name = '</script><!--<script>'");
  const std::string page = page_of({results});
  CHECK_THAT(page, !Contains("</script><!--"));
  CHECK(data_in(page).at("runs").as_array().at(0).at("name").as_string() == "</script><!--<script>");
}

TEST_CASE("the page of a run is the same each time", "[report]") {
  const support::TemporaryFolder folder;
  const fs::path results = results_of(folder, "policies/match_day");
  CHECK(page_of({results}) == page_of({results}));
}

TEST_CASE("a file that holds no results is told by name", "[report]") {
  const support::TemporaryFolder folder;
  support::write_file(folder.file("other.txt"), "no database");
  for (const char* name : {"other.txt", "missing.sqlite"}) {
    const std::vector<fs::path> results{folder.file(name)};
    const auto page = report_page(kProgram, results);
    REQUIRE(std::holds_alternative<ReportError>(page));
    CHECK_THAT(std::get<ReportError>(page).message, Contains(name));
  }
}

}  // namespace tidepool::scenarios
