// Emptying brokers, and asking the tool's own plan: by hand, and on drawn clusters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "controller/rebalance/changes.h"
#include "controller/rebalance/plan.h"
#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

using ::testing::HasSubstr;

PlanRequest drain(std::vector<api::NodeId> brokers) {
  PlanRequest request;
  request.strategy = Strategy::drain;
  request.subjects = std::move(brokers);
  return request;
}

std::vector<int32_t> ids(const ClusterView& view, const ReplicaList& list) {
  std::vector<int32_t> out;
  for (int slot = 0; slot < list.size; ++slot) out.push_back(view.brokers[list[slot]].id.value);
  return out;
}

TEST(Drain, takesTheSlotToTheEmptiestBrokerOfTheSameRack) {
  const ClusterView view = ClusterBuilder()
                               .broker(0, "a")
                               .broker(1, "b")
                               .broker(2, "a")
                               .broker(3, "a")
                               .topic("t", {{0, 1}, {1, 0}, {2, 1}}, {10, 20, 5})
                               .build();
  const auto plan = make_plan(view, drain({{0}}));
  ASSERT_TRUE(plan.has_value()) << plan.error().to_string();
  // The heavier one first, to the empty broker 3; then the lighter one to 2.
  EXPECT_EQ(ids(view, plan->target[1]), (std::vector<int32_t>{1, 3}));
  EXPECT_EQ(ids(view, plan->target[0]), (std::vector<int32_t>{2, 1}));
  EXPECT_EQ(ids(view, plan->target[2]), (std::vector<int32_t>{2, 1}));
}

TEST(Drain, lastBrokerOfARackLeavesTheBestThatIsLeft) {
  const ClusterView view = ClusterBuilder()
                               .broker(0, "a")
                               .broker(1, "b")
                               .broker(2, "c")
                               .broker(3, "b")
                               .topic("t", {{0, 1, 2}})
                               .build();
  const auto plan = make_plan(view, drain({{0}}));
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(ids(view, plan->target[0]), (std::vector<int32_t>{3, 1, 2}));
}

TEST(Drain, saysWhichReplicaFindsNoRoom) {
  const ClusterView view =
      ClusterBuilder().broker(0, "", 1000).broker(1, "", 100).topic("t", {{0}}, {86}).build();
  const auto plan = make_plan(view, drain({{0}}));
  ASSERT_TRUE(plan.has_value() && plan->impossible.has_value());
  EXPECT_EQ(plan->impossible->where, "t-0");
  EXPECT_THAT(plan->impossible->what, HasSubstr("86 B on broker 0 finds no broker with room"));
}

TEST(Drain, refusesWhatMakesNoSense) {
  const ClusterView view = ClusterBuilder().broker(0).broker(1).topic("t", {{0, 1}}).build();
  EXPECT_THAT(make_plan(view, drain({})).error().what, HasSubstr("does not say which brokers"));
  EXPECT_THAT(make_plan(view, drain({{7}})).error().hint, HasSubstr("ids are 0, 1"));
  EXPECT_THAT(make_plan(view, drain({{0}})).error().what,
              HasSubstr("replication factor 2 is larger than the 1 brokers"));
  PlanRequest request = drain({{0}});
  request.topics = {"nothing"};
  EXPECT_THAT(make_plan(view, request).error().what, HasSubstr("no topic `nothing`"));
}

RandomShape any_shape() {
  RandomShape shape;
  shape.brokers = *rc::gen::inRange(3, 10);
  shape.racks = *rc::gen::inRange(0, std::min(5, shape.brokers + 1));
  shape.partitions = *rc::gen::inRange(1, 40);
  shape.factor_max = *rc::gen::inRange(1, 4);
  shape.capacities = *rc::gen::arbitrary<bool>();
  shape.dirs = *rc::gen::inRange(1, 4);
  return shape;
}

RC_GTEST_PROP(Drain, emptiesAndBreaksNothing, ()) {
  RandomShape shape = any_shape();
  shape.factor_max = std::min(shape.factor_max, shape.brokers - 1);
  const ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  const auto drained = static_cast<BrokerIndex>(*rc::gen::inRange(0, shape.brokers));
  const auto plan = make_plan(view, drain({view.brokers[drained].id}));
  RC_ASSERT(plan.has_value());
  int64_t held = 0;
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const ReplicaList& from = view.partitions[p].replicas;
    const ReplicaList& to = plan->target[p];
    RC_ASSERT(from.size == to.size);
    RC_ASSERT(!to.contains(drained));
    if (from.contains(drained)) {
      held += view.partitions[p].bytes;
      RC_ASSERT(added(from, to).size == 1);
    } else {
      RC_ASSERT(from == to);
    }
    // As many racks as before, or all that are left.
    std::set<std::string> racks;
    for (size_t b = 0; b < view.brokers.size(); ++b) {
      const BrokerView& broker = view.brokers[b];
      if (b != drained) {
        racks.insert(broker.rack.empty() ? std::to_string(b) : broker.rack);
      }
    }
    RC_ASSERT(spread_of(view, to) >=
              std::min(spread_of(view, from), static_cast<int>(racks.size())));
  }
  RC_ASSERT(bytes_moved(view, start_lists(view), plan->target) == held);
  RC_ASSERT(with_lists(view, plan->target).check().has_value());
  const auto again = make_plan(with_lists(view, plan->target), drain({view.brokers[drained].id}));
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->target == plan->target);
}

RC_GTEST_PROP(Rollback, restoresTheStart, ()) {
  const RandomShape shape = any_shape();
  const ClusterView view = random_cluster(shape, *rc::gen::arbitrary<uint64_t>());
  PlanRequest request;
  request.strategy = Strategy::kafka;
  request.rack_aware = *rc::gen::arbitrary<bool>();
  request.seed = *rc::gen::arbitrary<uint64_t>();
  const auto plan = make_plan(view, request);
  RC_ASSERT(plan.has_value());
  const auto start = start_lists(view);
  const auto partitions = changed(start, plan->target);
  const auto there = to_reassignment_json(entries_to(view, partitions, start, plan->target));
  const auto back = to_reassignment_json(entries_to(view, partitions, plan->target, start));
  if (partitions.empty()) return;
  const auto gone = apply_entries(view, start, *parse_reassignment(there, "f"), there, "f");
  RC_ASSERT(gone.has_value());
  RC_ASSERT(*gone == plan->target);
  const auto home = apply_entries(view, plan->target, *parse_reassignment(back, "f"), back, "f");
  RC_ASSERT(home.has_value());
  RC_ASSERT(*home == start);
}

TEST(ApplyEntries, namesThePlaceOfWhatIsNotThere) {
  ClusterView view = ClusterBuilder().broker(0, "", 0, 2).broker(1).topic("t", {{0}}).build();
  view.brokers[1].live = false;
  const auto error = [&](const std::string& fields) {
    const std::string text = "{\"partitions\":[\n  {" + fields + "}]}";
    const auto entries = parse_reassignment(text, "f.json");
    EXPECT_TRUE(entries.has_value()) << text;
    const auto applied = apply_entries(view, start_lists(view), *entries, text, "f.json");
    EXPECT_FALSE(applied.has_value());
    EXPECT_EQ(applied.error().where, "f.json:2:3");
    return applied.error().what;
  };
  EXPECT_EQ(error("\"topic\":\"x\",\"partition\":0,\"replicas\":[0]"), "there is no topic `x`");
  EXPECT_EQ(error("\"topic\":\"t\",\"partition\":1,\"replicas\":[0]"),
            "topic `t` has no partition 1");
  EXPECT_EQ(error("\"topic\":\"t\",\"partition\":0,\"replicas\":[9]"), "there is no broker 9");
  EXPECT_EQ(error("\"topic\":\"t\",\"partition\":0,\"replicas\":[1]"), "broker 1 is not live");
  EXPECT_EQ(error("\"topic\":\"t\",\"partition\":0,\"replicas\":[0],\"log_dirs\":[\"/d\"]"),
            "broker 0 has no log directory /d");
}

}  // namespace
}  // namespace twin::rebalance_test
