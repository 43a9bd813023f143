// A rolling 64-bit hash: the run's fingerprint.
//
// Each word is folded in by one 64x64->128 multiplication (the step of wyhash). The value depends
// on the order of the words and is the same on every platform and compiler. It is quick and mixes
// well; it is no defence against an adversary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <bit>
#include <span>
#include <string_view>

#include "sim/int128.h"

namespace twin::sim {

static_assert(std::endian::native == std::endian::little,
              "bytes are hashed and traces are written as they lie in memory");

class Hasher {
 public:
  constexpr Hasher() = default;
  constexpr explicit Hasher(uint64_t seed) : state_(seed ^ kStart) {}

  constexpr Hasher& add(uint64_t word) {
    state_ = fold(state_ ^ word ^ kSalt, kFactor);
    return *this;
  }
  // Two words for one multiplication; not the same value as adding them one by one.
  constexpr Hasher& add_pair(uint64_t first, uint64_t second) {
    state_ = fold(state_ ^ first ^ kSalt, second ^ kFactor) + kStart;
    return *this;
  }
  // The length goes in first, so that "ab","c" and "a","bc" differ.
  Hasher& add(std::span<const std::byte> bytes) {
    add(static_cast<uint64_t>(bytes.size()));
    size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
      uint64_t word;
      std::memcpy(&word, bytes.data() + at, 8);
      add(word);
    }
    if (at < bytes.size()) {
      uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, bytes.size() - at);
      add(word);
    }
    return *this;
  }
  Hasher& add(std::string_view text) {
    return add(std::as_bytes(std::span<const char>(text.data(), text.size())));
  }
  Hasher& add(const char* text) { return add(std::string_view(text)); }

  // The hash of everything added so far; adding may go on.
  constexpr uint64_t digest() const {
    return fold(state_ ^ kSalt, kFactor ^ (state_ >> 32));
  }

 private:
  static constexpr uint64_t kStart = 0xa0761d6478bd642fULL;   // wyhash's secrets: odd words with
  static constexpr uint64_t kSalt = 0xe7037ed1a0b428dbULL;    // 32 set bits each
  static constexpr uint64_t kFactor = 0x8ebc6af09c88c6e3ULL;

  static constexpr uint64_t fold(uint64_t a, uint64_t b) {
    const Uint128 product = static_cast<Uint128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  uint64_t state_ = kStart;
};

}  // namespace twin::sim
