// Four stages: text to records (lines cut into fields), the choice of the two columns, records to samples (a moment
// and a value each), samples to the even steps of a Trace. Only the third one skips rows; every refusal is an Error.
#include "scenarios/trace_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

namespace tidepool::scenarios {

namespace {

using sim::Duration;
using sim::Error;
using sim::Result;
using sim::Time;

// Holds every digit of a value while it is scaled, and sums of such values.
__extension__ using Wide = __int128;

// Values are kept in picounits until their step is known, so that a rate times a long step is rounded only once.
constexpr std::int64_t kPicoPerMicro = 1'000'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMaxScaleMillionths = 1'000'000'000'000;
constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 30;
constexpr std::size_t kSampledRows = 100;
constexpr std::size_t kReasonsKept = 5;

Error refused(std::string message) { return {sim::ErrorCode::BodyInvalid, std::move(message)}; }

// A piece of the file for a message: short, and printable whatever bytes it holds.
std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "'";
  for (const char each : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= 0x20 && byte < 0x7f)
      out += each;
    else
      out += fmt::format("\\x{:02x}", byte);
  }
  return out + (text.size() > kLongest ? "...'" : "'");
}

std::string time_text(Time t) {
  const auto since = t.time_since_epoch();
  const auto days = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days{days}};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(since - days)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// ---- Text to records

// Cuts the next line off `rest`, whichever of LF, CR LF and CR ends it.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find_first_of("\r\n");
  const std::string_view line = rest.substr(0, end);
  if (end == std::string_view::npos) {
    rest = {};
    return line;
  }
  const bool two = rest.substr(end, 2) == "\r\n";
  rest.remove_prefix(end + (two ? 2 : 1));
  return line;
}

// Cuts the next field off `rest` and puts its content into `field`; false when it was the last one.
bool take_field(std::string_view& rest, char separator, std::string& field) {
  while (!rest.empty() && is_blank(rest.front()) && rest.front() != separator) rest.remove_prefix(1);
  field.clear();
  bool quoted = !rest.empty() && rest.front() == '"';
  std::size_t at = quoted ? 1 : 0;
  for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
    if (!quoted || rest[at] != '"') {
      field += rest[at];
    } else if (at + 1 < rest.size() && rest[at + 1] == '"') {
      field += rest[++at];
    } else {
      quoted = false;
    }
  }
  while (!field.empty() && is_blank(field.back())) field.pop_back();
  const bool more = at < rest.size();
  rest.remove_prefix(more ? at + 1 : at);
  return more;
}

// Steps through the lines that hold something, as fields. The fields' storage is used again from line to line.
class Records {
 public:
  Records(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  bool next() {
    while (!rest_.empty()) {
      std::string_view line = take_line(rest_);
      ++line_;
      if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
      width_ = 0;
      bool more = true;
      while (more) {
        if (width_ == fields_.size()) fields_.emplace_back();
        more = take_field(line, separator_, fields_[width_++]);
      }
      return true;
    }
    return false;
  }

  std::int64_t line() const { return line_; }
  std::size_t width() const { return width_; }
  const std::string& field(std::size_t index) const { return fields_[index]; }
  std::span<const std::string> fields() const { return std::span(fields_).first(width_); }

 private:
  std::string_view rest_;
  char separator_;
  std::int64_t line_ = 0;
  std::size_t width_ = 0;
  std::vector<std::string> fields_;
};

// The first line that holds something decides: a semicolon outranks a tab and a tab a comma, since a comma may be a
// decimal mark, and a tab may follow a semicolon to line columns up.
char detected_separator(std::string_view text) {
  bool quoted = false, tab = false;
  std::string_view line;
  while (trimmed(line).empty() && !text.empty()) {
    line = take_line(text);
    if (trimmed(line).starts_with('#')) line = {};
  }
  for (const char each : line) {
    if (each == '"') quoted = !quoted;
    if (quoted) continue;
    if (each == ';') return ';';
    tab = tab || each == '\t';
  }
  return tab ? '\t' : ',';
}

// ---- Numbers

// digits * 10^exponent, as written.
struct Decimal {
  bool negative = false;
  Wide digits = 0;
  std::int64_t exponent = 0;
};

// Reads digits up to a mark or the end; those after the twentieth significant one are counted and not kept.
std::size_t take_digits(std::string_view& rest, Decimal& number, bool fraction) {
  constexpr Wide kFull = Wide{10'000'000'000} * 1'000'000'000;  // 10^19
  std::size_t taken = 0;
  for (; taken < rest.size() && is_digit(rest[taken]); ++taken) {
    const bool kept = number.digits < kFull;
    if (kept) number.digits = number.digits * 10 + (rest[taken] - '0');
    if (kept && fraction) --number.exponent;
    if (!kept && !fraction) ++number.exponent;
  }
  rest.remove_prefix(taken);
  return taken;
}

bool take_sign(std::string_view& rest) {
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
  return negative;
}

// Reads `e` and a whole number, if there; false when what stands there is something else.
bool take_exponent(std::string_view& rest, Decimal& number) {
  if (rest.empty()) return true;
  if (rest.front() != 'e' && rest.front() != 'E') return false;
  rest.remove_prefix(1);
  const bool negative = take_sign(rest);
  if (rest.empty() || rest.size() > 4) return false;
  std::int64_t exponent = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1))
    exponent = exponent * 10 + (rest.front() - '0');
  number.exponent += negative ? -exponent : exponent;
  return rest.empty();
}

std::optional<Decimal> parse_decimal(std::string_view text, bool comma_is_mark) {
  Decimal number;
  number.negative = take_sign(text);
  std::size_t digits = take_digits(text, number, false);
  if (!text.empty() && (text.front() == '.' || (comma_is_mark && text.front() == ','))) {
    text.remove_prefix(1);
    digits += take_digits(text, number, true);
  }
  if (digits == 0 || !take_exponent(text, number)) return std::nullopt;
  return number;
}

// number.digits * factor * 10^(exponent + power), rounded down and without the sign; empty when it needs over 127 bits.
std::optional<Wide> scaled(const Decimal& number, std::int64_t factor, std::int64_t power) {
  Wide value = number.digits * factor;  // under 10^20 * 10^12
  power += number.exponent;
  for (; power < 0 && value != 0; ++power) value /= 10;
  for (; power > 0 && value != 0; --power)
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  return value;
}

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWords = {"", "-", "nan", "null", "na", "n/a", "none"};
  std::string lower(text.substr(0, 5));
  for (char& each : lower) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  return text.size() < 5 && std::ranges::find(kWords, lower) != kWords.end();
}

// ---- Times

enum class TimeKind : std::uint8_t { Calendar, Epoch, Offset };

struct ParsedTime {
  TimeKind kind{};
  std::int64_t us = 0;  // since 1970, UTC
};

// Reads a text from left to right; the first thing that isn't as expected makes it bad for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool done() const { return rest_.empty(); }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool take_any(std::string_view letters) {
    if (rest_.empty() || letters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect_any(std::string_view letters) { good_ = take_any(letters) && good_; }
  // A whole number of `fewest` to `most` digits, at most `highest`.
  int number(std::size_t fewest, std::size_t most, int highest) {
    int value = 0;
    std::size_t taken = 0;
    for (; taken < most && taken < rest_.size() && is_digit(rest_[taken]); ++taken)
      value = value * 10 + (rest_[taken] - '0');
    rest_.remove_prefix(taken);
    good_ = good_ && taken >= fewest && value <= highest;
    return value;
  }
  // 0 to 9 digits after a decimal mark, as nanoseconds.
  std::int64_t fraction() {
    std::int64_t value = 0, unit = 100'000'000;
    for (; unit > 0 && !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), unit /= 10)
      value += unit * (rest_.front() - '0');
    return value;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<std::chrono::sys_days> take_date(Scanner& scan, bool year_first) {
  int year = 0, month = 0, day = 0;
  if (year_first) {
    year = scan.number(4, 4, 9999);
    scan.expect_any("-/");
    month = scan.number(2, 2, 12);
    scan.expect_any("-/");
    day = scan.number(2, 2, 31);
  } else {
    day = scan.number(1, 2, 31);
    scan.expect_any(".");
    month = scan.number(1, 2, 12);
    scan.expect_any(".");
    year = scan.number(4, 4, 9999);
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!scan.good() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

// Microseconds since midnight; 0 when there is only a date.
std::int64_t take_clock(Scanner& scan) {
  if (scan.done()) return 0;
  scan.expect_any(" Tt");
  std::int64_t seconds = std::int64_t{scan.number(1, 2, 23)} * 3600;
  scan.expect_any(":");
  seconds += std::int64_t{scan.number(2, 2, 59)} * 60;
  if (!scan.take(":")) return seconds * kMicrosPerSecond;
  seconds += scan.number(2, 2, 59);
  return seconds * kMicrosPerSecond + (scan.take_any(".,") ? scan.fraction() / 1000 : 0);
}

// How far local time is ahead of UTC; `naive` when the text says nothing.
Duration take_zone(Scanner& scan, Duration naive) {
  if (scan.done()) return naive;
  scan.take(" ");
  if (scan.take_any("Zz") || scan.take("UTC")) return Duration::zero();
  const bool west = scan.take("-");
  if (!west) scan.expect_any("+");
  const std::chrono::hours hours{scan.number(2, 2, 23)};
  scan.take(":");
  const std::chrono::minutes minutes{scan.done() ? 0 : scan.number(2, 2, 59)};
  return west ? -Duration{hours + minutes} : Duration{hours + minutes};
}

std::optional<ParsedTime> parse_calendar(std::string_view text, Duration utc_offset) {
  constexpr std::size_t kShortest = 8;  // 1.1.2000
  if (text.size() < kShortest || !is_digit(text.front())) return std::nullopt;
  Scanner scan(text);
  const auto date = take_date(scan, text[4] == '-' || text[4] == '/');
  if (!date) return std::nullopt;
  const Duration clock{take_clock(scan)};
  const Duration zone = take_zone(scan, utc_offset);
  if (!scan.good() || !scan.done()) return std::nullopt;
  return ParsedTime{TimeKind::Calendar, (Duration{date->time_since_epoch()} + clock - zone).count()};
}

// A number of seconds, milliseconds, microseconds or nanoseconds: whichever puts it between 1973 and 5138.
std::optional<ParsedTime> parse_numeric_time(std::string_view text, bool comma_is_mark) {
  struct Range {
    Wide below;
    TimeKind kind;
    int power;
  };
  constexpr Wide kMillion = 1'000'000;
  constexpr std::array<Range, 5> kRanges = {{
      {100 * kMillion, TimeKind::Offset, 6},
      {100'000 * kMillion, TimeKind::Epoch, 6},
      {100 * kMillion * kMillion, TimeKind::Epoch, 3},
      {100'000 * kMillion * kMillion, TimeKind::Epoch, 0},
      {100 * kMillion * kMillion * kMillion, TimeKind::Epoch, -3},
  }};
  const auto number = parse_decimal(text, comma_is_mark);
  if (!number) return std::nullopt;
  const auto whole = scaled(*number, 1, 0);
  if (!whole) return std::nullopt;
  for (const Range& range : kRanges) {
    if (*whole >= range.below) continue;
    const auto us = static_cast<std::int64_t>(scaled(*number, 1, range.power).value());
    return ParsedTime{range.kind, number->negative ? -us : us};
  }
  return std::nullopt;
}

// How the file writes what it writes.
struct Dialect {
  char separator = ',';
  Duration utc_offset{};
  bool comma_is_mark() const { return separator != ','; }
};

std::optional<ParsedTime> parse_time(std::string_view text, const Dialect& dialect) {
  if (const auto time = parse_calendar(text, dialect.utc_offset)) return time;
  return parse_numeric_time(text, dialect.comma_is_mark());
}

// ---- The two columns

struct Columns {
  bool header = false;
  std::size_t time = 0, value = 0;
  std::string time_name, value_name;  // for messages
};

// What the first rows hold in one column.
struct ColumnContent {
  std::array<std::size_t, 3> times{};  // by TimeKind
  std::size_t numbers = 0, missing = 0, rows = 0;
  // Most of what is there: one broken row must not hide a column.
  bool mostly(std::size_t count) const { return count > 0 && 2 * count > rows - missing; }
};

// The head of a file: its first line, as text, and what the rows below (or from it on) look like.
struct Head {
  bool header = false;
  std::vector<std::string> first;
  std::vector<ColumnContent> columns;
};

bool is_number(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

void look_at(std::span<const std::string> fields, const Dialect& dialect,
             std::vector<ColumnContent>& columns) {
  columns.resize(std::max(columns.size(), fields.size()));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    ColumnContent& column = columns[i];
    ++column.rows;
    if (const auto time = parse_time(fields[i], dialect))
      ++column.times[static_cast<std::size_t>(time->kind)];
    if (parse_decimal(fields[i], dialect.comma_is_mark())) ++column.numbers;
    if (is_missing(fields[i])) ++column.missing;
  }
}

// See TraceFileOptions::time_column.
std::optional<std::size_t> found_time_column(const std::vector<ColumnContent>& columns) {
  for (std::size_t kind = 0; kind < 3; ++kind)
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].mostly(columns[i].times[kind])) return i;
  return std::nullopt;
}

// Whether `first` has a word where the rows below it have their times.
bool names_the_times(const std::vector<std::string>& first, const std::vector<ColumnContent>& below,
                     const Dialect& dialect) {
  const auto column = found_time_column(below);
  return column && *column < first.size() && !is_missing(first[*column]) &&
         !parse_time(first[*column], dialect);
}

// A first line is a header when it has a column that was asked for by name, or when nothing in it is a time or number.
// Numbers can be names too, and the one asked for is when the times below have a name.
bool is_header(const std::vector<std::string>& first, const std::vector<ColumnContent>& below,
               const TraceFileOptions& options, const Dialect& dialect) {
  for (const std::string& each : first) {
    if (each.empty() || (each != options.time_column && each != options.value_column)) continue;
    if (!is_number(each) || names_the_times(first, below, dialect)) return true;
  }
  return std::ranges::none_of(first, [&](const std::string& each) {
    return parse_time(each, dialect).has_value() || parse_decimal(each, dialect.comma_is_mark()).has_value();
  });
}

Head head_of(std::string_view text, const TraceFileOptions& options, const Dialect& dialect) {
  Head head;
  Records rows(text, dialect.separator);
  if (!rows.next()) return head;
  head.first.assign(rows.fields().begin(), rows.fields().end());
  for (std::size_t i = 0; i < kSampledRows && rows.next(); ++i) look_at(rows.fields(), dialect, head.columns);
  head.header = is_header(head.first, head.columns, options, dialect);
  if (!head.header) look_at(head.first, dialect, head.columns);
  return head;
}

// The column that an option names, by header or by number; `option` is the option's own name.
Result<std::size_t> asked_column(const char* option, const std::string& asked, const Head& head) {
  const std::size_t width = std::max(head.first.size(), head.columns.size());
  std::string names;
  if (head.header) {
    const auto found = std::ranges::find(head.first, asked);
    if (found != head.first.end()) return static_cast<std::size_t>(found - head.first.begin());
    for (const std::string& each : head.first) names += shown(each) + ", ";
  }
  if (is_number(asked) && asked.size() < 7) {
    const auto number = static_cast<std::size_t>(std::stoul(asked));
    if (number >= 1 && number <= width) return number - 1;
  }
  return refused(fmt::format("{} {}: expected {}{}1 to {}", option, shown(asked),
                             names.empty() ? "" : "one of ", names.empty() ? "" : names + "or ", width));
}

Result<std::size_t> time_column(const TraceFileOptions& options, const Head& head) {
  if (!options.time_column.empty()) return asked_column("time_column", options.time_column, head);
  if (const auto found = found_time_column(head.columns)) return *found;
  return refused("no column of times in the first rows: name one with time_column");
}

Result<std::size_t> value_column(const TraceFileOptions& options, const Head& head, std::size_t time) {
  if (!options.value_column.empty()) return asked_column("value_column", options.value_column, head);
  for (std::size_t i = time + 1; i < head.columns.size(); ++i)
    if (head.columns[i].mostly(head.columns[i].numbers)) return i;
  return refused(
      fmt::format("no numeric column after the time (column {}): name one with value_column", time + 1));
}

Result<Columns> find_columns(const TraceFileOptions& options, const Head& head) {
  if (head.first.empty()) return refused("no rows: expected a time and a value a line");
  const auto time = time_column(options, head);
  if (!time) return time.error();
  const auto value = value_column(options, head, *time);
  if (!value) return value.error();
  if (*time == *value)
    return refused(fmt::format("column {}: expected different ones for time and value", *time + 1));
  const auto name = [&](std::size_t i) {
    return head.header && i < head.first.size() ? shown(head.first[i]) : fmt::format("{}", i + 1);
  };
  return Columns{head.header, *time, *value, name(*time), name(*value)};
}

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
    return fmt::format("line {}, column {}: {}: {}", row.line(), name, shown(row.field(column)), expected);
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
  const auto columns = find_columns(options, head_of(text, options, dialect));
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

std::vector<std::int64_t> sorted_spacings(const std::vector<Sample>& samples) {
  std::vector<std::int64_t> spacings;
  for (std::size_t i = 1; i < samples.size(); ++i)
    if (samples[i].us != samples[i - 1].us) spacings.push_back(samples[i].us - samples[i - 1].us);
  std::ranges::sort(spacings);
  return spacings;
}

// See TraceFileOptions::step. A spacing has to be common to be chosen, or one stray row would cut every step short.
std::optional<Duration> found_step(const std::vector<Sample>& samples) {
  const std::vector<std::int64_t> spacings = sorted_spacings(samples);
  std::optional<Duration> most_common;
  std::size_t most = 0;
  for (auto at = spacings.begin(); at != spacings.end();) {
    const std::int64_t spacing = *at;
    const auto next = std::upper_bound(at, spacings.end(), spacing);
    const auto times = static_cast<std::size_t>(next - at);
    at = next;
    if (times * 10 >= spacings.size()) {
      const auto multiples =
          std::ranges::count_if(spacings, [=](std::int64_t each) { return each % spacing == 0; });
      if (2 * static_cast<std::size_t>(multiples) > spacings.size()) return Duration{spacing};
    }
    if (times > most) {
      most = times;
      most_common = Duration{spacing};
    }
  }
  return most_common;
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
    return refused(fmt::format("separator {}: expected , ; | or tab", shown({&options.separator, 1})));
  if (options.max_steps < 1 || options.max_steps > sim::kMaxTraceSteps)
    return refused(fmt::format("max_steps {}: expected 1 to {}", options.max_steps, sim::kMaxTraceSteps));
  return std::nullopt;
}

Result<TraceImport> read(std::string_view text, const TraceFileOptions& options) {
  if (auto error = options_error(options)) return *std::move(error);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return refused("UTF-16 text: expected UTF-8");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
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
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed))
    return Error{sim::ErrorCode::ResourceNotFound, fmt::format("{}: no such file", path.string())};
  const std::uintmax_t bytes = std::filesystem::file_size(path, failed);
  if (failed || bytes > kMaxFileBytes)
    return refused(fmt::format("{}: {} bytes: expected at most {}", path.string(), bytes, kMaxFileBytes));
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes)))
    return Error{sim::ErrorCode::ResourceNotFound, fmt::format("{}: cannot be read", path.string())};
  return read_trace(text, path.string(), options);
}

}  // namespace tidepool::scenarios
