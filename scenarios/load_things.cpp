#include "scenarios/load_things.hpp"

#include <fmt/format.h>

#include <map>

namespace tidepool::scenarios {
namespace {

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// 8-4-4-4-12 lower-case hexadecimal digits.
bool is_uuid(const Json& value) {
  if (value.kind != Json::Kind::Text || value.text.size() != 36) return false;
  for (std::size_t i = 0; i < value.text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? value.text[i] != '-' : !is_lower_hex(value.text[i])) return false;
  }
  return true;
}

Thing made_up(const ThingKind& kind, std::size_t index) {
  return {
      fmt::format("{}0000000-0000-4000-8000-{:012}", kind.digit, index + 1), numbered(kind.one, index), {}};
}

// `thing` with what the file says about it.
Thing read_thing(const Field& field, Thing thing) {
  if (field.is(Json::Kind::Text)) {
    (is_uuid(field.json()) ? thing.id : thing.name) = field.json().text;
  } else if (field.is(Json::Kind::Object)) {
    thing.more.emplace(field);
    thing.name = thing.more->text("name").value_or(thing.name);
    const auto id = thing.more->find("id");
    if (id && is_uuid(id->json()))
      thing.id = id->json().text;
    else if (id)
      id->wrong("a UUID in lower case, such as \"10000000-0000-4000-8000-000000000001\"");
  } else {
    field.wrong("an id, a name or an object");
  }
  return thing;
}

}  // namespace

std::vector<Thing> read_things(Section& region, const ThingKind& kind, Scenario& scenario, Names& names) {
  std::vector<Thing> all;
  const auto field = region.find(kind.list);
  if (!field) {
    for (std::size_t i = 0; i < kind.by_default; ++i) all.push_back(made_up(kind, i));
    for (const Thing& each : all) declare_thing(region.field(), each.name, each.id, scenario, names);
    return all;
  }
  std::map<std::string, std::string> where_by_id;
  for (const Field& each : field->list(kind.by_default, kMostThings)) {
    all.push_back(read_thing(each, made_up(kind, all.size())));
    declare_thing(each, all.back().name, all.back().id, scenario, names);
    const auto [other, is_new] = where_by_id.emplace(all.back().id, each.path());
    if (!is_new) each.complain(fmt::format("id {} is that of {}", shown(all.back().id), other->second));
  }
  return all;
}

void refuse_others(const Thing& thing) {
  if (thing.more) thing.more->refuse_others();
}

std::size_t reference(Thing& from, std::string_view key, const std::vector<Thing>& to) {
  const auto field = from.more ? from.more->find(key) : std::nullopt;
  if (!field) return 0;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const bool meant = to[i].name == field->json().text || to[i].id == field->json().text;
    if (field->is(Json::Kind::Text) && meant) return i;
    names.emplace_back(to[i].name);
  }
  field->not_among(names);
  return 0;
}

void declare_thing(const Field& field, const std::string& name, const std::string& value, Scenario& scenario,
                   Names& names) {
  names.declare(field, name, NameKind::Region);
  scenario.placeholders.emplace(name, value);
}

std::string numbered(std::string_view one, std::size_t index) {
  return index == 0 ? std::string(one) : fmt::format("{}_{}", one, index + 1);
}

}  // namespace tidepool::scenarios
