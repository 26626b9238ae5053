// EventQueue<Event>: what happens next. Earliest time first; equal times in the order they were pushed.
//
// A pending event is a 16-byte entry {time, slot, generation} in one of two places, and a payload in a third:
//
//   bottom   a short sorted vector: every event earlier than `bottom_limit_`. All pops come from here.
//   buckets  everything later. Times are read as 11 digits in base 64. An event lies at the level of the
//            highest digit in which its time differs from the *anchor*, in the bucket named by that digit. So
//            the lowest level that holds anything holds the earliest events, its first bucket the very first.
//   slots    the payloads, one per live event, reused last in, first out.
//
// When the bottom is empty, `refill` takes the first bucket, moves the anchor to the start of its window, and
// either sorts it into the bottom (few events, or all of one time) or puts each event back one or more levels
// lower. When too many events gather in the bottom, `spill` gives its later part back to the buckets.
//
// Order is exact without a sequence number. The anchor enters a window only by emptying that window's bucket,
// so each event lies at every moment in the bucket its time designates *now*; equal times are therefore
// always together, in one bucket or in the bottom, and every move (append, re-place, stable sort, insert
// after equals) keeps their order.
//
// The anchor never passes the present. A refill that overtook it would let an event be pushed, and later
// spilled, below the anchor, where no search looks. Hence `refill` takes the limit of the pop, and peeking
// never refills.
//
// Cancelling raises the slot's generation; the entry left behind is dead and dropped when met. Dead entries
// are swept out when they outnumber the live ones, which bounds memory when most timers are cancelled long
// before their time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "sim/engine/time.hpp"

namespace tidepool::sim {

/// Names one pushed event for good: an id is never given twice, and a default one names nothing.
struct EventId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  friend bool operator==(const EventId&, const EventId&) = default;
};

namespace detail {

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Time is unsigned here so that the end of the last window, 2^63, can be written down.
struct QueueEntry {
  std::uint64_t time;
  std::uint32_t slot;
  std::uint32_t generation;
};

// A link of a bucket's chain. Chains of chunks stream through memory where a list of events would miss the
// cache at each step; the price is a part-filled chunk for every bucket in use.
struct alignas(64) Chunk {
  static constexpr std::uint32_t kEntries = 31;  // Fills 512 bytes.
  std::uint32_t next;
  std::uint32_t size;
  std::array<QueueEntry, kEntries> entries;
};

// Chunks by index. Grows by whole segments, so a chunk never moves; a copy has the same indices.
class ChunkStore {
 public:
  ChunkStore() = default;
  ChunkStore(const ChunkStore& other) : used_(other.used_), free_(other.free_) {
    segments_.reserve(other.segments_.size());
    for (const auto& segment : other.segments_) segments_.push_back(std::make_unique<Segment>(*segment));
  }
  ChunkStore(ChunkStore&&) noexcept = default;
  ChunkStore& operator=(const ChunkStore& other) { return *this = ChunkStore(other); }
  ChunkStore& operator=(ChunkStore&&) noexcept = default;
  ~ChunkStore() = default;

  Chunk& operator[](std::uint32_t index) { return (*segments_[index / kPerSegment])[index % kPerSegment]; }
  const Chunk& operator[](std::uint32_t index) const {
    return (*segments_[index / kPerSegment])[index % kPerSegment];
  }

  std::uint32_t acquire() {
    std::uint32_t index = free_;
    if (index != kNone) {
      free_ = (*this)[index].next;
    } else {
      if (used_ == segments_.size() * kPerSegment) segments_.push_back(std::make_unique<Segment>());
      index = used_++;
    }
    Chunk& chunk = (*this)[index];
    chunk.next = kNone;
    chunk.size = 0;
    return index;
  }

  void release(std::uint32_t index) {
    (*this)[index].next = free_;
    free_ = index;
  }

  std::size_t bytes() const { return segments_.size() * sizeof(Segment); }

 private:
  static constexpr std::uint32_t kPerSegment = 64;
  using Segment = std::array<Chunk, kPerSegment>;

  std::vector<std::unique_ptr<Segment>> segments_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = kNone;
};

// The buckets, and the anchor that says which event belongs in which.
class Buckets {
 public:
  // A bucket taken out: its chain, and the window of times [start, end) it stood for.
  struct Taken {
    std::uint32_t head;
    std::uint32_t count;
    std::uint64_t start;
    std::uint64_t end;
  };

  // `anchor` must not be later than any time that will ever be appended.
  explicit Buckets(std::uint64_t anchor) : anchor_(anchor) {}

  std::uint64_t anchor() const { return anchor_; }
  std::size_t bytes() const { return chunks_.bytes(); }

  void append(const QueueEntry& entry) {
    assert(entry.time >= anchor_);
    // The | 1 gives a time equal to the anchor a highest digit, the lowest one.
    const unsigned level =
        (static_cast<unsigned>(std::bit_width((entry.time ^ anchor_) | 1U)) - 1U) / kDigitBits;
    const auto digit = static_cast<unsigned>((entry.time >> (level * kDigitBits)) % kDigits);
    Bucket& bucket = buckets_[level * kDigits + digit];
    if (bucket.count == 0) {
      bucket.head = bucket.tail = chunks_.acquire();
      digits_in_use_[level] |= std::uint64_t{1} << digit;
      levels_in_use_ |= 1U << level;
    } else if (chunks_[bucket.tail].size == Chunk::kEntries) {
      const std::uint32_t added = chunks_.acquire();
      chunks_[bucket.tail].next = added;
      bucket.tail = added;
    }
    ++bucket.count;
    Chunk& chunk = chunks_[bucket.tail];
    chunk.entries[chunk.size++] = entry;
  }

  // Takes out the earliest bucket and moves the anchor to the start of its window. Does neither, and answers
  // false, when there is no bucket or its window starts after `limit`.
  bool take_first(std::uint64_t limit, Taken& taken) {
    if (levels_in_use_ == 0) return false;
    const auto level = static_cast<unsigned>(std::countr_zero(levels_in_use_));
    const auto digit = static_cast<unsigned>(std::countr_zero(digits_in_use_[level]));
    const unsigned shift = level * kDigitBits;
    const std::uint64_t start = (anchor_ >> shift) / kDigits * kDigits + digit;
    if ((start << shift) > limit) return false;
    Bucket& bucket = buckets_[level * kDigits + digit];
    taken = {bucket.head, bucket.count, start << shift, (start + 1) << shift};
    forget(level, digit);
    anchor_ = taken.start;
    return true;
  }

  // Hands each entry of a taken bucket to `visit`, in order of arrival, and frees its chain.
  template <class Visit>
  void drain(const Taken& taken, Visit visit) {
    for (std::uint32_t index = taken.head; index != kNone;) {
      const Chunk& chunk = chunks_[index];
      for (std::uint32_t i = 0; i < chunk.size; ++i) visit(chunk.entries[i]);
      const std::uint32_t next = chunk.next;
      chunks_.release(index);
      index = next;
    }
  }

  // Calls visit(entry) for the entries of one bucket after another, earliest window first. When `stop()`
  // holds after a bucket, the later ones are left out.
  template <class Visit, class Stop>
  void look(Visit visit, Stop stop) const {
    for (unsigned level = 0; level < kLevels; ++level) {
      for (std::uint64_t digits = digits_in_use_[level]; digits != 0; digits &= digits - 1) {
        const auto digit = static_cast<unsigned>(std::countr_zero(digits));
        for (std::uint32_t index = buckets_[level * kDigits + digit].head; index != kNone;) {
          const Chunk& chunk = chunks_[index];
          for (std::uint32_t i = 0; i < chunk.size; ++i) visit(chunk.entries[i]);
          index = chunk.next;
        }
        if (stop()) return;
      }
    }
  }

  // Drops every entry for which `keep` is false. The rest stay in their buckets and in order.
  template <class Keep>
  void sweep(Keep keep) {
    for (unsigned level = 0; level < kLevels; ++level) {
      for (std::uint64_t digits = digits_in_use_[level]; digits != 0; digits &= digits - 1) {
        const auto digit = static_cast<unsigned>(std::countr_zero(digits));
        if (!compact(buckets_[level * kDigits + digit], keep)) forget(level, digit);
      }
    }
  }

 private:
  static constexpr unsigned kDigitBits = 6;
  static constexpr unsigned kDigits = 1U << kDigitBits;
  static constexpr unsigned kLevels = 11;  // 11 digits of 6 bits cover the 63 bits of a time.

  struct Bucket {
    std::uint32_t head = kNone;
    std::uint32_t tail = kNone;
    std::uint32_t count = 0;
  };

  void forget(unsigned level, unsigned digit) {
    buckets_[level * kDigits + digit] = Bucket{};
    digits_in_use_[level] &= ~(std::uint64_t{1} << digit);
    if (digits_in_use_[level] == 0) levels_in_use_ &= ~(1U << level);
  }

  // Moves the kept entries to the front of the chain and frees the rest of it; false when nothing is left.
  // Writing never overtakes reading, because at most as much is written as was read. All chunks but the last
  // are full.
  template <class Keep>
  bool compact(Bucket& bucket, Keep keep) {
    std::uint32_t target = bucket.head;
    std::uint32_t filled = 0;
    std::uint32_t kept = 0;
    for (std::uint32_t index = bucket.head; index != kNone; index = chunks_[index].next) {
      const std::uint32_t size = chunks_[index].size;
      for (std::uint32_t i = 0; i < size; ++i) {
        const QueueEntry entry = chunks_[index].entries[i];
        if (!keep(entry)) continue;
        if (filled == Chunk::kEntries) {
          target = chunks_[target].next;
          filled = 0;
        }
        chunks_[target].entries[filled++] = entry;
        ++kept;
      }
    }
    std::uint32_t unused = kept == 0 ? bucket.head : chunks_[target].next;
    if (kept != 0) {
      chunks_[target].size = filled;
      chunks_[target].next = kNone;
    }
    while (unused != kNone) {
      const std::uint32_t next = chunks_[unused].next;
      chunks_.release(unused);
      unused = next;
    }
    bucket.tail = target;
    bucket.count = kept;
    return kept != 0;
  }

  std::uint64_t anchor_;
  std::uint32_t levels_in_use_ = 0;
  std::array<std::uint64_t, kLevels> digits_in_use_{};
  std::array<Bucket, std::size_t{kLevels} * kDigits> buckets_{};
  ChunkStore chunks_;
};

}  // namespace detail

/// The pending events of one simulation. `Event` is a small trivially copyable value.
///
/// A copy is an independent snapshot: it has the same present, the same pending events under the same ids,
/// and given the same calls the same future. A queue that was moved from may only be assigned to or
/// destroyed.
template <class Event>
class EventQueue {
  static_assert(std::is_trivially_copyable_v<Event>, "events are copied about: keep them plain values");

 public:
  struct Popped {
    Time time{};
    EventId id{};
    Event event{};
  };

  explicit EventQueue(Time start = kEpoch) : now_(ticks(start)), bottom_limit_(now_), buckets_(now_) {
    assert(start >= kEpoch);
  }

  /// The time of the last popped event, or the limit of the last pop that found none, whichever came later.
  Time now() const { return time_of(now_); }

  std::size_t size() const { return live_; }
  bool empty() const { return live_ == 0; }

  /// Adds an event, behind all those already pending for the same time. `time` must not be earlier than
  /// now().
  EventId push(Time time, const Event& event) {
    assert(time >= now());
    const detail::QueueEntry entry = occupy(ticks(time), event);
    if (entry.time < bottom_limit_) {
      insert_into_bottom(entry);
    } else {
      buckets_.append(entry);
    }
    ++live_;
    return {entry.slot, entry.generation};
  }

  /// Takes an event out before its time. False when it was popped or cancelled already.
  bool cancel(EventId id) {
    if (id.slot >= slots_.size() || id.generation == 0 || slots_[id.slot].generation != id.generation)
      return false;
    vacate(id.slot);
    --live_;
    ++dead_;
    if (dead_ > live_ + kDeadAllowed) sweep();
    return true;
  }

  /// Takes out the earliest event if its time is at most `limit`, which becomes the present. Otherwise
  /// answers false, leaves `out` alone, and the present becomes `limit`. `limit` must not be earlier than
  /// now().
  bool pop_until(Time limit, Popped& out) {
    assert(limit >= now());
    const std::uint64_t last = ticks(limit);
    while (bottom_head_ != bottom_.size() || refill(last)) {
      const detail::QueueEntry entry = bottom_[bottom_head_];
      if (entry.time > last) break;
      ++bottom_head_;
      Slot& slot = slots_[entry.slot];
      if (slot.generation != entry.generation) {
        --dead_;
        continue;
      }
      out.time = time_of(entry.time);
      out.id = {entry.slot, entry.generation};
      out.event = slot.event;
      vacate(entry.slot);
      --live_;
      now_ = entry.time;
      return true;
    }
    now_ = last;
    return false;
  }

  /// When the earliest pending event is due; empty when there is none. Changes nothing. Usually a look at the
  /// bottom, but reads through the first bucket when the bottom is empty: call it once a turn, not once an
  /// event.
  std::optional<Time> next_time() const {
    for (std::size_t i = bottom_head_; i < bottom_.size(); ++i) {
      if (is_live(bottom_[i])) return time_of(bottom_[i].time);
    }
    std::optional<std::uint64_t> least;
    const auto take_lesser = [&](const detail::QueueEntry& entry) {
      if ((!least || entry.time < *least) && is_live(entry)) least = entry.time;
    };
    buckets_.look(take_lesser, [&] { return least.has_value(); });
    if (!least) return std::nullopt;
    return time_of(*least);
  }

  /// All pending events in the order they will be popped. Made anew at each call, in n log n: for showing and
  /// testing.
  std::vector<Popped> pending() const {
    std::vector<Popped> all;
    all.reserve(live_);
    const auto add = [&](const detail::QueueEntry& entry) {
      if (!is_live(entry)) return;
      all.push_back({time_of(entry.time), {entry.slot, entry.generation}, slots_[entry.slot].event});
    };
    for (std::size_t i = bottom_head_; i < bottom_.size(); ++i) add(bottom_[i]);
    buckets_.look(add, [] { return false; });
    std::stable_sort(all.begin(), all.end(),
                     [](const Popped& a, const Popped& b) { return a.time < b.time; });
    return all;
  }

  /// Bytes held, for tests of its growth and for reports.
  std::size_t bytes() const {
    return sizeof(*this) + buckets_.bytes() + bottom_.capacity() * sizeof(detail::QueueEntry) +
           slots_.capacity() * sizeof(Slot);
  }

 private:
  // Up to this many events are sorted rather than put back into lower levels.
  static constexpr std::uint32_t kSortAtMost = 48;
  // More than this in the bottom and an insertion in its middle spills first; a burst of n would cost n^2 / 4
  // moves.
  static constexpr std::size_t kSpillAbove = 256;
  // Room at the front of the bottom that is left unused before the rest is moved up.
  static constexpr std::size_t kHeadAllowed = 512;
  static constexpr std::size_t kDeadAllowed = 1024;

  struct Slot {
    Event event;
    std::uint32_t generation;  // Of the event that lives here now or will next; 0 when worn out.
    std::uint32_t next_free;
  };

  static std::uint64_t ticks(Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
  }
  static Time time_of(std::uint64_t ticks) { return Time{Duration{static_cast<std::int64_t>(ticks)}}; }

  bool is_live(const detail::QueueEntry& entry) const {
    return slots_[entry.slot].generation == entry.generation;
  }

  detail::QueueEntry occupy(std::uint64_t time, const Event& event) {
    if (free_slot_ != detail::kNone) {
      const std::uint32_t index = free_slot_;
      Slot& slot = slots_[index];
      free_slot_ = slot.next_free;
      slot.event = event;
      return {time, index, slot.generation};
    }
    assert(slots_.size() < detail::kNone);
    const auto index = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back({event, 1, detail::kNone});
    return {time, index, 1};
  }

  // A slot that has run out of generations is never used again: a dead entry or an old id may still name any
  // of them.
  void vacate(std::uint32_t index) {
    Slot& slot = slots_[index];
    if (++slot.generation == 0) return;
    slot.next_free = free_slot_;
    free_slot_ = index;
  }

  bool refill(std::uint64_t limit) {
    bottom_.clear();
    bottom_head_ = 0;
    detail::Buckets::Taken taken;
    while (buckets_.take_first(limit, taken)) {
      const bool single_time = taken.end - taken.start == 1;
      if (!single_time && taken.count > kSortAtMost) {
        buckets_.drain(taken, [&](const detail::QueueEntry& entry) { buckets_.append(entry); });
        continue;
      }
      buckets_.drain(taken, [&](const detail::QueueEntry& entry) {
        __builtin_prefetch(&slots_[entry.slot]);
        bottom_.push_back(entry);
        if (!single_time) sink_last();
      });
      bottom_limit_ = taken.end;
      return true;
    }
    return false;
  }

  void insert_into_bottom(const detail::QueueEntry& entry) {
    if (bottom_head_ >= kHeadAllowed && bottom_head_ >= bottom_.size() - bottom_head_) {
      bottom_.erase(bottom_.begin(), bottom_.begin() + static_cast<std::ptrdiff_t>(bottom_head_));
      bottom_head_ = 0;
    }
    const bool crowded = bottom_.size() - bottom_head_ > kSpillAbove;
    if (crowded && entry.time < bottom_.back().time) {
      spill();
      if (entry.time >= bottom_limit_) {
        buckets_.append(entry);
        return;
      }
    }
    bottom_.push_back(entry);
    sink_last();
  }

  // Brings the last entry of the bottom to its place, behind its equals.
  void sink_last() {
    const detail::QueueEntry entry = bottom_.back();
    std::size_t place = bottom_.size() - 1;
    for (; place > bottom_head_ && bottom_[place - 1].time > entry.time; --place)
      bottom_[place] = bottom_[place - 1];
    bottom_[place] = entry;
  }

  // Gives the later half of the bottom back to the buckets. Equal times are not parted: when one time fills
  // the first half, nothing stays.
  void spill() {
    const auto by_time = [](const detail::QueueEntry& a, const detail::QueueEntry& b) {
      return a.time < b.time;
    };
    const auto head = bottom_.begin() + static_cast<std::ptrdiff_t>(bottom_head_);
    const auto middle = head + (bottom_.end() - head) / 2;
    const auto cut = std::lower_bound(head, middle, *middle, by_time);
    bottom_limit_ = cut->time;
    for (auto each = cut; each != bottom_.end(); ++each) buckets_.append(*each);
    bottom_.erase(cut, bottom_.end());
  }

  void sweep() {
    const auto live = [&](const detail::QueueEntry& entry) { return is_live(entry); };
    buckets_.sweep(live);
    std::size_t kept = 0;
    for (std::size_t i = bottom_head_; i < bottom_.size(); ++i) {
      if (live(bottom_[i])) bottom_[kept++] = bottom_[i];
    }
    bottom_.erase(bottom_.begin() + static_cast<std::ptrdiff_t>(kept), bottom_.end());
    bottom_head_ = 0;
    dead_ = 0;
  }

  std::uint64_t now_;
  std::uint64_t bottom_limit_;
  std::vector<detail::QueueEntry> bottom_;
  std::size_t bottom_head_ = 0;
  std::vector<Slot> slots_;
  std::uint32_t free_slot_ = detail::kNone;
  std::size_t live_ = 0;
  std::size_t dead_ = 0;
  detail::Buckets buckets_;
};

}  // namespace tidepool::sim
