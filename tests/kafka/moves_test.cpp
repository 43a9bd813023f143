// Moves through the whole cluster: the request, the copying under a throttle, the end. The measured
// ones are real 4.3.1 brokers on a loopback with two cores: three brokers of RF 2, from [1,2];[2,1]
// to [3,2];[2,3], throttled by kafka-reassign-partitions, which lists every current replica at the
// leaders and the added ones at the followers.
#include <fmt/format.h>

#include "tests/kafka/support.h"

namespace twin::model {
namespace {

api::NodeList list(const std::vector<int32_t>& ids) {
  api::NodeList nodes;
  for (const int32_t id : ids) nodes.push({id});
  return nodes;
}

class Moves {
 public:
  explicit Moves(const TestClusterOptions& options) : cluster(options) {}

  void set(api::IncrementalAlterConfigsRequest request, const std::string& name,
           const std::string& value) {
    request.changes.push_back({name, value, api::AlterOp::set});
    EXPECT_TRUE(cluster.ask_any(0, request).meta.ok());
  }
  void throttle(int64_t bytes_per_s) {
    for (int32_t id = 0; id < 3; ++id) {
      api::IncrementalAlterConfigsRequest request;
      request.resource = api::IncrementalAlterConfigsRequest::Resource::broker;
      request.broker = {id};
      set(request, "leader.replication.throttled.rate", std::to_string(bytes_per_s));
      set(request, "follower.replication.throttled.rate", std::to_string(bytes_per_s));
    }
  }
  void list_replicas(const std::string& topic, const std::string& leaders,
                     const std::string& followers) {
    api::IncrementalAlterConfigsRequest request;
    request.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
    request.topic = topic;
    set(request, "leader.replication.throttled.replicas", leaders);
    set(request, "follower.replication.throttled.replicas", followers);
  }
  api::AlterReassignmentsReply move(const std::string& topic,
                                    const std::vector<std::vector<int32_t>>& targets) {
    api::AlterReassignmentsRequest request;
    for (size_t i = 0; i < targets.size(); ++i) {
      request.moves.push_back({topic, static_cast<int32_t>(i), list(targets[i])});
    }
    return cluster.ask<api::AlterReassignmentsReply>(0, request);
  }
  size_t moving() {
    return cluster.ask<api::ListReassignmentsReply>(0, api::ListReassignmentsRequest{})
        .moves.size();
  }
  // Seconds until nothing moves, looked at each 100 ms.
  double finish(sim::Duration at_most) {
    const sim::Time begin = cluster.kernel.now();
    while (moving() > 0 && cluster.kernel.now() - begin < at_most) cluster.run_for(100_ms);
    EXPECT_EQ(moving(), 0U);
    return static_cast<double>((cluster.kernel.now() - begin).ns) / 1e9;
  }

  TestCluster cluster;
};

// Loopback: no distance, and what two busy cores carried without a throttle, 250 MB/s.
TestClusterOptions loopback() {
  TestClusterOptions options;
  options.hardware.rtt_across_zones = sim::Duration{100'000};
  options.hardware.rtt_in_zone = sim::Duration{100'000};
  options.hardware.nic_bytes_per_s = 250'000'000;
  options.hardware.socket_window_bytes = 1 << 20;
  return options;
}

struct MoveCase {
  int32_t partitions = 8;
  int64_t bytes_in_all = 0;  // that the new broker receives
  int64_t throttle = 10'000'000;
  int64_t produced_per_s = 0;
  std::string config = {};  // more lines of every broker's file
  int64_t batch_bytes = 16'200;
  bool companions = false;  // partitions without traffic that keep up on the same fetchers
};

// Brokers 0 and 1 hold everything; broker 2 takes the place of broker 0.
double seconds_of(const MoveCase& with) {
  TestClusterOptions options = loopback();
  options.config = with.config;
  Moves moves(options);
  TestCluster& cluster = moves.cluster;
  std::vector<std::vector<int32_t>> from, to;
  std::string leaders, followers;
  for (int32_t i = 0; i < with.partitions; ++i) {
    from.push_back(i % 2 == 0 ? std::vector<int32_t>{0, 1} : std::vector<int32_t>{1, 0});
    to.push_back(i % 2 == 0 ? std::vector<int32_t>{2, 1} : std::vector<int32_t>{1, 2});
    leaders += fmt::format("{}{}:0,{}:1", leaders.empty() ? "" : ",", i, i);
    followers += fmt::format("{}{}:2", followers.empty() ? "" : ",", i);
  }
  cluster.topic("t", from, {}, with.batch_bytes);
  if (with.companions) cluster.topic("quiet", {{0, 2}, {1, 2}});
  cluster.deploy();
  for (PartitionIndex i = 0; i < static_cast<PartitionIndex>(with.partitions); ++i) {
    cluster.replication.set_initial_size(i, with.bytes_in_all / with.partitions);
    cluster.replication.set_inflow(i, with.produced_per_s / with.partitions, false);
  }
  moves.list_replicas("t", leaders, followers);
  moves.throttle(with.throttle);
  EXPECT_TRUE(moves.move("t", to).refused.empty());
  const double seconds = moves.finish(600_s);
  for (PartitionIndex i = 0; i < static_cast<PartitionIndex>(with.partitions); ++i) {
    EXPECT_EQ(cluster.row(i).replicas, list(to[i]));
    EXPECT_EQ(cluster.row(i).isr_size(), 2);
    EXPECT_EQ(cluster.row(i).leader(), (api::NodeId{to[i][0]}));
  }
  return seconds;
}

TEST(MeasuredMoves, FourPartitionsAtFive) {
  EXPECT_NEAR(seconds_of({.partitions = 4, .bytes_in_all = 525'000'000, .throttle = 5'000'000}),
              109.7, 0.03 * 109.7);
}

TEST(MeasuredMoves, FourPartitionsAtTen) {
  EXPECT_NEAR(seconds_of({.partitions = 4, .bytes_in_all = 525'000'000}), 56.0, 0.03 * 56.0);
}

TEST(MeasuredMoves, EightPartitionsAtTen) {
  EXPECT_NEAR(seconds_of({.bytes_in_all = 263'000'000}), 28.8, 0.03 * 28.8);
}

TEST(MeasuredMoves, EightPartitionsAtTenWithBiggerFetches) {
  EXPECT_NEAR(
      seconds_of({.bytes_in_all = 263'000'000, .config = "replica.fetch.max.bytes=10485760\n"}),
      28.2, 0.03 * 28.2);
}

TEST(MeasuredMoves, EightPartitionsAtTwenty) {
  EXPECT_NEAR(seconds_of({.bytes_in_all = 1'076'000'000, .throttle = 20'000'000}), 58.0,
              0.03 * 58.0);
}

// 3.07 MB/s arrive meanwhile, count against the throttle and are to be copied as well.
TEST(MeasuredMoves, ProducersTakeTheirPart) {
  EXPECT_NEAR(seconds_of({.bytes_in_all = 348'000'000, .produced_per_s = 3'070'000}), 55.2,
              0.05 * 55.2);
}

TEST(MeasuredMoves, WithoutAThrottleTheMachineDecides) {
  EXPECT_NEAR(seconds_of({.bytes_in_all = 1'076'000'000, .throttle = 100'000'000'000}), 4.3,
              0.15 * 4.3);
}

// Metamorphic: twice the bytes under the same throttle, twice as long; a throttle below what
// arrives on the listed partitions never ends.
TEST(ThrottledMoves, TwiceTheBytesTwiceAsLong) {
  const double once = seconds_of({.bytes_in_all = 400'000'000});
  const double twice = seconds_of({.bytes_in_all = 800'000'000});
  EXPECT_NEAR(twice / once, 2, 0.06);
}

// A read of 1 MiB ends amid the second batch of 700,000 bytes: the quota counts all of it, the log
// gains one batch. 200 MB are 286 reads, 300 MB by the quota, against 202 MB in batches of 16,200.
TEST(ThrottledMoves, WhatIsCutOffBehindABatchCountsAgainstTheQuota) {
  const double small = seconds_of({.bytes_in_all = 200'000'000});
  const double large = seconds_of({.bytes_in_all = 200'000'000, .batch_bytes = 700'000});
  EXPECT_NEAR(large / small, 300.0 / 202.3, 0.06);
  // One that is larger than a read comes alone, and whole: nothing is cut off.
  const double alone = seconds_of({.bytes_in_all = 200'000'000, .batch_bytes = 2'000'000});
  EXPECT_NEAR(alone, small, 0.1 * small);
}

// Partitions that keep up are asked for whatever the quota says, so the request is parked for 500
// ms at the leader where the fetcher would have waited 1 s. Of a window of about 11.5 s that is
// half as much lost: 60 s / (1 - 0.5 / 11.5) against 60 s / (1 - 1 / 11.5).
TEST(ThrottledMoves, WithPartitionsThatKeepUpPausesAreHalfAsLong) {
  const double alone = seconds_of({.bytes_in_all = 600'000'000});
  const double beside = seconds_of({.bytes_in_all = 600'000'000, .companions = true});
  EXPECT_LT(beside, alone - 0.5);
  EXPECT_GT(beside, 60.0);
}

TEST(ThrottledMoves, AtOrBelowTheListedInflowItNeverEnds) {
  Moves moves(loopback());
  TestCluster& cluster = moves.cluster;
  cluster.topic("t", {{0, 1}});
  cluster.deploy();
  cluster.replication.set_initial_size(0, 100'000'000);
  cluster.replication.set_inflow(0, 6'000'000, false);
  moves.list_replicas("t", "0:0,0:1", "0:2");
  moves.throttle(5'000'000);
  moves.move("t", {{2, 1}});
  cluster.run_for(3600_s);
  EXPECT_EQ(moves.moving(), 1U);
  const int64_t behind = cluster.replication.bytes_behind({2});
  cluster.run_for(600_s);
  EXPECT_GT(cluster.replication.bytes_behind({2}), behind);
  // Raised, it ends.
  moves.throttle(50'000'000);
  moves.finish(3600_s);
}

TEST(Moves, ABrokerThatIsNotRegisteredIsRefusedAndNothingStarts) {
  Moves moves({});
  moves.cluster.topic("t", {{0, 1}, {1, 0}});
  moves.cluster.deploy();
  const auto reply = moves.move("t", {{0, 9}, {1, 2}});
  ASSERT_EQ(reply.refused.size(), 1U);
  EXPECT_EQ(reply.refused[0].partition, 0);
  EXPECT_EQ(reply.refused[0].error, api::KafkaError::invalid_replica_assignment);
  EXPECT_EQ(moves.moving(), 1U);
}

// Under-replicated counts the replicas before the move, min ISR those in the ISR now.
TEST(Moves, AMoveIsNotUnderReplicatedAndAnEndKeepsEveryByte) {
  Moves moves({});
  TestCluster& cluster = moves.cluster;
  cluster.topic("t", {{0, 1}}, {{"min.insync.replicas", "2"}});
  cluster.deploy();
  cluster.replication.set_initial_size(0, 2'000'000'000);
  cluster.replication.set_inflow(0, 1'000'000, true);
  cluster.ledger.start_window();
  Seen<trace::ReplicasChanged> changed(cluster.kernel);
  moves.move("t", {{1, 2}});
  cluster.run_for(2_s);
  EXPECT_EQ(cluster.ledger.under_replicated(), 0);
  EXPECT_EQ(cluster.row(0).replicas, list({1, 2, 0}));
  moves.finish(120_s);
  EXPECT_EQ(changed.entries.size(), 2U);
  EXPECT_EQ(cluster.row(0).replicas, list({1, 2}));
  EXPECT_EQ(cluster.row(0).leader(), (api::NodeId{1}));
  EXPECT_EQ(cluster.ledger.totals().urp.ns, 0);
  EXPECT_EQ(cluster.ledger.totals().under_min_isr.ns, 0);
  EXPECT_EQ(cluster.ledger.totals().acknowledged_lost, 0);
  EXPECT_EQ(cluster.ledger.blocking_at({0}, cluster.kernel.now()), 0);
  EXPECT_GE(cluster.replication.replica_end(0, 1), 2'000'000'000);
}

// Its copy so far is thrown away, the partition is as it was but for the order.
TEST(Moves, ACancelledMoveLeavesWhatWasThere) {
  Moves moves(loopback());
  TestCluster& cluster = moves.cluster;
  cluster.topic("t", {{0, 1}});
  cluster.deploy();
  cluster.replication.set_initial_size(0, 1'000'000'000);
  moves.list_replicas("t", "*", "*");
  moves.throttle(10'000'000);
  moves.move("t", {{2, 1}});
  cluster.run_for(10_s);
  EXPECT_GT(cluster.replication.bytes_behind({2}), 0);
  api::AlterReassignmentsRequest cancel;
  cancel.moves.push_back({"t", 0, std::nullopt});
  EXPECT_TRUE(cluster.ask<api::AlterReassignmentsReply>(0, cancel).refused.empty());
  cluster.run_for(1_s);
  EXPECT_EQ(cluster.row(0).replicas, list({1, 0}));
  EXPECT_EQ(cluster.row(0).leader(), (api::NodeId{0}));
  EXPECT_EQ(cluster.replication.bytes_behind({2}), 0);
  EXPECT_FALSE(cluster.replication.catching_up());
}

// The epoch goes up only where a replica was taken away: a cancelled move that had none to add
// takes nobody away (PartitionChangeBuilder).
TEST(Moves, ACancelThatTakesNobodyAwayLeavesTheEpoch) {
  Moves moves({});
  TestCluster& cluster = moves.cluster;
  cluster.topic("t", {{0, 1, 2}, {0, 1}}, {{"min.insync.replicas", "1"}});
  cluster.deploy();
  cluster.kill(1);
  cluster.run_for(20_s);
  // Neither ends while broker 1 is away: the first is to have fewer replicas, the second a new one.
  moves.move("t", {{0, 1}, {0, 1, 2}});
  cluster.replication.set_initial_size(1, 100'000'000'000);
  ASSERT_EQ(moves.moving(), 2U);
  const int32_t fewer = cluster.row(0).leader_epoch, more = cluster.row(1).leader_epoch;
  api::AlterReassignmentsRequest cancel;
  cancel.moves = {{"t", 0, std::nullopt}, {"t", 1, std::nullopt}};
  EXPECT_TRUE(cluster.ask<api::AlterReassignmentsReply>(0, cancel).refused.empty());
  EXPECT_EQ(moves.moving(), 0U);
  EXPECT_EQ(cluster.row(0).replicas, list({0, 1, 2}));
  EXPECT_EQ(cluster.row(0).leader_epoch, fewer);
  EXPECT_EQ(cluster.row(1).replicas, list({0, 1}));
  EXPECT_EQ(cluster.row(1).leader_epoch, more + 1);
}

TEST(Moves, AListThatKafkaCannotReadIsRefused) {
  Moves moves({});
  moves.cluster.topic("t", {{0, 1}});
  moves.cluster.deploy();
  api::IncrementalAlterConfigsRequest request;
  request.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
  request.topic = "t";
  request.changes.push_back({"leader.replication.throttled.replicas", "0-1", api::AlterOp::set});
  EXPECT_EQ(moves.cluster.ask_any(0, request).meta.kafka_error, api::KafkaError::invalid_config);
}

// A throttle that was left behind also slows a broker that comes back (KAFKA-8330).
TEST(Moves, AListLeftBehindSlowsACatchUp) {
  const auto back_in_sync = [](bool left_behind) {
    Moves moves(loopback());
    TestCluster& cluster = moves.cluster;
    cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
    cluster.deploy();
    cluster.replication.set_inflow(0, 2'000'000, false);
    if (left_behind) {
      moves.list_replicas("t", "*", "*");
      moves.throttle(10'000'000);
    }
    cluster.kill(2);
    cluster.run_for(100_s);
    cluster.start_broker(2);
    const sim::Time begin = cluster.kernel.now();
    while (cluster.row(0).isr_size() < 3 && cluster.kernel.now() - begin < 600_s) {
      cluster.run_for(100_ms);
    }
    return cluster.kernel.now() - begin;
  };
  const sim::Duration free = back_in_sync(false);
  const sim::Duration slowed = back_in_sync(true);
  // 200 MB at what 10 MB/s leave beside two in-step copies of 2 MB/s: tens of seconds.
  EXPECT_LT(free, 12_s);
  EXPECT_GT(slowed, free + 20_s);
  EXPECT_LT(slowed, 600_s);
}

}  // namespace
}  // namespace twin::model
