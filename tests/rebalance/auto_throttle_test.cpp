// Which rate an automatic throttle takes next: every rule with its bounds, by hand.
#include "controller/rebalance/auto_throttle.h"

#include <gmock/gmock.h>

namespace twin::controller::rebalance {
namespace {

using namespace sim::literals;
using ::testing::HasSubstr;

constexpr int64_t kBurst = int64_t{256} << 20;  // 25.565 MB/s a step

AutoLimits limits() {
  AutoLimits limits;
  limits.least = 10'000'000;
  limits.most = 100'000'000;
  return limits;
}

AutoSigns at(int64_t rate, sim::Duration p99) {
  AutoSigns signs;
  signs.stands = rate;
  signs.produce_p99 = p99;
  return signs;
}

int64_t next(const AutoSigns& signs) { return choose_rate(limits(), signs, kBurst).rate; }

TEST(AutoThrottle, BeginsAtAQuarterAndNeverBelowTheLeast) {
  EXPECT_EQ(next({}), 25'000'000);
  AutoLimits narrow = limits();
  narrow.least = 60'000'000;
  EXPECT_EQ(choose_rate(narrow, {}, kBurst).rate, 60'000'000);
}

TEST(AutoThrottle, RisesByHalfWithinTheBurstAndTheHighest) {
  EXPECT_EQ(next(at(20'000'000, 3_ms)), 30'000'001);
  // Half as much again would be 90; 256 MiB in 10.5 s are 25,565,281 B/s.
  EXPECT_EQ(next(at(60'000'000, 3_ms)), 60'000'000 + 25'565'281);
  EXPECT_EQ(next(at(99'000'000, 3_ms)), 100'000'000);
  EXPECT_FALSE(choose_rate(limits(), at(100'000'000, 3_ms), kBurst).changes);
}

TEST(AutoThrottle, StaysNearTheBoundAndIsHalvedBeyond) {
  EXPECT_EQ(next(at(40'000'000, 70_ms)), 60'000'001);
  EXPECT_EQ(next(at(40'000'000, 71_ms)), 40'000'000);
  EXPECT_EQ(next(at(40'000'000, 101_ms)), 20'000'000);
  EXPECT_EQ(next(at(15'000'000, 101_ms)), 10'000'000);
  const AutoChoice lowered = choose_rate(limits(), at(40'000'000, 171_ms), kBurst);
  EXPECT_TRUE(lowered.changes);
  EXPECT_EQ(lowered.reason,
            "is lowered to 20 MB/s: 99 % of what producers send is answered within 171 ms, and may "
            "take 100 ms");
}

TEST(AutoThrottle, GroupsThatFallBehindHalveIt) {
  AutoSigns signs = at(40'000'000, 3_ms);
  signs.consumer_lag = 6_s;
  EXPECT_EQ(next(signs), 20'000'000);
  signs.consumer_lag = 5_s;
  EXPECT_EQ(next(signs), 60'000'001);
}

TEST(AutoThrottle, WhatIsNotKnownIsNotRisked) {
  AutoSigns signs = at(40'000'000, 3_ms);
  signs.produce_p99.reset();
  EXPECT_EQ(next(signs), 40'000'000);
  signs = at(40'000'000, 3_ms);
  signs.may_change = false;
  EXPECT_EQ(next(signs), 40'000'000);
}

TEST(AutoThrottle, AnIsrInTroubleTakesTheLeastAtOnce) {
  AutoSigns signs = at(40'000'000, 3_ms);
  signs.out_of_sync = 2;
  signs.may_change = false;
  const AutoChoice choice = choose_rate(limits(), signs, kBurst);
  EXPECT_EQ(choice.rate, 10'000'000);
  EXPECT_THAT(choice.reason, HasSubstr("2 partitions lack a replica in the ISR"));
}

// A rate that somebody set outside the limits is brought into them.
TEST(AutoThrottle, ARateOutsideItsLimitsComesBack) {
  EXPECT_EQ(next(at(400'000'000, 80_ms)), 100'000'000);
  EXPECT_EQ(next(at(1, 80_ms)), 10'000'000);
}

TEST(AutoThrottle, ItsAnnotationsAreRead) {
  const auto none = auto_limits({}, 60'000'000, 0);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  api::Labels annotations{{kThrottleAnnotation, "auto"}};
  const auto found = auto_limits(annotations, 60'000'000, 0);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->least, 6'000'000);
  EXPECT_EQ((*found)->most, 60'000'000);
  // 20 MB/s are written to what one broker copies: below 25 there would be little way.
  EXPECT_EQ((*auto_limits(annotations, 60'000'000, 20'000'000))->least, 25'000'000);
  annotations[kThrottleLatency] = "30";
  annotations[kThrottleLeast] = "8000000";
  EXPECT_EQ((*auto_limits(annotations, 60'000'000, 0))->latency, 30_ms);
  EXPECT_EQ((*auto_limits(annotations, 60'000'000, 0))->least, 8'000'000);
  EXPECT_THAT(auto_limits(annotations, std::nullopt, 0).error().what,
              HasSubstr("spec.replicationThrottle"));
  annotations[kThrottleLatency] = "soon";
  EXPECT_EQ(auto_limits(annotations, 60'000'000, 0).error().where, kThrottleLatency);
  EXPECT_FALSE(auto_limits({{kThrottleAnnotation, "fast"}}, 60'000'000, 0));
}

}  // namespace
}  // namespace twin::controller::rebalance
