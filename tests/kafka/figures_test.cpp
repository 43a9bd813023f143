// Figures that a report can print as zero, made non-zero by amounts worked out by hand.
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

ProducerSpec producer(int64_t records_per_s) {
  ProducerSpec spec;
  spec.topic = "t";
  spec.records_per_s = records_per_s;
  return spec;
}

// Two of three brokers end at T and come back 150 s later, when nobody rolls anything. Under min
// ISR from the second's fencing to the first's rejoining; records that came between T and 120 s
// (delivery.timeout.ms) before the producer goes on are given up.
TEST(Figures, TwoBrokersAwayAreSecondsUnderMinIsrAndRejectedRecords) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "2"}});
  cluster.deploy();
  cluster.clients.start({producer(100)}, {});
  Seen<trace::BrokerFenced> fenced(cluster.kernel);
  Seen<trace::ReplicaJoinedIsr> joined(cluster.kernel);
  Seen<trace::ProduceResumed> resumed(cluster.kernel);
  const sim::Time away = cluster.kernel.now();
  cluster.kill(1);
  cluster.kill(2);
  cluster.run_for(150_s);
  cluster.start_broker(1);
  cluster.start_broker(2);
  cluster.run_for(30_s);
  ASSERT_EQ(fenced.entries.size(), 2U);
  ASSERT_EQ(joined.entries.size(), 2U);
  ASSERT_EQ(resumed.entries.size(), 1U);
  const sim::Duration under = joined.entries[0].at - fenced.entries[1].at;
  EXPECT_EQ(cluster.ledger.totals().under_min_isr, under);
  EXPECT_GT(under, 144_s);  // 150 - 9 + 3 s of JVM
  EXPECT_LT(under, 148_s);
  const sim::Duration stalled = resumed.entries[0].at - away;
  EXPECT_EQ(cluster.clients.records_rejected(), (stalled - 120_s).ns * 100 / 1'000'000'000);
  EXPECT_GT(cluster.clients.records_rejected(), 3'300);  // 153 - 120 s
}

// RF 1, so no order of restarts would spare it; its producers are refused all the same.
TEST(Figures, TopicsWithoutASpareCountTheirTimeUnderMinIsrToo) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1}}, {{"min.insync.replicas", "2"}});
  cluster.deploy();
  Seen<trace::ReplicaLeftIsr> left(cluster.kernel);
  cluster.terminate(1);
  cluster.run_for(60_s);
  ASSERT_EQ(left.entries.size(), 1U);
  EXPECT_EQ(cluster.ledger.totals().under_min_isr, cluster.kernel.now() - left.entries[0].at);
  EXPECT_EQ(cluster.ledger.blocking_at({0}, cluster.kernel.now()), 0);
}

// To a byte: what is on disk is rounded down.
double lost_bytes(const TestCluster& cluster) {
  return static_cast<double>(cluster.ledger.totals().acknowledged_lost);
}

// The last member of the ISR loses power: of 1 MB/s what is younger than the writeback time of 30 s
// was in memory only, and was acknowledged with acks=all.
TEST(Figures, APowerLossOfTheLastMemberLosesThirtySeconds) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
  cluster.deploy();
  cluster.clients.start({producer(1'000)}, {});
  cluster.kill(1);
  cluster.kill(2);
  cluster.run_for(100_s);
  EXPECT_EQ(cluster.row(0).isr, 0b001);
  cluster.kill(0, KillKind::power_off);
  cluster.run_for(20_s);
  EXPECT_EQ(cluster.ledger.totals().acknowledged_lost, 0);
  cluster.start_broker(0);
  cluster.run_for(20_s);
  EXPECT_EQ(cluster.row(0).leader(), api::NodeId{0});
  EXPECT_NEAR(lost_bytes(cluster), 30e6, 1);
}

// SIGKILL leaves the page cache: nothing is lost.
TEST(Figures, AKillOfTheLastMemberLosesNothing) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
  cluster.deploy();
  cluster.clients.start({producer(1'000)}, {});
  cluster.kill(1);
  cluster.kill(2);
  cluster.run_for(100_s);
  cluster.kill(0);
  cluster.run_for(20_s);
  cluster.start_broker(0);
  cluster.run_for(20_s);
  EXPECT_EQ(cluster.ledger.totals().acknowledged_lost, 0);
}

// What was sent while a dead member was still in the ISR is refused when the ISR falls below
// min.insync.replicas (NOT_ENOUGH_REPLICAS_AFTER_APPEND): it was never acknowledged, so that losing
// it is no loss. Pages are on disk after a second.
TEST(Figures, WhatWaitedWhenTheIsrFellBelowItsMinimumWasNotPromised) {
  TestClusterOptions options;
  options.hardware.writeback = 1_s;
  for (const int min_isr : {1, 2}) {
    TestCluster cluster(options);
    cluster.topic("t", {{0, 1}}, {{"min.insync.replicas", std::to_string(min_isr)}});
    cluster.deploy();
    cluster.replication.set_inflow(0, 1'000'000, true);
    cluster.run_for(20_s);
    cluster.kill(1);
    cluster.run_for(8_s);  // its session lasts 9 s
    cluster.replication.set_inflow(0, 0, true);
    cluster.run_for(1500_ms);
    ASSERT_EQ(cluster.row(0).isr_size(), 1);
    cluster.replication.set_inflow(0, 1'000'000, true);
    cluster.run_for(500_ms);
    cluster.kill(0, KillKind::power_off);
    cluster.replication.set_inflow(0, 0, true);
    cluster.run_for(20_s);
    cluster.start_broker(0);
    cluster.run_for(20_s);
    EXPECT_NEAR(lost_bytes(cluster), min_isr == 1 ? 500e3 : 0, 1) << min_isr;
  }
}

// Killed, and its machine loses power 15 s later: of the 30 s that only memory had at the kill the
// last 15 s are still not written back. After 40 s everything is.
TEST(Figures, APowerLossAfterAKillLosesWhatWasNotWrittenBackMeanwhile) {
  for (const sim::Duration later : {15_s, 40_s}) {
    TestCluster cluster;
    cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
    cluster.deploy();
    cluster.clients.start({producer(1'000)}, {});
    cluster.kill(1);
    cluster.kill(2);
    cluster.run_for(100_s);
    cluster.kill(0);
    cluster.run_for(later);
    cluster.replication.replicas_offline({0}, StopHow::power_off);
    cluster.start_broker(0);
    cluster.run_for(20_s);
    EXPECT_NEAR(lost_bytes(cluster), later == 15_s ? 15e6 : 0, 1);
  }
}

// Metadata versions before 3.6 bump the leader's epoch when the ISR shrinks: it leads on, and the
// 1 MB/s of before and after are all there.
TEST(Figures, ALeaderKeepsItsBytesWhenItsEpochIsBumped) {
  TestClusterOptions options;
  options.version = "3.5.2";
  options.metadata_version = "3.5-IV2";
  TestCluster cluster(options);
  cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
  cluster.deploy();
  cluster.replication.set_inflow(0, 1'000'000, false);
  const int32_t epoch = cluster.row(0).leader_epoch;
  cluster.run_for(10_s);
  cluster.terminate(1);
  cluster.run_for(10_s);
  EXPECT_EQ(cluster.row(0).leader_epoch, epoch + 1);
  EXPECT_EQ(cluster.row(0).leader(), api::NodeId{0});
  EXPECT_EQ(cluster.replication.log_end(0), 20'000'000);
}

// One broker of three partitions that each has three replicas: it leads one of them.
TEST(Figures, ARestartMovesLeadersAndShrinksAndExpandsIsrs) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}});
  cluster.deploy();
  cluster.ledger.start_window();
  Seen<trace::ReplicaLeftIsr> left(cluster.kernel);
  Seen<trace::ReplicaJoinedIsr> joined(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(10_s);
  cluster.start_broker(0);
  cluster.run_for(20_s);
  const Ledger::Totals totals = cluster.ledger.totals();
  EXPECT_EQ(totals.leader_moves, 1);
  EXPECT_EQ(totals.isr_shrinks, 3);
  EXPECT_EQ(totals.isr_expands, 3);
  ASSERT_EQ(joined.entries.size(), 3U);
  EXPECT_EQ(totals.urp, joined.entries.back().at - left.entries.front().at);
  EXPECT_EQ(totals.offline, 0_s);
}

TEST(Figures, APartitionWithOneReplicaIsOfflineWhileItsBrokerIs) {
  TestCluster cluster;
  cluster.topic("t", {{0}});
  cluster.deploy();
  cluster.ledger.start_window();
  Seen<trace::PartitionWentOffline> offline(cluster.kernel);
  Seen<trace::LeaderElected> elected(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(20_s);
  cluster.start_broker(0);
  cluster.run_for(20_s);
  ASSERT_EQ(offline.entries.size(), 1U);
  ASSERT_EQ(elected.entries.size(), 1U);
  EXPECT_EQ(cluster.ledger.totals().offline, elected.entries[0].at - offline.entries[0].at);
  EXPECT_GT(cluster.ledger.totals().offline, 22_s);
}

}  // namespace
}  // namespace twin::model
