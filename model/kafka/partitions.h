// The partition table: what the metadata log (or ZooKeeper) says of every partition, dense and by
// index, since there may be hundreds of thousands. Only the control plane writes it; everything
// else reads. Sets of replicas are bit masks over the slots of the partition's replica list.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/api/kafka.h"
#include "model/kafka/throttled_replicas.h"

namespace twin::model {

using PartitionIndex = uint32_t;
using TopicIndex = uint32_t;
using SlotMask = uint16_t;  // bit i = slot i of NodeList

struct Topic {
  std::string name;
  PartitionIndex first = 0;
  uint32_t partitions = 0;
  int32_t replication_factor = 0;
  // In effect: the topic's own setting, else the cluster's default (PartitionStore). min(this, RF)
  // is taken where it is used.
  int32_t min_isr = 1;
  bool internal = false;
  bool unclean_election = false;
  int64_t segment_bytes = int64_t{1} << 30;
  // Of each of its record batches, which a follower appends whole. 16 records of 1000 bytes: the
  // next does not fit into batch.size 16384.
  int64_t batch_bytes = 16'200;
  ThrottledReplicas throttled_leaders;    // leader.replication.throttled.replicas
  ThrottledReplicas throttled_followers;  // follower.replication.throttled.replicas
  std::vector<std::pair<std::string, std::string>> configs;  // its own, sorted by key
};

struct Partition {
  api::NodeList replicas;
  SlotMask isr = 0;
  SlotMask elr = 0;  // eligible leader replicas (KIP-966), when the feature is on
  SlotMask adding = 0;
  SlotMask removing = 0;
  int8_t leader_slot = -1;       // -1: offline
  int8_t last_leader_slot = -1;  // while it is offline: who led last (KIP-966's last known leader)
  int32_t leader_epoch = 0;
  int32_t partition_epoch = 0;
  TopicIndex topic = 0;
  uint32_t number = 0;  // within its topic

  int slot_of(api::NodeId node) const {
    for (int i = 0; i < replicas.size; ++i)
      if (replicas[i] == node) return i;
    return -1;
  }
  api::NodeId leader() const { return leader_slot < 0 ? api::NodeId{} : replicas[leader_slot]; }
  // What counts as the replication factor while it moves.
  int replicas_before_move() const { return replicas.size - __builtin_popcount(adding); }
  int isr_size() const { return __builtin_popcount(isr); }
  bool in_isr(int slot) const { return ((isr >> slot) & 1) != 0; }
};

struct ReplicaRef {
  PartitionIndex partition = 0;
  uint8_t slot = 0;
};

struct PartitionTable {
  std::vector<Topic> topics;
  std::vector<Partition> partitions;
  // Replicas of each node, by node id (the vector is as long as the highest id + 1).
  std::vector<std::vector<ReplicaRef>> on_node;
  // Counts changes; a snapshot taken at the same value is the same.
  uint64_t version = 0;

  int32_t effective_min_isr(const Partition& p) const {
    const Topic& topic = topics[p.topic];
    return topic.min_isr < p.replicas.size ? topic.min_isr : p.replicas.size;
  }
};

}  // namespace twin::model
