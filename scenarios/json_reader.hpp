// Reading JSON that people write: all that is wrong with a file in one go, each fault with its place, what stands there
// and what is allowed.
//
//     Complaints complaints{"spike.json"};
//     const auto root = parse_json(text, complaints);
//     Section top{Field{*root, "", complaints}};
//     const auto seed = top.integer("seed", 0, kMost).value_or(1);
//     top.refuse_others();
//
// A reader goes on after a fault with a default in its place, and looks at the complaints once, at the end.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/load_json.hpp"
#include "scenarios/load_wording.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// One way to spell a value in the file.
template <class Enum>
struct Spelt {
  std::string_view text;
  Enum value;
};

/// A value and its place in the file. A view: the Json and the Complaints must outlive it.
///
/// The typed readers answer nothing when the value is wrong, and have complained then. Bounds are included.
class Field {
 public:
  Field(const Json& value, std::string path, Complaints& complaints)
      : value_(&value), path_(std::move(path)), complaints_(&complaints) {}

  const Json& json() const { return *value_; }
  const std::string& path() const { return path_; }
  Complaints& complaints() const { return *complaints_; }
  bool is(Json::Kind kind) const { return value_->kind == kind; }

  Field member(const Json::Member& member) const;
  Field item(std::size_t index) const;

  /// "{path}: {value}, expected {expected}".
  void wrong(std::string_view expected) const;
  void complain(std::string_view text) const { complaints_->add(path_, text); }

  std::optional<bool> boolean() const;
  /// Of `least` to `most` characters (UTF-8 sequences).
  std::optional<std::string> text(std::size_t least = 0, std::size_t most = 10'000) const;
  /// Any spelling of a whole number: 5, 5.0, 5e0.
  std::optional<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  /// A number of at most six decimals, in millionths; the bounds too.
  std::optional<std::int64_t> millionths(std::int64_t least, std::int64_t most) const;
  std::optional<double> real(double least, double most) const;
  /// Text of whole numbers with the units d, h, m, s, ms, us, in this order and each at most once: "1d12h".
  std::optional<sim::Duration> duration(sim::Duration least, sim::Duration most) const;
  /// Complains when it is none.
  bool is_object() const;
  /// The items; none when it is no array, or has not `least` to `most` of them.
  std::vector<Field> list(std::size_t least, std::size_t most) const;

  template <class Enum, std::size_t N>
  std::optional<Enum> choice(const Spelt<Enum> (&table)[N]) const {
    std::vector<std::string_view> words;
    for (const Spelt<Enum>& each : table) {
      if (value_->kind == Json::Kind::Text && value_->text == each.text) return each.value;
      words.push_back(each.text);
    }
    not_among(words);
    return std::nullopt;
  }
  /// "{path}: {value}, expected 'a', 'b' or 'c'", or the one that was probably meant.
  void not_among(std::span<const std::string_view> words) const;

 private:
  const Json* value_;
  std::string path_;
  Complaints* complaints_;
};

/// The members of an object. What has been asked for is known; `refuse_others` complains of the rest.
///
/// The typed readers answer nothing also when the member is absent. A value that is no object is a complaint, and has no
/// members.
class Section {
 public:
  explicit Section(Field field);

  /// Complains of each key that is not there.
  void need(std::initializer_list<std::string_view> keys);
  std::optional<Field> find(std::string_view key);
  bool has(std::string_view key) const { return field_.json().find(key) != nullptr; }
  /// To be called last.
  void refuse_others() const;
  const Field& field() const { return field_; }

  std::optional<bool> boolean(std::string_view key);
  std::optional<std::string> text(std::string_view key, std::size_t least = 0, std::size_t most = 10'000);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> millionths(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<double> real(std::string_view key, double least, double most);
  std::optional<sim::Duration> duration(std::string_view key, sim::Duration least, sim::Duration most);
  std::vector<Field> list(std::string_view key, std::size_t least, std::size_t most);
  template <class Enum, std::size_t N>
  std::optional<Enum> choice(std::string_view key, const Spelt<Enum> (&table)[N]) {
    const auto found = find(key);
    return found ? found->choice(table) : std::nullopt;
  }

 private:
  Field field_;
  std::vector<std::string_view> known_;
};

}  // namespace tidepool::scenarios
