// Registration, sessions, fencing and rejoining. Times count from records of the trace, since
// signals and fetches have drawn delays.
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

// Granted at G: exits 300 ms later (no logs). Started 100 ms after that, the JVM takes 3 s, so
// registration is tried at G + 3.4, 5.4, 7.4 (refused: the session is valid until G + 9) and 9.4 s;
// committed 25 ms and unfenced 60 ms later.
TEST(Lifecycle, ACleanRestartWaitsForItsOwnSession) {
  TestCluster cluster;
  cluster.deploy();
  Seen<trace::ControlledShutdownGranted> granted(cluster.kernel);
  Seen<trace::RegistrationRefused> refused(cluster.kernel);
  Seen<trace::BrokerRegistered> registered(cluster.kernel);
  Seen<trace::BrokerUnfenced> unfenced(cluster.kernel);
  Seen<trace::BrokerFenced> fenced(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(300_ms);
  const sim::Time at = granted.of(0).at;
  EXPECT_EQ(fenced.of(0).at, at);
  EXPECT_EQ(fenced.of(0).record.fence_reason,
            static_cast<int64_t>(trace::FenceReason::controlled_shutdown));
  cluster.run_until(at + 400_ms);
  EXPECT_EQ(cluster.exits.at(cluster.pods.at(0)), 143);
  cluster.start_broker(0);
  cluster.run_for(20_s);
  EXPECT_EQ(refused.entries.size(), 3U);
  EXPECT_EQ(registered.of(0).at, at + 9425_ms);
  EXPECT_EQ(unfenced.of(0).at, at + 9485_ms);
}

TEST(Lifecycle, ABrokerThatWasAwayForItsSessionDoesNotWait) {
  TestCluster cluster;
  cluster.deploy();
  Seen<trace::RegistrationRefused> refused(cluster.kernel);
  Seen<trace::BrokerRegistered> registered(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(10_s);
  const sim::Time started = cluster.kernel.now();
  cluster.start_broker(0);
  cluster.run_for(10_s);
  EXPECT_TRUE(refused.entries.empty());
  EXPECT_EQ(registered.of(0).at, started + 3025_ms);
}

// Up to 3.9 a fenced broker has no session.
TEST(Lifecycle, BeforeKafka40ACleanRestartDoesNotWait) {
  TestClusterOptions options;
  options.version = "3.9.0";
  options.metadata_version = "3.9-IV0";
  TestCluster cluster(options);
  cluster.deploy();
  Seen<trace::RegistrationRefused> refused(cluster.kernel);
  cluster.terminate(0);
  cluster.run_for(1_s);
  cluster.start_broker(0);
  cluster.run_for(10_s);
  EXPECT_TRUE(refused.entries.empty());
  EXPECT_FALSE(cluster.kafka.is_fenced({0}));
}

// Heartbeats come each 2 s from unfencing at U on. Killed at U + 61.5 s: the last one was at U +
// 60, so the session is over at U + 69 s, and that moment elects and shrinks.
TEST(Lifecycle, AKilledBrokerIsFencedNineSecondsAfterItsLastHeartbeat) {
  TestCluster cluster;
  Seen<trace::BrokerUnfenced> unfenced(cluster.kernel);
  cluster.topic("t", {{0, 1, 2}});
  cluster.deploy();
  const sim::Time up = unfenced.of(0).at;
  cluster.run_until(up + 61500_ms);
  Seen<trace::BrokerFenced> fenced(cluster.kernel);
  Seen<trace::LeaderElected> elected(cluster.kernel);
  cluster.kill(0);
  cluster.run_for(10_s);
  EXPECT_EQ(fenced.of(0).at, up + 69_s);
  ASSERT_EQ(elected.entries.size(), 1U);
  EXPECT_EQ(elected.entries[0].at, up + 69_s);
  EXPECT_EQ(cluster.row(0).leader(), api::NodeId{1});
  EXPECT_EQ(cluster.row(0).isr, 0b110);
}

// SIGSTOP for 16 s: fenced, but RUNNING for its agent; unfenced 30 ms after SIGCONT, and in every
// ISR again 50 ms + (0 to 500 ms) + 160 ms after that, although it was never restarted.
TEST(Lifecycle, AProcessThatGoesOnRejoinsItsIsrs) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}});
  cluster.deploy();
  const api::Uid pod = cluster.pods.at(0);
  Seen<trace::BrokerFenced> fenced(cluster.kernel);
  Seen<trace::BrokerUnfenced> unfenced(cluster.kernel);
  Seen<trace::ReplicaJoinedIsr> joined(cluster.kernel);
  cluster.kafka.hang({0}, true);
  EXPECT_FALSE(cluster.kafka.ready(pod));
  EXPECT_TRUE(cluster.kafka.live(pod));
  cluster.run_for(16_s);
  EXPECT_EQ(fenced.entries.size(), 1U);
  EXPECT_EQ(cluster.kafka.broker_state({0}), BrokerState::running);
  EXPECT_EQ(cluster.row(0).isr, 0b110);
  const sim::Time on = cluster.kernel.now();
  cluster.kafka.hang({0}, false);
  EXPECT_TRUE(cluster.kafka.ready(pod));
  cluster.run_for(2_s);
  EXPECT_EQ(unfenced.of(0).at, on + 30_ms);
  ASSERT_EQ(joined.entries.size(), 3U);
  for (const auto& join : joined.entries) {
    EXPECT_GE(join.at - on, 240_ms);
    EXPECT_LT(join.at - on, 740_ms);
  }
}

// The readiness of a controller is its open port, which a stopped process keeps open.
TEST(Lifecycle, AStoppedControllerStaysReadyAndAlive) {
  TestCluster cluster;
  cluster.deploy();
  cluster.kafka.hang({3}, true);
  EXPECT_TRUE(cluster.kafka.ready(cluster.pods.at(3)));
  EXPECT_TRUE(cluster.kafka.live(cluster.pods.at(3)));
}

}  // namespace
}  // namespace twin::model
