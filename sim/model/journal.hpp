// Journal: every command, decision and state move of a run, one line of text each, and the fingerprint over them.
//
// Two runs are the same run exactly when their journals are the same bytes; the fingerprint says so in 32 digits. It is
// taken whether or not anybody keeps the text.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sim/engine/time.hpp"

namespace tidepool::sim {

/// Appends a moment as 2026-03-01T06:20:05.000000Z.
void append_utc(std::string& out, Time t);
/// The same with whole seconds: 2026-03-01T06:20:05Z.
std::string utc_seconds(Time t);

enum class JournalText : std::uint8_t { Kept, Dropped };

/// A copy continues the same journal independently.
class Journal {
 public:
  explicit Journal(JournalText text = JournalText::Kept);
  Journal(const Journal& other);
  Journal(Journal&&) noexcept;
  Journal& operator=(const Journal& other);
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  /// One line: the time, then who it is about, then what happened and why. `format` must not hold a line break.
  template <class... Args>
  void write(Time t, std::string_view subject, fmt::format_string<Args...> format, Args&&... args) {
    const std::size_t begin = open_line(t, subject);
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    close_line(begin);
  }

  /// The same for words that are made already.
  void write_text(Time t, std::string_view subject, std::string_view words);

  std::uint64_t lines() const { return lines_; }
  /// The lines kept since the last call, each with its line break.
  std::string take_text();
  /// XXH3-128 over all lines so far, as 32 hex digits (high half first).
  std::string fingerprint() const;

 private:
  struct Hash;

  std::size_t open_line(Time t, std::string_view subject);
  void close_line(std::size_t begin);

  JournalText mode_;
  std::string text_;
  std::uint64_t lines_ = 0;
  std::unique_ptr<Hash> hash_;
};

}  // namespace tidepool::sim
