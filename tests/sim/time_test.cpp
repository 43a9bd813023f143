#include "sim/time.h"

#include <gtest/gtest.h>

namespace twin::sim {
namespace {

using namespace literals;

TEST(Time, LiteralsAreExactNanoseconds) {
  EXPECT_EQ((5_ns).ns, 5);
  EXPECT_EQ((5_us).ns, 5'000);
  EXPECT_EQ((5_ms).ns, 5'000'000);
  EXPECT_EQ((5_s).ns, 5'000'000'000);
  EXPECT_EQ((5_min).ns, 300'000'000'000);
  EXPECT_EQ((5_h).ns, 18'000'000'000'000);
}

TEST(Time, ArithmeticKeepsTimesAndDurationsApart) {
  constexpr Time start{1'000};
  static_assert(start + 5_us == Time{6'000});
  static_assert((start + 5_us) - start == 5_us);
  static_assert(start - 1_us == Time{0});
  static_assert(2_s * 3 == 6_s && 3 * 2_s == 6_s);
  static_assert(7_s / 2 == 3500_ms);
  static_assert(7_s / 2_s == 3 && 7_s % 2_s == 1_s);
  static_assert(-(1_s) < 0_s && 1_s - 2_s == -(1_s));
  Time at = start;
  at += 1_ms;
  at -= 1_us;
  EXPECT_EQ(at, Time{1'000'000});
  Duration length = 1_s;
  length += 1_ms;
  length -= 2_ms;
  EXPECT_EQ(length, 999_ms);
}

TEST(Time, NeverStaysNeverWhateverIsAdded) {
  EXPECT_EQ(kNever + 1_h, kNever);
  EXPECT_EQ(kNever - 1_h, kNever);
  EXPECT_LT(Time{} + 200 * 365 * 24_h, kNever);
}

TEST(Time, WholeMillisecondsRoundTowardsZero) {
  EXPECT_EQ(whole_ms(1'999'999_ns), 1);
  EXPECT_EQ(whole_ms(-(1'999'999_ns)), -1);
  EXPECT_EQ(whole_seconds(59'999_ms), 59);
}

TEST(FormatClock, HasFixedWidthAndCutsBelowAMillisecond) {
  EXPECT_EQ(format_clock(Time{}), "00:00:00.000");
  EXPECT_EQ(format_clock(Time{} + 12_min + 3_s + 250_ms), "00:12:03.250");
  EXPECT_EQ(format_clock(Time{} + 999'999_ns), "00:00:00.000");
  EXPECT_EQ(format_clock(Time{} + 99_h + 59_min + 59_s + 999_ms), "99:59:59.999");
}

TEST(FormatClock, GrowsPastAHundredHoursAndKnowsNever) {
  EXPECT_EQ(format_clock(Time{} + 100_h), "100:00:00.000");
  EXPECT_EQ(format_clock(kNever), "never");
  EXPECT_EQ(format_clock(Time{} - 1_s), "-00:00:01.000");
}

TEST(FormatDuration, ChoosesTheUnitBySize) {
  EXPECT_EQ(format_duration(0_ns), "0 s");
  EXPECT_EQ(format_duration(3_ns), "3 ns");
  EXPECT_EQ(format_duration(17'500_ns), "17.5 us");
  EXPECT_EQ(format_duration(250_ms), "250 ms");
  EXPECT_EQ(format_duration(12_s + 345_ms), "12.345 s");
  EXPECT_EQ(format_duration(2_min + 3_s + 500_ms), "2 min 03.5 s");
  EXPECT_EQ(format_duration(1_h + 2_min + 3_s + 500_ms), "1 h 02 min 03.5 s");
}

TEST(FormatDuration, CutsAndDropsTrailingZeros) {
  EXPECT_EQ(format_duration(12_s), "12 s");
  EXPECT_EQ(format_duration(59'999'999_us), "59.999 s");
  EXPECT_EQ(format_duration(1_min), "1 min 00 s");
  EXPECT_EQ(format_duration(1_h - 1_ns), "59 min 59.9 s");
  EXPECT_EQ(format_duration(25_h), "25 h 00 min 00 s");
  EXPECT_EQ(format_duration(1'000'500_us), "1 s");
}

TEST(FormatDuration, NegativeAndExtremeLengthsAreShown) {
  EXPECT_EQ(format_duration(-(250_ms)), "-250 ms");
  EXPECT_EQ(format_duration(Duration{INT64_MIN}), "-2562047 h 47 min 16.8 s");
}

}  // namespace
}  // namespace twin::sim
