#include "sim/model/cidr.hpp"

#include <fmt/format.h>

#include <charconv>

namespace tidepool::sim {
namespace {

// A whole text of digits, at most `most`.
std::optional<std::uint32_t> read_number(std::string_view text, std::uint32_t most) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (text.empty() || text.size() > 3 || stop != end || fault != std::errc{} || number > most)
    return std::nullopt;
  return number;
}

std::uint32_t mask_of(int prefix) { return prefix == 0 ? 0U : 0xffffffffU << (32 - prefix); }

}  // namespace

bool Cidr::contains(const Cidr& other) const {
  return other.prefix >= prefix && (other.base & mask_of(prefix)) == base;
}

std::optional<std::uint32_t> read_address(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto number = read_number(text.substr(0, dot), 255);
    if (!number) return std::nullopt;
    address = address << 8U | *number;
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return address;
}

std::optional<Cidr> read_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = read_address(text.substr(0, slash));
  const auto prefix = read_number(text.substr(slash + 1), 32);
  if (!base || !prefix) return std::nullopt;
  const int length = static_cast<int>(*prefix);
  if ((*base & ~mask_of(length)) != 0) return std::nullopt;
  return Cidr{*base, length};
}

std::string address_text(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24U, address >> 16U & 255U, address >> 8U & 255U,
                     address & 255U);
}

}  // namespace tidepool::sim
