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
