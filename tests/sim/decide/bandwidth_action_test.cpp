#include "sim/decide/bandwidth_action.hpp"

#include <catch2/catch.hpp>

namespace tidepool::sim {
namespace {

using enum PolicyOperation;

TEST_CASE("a bandwidth has the nearest size on its steps, the larger of two (VPC user guide)", "[decide]") {
  struct Row {
    int size, expected;
  };
  const auto row = GENERATE(values<Row>({{-3, 1},
                                         {0, 1},
                                         {1, 1},
                                         {299, 299},
                                         {300, 300},
                                         {301, 300},
                                         {324, 300},
                                         {325, 350},
                                         {480, 500},
                                         {1000, 1000},
                                         {1249, 1000},
                                         {1250, 1500},
                                         {3000, 2000}}));
  CAPTURE(row.size);
  CHECK(nearest_bandwidth(row.size) == row.expected);
}

TEST_CASE("what a policy makes of a bandwidth (API reference, creating an AS policy, V2)", "[decide]") {
  struct Row {
    const char* why;
    int size;
    PolicyAction action;
    int expected;
    bool refused;
  };
  const auto row = GENERATE(values<Row>({
      {"one more by default", 10, {Add, {}, {}}, 11, false},
      {"so many more", 10, {Add, 5, {}}, 15, false},
      {"up to the limit", 98, {Add, 5, {}, 100}, 100, false},
      {"at the limit nothing is left to do", 100, {Add, 5, {}, 100}, 100, true},
      {"beyond the limit it does not turn around", 120, {Add, 5, {}, 100}, 120, true},
      {"the steps are wider from 300 on", 300, {Add, 30, {}}, 350, false},
      {"half a step counts as a whole", 300, {Add, 25, {}}, 350, false},
      {"less than half a step is none", 300, {Add, 24, {}}, 300, true},
      {"a step past the limit is cut to it", 300, {Add, 40, {}, 340}, 340, false},
      {"2000 is the end", 2000, {Add, 300, {}}, 2000, true},
      {"so many less", 10, {Remove, 5, {}}, 5, false},
      {"down to the limit", 10, {Remove, 5, {}, 8}, 8, false},
      {"at the limit", 8, {Remove, 5, {}, 8}, 8, true},
      {"below the limit it does not turn around", 5, {Remove, 1, {}, 8}, 5, true},
      {"1 is the end", 3, {Remove, 300, {}}, 1, false},
      {"set", 10, {Set, 200, {}}, 200, false},
      {"set to what it is", 200, {Set, 200, {}}, 200, false},
  }));
  CAPTURE(row.why);
  const BandwidthTarget target = bandwidth_target(row.action, row.size);
  CHECK(target.size == row.expected);
  CHECK(target.refused == (row.refused ? std::optional{ErrorCode::AlreadyAtLimit} : std::nullopt));
}

}  // namespace
}  // namespace tidepool::sim
