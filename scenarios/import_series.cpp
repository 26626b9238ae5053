// Points to even steps: time zone, repeats, a counter's differences, the step, what falls into each, several series into
// one, gaps. Counts in a step add up, all else is averaged.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "scenarios/import_reader.hpp"
#include "scenarios/import_zone.hpp"
#include "scenarios/trace_step.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::scenarios {

namespace {

using sim::Duration;
using sim::Time;
using Points = std::vector<ImportPoint>;

constexpr Wide kMaxAtto = Wide{1'000'000'000'000} * kAttoPerUnit;
constexpr Duration kEventStep = std::chrono::minutes{1};

std::string moment(std::int64_t us) { return time_text(Time{Duration{us}}); }

// Rounded half up to the twelfth decimal, as far as a trace reads.
Wide mean(Wide sum, std::int64_t count) {
  constexpr Wide kPico = 1'000'000;
  const Wide divisor = Wide{count} * kPico;
  return (sum / divisor + (sum % divisor * 2 >= divisor ? 1 : 0)) * kPico;
}

// What one series offers to the steps.
struct StepSums {
  std::vector<Wide> sums;
  std::vector<std::int64_t> counts;
};

class Grid {
 public:
  Grid(ImportReader& reader, ImportReport report)
      : reader_(reader), options_(reader.options), report_(std::move(report)) {}

  ImportResult settle() {
    if (!unit() || !choose_series()) return refusal();
    for (SourceSeries& each : reader_.series)
      if (!put_in_order(each.points)) return refusal();
    native_ = found_spacing();
    if (report_.declared == ImportUnit::Counter && !take_differences()) return refusal();
    if (!settle_stamps() || !cut() || !lay_out()) return refusal();
    return filled(combined());
  }

 private:
  ImportResult refusal() const { return ImportRefusal{message_, gaps_refused_}; }
  bool refuse(std::string message) {
    message_ = std::move(message);
    return false;
  }
  bool adds_up() const { return report_.unit == ImportUnit::Count; }

  bool unit() {
    const auto declared = options_.unit ? options_.unit : reader_.unit;
    if (!declared)
      return refuse(
          fmt::format("{}: what {} counts can't be known: expected --unit count, rate, gauge or counter",
                      report_.files.front(), report_.source.empty() ? "a value" : report_.source));
    report_.declared = *declared;
    report_.unit = *declared == ImportUnit::Counter ? ImportUnit::Count : *declared;
    if (reader_.events && *declared == ImportUnit::Counter)
      return refuse("--unit counter: expected count, rate or gauge, since these are single events");
    if (options_.time_zone.empty()) {
      report_.zone = options_.utc_offset == Duration::zero() ? "UTC" : offset_text();
    } else {
      report_.zone = options_.time_zone;
    }
    return true;
  }

  std::string offset_text() const {
    const std::int64_t minutes =
        std::chrono::duration_cast<std::chrono::minutes>(options_.utc_offset).count();
    const std::int64_t size = minutes < 0 ? -minutes : minutes;
    return fmt::format("UTC{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
  }

  // Leaves out series without a point, and holds the rest against --combine.
  bool choose_series() {
    std::vector<SourceSeries> kept;
    for (SourceSeries& each : reader_.series) {
      if (!each.points.empty()) {
        report_.series.push_back(text_of(each.labels));
        kept.push_back(std::move(each));
      } else if (reader_.series.size() > 1) {
        report_.warnings.push_back(text_of(each.labels) + " has no usable value and is left out");
        report_.series_left.push_back(text_of(each.labels));
      }
    }
    reader_.series = std::move(kept);
    if (reader_.series.empty()) {
      std::string why;
      if (report_.rows_unselected > 0)
        why = fmt::format(", {} of them not selected", report_.rows_unselected);
      if (!report_.skipped.empty()) why += "; " + report_.skipped.front().first;
      return refuse(
          fmt::format("{}: no usable row among {}{}", report_.files.front(), report_.rows_read, why));
    }
    if (reader_.series.size() == 1 || options_.combine) return true;
    constexpr std::size_t kShown = 5;
    std::string names;
    for (std::size_t i = 0; i < std::min(kShown, report_.series.size()); ++i)
      names += "\n  " + report_.series[i];
    if (report_.series.size() > kShown) names += "\n  ...";
    return refuse(
        fmt::format("{} series, expected one: choose with --select LABEL=VALUE, or --combine sum or mean:{}",
                    report_.series.size(), names));
  }

  // UTC, ascending, one point a moment unless points are events.
  bool put_in_order(Points& points) {
    if (!options_.time_zone.empty()) {
      const ZoneCounts counts = apply_time_zone(options_.time_zone, points);
      report_.repeated_hour += counts.repeated;
      report_.skipped_hour += counts.skipped;
      if (std::ranges::any_of(points, [](const ImportPoint& each) { return each.us < 0; }))
        return refuse(fmt::format("--time-zone {}: a time lies before 1970", options_.time_zone));
    }
    std::ranges::stable_sort(points, {}, &ImportPoint::us);
    if (reader_.events) return true;
    std::size_t kept = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (points[i].us != points[kept].us)
        points[++kept] = points[i];
      else
        repeat(points[kept], points[i]);
    }
    points.resize(kept + 1);
    return true;
  }

  void repeat(ImportPoint& held, const ImportPoint& again) {
    const bool same = again.atto == held.atto;
    if (options_.repeats == ImportRepeats::Sum) {
      held.atto =
          std::min(held.atto + again.atto, kMaxAtto + 1);  // Beyond the limit is refused with its step.
      ++report_.repeats;
      return;
    }
    held = again;
    ++(same ? report_.duplicates : report_.repeats);
  }

  std::optional<Duration> found_spacing() const {
    if (reader_.events) return std::nullopt;
    std::vector<std::int64_t> spacings;
    for (const SourceSeries& each : reader_.series)
      for (std::size_t i = 1; i < each.points.size(); ++i)
        spacings.push_back(each.points[i].us - each.points[i - 1].us);
    return common_spacing(std::move(spacings));
  }

  bool take_differences() {
    for (SourceSeries& each : reader_.series) {
      const std::int64_t span = each.points.back().us - each.points.front().us;
      if (native_ && span / native_->count() > sim::kMaxTraceSteps)
        return refuse(fmt::format("{} steps of {} us from {} to {}: expected at most {}; is a time wrong?",
                                  span / native_->count(), native_->count(), moment(each.points.front().us),
                                  moment(each.points.back().us), sim::kMaxTraceSteps));
      each.points = differences(each.points);
    }
    return true;
  }

  // What a counter grew by, at the start of the time in which it did. A drop is a restart from 0. Over a hole the growth
  // is spread evenly.
  Points differences(const Points& totals) {
    Points grown;
    for (std::size_t i = 1; i < totals.size(); ++i) {
      const bool restarted = totals[i].atto < totals[i - 1].atto;
      if (restarted) ++report_.resets;
      const Wide growth = restarted ? totals[i].atto : totals[i].atto - totals[i - 1].atto;
      const std::int64_t from = totals[i - 1].us, length = totals[i].us - from;
      const std::int64_t parts = parts_of(length);
      if (parts > 1) report_.spread += parts;
      for (std::int64_t k = 0; k < parts; ++k)
        grown.push_back({from + native_->count() * k, growth * (k + 1) / parts - growth * k / parts, false});
    }
    return grown;
  }

  // How many steps a spacing stands for: of uneven ones only those count as a hole that are 1.5 steps or longer.
  std::int64_t parts_of(std::int64_t length) const {
    if (!native_) return 1;
    const std::int64_t parts = (2 * length + native_->count()) / (2 * native_->count());
    return std::clamp<std::int64_t>(parts, 1, sim::kMaxTraceSteps);
  }

  bool settle_stamps() {
    report_.timestamp = options_.timestamp.value_or(ImportStamp::Start);
    if (report_.timestamp == ImportStamp::Start) return true;
    if (reader_.events) return refuse("--timestamp end: expected start, since single events have no period");
    if (report_.declared == ImportUnit::Counter)
      return refuse("--timestamp end: expected start, since a counter is read at a moment");
    const auto period = native_ ? native_ : options_.step;
    if (!period) return refuse("--timestamp end: a single row has no period: expected --step");
    for (SourceSeries& each : reader_.series)
      for (ImportPoint& point : each.points) {
        point.us -= period->count();
        if (point.us < 0) return refuse("--timestamp end: a period begins before 1970");
      }
    return true;
  }

  // Leaves out what lies before --from or after --to.
  bool cut() {
    for (SourceSeries& each : reader_.series)
      report_.rows_outside +=
          static_cast<std::int64_t>(std::erase_if(each.points, [&](const ImportPoint& point) {
            const Time at{Duration{point.us}};
            return (options_.from && at < *options_.from) || (options_.to && at >= *options_.to);
          }));
    const bool any =
        std::ranges::any_of(reader_.series, [](const SourceSeries& each) { return !each.points.empty(); });
    if (any) return true;
    if (report_.declared == ImportUnit::Counter && report_.rows_outside == 0)
      return refuse(fmt::format("{}: one row of a counter: expected two or more", report_.files.front()));
    return refuse(fmt::format("{}: no row lies within --from and --to", report_.files.front()));
  }

  // Where steps begin and how many there are.
  bool lay_out() {
    if (const auto step = options_.step    ? options_.step
                          : reader_.events ? std::optional(kEventStep)
                                           : native_) {
      report_.step = *step;
      report_.step_source = options_.step ? "given" : reader_.events ? "default" : "found";
    } else {
      return refuse(fmt::format("{}: all rows at one time: the step can't be found, expected --step",
                                report_.files.front()));
    }
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;
    for (const SourceSeries& each : reader_.series)
      if (!each.points.empty()) {
        first = std::min(first, each.points.front().us);
        last = std::max(last, each.points.back().us);
      }
    // Events begin anywhere, so their first step begins with the minute, or with a shorter step.
    if (reader_.events) first -= first % std::min(report_.step, kEventStep).count();
    if (options_.from) first = options_.from->time_since_epoch().count();
    if (options_.to) last = std::max(last, options_.to->time_since_epoch().count() - 1);
    const std::int64_t steps = (last - first) / report_.step.count() + 1;
    if (steps > sim::kMaxTraceSteps)
      return refuse(
          fmt::format("{} steps of {} us from {} to {}: expected at most {}; is a time wrong, or a longer "
                      "--step needed?",
                      steps, report_.step.count(), moment(first), moment(last), sim::kMaxTraceSteps));
    std::int64_t end = 0;
    if (__builtin_mul_overflow(steps, report_.step.count(), &end) || __builtin_add_overflow(end, first, &end))
      return refuse("--step: the end is later than a time can be");
    report_.first = Time{Duration{first}};
    report_.steps = steps;
    report_.end = Time{Duration{end}};
    return true;
  }

  std::vector<std::optional<Wide>> combined() {
    const auto steps = static_cast<std::size_t>(report_.steps);
    StepSums all{std::vector<Wide>(steps), std::vector<std::int64_t>(steps)};
    for (const SourceSeries& each : reader_.series) add_series(each.points, all);
    std::vector<std::optional<Wide>> values(steps);
    std::int64_t partial = 0;
    for (std::size_t i = 0; i < steps; ++i) {
      if (all.counts[i] == 0) continue;
      values[i] = options_.combine == ImportCombine::Mean ? mean(all.sums[i], all.counts[i]) : all.sums[i];
      if (all.counts[i] < static_cast<std::int64_t>(reader_.series.size())) ++partial;
    }
    if (partial > 0)
      report_.warnings.push_back(
          fmt::format("{} steps have values of some of the {} series only", partial, reader_.series.size()));
    return values;
  }

  // One series' value of each step that it has points in.
  void add_series(const Points& points, StepSums& all) const {
    const std::int64_t first = report_.first.time_since_epoch().count(), length = report_.step.count();
    for (std::size_t i = 0; i < points.size();) {
      const std::int64_t index = (points[i].us - first) / length;
      Wide sum = 0;
      std::int64_t count = 0;
      for (; i < points.size() && (points[i].us - first) / length == index; ++i, ++count)
        sum += points[i].atto;
      all.sums[static_cast<std::size_t>(index)] += adds_up() || count == 1 ? sum : mean(sum, count);
      ++all.counts[static_cast<std::size_t>(index)];
    }
  }

  ImportResult filled(std::vector<std::optional<Wide>> values) {
    const bool known = adds_up();
    report_.gap_rule = options_.gaps.value_or(known ? ImportGaps::Zero : ImportGaps::Empty);
    std::optional<std::size_t> first_gap;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i]) {
        if (*values[i] <= kMaxAtto) continue;
        return ImportRefusal{
            fmt::format("step from {} on: expected at most 10^12 in one step", step_start(i))};
      }
      ++report_.gaps;
      if (!first_gap) first_gap = i;
      if (report_.gap_rule == ImportGaps::Zero) values[i] = 0;
      if (report_.gap_rule == ImportGaps::Hold && i > 0) values[i] = values[i - 1];
      if (values[i]) ++report_.filled;
    }
    if (report_.gap_rule == ImportGaps::Error && report_.gaps + report_.spread > 0)
      return ImportRefusal{gap_message(first_gap), true};
    warn();
    return ImportedSeries{std::move(report_), std::move(values)};
  }

  std::string step_start(std::size_t index) const {
    return moment(
        (report_.first + report_.step * static_cast<std::int64_t>(index)).time_since_epoch().count());
  }

  std::string gap_message(std::optional<std::size_t> first) const {
    if (!first)
      return fmt::format("{} steps between rows of a counter: expected none with --gaps error",
                         report_.spread);
    return fmt::format("{} of {} steps have no value, the first at {}: expected none with --gaps error",
                       report_.gaps, report_.steps, step_start(*first));
  }

  void warn() {
    if (report_.offsets > 0 && !options_.origin)
      report_.warnings.push_back(
          "times count from a start that the files don't tell, taken as 1970 (--origin)");
    if (report_.repeats > 0)
      report_.warnings.push_back(fmt::format(
          "{} rows have the time of another row and another value: {}", report_.repeats,
          options_.repeats == ImportRepeats::Sum ? "they are added up"
                                                 : "the one read last holds (--repeats sum adds them up)"));
    if (!reader_.events && 2 * report_.gaps > report_.steps && native_ && *native_ > report_.step)
      report_.warnings.push_back("the step is shorter than most rows are apart, so most steps have no value");
  }

  ImportReader& reader_;
  const ImportOptions& options_;
  ImportReport report_;
  std::optional<Duration> native_;
  std::string message_;
  bool gaps_refused_ = false;
};

}  // namespace

ImportResult even_series(ImportReader& reader, ImportReport report) {
  return Grid(reader, std::move(report)).settle();
}

}  // namespace tidepool::scenarios
