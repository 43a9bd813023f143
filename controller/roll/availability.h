// May this broker stop? What KafkaAvailability.canRoll of the Strimzi operator asks of every
// partition of the topics that have a replica on it (R replicas, I in-sync ones, m
// min.insync.replicas):
//
//   m missing                      yes
//   |R| <= m                       yes: it would be unavailable anyway (#2968)
//   |I| < m, broker in R           no
//   |I| = m, broker in I           no
//   otherwise                      yes
#pragma once

#include <string>
#include <vector>

#include "controller/api/kafka.h"

namespace twin::controller {

// The rule for one partition, its minimum known.
bool forbids(const api::PartitionDescription& partition, int32_t min_isr, api::NodeId broker);

// With what ListPartitionReassignments says of it.
struct MovingPartition : api::PartitionDescription {
  api::NodeList adding, removing;
};

// A partition that is being reassigned may come to its end at any moment, and its ISR is then
// another one: those that leave are gone, those that were added are in it, and nobody else need be
// (KAFKA-19975). Strimzi's rollers do not look (strimzi/proposals #103); ours asks for the slack of
// that ISR as well.
api::NodeList isr_after_move(const MovingPartition& partition);
bool forbids_when_moved(const MovingPartition& partition, int32_t min_isr, api::NodeId broker);

struct BlockingPartition {
  std::string topic;
  int32_t number = 0;
  api::NodeList replicas, isr;
  int32_t min_isr = 0;
  bool when_moved = false;  // not now, but as its move would leave it: `isr` is that one
  // "t3m2/0 will be under-replicated (ISR={1,2}, replicas=[0,1,2], min.insync.replicas=2) if
  // broker 1 is restarted."
  std::string sentence(api::NodeId broker) const;
};

// Those that forbid it, in the order of topics and partitions; at most `limit`.
std::vector<BlockingPartition> blocking_partitions(const api::TopicsSnapshot& topics,
                                                   const api::TopicConfigsSnapshot& configs,
                                                   api::NodeId broker, size_t limit = 3);

}  // namespace twin::controller
