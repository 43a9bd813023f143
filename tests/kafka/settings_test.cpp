// Settings: which one is in effect, and what the controller and the brokers do with it.
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

using Alter = api::IncrementalAlterConfigsRequest;

Alter alter(Alter::Resource resource, const std::string& value,
            api::AlterOp op = api::AlterOp::set) {
  Alter request;
  request.resource = resource;
  request.topic = "own";
  request.broker = {0};
  auto& change = request.changes.emplace_back();
  change.name = "min.insync.replicas";
  change.value = value;
  change.op = op;
  return request;
}

// "own" sets 1 itself, "free" goes by the file's 2, then by the cluster's 3, then by 2 again.
TEST(Settings, ATopicsOwnMinIsrGoesBeforeTheClustersAndThatBeforeTheFiles) {
  TestClusterOptions options;
  options.config = "min.insync.replicas=2\n";
  TestCluster cluster(options);
  cluster.topic("own", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
  cluster.topic("free", {{0, 1, 2}});
  cluster.deploy();
  const auto& topics = cluster.kafka.table().topics;
  EXPECT_EQ(topics[0].min_isr, 1);
  EXPECT_EQ(topics[1].min_isr, 2);
  EXPECT_TRUE(cluster.ask_any(0, alter(Alter::Resource::cluster, "3")).meta.ok());
  EXPECT_EQ(topics[0].min_isr, 1);
  EXPECT_EQ(topics[1].min_isr, 3);
  EXPECT_TRUE(
      cluster.ask_any(0, alter(Alter::Resource::cluster, "", api::AlterOp::remove)).meta.ok());
  EXPECT_EQ(topics[1].min_isr, 2);
  EXPECT_TRUE(
      cluster.ask_any(0, alter(Alter::Resource::topic, "", api::AlterOp::remove)).meta.ok());
  EXPECT_EQ(topics[0].min_isr, 2);
}

// With one of three replicas away, a minimum of 3 puts the partition under it at that moment, and
// its two members forbid a restart while the minimum is 2.
TEST(Settings, ANewMinimumCountsAtOnce) {
  TestClusterOptions options;
  options.config = "min.insync.replicas=2\n";
  TestCluster cluster(options);
  cluster.topic("free", {{0, 1, 2}});
  cluster.deploy();
  cluster.kill(2);
  cluster.run_for(20_s);
  EXPECT_EQ(cluster.ledger.under_min(), 0);
  EXPECT_EQ(cluster.ledger.blocking_at({0}, cluster.kernel.now()), 1);
  Seen<trace::PartitionWentUnderMinIsr> under(cluster.kernel);
  cluster.ask_any(0, alter(Alter::Resource::cluster, "3"));
  EXPECT_EQ(under.entries.size(), 1U);
  EXPECT_EQ(cluster.ledger.under_min(), 1);
  EXPECT_EQ(cluster.ledger.blocking_at({0}, cluster.kernel.now()), 0);  // RF 3 <= 3: exempt
  cluster.run_for(7_s);
  cluster.ask_any(0, alter(Alter::Resource::cluster, "1"));
  EXPECT_EQ(cluster.ledger.under_min(), 0);
  EXPECT_EQ(cluster.ledger.totals().under_min_isr, 7_s);
}

TEST(Settings, WithElrTheClusterHasOneMinimum) {
  TestClusterOptions options;
  options.metadata_version = "4.2-IV1";
  options.config = "min.insync.replicas=2\n";
  TestCluster cluster(options);
  cluster.deploy();
  ASSERT_TRUE(cluster.kafka.elr_enabled());
  EXPECT_EQ(cluster.ask_any(0, alter(Alter::Resource::broker, "1")).meta.message,
            "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
  EXPECT_EQ(
      cluster.ask_any(0, alter(Alter::Resource::cluster, "", api::AlterOp::remove)).meta.message,
      "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
  EXPECT_TRUE(cluster.ask_any(0, alter(Alter::Resource::cluster, "1")).meta.ok());
}

// Broker 1 applies metadata 10 s later than the others, which do after 50 ms.
TEST(Settings, ABrokerDescribesTopicsAsItHasAppliedThem) {
  TestCluster cluster;
  cluster.topic("t", {{0, 2, 1}});
  cluster.deploy();
  cluster.kafka.set_metadata_lag({1}, 10_s);
  cluster.run_for(11_s);
  cluster.kafka.crash({0});
  Seen<trace::BrokerFenced> fenced(cluster.kernel);
  cluster.run_for(9_s);
  const sim::Time at = fenced.of(0).at;
  const auto leader_at = [&](int32_t node, sim::Time* as_of) {
    const controller::KafkaReply reply = cluster.ask_any(node, api::DescribeTopicsRequest{});
    *as_of = reply.meta.as_of;
    return std::get<api::DescribeTopicsReply>(reply.body).topics->partitions[0].leader;
  };
  sim::Time as_of;
  cluster.run_until(at + 1_s);
  EXPECT_EQ(leader_at(2, &as_of), 2);
  EXPECT_EQ(as_of, cluster.kernel.now() - 50_ms);
  EXPECT_EQ(leader_at(1, &as_of), 0);
  EXPECT_EQ(as_of, cluster.kernel.now() - 10050_ms);
  cluster.run_until(at + 10049_ms);
  EXPECT_EQ(leader_at(1, &as_of), 0);
  cluster.run_until(at + 10050_ms);
  EXPECT_EQ(leader_at(1, &as_of), 2);
}

// Every 60 s from the controller's activation on, whenever the leaders moved.
TEST(Settings, PreferredLeadersReturnOnAGrid) {
  TestClusterOptions options;
  options.config = "leader.imbalance.check.interval.seconds=60\n";
  TestCluster cluster(options);
  cluster.topic("t", {{0, 1, 2}, {0, 2, 1}});
  Seen<trace::QuorumLeaderElected> active(cluster.kernel);
  cluster.deploy();
  Seen<trace::LeaderElected> elected(cluster.kernel);
  cluster.kill(0);
  cluster.run_for(30_s);
  ASSERT_EQ(elected.entries.size(), 2U);
  cluster.start_broker(0);
  cluster.run_for(70_s);
  ASSERT_EQ(elected.entries.size(), 4U);
  EXPECT_EQ(cluster.row(0).leader(), api::NodeId{0});
  EXPECT_EQ((elected.entries[2].at - active.entries[0].at).ns % (60_s).ns, 0);
  EXPECT_EQ(elected.entries[3].at, elected.entries[2].at);
}

}  // namespace
}  // namespace twin::model
