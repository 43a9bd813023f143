// Reassignments as the controller takes them: AlterPartitionReassignments and
// ListPartitionReassignments. All partitions of a request start at once; what runs when is the
// caller's business. A request is one write of at most 10,000 records.
#include "model/kafka/control/plane.h"
#include "model/kafka/control/reassignment.h"
#include "model/kafka/control/replies.h"

namespace twin::model::control {

using controller::KafkaReply;
using controller::Outcome;

namespace {

constexpr size_t kMaxRecords = 10'000;  // QuorumController.MAX_RECORDS_PER_USER_OP

}  // namespace

FinishRules ControlPlane::finish_rules() const {
  const Node* active = find(kraft_ ? quorum.leader() : kafka_controller_);
  FinishRules rules;
  rules.others_may_be_missing =
      kraft_ && active != nullptr && version_at_least(active->version, "4.3.0");
  return rules;
}

// A replica that leaves takes the epoch with it also where the leader stays: its followers must not
// take it back (PartitionChangeBuilder.triggerLeaderEpochBumpForReplicaReassignmentIfNeeded).
void ControlPlane::elect_after_leaving(Partition& next) const {
  const int32_t epoch = next.leader_epoch;
  elect(next, usable(next), rules_for(next));
  if (next.leader_epoch == epoch) ++next.leader_epoch;
}

void ControlPlane::complete_move(Partition& next) const {
  if (finish_move(next, finish_rules())) elect_after_leaving(next);
}

std::optional<MoveRefusal> ControlPlane::alter_move(
    const api::AlterReassignmentsRequest::Move& move) {
  const int topic = store.topic_index(move.topic);
  const MoveRefusal unknown{api::KafkaError::unknown_topic_or_partition,
                            "Unable to find a topic or partition named " + move.topic + "-" +
                                std::to_string(move.partition) + "."};
  if (topic < 0 || move.partition < 0) return unknown;
  const Topic& owner = store.table().topics[static_cast<size_t>(topic)];
  if (static_cast<uint32_t>(move.partition) >= owner.partitions) return unknown;
  const PartitionIndex index = owner.first + static_cast<PartitionIndex>(move.partition);
  Partition next = store.row(index);
  const int32_t epoch = next.leader_epoch;
  if (!move.target) {
    if (auto refusal = cancel_move(next, owner.unclean_election)) return refusal;
    // Without a replica that was added nobody leaves: leader and epoch stay.
    if (next.replicas.size < store.row(index).replicas.size) elect_after_leaving(next);
  } else {
    for (const int32_t id : *move.target) {
      const Node* node = find({id});
      if (node != nullptr && node->broker_role && node->registration.exists) continue;
      return MoveRefusal{api::KafkaError::invalid_replica_assignment,
                         "The manual partition assignment includes broker " + std::to_string(id) +
                             ", but no such broker is registered."};
    }
    if (auto refusal = start_move(next, *move.target)) return refusal;
    complete_move(next);
    // The ZooKeeper controller writes to all replicas at the start, with an epoch of its own.
    if (!kraft_ && next.leader_epoch == epoch) ++next.leader_epoch;
  }
  store.apply(index, next, {trace::LeaveReason::removed, trace::ElectionReason::reassigned});
  return std::nullopt;
}

KafkaReply ControlPlane::alter_reassignments(const api::AlterReassignmentsRequest& request) {
  if (request.moves.size() > kMaxRecords) {
    return fail(Outcome::invalid, api::KafkaError::policy_violation,
                "Unable to perform excessively large batch operation.");
  }
  api::AlterReassignmentsReply body;
  for (const auto& move : request.moves) {
    if (auto refusal = alter_move(move)) {
      body.refused.push_back({move.topic, move.partition, refusal->error, refusal->message});
    }
  }
  if (store.any_leader_not_preferred()) arm_preferred_pass();
  return answer(std::move(body));
}

KafkaReply ControlPlane::list_reassignments() const {
  api::ListReassignmentsReply body;
  const auto count = static_cast<PartitionIndex>(store.table().partitions.size());
  for (PartitionIndex index = 0; index < count; ++index) {
    const Partition& row = store.row(index);
    if (!is_moving(row)) continue;
    body.moves.push_back({store.table().topics[row.topic].name, static_cast<int32_t>(row.number),
                          row.replicas, nodes_of(row, row.adding), nodes_of(row, row.removing)});
  }
  return answer(std::move(body));
}

}  // namespace twin::model::control
