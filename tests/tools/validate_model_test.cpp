// tidepool validate-model, as one starts it.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/shell.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::tools {
namespace {

namespace json = boost::json;
using namespace support;
using Catch::Contains;
using Catch::StartsWith;

Ended tidepool(const std::string& arguments) {
  const TemporaryFolder folder;
  return shell(folder, "tidepool validate-model " + arguments);
}

}  // namespace

TEST_CASE("models with known answers are played and met, and the table says so", "[cli]") {
  const Ended ended =
      tidepool("--mmck lambda=2,c=3,k=3 --growth gap=6,step=3,action=60,cooldown=300 --customers 20000");
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out,
             StartsWith("| model | measure | reference | estimate | +- | customers | verdict |\n"));
  CHECK_THAT(ended.out, Contains("| M/M/3/3 lambda=2 mu=1 | blocking | 0.2105263158 |") &&
                            Contains("| time (s) | 420 | 420 | exact, 0 |  | ok |") &&
                            Contains("\n6 of 6 measures met\n"));
  CHECK(tidepool("--mmck lambda=2,c=3,k=3 --growth gap=6,step=3,action=60,cooldown=300 --customers 20000 "
                 "--threads 3")
            .out == ended.out);
}

TEST_CASE("the table of known models comes as a JSON document, too", "[cli]") {
  const Ended ended = tidepool("--md1 lambda=0.5 --customers 20000 --replications 5 --seed 7 --json");
  CHECK(ended.code == 0);
  const json::object document = json::parse(ended.out).as_object();
  CHECK(document.at("replications") == 5);
  const json::object& first = document.at("measures").at(0).as_object();
  CHECK(first.at("measure") == "mean wait");
  CHECK(first.at("reference").to_number<double>() == Approx(0.5));
  CHECK(first.at("verdict") == "ok");
  CHECK(first.contains("half_width"));
}

TEST_CASE("slips in models with known answers are named", "[cli]") {
  struct Row {
    const char *arguments, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"--mmc lambda=1", "tidepool: --mmc: missing c (servers)\n"},
      {"--mmc lambda=1,c=1", "--mmc: load 1 on 1 server(s), expected less than there are"},
      {"--mmcc lambda=1", "unknown option '--mmcc'; did you mean '--mmc'?"},
      {"--replications 1", "--replications: 1, expected 2 to 1000"},
      {"--seed x", "--seed: x, expected 0 to 18446744073709551615"},
      {"mmc", "unexpected argument 'mmc'"},
  }));
  CAPTURE(row.arguments);
  const Ended ended = tidepool(row.arguments);
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Contains(row.message));
}

}  // namespace tidepool::tools
