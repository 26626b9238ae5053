#include "api/routes/message.hpp"

#include <algorithm>

namespace tidepool::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [&](const Header& each) { return same_without_case(each.name, name); });
  return found == headers.end() ? std::string_view() : found->value;
}

std::string allow_text(const std::vector<std::string_view>& methods) {
  std::string text;
  for (const std::string_view each : methods) {
    if (!text.empty()) text += ", ";
    text += each == "GET" ? "GET, HEAD" : each;
  }
  return text;
}

}  // namespace tidepool::api
