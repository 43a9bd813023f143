// A broker that is back within replica.lag.time.max.ms of its leaders holds up their high
// watermarks until it has what was acknowledged without it (model/kafka/data/watermark.cpp).
#include "tests/clients/support.h"

namespace twin::model {
namespace {

constexpr sim::Time kZero{};

// One partition of 1 MB/s over connections of 5 MB/s. Broker 2 is killed at 10 s and fenced 9 s
// later; then it lacks 1 MB for each second that it was away.
struct Returning {
  Returning() : world(3, speeds()) {
    world.network.rtt_in_zone = world.network.rtt_across_zones = 1_ms;
    world.topic("t", 1, 3, 2);
    world.clients.start({producer("t", 1'000)}, {group("t")});
    world.run_until(kZero + 10_s);
    world.kill(2);
    world.run_until(kZero + 19_s);
    world.set_isr(0, {0, 1});
  }
  static Hardware speeds() {
    Hardware speeds;
    speeds.socket_window_bytes = 5'000;
    return speeds;
  }
  HandMade world;
};

// Away for 20 s: the watermark stands still until the 20 MB are there, 4 s.
TEST(Watermark, AFollowerThatIsSoonBackIsAwaited) {
  Returning it;
  it.world.run_until(kZero + 30_s);
  Collected<trace::ProduceStalled> stalled(it.world.kernel);
  Collected<trace::ProduceResumed> resumed(it.world.kernel);
  it.world.start(2);
  EXPECT_FALSE(it.world.replication.watermark_moves(0));
  const int64_t acknowledged = it.world.replication.high_watermark(0);
  it.world.run_until(kZero + 34_s - 1_ms);
  EXPECT_EQ(it.world.replication.high_watermark(0), acknowledged);
  EXPECT_TRUE(it.world.joins.empty());
  it.world.run_until(kZero + 34_s);
  ASSERT_EQ(it.world.joins.size(), 1U);
  ASSERT_EQ(stalled.entries.size(), 1U);
  EXPECT_EQ(stalled.entries[0].record.stall_reason,
            static_cast<int64_t>(trace::StallReason::awaits_follower));
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(resumed.entries[0].record.stalled_ns, (4_s).ns);
}

// Away for 29 s: a second later it was caught up 30 s ago, and the watermark goes on without it.
TEST(Watermark, ItIsAwaitedNoLongerThanTheLagTime) {
  Returning it;
  it.world.run_until(kZero + 39_s);
  Collected<trace::ProduceResumed> resumed(it.world.kernel);
  it.world.start(2);
  it.world.run_until(kZero + 42_s);
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(resumed.entries[0].record.stalled_ns, (1_s).ns + 1);
  EXPECT_TRUE(it.world.joins.empty());
}

// Away for 35 s: nobody waits; it joins when 35 MB, and what came meanwhile, are there: 35 / (5-1).
TEST(Watermark, AFollowerThatWasAwayForLongHoldsUpNobody) {
  Returning it;
  it.world.run_until(kZero + 45_s);
  Collected<trace::ProduceStalled> stalled(it.world.kernel);
  it.world.start(2);
  EXPECT_TRUE(it.world.replication.watermark_moves(0));
  it.world.run_until(kZero + 45_s + 8740_ms);
  EXPECT_TRUE(it.world.joins.empty());
  it.world.run_until(kZero + 45_s + 8760_ms);
  EXPECT_EQ(it.world.joins.size(), 1U);
  EXPECT_TRUE(stalled.entries.empty());
}

// A new epoch forgets when others were caught up (Replica.resetReplicaState).
TEST(Watermark, ANewLeaderAwaitsNobody) {
  Returning it;
  it.world.lead(0, 1);
  it.world.run_until(kZero + 30_s);
  it.world.start(2);
  EXPECT_TRUE(it.world.replication.watermark_moves(0));
}

}  // namespace
}  // namespace twin::model
