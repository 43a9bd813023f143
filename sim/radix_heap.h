// A monotone radix heap: the engine's event queue.
//
// Keys are 64-bit integers, and a pushed key is never below the key popped last (time does not run
// backwards). An item lives in the bucket named by the highest digit in which its key differs from
// the last popped key, and by the value of that digit. The least bucket that is not empty therefore
// holds the least key. When it is not of the lowest digit, popping spreads its items over the
// buckets below; an item sinks at most once per digit, so an operation costs a few sequential
// copies whatever the number of items. No comparison of items, no tuning, no resizing stall.
//
// Ties: items with equal keys are always in the same bucket, in the order they were pushed, and
// spreading keeps the order. So the heap is first-in-first-out without a sequence number.
//
// Peeking is O(1) and changes nothing: each bucket knows its least key. (A peek that spread the
// bucket would raise the reference key, and an item pushed below it afterwards would be misfiled.)
//
// Items are stored in small chunks that buckets take from and return to one pool: memory follows
// the number of items, and once the pool is warm nothing is allocated.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "sim/assert.h"

namespace twin::sim {

// T is small and trivially copyable; KeyOf::key(const T&) gives its uint64_t key. Six bits a digit
// are the widest that one word can mark, and the quickest measured from 1e3 to 1e6 items.
template <class T, class KeyOf, int kDigitBits = 6>
class RadixHeap {
  static_assert(std::is_trivially_copyable_v<T>);
  static_assert(kDigitBits >= 1 && kDigitBits <= 6, "a level's occupancy is one 64-bit word");

 public:
  RadixHeap() = default;
  RadixHeap(const RadixHeap&) = delete;
  RadixHeap& operator=(const RadixHeap&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  // REQUIRES: the key is not below the key popped last.
  void push(const T& item) {
    const uint64_t key = KeyOf::key(item);
    TWIN_ASSERT_LE(last_, key);
    file(item, key);
    ++size_;
  }

  // The least key. REQUIRES: !empty().
  uint64_t least_key() const {
    TWIN_ASSERT(!empty());
    return least_[least_bucket()];
  }

  // Removes and returns the item of least key that was pushed first. REQUIRES: !empty().
  T pop() {
    TWIN_ASSERT(!empty());
    --size_;
    const size_t bucket = least_bucket();
    last_ = least_[bucket];
    if (bucket >= kSlots && !is_single(bucket)) {
      spread(bucket);
      return take_first(least_bucket());
    }
    return take_first(bucket);
  }

 private:
  static constexpr size_t kSlots = size_t{1} << kDigitBits;
  static constexpr size_t kLevels = (64 + kDigitBits - 1) / kDigitBits;
  static constexpr uint32_t kChunkItems = 15;  // with 32-byte items a chunk is 488 bytes
  static constexpr size_t kChunksPerBlock = 64;

  struct Chunk {
    Chunk* next;
    T items[kChunkItems];
  };

  // Chunks head..tail; the first item is head->items[begin], the last is tail->items[end - 1].
  struct Bucket {
    Chunk* head = nullptr;
    Chunk* tail = nullptr;
    uint32_t begin = 0;
    uint32_t end = kChunkItems;
  };

  // log2 of the distance, divided by the digit width.
  static size_t level_of(uint64_t difference) {
    return static_cast<size_t>(std::bit_width(difference | 1) - 1) / kDigitBits;
  }

  size_t least_bucket() const {
    const size_t level = static_cast<size_t>(std::countr_zero(levels_));
    return level * kSlots + static_cast<size_t>(std::countr_zero(slots_[level]));
  }

  bool is_single(size_t bucket) const {
    const Bucket& held = buckets_[bucket];
    return held.head == held.tail && held.begin + 1 == held.end;
  }

  void file(const T& item, uint64_t key) {
    const size_t level = level_of(key ^ last_);
    const size_t slot = static_cast<size_t>(key >> (level * kDigitBits)) & (kSlots - 1);
    const size_t bucket = level * kSlots + slot;
    const uint64_t bit = uint64_t{1} << slot;
    Bucket& held = buckets_[bucket];
    if ((slots_[level] & bit) == 0) {
      slots_[level] |= bit;
      levels_ |= uint64_t{1} << level;
      held.head = held.tail = take_chunk();
      held.begin = held.end = 0;
      least_[bucket] = key;
    } else {
      if (held.end == kChunkItems) {
        Chunk* fresh = take_chunk();
        held.tail->next = fresh;
        held.tail = fresh;
        held.end = 0;
      }
      if (key < least_[bucket]) least_[bucket] = key;
    }
    held.tail->items[held.end++] = item;
  }

  // The first item of a bucket whose items all have the same key.
  T take_first(size_t bucket) {
    Bucket& held = buckets_[bucket];
    const T item = held.head->items[held.begin++];
    if (held.head == held.tail) {
      if (held.begin == held.end) {
        give_chunk(held.head);
        mark_empty(bucket);
      }
    } else if (held.begin == kChunkItems) {
      Chunk* used = held.head;
      held.head = used->next;
      held.begin = 0;
      give_chunk(used);
    }
    return item;
  }

  // Refiles a bucket's items relative to the new last_; all of them sink to lower levels.
  void spread(size_t bucket) {
    const Bucket held = buckets_[bucket];
    mark_empty(bucket);
    Chunk* chunk = held.head;
    uint32_t begin = held.begin;
    while (true) {
      const bool is_last = chunk == held.tail;
      const uint32_t end = is_last ? held.end : kChunkItems;
      for (uint32_t i = begin; i < end; ++i) file(chunk->items[i], KeyOf::key(chunk->items[i]));
      Chunk* next = chunk->next;
      give_chunk(chunk);
      if (is_last) break;
      chunk = next;
      begin = 0;
    }
  }

  void mark_empty(size_t bucket) {
    const size_t level = bucket / kSlots;
    slots_[level] &= ~(uint64_t{1} << (bucket % kSlots));
    if (slots_[level] == 0) levels_ &= ~(uint64_t{1} << level);
  }

  Chunk* take_chunk() {
    if (free_ == nullptr) grow();
    Chunk* chunk = free_;
    free_ = chunk->next;
    return chunk;
  }

  void give_chunk(Chunk* chunk) {
    chunk->next = free_;
    free_ = chunk;
  }

  void grow() {
    blocks_.push_back(std::make_unique_for_overwrite<Chunk[]>(kChunksPerBlock));
    Chunk* block = blocks_.back().get();
    for (size_t i = kChunksPerBlock; i-- > 0;) give_chunk(&block[i]);
  }

  uint64_t last_ = 0;    // the key popped last
  uint64_t levels_ = 0;  // bit per level that has items
  size_t size_ = 0;
  Chunk* free_ = nullptr;
  std::array<uint64_t, kLevels> slots_{};           // per level, bit per bucket that has items
  std::array<uint64_t, kLevels * kSlots> least_{};  // per bucket, valid while it has items
  std::array<Bucket, kLevels * kSlots> buckets_{};
  std::vector<std::unique_ptr<Chunk[]>> blocks_;
};

}  // namespace twin::sim
