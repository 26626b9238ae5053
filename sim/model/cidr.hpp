// Blocks of IPv4 addresses, as networks are written: 192.168.0.0/24.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidepool::sim {

struct Cidr {
  std::uint32_t base = 0;  ///< the first address; the bits behind the prefix are 0
  int prefix = 32;         ///< 0 to 32

  std::uint64_t size() const { return std::uint64_t{1} << (32 - prefix); }
  bool contains(const Cidr& other) const;
  bool contains(std::uint32_t address) const { return contains(Cidr{address, 32}); }
  bool overlaps(const Cidr& other) const { return contains(other) || other.contains(*this); }
};

/// Empty for what is no block, also when bits behind the prefix are set.
std::optional<Cidr> read_cidr(std::string_view text);
std::optional<std::uint32_t> read_address(std::string_view text);
std::string address_text(std::uint32_t address);  ///< "192.168.0.1"

}  // namespace tidepool::sim
