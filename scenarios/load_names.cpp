#include "scenarios/load_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidepool::scenarios {
namespace {

constexpr std::size_t kLongestName = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_character(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

// Removes everything up to a brace that opens a placeholder; false when there is none.
bool skip_to_brace(std::string_view& text) {
  for (std::size_t i = text.find('{'); i != std::string_view::npos; i = text.find('{', i + 2)) {
    if (text.substr(i).starts_with("{{")) continue;
    text.remove_prefix(i + 1);
    return true;
  }
  return false;
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && is_letter(text.front()) &&
         std::ranges::all_of(text, is_name_character);
}

std::string with_plain_braces(std::string_view text, std::string_view brace) {
  std::string out;
  while (!text.empty()) {
    const bool doubled = text.starts_with("{{");
    out += doubled ? brace : text.substr(0, 1);
    text.remove_prefix(doubled ? 2 : 1);
  }
  return out;
}

void Names::declare(const Field& field, const std::string& name, NameKind kind, std::size_t call) {
  const auto refuse = [&](std::string_view expected) {
    field.complain(fmt::format("name {}, expected {}", shown(name), expected));
  };
  if (!is_name(name)) return refuse("a letter, then letters, digits, _ and -, at most 64");
  if (name == "project_id") return refuse("another one: {project_id} is the project");
  const auto [entry, is_new] = entries_.try_emplace(name, Entry{kind, call, field.path()});
  if (!is_new) refuse(fmt::format("another one: {} has this name", entry->second.where));
}

std::vector<std::string_view> Names::all() const {
  std::vector<std::string_view> names{"project_id"};
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

void Names::check_placeholder(const Field& field, std::string_view name, std::size_t call) const {
  if (name == "project_id") return;
  const auto found = entries_.find(name);
  if (found == entries_.end() && field.complaints().full()) {
    field.complain("");
  } else if (found == entries_.end()) {
    const auto known = all();
    const std::string_view near = nearest(name, known);
    field.complain(near.empty()
                       ? fmt::format("unknown placeholder {}, expected {}", shown(name), listed(known))
                       : fmt::format("unknown placeholder {}, did you mean {}?", shown(name), shown(near)));
  } else if (found->second.kind >= NameKind::Group && found->second.call >= call) {
    field.complain(
        fmt::format("placeholder {} is not saved yet: {} comes later", shown(name), found->second.where));
  }
}

void Names::check_placeholders(const Field& field, std::string_view text, std::size_t call) const {
  while (skip_to_brace(text)) {
    const std::size_t end = text.find('}');
    const std::string_view name = text.substr(0, end);
    if (end == std::string_view::npos || !is_name(name))
      return field.complain(fmt::format("{}, expected a {{name}}; a plain brace is written {{{{",
                                        shown("{" + std::string(text))));
    check_placeholder(field, name, call);
    text.remove_prefix(end + 1);
  }
}

std::string Names::group(Section& section, std::string_view key) const {
  const auto field = section.find(key);
  const auto name = field ? field->text() : std::nullopt;
  if (!name) return {};
  const auto found = entries_.find(*name);
  if (found != entries_.end() && found->second.kind == NameKind::Group) return *name;
  if (field->complaints().full()) {
    field->complain("");
    return {};
  }
  std::vector<std::string_view> groups;
  for (const auto& [each, entry] : entries_)
    if (entry.kind == NameKind::Group) groups.push_back(each);
  if (groups.empty())
    field->wrong("a name that a call to create a group saves; there is none");
  else
    field->not_among(groups);
  return {};
}

}  // namespace tidepool::scenarios
