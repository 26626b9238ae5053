#include "sim/model/cidr.hpp"

#include <catch2/catch.hpp>

namespace tidepool::sim {

TEST_CASE("a block of addresses is read when the bits behind its prefix are 0", "[model]") {
  struct Row {
    const char *why, *text;
    bool is_block;
  };
  const auto row = GENERATE(values<Row>({
      {"the usual", "192.168.0.0/24", true},
      {"everything", "0.0.0.0/0", true},
      {"one address", "10.0.0.1/32", true},
      {"bits behind the prefix", "10.0.0.1/24", false},
      {"no prefix", "10.0.0.0", false},
      {"an empty prefix", "10.0.0.0/", false},
      {"a prefix beyond 32", "10.0.0.0/33", false},
      {"a part beyond 255", "10.256.0.0/16", false},
      {"three parts", "10.0.0/24", false},
      {"five parts", "10.0.0.0.0/24", false},
      {"a sign", "10.0.0.-1/32", false},
      {"a blank", " 10.0.0.0/8", false},
      {"nothing", "", false},
  }));
  CAPTURE(row.why);
  CHECK(read_cidr(row.text).has_value() == row.is_block);
}

TEST_CASE("blocks contain one another or lie apart", "[model]") {
  const Cidr wide = *read_cidr("10.0.0.0/8"), part = *read_cidr("10.1.0.0/16"),
             other = *read_cidr("11.0.0.0/16");
  CHECK(wide.contains(part));
  CHECK_FALSE(part.contains(wide));
  CHECK(part.overlaps(wide));
  CHECK_FALSE(other.overlaps(wide));
  CHECK(part.contains(*read_address("10.1.255.255")));
  CHECK_FALSE(part.contains(*read_address("10.2.0.0")));
  CHECK(part.size() == 65'536);
  CHECK(read_cidr("0.0.0.0/0")->contains(wide));
}

TEST_CASE("an address is written as it is read", "[model]") {
  CHECK(address_text(*read_address("192.168.0.254")) == "192.168.0.254");
}

}  // namespace tidepool::sim
