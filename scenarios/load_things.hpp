// Things of a region that calls refer to by id: each with an id, and a name that stands for it in {placeholders}.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json_reader.hpp"
#include "scenarios/load_names.hpp"
#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

struct ThingKind {
  const char* list;        ///< key of the region: "vpcs"
  const char* one;         ///< name of the first: "vpc"
  char digit;              ///< begins the ids that the file leaves to us
  std::size_t by_default;  ///< how many there are without a list; a list has at least as many
};

struct Thing {
  std::string id, name;
  std::optional<Section> more;  ///< when the file has it as an object
};

inline constexpr std::size_t kMostThings = 1000;

/// The list of `region` for `kind`, or the defaults. Each thing may be a UUID, a name or an object with both and more;
/// its other keys are left to the caller, who ends with `refuse_others`. Fills `placeholders`.
std::vector<Thing> read_things(Section& region, const ThingKind& kind, Scenario& scenario, Names& names);
void refuse_others(const Thing& thing);

/// The index of the thing that `key` names, by name or id; 0 when it is absent.
std::size_t reference(Thing& from, std::string_view key, const std::vector<Thing>& to);

/// Lets {name} stand for `value`.
void declare_thing(const Field& field, const std::string& name, const std::string& value, Scenario& scenario,
                   Names& names);

/// "vpc", "vpc_2", "vpc_3"
std::string numbered(std::string_view one, std::size_t index);

}  // namespace tidepool::scenarios
