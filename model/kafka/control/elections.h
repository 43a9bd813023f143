// Which replica leads: the rules of Kafka's PartitionChangeBuilder (KRaft), which the ZooKeeper
// controller's election strategies share apart from ELR. Pure.
//
//   valid     a replica in the ISR, or in ELR while the ISR is empty, whose broker is unfenced, not
//             shutting down, and has the log directory online
//   preferred the first replica if valid, else the current leader if valid, else the first valid
//   online    the current leader if valid, else the first valid one in replica order
//   unclean   as online; if none is valid, the first usable replica: the ISR becomes just it
//   ELR       with eligible leader replicas: who leaves an ISR below min.insync.replicas becomes
//             eligible, unless it stopped uncleanly; the ISR may become empty. The last known
//             leader may lead again when ISR and ELR are empty, which counts as unclean.
//   without   the last member never leaves the ISR: the partition is offline with ISR = {it}
// Source: apache/kafka metadata/.../PartitionChangeBuilder.java, ReplicationControlManager.java;
// KIP-966.
#pragma once

#include "model/kafka/partitions.h"

namespace twin::model::control {

struct ElectionRules {
  bool elr = false;      // eligible.leader.replicas.version 1
  bool unclean = false;  // unclean.leader.election.enable of the topic
  bool preferred = false;
  // Metadata versions before 3.6-IV0 bump the leader epoch when the ISR shrinks (KAFKA-15021); the
  // ZooKeeper controller does at every change it makes.
  bool epoch_bump_on_shrink = false;
  int8_t last_known_leader = -1;  // slot; with ELR only
};

struct ElectionOutcome {
  bool unclean = false;  // the new leader may lack acknowledged data
};

// Elects in place: leader_slot, leader_epoch, isr and elr of `partition`. `usable` has the slots
// whose broker may lead.
ElectionOutcome elect(Partition& partition, SlotMask usable, const ElectionRules& rules);

// Takes `leaving` out of the ISR as far as the rules allow and keeps ELR. `unclean` are those of
// them that stopped without a clean shutdown. Does not elect.
struct IsrRemoval {
  SlotMask leaving = 0;
  SlotMask unclean = 0;
  int32_t min_isr = 1;  // effective
};
void remove_from_isr(Partition& partition, const IsrRemoval& removal, const ElectionRules& rules);
// Adds to the ISR; clears ELR when the ISR is large enough again.
void add_to_isr(Partition& partition, SlotMask joining, int32_t min_isr);

// Lowest set bit; -1 for none.
int first_slot(SlotMask mask);

}  // namespace twin::model::control
