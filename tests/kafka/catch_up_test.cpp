// How long a broker that was away fetches. Across zones a connection carries a socket window of
// 131,072 bytes per round trip of 1 ms: 131.072 MB/s, of which the producers' rate r is not
// progress: gap / (131.072 MB/s - r).
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

struct CatchUp {
  sim::Duration time;
  int64_t bytes = 0;
};

// Broker 1 away for a while with that many bytes per second to its one partition.
CatchUp catch_up(int64_t bytes_per_s, int32_t fetchers = 1, sim::Duration round_trip = 1_ms) {
  TestClusterOptions options;
  options.config = "num.replica.fetchers=" + std::to_string(fetchers) + "\n";
  options.hardware.rtt_across_zones = round_trip;
  TestCluster cluster(options);
  cluster.topic("t", {{0, 1, 2}, {0, 1, 2}}, {{"min.insync.replicas", "1"}});
  cluster.deploy();
  for (PartitionIndex partition : {0U, 1U}) {
    cluster.replication.set_inflow(partition, bytes_per_s / 2, false);
  }
  Seen<trace::CatchUpStarted> started(cluster.kernel);
  Seen<trace::CatchUpFinished> finished(cluster.kernel);
  cluster.kill(1);
  cluster.run_for(100_s);
  cluster.start_broker(1);
  cluster.run_for(60_s);
  // One connection for each fetcher: partitions 0 and 1 of a topic have different ones.
  EXPECT_EQ(started.entries.size(), static_cast<size_t>(fetchers));
  EXPECT_EQ(finished.entries.size(), static_cast<size_t>(fetchers));
  if (started.entries.empty() || finished.entries.empty()) return {};
  CatchUp all{finished.entries.back().at - started.entries.front().at, 0};
  for (const auto& entry : started.entries) all.bytes += entry.record.bytes;
  return all;
}

double in_seconds(sim::Duration time) { return static_cast<double>(time.ns) / 1e9; }

double seconds(int64_t gap, double rate, int64_t inflow) {
  return static_cast<double>(gap) / (rate - static_cast<double>(inflow));
}

// About 103.5 s at 1 MB/s: 103.5 MB / 130.072 MB/s = 0.80 s.
TEST(CatchUpLaw, TheGapShrinksByTheConnectionLessTheInflow) {
  const CatchUp one = catch_up(1'000'000);
  EXPECT_NEAR(static_cast<double>(one.bytes), 103.5e6, 0.6e6);
  EXPECT_NEAR(in_seconds(one.time), seconds(one.bytes, 131.072e6, 1'000'000), 0.001);
}

// Metamorphic: twice the inflow is twice the gap and less progress.
TEST(CatchUpLaw, TwiceTheInflowTakesMoreThanTwiceAsLong) {
  const CatchUp one = catch_up(1'000'000);
  const CatchUp two = catch_up(2'000'000);
  EXPECT_NEAR(static_cast<double>(two.bytes), 2.0 * static_cast<double>(one.bytes), 5e3);
  EXPECT_GT(two.time.ns, 2 * one.time.ns);
  EXPECT_NEAR(in_seconds(two.time), seconds(two.bytes, 131.072e6, 2'000'000), 0.001);
}

// Ten times the round trip, a tenth of the rate; a second fetcher brings a second window.
TEST(CatchUpLaw, TheWindowGoesOncePerRoundTripAndFetcher) {
  const CatchUp far = catch_up(1'000'000, 1, 10_ms);
  EXPECT_NEAR(in_seconds(far.time), seconds(far.bytes, 13.1072e6, 1'000'000), 0.01);
  const CatchUp two = catch_up(1'000'000, 2, 10_ms);
  EXPECT_NEAR(in_seconds(two.time), seconds(two.bytes, 26.2144e6, 1'000'000), 0.01);
}

// Broker 1 catches up once from a disk at 1 % of 250 MB/s; the disk is whole again when nobody is
// connected, so that the second time the window is the limit: gap / (131.072 - 1 MB/s).
TEST(CatchUpLaw, ADiskThatWasHealedMeanwhileIsFastTheNextTime) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}}, {{"min.insync.replicas", "1"}});
  cluster.deploy();
  cluster.replication.set_inflow(0, 1'000'000, false);
  Seen<trace::CatchUpStarted> started(cluster.kernel);
  Seen<trace::CatchUpFinished> finished(cluster.kernel);
  for (const int64_t percent : {1, 100}) {
    cluster.replication.set_disk_speed({1}, percent);
    cluster.kill(1);
    cluster.run_for(30_s);
    cluster.start_broker(1);
    cluster.run_for(300_s);
  }
  ASSERT_EQ(started.entries.size(), 2U);
  ASSERT_EQ(finished.entries.size(), 2U);
  const auto took = [&](size_t i) {
    return in_seconds(finished.entries[i].at - started.entries[i].at);
  };
  const auto gap = [&](size_t i) { return started.entries[i].record.bytes; };
  EXPECT_NEAR(took(0), seconds(gap(0), 2.5e6, 1'000'000), 0.001);
  EXPECT_NEAR(took(1), seconds(gap(1), 131.072e6, 1'000'000), 0.001);
}

}  // namespace
}  // namespace twin::model
