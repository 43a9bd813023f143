// Controlled shutdown: who waits for whom. After the event that moves the leaders (at C) the broker
// asks again at C + 50 ms and each 2 s after that; it may go once every other active broker has
// said in a heartbeat that it applied the event, which it has at C + 50 ms plus its own lag.
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

// From the moved leaders to the grant, where broker 1 applies metadata that much later than others.
sim::Duration grant_after_move(sim::Duration lag) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}});
  cluster.deploy();
  cluster.kafka.set_metadata_lag({1}, lag);
  Seen<trace::LeaderElected> moved(cluster.kernel);
  Seen<trace::ControlledShutdownGranted> granted(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(30_s);
  EXPECT_EQ(moved.entries.size(), 1U);
  return granted.of(0).at - moved.entries.at(0).at;
}

// Heartbeats come each 2 s, so all have said it by the second question at the latest.
TEST(Shutdown, TwoHeartbeatsAreEnoughWhenNobodyLags) {
  const sim::Duration time = grant_after_move(0_s);
  EXPECT_TRUE(time == 50_ms || time == 2050_ms) << time.ns;
}

// 3 s of lag: said between C + 3.05 and C + 5.05, so the question at 4.05 or 6.05 is answered; 7 s
// of lag: at 8.05 or 10.05. (Metamorphic: the slowest broker's lag gates the shutdown.)
TEST(Shutdown, TheSlowestBrokersMetadataGatesIt) {
  const sim::Duration three = grant_after_move(3_s);
  EXPECT_TRUE(three == 4050_ms || three == 6050_ms) << three.ns;
  const sim::Duration seven = grant_after_move(7_s);
  EXPECT_TRUE(seven == 8050_ms || seven == 10050_ms) << seven.ns;
}

TEST(Shutdown, ABrokerThatLeadsNothingIsToldAtOnce) {
  TestCluster cluster;
  cluster.topic("t", {{1, 0, 2}});
  cluster.deploy();
  Seen<trace::ReplicaLeftIsr> left(cluster.kernel);
  Seen<trace::ControlledShutdownGranted> granted(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(1_s);
  ASSERT_EQ(left.entries.size(), 1U);
  EXPECT_EQ(granted.of(0).at, left.entries[0].at);
}

// A peer that shuts down itself does not count, however late it is.
TEST(Shutdown, AShuttingDownPeerIsNotWaitedFor) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}, {1, 2, 0}});
  cluster.deploy();
  cluster.kafka.set_metadata_lag({0}, 100_s);
  cluster.terminate(0);
  cluster.run_for(500_ms);
  Seen<trace::LeaderElected> moved(cluster.kernel);
  Seen<trace::ControlledShutdownGranted> granted(cluster.kernel);
  cluster.terminate(1);
  cluster.run_for(5_s);
  ASSERT_FALSE(moved.entries.empty());
  EXPECT_LE(granted.of(1).at - moved.entries[0].at, 2050_ms);
}

// Frozen, it counts until its session is over.
TEST(Shutdown, AFrozenPeerIsWaitedForUntilItIsFenced) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}});
  cluster.deploy();
  cluster.kafka.hang({2}, true);
  Seen<trace::BrokerFenced> fenced(cluster.kernel);
  Seen<trace::ControlledShutdownGranted> granted(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(20_s);
  EXPECT_GE(granted.of(0).at, fenced.of(2).at);
  EXPECT_LE(granted.of(0).at - fenced.of(2).at, 2_s);
}

}  // namespace
}  // namespace twin::model
