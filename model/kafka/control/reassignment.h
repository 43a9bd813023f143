// How a partition moves to other brokers (KIP-455), in the KRaft controller. Pure.
//
//   start    the replicas are the target, in its order, then those that shall leave; `adding` and
//            `removing` say which. A move that is replaced by another counts its added replicas as
//            current; marks of it that the new one does not set stay until the end.
//   finish   looked at in every change of the row: as soon as all that shall stay are in the ISR
//            the rest leaves, replicas and ISR alike. Since 4.3 (KAFKA-19975) replicas that were
//            there before may be missing, unless the target has fewer replicas than now.
//   cancel   what was added leaves; refused where only added replicas are in the ISR
// Source: apache/kafka metadata/.../PartitionReassignmentReplicas.java,
// PartitionReassignmentRevert.java, ReplicationControlManager.java.
#pragma once

#include <optional>
#include <string>

#include "model/kafka/partitions.h"

namespace twin::model::control {

struct MoveRefusal {
  api::KafkaError error = api::KafkaError::none;
  std::string message;
};

// The same partition with another list of replicas: who led leads, who was in the ISR is, as far as
// they are on the list.
Partition with_replicas(const Partition& row, const api::NodeList& replicas);

inline bool is_moving(const Partition& row) { return row.adding != 0 || row.removing != 0; }

std::optional<MoveRefusal> start_move(Partition& row, const api::NodeList& target);

struct FinishRules {
  bool others_may_be_missing = false;  // KAFKA-19975
};
// True when the move ended and a replica left. Its leader may have been among them: elect.
bool finish_move(Partition& row, const FinishRules& rules);

// `unclean`: unclean.leader.election.enable of the topic.
std::optional<MoveRefusal> cancel_move(Partition& row, bool unclean);

}  // namespace twin::model::control
