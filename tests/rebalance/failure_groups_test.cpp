// Which brokers may go down together when every partition has at most one replica in each group.
#include "controller/rebalance/failure_groups.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "controller/rebalance/plan.h"
#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

std::vector<size_t> sizes_of(const FailureGroups& groups) {
  std::vector<size_t> sizes(groups.count, 0);
  for (const uint16_t group : groups.of) ++sizes[group];
  std::ranges::sort(sizes);
  return sizes;
}

// Partitions with two replicas in one group.
int collisions(const ClusterView& view, const std::vector<ReplicaList>& lists,
               const FailureGroups& groups) {
  int count = 0;
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    std::set<uint16_t> in;
    for (int slot = 0; slot < lists[p].size; ++slot) in.insert(groups.of[lists[p][slot]]);
    count += static_cast<int>(in.size()) < lists[p].size ? 1 : 0;
  }
  return count;
}

// Racks of 2, 2, 1 and 1: the small ones together.
TEST(FailureGroups, RacksArePutTogetherWhole) {
  ClusterBuilder builder;
  builder.broker(0, "a").broker(1, "a").broker(2, "b").broker(3, "b").broker(4, "c").broker(5, "d");
  builder.topic("t", {{0, 2, 4}});
  const FailureGroups groups = make_groups(builder.build(), 3);
  EXPECT_EQ(sizes_of(groups), (std::vector<size_t>{2, 2, 2}));
  EXPECT_EQ(groups.of[0], groups.of[1]);
  EXPECT_EQ(groups.of[2], groups.of[3]);
  EXPECT_EQ(groups.of[4], groups.of[5]);
  EXPECT_EQ(groups.how, "4 racks put together");
}

// Four brokers in one rack and two in the other, three groups: none is in both.
TEST(FailureGroups, FewRacksAreCut) {
  ClusterBuilder builder;
  for (int32_t id = 0; id < 6; ++id) builder.broker(id, id < 4 ? "a" : "b");
  builder.topic("t", {{0, 1, 4}});
  const FailureGroups groups = make_groups(builder.build(), 3);
  EXPECT_EQ(sizes_of(groups), (std::vector<size_t>{2, 2, 2}));
  EXPECT_EQ(groups.of[4], groups.of[5]);
  EXPECT_NE(groups.of[0], groups.of[4]);
  EXPECT_NE(groups.of[3], groups.of[4]);
}

// Three and three, three groups: the one in the middle is in both racks, and whoever has a replica
// in each is in both as well.
TEST(FailureGroups, GroupsAreEqualWhereRacksCannotBeCutEvenly) {
  ClusterBuilder builder;
  for (int32_t id = 0; id < 6; ++id) builder.broker(id, id < 3 ? "a" : "b");
  builder.topic("t", {{0, 1, 4}});
  const FailureGroups groups = make_groups(builder.build(), 3);
  EXPECT_EQ(sizes_of(groups), (std::vector<size_t>{2, 2, 2}));
  std::set<uint16_t> a, b;
  for (size_t id = 0; id < 6; ++id) (id < 3 ? a : b).insert(groups.of[id]);
  EXPECT_EQ(a.size(), 2U);
  EXPECT_EQ(b.size(), 2U);
}

// 0, 1, 2 share partitions with 3, 4, 5 alone: that is the grouping in which nothing has to move,
// where counting through would put 0 and 4 together.
TEST(FailureGroups, WithoutRacksThosePartThatShareMost) {
  ClusterBuilder builder;
  for (int32_t id = 0; id < 6; ++id) builder.broker(id);
  builder.topic("t", {{0, 3}, {1, 4}, {2, 5}, {0, 4}});
  const ClusterView view = builder.build();
  const FailureGroups groups = make_groups(view, 2);
  EXPECT_EQ(sizes_of(groups), (std::vector<size_t>{3, 3}));
  std::vector<ReplicaList> lists;
  for (const PartitionView& row : view.partitions) lists.push_back(row.replicas);
  EXPECT_EQ(collisions(view, lists, groups), 0);
}

// Of any placement, rack-repair on groups leaves no partition with two replicas in one.
TEST(FailureGroups, WhateverThePlacementThePlanSpreadsOverGroups) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomShape shape;
    shape.brokers = 9;
    shape.racks = seed % 3 == 0 ? 0 : static_cast<int>(1 + seed % 5);
    shape.partitions = 30;
    const ClusterView view = random_cluster(shape, seed);
    const FailureGroups groups = make_groups(view, largest_factor(view));
    EXPECT_GE(sizes_of(groups).front() + 2, sizes_of(groups).back()) << "seed " << seed;
    PlanRequest request;
    request.strategy = Strategy::rack_repair;
    const auto plan = make_plan(with_groups_as_racks(view, groups), request);
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_FALSE(plan->impossible);
    EXPECT_EQ(collisions(view, plan->target, groups), 0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace twin::rebalance_test
