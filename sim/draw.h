// Counter-based random draws.
//
// A draw is a pure function of (seed, purpose, entity, nth): there is no generator state to share,
// so removing a fault or adding a draw in one place moves nothing elsewhere. That is what lets a
// failing run be shrunk: the smaller run still draws the same values for what is left.
//
// Probabilities are ratios of integers; a bounded draw takes the high half of a 128-bit product.
// Its bias is below bound / 2^64, far under anything a simulation can observe, and it never loops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::sim {

// Names a use of randomness ("pod_start_delay"): FNV-1a, 64 bits, at compile time if possible.
constexpr uint64_t purpose(std::string_view name) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char letter : name) {
    hash ^= static_cast<uint8_t>(letter);
    hash *= 1099511628211ULL;
  }
  return hash;
}

// A bijection of 64-bit words in which every input bit moves every output bit (splitmix64's
// finaliser, David Stafford's variant 13).
constexpr uint64_t scramble(uint64_t word) {
  word ^= word >> 30;
  word *= 0xbf58476d1ce4e5b9ULL;
  word ^= word >> 27;
  word *= 0x94d049bb133111ebULL;
  word ^= word >> 31;
  return word;
}

// 64 uniform bits. Each coordinate is scrambled in before the next one enters, so that near
// neighbours (entity 1 and 2, draw 1 and 2) are unrelated.
constexpr uint64_t draw(uint64_t seed, uint64_t purpose_key, uint64_t entity, uint64_t nth) {
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15ULL;  // 2^64 / golden ratio, odd
  uint64_t word = scramble(seed + kGolden);
  word = scramble(word + purpose_key + kGolden);
  word = scramble(word + entity + kGolden);
  return scramble(word + nth + kGolden);
}

// A probability of numerator out of denominator. REQUIRES: denominator > 0 where it is used.
struct Ratio {
  uint64_t numerator = 0;
  uint64_t denominator = 1;

  constexpr bool operator==(const Ratio&) const = default;
};

// Uniform in [0, bound). REQUIRES: bound > 0; `drawn` is the result of draw().
constexpr uint64_t below(uint64_t bound, uint64_t drawn) {
  TWIN_ASSERT(bound > 0);
  return static_cast<uint64_t>((static_cast<Uint128>(drawn) * bound) >> 64);
}

// True with the given probability; a ratio of 1 or more is always true, 0 never.
constexpr bool chance(Ratio ratio, uint64_t drawn) {
  TWIN_ASSERT(ratio.denominator > 0);
  return below(ratio.denominator, drawn) < ratio.numerator;
}

// Uniform in [low, high], both ends included. REQUIRES: low <= high.
constexpr int64_t range_inclusive(int64_t low, int64_t high, uint64_t drawn) {
  TWIN_ASSERT_LE(low, high);
  const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  const uint64_t step = width == UINT64_MAX ? drawn : below(width + 1, drawn);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + step);
}

// The draws of one purpose for one entity, in order. Copying it copies the position.
class DrawStream {
 public:
  constexpr DrawStream(uint64_t seed, uint64_t purpose_key, uint64_t entity)
      : seed_(seed), purpose_(purpose_key), entity_(entity) {}

  constexpr uint64_t next() { return draw(seed_, purpose_, entity_, nth_++); }
  constexpr uint64_t below(uint64_t bound) { return sim::below(bound, next()); }
  constexpr int64_t range_inclusive(int64_t low, int64_t high) {
    return sim::range_inclusive(low, high, next());
  }
  constexpr bool chance(Ratio ratio) { return sim::chance(ratio, next()); }
  // One of the items. REQUIRES: not empty.
  template <class T, size_t kExtent>
  constexpr T& pick(std::span<T, kExtent> items) {
    TWIN_ASSERT(!items.empty());
    return items[static_cast<size_t>(below(items.size()))];
  }
  template <class Container>
  constexpr auto& pick(Container& items) {
    return pick(std::span(items));
  }
  // How many draws were taken so far.
  constexpr uint64_t taken() const { return nth_; }

 private:
  uint64_t seed_;
  uint64_t purpose_;
  uint64_t entity_;
  uint64_t nth_ = 0;
};

}  // namespace twin::sim
