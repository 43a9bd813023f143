// What a roller keeps between looks must say the same as a look at every partition.
#include "controller/roll/open_partitions.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "controller/roll/availability.h"

namespace twin::controller {
namespace {

api::NodeList nodes(std::initializer_list<int32_t> ids) {
  api::NodeList list;
  for (const int32_t id : ids) list.push({id});
  return list;
}

api::PartitionDescription row(api::NodeList replicas, api::NodeList isr) {
  api::PartitionDescription description;
  description.replicas = replicas;
  description.isr = isr;
  return description;
}

// Topic "a" has partitions 0 to 19, topic "b" 20 to 39, so that both share a block of 16 rows.
// Replicas are 0, 1, 2, all in sync; min.insync.replicas is 2 for "a" and 1 for "b".
struct Cluster {
  Cluster() {
    topics.topics = {{"a", 0, 20, false}, {"b", 20, 20, false}};
    topics.partitions.grow(40);
    for (uint32_t i = 0; i < 40; ++i) {
      topics.partitions.edit(i) = row(nodes({0, 1, 2}), nodes({0, 1, 2}));
    }
    configs.topics = {{"a", 2, {}}, {"b", 1, {}}};
  }
  api::TopicsSnapshot topics;
  api::TopicConfigsSnapshot configs;
};

TEST(OpenPartitions, CompleteIsrForbidsNothing) {
  const Cluster cluster;
  OpenPartitions open;
  open.look(cluster.topics, cluster.configs);
  EXPECT_FALSE(open.blocking({0}));
  std::set<int32_t> who;
  EXPECT_EQ(open.coming_back({0, 1, 2}, who), 0);
}

// a-18 lost broker 2: two are left, as many as it must have, so neither 0 nor 1 may go; 2 may. b-1
// lost it too and may lose one more. If broker 2 is up both replicas come back.
TEST(OpenPartitions, MissingReplicaForbidsTheOthers) {
  Cluster cluster;
  OpenPartitions open;
  open.look(cluster.topics, cluster.configs);
  cluster.topics.partitions.edit(18) = row(nodes({0, 1, 2}), nodes({0, 1}));
  cluster.topics.partitions.edit(21) = row(nodes({0, 1, 2}), nodes({0, 1}));
  open.look(cluster.topics, cluster.configs);
  ASSERT_TRUE(open.blocking({0}));
  EXPECT_EQ(open.blocking({0})->topic, "a");
  EXPECT_EQ(open.blocking({0})->number, 18);
  EXPECT_TRUE(open.blocking({1}));
  EXPECT_FALSE(open.blocking({2}));
  std::set<int32_t> who;
  EXPECT_EQ(open.coming_back({0, 1}, who), 0);
  EXPECT_EQ(open.coming_back({0, 1, 2}, who), 2);
  EXPECT_EQ(who, std::set<int32_t>{2});
}

// a-3 goes from 0, 1, 2 to 0, 1, 3 while broker 0 is away. Now 1 and 2 are what it must have; once
// broker 3 has caught up, which may be at any moment, these are 1 and 3. Nobody waits for broker 3.
TEST(OpenPartitions, AMoveForbidsWhatItsEndWouldForbid) {
  Cluster cluster;
  cluster.topics.partitions.edit(3) = row(nodes({0, 1, 3, 2}), nodes({1, 2}));
  OpenPartitions open;
  open.look(cluster.topics, cluster.configs);
  EXPECT_FALSE(open.blocking({3}));
  const api::ReassignmentDescription move{"a", 3, nodes({0, 1, 3, 2}), nodes({3}), nodes({2})};
  open.look(cluster.topics, cluster.configs, {move});
  ASSERT_TRUE(open.blocking({3}));
  EXPECT_EQ(open.blocking({3})->sentence({3}),
            "a/3 is being reassigned (replicas=[0,1,3,2]): the move may end at any moment, its ISR "
            "is then {1,3}, and min.insync.replicas=2 would not hold while broker 3 is restarted.");
  EXPECT_TRUE(open.blocking({2}));
  EXPECT_FALSE(open.blocking({2})->when_moved);
  std::set<int32_t> who;
  EXPECT_EQ(open.coming_back({0, 1, 2, 3}, who), 1);
  EXPECT_EQ(who, std::set<int32_t>{0});
}

// All but the new one are in sync: each of the four may go. b-0 shall be on broker 0 alone, as many
// as its minimum: like every partition of RF 1 it forbids nothing.
TEST(OpenPartitions, AMoveWithSlackForbidsNothing) {
  Cluster cluster;
  cluster.topics.partitions.edit(3) = row(nodes({0, 1, 3, 2}), nodes({0, 1, 2}));
  OpenPartitions open;
  open.look(cluster.topics, cluster.configs,
            {{"a", 3, nodes({0, 1, 3, 2}), nodes({3}), nodes({2})},
             {"gone", 0, nodes({0}), nodes({}), nodes({})}});
  for (const int32_t broker : {0, 1, 2, 3}) EXPECT_FALSE(open.blocking({broker}));
  open.look(cluster.topics, cluster.configs,
            {{"b", 0, nodes({0, 1, 2}), nodes({}), nodes({1, 2})}});
  for (const int32_t broker : {0, 1, 2}) EXPECT_FALSE(open.blocking({broker}));
}

TEST(OpenPartitions, TopicWithoutMinimumForbidsNothing) {
  Cluster cluster;
  cluster.topics.partitions.edit(0) = row(nodes({0, 1, 2}), nodes({0}));
  cluster.configs.topics[0].min_insync_replicas.reset();
  OpenPartitions open;
  open.look(cluster.topics, cluster.configs);
  EXPECT_FALSE(open.blocking({0}));
}

RC_GTEST_PROP(OpenPartitions, SaysWhatALookAtAllOfThemSays, ()) {
  Cluster cluster;
  OpenPartitions kept;
  const auto changes = *rc::gen::container<std::vector<std::vector<std::pair<uint32_t, int>>>>(
      rc::gen::container<std::vector<std::pair<uint32_t, int>>>(
          rc::gen::pair(rc::gen::inRange(0U, 40U), rc::gen::inRange(0, 8))));
  for (const auto& instant : changes) {
    for (const auto& [index, mask] : instant) {
      api::NodeList isr;
      for (int32_t id = 0; id < 3; ++id) {
        if ((mask >> id & 1) != 0) isr.push({id});
      }
      cluster.topics.partitions.edit(index) = row(nodes({0, 1, 2}), isr);
    }
    kept.look(cluster.topics, cluster.configs);
    for (int32_t broker = 0; broker < 3; ++broker) {
      const auto all = blocking_partitions(cluster.topics, cluster.configs, {broker}, 1);
      const auto found = kept.blocking({broker});
      RC_ASSERT(found.has_value() == !all.empty());
      if (found) {
        RC_ASSERT(found->sentence({broker}) == all.front().sentence({broker}));
      }
    }
  }
}

}  // namespace
}  // namespace twin::controller
