// The law of a move on one row: KIP-455 as the KRaft controller has it.
#include "model/kafka/control/reassignment.h"

#include <initializer_list>

#include <gtest/gtest.h>

namespace twin::model::control {
namespace {

api::NodeList list(std::initializer_list<int32_t> ids) {
  api::NodeList nodes;
  for (const int32_t id : ids) nodes.push({id});
  return nodes;
}

// Every replica in the ISR, the first leads.
Partition row_of(std::initializer_list<int32_t> ids) {
  Partition row;
  row.replicas = list(ids);
  row.isr = static_cast<SlotMask>((1U << row.replicas.size) - 1);
  row.leader_slot = 0;
  row.leader_epoch = 5;
  return row;
}

TEST(Reassignment, TargetFirstThenThoseThatLeave) {
  Partition row = row_of({0, 1, 2});
  ASSERT_FALSE(start_move(row, list({3, 1, 4})));
  EXPECT_EQ(row.replicas, list({3, 1, 4, 0, 2}));
  EXPECT_EQ(row.adding, 0b00101);
  EXPECT_EQ(row.removing, 0b11000);
  EXPECT_EQ(row.isr, 0b11010);
  EXPECT_EQ(row.leader(), (api::NodeId{0}));
  EXPECT_EQ(row.leader_epoch, 5);
  EXPECT_FALSE(finish_move(row, {}));
}

TEST(Reassignment, ItEndsWhenAllThatStayAreInTheIsr) {
  Partition row = row_of({0, 1, 2});
  ASSERT_FALSE(start_move(row, list({1, 2, 3})));
  row.isr = static_cast<SlotMask>(row.isr | 0b0100);  // 3 joined
  EXPECT_TRUE(finish_move(row, {}));
  EXPECT_EQ(row.replicas, list({1, 2, 3}));
  EXPECT_EQ(row.isr, 0b111);
  EXPECT_FALSE(is_moving(row));
  EXPECT_FALSE(row.leader().valid());  // 0 led and is gone: elect
}

// KAFKA-19975: 2 is down, neither added nor removed. Before 4.3 it blocks the end.
TEST(Reassignment, AnUnhealthyReplicaThatStaysBlocksTheEndUntil43) {
  Partition row = row_of({0, 1, 2});
  ASSERT_FALSE(start_move(row, list({1, 2, 3})));
  row.isr = 0b1101;  // 1, 3 and 0
  Partition old = row;
  EXPECT_FALSE(finish_move(old, {}));
  EXPECT_TRUE(finish_move(row, {.others_may_be_missing = true}));
  EXPECT_EQ(row.isr, 0b101);
}

// ... but never where the target is smaller than what there was.
TEST(Reassignment, ASmallerTargetNeedsAllOfIt) {
  Partition row = row_of({0, 1, 2});
  ASSERT_FALSE(start_move(row, list({1, 2})));
  row.isr = 0b101;  // 1 and 0
  EXPECT_FALSE(finish_move(row, {.others_may_be_missing = true}));
  row.isr = 0b111;
  EXPECT_TRUE(finish_move(row, {.others_may_be_missing = true}));
  EXPECT_EQ(row.replicas, list({1, 2}));
}

TEST(Reassignment, ANewOrderIsNoMove) {
  Partition row = row_of({0, 1, 2});
  ASSERT_FALSE(start_move(row, list({2, 0, 1})));
  EXPECT_FALSE(is_moving(row));
  EXPECT_EQ(row.leader(), (api::NodeId{0}));
  EXPECT_EQ(row.leader_slot, 1);
}

TEST(Reassignment, WhatWasAddedLeavesOnCancel) {
  Partition row = row_of({0, 1, 2});
  ASSERT_FALSE(start_move(row, list({3, 1, 2})));
  ASSERT_FALSE(cancel_move(row, false));
  EXPECT_EQ(row.replicas, list({1, 2, 0}));  // the order is not what it was
  EXPECT_EQ(row.leader(), (api::NodeId{0}));
  EXPECT_FALSE(is_moving(row));
  EXPECT_EQ(cancel_move(row, false)->error, api::KafkaError::no_reassignment_in_progress);
}

TEST(Reassignment, NoCancelWhenOnlyTheNewAreInSync) {
  Partition row = row_of({0});
  ASSERT_FALSE(start_move(row, list({1})));
  row.isr = 0b01;
  row.leader_slot = 0;
  Partition unclean = row;
  EXPECT_EQ(cancel_move(row, false)->error, api::KafkaError::invalid_replica_assignment);
  EXPECT_FALSE(cancel_move(unclean, true));
  EXPECT_EQ(unclean.replicas, list({0}));
  EXPECT_EQ(unclean.isr, 1);
}

TEST(Reassignment, ATargetIsNotEmptyAndNamesNobodyTwice) {
  Partition row = row_of({0, 1});
  EXPECT_EQ(start_move(row, list({}))->error, api::KafkaError::invalid_replica_assignment);
  EXPECT_EQ(start_move(row, list({2, 2}))->error, api::KafkaError::invalid_replica_assignment);
  EXPECT_EQ(row.replicas, list({0, 1}));
}

// Another target while it moves: what the first one added counts as current.
TEST(Reassignment, ASecondMoveReplacesTheFirst) {
  Partition row = row_of({0, 1});
  ASSERT_FALSE(start_move(row, list({2, 1})));
  ASSERT_FALSE(start_move(row, list({3, 1})));
  EXPECT_EQ(row.replicas, list({3, 1, 0, 2}));
  EXPECT_EQ(row.adding, 0b0001);
  EXPECT_EQ(row.removing, 0b1100);
}

}  // namespace
}  // namespace twin::model::control
