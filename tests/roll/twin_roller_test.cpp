// What the twin's own roller must never do, and what it must do where KafkaRoller gives up.
#include <gtest/gtest.h>

#include "tests/roll/fake_cluster.h"

namespace twin::roll_test {
namespace {

using namespace sim::literals;

void three_and_three(FakeCluster& c) {
  for (int id = 0; id < 6; ++id) {
    FakeNode node;
    node.id = id;
    node.controller = id < 3;
    node.broker = !node.controller;
    c.nodes.push_back(node);
  }
  c.leader = 1;
  c.topics.push_back({"t", {3, 4, 5}, {3, 4, 5}, 2});
}

TEST(TwinRoller, ControllersWithTheActiveOneLastThenBrokers) {
  FakeCluster c;
  three_and_three(c);
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.restarted, (std::vector<int>{0, 2, 1, 3, 4, 5}));
}

// Somebody changed what pods are made from while it rolled: one restart, not one a second.
TEST(TwinRoller, APodThatComesBackAsItWasEndsTheRoll) {
  FakeCluster c;
  three_and_three(c);
  for (FakeNode& node : c.nodes) node.old_revision = node.stays_old = node.id == 4;
  const Progress end = c.roll("twin", 30_min);
  ASSERT_TRUE(end.is_failed());
  EXPECT_EQ(end.error_class, "ConcurrentChange");
  EXPECT_EQ(c.restarted, (std::vector<int>{4}));
}

TEST(TwinRoller, DoesNothingWhileKafkaOnlyAnswersUnknown) {
  FakeCluster c;
  three_and_three(c);
  c.kafka_unknown = true;
  EXPECT_TRUE(c.roll("twin", 30_min).is_waiting());
  EXPECT_TRUE(c.restarted.empty());
  EXPECT_EQ(c.alters, 0);
}

TEST(TwinRoller, DoesNothingWhenNoNameResolves) {
  FakeCluster c;
  three_and_three(c);
  c.unresolved = true;
  EXPECT_TRUE(c.roll("twin", 30_min).is_waiting());
  EXPECT_TRUE(c.restarted.empty());
}

// Two seconds are the limit: answers of 1.9 s do, answers of 2.1 s do not.
TEST(TwinRoller, DoesNothingOnAnswersThatAreTooOld) {
  for (const bool old : {false, true}) {
    FakeCluster c;
    three_and_three(c);
    c.kafka_age = old ? 2100_ms : 1900_ms;
    EXPECT_EQ(c.roll("twin", 30_min).is_done(), !old);
    EXPECT_EQ(c.restarted.empty(), old);
  }
}

TEST(TwinRoller, RestartsNoBrokerWhileTheQuorumHasNoLeader) {
  FakeCluster c;
  three_and_three(c);
  c.leader = -1;
  for (FakeNode& node : c.nodes) node.old_revision = node.broker;
  EXPECT_TRUE(c.roll("twin", 30_min).is_waiting());
  EXPECT_TRUE(c.restarted.empty());
}

// The leader still counts on controller 2, which answers nobody any more: with the one that
// restarts two of three would be gone.
TEST(TwinRoller, DoesNotCountOnAVoterThatDoesNotAnswerItself) {
  FakeCluster c;
  three_and_three(c);
  c.node(2).silent = true;
  for (FakeNode& node : c.nodes) node.old_revision = node.id == 0;
  EXPECT_TRUE(c.roll("twin", 30_min).is_waiting());
  EXPECT_TRUE(c.restarted.empty());
  c.node(2).silent = false;
  EXPECT_TRUE(c.roll("twin", 2_h).is_done());
  EXPECT_EQ(c.restarted, (std::vector<int>{0}));
}

// Both are down, in no ISR, and want to be restarted: they do not wait for each other.
TEST(TwinRoller, TwoThatAreDownDoNotWaitForEachOther) {
  FakeCluster c;
  three_and_three(c);
  for (FakeNode& node : c.nodes) node.old_revision = node.id == 4 || node.id == 5;
  c.node(4).ready = c.node(5).ready = false;
  c.topics.front().isr = {3};
  EXPECT_TRUE(c.roll("twin", 30_min).is_done());
  EXPECT_EQ(c.restarted, (std::vector<int>{4, 5}));
}

// One of them is still in an ISR: it may be about to come back, and goes only when it may.
TEST(TwinRoller, OneThatIsDownButInSyncWaits) {
  FakeCluster c;
  three_and_three(c);
  for (FakeNode& node : c.nodes) node.old_revision = node.id == 4;
  c.node(4).ready = false;
  c.node(5).ready = false;
  c.topics.front().isr = {3, 4};
  EXPECT_TRUE(c.roll("twin", 30_min).is_waiting());
  EXPECT_TRUE(c.restarted.empty());
}

TEST(TwinRoller, AllPodsInACrashLoopAreRestartedWithoutAQuorum) {
  FakeCluster c;
  three_and_three(c);
  c.leader = -1;
  c.kafka_unknown = true;
  for (FakeNode& node : c.nodes) {
    node.ready = false;
    node.waiting = "CrashLoopBackOff";
  }
  (void)c.roll("twin", 30_min);
  EXPECT_EQ(c.restarted.size(), 6U);
}

// Four minutes and 59 s of start are no reason to give up: KafkaRoller would after 5 min.
TEST(TwinRoller, WaitsForASlowStart) {
  FakeCluster c;
  three_and_three(c);
  for (FakeNode& node : c.nodes) node.old_revision = node.id == 4;
  c.node(3).ready = false;
  c.node(3).ready_at = sim::Time{} + 1_h;
  EXPECT_TRUE(c.roll("twin", 59_min).is_waiting());
  EXPECT_TRUE(c.restarted.empty());
  EXPECT_TRUE(c.roll("twin", 2_h).is_done());
  EXPECT_EQ(c.restarted, (std::vector<int>{4}));
}

void dynamic_change(FakeCluster& c) {
  three_and_three(c);
  for (FakeNode& node : c.nodes) node.old_revision = false;
  c.desired_key = "num.io.threads";
  c.desired_value = "90";
}

// "Cannot update these configs dynamically" is a restart's business.
TEST(TwinRoller, RestartsForWhatCannotBeChangedAtRunTime) {
  FakeCluster c;
  dynamic_change(c);
  for (FakeNode& node : c.nodes) node.alter_errors = -1;
  EXPECT_TRUE(c.roll("twin").is_done());
  EXPECT_EQ(c.restarted.size(), 6U);
}

// A value that Kafka refuses is not rolled out: no broker would start with it.
TEST(TwinRoller, DoesNotRollARefusedValue) {
  FakeCluster c;
  dynamic_change(c);
  for (FakeNode& node : c.nodes) {
    node.alter_errors = -1;
    node.alter_error = api::KafkaError::invalid_config;
  }
  const Progress end = c.roll("twin");
  EXPECT_EQ(end.error_class, "InvalidResourceException");
  EXPECT_TRUE(c.restarted.empty());
}

}  // namespace
}  // namespace twin::roll_test
