// One partition that takes nothing fills the buffer of its producers, and then none of the topic's
// partitions gets records.
#include "tests/clients/support.h"

namespace twin::model {
namespace {

constexpr sim::Time kZero{};

// 4 MB/s over 4 partitions, 20 MB of buffer: one partition fills it in 20 s.
ProducerSpec small_buffer() {
  ProducerSpec spec = producer("t", 4'000);
  spec.buffer_bytes = 20'000'000;
  return spec;
}

TEST(ProducerBuffer, WhenFullStopsEveryPartitionOfTheTopic) {
  HandMade world(4);
  world.topic("t", 4, 1, 1);
  world.clients.start({small_buffer()}, {});
  Collected<trace::ProduceStalled> stalled(world.kernel);
  world.run_for(10_s);
  world.kill(0);
  world.run_for(19_s);
  EXPECT_EQ(world.clients.stalled(), 1);
  world.run_for(2_s);
  EXPECT_EQ(world.clients.stalled(), 4);
  ASSERT_EQ(stalled.entries.size(), 4U);
  EXPECT_EQ(stalled.entries[1].record.stall_reason,
            static_cast<int64_t>(trace::StallReason::buffer_full));
  EXPECT_EQ(stalled.entries[1].at, kZero + 30_s);
  EXPECT_EQ(world.replication.log_end(1), 30'000'000);
}

TEST(ProducerBuffer, WhenFreedEverythingThatWaitedIsSent) {
  HandMade world(4);
  world.topic("t", 4, 1, 1);
  world.clients.start({small_buffer()}, {});
  world.run_for(10_s);
  world.kill(0);
  world.run_for(50_s);
  world.start(0);
  world.run_for(40_s);
  EXPECT_EQ(world.clients.stalled(), 0);
  EXPECT_EQ(world.clients.records_rejected(), 0);
  for (PartitionIndex partition = 0; partition < 4; ++partition) {
    EXPECT_EQ(world.replication.log_end(partition), 100'000'000);
    EXPECT_EQ(world.clients.records_waiting(partition), 0);
  }
}

// Blocked from 30 s to 120.5 s, the try after the return at 120 s. Of those 90.5 s each partition
// gives up what could not get in for 60 s: 30.5 s, also the one that was away, whose buffered 20 s
// are 110.5 s old and go through.
TEST(ProducerBuffer, BlockedSendsFailAfterMaxBlock) {
  HandMade world(4);
  world.topic("t", 4, 1, 1);
  world.clients.start({small_buffer()}, {});
  world.run_for(10_s);
  world.kill(0);
  world.run_for(110_s);
  world.start(0);
  world.run_for(20_s);
  EXPECT_EQ(world.clients.records_rejected(), 4 * 30'500);
  EXPECT_EQ(world.replication.log_end(0), 140'000'000 - 30'500'000);
  EXPECT_EQ(world.replication.log_end(3), 140'000'000 - 30'500'000);
}

TEST(ProducerBuffer, OfManyPartitionsFillsFaster) {
  HandMade world(4);
  world.topic("t", 4, 1, 1);
  world.clients.start({small_buffer()}, {});
  world.run_for(10_s);
  world.kill(0);
  world.kill(1);
  world.run_for(9_s);
  EXPECT_EQ(world.clients.stalled(), 2);
  world.run_for(1100_ms);
  EXPECT_EQ(world.clients.stalled(), 4);
}

// 0.1 MB/s into the lost partition: 12 MB at most before records are given up.
TEST(ProducerBuffer, DoesNotFillWhenRecordsAreGivenUpBefore) {
  HandMade world(4);
  world.topic("t", 4, 1, 1);
  ProducerSpec spec = small_buffer();
  spec.records_per_s = 400;
  world.clients.start({spec}, {});
  world.run_for(10_s);
  world.kill(0);
  world.run_for(10_min);
  EXPECT_EQ(world.clients.stalled(), 1);
  EXPECT_EQ(world.clients.records_rejected(), 100 * 480);
  EXPECT_EQ(world.clients.records_waiting(0), 12'000);
}

// Two lost, one comes back: the buffer has room for the rest again, until it is full once more.
TEST(ProducerBuffer, FillsAgainWhenAnotherPartitionIsStillAway) {
  HandMade world(4);
  world.topic("t", 4, 1, 1);
  world.clients.start({small_buffer()}, {});
  world.run_for(10_s);
  world.kill(0);
  world.kill(1);
  world.run_for(15_s);
  EXPECT_EQ(world.clients.stalled(), 4);
  world.start(0);
  world.run_for(600_ms);
  EXPECT_EQ(world.clients.stalled(), 1);
  world.run_for(30_s);
  EXPECT_EQ(world.clients.stalled(), 4);
  world.start(1);
  world.run_for(44_s + 400_ms);
  EXPECT_EQ(world.clients.stalled(), 0);
  EXPECT_EQ(world.clients.records_rejected(), 0);
  for (PartitionIndex partition = 0; partition < 4; ++partition) {
    EXPECT_EQ(world.replication.log_end(partition), 100'000'000);
  }
}

}  // namespace
}  // namespace twin::model
