// `minimal`: by hand, against the least cost of all assignments of small clusters, and its
// properties on larger ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "controller/rebalance/balance.h"
#include "controller/rebalance/changes.h"
#include "controller/rebalance/must_moves.h"
#include "controller/rebalance/plan.h"
#include "tests/rebalance/brute_force.h"
#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

using ::testing::HasSubstr;

std::vector<int32_t> ids(const ClusterView& view, const ReplicaList& list) {
  std::vector<int32_t> out;
  for (int slot = 0; slot < list.size; ++slot) out.push_back(view.brokers[list[slot]].id.value);
  return out;
}

Plan planned(const ClusterView& view, const PlanRequest& request = {}) {
  const auto plan = make_plan(view, request);
  EXPECT_TRUE(plan.has_value()) << (plan.has_value() ? "" : plan.error().to_string());
  return *plan;
}

TEST(Minimal, leavesABalancedClusterAlone) {
  const ClusterView view = ClusterBuilder()
                               .broker(0)
                               .broker(1)
                               .broker(2)
                               .topic("t", {{0, 1}, {1, 2}, {2, 0}}, {100, 104, 96})
                               .build();
  const Plan plan = planned(view);
  EXPECT_EQ(plan.target, start_lists(view));
  EXPECT_EQ(plan.cost->plan, 0);
  EXPECT_TRUE(plan.cost->proved);
}

TEST(Minimal, movesTheReplicaThatClearsTheExcess) {
  // Loads 60, 40, 20: shares 40, bands 36 to 44. One replica of 20 from 0 to 2 is enough.
  const ClusterView view = ClusterBuilder()
                               .broker(0)
                               .broker(1)
                               .broker(2)
                               .topic("t", {{0}, {0}, {0}, {1}, {2}}, {10, 20, 30, 40, 20})
                               .build();
  const Plan plan = planned(view);
  EXPECT_EQ(bytes_moved(view, start_lists(view), plan.target), 20);
  EXPECT_EQ(ids(view, plan.target[1]), (std::vector<int32_t>{2}));
  EXPECT_EQ(plan.cost->plan, 20);
  // 16 are above the band, 16 are missing below it.
  EXPECT_EQ(plan.cost->least, 16);
}

TEST(Minimal, aReplicaThatHelpsLittleStays) {
  // Loads 100 and 60: shares 80, bands 72 to 88. The replica of 100 would only turn it round, and
  // 12 outside on each side cost 96, which no other move lowers.
  const ClusterView view =
      ClusterBuilder().broker(0).broker(1).topic("t", {{0}, {1}}, {100, 60}).build();
  EXPECT_EQ(planned(view).target, start_lists(view));
}

TEST(Minimal, repairsRacksAndLeavesTheLeader) {
  const ClusterView view = ClusterBuilder()
                               .broker(0, "a")
                               .broker(1, "a")
                               .broker(2, "b")
                               .broker(3, "b")
                               .topic("t", {{0, 1}, {2, 0}, {3, 1}}, {10, 10, 10})
                               .build();
  const Plan plan = planned(view);
  EXPECT_EQ(ids(view, plan.target[0])[0], 0);
  EXPECT_EQ(view.brokers[plan.target[0][1]].rack, "b");
  EXPECT_EQ(bytes_moved(view, start_lists(view), plan.target), 10);
}

TEST(Minimal, emptiesBrokersThatAreDownOrNotListed) {
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2).broker(3);
  builder.topic("t", {{0, 1}, {2, 3}}, {10, 10});
  builder.view.brokers[3].live = false;
  PlanRequest request;
  request.brokers = {{0}, {2}, {3}};
  const ClusterView view = builder.build();
  const Plan plan = planned(view, request);
  EXPECT_EQ(ids(view, plan.target[0]), (std::vector<int32_t>{0, 2}));
  EXPECT_EQ(ids(view, plan.target[1]), (std::vector<int32_t>{2, 0}));
}

TEST(Minimal, bringsAFullDiskUnderItsLimit) {
  // 90 of 100 where 85 are allowed: one replica of 10 leaves, although the bands would allow it.
  ClusterBuilder builder;
  builder.broker(0, "", 100).broker(1, "", 100);
  builder.topic("t", {{0}, {0}, {1}, {1}}, {80, 10, 70, 4});
  PlanRequest request;
  request.limits.balance_percent = 50;
  const ClusterView view = builder.build();
  const Plan plan = planned(view, request);
  EXPECT_EQ(ids(view, plan.target[1]), (std::vector<int32_t>{1}));
  EXPECT_EQ(bytes_moved(view, start_lists(view), plan.target), 10);
}

RandomShape small_shape() {
  RandomShape shape;
  shape.brokers = *rc::gen::inRange(2, 6);
  shape.racks = *rc::gen::inRange(0, std::min(4, shape.brokers + 1));
  shape.partitions = *rc::gen::inRange(1, 6);
  shape.factor_max = 3;
  shape.bytes_max = *rc::gen::element<int64_t>(10, 100, 1000);
  return shape;
}

// Disks and cards from roomy to tight, a broker that is down or not allowed now and then.
PlanRequest draw_request(ClusterView& view) {
  PlanRequest request;
  const auto start = start_lists(view);
  int64_t total = 0, factor = 0;
  for (PartitionView& row : view.partitions) {
    total += row.bytes * row.replicas.size;
    factor = std::max<int64_t>(factor, row.replicas.size);
    row.inflow_bytes_per_s = *rc::gen::inRange(0, 10);
  }
  const auto n = static_cast<int64_t>(view.brokers.size());
  if (*rc::gen::inRange(0, 3) == 0) {
    for (BrokerView& broker : view.brokers) {
      broker.log_dirs[0].capacity_bytes = total * *rc::gen::inRange(120, 300) / 100 / n + 1;
      broker.nic_bytes_per_s = *rc::gen::inRange(10, 80);
    }
  }
  if (n > factor && *rc::gen::inRange(0, 2) == 0) {
    view.brokers[static_cast<size_t>(*rc::gen::inRange<int64_t>(0, n))].live = false;
  }
  request.limits.balance_percent = *rc::gen::element(5, 10, 30);
  return request;
}

// The cheapest of all assignments, found and known to be so; where there is none, that is said.
RC_GTEST_PROP(Minimal, costsAsLittleAsTheCheapestOfAllAssignments, ()) {
  ClusterView view = random_cluster(small_shape(), *rc::gen::arbitrary<uint64_t>());
  const PlanRequest request = draw_request(view);
  const auto plan = make_plan(view, request);
  RC_ASSERT(plan.has_value());
  const auto scope = make_scope(view, request);
  const int64_t least = least_cost_of_all(view, *scope, request.limits);
  RC_TAG(plan->impossible ? "impossible" : "planned");
  RC_ASSERT(plan->impossible.has_value() == (least == INT64_MAX));
  if (plan->impossible) return;
  RC_ASSERT(plan->cost->proved);
  RC_ASSERT(plan->cost->plan == cost_by_hand(view, *scope, request.limits, plan->target));
  RC_ASSERT(plan->cost->plan == least);
  RC_ASSERT(plan->cost->least <= least);
}

// The search without branch and bound, which is what large clusters get: how near it comes.
TEST(Search, aloneIsNearTheCheapest) {
  constexpr int kClusters = 600;
  int at_best = 0, compared = 0;
  int64_t cost = 0, least = 0;
  for (int i = 0; i < kClusters; ++i) {
    RandomShape shape;
    shape.brokers = 3 + i % 3;
    shape.racks = i % 4;
    shape.partitions = 2 + i % 4;
    shape.bytes_max = i % 2 == 0 ? 20 : 1000;
    const ClusterView view = random_cluster(shape, static_cast<uint64_t>(i));
    const PlanRequest request;
    const auto scope = make_scope(view, request);
    Placement placement(view, *scope, request.limits, true);
    ASSERT_TRUE(make_must_moves(placement, true).has_value());
    balance(placement);
    const auto found = static_cast<int64_t>(placement.cost());
    const int64_t best = least_cost_of_all(view, *scope, request.limits);
    ASSERT_GE(found, best);
    ++compared;
    at_best += found == best ? 1 : 0;
    cost += found;
    least += best;
  }
  RecordProperty("at_best", at_best);
  std::printf("search alone: %d of %d at the least cost, %.2f %% above it in all\n", at_best,
              compared, 100.0 * static_cast<double>(cost - least) / static_cast<double>(least));
  EXPECT_GE(at_best * 100, compared * 75);
  EXPECT_LE(cost * 100, least * 110);
}

RandomShape any_shape() {
  RandomShape shape;
  shape.brokers = *rc::gen::inRange(3, 14);
  shape.racks = *rc::gen::inRange(0, std::min(5, shape.brokers + 1));
  shape.partitions = *rc::gen::inRange(1, 120);
  shape.capacities = *rc::gen::arbitrary<bool>();
  shape.dirs = *rc::gen::inRange(1, 4);
  return shape;
}

// Racks that the brokers which may hold replicas stand in.
int racks_allowed(const ClusterView& view, const PlanRequest& request) {
  return make_scope(view, request)->racks;
}

RC_GTEST_PROP(Minimal, keepsTheRulesAndMovesNothingWhenPlannedAgain, ()) {
  ClusterView view = random_cluster(any_shape(), *rc::gen::arbitrary<uint64_t>());
  PlanRequest request;
  if (*rc::gen::arbitrary<bool>()) view.brokers.back().live = view.brokers.size() <= 3;
  if (*rc::gen::arbitrary<bool>()) request.topics = {view.topics.front().name};
  request.rack_aware = *rc::gen::inRange(0, 4) > 0;
  const auto plan = make_plan(view, request);
  RC_ASSERT(plan.has_value());
  RC_ASSERT(!plan->impossible);
  const auto scope = make_scope(view, request);
  const int racks = racks_allowed(view, request);
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const ReplicaList& from = view.partitions[p].replicas;
    const ReplicaList& to = plan->target[p];
    if (scope->movable[p] == 0) {
      RC_ASSERT(from == to);
      continue;
    }
    RC_ASSERT(from.size == to.size);
    for (int slot = 0; slot < to.size; ++slot) {
      RC_ASSERT(view.brokers[to[slot]].live);
      RC_ASSERT(to.slot_of(to[slot]) == slot);
    }
    if (request.rack_aware) RC_ASSERT(spread_of(view, to) >= std::min<int>(to.size, racks));
  }
  RC_ASSERT(plan->cost->plan <= plan->cost->start ||
            plan->cost->least > 0);  // what must move may cost more than staying
  RC_ASSERT(plan->cost->plan >= plan->cost->least);
  const ClusterView after = with_lists(view, plan->target);
  RC_ASSERT(after.check().has_value());
  const auto again = make_plan(after, request);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->target == plan->target);
  const auto same = make_plan(view, request);
  RC_ASSERT(same->target == plan->target);
}

}  // namespace
}  // namespace twin::rebalance_test
