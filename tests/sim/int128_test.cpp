#include "sim/int128.h"

#include <gtest/gtest.h>

#include "sim/draw.h"
#include "tests/sim/throwing_assert.h"

namespace twin::sim {
namespace {

using namespace literals;

TEST(MulDiv, ProductsBeyond64BitsAreExact) {
  // 10 GB/s for a day: 1e10 * 8.64e13 ns = 8.64e23, far over 2^63 = 9.2e18.
  EXPECT_EQ(mul_div(10'000'000'000, 86'400'000'000'000, 1'000'000'000), 864'000'000'000'000);
  EXPECT_EQ(mul_div(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
}

TEST(MulDiv, RoundsDownAndCeilRoundsUpOnBothSidesOfZero) {
  EXPECT_EQ(mul_div(7, 1, 2), 3);
  EXPECT_EQ(mul_div_ceil(7, 1, 2), 4);
  EXPECT_EQ(mul_div(-7, 1, 2), -4);
  EXPECT_EQ(mul_div_ceil(-7, 1, 2), -3);
  EXPECT_EQ(mul_div(8, 1, 2), 4);
  EXPECT_EQ(mul_div_ceil(8, 1, 2), 4);
  EXPECT_EQ(mul_div(-8, 1, 2), -4);
  EXPECT_EQ(mul_div_ceil(-8, 1, 2), -4);
}

TEST(MulDiv, AResultThatDoesNotFitFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  EXPECT_THROW(mul_div(INT64_MAX, 2, 1), testing::AssertFailure);
  EXPECT_THROW(mul_div(1, 1, 0), testing::AssertFailure);
}

TEST(Accrual, AMillionRandomPiecesSumToTheWhole) {
  constexpr int64_t kRate = 123'456'789;
  Accrual accrual{kRate};
  DrawStream draws(1, purpose("accrual_pieces"), 0);
  int64_t sum = 0;
  int64_t elapsed_ns = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const int64_t piece = draws.range_inclusive(0, i % 100 == 0 ? 10'000'000'000 : 20);
    sum += accrual.advance(Duration{piece});
    elapsed_ns += piece;
  }
  EXPECT_EQ(sum, mul_div(kRate, elapsed_ns, 1'000'000'000));
}

TEST(Accrual, AChangeOfRateKeepsTheFractionUnderWay) {
  // 0.5 s at 1/s is half a unit; 0.25 s at 2/s is the other half.
  Accrual accrual{1};
  EXPECT_EQ(accrual.advance(500_ms), 0);
  accrual.rate_per_s = 2;
  EXPECT_EQ(accrual.advance(249'999'999_ns), 0);
  EXPECT_EQ(accrual.advance(1_ns), 1);
  EXPECT_EQ(accrual.carry, 0);
}

TEST(Accrual, TimeToIsTheFirstInstantAtWhichTheUnitsAreThere) {
  DrawStream draws(2, purpose("accrual_time_to"), 0);
  for (int i = 0; i < 10'000; ++i) {
    Accrual accrual{draws.range_inclusive(1, 3'000'000'000)};
    accrual.advance(Duration{draws.range_inclusive(0, 1'000'000'000)});
    const int64_t units = draws.range_inclusive(1, 1'000'000);
    const Duration wait = accrual.time_to(units);
    Accrual early = accrual;
    EXPECT_GE(accrual.advance(wait), units);
    if (wait > 0_ns) {
      EXPECT_LT(early.advance(wait - 1_ns), units);
    }
  }
}

TEST(Accrual, ARateOfZeroNeverDelivers) {
  Accrual accrual{0};
  EXPECT_EQ(accrual.advance(1000_h), 0);
  EXPECT_EQ(accrual.time_to(1), Duration{INT64_MAX});
  EXPECT_EQ(accrual.time_to(0), 0_s);
}

}  // namespace
}  // namespace twin::sim
