#include "model/kafka/control/elections.h"

#include <bit>

#include "sim/assert.h"

namespace twin::model::control {

namespace {

constexpr SlotMask bit(int slot) { return static_cast<SlotMask>(SlotMask{1} << slot); }

// ELR := (old ISR + old ELR) - new ISR - unclean, and nothing while the ISR is large enough.
void update_elr(Partition& partition, SlotMask old_isr, SlotMask unclean, int32_t min_isr) {
  if (partition.isr_size() >= min_isr) {
    partition.elr = 0;
    return;
  }
  const auto candidates = static_cast<SlotMask>(old_isr | partition.elr);
  partition.elr = static_cast<SlotMask>(candidates & ~partition.isr & ~unclean);
}

void lead(Partition& partition, int slot) {
  if (partition.leader_slot == slot) return;
  partition.last_leader_slot = slot < 0 ? partition.leader_slot : int8_t{-1};
  partition.leader_slot = static_cast<int8_t>(slot);
  ++partition.leader_epoch;
}

}  // namespace

int first_slot(SlotMask mask) { return mask == 0 ? -1 : std::countr_zero(mask); }

ElectionOutcome elect(Partition& partition, SlotMask usable, const ElectionRules& rules) {
  const bool from_elr = rules.elr && partition.isr == 0;
  const SlotMask pool = from_elr ? partition.elr : partition.isr;
  const auto valid = static_cast<SlotMask>(pool & usable);
  int chosen = -1;
  if (rules.preferred && (valid & 1) != 0) {
    chosen = 0;
  } else if (partition.leader_slot >= 0 && (valid & bit(partition.leader_slot)) != 0) {
    chosen = partition.leader_slot;
  } else {
    chosen = first_slot(valid);
  }
  ElectionOutcome outcome;
  if (chosen < 0 && from_elr && partition.elr == 0 && rules.last_known_leader >= 0 &&
      (usable & bit(rules.last_known_leader)) != 0) {
    chosen = rules.last_known_leader;
    outcome.unclean = true;
  }
  if (chosen < 0 && rules.unclean) {
    chosen = first_slot(usable);
    outcome.unclean = chosen >= 0;
  }
  if (chosen < 0) {
    lead(partition, -1);
    return outcome;
  }
  TWIN_ASSERT_LT(chosen, partition.replicas.size);
  if (outcome.unclean || from_elr) {
    partition.isr = bit(chosen);
    partition.elr =
        outcome.unclean ? SlotMask{0} : static_cast<SlotMask>(partition.elr & ~bit(chosen));
  }
  lead(partition, chosen);
  return outcome;
}

void remove_from_isr(Partition& partition, const IsrRemoval& removal, const ElectionRules& rules) {
  const SlotMask before = partition.isr;
  auto after = static_cast<SlotMask>(before & ~removal.leaving);
  if (after == 0 && !rules.elr)
    after = before;  // several left at once: none is better than another
  partition.isr = after;
  if (rules.elr) {
    const auto gone = static_cast<SlotMask>(removal.unclean & removal.leaving);
    update_elr(partition, before, gone, removal.min_isr);
  }
  if (after != before && rules.epoch_bump_on_shrink) ++partition.leader_epoch;
}

void add_to_isr(Partition& partition, SlotMask joining, int32_t min_isr) {
  partition.isr = static_cast<SlotMask>(partition.isr | joining);
  partition.elr = static_cast<SlotMask>(partition.elr & ~joining);
  if (partition.isr_size() >= min_isr) partition.elr = 0;
}

}  // namespace twin::model::control
