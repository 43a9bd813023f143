// Followers that run but do not keep up. Each leader checks every replica.lag.time.max.ms / 2 from
// the moment on from which it serves (L): its logs are loaded and its registration is committed,
// whichever is later. With 30 s: at L + 15, 30, 45 ...; a member that was last caught up more than
// 30 s before leaves, 160 ms later (AlterPartition).
#include <algorithm>

#include "tests/kafka/support.h"
#include "tests/support/marks.h"

namespace twin::model {
namespace {

// L of a broker, from records of its start.
class ServesSince {
 public:
  explicit ServesSince(Kernel& kernel) : loaded_(kernel), registered_(kernel) {}
  sim::Time of(int32_t broker) const {
    return std::max(loaded_.of(broker).at, registered_.of(broker).at);
  }

 private:
  Seen<trace::LogLoadFinished> loaded_;
  Seen<trace::BrokerRegistered> registered_;
};

// Cut at L + 61: not yet 30 s at L + 90, too long at L + 105.
TEST(Lag, ACutOffFollowerLeavesAtTheLeadersCheck) {
  TestCluster cluster;
  ServesSince serves(cluster.kernel);
  cluster.topic("busy", {{0, 1, 2}});
  cluster.topic("idle", {{0, 1, 2}});
  cluster.deploy();
  ProducerSpec producer;
  producer.topic = "busy";
  producer.records_per_s = 100;
  producer.acks = Acks::one;
  cluster.clients.start({producer}, {});
  Seen<trace::ReplicaLeftIsr> left(cluster.kernel);
  const sim::Time grid = serves.of(0);
  cluster.run_until(grid + 61_s);
  cluster.network.cut("broker:0", "broker:1");
  cluster.replication.reachability_changed();
  cluster.run_for(60_s);
  // Only where something is missing: a partition without traffic has everything.
  ASSERT_EQ(left.entries.size(), 1U);
  EXPECT_EQ(left.entries[0].record.partition, 0);
  EXPECT_EQ(left.entries[0].record.broker, 1);
  EXPECT_EQ(left.entries[0].at, grid + 105_s + 160_ms);
  EXPECT_FALSE(cluster.kafka.is_fenced({1}));
}

// It is connected again 20 ms after the check and has the 4.4 MB that it lacks before its leaving
// is committed: out of the ISR although it has everything, it asks to be back with its next fetch.
TEST(Lag, OneThatCatchesUpWhileItLeavesComesBack) {
  MustPass mark("kafka_left_isr_while_in_step");
  TestCluster cluster;
  ServesSince serves(cluster.kernel);
  cluster.topic("busy", {{0, 1, 2}});
  cluster.deploy();
  ProducerSpec producer;
  producer.topic = "busy";
  producer.records_per_s = 100;
  producer.acks = Acks::one;
  cluster.clients.start({producer}, {});
  const sim::Time grid = serves.of(0);
  cluster.run_until(grid + 61_s);
  cluster.network.cut("broker:0", "broker:1");
  cluster.replication.reachability_changed();
  cluster.run_until(grid + 105_s + 20_ms);
  cluster.network.heal("broker:0", "broker:1");
  cluster.replication.reachability_changed();
  cluster.run_until(grid + 105_s + 200_ms);
  EXPECT_EQ(cluster.row(0).isr_size(), 2);
  cluster.run_for(1_s);
  EXPECT_EQ(cluster.row(0).isr_size(), 3);
}

TEST(Lag, TheTimeIsReadFromTheLeadersConfiguration) {
  TestClusterOptions options;
  options.config = "replica.lag.time.max.ms=10000\n";
  TestCluster cluster(options);
  ServesSince serves(cluster.kernel);
  cluster.topic("busy", {{0, 1, 2}});
  cluster.deploy();
  ProducerSpec producer;
  producer.topic = "busy";
  producer.records_per_s = 100;
  producer.acks = Acks::one;
  cluster.clients.start({producer}, {});
  Seen<trace::ReplicaLeftIsr> left(cluster.kernel);
  const sim::Time grid = serves.of(0);
  cluster.run_until(grid + 61_s);
  cluster.network.cut("broker:0", "broker:1");
  cluster.replication.reachability_changed();
  cluster.run_for(60_s);
  // 10 s after L + 61 is past the check at L + 70; the next is at L + 75.
  ASSERT_EQ(left.entries.size(), 1U);
  EXPECT_EQ(left.entries[0].at - grid, 75_s + 160_ms);
}

// 3 MB/s come, and a disk at 1 % of 250 MB/s takes 2.5: it falls behind by half a megabyte each
// second, leaves, and is back when the disk is whole again.
TEST(Lag, AFollowerThatIsTooSlowLeaves) {
  TestCluster cluster;
  cluster.topic("busy", {{0, 1, 2}});
  cluster.deploy();
  ProducerSpec producer;
  producer.topic = "busy";
  producer.records_per_s = 3'000;
  cluster.clients.start({producer}, {});
  Seen<trace::ReplicaLeftIsr> left(cluster.kernel);
  const sim::Time slow = cluster.kernel.now();
  cluster.replication.set_disk_speed({1}, 1);
  cluster.run_for(20_s);
  EXPECT_NEAR(static_cast<double>(cluster.replication.bytes_behind({1})), 10e6, 0.1e6);
  cluster.run_for(40_s);
  ASSERT_EQ(left.entries.size(), 1U);
  EXPECT_GT(left.entries[0].at - slow, 30_s);
  EXPECT_LE(left.entries[0].at - slow, 45_s + 160_ms);
  cluster.replication.set_disk_speed({1}, 100);
  cluster.run_for(5_s);
  EXPECT_EQ(cluster.row(0).isr, 0b111);
}

}  // namespace
}  // namespace twin::model
