#include "model/kafka/control/reassignment.h"

#include <algorithm>

namespace twin::model::control {

namespace {

SlotMask all_of(const api::NodeList& list) { return static_cast<SlotMask>((1U << list.size) - 1); }

MoveRefusal bad_target(std::string message) {
  return {api::KafkaError::invalid_replica_assignment, std::move(message)};
}

std::optional<MoveRefusal> problem_of(const api::NodeList& target) {
  if (target.size == 0) {
    return bad_target("The manual partition assignment includes an empty replica list.");
  }
  for (int slot = 0; slot < target.size; ++slot) {
    for (int other = 0; other < slot; ++other) {
      if (target[slot] != target[other]) continue;
      return bad_target("The manual partition assignment includes the broker " +
                        std::to_string(target[slot].value) + " more than once.");
    }
  }
  return std::nullopt;
}

// Without the replicas at those slots; their marks and roles go with them.
Partition without(const Partition& row, SlotMask leaving) {
  api::NodeList staying;
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    if (((leaving >> slot) & 1) == 0) staying.push(row.replicas[slot]);
  }
  return with_replicas(row, staying);
}

}  // namespace

Partition with_replicas(const Partition& row, const api::NodeList& replicas) {
  Partition next = row;
  next.replicas = replicas;
  next.isr = next.elr = next.adding = next.removing = 0;
  next.leader_slot = next.last_leader_slot = -1;
  for (int slot = 0; slot < replicas.size; ++slot) {
    const int was = row.slot_of(replicas[slot]);
    if (was < 0) continue;
    const auto copy = [&](SlotMask Partition::*mask) {
      if (((row.*mask >> was) & 1) != 0) {
        next.*mask = static_cast<SlotMask>(next.*mask | (1U << slot));
      }
    };
    copy(&Partition::isr);
    copy(&Partition::elr);
    copy(&Partition::adding);
    copy(&Partition::removing);
    if (row.leader_slot == was) next.leader_slot = static_cast<int8_t>(slot);
    if (row.last_leader_slot == was) next.last_leader_slot = static_cast<int8_t>(slot);
  }
  return next;
}

std::optional<MoveRefusal> start_move(Partition& row, const api::NodeList& target) {
  if (auto problem = problem_of(target)) return problem;
  api::NodeList replicas = target;
  std::vector<api::NodeId> leaving;
  for (const int32_t id : row.replicas) {
    if (!target.contains({id})) leaving.push_back({id});
  }
  std::ranges::sort(leaving);
  if (replicas.size + leaving.size() > static_cast<size_t>(api::NodeList::kMax)) {
    return bad_target("The twin keeps at most " + std::to_string(api::NodeList::kMax) +
                      " replicas of a partition, those that leave included.");
  }
  for (const api::NodeId id : leaving) replicas.push(id);
  Partition next = with_replicas(row, replicas);
  SlotMask adding = 0;
  for (int slot = 0; slot < target.size; ++slot) {
    if (!row.replicas.contains(target[slot])) adding = static_cast<SlotMask>(adding | (1U << slot));
  }
  const auto removing = static_cast<SlotMask>(all_of(replicas) & ~all_of(target));
  if (adding != 0) next.adding = adding;
  if (removing != 0) next.removing = removing;
  row = next;
  return std::nullopt;
}

bool finish_move(Partition& row, const FinishRules& rules) {
  if (!is_moving(row)) return false;
  const auto staying = static_cast<SlotMask>(all_of(row.replicas) & ~row.removing);
  const auto isr = static_cast<SlotMask>(row.isr & staying);
  // How many there were before the move, as far as the row says.
  const int before = row.replicas.size - __builtin_popcount(row.adding);
  const bool fewer = __builtin_popcount(staying) < before;
  const SlotMask needed =
      rules.others_may_be_missing && !fewer ? static_cast<SlotMask>(staying & row.adding) : staying;
  if (isr == 0 || (needed & ~isr) != 0) return false;
  const SlotMask leaving = row.removing;
  row = without(row, leaving);
  row.adding = row.removing = 0;
  return leaving != 0;
}

std::optional<MoveRefusal> cancel_move(Partition& row, bool unclean) {
  if (!is_moving(row)) {
    return MoveRefusal{api::KafkaError::no_reassignment_in_progress,
                       "No partition reassignment is in progress."};
  }
  const auto isr = static_cast<SlotMask>(row.isr & ~row.adding);
  if (isr == 0 && !unclean) {
    return bad_target(
        "Unable to revert partition assignment because only replicas that were added are in the "
        "ISR, and unclean leader election is not enabled.");
  }
  row = without(row, row.adding);
  row.adding = row.removing = 0;
  if (row.isr == 0) row.isr = 1;  // the first that is left, uncleanly
  return std::nullopt;
}

}  // namespace twin::model::control
