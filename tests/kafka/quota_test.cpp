// Kafka's replication quota by hand: 12 samples of a second, the rate over the time since the
// oldest began, at least a second.
#include "model/kafka/data/quota.h"

#include <gtest/gtest.h>

namespace twin::model::data {
namespace {

using namespace sim::literals;

constexpr sim::Time at(sim::Duration since_start) { return sim::Time{} + since_start; }

TEST(Quota, TheFirstSecondPassesAtAnyRate) {
  Quota quota;
  EXPECT_FALSE(quota.exceeded(at(0_s), 0));
  quota.record(at(0_s), 5'000'000);
  // Half a second later the divisor is still a whole one.
  EXPECT_EQ(quota.rate(at(500_ms)), 5'000'000);
  EXPECT_FALSE(quota.exceeded(at(500_ms), 5'000'000));  // strictly more
  EXPECT_TRUE(quota.exceeded(at(500_ms), 4'999'999));
}

TEST(Quota, ABurstIsSpreadOverTheTimeSince) {
  Quota quota;
  quota.record(at(0_s), 10'000'000);
  EXPECT_EQ(quota.rate(at(4_s)), 2'500'000);
  EXPECT_EQ(quota.reopens(at(1_s), 2'500'000), at(4_s));
  EXPECT_EQ(quota.reopens(at(5_s), 2'500'000), at(5_s));  // it is open
}

// 10 MB at 0.5 MB/s would take 20 s: after 11 s without an event the sample is emptied.
TEST(Quota, NoRateBelowABurstInElevenSeconds) {
  Quota quota;
  quota.record(at(0_s), 10'000'000);
  EXPECT_TRUE(quota.exceeded(at(10999_ms), 500'000));
  EXPECT_FALSE(quota.exceeded(at(11_s), 500'000));
  Quota again;
  again.record(at(0_s), 10'000'000);
  EXPECT_EQ(again.reopens(at(1_s), 500'000), at(11_s));
}

// 0.5 MB at each second and 0.9 s after it: the twelfth sample is the last that fits beside the
// first.
TEST(Quota, TheThirteenthSampleTakesThePlaceOfTheOldest) {
  Quota quota;
  for (int second = 0; second < 11; ++second) {
    quota.record(at(1_s * second), 500'000);
    quota.record(at(1_s * second + 900_ms), 500'000);
  }
  quota.record(at(11_s), 500'000);
  EXPECT_EQ(quota.rate(at(11500_ms)), 1'000'000);  // 11.5 MB in 11.5 s
  quota.record(at(11800_ms), 500'000);
  quota.record(at(12_s), 500'000);
  // That of second 0 is gone: 11.5 MB since second 1.
  EXPECT_EQ(quota.rate(at(12_s)), 11'500'000 / 11);
}

TEST(Quota, ARestartedProcessHasCountedNothing) {
  Quota quota;
  quota.change_steady(at(0_s), 1'000'000);
  quota.record(at(0_s), 10'000'000);
  EXPECT_EQ(quota.rate(at(1_s)), 11'000'000);
  quota.restart(at(5_s));
  EXPECT_EQ(quota.rate(at(5_s)), 0);
  EXPECT_EQ(quota.rate(at(6_s)), 1'000'000);  // its replicas in step go on
}

// Samples are made by what comes: one that began before a pause is as long as the pause.
TEST(Quota, IdleTimeStretchesASample) {
  Quota quota;
  quota.record(at(0_s), 1'000'000);
  quota.record(at(5_s), 1'000'000);
  EXPECT_EQ(quota.rate(at(10_s)), 200'000);
}

TEST(Quota, SteadyTrafficCountsWhenSomebodyLooks) {
  Quota quota;
  quota.change_steady(at(0_s), 3'000'000);
  EXPECT_EQ(quota.rate(at(11_s)), 3'000'000);
  EXPECT_TRUE(quota.exceeded(at(60_s), 2'900'000));
  EXPECT_NEAR(static_cast<double>(quota.rate(at(3600_s))), 3e6, 0.3e6);
  quota.change_steady(at(3600_s), -3'000'000);
  EXPECT_EQ(quota.rate(at(3612_s)), 0);
}

}  // namespace
}  // namespace twin::model::data
