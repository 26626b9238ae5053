#include "tests/clients/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

namespace tidepool::clients {
namespace {

// Shorter values are left as they are: they could be parts of words.
constexpr std::size_t kShortestId = 24;
// Stands after a status when the answer is no matter of the story.
constexpr std::string_view kNotTold = " ...\n";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Where the next line begins that is not of the present part.
std::size_t end_of_part(const std::vector<std::string>& lines, std::size_t at) {
  while (at < lines.size() && !lines[at].starts_with(">>> ") && !lines[at].starts_with("<<< ") &&
         !lines[at].starts_with("=== ") && !lines[at].starts_with("# "))
    ++at;
  return at;
}

std::string joined(const std::vector<std::string>& lines, std::size_t from, std::size_t to) {
  while (to > from && lines[to - 1].empty()) --to;
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += (i > from ? "\n" : "") + lines[i];
  return text;
}

// Headers up to an empty line, then the body.
void read_request(Exchange& exchange, const std::vector<std::string>& lines, std::size_t at,
                  std::size_t end) {
  for (; at < end && !lines[at].empty(); ++at) {
    const std::size_t colon = lines[at].find(": ");
    REQUIRE(colon != std::string::npos);
    exchange.headers.emplace_back(lines[at].substr(0, colon), lines[at].substr(colon + 2));
  }
  exchange.body = joined(lines, std::min(at + 1, end), end);
}

std::pair<std::string, std::string> halves(std::string_view text) {
  const std::size_t blank = text.find(' ');
  REQUIRE(blank != std::string_view::npos);
  return {std::string(text.substr(0, blank)), std::string(text.substr(blank + 1))};
}

std::string with_names(std::string text, const Names& names) {
  std::vector<std::pair<std::string, std::string>> longest_first;
  for (const auto& [name, value] : names)
    if (value.size() >= kShortestId) longest_first.emplace_back(value, "{" + name + "}");
  std::ranges::sort(longest_first,
                    [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  for (const auto& [value, name] : longest_first)
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + name.size()))
      text.replace(at, value.size(), name);
  return text;
}

}  // namespace

std::vector<Exchange> read_exchanges(std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  std::vector<Exchange> exchanges;
  std::string comment;
  for (std::size_t at = 0; at < lines.size();) {
    const std::string& line = lines[at];
    const std::size_t end = end_of_part(lines, at + 1);
    if (line.starts_with("# ")) comment += line + "\n";
    if (line.starts_with(">>> ")) {
      Exchange& next = exchanges.emplace_back();
      next.comment = std::exchange(comment, {});
      std::tie(next.method, next.target) = halves(std::string_view(line).substr(4));
      read_request(next, lines, at + 1, end);
    }
    if (line.starts_with("<<< "))
      exchanges.back().expected = line.substr(4) + "\n" + joined(lines, at + 1, end);
    if (line.starts_with("=== ")) exchanges.back().saves.push_back(halves(std::string_view(line).substr(4)));
    at = end;
  }
  return exchanges;
}

std::string write_exchanges(const std::vector<Exchange>& exchanges) {
  std::string text;
  for (const Exchange& each : exchanges) {
    if (!text.empty()) text += "\n";
    text += fmt::format("{}>>> {} {}\n", each.comment, each.method, each.target);
    for (const auto& [name, value] : each.headers) text += fmt::format("{}: {}\n", name, value);
    if (!each.body.empty()) text += fmt::format("\n{}\n", each.body);
    text += fmt::format("<<< {}{}", each.expected, each.expected.ends_with('\n') ? "" : "\n");
    for (const auto& [name, place] : each.saves) text += fmt::format("=== {} {}\n", name, place);
  }
  return text;
}

std::string play(const Exchange& exchange, Connection& connection, Names& names) {
  Headers headers = exchange.headers;
  for (auto& [name, value] : headers) value = filled(value, names);
  const Reply reply = connection.exchange(exchange.method, filled(exchange.target, names),
                                          filled(exchange.body, names), headers);
  INFO(exchange.method << " " << exchange.target << " -> " << reply.status << " " << reply.body);
  CHECK(reply.has_header("X-Request-Id"));
  CHECK(reply.header("Connection") != "close");
  CHECK(reply.has_header("Content-Type") == !reply.body.empty());
  for (const auto& [name, place] : exchange.saves) names[name] = text_at(parsed(reply.body), place);

  CHECK((reply.status != 204 || !reply.has_header("Content-Length")));
  std::string seen = std::to_string(reply.status);
  if (exchange.expected.ends_with(kNotTold)) return seen.append(kNotTold);
  seen += "\n";
  if (reply.body.empty()) return seen;
  seen += fmt::format("Content-Type: {}\n\n{}", reply.header("Content-Type"), reply.body);
  return with_names(std::move(seen), names);
}

}  // namespace tidepool::clients
