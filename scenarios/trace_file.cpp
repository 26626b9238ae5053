// Four stages: text to records (trace_rows.hpp), the choice of the two columns (trace_columns.hpp), records to samples
// (a moment and a value each), samples to the even steps of a Trace. Only the third one skips rows; every refusal is an
// Error.
#include "scenarios/trace_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "scenarios/trace_columns.hpp"
#include "scenarios/trace_number.hpp"
#include "scenarios/trace_rows.hpp"
#include "scenarios/trace_step.hpp"
#include "scenarios/trace_time.hpp"

namespace tidepool::scenarios {

namespace {

using sim::Duration;
using sim::Error;
using sim::Result;
using sim::Time;

// Values are kept in picounits until their step is known, so that a rate times a long step is rounded only once.
constexpr std::int64_t kPicoPerMicro = 1'000'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMaxScaleMillionths = 1'000'000'000'000;
constexpr std::size_t kReasonsKept = 5;

Error refused(std::string message) { return {sim::ErrorCode::BodyInvalid, std::move(message)}; }

// ---- Records to samples

struct Sample {
  std::int64_t us = 0;
  std::int64_t line = 0;
  Wide pico = 0;
};

// Turns rows into samples, keeping count of those it skips.
class RowReader {
 public:
  RowReader(const TraceFileOptions& options, const Dialect& dialect, const Columns& columns)
      : options_(options), dialect_(dialect), columns_(columns) {}

  // Only what no trace may hold is an error; a row that can't be read is skipped.
  std::optional<Error> read(const Records& row, TraceImport& import) {
    ++import.rows_read;
    Sample sample{0, row.line(), 0};
    std::string reason = time_problem(row, sample);
    if (reason.empty()) {
      if (const auto number = parse_decimal(row.field(columns_.value), dialect_.comma_is_mark())) {
        auto error = take_value(row, *number, sample);
        if (!error) samples.push_back(sample);
        return error;
      }
      reason = at(row, columns_.value_name, columns_.value, "expected a number");
    }
    ++import.rows_skipped;
    if (import.skipped_reasons.size() < kReasonsKept) import.skipped_reasons.push_back(std::move(reason));
    return std::nullopt;
  }

  std::vector<Sample> samples;

 private:
  std::string at(const Records& row, const std::string& name, std::size_t column,
                 const char* expected) const {
    return fmt::format("line {}, column {}: {}: {}", row.line(), name, quoted_piece(row.field(column)),
                       expected);
  }

  std::string time_problem(const Records& row, Sample& sample) const {
    const std::size_t needed = std::max(columns_.time, columns_.value) + 1;
    if (row.width() < needed)
      return fmt::format("line {}: {} columns: expected {} or more", row.line(), row.width(), needed);
    const auto time = parse_time(row.field(columns_.time), dialect_);
    if (!time) return at(row, columns_.time_name, columns_.time, "expected a time");
    if (time->us < 0) return at(row, columns_.time_name, columns_.time, "expected 1970 or later");
    sample.us = time->us;
    return {};
  }

  std::optional<Error> take_value(const Records& row, const Decimal& number, Sample& sample) const {
    constexpr Wide kMaxPico = Wide{sim::kMaxStepAmount} * kPicoPerMicro;
    if (number.negative && number.digits != 0)
      return refused(at(row, columns_.value_name, columns_.value, "expected 0 or more"));
    const auto pico =
        scaled(number, options_.scale_millionths, 6);  // a millionth of the scale is 10^6 picounits
    if (!pico || *pico > kMaxPico)
      return refused(at(row, columns_.value_name, columns_.value, "expected, once scaled, at most 10^12"));
    sample.pico = *pico;
    return std::nullopt;
  }

  const TraceFileOptions& options_;
  const Dialect& dialect_;
  const Columns& columns_;
};

Result<std::vector<Sample>> read_samples(std::string_view text, const TraceFileOptions& options,
                                         const Dialect& dialect, TraceImport& import) {
  const ColumnChoice choice{options.time_column, options.value_column};
  const auto columns = find_columns(choice, head_of(text, choice, dialect));
  if (!columns) return columns.error();
  RowReader reader(options, dialect, *columns);
  Records rows(text, dialect.separator);
  if (columns->header) rows.next();
  while (rows.next())
    if (auto error = reader.read(rows, import)) return *std::move(error);
  if (!reader.samples.empty()) return std::move(reader.samples);
  return refused(fmt::format("no usable row among {}{}{}", import.rows_read,
                             import.skipped_reasons.empty() ? "" : "; ",
                             import.skipped_reasons.empty() ? "" : import.skipped_reasons.front()));
}

// ---- Samples to steps

// Puts samples in order of time. Rates of the same moment don't add up: only the one furthest down the file stays.
void put_in_order(std::vector<Sample>& samples, TraceUnit unit) {
  std::ranges::stable_sort(samples, {}, &Sample::us);
  if (unit == TraceUnit::Count) return;
  // From behind, as `unique` keeps the first of its equals.
  const auto kept = std::unique(samples.rbegin(), samples.rend(),
                                [](const Sample& a, const Sample& b) { return a.us == b.us; });
  samples.erase(samples.begin(), kept.base());
}

std::optional<Duration> found_step(const std::vector<Sample>& samples) {
  std::vector<std::int64_t> spacings;
  for (std::size_t i = 1; i < samples.size(); ++i)
    if (samples[i].us != samples[i - 1].us) spacings.push_back(samples[i].us - samples[i - 1].us);
  return common_spacing(std::move(spacings));
}

// What `count` samples with this sum offer in one step, rounded half up; empty when it is beyond a step's limit.
std::optional<sim::Amount> step_amount(Wide pico_sum, std::int64_t count, TraceUnit unit, Duration step) {
  Wide divisor = kPicoPerMicro;
  if (unit == TraceUnit::RatePerSecond) {
    if (__builtin_mul_overflow(pico_sum, Wide{step.count()}, &pico_sum)) return std::nullopt;
    divisor *= Wide{count} * kMicrosPerSecond;
  }
  const Wide amount = pico_sum / divisor + (pico_sum % divisor * 2 >= divisor ? 1 : 0);
  if (amount > sim::kMaxStepAmount) return std::nullopt;
  return static_cast<sim::Amount>(amount);
}

// The amounts of all steps from the first sample's on. Counts the steps without a row and the rows that share one.
Result<std::vector<sim::Amount>> amounts_of(const std::vector<Sample>& samples,
                                            const TraceFileOptions& options, TraceImport& import) {
  std::vector<sim::Amount> amounts;
  const std::int64_t start = samples.front().us, length = import.step.count();
  for (std::size_t i = 0; i < samples.size();) {
    const std::int64_t index = (samples[i].us - start) / length;
    const std::size_t first = i;
    Wide sum = 0;
    for (; i < samples.size() && (samples[i].us - start) / length == index; ++i) sum += samples[i].pico;
    const auto amount = step_amount(sum, static_cast<std::int64_t>(i - first), options.unit, import.step);
    if (!amount)
      return refused(fmt::format("step from line {} ({}) on: expected at most 10^12 in one step",
                                 samples[first].line, time_text(import.first + import.step * index)));
    import.gaps += index - static_cast<std::int64_t>(amounts.size());
    const bool hold = options.gaps == GapRule::Hold && !amounts.empty();
    amounts.resize(static_cast<std::size_t>(index), hold ? amounts.back() : 0);
    amounts.push_back(*amount);
  }
  return amounts;
}

std::optional<Error> span_error(const std::vector<Sample>& samples, const TraceFileOptions& options,
                                Duration step) {
  const std::int64_t steps = (samples.back().us - samples.front().us) / step.count() + 1;
  if (steps <= options.max_steps) return std::nullopt;
  const auto moment = [](const Sample& s) {
    return fmt::format("line {} ({})", s.line, time_text(Time{Duration{s.us}}));
  };
  return refused(fmt::format(
      "{} steps of {} us from {} to {}: expected at most {}; is a time wrong, or a longer step needed?",
      steps, step.count(), moment(samples.front()), moment(samples.back()), options.max_steps));
}

Result<TraceImport> imported(std::vector<Sample> samples, const TraceFileOptions& options,
                             TraceImport import) {
  put_in_order(samples, options.unit);
  const auto step = options.step ? options.step : found_step(samples);
  if (!step)
    return refused(fmt::format("all rows at one time, {}: the step can't be found, so give one",
                               time_text(Time{Duration{samples.front().us}})));
  if (auto error = span_error(samples, options, *step)) return *std::move(error);
  import.step = *step;
  import.first = Time{Duration { samples.front().us }};
  import.last = Time{Duration { samples.back().us }};
  auto amounts = amounts_of(samples, options, import);
  if (!amounts) return amounts.error();
  const auto filled = static_cast<std::int64_t>(amounts->size()) - import.gaps;
  import.rows_merged = import.rows_read - import.rows_skipped - filled;
  auto trace = sim::make_trace(import.first, import.step, *std::move(amounts));
  if (!trace) return trace.error();
  import.trace = *std::move(trace);
  return import;
}

std::optional<Error> options_error(const TraceFileOptions& options) {
  if (options.step && *options.step <= Duration::zero())
    return refused(fmt::format("step {} us: expected 1 or more", options.step->count()));
  if (options.scale_millionths < 1 || options.scale_millionths > kMaxScaleMillionths)
    return refused(
        fmt::format("scale_millionths {}: expected 1 to {}", options.scale_millionths, kMaxScaleMillionths));
  if (options.utc_offset < -std::chrono::hours{24} || options.utc_offset > std::chrono::hours{24})
    return refused(fmt::format("utc_offset {} us: expected -24 h to 24 h", options.utc_offset.count()));
  if (std::string_view(",;|\t").find(options.separator) == std::string_view::npos && options.separator != 0)
    return refused(fmt::format("separator {}: expected , ; | or tab", quoted_piece({&options.separator, 1})));
  if (options.max_steps < 1 || options.max_steps > sim::kMaxTraceSteps)
    return refused(fmt::format("max_steps {}: expected 1 to {}", options.max_steps, sim::kMaxTraceSteps));
  return std::nullopt;
}

Result<TraceImport> read(std::string_view bytes, const TraceFileOptions& options) {
  if (auto error = options_error(options)) return *std::move(error);
  const auto decoded = csv_text(bytes);
  if (!decoded) return decoded.error();
  const std::string_view text = *decoded;
  const Dialect dialect{options.separator != 0 ? options.separator : detected_separator(text),
                        options.utc_offset};
  TraceImport import;
  auto samples = read_samples(text, options, dialect, import);
  if (!samples) return samples.error();
  return imported(*std::move(samples), options, std::move(import));
}

}  // namespace

Result<TraceImport> read_trace(std::string_view text, std::string_view name,
                               const TraceFileOptions& options) {
  auto result = read(text, options);
  if (!result) return Error{result.error().code, fmt::format("{}: {}", name, result.error().message)};
  return result;
}

Result<TraceImport> read_trace_file(const std::filesystem::path& path, const TraceFileOptions& options) {
  const auto text = read_csv_file(path);
  if (!text) return text.error();
  return read_trace(*text, path.string(), options);
}

}  // namespace tidepool::scenarios
