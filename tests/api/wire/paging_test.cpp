#include "api/wire/paging.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

std::string outcome(const Query& query, PageCodes codes = kListCodes) {
  const auto page = read_page(query, codes);
  return page ? std::to_string(page->start) + "+" + std::to_string(page->limit)
              : sim::code_text(page.error().code);
}

TEST_CASE("start_number is 0 or more and limit 0 to 100 with a default of 20 (AS API reference)", "[wire]") {
  struct Row {
    const char* why;
    Query query;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"neither", {}, "0+20"},
      {"both", {{"start_number", "40"}, {"limit", "5"}}, "40+5"},
      {"others are no matter", {{"scaling_group_name", "x"}}, "0+20"},
      {"no rows", {{"limit", "0"}}, "0+0"},
      {"most rows", {{"limit", "100"}}, "0+100"},
      {"too many rows", {{"limit", "101"}}, "AS.1002"},
      {"negative limit", {{"limit", "-1"}}, "AS.1002"},
      {"limit is no number", {{"limit", "ten"}}, "AS.1002"},
      {"limit is empty", {{"limit", ""}}, "AS.1002"},
      {"limit is not whole", {{"limit", "5.0"}}, "AS.1002"},
      {"limit with a blank", {{"limit", " 5"}}, "AS.1002"},
      {"limit with a sign", {{"limit", "+5"}}, "AS.1002"},
      {"huge limit", {{"limit", "99999999999999999999"}}, "AS.1002"},
      {"start has no maximum", {{"start_number", "9223372036854775807"}}, "9223372036854775807+20"},
      {"but 64 bits", {{"start_number", "9223372036854775808"}}, "AS.1001"},
      {"negative start", {{"start_number", "-1"}}, "AS.1001"},
      {"minus zero", {{"start_number", "-0"}}, "AS.1001"},
      {"start is no number", {{"start_number", "0x10"}}, "AS.1001"},
      {"start comes first", {{"start_number", "x"}, {"limit", "x"}}, "AS.1001"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(row.query) == row.expected);
}

TEST_CASE("each kind of list has its own codes for bad paging (AS API reference)", "[wire]") {
  const Query bad_start{{"start_number", "x"}}, bad_limit{{"limit", "x"}};
  CHECK(outcome(bad_start, kInstanceListCodes) == "AS.4000");
  CHECK(outcome(bad_limit, kInstanceListCodes) == "AS.4001");
  CHECK(outcome(bad_start, kActivityListCodes) == "AS.9003");
  CHECK(outcome(bad_limit, kActivityListCodes) == "AS.9004");
  CHECK(outcome(bad_start, kExecutionListCodes) == "AS.9008");
  CHECK(outcome(bad_limit, kExecutionListCodes) == "AS.9009");
}

TEST_CASE("a page is a stretch of the rows, empty past their end", "[wire]") {
  const std::vector<int> all{0, 1, 2, 3, 4};
  const auto rows = [&](std::int64_t start, int limit) {
    const auto on_page = rows_on(Page{start, limit}, std::span<const int>{all});
    return std::vector<int>(on_page.begin(), on_page.end());
  };
  CHECK(rows(0, 2) == std::vector{0, 1});
  CHECK(rows(3, 20) == std::vector{3, 4});
  CHECK(rows(1, 0).empty());
  CHECK(rows(5, 1).empty());
  CHECK(rows(INT64_MAX, 100).empty());
}

TEST_CASE("the envelope tells the total before paging and echoes the page (AS API reference)", "[wire]") {
  CHECK(to_text(write_list({40, 5}, 43, "scaling_groups", {1, 2, 3})) ==
        R"({"total_number":43,"start_number":40,"limit":5,"scaling_groups":[1,2,3]})");
  CHECK(to_text(write_list({}, 0, "scaling_policies", {})) ==
        R"({"total_number":0,"start_number":0,"limit":20,"scaling_policies":[]})");
}

}  // namespace
}  // namespace tidepool::api
