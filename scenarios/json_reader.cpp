#include "scenarios/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {

// ---- Field ----

Field Field::member(const Json::Member& member) const {
  return {member.value, path_of_member(path_, member.key), *complaints_};
}

Field Field::item(std::size_t index) const {
  return {value_->items[index], fmt::format("{}[{}]", path_, index), *complaints_};
}

void Field::wrong(std::string_view expected) const {
  complain(fmt::format("{}, expected {}", shown(*value_), expected));
}

std::optional<bool> Field::boolean() const {
  if (is(Json::Kind::Boolean)) return value_->boolean;
  wrong("true or false");
  return std::nullopt;
}

std::optional<std::string> Field::text(std::size_t least, std::size_t most) const {
  if (!is(Json::Kind::Text)) {
    wrong("a text");
    return std::nullopt;
  }
  const std::size_t length = characters_in(value_->text);
  if (length >= least && length <= most) return value_->text;
  wrong(fmt::format("{} to {} characters", least, most));
  return std::nullopt;
}

std::optional<std::int64_t> Field::integer(std::int64_t least, std::int64_t most) const {
  const bool number = is(Json::Kind::Number);
  const auto value = number ? read_scaled(value_->text, 0) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  const bool whole = number && (value || value_->text.find_first_of(".eE") == std::string::npos);
  wrong(fmt::format("{}{} to {}", whole ? "" : "a whole number, ", least, most));
  return std::nullopt;
}

std::optional<std::int64_t> Field::millionths(std::int64_t least, std::int64_t most) const {
  constexpr int kDecimals = 6;
  const bool number = is(Json::Kind::Number);
  const auto value = number ? read_scaled(value_->text, kDecimals) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  const std::string range = fmt::format("{} to {}", millionths_text(least), millionths_text(most));
  if (!number)
    wrong("a number, " + range);
  else
    wrong(value ? range : range + ", at most 6 decimals");
  return std::nullopt;
}

std::optional<double> Field::real(double least, double most) const {
  double value = 0;
  const std::string& text = value_->text;
  const bool number = is(Json::Kind::Number) &&
                      std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
  if (number && value >= least && value <= most) return value;
  wrong(fmt::format("{}{} to {}", is(Json::Kind::Number) ? "" : "a number, ", least, most));
  return std::nullopt;
}

std::optional<sim::Duration> Field::duration(sim::Duration least, sim::Duration most) const {
  const auto length = is(Json::Kind::Text) ? read_duration(value_->text) : std::nullopt;
  if (length && *length >= least && *length <= most) return length;
  const std::string range = fmt::format("{} to {}", duration_text(least), duration_text(most));
  if (is(Json::Kind::Number))
    wrong(fmt::format(R"(a text with a unit such as "{0}s" or "{0}m", {1})", value_->text, range));
  else
    wrong(length ? range : R"(a length such as "90s", "5m" or "1d12h", )" + range);
  return std::nullopt;
}

bool Field::is_object() const {
  if (is(Json::Kind::Object)) return true;
  wrong("an object");
  return false;
}

std::vector<Field> Field::list(std::size_t least, std::size_t most) const {
  std::vector<Field> fields;
  if (!is(Json::Kind::Array)) {
    wrong("an array");
  } else if (const std::size_t size = value_->items.size(); size < least || size > most) {
    const std::string allowed = least == most ? std::to_string(most) : fmt::format("{} to {}", least, most);
    complain(fmt::format("{} item{}, expected {}", size, size == 1 ? "" : "s", allowed));
  } else {
    fields.reserve(size);
    for (std::size_t i = 0; i < size; ++i) fields.push_back(item(i));
  }
  return fields;
}

void Field::not_among(std::span<const std::string_view> words) const {
  if (complaints_->full()) return complain("");
  const bool text = is(Json::Kind::Text);
  const std::string_view near = text ? nearest(value_->text, words) : std::string_view{};
  if (near.empty())
    wrong(words.empty() ? "nothing, there is none" : listed(words));
  else
    complain(fmt::format("{}, expected {}; did you mean {}?", shown(*value_), listed(words), shown(near)));
}

// ---- Section ----

Section::Section(Field field) : field_(std::move(field)) { field_.is_object(); }

void Section::need(std::initializer_list<std::string_view> keys) {
  if (!field_.is(Json::Kind::Object)) return;
  for (const std::string_view key : keys) {
    known_.push_back(key);
    if (!has(key)) field_.complain(fmt::format("missing key {}", shown(key, '\'')));
  }
}

std::optional<Field> Section::find(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
  const auto& members = field_.json().members;
  const auto found = std::ranges::find(members, key, &Json::Member::key);
  if (found == members.end()) return std::nullopt;
  return field_.member(*found);
}

void Section::refuse_others() const {
  for (const Json::Member& each : field_.json().members) {
    if (std::ranges::find(known_, each.key) != known_.end()) continue;
    const std::string_view near = nearest(each.key, known_);
    const std::string hint = near.empty() ? fmt::format(", expected {}", listed(known_, '\''))
                                          : fmt::format(", did you mean {}?", shown(near, '\''));
    field_.complain(fmt::format("unknown key {}{}", shown(each.key, '\''), hint));
  }
}

std::optional<bool> Section::boolean(std::string_view key) {
  const auto found = find(key);
  return found ? found->boolean() : std::nullopt;
}

std::optional<std::string> Section::text(std::string_view key, std::size_t least, std::size_t most) {
  const auto found = find(key);
  return found ? found->text(least, most) : std::nullopt;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto found = find(key);
  return found ? found->integer(least, most) : std::nullopt;
}

std::optional<std::int64_t> Section::millionths(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto found = find(key);
  return found ? found->millionths(least, most) : std::nullopt;
}

std::optional<double> Section::real(std::string_view key, double least, double most) {
  const auto found = find(key);
  return found ? found->real(least, most) : std::nullopt;
}

std::optional<sim::Duration> Section::duration(std::string_view key, sim::Duration least,
                                               sim::Duration most) {
  const auto found = find(key);
  return found ? found->duration(least, most) : std::nullopt;
}

std::vector<Field> Section::list(std::string_view key, std::size_t least, std::size_t most) {
  const auto found = find(key);
  return found ? found->list(least, most) : std::vector<Field>{};
}

}  // namespace tidepool::scenarios
