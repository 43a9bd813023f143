// add, replace, rack-repair, leaders and even-disks: each by hand, and what it must never do on
// drawn clusters.
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "controller/rebalance/changes.h"
#include "controller/rebalance/figures.h"
#include "controller/rebalance/plan.h"
#include "controller/rebalance/targets.h"
#include "tests/rebalance/brute_force.h"
#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;

Ids ids(const ClusterView& view, const ReplicaList& list) {
  Ids out;
  for (int slot = 0; slot < list.size; ++slot) out.push_back(view.brokers[list[slot]].id.value);
  return out;
}

Plan planned(const ClusterView& view, const PlanRequest& request) {
  const auto plan = make_plan(view, request);
  EXPECT_TRUE(plan.has_value()) << (plan.has_value() ? "" : plan.error().to_string());
  EXPECT_FALSE(plan->impossible);
  return *plan;
}

PlanRequest by(Strategy strategy) {
  PlanRequest request;
  request.strategy = strategy;
  return request;
}

RandomShape any_shape() {
  RandomShape shape;
  shape.brokers = *rc::gen::inRange(3, 10);
  shape.racks = *rc::gen::inRange(0, std::min(5, shape.brokers + 1));
  shape.partitions = *rc::gen::inRange(1, 60);
  return shape;
}

// ---- add ---------------------------------------------------------------------------------------

TEST(Add, fillsTheNewBrokerAndNobodyElse) {
  // 40 and 80 on 0 and 1, nothing on 2: shares 40. 0 stays; 1 gives 40 to 2.
  const ClusterView view = ClusterBuilder()
                               .broker(0)
                               .broker(1)
                               .broker(2)
                               .topic("t", {{0}, {1}, {1}, {1}}, {40, 20, 40, 20})
                               .build();
  PlanRequest request = by(Strategy::add);
  request.subjects = {{2}};
  const Plan plan = planned(view, request);
  EXPECT_EQ(bytes_moved(view, start_lists(view), plan.target), 40);
  EXPECT_EQ(broker_figures(view, plan.target)[2].bytes, 40);
  request.subjects = {};
  EXPECT_THAT(make_plan(view, request).error().hint, HasSubstr("those to fill"));
}

RC_GTEST_PROP(Add, onlyNewBrokersReceive, ()) {
  RandomShape shape = any_shape();
  ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  BrokerView fresh = view.brokers.front();
  fresh.id = {view.brokers.back().id.value + 1};
  view.brokers.push_back(fresh);
  PlanRequest request = by(Strategy::add);
  request.subjects = {fresh.id};
  const auto plan = make_plan(view, request);
  RC_ASSERT(plan.has_value());
  RC_ASSERT(!plan->impossible);
  const auto added_broker = static_cast<BrokerIndex>(view.brokers.size() - 1);
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const ReplicaList& from = view.partitions[p].replicas;
    const ReplicaList copies = added(from, plan->target[p]);
    for (int i = 0; i < copies.size; ++i) RC_ASSERT(copies[i] == added_broker);
    if (copies.size == 0) RC_ASSERT(from == plan->target[p]);
    RC_ASSERT(spread_of(view, plan->target[p]) >=
              std::min(spread_of(view, from), static_cast<int>(make_scope(view, request)->racks)));
  }
  const auto again = make_plan(with_lists(view, plan->target), request);
  RC_ASSERT(again->target == plan->target);
}

// ---- replace -----------------------------------------------------------------------------------

TEST(Replace, takesEveryPlaceOfTheOldOne) {
  const ClusterView view = ClusterBuilder()
                               .broker(0, "a")
                               .broker(1, "b")
                               .broker(2, "c")
                               .broker(7, "c")
                               .topic("t", {{2, 0}, {0, 2}, {0, 1}}, {5, 6, 7})
                               .build();
  PlanRequest request = by(Strategy::replace);
  request.replacements = {{{2}, {7}}};
  const Plan plan = planned(view, request);
  EXPECT_EQ(ids(view, plan.target[0]), (Ids{7, 0}));
  EXPECT_EQ(ids(view, plan.target[1]), (Ids{0, 7}));
  EXPECT_EQ(ids(view, plan.target[2]), (Ids{0, 1}));
  EXPECT_TRUE(plan.notes.empty());
}

TEST(Replace, whatCannotBeThereGoesElsewhereAndIsSaid) {
  // 1 holds t-0 already, and is in the rack of 0: t-1 would be twice in rack a.
  const ClusterView view = ClusterBuilder()
                               .broker(0, "a")
                               .broker(1, "a")
                               .broker(2, "b")
                               .broker(3, "b")
                               .topic("t", {{2, 1}, {2, 0}}, {5, 6})
                               .build();
  PlanRequest request = by(Strategy::replace);
  request.replacements = {{{2}, {1}}};
  const Plan plan = planned(view, request);
  EXPECT_EQ(ids(view, plan.target[0]), (Ids{3, 1}));
  EXPECT_EQ(ids(view, plan.target[1]), (Ids{3, 0}));
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_THAT(plan.notes[0], HasSubstr("2 of the 2 replicas of broker 2 cannot be on broker 1"));
}

TEST(Replace, refusesWhatMakesNoSense) {
  const ClusterView view = ClusterBuilder().broker(0).broker(1).topic("t", {{0}}).build();
  PlanRequest request = by(Strategy::replace);
  EXPECT_THAT(make_plan(view, request).error().hint, HasSubstr("--replace 2=7"));
  request.replacements = {{{0}, {0}}};
  EXPECT_THAT(make_plan(view, request).error().hint, HasSubstr("by one that stays"));
  request.replacements = {{{0}, {9}}};
  EXPECT_THAT(make_plan(view, request).error().what, HasSubstr("no broker 9"));
  request.strategy = Strategy::minimal;
  EXPECT_THAT(make_plan(view, request).error().what, HasSubstr("replaces nobody"));
}

// ---- rack-repair -------------------------------------------------------------------------------

RC_GTEST_PROP(RackRepair, spreadsWhatIsNotSpreadAndNothingElse, ()) {
  RandomShape shape = any_shape();
  shape.racks = *rc::gen::inRange(1, std::min(5, shape.brokers + 1));
  const ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  const auto plan = make_plan(view, by(Strategy::rack_repair));
  RC_ASSERT(plan.has_value());
  RC_ASSERT(!plan->impossible);
  int64_t least = 0;
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const ReplicaList& from = view.partitions[p].replicas;
    const int lacking = std::min<int>(from.size, shape.racks) - spread_of(view, from);
    RC_ASSERT(spread_of(view, plan->target[p]) == std::min<int>(from.size, shape.racks));
    RC_ASSERT(added(from, plan->target[p]).size == lacking);
    if (lacking == 0) RC_ASSERT(from == plan->target[p]);
    least += view.partitions[p].bytes * lacking;
  }
  RC_ASSERT(bytes_moved(view, start_lists(view), plan->target) == least);
}

// ---- leaders -----------------------------------------------------------------------------------

TEST(Leaders, goesThroughAThirdBrokerWhenItMust) {
  // 0 leads three, 1 one, 2 none, and 0 shares no partition with 2: one step by way of 1.
  const ClusterView view = ClusterBuilder()
                               .broker(0)
                               .broker(1)
                               .broker(2)
                               .topic("t", {{0, 1}, {0, 1}, {0}, {1, 2}})
                               .build();
  const Plan plan = planned(view, by(Strategy::leaders));
  const auto figures = broker_figures(view, plan.target);
  EXPECT_EQ(figures[0].leaders, 2);
  EXPECT_EQ(figures[1].leaders, 1);
  EXPECT_EQ(figures[2].leaders, 1);
  EXPECT_EQ(changed(start_lists(view), plan.target).size(), 2U);
}

// No other choice of leaders is more even, and none as even changes fewer of them.
RC_GTEST_PROP(Leaders, changesAsFewAsPossible, ()) {
  RandomShape shape;
  shape.brokers = *rc::gen::inRange(2, 6);
  shape.racks = 0;
  shape.partitions = *rc::gen::inRange(1, 10);
  const ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  const auto plan = make_plan(view, by(Strategy::leaders));
  RC_ASSERT(plan.has_value());
  const auto n = static_cast<int64_t>(view.brokers.size());
  const auto count = static_cast<int64_t>(view.partitions.size());
  const int64_t low = count / n, high = (count + n - 1) / n;
  int64_t outside = 0, changes = 0;
  for (const BrokerFigures& of : broker_figures(view, plan->target)) {
    outside += std::max<int64_t>(0, of.leaders - high) + std::max<int64_t>(0, low - of.leaders);
  }
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const ReplicaList& from = view.partitions[p].replicas;
    RC_ASSERT(added(from, plan->target[p]).size == 0);
    RC_ASSERT(from.size == plan->target[p].size);
    changes += from[0] == plan->target[p][0] ? 0 : 1;
    if (from[0] == plan->target[p][0]) RC_ASSERT(from == plan->target[p]);
  }
  const LeaderOptimum best = best_leaders(view, low, high);
  RC_ASSERT(outside == best.outside);
  RC_ASSERT(changes == best.changes);
}

TEST(Leaders, aBrokerThatIsDownIsGivenNone) {
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2);
  builder.topic("t", {{0, 2}, {0, 2}, {0, 1}, {0, 1}});
  builder.view.brokers[2].live = false;
  const ClusterView view = builder.build();
  const auto figures = broker_figures(view, planned(view, by(Strategy::leaders)).target);
  EXPECT_EQ(figures[0].leaders, 2);
  EXPECT_EQ(figures[1].leaders, 2);
  EXPECT_EQ(figures[2].leaders, 0);
}

// ---- even-disks --------------------------------------------------------------------------------

TEST(EvenDisks, movesBetweenTheDirectoriesOfABroker) {
  ClusterBuilder builder;
  builder.broker(0, "", 1000, 2).broker(1, "", 1000, 1);
  builder.topic("t", {{0, 1}, {0, 1}, {0, 1}, {0, 1}}, {30, 10, 10, 10});
  const ClusterView view = builder.build();
  const Plan plan = planned(view, by(Strategy::even_disks));
  const DiskBytes disks = disk_bytes(view, plan.target);
  EXPECT_EQ(disks[0][0], 30);
  EXPECT_EQ(disks[0][1], 30);
  EXPECT_EQ(bytes_moved(view, start_lists(view), plan.target), 0);
  const auto partitions = changed(start_lists(view), plan.target);
  const auto entries = entries_to(view, partitions, start_lists(view), plan.target);
  for (const AssignmentEntry& entry : entries) {
    EXPECT_EQ(entry.replicas, (Ids{0, 1}));
    EXPECT_EQ(entry.log_dirs, (std::vector<std::string>{"/data/1", "any"}));
  }
}

RC_GTEST_PROP(EvenDisks, replicasStayOnTheirBrokers, ()) {
  RandomShape shape = any_shape();
  shape.dirs = *rc::gen::inRange(1, 5);
  const ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  const auto plan = make_plan(view, by(Strategy::even_disks));
  RC_ASSERT(plan.has_value());
  const DiskBytes before = disk_bytes(view, start_lists(view));
  const DiskBytes after = disk_bytes(view, plan->target);
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    RC_ASSERT(view.partitions[p].replicas.brokers == plan->target[p].brokers);
  }
  for (size_t b = 0; b < before.size(); ++b) {
    const int64_t total = std::accumulate(before[b].begin(), before[b].end(), int64_t{0});
    RC_ASSERT(std::accumulate(after[b].begin(), after[b].end(), int64_t{0}) == total);
    const auto range = [](const std::vector<int64_t>& of) {
      return std::ranges::max(of) - std::ranges::min(of);
    };
    if (shape.dirs == 2) RC_ASSERT(range(after[b]) <= range(before[b]));
  }
  const auto again = make_plan(with_lists(view, plan->target), by(Strategy::even_disks));
  RC_ASSERT(again->target == plan->target);
}

}  // namespace
}  // namespace twin::rebalance_test
