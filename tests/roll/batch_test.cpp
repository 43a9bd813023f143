// Which brokers go together: the rule for each state of a partition, and rolls on a scripted
// cluster.
#include "controller/roll/batch.h"

#include <gtest/gtest.h>

#include "tests/roll/fake_cluster.h"

namespace twin::roll_test {
namespace {

using namespace sim::literals;

struct Cluster {
  api::TopicsSnapshot topics;
  api::TopicConfigsSnapshot configs;
  std::vector<api::ReassignmentDescription> moving;
  std::vector<api::BrokerDescription> brokers;

  explicit Cluster(int count) {
    for (int id = 0; id < count; ++id) brokers.push_back({{id}, "", false});
  }
  // A topic of one partition.
  Cluster& add(const std::vector<int>& replicas, const std::vector<int>& isr, int min_isr) {
    const auto first = static_cast<uint32_t>(topics.topics.size());
    topics.topics.push_back({"t" + std::to_string(first), first, 1, false});
    topics.partitions.grow(first + 1);
    for (const int id : replicas) topics.partitions.edit(first).replicas.push({id});
    for (const int id : isr) topics.partitions.edit(first).isr.push({id});
    configs.topics.push_back({topics.topics.back().name, std::nullopt, {}});
    if (min_isr >= 0) configs.topics.back().min_insync_replicas = min_isr;
    return *this;
  }
  Cluster& add(const std::vector<int>& replicas, int min_isr) {
    return add(replicas, replicas, min_isr);
  }
  Batch batch(int32_t spare, int32_t most = 100) const {
    BatchRules rules;
    rules.batch = true;
    rules.spare_failures = spare;
    rules.max_unavailable = most;
    std::vector<api::NodeId> all;
    for (const auto& broker : brokers) all.push_back(broker.node);
    return choose_batch({topics, configs, moving, brokers}, all, rules);
  }
  std::vector<int> set(int32_t spare, int32_t most = 100) const {
    std::vector<int> ids;
    for (const api::NodeId id : batch(spare, most).brokers) ids.push_back(id.value);
    return ids;
  }
};

using Ids = std::vector<int>;

// RF 3 and min ISR 2: one of each partition, and none to spare for a failure.
TEST(Batch, ThreeCopiesAndAMinimumOfTwo) {
  Cluster c(6);
  c.add({0, 2, 4}, 2).add({1, 3, 5}, 2).add({0, 3, 5}, 2).add({1, 2, 4}, 2);
  EXPECT_EQ(c.set(0), (Ids{0, 1}));
  EXPECT_TRUE(c.set(1).empty());
  EXPECT_NE(c.batch(1).why.find("t3/0 (ISR={1,2,4}, min.insync.replicas=2) spares none beside 1"),
            std::string::npos)
      << c.batch(1).why;
}

// RF 5 and min ISR 2: with one failure to spare any two of the five, though all share a partition.
TEST(Batch, SeveralMaySharePartitionsThatHaveSlack) {
  Cluster c(5);
  c.add({0, 1, 2, 3, 4}, 2);
  EXPECT_EQ(c.set(1).size(), 2U);
  EXPECT_EQ(c.set(0).size(), 3U);
  EXPECT_TRUE(c.set(2).empty());
}

// The slack is that of the ISR: with a replica out it is one less, whichever it is.
TEST(Batch, SlackIsTheIsrsNotTheReplicas) {
  Cluster c(4);
  c.add({0, 1, 2, 3}, {0, 1, 2}, 1);
  EXPECT_EQ(c.set(1), (Ids{0, 3}));  // 3 is in no ISR: it takes nothing
  EXPECT_EQ(c.set(0), (Ids{0, 1, 3}));
}

// Under its minimum nobody who has a replica goes: it might be the first to catch up.
TEST(Batch, UnderItsMinimumItSparesNone) {
  Cluster c(5);
  c.add({0, 1, 2}, {0}, 2);
  EXPECT_EQ(c.set(0), (Ids{3, 4}));
}

// RF at the minimum: as one by one, no two of them at once. Minimum not known: the same.
TEST(Batch, ExemptPartitionsLoseOneAtATime) {
  Cluster c(4);
  c.add({0, 1}, 2);
  EXPECT_EQ(c.set(0), (Ids{0, 2, 3}));
  Cluster unknown(4);
  unknown.add({0, 1}, -1);
  EXPECT_EQ(unknown.set(0), (Ids{0, 2, 3}));
}

// 2 of the ISR {0, 1, 2} leaves and 3 joins at any moment: then {0, 1, 3} must spare what goes.
TEST(Batch, AReassignmentMayEndAtAnyMoment) {
  Cluster c(4);
  c.add({0, 1, 2, 3}, {0, 1, 2}, 2);
  api::ReassignmentDescription move;
  move.topic = "t0";
  move.adding.push({3});
  move.removing.push({2});
  EXPECT_EQ(c.set(0), (Ids{0, 3}));
  c.moving.push_back(move);
  EXPECT_EQ(c.set(0), (Ids{2, 3}));  // 0 and 3 are in one ISR after the move, 2 and 3 in none
}

TEST(Batch, NoMoreThanMayBeUnavailable) {
  Cluster c(7);
  EXPECT_EQ(c.set(1, 2), (Ids{0, 1}));
  EXPECT_NE(c.batch(1, 2).why.find("2 may be unavailable at once"), std::string::npos);
  BatchRules rules;
  EXPECT_EQ(rules.most(7), 3U);  // a third, rounded up
  EXPECT_EQ(rules.most(1), 1U);
  rules.max_unavailable_percent = 25;
  EXPECT_EQ(rules.most(9), 2U);
  EXPECT_EQ(rules.most(3), 1U);
}

// ---- rolls --------------------------------------------------------------------------------------

// Six brokers in three racks, every partition in all of them.
void three_racks(FakeCluster& c) {
  for (int id = 0; id < 9; ++id) {
    FakeNode node;
    node.id = id;
    node.controller = id < 3;
    node.broker = !node.controller;
    c.nodes.push_back(node);
    if (node.broker) c.racks[id] = std::string(1, static_cast<char>('a' + (id - 3) / 2));
  }
  c.leader = 1;
  c.batch.batch = true;
  c.batch.spare_failures = 0;
  int name = 0;
  for (const int a : {3, 4}) {
    for (const int b : {5, 6}) {
      for (const int e : {7, 8})
        c.topics.push_back({"t" + std::to_string(name++), {a, b, e}, {a, b, e}, 2});
    }
  }
}

TEST(BatchRoll, ControllersOneByOneThenRackByRack) {
  FakeCluster c;
  three_racks(c);
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.batches, (std::vector<std::vector<int>>{{0}, {2}, {1}, {3, 4}, {5, 6}, {7, 8}}));
}

// With a failure to spare nobody goes together, and the roll still ends.
TEST(BatchRoll, OneByOneWhereNothingIsToSpare) {
  FakeCluster c;
  three_racks(c);
  c.batch.spare_failures = 1;
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.batches.size(), 9U);
}

// Combined nodes are members of the quorum.
TEST(BatchRoll, QuorumMembersGoOneByOne) {
  FakeCluster c;
  three_racks(c);
  for (FakeNode& node : c.nodes) node.broker = node.controller = true;
  c.topics.clear();
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.batches.size(), 9U);
}

TEST(BatchRoll, OneAtATimeWhereNoMoreMayBeUnavailable) {
  FakeCluster c;
  three_racks(c);
  c.batch.max_unavailable = 1;
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.batches.size(), 9U);
  bool said = false;
  for (const Decision& decision : c.decisions) {
    said |= decision.kind == DecisionKind::restart &&
            decision.reason.find("alone: 1 may be unavailable at once") != std::string::npos;
  }
  EXPECT_TRUE(said);
}

// Broker 99 is away when the roll begins: each two of 3, 4, 5 share a partition that spares one,
// and 5 goes since its rack mate 6 can come along. After a second 99 is back in every ISR, and the
// two that are left go together.
TEST(BatchRoll, ChosenAnewForEachBatch) {
  FakeCluster c;
  three_racks(c);
  for (FakeNode& node : c.nodes) node.old_revision = node.broker;
  c.batch.max_unavailable = 6;
  c.topics.clear();
  for (const auto& [a, b] : {std::pair{3, 4}, {3, 5}, {4, 5}}) {
    FakeTopic topic{"t" + std::to_string(c.topics.size()), {a, b, 99}, {a, b}, 1};
    topic.until = sim::Time{} + 1_s;
    c.topics.push_back(topic);
  }
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.batches, (std::vector<std::vector<int>>{{5, 6, 7, 8}, {3, 4}}));
}

TEST(BatchRoll, SaysWhyTheseAndNotOneMore) {
  FakeCluster c;
  three_racks(c);
  c.batch.max_unavailable = 6;
  EXPECT_TRUE(c.roll("twin").is_done());
  std::string why;
  for (const Decision& decision : c.decisions) {
    if (decision.kind == DecisionKind::restart && decision.node == api::NodeId{3}) {
      why = decision.reason;
    }
  }
  EXPECT_NE(why.find("2 at once (brokers 3, 4 of rack a)"), std::string::npos) << why;
  EXPECT_NE(why.find("not broker 5 as well: t0/0 (ISR={3,5,7}, min.insync.replicas=2) spares 1"),
            std::string::npos)
      << why;
  EXPECT_NE(why.find("no larger set may go"), std::string::npos) << why;
}

// One deletion is lost: its pod is still old at the next look, alone by then, and goes then.
TEST(BatchRoll, ADeletionThatDidNotHappenIsMadeUpFor) {
  FakeCluster c;
  three_racks(c);
  c.node(4).delete_errors = 1;
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.batches, (std::vector<std::vector<int>>{{0}, {2}, {1}, {3}, {5, 6}, {7, 8}, {4}}));
}

}  // namespace
}  // namespace twin::roll_test
