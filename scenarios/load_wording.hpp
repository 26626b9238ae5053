// How the loader speaks: complaints about a file, and the values and words in them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidepool::scenarios {

/// The faults found so far, each a complete line. After the first two hundred they are only counted.
class Complaints {
 public:
  /// `name` stands for the file.
  explicit Complaints(std::string name) : name_(std::move(name)) {}

  /// "{name}: {path}: {text}"; without a path (the file as a whole) "{name}: {text}".
  void add(std::string_view path, std::string_view text);
  bool any() const { return !lines_.empty(); }
  /// Whether further faults are only counted, so that no work need go into their wording.
  bool full() const { return lines_.size() == kMost; }
  /// What was found. The last line tells how much more there was.
  std::vector<std::string> take();

 private:
  static constexpr std::size_t kMost = 200;

  std::string name_;
  std::vector<std::string> lines_;
  std::size_t left_out_ = 0;
};

/// UTF-8 sequences; bytes that belong to none count each.
std::size_t characters_in(std::string_view text);
/// Whether the first byte begins a valid UTF-8 sequence.
bool begins_with_character(std::string_view text);

/// `text` with control characters and stray bytes escaped, cut after 40 characters.
std::string printable(std::string_view text);
/// The same in quotes: "..." for values, '...' for keys.
std::string shown(std::string_view text, char quote = '"');

/// The candidate that `word` may be a slip of the pen for, or the beginning of; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// `"a", "b" or "c"`, cut after 32.
std::string listed(std::span<const std::string_view> words, char quote = '"');

}  // namespace tidepool::scenarios
