#include "scenarios/import_zone.hpp"

#include <date/tz.h>

#include <chrono>
#include <cstddef>
#include <stdexcept>

namespace tidepool::scenarios {

namespace {

// Points whose local time was shown twice, in order of time.
struct Fold {
  std::vector<ImportPoint*> points;
  std::int64_t first_offset = 0, second_offset = 0;  // us

  // From which of them on the second pass runs.
  std::size_t second_from() const {
    bool all_alike = true;
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (points[i]->us < points[i - 1]->us) return i;
      all_alike = all_alike && points[i]->us == points[0]->us;
    }
    return all_alike && points.size() == 2 ? 1 : points.size();
  }

  void settle() {
    const std::size_t second = second_from();
    for (std::size_t i = 0; i < points.size(); ++i)
      points[i]->us -= i < second ? first_offset : second_offset;
    points.clear();
  }
};

std::int64_t offset_us(const date::sys_info& info) {
  return std::chrono::duration_cast<std::chrono::microseconds>(info.offset).count();
}

bool runs_backwards(const std::vector<ImportPoint>& points) {
  return !points.empty() && points.front().us > points.back().us;
}

}  // namespace

bool is_time_zone(const std::string& name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::runtime_error&) {
    return false;
  }
}

ZoneCounts apply_time_zone(const std::string& name, std::vector<ImportPoint>& points) {
  const date::time_zone* zone = date::locate_zone(name);
  const bool backwards = runs_backwards(points);
  ZoneCounts counts;
  Fold fold;
  for (std::size_t i = 0; i < points.size(); ++i) {
    ImportPoint& point = points[backwards ? points.size() - 1 - i : i];
    if (!point.naive) continue;
    const auto local = std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds{point.us});
    const date::local_info info = zone->get_info(date::local_seconds{local});
    if (info.result == date::local_info::ambiguous) {
      fold.first_offset = offset_us(info.first);
      fold.second_offset = offset_us(info.second);
      fold.points.push_back(&point);
      ++counts.repeated;
      continue;
    }
    fold.settle();
    if (info.result == date::local_info::nonexistent) ++counts.skipped;
    point.us -= offset_us(info.first);
  }
  fold.settle();
  return counts;
}

}  // namespace tidepool::scenarios
