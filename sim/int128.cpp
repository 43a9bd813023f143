#include "sim/int128.h"

#include "sim/assert.h"

namespace twin::sim {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

int64_t narrowed(Int128 value) {
  TWIN_ASSERT_MSG(value >= INT64_MIN && value <= INT64_MAX, "the result does not fit in 64 bits");
  return static_cast<int64_t>(value);
}

}  // namespace

int64_t detail::wide_mul_div(int64_t a, int64_t b, int64_t c) {
  TWIN_ASSERT_LT(0, c);
  const Int128 product = static_cast<Int128>(a) * b;
  // Division rounds towards zero; the floor of a negative, inexact quotient is one less.
  const Int128 quotient = product / c;
  return narrowed(product < 0 && quotient * c != product ? quotient - 1 : quotient);
}

int64_t detail::wide_mul_div_ceil(int64_t a, int64_t b, int64_t c) {
  TWIN_ASSERT_LT(0, c);
  const Int128 product = static_cast<Int128>(a) * b;
  const Int128 quotient = product / c;
  return narrowed(product > 0 && quotient * c != product ? quotient + 1 : quotient);
}

int64_t Accrual::wide_advance(Duration elapsed) {
  TWIN_ASSERT_LE(0, elapsed.ns);
  TWIN_ASSERT_LE(0, rate_per_s);
  TWIN_ASSERT(carry >= 0 && carry < kNsPerSecond);
  const Int128 billionths = static_cast<Int128>(rate_per_s) * elapsed.ns + carry;
  const Int128 units = billionths / kNsPerSecond;
  carry = static_cast<int64_t>(billionths - units * kNsPerSecond);
  return narrowed(units);
}

Duration Accrual::time_to(int64_t units) const {
  TWIN_ASSERT_LE(0, units);
  TWIN_ASSERT_LE(0, rate_per_s);
  if (units == 0) return Duration{0};
  if (rate_per_s == 0) return Duration{INT64_MAX};
  const Int128 missing = static_cast<Int128>(units) * kNsPerSecond - carry;
  const Int128 ns = (missing + rate_per_s - 1) / rate_per_s;
  return Duration{ns > INT64_MAX ? INT64_MAX : static_cast<int64_t>(ns)};
}

}  // namespace twin::sim
