// What a move costs clients of partitions that stand still: their follower's fetcher carries the
// move's responses. Loopback of 100 us and 250 MB/s, so that 1 MiB takes 4.194 ms and a response of
// it 4.294 ms.
#include <fmt/format.h>

#include "model/kafka/data/latencies.h"
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

double ms(sim::Duration time) { return static_cast<double>(time.ns) / 1e6; }

// 1,000 bytes took 2 to 3 ms, 10 of them 100 to 200 ms instead.
TEST(Latencies, AQuantileIsWhereThatShareOfTheAmountLies) {
  data::Latencies all;
  all.add(2_ms, 3_ms, 990);
  EXPECT_NEAR(ms(all.percentile(50)), 2.5, 0.01);
  EXPECT_NEAR(ms(all.percentile(100)), 3, 0.01);
  all.add(100_ms, 200_ms, 10);
  EXPECT_EQ(all.amount(), 1'000);
  EXPECT_EQ(all.longest(), 200_ms);
  EXPECT_NEAR(ms(all.percentile(99)), 3, 0.02);  // its bucket ends at 3.015
  EXPECT_NEAR(ms(all.percentile(100)), 200, 0.01);
}

TEST(Latencies, EveryByteIsInSomeBucket) {
  data::Latencies all, other;
  for (int64_t i = 1; i < 200; ++i) all.add(sim::Duration{i}, sim::Duration{i * i * i}, i % 7);
  other.add({}, {}, 3);
  const int64_t before = all.amount();
  all.add(other);
  EXPECT_EQ(all.amount(), before + 3);
  EXPECT_LE(all.percentile(50), all.percentile(99));
  EXPECT_LE(all.percentile(99), all.longest());
  EXPECT_EQ(all.percentile(100), all.longest());
}

struct Cost {
  Clients::Latency latency;
  sim::Duration lag;
  sim::Duration moved;
};

// `partitions` of 1 GB in all move from broker 1 to broker 2 while broker 0 leads; "t" stands still
// on brokers 0 and 2 and gets 100 records of 100 B a second.
Cost cost_of(int partitions, int64_t throttle, Acks acks = Acks::all, int64_t records_per_s = 100) {
  TestClusterOptions options;
  options.hardware.rtt_across_zones = sim::Duration{100'000};
  options.hardware.rtt_in_zone = sim::Duration{100'000};
  options.hardware.nic_bytes_per_s = 250'000'000;
  options.hardware.socket_window_bytes = 1 << 20;
  TestCluster cluster(options);
  cluster.topic("t", {{0, 2}});
  cluster.topic("m", std::vector<std::vector<int32_t>>(static_cast<size_t>(partitions), {0, 1}));
  cluster.deploy();
  ProducerSpec producer;
  producer.topic = "t";
  producer.records_per_s = records_per_s;
  producer.record_bytes = 100;
  producer.acks = acks;
  cluster.clients.start({producer}, {{"g", {"t"}, 0}});
  cluster.run_for(1_s);
  cluster.clients.start_window();
  EXPECT_FALSE(cluster.clients.produce_latency());
  api::AlterReassignmentsRequest request;
  for (int32_t i = 0; i < partitions; ++i) {
    cluster.replication.set_initial_size(static_cast<PartitionIndex>(1 + i),
                                         1'000'000'000 / partitions);
    api::NodeList target;
    target.push({0});
    target.push({2});
    request.moves.push_back({"m", i, target});
  }
  if (throttle > 0) {
    api::IncrementalAlterConfigsRequest lists;
    lists.resource = api::IncrementalAlterConfigsRequest::Resource::topic;
    lists.topic = "m";
    lists.changes = {{"leader.replication.throttled.replicas", "*", api::AlterOp::set}};
    EXPECT_TRUE(cluster.ask_any(0, lists).meta.ok());
    api::IncrementalAlterConfigsRequest rate;
    rate.resource = api::IncrementalAlterConfigsRequest::Resource::broker;
    rate.broker = {0};
    rate.changes = {
        {"leader.replication.throttled.rate", std::to_string(throttle), api::AlterOp::set}};
    EXPECT_TRUE(cluster.ask_any(0, rate).meta.ok());
  }
  EXPECT_TRUE(cluster.ask<api::AlterReassignmentsReply>(0, request).refused.empty());
  const sim::Time began = cluster.kernel.now();
  for (int i = 0; i < 60'000 && cluster.row(1).adding != 0; ++i) cluster.run_for(10_ms);
  EXPECT_EQ(cluster.row(1).adding, 0);
  const sim::Duration moved = cluster.kernel.now() - began;
  const auto latency = cluster.clients.produce_latency();
  EXPECT_EQ(latency.has_value(), acks == Acks::all);
  return {latency.value_or(Clients::Latency{}), cluster.clients.worst_lag().time, moved};
}

// A record waits for the response under way and for its own: one to two of 4.294 ms, and 0.1 ms to
// the leader and back.
TEST(Waits, WithoutAThrottleEveryRecordWaitsForOneToTwoResponses) {
  const Cost cost = cost_of(1, 0);
  EXPECT_NEAR(ms(cost.latency.longest), 0.1 + 2 * 4.294, 0.02);
  EXPECT_NEAR(ms(cost.latency.p50), 0.1 + 1.5 * 4.294, 0.5);
  EXPECT_NEAR(ms(cost.lag), 2 * 4.294, 0.02);
}

// Ten fill every response: 10 MiB are 42.04 ms, and "t" has its turn with every second one.
TEST(Waits, TenThatMoveTakeItsTurn) {
  EXPECT_NEAR(ms(cost_of(9, 0).latency.longest), 0.1 + 2 * (9 * 4.1943 + 0.1), 0.2);
  EXPECT_NEAR(ms(cost_of(10, 0).latency.longest), 0.1 + 3 * 42.04, 0.2);
}

// At 10 MB/s a response is sent each 105 ms: 4.1 % of all records meet one and wait for what is
// left of it, evenly up to 4.294 ms. Of all records 1 % wait longer than 4.494 - 4.294 / 4.1 = 3.45
// ms, a little more because of bursts: the quota's first second lets 10 MB go in a row, where a
// record waits for two, as without a throttle.
TEST(Waits, UnderAThrottleFewRecordsWait) {
  const Cost cost = cost_of(1, 10'000'000);
  EXPECT_NEAR(ms(cost.latency.p50), 0.25, 0.03);
  EXPECT_NEAR(ms(cost.latency.p99), 3.5, 0.1);
  EXPECT_NEAR(ms(cost.latency.longest), 0.1 + 2 * 4.294, 0.02);
  EXPECT_NEAR(ms(cost.lag), 2 * 4.294, 0.02);
}

// Twice the throttle, twice as many: 4.494 - 4.294 / 8.2 = 3.97.
TEST(Waits, AHigherThrottleCostsMoreRecords) {
  EXPECT_NEAR(ms(cost_of(1, 20'000'000).latency.p99), 4.05, 0.1);
}

// Ten partitions, no throttle: half of the records wait 0.1 + 2 x 42.04 = 84.2 ms or less, in which
// five requests of 16,384 B carry 973 kB/s. Of 2 MB/s the rest queues: whoever comes at the end
// waits for 1 - 0.973 / 2 of the time that partitions moved. At 900 kB/s nothing queues.
TEST(Waits, AProducerThatSendsMoreThanItsRequestsCarryQueues) {
  const Cost cost = cost_of(10, 0, Acks::all, 20'000);
  const double waits = ms(cost.moved) * (1 - 0.973 / 2);
  EXPECT_NEAR(ms(cost.latency.longest), 84.2 + waits, 0.06 * waits);
  EXPECT_NEAR(ms(cost.latency.p50), 84.2 + waits / 2, 0.06 * waits);
  EXPECT_LT(ms(cost_of(10, 0, Acks::all, 9'000).latency.longest), 130);
}

// Who does not wait for followers does not wait for their fetchers; readers do.
TEST(Waits, AcksOneIsNotSlowedItsReadersAre) {
  EXPECT_NEAR(ms(cost_of(1, 0, Acks::one).lag), 2 * 4.294, 0.02);
}

}  // namespace
}  // namespace twin::model
