// Who leads, by hand. Slots 0, 1, 2 of three replicas; masks read from the right: 0b101 = {0, 2}.
#include "model/kafka/control/elections.h"

#include <gtest/gtest.h>

namespace twin::model::control {
namespace {

Partition row(SlotMask isr, int8_t leader) {
  Partition partition;
  for (int32_t id = 0; id < 3; ++id) partition.replicas.push(api::NodeId{id});
  partition.isr = isr;
  partition.leader_slot = leader;
  return partition;
}

TEST(Election, KeepsALeaderThatMayStay) {
  Partition partition = row(0b111, 2);
  elect(partition, 0b111, {});
  EXPECT_EQ(partition.leader_slot, 2);
  EXPECT_EQ(partition.leader_epoch, 0);
}

TEST(Election, TakesTheFirstMemberOfTheIsrThatIsThere) {
  Partition partition = row(0b110, 0);
  elect(partition, 0b101, {});
  EXPECT_EQ(partition.leader_slot, 2);
  EXPECT_EQ(partition.leader_epoch, 1);
}

TEST(Election, PreferredMeansTheFirstReplicaOnlyIfItIsInTheIsr) {
  ElectionRules rules;
  rules.preferred = true;
  Partition partition = row(0b111, 1);
  elect(partition, 0b111, rules);
  EXPECT_EQ(partition.leader_slot, 0);
  partition = row(0b110, 1);
  elect(partition, 0b111, rules);
  EXPECT_EQ(partition.leader_slot, 1);
}

TEST(Election, WithoutAMemberThereIsNoLeaderUnlessUncleanIsAllowed) {
  Partition partition = row(0b001, 0);
  EXPECT_FALSE(elect(partition, 0b110, {}).unclean);
  EXPECT_EQ(partition.leader_slot, -1);
  EXPECT_EQ(partition.last_leader_slot, 0);
  ElectionRules rules;
  rules.unclean = true;
  EXPECT_TRUE(elect(partition, 0b110, rules).unclean);
  EXPECT_EQ(partition.leader_slot, 1);
  EXPECT_EQ(partition.isr, 0b010);
}

TEST(Election, TheLastMemberStaysInTheIsrWithoutElr) {
  Partition partition = row(0b001, 0);
  remove_from_isr(partition, {0b001, 0, 2}, {});
  EXPECT_EQ(partition.isr, 0b001);
}

// min ISR 2: {0} leaves {0, 1} -> ISR {1}, ELR {0}; {1} leaves -> ISR {}, ELR {0, 1}; 0 may lead.
TEST(Election, WithElrWhoLeavesATooSmallIsrStaysEligible) {
  ElectionRules rules;
  rules.elr = true;
  Partition partition = row(0b011, 0);
  remove_from_isr(partition, {0b001, 0, 2}, rules);
  EXPECT_EQ(partition.isr, 0b010);
  EXPECT_EQ(partition.elr, 0b001);
  remove_from_isr(partition, {0b010, 0, 2}, rules);
  EXPECT_EQ(partition.isr, 0);
  EXPECT_EQ(partition.elr, 0b011);
  EXPECT_FALSE(elect(partition, 0b001, rules).unclean);
  EXPECT_EQ(partition.leader_slot, 0);
  EXPECT_EQ(partition.isr, 0b001);
  EXPECT_EQ(partition.elr, 0b010);
}

// It stopped uncleanly and was the last: neither ISR nor ELR has anybody, so the last known leader
// leads again, and that counts as unclean.
TEST(Election, WithElrTheLastKnownLeaderMayLeadWhenNobodyIsEligible) {
  ElectionRules rules;
  rules.elr = true;
  Partition partition = row(0b001, 0);
  remove_from_isr(partition, {0b001, 0b001, 2}, rules);
  EXPECT_EQ(partition.isr | partition.elr, 0);
  elect(partition, 0b110, rules);
  EXPECT_EQ(partition.leader_slot, -1);
  rules.last_known_leader = partition.last_leader_slot;
  EXPECT_TRUE(elect(partition, 0b111, rules).unclean);
  EXPECT_EQ(partition.leader_slot, 0);
}

TEST(Election, OldMetadataVersionsBumpTheEpochWhenTheIsrShrinks) {
  ElectionRules rules;
  rules.epoch_bump_on_shrink = true;
  Partition partition = row(0b111, 0);
  remove_from_isr(partition, {0b010, 0, 1}, rules);
  EXPECT_EQ(partition.leader_epoch, 1);
}

}  // namespace
}  // namespace twin::model::control
