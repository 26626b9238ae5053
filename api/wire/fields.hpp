// Reading a request body: typed access to the members of a JSON object, with one place for the first thing found wrong.
//
// A reader asks for one member after the other and looks at the end whether all went well:
//
//     auto body = parse_body(text);
//     if (!body) return body.error();
//     Faults faults{cloud.behaviour()};
//     const Fields fields{*body, faults};
//     const auto name = fields.required_text("scaling_group_name", ErrorCode::GroupNameMissing);
//     const auto minimum = fields.integer("min_instance_number", ErrorCode::GroupLimitsInvalid);
//     if (faults.any()) return faults.first();
//
// Once something is wrong every further answer may be empty. null counts as absent. A member of the wrong JSON type is
// AS.0022; a message names the member by its path, what was given and what is allowed ("networks[1].id 7: expected a
// string"). Source: AS API reference, appendix "Error Codes", AS.0002 and AS.0022.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/model/behaviour.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// Whether members that nobody knows are refused (the knob strict_body).
enum class UnknownMembers : std::uint8_t { Ignored, Refused };

/// Whether whole numbers may come as decimal texts (the knob integer_texts).
enum class IntegerTexts : std::uint8_t { Accepted, Refused };

/// Collects the first fault of a request; later ones are dropped.
class Faults {
 public:
  explicit Faults(UnknownMembers unknown = UnknownMembers::Ignored) : unknown_(unknown) {}
  explicit Faults(const sim::Behaviour& behaviour)
      : unknown_(behaviour.strict_body ? UnknownMembers::Refused : UnknownMembers::Ignored),
        integer_texts_(behaviour.integer_texts ? IntegerTexts::Accepted : IntegerTexts::Refused) {}

  /// As the behaviour says, but for members that nobody knows.
  Faults(const sim::Behaviour& behaviour, UnknownMembers unknown) : Faults(behaviour) { unknown_ = unknown; }

  bool any() const { return first_.has_value(); }
  /// Only when any().
  const sim::Error& first() const { return *first_; }
  void report(sim::Error error) {
    if (!first_) first_ = std::move(error);
  }
  UnknownMembers unknown() const { return unknown_; }
  IntegerTexts integer_texts() const { return integer_texts_; }

 private:
  UnknownMembers unknown_;
  IntegerTexts integer_texts_ = IntegerTexts::Accepted;
  std::optional<sim::Error> first_;
};

/// One way to spell a value on the wire. Tables of these serve reading and writing:
/// `constexpr Spelling<MultiAzPolicy> kMultiAz[] = {{"PICK_FIRST", MultiAzPolicy::PickFirst}, ...};`
template <class Enum>
struct Spelling {
  std::string_view text;
  Enum value;
};

/// The first spelling of `value`; "" when the table lacks it.
template <class Enum, std::size_t N>
std::string_view spelling_of(const Spelling<Enum> (&table)[N], Enum value) {
  for (const Spelling<Enum>& each : table)
    if (each.value == value) return each.text;
  return "";
}

/// The members of one JSON object. A view: the object and the Faults must outlive it, and so must texts it hands out.
class Fields {
 public:
  /// `path` is how the client reaches this object ("networks[1]"); empty for the body itself.
  Fields(const boost::json::object& members, Faults& faults, std::string path = {});

  /// Present and not null.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value behind a key; nullptr when it is absent or null.
  const boost::json::value* find(std::string_view key) const;

  // Empty when the member is absent, null or of the wrong type (reported).
  std::optional<std::string_view> text(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<Fields> object(std::string_view key) const;
  /// Each item must be an object.
  std::optional<std::vector<Fields>> objects(std::string_view key) const;
  /// Each item must be a string.
  std::optional<std::vector<std::string_view>> texts(std::string_view key) const;

  /// Whole numbers only, also as a decimal string ("5") unless those are refused. One that does not fit an int is `out_of_range`; `allowed` tells
  /// the client which numbers do.
  std::optional<int> integer(std::string_view key, sim::ErrorCode out_of_range,
                             std::string_view allowed = "-2147483648 to 2147483647") const;

  /// An absent, null or empty text is reported as `missing` and read as "".
  std::string_view required_text(std::string_view key, sim::ErrorCode missing) const;
  /// An absent or null number is reported as `missing` and read as 0.
  int required_integer(std::string_view key, sim::ErrorCode missing, sim::ErrorCode out_of_range,
                       std::string_view allowed = "-2147483648 to 2147483647") const;

  /// One of a few texts, spelled exactly; any other text is `invalid`.
  template <class Enum, std::size_t N>
  std::optional<Enum> choice(std::string_view key, sim::ErrorCode invalid,
                             const Spelling<Enum> (&table)[N]) const {
    const auto given = text(key);
    if (!given) return std::nullopt;
    for (const Spelling<Enum>& each : table)
      if (each.text == *given) return each.value;
    std::vector<std::string_view> known;
    for (const Spelling<Enum>& each : table) known.push_back(each.text);
    report_choice(key, invalid, known);
    return std::nullopt;
  }

  /// With strict_body: every member must be one of these. Otherwise does nothing.
  void expect_only(std::initializer_list<std::string_view> known) const;

  /// "{path of key} {value given}: expected {expected}". Without a value: "{path of key} is missing: expected ...".
  void report(std::string_view key, sim::ErrorCode code, std::string_view expected) const;

  /// How the client reaches a member: "networks[1].id".
  std::string path_of(std::string_view key) const;
  Faults& faults() const { return *faults_; }
  const boost::json::object& members() const { return *members_; }

 private:
  void report_choice(std::string_view key, sim::ErrorCode code,
                     std::span<const std::string_view> known) const;

  const boost::json::object* members_;
  Faults* faults_;
  std::string path_;
};

/// The JSON object in a request body. Nothing but blanks is AS.0002; anything but an object, invalid JSON or UTF-8 and
/// nesting deeper than 32 levels are AS.0022.
sim::Result<boost::json::object> parse_body(std::string_view text);

/// A value as a message shows it: its JSON text, cut after 60 characters.
std::string shown(const boost::json::value& value);
/// The same for a text that came without JSON around it (of a path, a query): in quotes, cut, and always valid UTF-8.
std::string shown(std::string_view text);

/// The same text with each stretch of bytes that is no UTF-8 replaced by U+FFFD, so that it can stand in JSON.
std::string valid_utf8(std::string_view text);

/// JSON text without blanks. All numbers of the service are whole, so Boost.JSON's form of doubles never shows.
std::string to_text(const boost::json::value& value);
std::string to_text(const boost::json::object& object);

}  // namespace tidepool::api
