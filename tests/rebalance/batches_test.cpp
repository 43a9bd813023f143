// Batches: each guard by hand, and all of them on drawn clusters.
#include "controller/rebalance/batches.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "controller/rebalance/changes.h"
#include "controller/rebalance/plan.h"
#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

using ::testing::HasSubstr;
using Partitions = std::vector<PartitionIndex>;

// Broker ids are indices here.
std::vector<ReplicaList> lists(const std::vector<std::vector<int>>& brokers) {
  std::vector<ReplicaList> out;
  for (const auto& each : brokers) {
    ReplicaList list;
    for (const int broker : each) list.push(static_cast<BrokerIndex>(broker), 0);
    out.push_back(list);
  }
  return out;
}

TEST(Batches, diskIsFreedByOneBatchForTheNext) {
  // Broker 1 takes 90 of 100 at its peak: 40 are there, so 50 fit beside them. What it gives to 2
  // goes first, being larger; then there is room.
  const ClusterView view = ClusterBuilder()
                               .broker(0, "", 1000)
                               .broker(1, "", 100)
                               .broker(2, "", 1000)
                               .topic("t", {{0}, {0}, {1}}, {35, 30, 40})
                               .build();
  const Schedule schedule = make_schedule(view, lists({{1}, {1}, {2}}), Limits{});
  ASSERT_EQ(schedule.batches.size(), 2U);
  EXPECT_EQ(schedule.batches[0].partitions, (Partitions{0, 2}));
  EXPECT_EQ(schedule.batches[0].network_bytes, 75);
  EXPECT_THAT(
      schedule.batches[0].reason,
      HasSubstr("broker 1 would hold 105 B in /data/0 while both copies exist, above 90 %"));
  EXPECT_EQ(schedule.batches[1].partitions, (Partitions{1}));
  EXPECT_THAT(schedule.batches[1].reason, HasSubstr("nothing is left"));
  EXPECT_EQ(schedule.peak[1][0], 75);
  EXPECT_EQ(schedule.peak_at_once[1][0], 105);
  EXPECT_TRUE(schedule.held.empty());
}

TEST(Batches, twoFullDisksThatSwapAreHeld) {
  const ClusterView view = ClusterBuilder()
                               .broker(0, "", 100)
                               .broker(1, "", 100)
                               .topic("t", {{0}, {1}}, {60, 60})
                               .build();
  const Schedule schedule = make_schedule(view, lists({{1}, {0}}), Limits{});
  EXPECT_TRUE(schedule.batches.empty());
  ASSERT_EQ(schedule.held.size(), 2U);
  EXPECT_THAT(schedule.held[0].reason, HasSubstr("broker 1 would hold 120 B"));
}

TEST(Batches, aFetcherServesTenAtATime) {
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2);
  builder.topic("t", std::vector<std::vector<int32_t>>(25, {0, 2}));
  const ClusterView view = builder.build();
  const auto target = lists(std::vector<std::vector<int>>(25, {0, 1}));
  const Schedule schedule = make_schedule(view, target, Limits{});
  ASSERT_EQ(schedule.batches.size(), 3U);
  EXPECT_EQ(schedule.batches[0].partitions.size(), 10U);
  EXPECT_EQ(schedule.batches[2].partitions.size(), 5U);
  EXPECT_THAT(schedule.batches[0].reason,
              HasSubstr("broker 1 copies 10 partitions from broker 0, as many as its fetcher"));
  Limits two;
  two.fetchers = 2;
  EXPECT_EQ(make_schedule(view, target, two).batches.size(), 2U);
}

TEST(Batches, aRequestTakesTenThousandPartitions) {
  ClusterBuilder builder;
  builder.broker(0).broker(1);
  builder.topic("t", std::vector<std::vector<int32_t>>(10'001, {0, 1}));
  const ClusterView view = builder.build();
  const auto target = lists(std::vector<std::vector<int>>(10'001, {1, 0}));
  const Schedule schedule = make_schedule(view, target, Limits{});
  ASSERT_EQ(schedule.batches.size(), 2U);
  EXPECT_EQ(schedule.batches[0].partitions.size(), 10'000U);
  EXPECT_THAT(schedule.batches[0].reason, HasSubstr("changes the order of replicas only"));
}

TEST(Batches, producersMustLeaveHalfOfTheRate) {
  // Cards of 100 B/s, 80 of which may be used. Broker 0 leads four partitions with 5 B/s each and
  // one follower: it sends 20, so 60 are left. A copy makes it send each of them twice, 10 B/s:
  // three of them are 30, half of 60.
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2);
  builder.topic("t", std::vector<std::vector<int32_t>>(4, {0, 1}), {100, 100, 100, 100});
  for (BrokerView& broker : builder.view.brokers) broker.nic_bytes_per_s = 100;
  for (PartitionView& row : builder.view.partitions) row.inflow_bytes_per_s = 5;
  const ClusterView view = builder.build();
  const auto target = lists(std::vector<std::vector<int>>(4, {0, 2}));
  const Schedule schedule = make_schedule(view, target, Limits{});
  ASSERT_EQ(schedule.batches.size(), 2U);
  EXPECT_EQ(schedule.batches[0].partitions, (Partitions{0, 1, 2}));
  EXPECT_EQ(schedule.batches[0].rate_bytes_per_s, 60);
  EXPECT_EQ(schedule.batches[0].seconds_min, 5) << "300 bytes out of broker 0 at 60 B/s";
  EXPECT_THAT(schedule.batches[0].reason, HasSubstr("producers write 40 B/s"));
  ClusterView busy = view;
  for (PartitionView& row : busy.partitions) row.inflow_bytes_per_s = 20;
  const Schedule none = make_schedule(busy, target, Limits{});
  EXPECT_TRUE(none.batches.empty());
  EXPECT_EQ(none.held.size(), 4U) << "80 B/s already: nothing is left";
}

TEST(Batches, repairsComeFirstAndWhatWouldNotEndIsHeld) {
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2).broker(3);
  // 0: broker 3 is replaced; 1: moves, and is whole; 2: keeps a replica on 3; 3: no leader;
  // 4: moves, while broker 1, which is up, still catches up.
  builder.topic("t", {{0, 3}, {0, 1}, {0, 1, 3}, {3}, {0, 1}}, {1, 100, 1, 1, 1}, 2);
  builder.view.brokers[3].live = false;
  builder.view.partitions[0].isr = 1;
  builder.view.partitions[2].isr = 3;
  builder.view.partitions[3].isr = 0;
  builder.view.partitions[3].leader_slot = -1;
  builder.view.partitions[4].isr = 1;
  const ClusterView view = builder.build();
  const Schedule schedule =
      make_schedule(view, lists({{0, 1}, {0, 2}, {0, 2, 3}, {1}, {2, 1}}), Limits{});
  ASSERT_EQ(schedule.batches.size(), 3U);
  EXPECT_EQ(schedule.batches[0].partitions, (Partitions{0}));
  EXPECT_THAT(schedule.batches[0].reason, HasSubstr("puts live replicas in the place"));
  EXPECT_EQ(schedule.batches[1].partitions, (Partitions{1}));
  EXPECT_EQ(schedule.batches[2].partitions, (Partitions{4}));
  EXPECT_THAT(schedule.batches[2].reason, HasSubstr("waits for replicas"));
  ASSERT_EQ(schedule.held.size(), 2U);
  EXPECT_EQ(schedule.held[0].partition, 2U);
  EXPECT_THAT(schedule.held[0].reason, HasSubstr("keeps a replica on broker 3, which is down"));
  EXPECT_THAT(schedule.held[1].reason, HasSubstr("no leader"));
}

TEST(Batches, brokersOfAPartitionAtMinIsrCopyOneAtATime) {
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2).broker(3);
  builder.topic("a", {{0, 1, 3}}, {1}, 2);  // in sync on 0 and 1 only
  builder.topic("b", std::vector<std::vector<int32_t>>(4, {0, 2}));
  builder.view.brokers[3].live = false;
  builder.view.partitions[0].isr = 3;
  const ClusterView view = builder.build();
  auto target = lists(std::vector<std::vector<int>>(5, {0, 1}));
  target[0] = view.partitions[0].replicas;
  const Schedule schedule = make_schedule(view, target, Limits{});
  ASSERT_EQ(schedule.batches.size(), 4U);
  EXPECT_THAT(schedule.batches[0].reason, HasSubstr("a partition at min.insync.replicas"));
  // Once that partition's third replica is replaced first, the rest goes together.
  target[0] = lists({{0, 1, 2}})[0];
  const Schedule repaired = make_schedule(view, target, Limits{});
  ASSERT_EQ(repaired.batches.size(), 2U);
  EXPECT_EQ(repaired.batches[1].partitions.size(), 4U);
}

// Every move is in one batch or held; no disk is filled above its bound, no fetcher has more than
// its ten, and after the last batch everything is where it should be.
RC_GTEST_PROP(Batches, keepEveryGuard, ()) {
  RandomShape shape;
  shape.brokers = *rc::gen::inRange(2, 8);
  shape.racks = 0;
  shape.partitions = *rc::gen::inRange(1, 80);
  shape.dirs = *rc::gen::inRange(1, 3);
  ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  const auto start = start_lists(view);
  PlanRequest request;
  request.strategy = Strategy::kafka;
  request.seed = *rc::gen::arbitrary<uint64_t>();
  const auto plan = make_plan(view, request);
  RC_ASSERT(plan.has_value());
  // Disks that hold both assignments, and little more.
  const DiskBytes before = disk_bytes(view, start), after = disk_bytes(view, plan->target);
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    for (size_t d = 0; d < view.brokers[b].log_dirs.size(); ++d) {
      const int64_t most = std::max<int64_t>({before[b][d], after[b][d], 1});
      view.brokers[b].log_dirs[d].capacity_bytes = most * (100 + *rc::gen::inRange(12, 80)) / 100;
    }
  }
  const Limits limits;
  const Schedule schedule = make_schedule(view, plan->target, limits);
  DiskBytes disks = before;
  size_t moved = schedule.held.size();
  for (const Batch& batch : schedule.batches) {
    RC_ASSERT(!batch.reason.empty());
    std::map<std::pair<BrokerIndex, BrokerIndex>, int> pairs;
    for (const PartitionIndex p : batch.partitions) {
      const ReplicaList copies = added(start[p], plan->target[p]);
      for (int i = 0; i < copies.size; ++i) {
        const int copied = ++pairs[{start[p][0], copies[i]}];
        RC_ASSERT(copied <= 10);
      }
      add_copies(view, p, start[p], plan->target[p], disks);
    }
    for (size_t b = 0; b < disks.size(); ++b) {
      for (size_t d = 0; d < disks[b].size(); ++d) {
        const int64_t bound = disk_bound(view.brokers[b].log_dirs[d], limits.peak_percent);
        RC_ASSERT(disks[b][d] <= std::max(bound, before[b][d]));
        RC_ASSERT(disks[b][d] <= schedule.peak[b][d]);
        RC_ASSERT(schedule.peak[b][d] <= schedule.peak_at_once[b][d]);
      }
    }
    for (const PartitionIndex p : batch.partitions) {
      drop_copies(view, p, start[p], plan->target[p], disks);
    }
    moved += batch.partitions.size();
  }
  RC_ASSERT(moved == changed(start, plan->target).size());
  if (schedule.held.empty()) RC_ASSERT(disks == after);
}

}  // namespace
}  // namespace twin::rebalance_test
