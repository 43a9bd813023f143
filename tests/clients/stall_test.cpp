// When a partition takes no records, for how long, and what becomes of those that came meanwhile.
#include "tests/clients/support.h"

namespace twin::model {
namespace {

constexpr sim::Time kZero{};

TEST(Clients, InSteadyStateNothingIsScheduled) {
  HandMade world(3);
  world.topic("t", 3, 3, 2);
  world.clients.start({producer("t", 300)}, {group("t")});
  world.run_for(10_min);
  // One, at the start: the trace is told what each broker takes in from now on.
  EXPECT_EQ(world.kernel.engine.events_handled(), 1U);
  EXPECT_EQ(world.clients.stalled(), 0);
  EXPECT_EQ(world.replication.log_end(0), 100 * 1'000 * 600);
}

// Broker 1 sends 1 MB/s of another topic to two followers, 2 MB/s: a fetch waits 0.5 ms for a
// record of 1000 bytes. Brokers know of the move after 50 ms, the fetch takes a round trip, and the
// client four: 50 + 0.5 + 1 + 4.
TEST(Clients, AMovedLeaderIsFollowedOnceBrokersKnowAndFollowersFetch) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.topic("busy", 3, 3, 2);
  world.clients.start({producer("t", 1'000), producer("busy", 3'000)}, {});
  world.run_for(10_s);
  Collected<trace::ProduceResumed> resumed(world.kernel);
  world.lead(0, 1);
  EXPECT_EQ(world.clients.stalled(), 1);
  world.run_for(1_s);
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(resumed.entries[0].record.stalled_ns, 55'500'000);
  EXPECT_EQ(world.clients.records_rejected(), 0);
  // 11 s at 1 MB/s; of the 55.5 records that came meanwhile 55 were there when it went on.
  EXPECT_EQ(world.replication.log_end(0), 11'000'000 - 500);
}

// On an idle leader the fetch under way waits up to 500 ms.
TEST(Clients, AnIdleLeadersFollowersComeWithTheirNextFetch) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.clients.start({producer("t", 1'000)}, {});
  world.run_for(10_s);
  world.lead(0, 1);
  const sim::Duration handover = world.replication.handover(0);
  EXPECT_GE(handover, 51_ms);
  EXPECT_LT(handover, 551_ms);
  world.run_for(1_s);
  EXPECT_EQ(world.clients.longest_stalls(1)[0].length, handover + 4_ms);
}

TEST(Clients, OldClientsWaitBeforeTheyFollowALeader) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.topic("busy", 3, 3, 2);
  world.clients.start({producer("t", 1'000), producer("busy", 3'000)}, {});
  world.clients.upgrade("3.6.0");
  world.run_for(10_s);
  world.lead(0, 1);
  world.run_for(1_s);
  ASSERT_EQ(world.clients.longest_stalls(5).size(), 1U);
  EXPECT_EQ(world.clients.longest_stalls(5)[0].length, 155500_us);
}

// Killed at 10 s, fenced and led by another at 19 s: tries come 100, 300, 700, 1500, 2500 ... 8500,
// 9500 ms after the kill, so the records go on at 19.5 s.
TEST(Clients, AKilledLeaderStallsUntilTheFirstTryAfterTheElection) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.clients.start({producer("t", 1'000)}, {});
  world.run_for(10_s);
  Collected<trace::ProduceStalled> stalled(world.kernel);
  Collected<trace::ProduceResumed> resumed(world.kernel);
  world.kill(0);
  ASSERT_EQ(stalled.entries.size(), 1U);
  EXPECT_EQ(stalled.entries[0].record.stall_reason,
            static_cast<int64_t>(trace::StallReason::unreachable));
  world.run_until(kZero + 19_s);
  world.set_isr(0, {1, 2});
  world.lead(0, 1);
  world.run_until(kZero + 30_s);
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(resumed.entries[0].at, kZero + 9500_ms + 10_s);
  // 30 s at 1 MB/s, the burst included, less the one round trip's that only the dead leader had.
  EXPECT_EQ(world.replication.log_end(0), 30'000'000 - 1'000);
  EXPECT_EQ(world.clients.records_waiting(0), 0);
}

// Stopped for 16 s, and another leads after 9: what was sent to it is answered when it goes on. The
// producer's tries are at 15.5 and 16.5 s.
TEST(Clients, AHungLeaderThatGoesOnLetsItsProducersGo) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.clients.start({producer("t", 1'000)}, {});
  world.run_for(10_s);
  Collected<trace::ProduceResumed> resumed(world.kernel);
  world.hang(0, true);
  world.run_until(kZero + 19_s);
  world.set_isr(0, {1, 2});
  world.lead(0, 1);
  world.run_until(kZero + 26_s);
  EXPECT_TRUE(resumed.entries.empty());
  world.hang(0, false);
  world.run_for(1_s);
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(resumed.entries[0].at, kZero + 26500_ms);
}

// No packet says that the machine is gone: requests in flight end after 30 s.
TEST(Clients, AMachineWithoutPowerStallsForTheRequestTimeout) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.clients.start({producer("t", 1'000)}, {});
  world.run_for(10_s);
  Collected<trace::ProduceResumed> resumed(world.kernel);
  world.power_off(0);
  world.run_until(kZero + 19_s);
  world.set_isr(0, {1, 2});
  world.lead(0, 1);
  world.run_until(kZero + 60_s);
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(resumed.entries[0].at, kZero + 40_s + 4_ms);
}

TEST(Clients, OnlyAcksAllStallsUnderMinIsr) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  ProducerSpec weak = producer("t", 1'000);
  weak.acks = Acks::one;
  world.clients.start({producer("t", 1'000), weak}, {});
  world.run_for(10_s);
  world.kill(1);
  world.kill(2);
  world.set_isr(0, {0});
  const int64_t before = world.replication.log_end(0);
  Collected<trace::ProduceResumed> resumed(world.kernel);
  world.run_for(20_s);
  EXPECT_EQ(world.clients.stalled(), 1);
  EXPECT_EQ(world.replication.log_end(0) - before, 20'000'000);
  EXPECT_EQ(world.clients.records_waiting(0), 20'000);
  world.start(1);
  world.run_for(1_s);
  world.set_isr(0, {0, 1});
  world.run_for(9_s);
  ASSERT_EQ(resumed.entries.size(), 1U);
  EXPECT_EQ(world.clients.records_rejected(), 0);
  // 40 s of two producers of 1 MB/s.
  EXPECT_EQ(world.replication.log_end(0), 80'000'000);
}

// A follower is killed: the leader cannot acknowledge until the ISR is without it, and answers
// then.
TEST(Clients, AcksAllStallsWhileAMemberOfTheIsrIsGone) {
  HandMade world(3);
  world.topic("t", 1, 3, 2);
  world.clients.start({producer("t", 1'000)}, {});
  world.run_for(10_s);
  world.kill(2);
  EXPECT_EQ(world.clients.stalled(), 1);
  world.run_for(9_s);
  world.set_isr(0, {0, 1});
  world.run_for(1_s);
  EXPECT_EQ(world.clients.stalled(), 0);
  EXPECT_EQ(world.clients.longest_stalls(1)[0].length, 9_s);
}

// A leader with one replica, away for 150 s: of 1000 records/s the first 30 s are given up.
TEST(Clients, RecordsAreGivenUpAfterTheDeliveryTimeout) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  ProducerSpec small = producer("t", 1'000);
  small.record_bytes = 100;
  world.clients.start({small}, {});
  world.run_for(10_s);
  Collected<trace::RecordsRejected> rejected(world.kernel);
  Collected<trace::ProduceResumed> resumed(world.kernel);
  world.kill(0);
  world.run_for(150_s);
  EXPECT_EQ(world.clients.records_rejected(), 30'000);
  world.start(0);
  world.run_for(20_s);
  ASSERT_EQ(rejected.entries.size(), 1U);
  ASSERT_EQ(resumed.entries.size(), 1U);
  // Back at 160 s; tries come at 100 ms after 0.5 s and each second.
  EXPECT_EQ(resumed.entries[0].record.stalled_ns, (150_s + 500_ms).ns);
  EXPECT_EQ(rejected.entries[0].record.records, 30'500);
  EXPECT_EQ(world.replication.log_end(0), (180'000 - 30'500) * 100);
  EXPECT_EQ(world.clients.records_rejected(), 30'500);
}

// 60 s of 1 MB/s go at 41 MB/s on top of what comes: 1.46 s.
TEST(Clients, WhatWaitedIsSentInABurstOfWhatMayBeInFlight) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  ProducerSpec spec = producer("t", 1'000);
  spec.buffer_bytes = 100'000'000;
  world.clients.start({spec}, {});
  world.run_for(10_s);
  world.kill(0);
  world.run_for(60_s);
  world.start(0);
  world.run_for(500_ms);  // the next try
  const int64_t before = world.replication.log_end(0);
  EXPECT_EQ(before, 10'000'000);
  world.run_for(1_s);
  EXPECT_EQ(world.replication.log_end(0) - before, 5 * 16'384 * 500 + 1'000'000);
  EXPECT_EQ(world.clients.records_waiting(0), 60'500 - 40'960);
  world.run_for(1_s);
  EXPECT_EQ(world.replication.log_end(0), 72'500'000);
  EXPECT_EQ(world.clients.records_waiting(0), 0);
}

TEST(Clients, ABurstThatIsCutWaitsAgain) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  ProducerSpec spec = producer("t", 1'000);
  spec.buffer_bytes = 100'000'000;
  world.clients.start({spec}, {});
  world.run_for(10_s);
  world.kill(0);
  world.run_for(60_s);
  world.start(0);
  world.run_for(1500_ms);
  world.kill(0);
  world.run_for(10_s);
  EXPECT_EQ(world.clients.records_waiting(0), 60'500 - 40'960 + 10'000);
  world.start(0);
  world.run_for(10_s);
  EXPECT_EQ(world.replication.log_end(0), 91'500'000);
  EXPECT_EQ(world.clients.records_rejected(), 0);
}

TEST(Clients, FiguresCountFromTheStartOfTheWindow) {
  HandMade world(1);
  world.topic("t", 1, 1, 1);
  world.clients.start({producer("t", 1'000)}, {group("t")});
  world.kill(0);
  world.run_for(200_s);
  world.clients.start_window();
  EXPECT_EQ(world.clients.records_rejected(), 0);
  world.run_for(10_s);
  EXPECT_EQ(world.clients.records_rejected(), 10'000);
  EXPECT_EQ(world.clients.longest_stalls(1)[0].length, 10_s);
}

}  // namespace
}  // namespace twin::model
