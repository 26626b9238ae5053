#include "scenarios/known_models.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model_check.hpp"

namespace tidepool::scenarios {
namespace {

const ModelKind& kind(std::string_view name) {
  const auto& all = model_kinds();
  const auto found = std::ranges::find(all, name, &ModelKind::name);
  REQUIRE(found != all.end());
  return *found;
}

std::string refusal(std::string_view name, std::string_view text) {
  const auto read = read_model(kind(name), text);
  return read ? "none" : read.error().message;
}

std::vector<CheckedMeasure> checked(std::string_view name, std::string_view text,
                                    const CheckOptions& options = {}) {
  const auto experiment = read_model(kind(name), text);
  REQUIRE(experiment.has_value());
  return check(*experiment, options);
}

void check_all_met(const std::vector<CheckedMeasure>& rows) {
  for (const CheckedMeasure& each : rows) {
    CAPTURE(each.model, each.measure, each.reference, each.estimate, each.half_width);
    CHECK(each.verdict == CheckVerdict::Ok);
  }
}

}  // namespace

TEST_CASE("Student's t against tables", "[known_models]") {
  CHECK(student_t(19, 0.999) == Approx(3.883406).epsilon(1e-6));
  CHECK(student_t(19, 0.95) == Approx(2.093024).epsilon(1e-6));
  CHECK(student_t(1, 0.95) == Approx(12.7062).epsilon(1e-5));
  CHECK(student_t(1000, 0.95) == Approx(1.962339).epsilon(1e-6));
}

TEST_CASE("queues meet their closed forms within the interval of short runs", "[known_models]") {
  struct Row {
    const char *kind, *text;
  };
  const auto row = GENERATE(values<Row>({{"mmc", "lambda=8,mu=1,c=10"},
                                         {"mmc", "lambda=300,mu=500,c=1"},
                                         {"mmc", "lambda=0.07,mu=0.01,c=12"},
                                         {"mmck", "lambda=2,mu=1,c=3,k=3"},
                                         {"mmck", "lambda=9,mu=2,c=4,k=9"},
                                         {"mg1", "lambda=0.5,mean=1,cv2=2"},
                                         {"mu1", "lambda=0.8,low=0.5,high=1.5"},
                                         {"mdc", "lambda=0.8"},
                                         {"mdc", "lambda=12,d=0.25,c=4"},
                                         {"erlang-a", "lambda=8,mu=1,c=10,theta=1"},
                                         {"erlang-a", "lambda=30,mu=2,c=12,theta=0.5"},
                                         {"setup", "lambda=0.5,mu=1,k=1,alpha=0.1"},
                                         {"setup", "lambda=8,mu=1,k=10,alpha=0.5"},
                                         {"sizing", "lambda=20,mu=1,t=0.2,share=0.1"},
                                         {"repair", "n=10,c=10,lambda=0.1,mu=1"},
                                         {"repair", "n=6,c=2,lambda=1,mu=2"},
                                         {"mtminf", "mean=100,swing=60,period=24,mu=1"}}));
  CheckOptions options;
  options.customers = 50'000;
  check_all_met(checked(row.kind, row.text, options));
}

TEST_CASE("groups meet their closed forms", "[known_models]") {
  struct Row {
    const char *kind, *text;
  };
  const auto row = GENERATE(values<Row>({{"availability", "mtbf=10h,check=300s,boot=96.9s"},
                                         {"availability", "mtbf=5h,check=1m,boot=10m"},
                                         {"fluid-step", "rate=150,n=10,n_after=20,delay=396.9"},
                                         {"fluid-step", "before=20,rate=90,n=3,n_after=5,each=20,delay=100"},
                                         {"fluid-step", "before=5,rate=33,n=10,n_after=40,each=1,delay=50"},
                                         {"ramp", "rate=0.02,delay=396.9,length=3600"},
                                         {"ramp", "rate=0.1,delay=60,boot=44.2,length=1800"},
                                         {"growth", "gap=6,step=1,action=60,cooldown=300"},
                                         {"growth", "gap=6,step=3,action=60,cooldown=300"},
                                         {"growth", "gap=50,step=5,action=97,cooldown=900"},
                                         {"growth", "gap=7,step=2,action=30,cooldown=0"}}));
  CheckOptions options;
  options.customers = 100;
  check_all_met(checked(row.kind, row.text, options));
}

TEST_CASE("runs grow until the interval is narrow, and do not depend on the threads", "[known_models]") {
  CheckOptions options;
  options.threads = 1;
  const auto alone = checked("mmck", "lambda=2,mu=1,c=3,k=3", options);
  options.threads = 3;
  const auto together = checked("mmck", "lambda=2,mu=1,c=3,k=3", options);
  REQUIRE(alone.size() == together.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    CHECK(alone[i].estimate == together[i].estimate);
    CHECK(alone[i].half_width == together[i].half_width);
    CHECK(alone[i].half_width < 0.01 * alone[i].reference);
  }
  check_all_met(alone);
}

TEST_CASE("a model that is not the one of the formula is found out", "[known_models]") {
  const auto right = read_model(kind("mdc"), "lambda=0.8");
  REQUIRE(right.has_value());
  Experiment wrong = *right;
  for (KnownMeasure& each : wrong.measures) each.reference *= 1.03;
  const auto rows = check(wrong, {});
  CHECK(std::ranges::all_of(rows, [](const auto& each) { return each.verdict == CheckVerdict::Missed; }));
  CheckOptions short_runs;
  short_runs.most_customers = 100'000;
  CHECK(check(*right, short_runs).front().verdict == CheckVerdict::Wide);
}

TEST_CASE("what cannot be read names the model, the parameter, its value and what is expected",
          "[known_models]") {
  CHECK(refusal("mmc", "lambda=8,mu=1,c=10") == "none");
  CHECK(refusal("mmc", "lambda=8,mu=1") == "--mmc: missing c (servers)");
  CHECK(refusal("mmc", "lambda=8,servers=10") ==
        "--mmc: unknown parameter 'servers', expected lambda, mu, c, tail");
  CHECK(refusal("mmc", "lambda=0,c=1") == "--mmc: lambda: '0', expected a number, more than 0 to 1e+12");
  CHECK(refusal("mmc", "lambda=1,c=1.5") == "--mmc: c: '1.5', expected a whole number, 1 to 100000");
  CHECK(refusal("mmc", "lambda=1,c=2,c=3") == "--mmc: c is given twice, expected once");
  CHECK(refusal("mmc", "lambda") == "--mmc: 'lambda', expected NAME=VALUE");
  CHECK(refusal("mmc", "lambda=nan,c=1") == "--mmc: lambda: 'nan', expected a number, more than 0 to 1e+12");
  CHECK(refusal("mmc", "lambda=8,mu=1,c=8") ==
        "--mmc: load 8 on 8 server(s), expected less than there are: it has no steady state");
  CHECK(refusal("mmck", "lambda=1,c=3,k=2") == "--mmck: k: 2, expected c or more, 3");
  CHECK(refusal("fluid-step", "rate=150,n=10,n_after=20,delay=1e9") ==
        "--fluid-step: delay: too long, expected at most 1e7 s and 1e8 requests until the backlog is gone");
  CHECK(refusal("sizing", "lambda=1e9") == "--sizing: load 1e+09, expected at most 10000");
  CHECK(refusal("availability", "mtbf=720h,check=2m,boot=1") ==
        "--availability: check: 120 s, expected 10, 60, 300, 900, 3600 or 10800 s");
}

TEST_CASE("the list that is played by default can be read", "[known_models]") {
  for (const DefaultModel& each : default_models()) CHECK(refusal(each.kind, each.text) == "none");
}

}  // namespace tidepool::scenarios
