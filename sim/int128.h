// Exact integer arithmetic for ledgers.
//
// Rates times times overflow 64 bits (1 GB/s for an hour is 3.6e21 byte nanoseconds), and doubles
// forget bytes. So products go through 128 bits, and what a division leaves over is carried.
#pragma once

#include <cstdint>

#include "sim/time.h"

namespace twin::sim {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

namespace detail {  // where the product does not fit in 64 bits
int64_t wide_mul_div(int64_t a, int64_t b, int64_t c);
int64_t wide_mul_div_ceil(int64_t a, int64_t b, int64_t c);
}  // namespace detail

// floor(a * b / c), also for negative operands. REQUIRES: c > 0 and the result fits in 64 bits.
inline int64_t mul_div(int64_t a, int64_t b, int64_t c) {
  int64_t product = 0;
  if (c <= 0 || __builtin_mul_overflow(a, b, &product)) return detail::wide_mul_div(a, b, c);
  // Division rounds towards zero; the floor of a negative, inexact quotient is one less.
  return product / c - (product % c < 0 ? 1 : 0);
}
// ceil(a * b / c). REQUIRES: as mul_div.
inline int64_t mul_div_ceil(int64_t a, int64_t b, int64_t c) {
  int64_t product = 0;
  if (c <= 0 || __builtin_mul_overflow(a, b, &product)) return detail::wide_mul_div_ceil(a, b, c);
  return product / c + (product % c > 0 ? 1 : 0);
}

// Counts what arrives at a steady rate, exactly: however an interval is cut into pieces, the pieces
// sum to floor(rate * interval / 1 s). The rate may change between two calls; the fraction of a
// unit already under way is kept. Units: bytes, records, whatever the rate counts.
struct Accrual {
  int64_t rate_per_s = 0;
  int64_t carry = 0;  // billionths of a unit not yet paid out, always in [0, 1e9)

  // The whole units that arrived during `elapsed`. REQUIRES: elapsed >= 0, rate_per_s >= 0.
  int64_t advance(Duration elapsed) {
    int64_t billionths = 0;
    if (elapsed.ns < 0 || __builtin_mul_overflow(rate_per_s, elapsed.ns, &billionths) ||
        __builtin_add_overflow(billionths, carry, &billionths) || billionths < 0) {
      return wide_advance(elapsed);
    }
    carry = billionths % 1'000'000'000;
    return billionths / 1'000'000'000;
  }
  // The least time after which advance() returns at least `units`. A day-long rate of zero never
  // delivers: with rate_per_s == 0 and units > 0 the answer is Duration{INT64_MAX}.
  // REQUIRES: units >= 0.
  Duration time_to(int64_t units) const;

 private:
  int64_t wide_advance(Duration elapsed);
};

}  // namespace twin::sim
