#include "sim/model/journal.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <chrono>
#include <new>
#include <vector>

#include "sim/model/workload.hpp"

namespace tidepool::sim {
namespace {

struct Parts {
  int year;
  unsigned month, day;
  std::int64_t hour, minute, second, micros;
};

Parts parts_of(Time t) {
  const auto since = t.time_since_epoch();
  const auto day = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const std::chrono::hh_mm_ss clock{since - day};
  return {static_cast<int>(date.year()),     static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()), clock.hours().count(),
          clock.minutes().count(),           clock.seconds().count(),
          clock.subseconds().count()};
}

void append_digits(std::string& out, std::int64_t value, int digits) {
  const std::size_t begin = out.size();
  out.append(static_cast<std::size_t>(digits), '0');
  for (std::size_t i = out.size(); i > begin && value != 0; value /= 10)
    out[--i] = static_cast<char>('0' + value % 10);
}

void append_to_second(std::string& out, const Parts& p) {
  append_digits(out, p.year, 4);
  out += '-';
  append_digits(out, p.month, 2);
  out += '-';
  append_digits(out, p.day, 2);
  out += 'T';
  append_digits(out, p.hour, 2);
  out += ':';
  append_digits(out, p.minute, 2);
  out += ':';
  append_digits(out, p.second, 2);
}

}  // namespace

void append_utc(std::string& out, Time t) {
  const Parts p = parts_of(t);
  append_to_second(out, p);
  out += '.';
  append_digits(out, p.micros, 6);
  out += 'Z';
}

std::string utc_seconds(Time t) {
  std::string out;
  append_to_second(out, parts_of(t));
  out += 'Z';
  return out;
}

struct Journal::Hash {
  XXH3_state_t* state = XXH3_createState();

  Hash() {
    if (state == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(state);
  }
  Hash(const Hash& other) : Hash() { XXH3_copyState(state, other.state); }
  Hash(Hash&&) = delete;
  Hash& operator=(const Hash&) = delete;
  Hash& operator=(Hash&&) = delete;
  ~Hash() { XXH3_freeState(state); }
};

Journal::Journal(JournalText text) : mode_(text), hash_(std::make_unique<Hash>()) {}
Journal::Journal(const Journal& other)
    : mode_(other.mode_),
      text_(other.text_),
      lines_(other.lines_),
      hash_(std::make_unique<Hash>(*other.hash_)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(const Journal& other) { return *this = Journal(other); }
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

std::size_t Journal::open_line(Time t, std::string_view subject) {
  const std::size_t begin = text_.size();
  append_utc(text_, t);
  text_ += ' ';
  text_ += subject;
  text_ += ": ";
  return begin;
}

void Journal::close_line(std::size_t begin) {
  // A name from outside could smuggle in a line of its own.
  std::replace(text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.end(), '\n', ' ');
  text_ += '\n';
  XXH3_128bits_update(hash_->state, text_.data() + begin, text_.size() - begin);
  ++lines_;
  if (mode_ == JournalText::Dropped) text_.clear();
}

std::string Journal::take_text() { return std::exchange(text_, {}); }

std::string Journal::fingerprint() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(hash_->state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// Declared in workload.hpp; it stands here because no other file knows the hash.
std::string fingerprint_of(const Trace& trace) {
  static_assert(std::endian::native == std::endian::little, "equal files on all machines need equal bytes");
  std::vector<std::int64_t> numbers{trace.start.time_since_epoch().count(), trace.step.count()};
  numbers.insert(numbers.end(), trace.amounts.begin(), trace.amounts.end());
  const XXH128_hash_t hash = XXH3_128bits(numbers.data(), numbers.size() * sizeof(std::int64_t));
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace tidepool::sim
