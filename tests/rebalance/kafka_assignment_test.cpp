// kafka-reassign-partitions' own assignment, on the examples worked in apache/kafka's AdminUtils
// and AdminRackAwareTest: the lists they print where they print them, else what they check of them.
#include "controller/rebalance/kafka_assignment.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace twin::controller::rebalance {
namespace {

using Lists = std::vector<std::vector<int32_t>>;

std::vector<RackedBroker> racked(const std::map<int32_t, std::string>& racks) {
  std::vector<RackedBroker> out;
  for (const auto& [id, rack] : racks) out.push_back({id, rack});
  return out;
}

const std::map<int32_t, std::string> kSix = {{0, "rack1"}, {1, "rack3"}, {2, "rack3"},
                                             {3, "rack2"}, {4, "rack2"}, {5, "rack1"}};

TEST(KafkaAssignment, alternatesRacksAsAdminUtilsDoes) {
  EXPECT_EQ(rack_alternated(racked(kSix)), (std::vector<int32_t>{0, 3, 1, 5, 4, 2}));
  auto five = kSix;
  five.erase(5);
  EXPECT_EQ(rack_alternated(racked(five)), (std::vector<int32_t>{0, 3, 1, 4, 2}));
  const std::map<int32_t, std::string> nine = {{0, "a"}, {1, "a"}, {2, "a"}, {3, "b"}, {4, "b"},
                                               {5, "b"}, {6, "c"}, {7, "c"}, {8, "c"}};
  EXPECT_EQ(rack_alternated(racked(nine)), (std::vector<int32_t>{0, 3, 6, 1, 4, 7, 2, 5, 8}));
}

TEST(KafkaAssignment, shiftsFollowersAfterOneRound) {
  const auto lists = assign_replicas_to_brokers(racked(kSix), 7, 3, {0, 0});
  ASSERT_TRUE(lists.has_value());
  EXPECT_EQ(*lists,
            (Lists{{0, 3, 1}, {3, 1, 5}, {1, 5, 4}, {5, 4, 2}, {4, 2, 0}, {2, 0, 3}, {0, 4, 2}}));
}

TEST(KafkaAssignment, withoutRacksGoesRoundRobin) {
  std::vector<RackedBroker> brokers;
  for (int32_t id = 0; id < 5; ++id) brokers.push_back({id, ""});
  const auto lists = assign_replicas_to_brokers(brokers, 10, 3, {0, 0});
  ASSERT_TRUE(lists.has_value());
  EXPECT_EQ(*lists, (Lists{{0, 1, 2},
                           {1, 2, 3},
                           {2, 3, 4},
                           {3, 4, 0},
                           {4, 0, 1},
                           {0, 2, 3},
                           {1, 3, 4},
                           {2, 4, 0},
                           {3, 0, 1},
                           {4, 1, 2}}));
}

struct Even {
  const char* name;
  std::map<int32_t, std::string> racks;
  int32_t partitions;
  int32_t factor;
  int32_t first;
  bool leaders_even;
  bool replicas_even;
};

// The cases of AdminRackAwareTest that check distributions, for every start and shift, which Kafka
// draws at random.
TEST(KafkaAssignment, spreadsAsAdminRackAwareTestChecks) {
  const std::map<int32_t, std::string> six = {{0, "rack1"}, {1, "rack2"}, {2, "rack2"},
                                              {3, "rack3"}, {4, "rack3"}, {5, "rack1"}};
  const std::map<int32_t, std::string> uneven = {{0, "rack1"}, {1, "rack1"}, {2, "rack2"},
                                                 {3, "rack3"}, {4, "rack3"}, {5, "rack1"}};
  const std::map<int32_t, std::string> later = {{6, "rack1"}, {7, "rack2"},  {8, "rack2"},
                                                {9, "rack3"}, {10, "rack3"}, {11, "rack1"}};
  const std::map<int32_t, std::string> twelve = {
      {0, "rack1"}, {1, "rack2"}, {2, "rack2"}, {3, "rack3"}, {4, "rack3"},  {5, "rack1"},
      {6, "rack1"}, {7, "rack2"}, {8, "rack2"}, {9, "rack3"}, {10, "rack1"}, {11, "rack3"}};
  const Even cases[] = {
      {"testAssignmentWithRackAware", six, 6, 3, 0, true, true},
      {"testAssignmentWithRackAwareWithUnevenReplicas", six, 13, 3, 0, false, false},
      {"testAssignmentWithRackAwareWithUnevenRacks", uneven, 12, 3, 0, true, false},
      {"testAssignmentWith2ReplicasRackAware", six, 12, 2, 0, true, true},
      {"testRackAwareExpansion", later, 12, 2, 12, true, true},
      {"testAssignmentWith2ReplicasRackAwareWith6Partitions", six, 6, 2, 0, true, true},
      {"testAssignmentWith2ReplicasRackAwareWith6PartitionsAnd3Brokers",
       {{0, "rack1"}, {1, "rack2"}, {4, "rack3"}},
       3,
       2,
       0,
       true,
       true},
      {"testLargeNumberPartitionsAssignment", twelve, 96, 3, 0, true, true},
  };
  for (const Even& each : cases) {
    const auto n = static_cast<int32_t>(each.racks.size());
    for (int32_t start = 0; start < n * n; ++start) {
      const auto lists = assign_replicas_to_brokers(
          racked(each.racks), each.partitions, each.factor, {start / n, start % n}, each.first);
      ASSERT_TRUE(lists.has_value()) << each.name;
      std::map<int32_t, int32_t> leads, holds;
      for (const auto& list : *lists) {
        std::set<std::string> racks;
        for (const int32_t id : list) {
          racks.insert(each.racks.at(id));
          ++holds[id];
        }
        EXPECT_EQ(std::set<int32_t>(list.begin(), list.end()).size(), list.size()) << each.name;
        EXPECT_EQ(racks.size(), list.size()) << each.name << ": a rack twice";
        ++leads[list.front()];
      }
      for (const auto& [id, rack] : each.racks) {
        if (each.leaders_even) {
          EXPECT_EQ(leads[id], each.partitions / n) << each.name;
        }
        if (each.replicas_even) {
          EXPECT_EQ(holds[id], each.partitions * each.factor / n) << each.name;
        }
      }
    }
  }
}

TEST(KafkaAssignment, moreAndFewerReplicasThanRacks) {
  const std::map<int32_t, std::string> racks = {{0, "rack1"}, {1, "rack2"}, {2, "rack2"},
                                                {3, "rack3"}, {4, "rack3"}, {5, "rack2"}};
  for (const int32_t factor : {5, 2}) {
    const auto lists = assign_replicas_to_brokers(racked(racks), 6, factor, {1, 4});
    ASSERT_TRUE(lists.has_value());
    for (const auto& list : *lists) {
      std::set<std::string> seen;
      for (const int32_t id : list) seen.insert(racks.at(id));
      EXPECT_EQ(seen.size(), static_cast<size_t>(std::min(3, factor)));
    }
  }
}

TEST(KafkaAssignment, skipsABrokerThatHasAReplicaAlready) {
  const auto lists = assign_replicas_to_brokers(
      racked({{0, "a"}, {1, "b"}, {2, "c"}, {3, "a"}, {4, "a"}}), 6, 4, {2, 2});
  ASSERT_TRUE(lists.has_value());
  for (const auto& list : *lists) {
    EXPECT_EQ(std::set<int32_t>(list.begin(), list.end()).size(), 4U);
  }
}

TEST(KafkaAssignment, refusesWhatTheToolRefuses) {
  std::vector<RackedBroker> brokers;
  for (int32_t id = 0; id < 5; ++id) brokers.push_back({id, ""});
  const auto six = assign_replicas_to_brokers(brokers, 10, 6, {0, 0});
  ASSERT_FALSE(six.has_value());
  EXPECT_EQ(six.error().what, "replication factor 6 is larger than the 5 available brokers");
  brokers[2].rack = "a";
  const auto mixed = assign_replicas_to_brokers(brokers, 10, 3, {0, 0});
  ASSERT_FALSE(mixed.has_value());
  EXPECT_EQ(mixed.error().what, "some brokers have a rack and others none");
}

TEST(KafkaAssignment, theStartIsDrawnByTopicFromTheSeed) {
  std::set<int32_t> starts;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const AssignmentStart start = draw_start(seed, "orders", 6);
    EXPECT_EQ(start.start_index, draw_start(seed, "orders", 6).start_index);
    EXPECT_TRUE(start.start_index >= 0 && start.start_index < 6);
    EXPECT_TRUE(start.shift >= 0 && start.shift < 6);
    starts.insert(start.start_index);
  }
  EXPECT_EQ(starts.size(), 6U);
}

}  // namespace
}  // namespace twin::controller::rebalance
