// How far consumer groups fall behind.
#include "tests/clients/support.h"

namespace twin::model {
namespace {

// Killed at 10 s, back at 40 s, taken up again at the try 30.5 s after the kill.
TEST(Consumers, AreBehindByWhatWaitedAndAsOldAsTheStall) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  world.clients.start({producer("t", 1'000)}, {group("t")});
  Collected<trace::ConsumerLagPeaked> peaked(world.kernel);
  world.run_for(10_s);
  world.kill(0);
  world.run_for(30_s);
  world.start(0);
  world.run_for(10_s);
  ASSERT_EQ(peaked.entries.size(), 1U);
  EXPECT_EQ(peaked.entries[0].record.lag_records, 30'500);
  EXPECT_EQ(peaked.entries[0].record.lag_ns, (30_s + 500_ms).ns);
  EXPECT_EQ(world.clients.worst_lag().records, 30'500);
  EXPECT_EQ(world.clients.worst_lag().time, 30_s + 500_ms);
  EXPECT_EQ(world.clients.worst_lag().group, 0);
}

// 1000 records/s come, 1500 go: the 10,500 of the first stall are gone after 21 s. The second
// stall, 10 s after the first, finds 10,500 - 10 * 500 = 5,500 left, and adds 10,500.
TEST(Consumers, ASlowConsumerTakesItsLagIntoTheNextStall) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  world.clients.start({producer("t", 1'000)}, {group("t", 1'500)});
  Collected<trace::ConsumerLagPeaked> peaked(world.kernel);
  world.kill(0);
  world.run_for(10_s);
  world.start(0);
  world.run_for(500_ms + 10_s);
  world.kill(0);
  world.run_for(10_s);
  world.start(0);
  world.run_for(30_s);
  ASSERT_EQ(peaked.entries.size(), 2U);
  EXPECT_EQ(peaked.entries[0].record.lag_records, 10'500);
  EXPECT_EQ(peaked.entries[1].record.lag_records, 16'000);
  EXPECT_EQ(peaked.entries[1].record.lag_ns, (16_s).ns);
}

TEST(Consumers, ThatAreSlowerThanProducersAreFoundWhileTheyFallBehind) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  world.clients.start({producer("t", 1'000)}, {group("t", 900)});
  world.run_for(100_s);
  EXPECT_EQ(world.clients.worst_lag().records, 10'000);
  EXPECT_EQ(world.clients.worst_lag().time, 10_s);
}

// acks=1 goes on while a follower in the ISR is gone, but nobody may read it.
TEST(Consumers, DoNotSeeWhatIsAboveAHighWatermarkThatStands) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  ProducerSpec weak = producer("t", 1'000);
  weak.acks = Acks::one;
  world.clients.start({weak}, {group("t")});
  Collected<trace::ConsumerLagPeaked> peaked(world.kernel);
  world.run_for(10_s);
  world.kill(2);
  world.run_for(9_s);
  EXPECT_EQ(world.clients.stalled(), 0);
  world.set_isr(0, {0, 1});
  world.run_for(1_s);
  ASSERT_EQ(peaked.entries.size(), 1U);
  EXPECT_EQ(peaked.entries[0].record.lag_records, 9'000);
  EXPECT_EQ(peaked.entries[0].record.lag_ns, (9_s).ns);
  EXPECT_EQ(world.replication.log_end(0), 20'000'000);
}

// The group's offsets partition is away for 10.5 s: committed positions stand still so long.
TEST(Consumers, CannotCommitWhileTheirCoordinatorIsAway) {
  HandMade world(2);
  world.topic("t", 1, 1, 1);                    // on broker 0
  world.topic("__consumer_offsets", 2, 1, 1);   // "g": partition 103 mod 2 = 1, on broker 1
  world.clients.start({producer("t", 1'000)}, {group("t")});
  Collected<trace::ConsumerLagPeaked> peaked(world.kernel);
  world.run_for(10_s);
  world.kill(1);
  world.run_for(10_s);
  world.start(1);
  world.run_for(10_s);
  ASSERT_EQ(peaked.entries.size(), 1U);
  EXPECT_EQ(peaked.entries[0].record.partition, 0);
  EXPECT_EQ(peaked.entries[0].record.lag_records, 10'500);
  EXPECT_EQ(world.clients.stalled(), 0);
}

}  // namespace
}  // namespace twin::model
