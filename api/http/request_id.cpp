#include "api/http/request_id.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidepool::api {
namespace {

constexpr std::size_t kLongest = 128;

bool is_sane(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.:/+=@").find(c) != std::string_view::npos;
}

}  // namespace

std::string request_id(std::string_view from_client, std::uint64_t connection, std::uint64_t request) {
  const bool usable =
      !from_client.empty() && from_client.size() <= kLongest && std::ranges::all_of(from_client, is_sane);
  return usable ? std::string(from_client) : fmt::format("{:08x}-{:08x}", connection, request);
}

}  // namespace tidepool::api
