// What a roll comes to on a placement, by hand.
#include <gmock/gmock.h>

#include "scenarios/planning/roll_forecast.h"

namespace twin::scenario {
namespace {

using controller::rebalance::ClusterView;
using controller::rebalance::ReplicaList;
using ::testing::HasSubstr;

// Six brokers, RF 3: one of 0 and 1, one of 2 and 3, one of 4 and 5; two of different pairs share
// one partition.
struct Six {
  ClusterView view;
  std::vector<ReplicaList> lists;

  explicit Six(int32_t min_isr) {
    for (int32_t id = 0; id < 6; ++id) view.brokers.emplace_back().id = {id};
    view.topics.push_back({"t", 0, 4, min_isr});
    int32_t number = 0;
    for (const auto& ids : std::vector<std::vector<controller::rebalance::BrokerIndex>>{
             {0, 2, 4}, {0, 3, 5}, {1, 2, 5}, {1, 3, 4}}) {
      auto& row = view.partitions.emplace_back();
      row.number = number++;
      for (const auto id : ids) row.replicas.push(id, 0);
      row.isr = 7;
      row.leader_slot = 0;
      lists.push_back(row.replicas);
    }
  }
  RollForecast roll(int32_t spare, int32_t most) const {
    controller::BatchRules rules;
    rules.batch = true;
    rules.spare_failures = spare;
    rules.max_unavailable = most;
    return forecast_roll(view, lists, rules);
  }
};

// Two at once, each partition keeps two of three: a crash of broker 2 then takes those two below
// their minimum that it holds. One by one broker 0 leaves two partitions at it, one with each of
// the other four.
TEST(RollForecast, BatchesHalveTheRollAndDoubleWhatOneCrashTakes) {
  const Six six(2);
  const RollForecast batches = six.roll(0, 2);
  EXPECT_EQ(batches.batches.size(), 3U);
  EXPECT_EQ(batches.largest, 2U);
  EXPECT_EQ(batches.at_risk_max, 2);
  const RollForecast alone = six.roll(0, 1);
  EXPECT_EQ(alone.batches.size(), 6U);
  EXPECT_EQ(alone.at_risk_max, 1);
}

// RF 3, min ISR 2, and one to spare: 3 - 2 - 1 = 0.
TEST(RollForecast, WithAFailureToSpareNoPlacementHelps) {
  const Six six(2);
  EXPECT_EQ(six.roll(1, 3).batches.size(), 6U);
  controller::BatchRules rules;
  EXPECT_THAT(bars_batches(six.view, rules),
              HasSubstr("t has 3 replicas and min.insync.replicas 2: with 1 to spare"));
  rules.spare_failures = 0;
  EXPECT_EQ(bars_batches(six.view, rules), "");
  // With a minimum of 1 there is one, and nothing hangs on one crash.
  EXPECT_EQ(Six(1).roll(1, 2).batches.size(), 3U);
  EXPECT_EQ(Six(1).roll(1, 2).at_risk_max, 0);
}

}  // namespace
}  // namespace twin::scenario
