// What a planner knows of a cluster: its brokers with racks, disks and network cards, and where the
// replicas of every partition are, with sizes and rates. Everything is by dense index, since there
// may be hundreds of thousands of partitions; ids and names appear only at the edges. A view is
// data: planning reads one and answers with replica lists, it never changes it.
//
// REQUIRES of every view, held by check(): brokers by rising id, each with at least one log
// directory; topics by name; partitions by topic and number, those of a topic side by side and
// numbered from 0; no broker twice in a replica list.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/kafka.h"
#include "sim/expected.h"

namespace twin::controller::rebalance {

using BrokerIndex = uint16_t;
using PartitionIndex = uint32_t;

// The word of kafka-reassign-partitions for "wherever the broker wants".
inline constexpr std::string_view kAnyLogDir = "any";

struct LogDir {
  std::string path{kAnyLogDir};
  int64_t capacity_bytes = 0;  // 0: not known, taken as without a bound
  int64_t other_bytes = 0;     // of what the view does not list
};

struct BrokerView {
  api::NodeId id;
  std::string rack;  // empty: none is configured
  bool live = true;  // registered and not fenced: may be given replicas
  std::vector<LogDir> log_dirs{LogDir{}};
  int64_t nic_bytes_per_s = 0;  // each way; 0: not known
};

// Replicas in the order of the assignment: the first is the preferred leader.
struct ReplicaList {
  static constexpr int kMax = api::NodeList::kMax;
  std::array<BrokerIndex, kMax> brokers{};
  std::array<uint8_t, kMax> dirs{};  // index in that broker's log_dirs
  uint8_t size = 0;

  int slot_of(BrokerIndex broker) const {
    for (int i = 0; i < size; ++i)
      if (brokers[static_cast<size_t>(i)] == broker) return i;
    return -1;
  }
  bool contains(BrokerIndex broker) const { return slot_of(broker) >= 0; }
  BrokerIndex operator[](int slot) const { return brokers[static_cast<size_t>(slot)]; }
  uint8_t dir(int slot) const { return dirs[static_cast<size_t>(slot)]; }
  // REQUIRES: size < kMax.
  void push(BrokerIndex broker, uint8_t dir);
  // REQUIRES: slot < size.
  void set(int slot, BrokerIndex broker, uint8_t dir);
  void swap_slots(int a, int b);
  bool operator==(const ReplicaList& other) const;
};

struct TopicView {
  std::string name;
  PartitionIndex first = 0;
  uint32_t partitions = 0;
  int32_t min_isr = 1;
};

struct PartitionView {
  uint32_t topic = 0;
  int32_t number = 0;
  ReplicaList replicas;
  uint16_t isr = 0;                 // bit i: the replica in slot i is in sync
  int8_t leader_slot = -1;          // -1: offline
  int64_t bytes = 0;                // of one copy
  int64_t inflow_bytes_per_s = 0;   // what producers write
  int64_t outflow_bytes_per_s = 0;  // what consumers read from the leader
};

struct ClusterView {
  std::vector<BrokerView> brokers;
  std::vector<TopicView> topics;
  std::vector<PartitionView> partitions;

  std::optional<BrokerIndex> find_broker(api::NodeId id) const;
  // Index in `topics`.
  std::optional<uint32_t> find_topic(std::string_view name) const;
  // "orders-3"
  std::string partition_name(PartitionIndex partition) const;
  const std::string& path_of(BrokerIndex broker, uint8_t dir) const {
    return brokers[broker].log_dirs[dir].path;
  }
  // "0, 1, 2"
  std::string broker_ids() const;
  // The first requirement that does not hold.
  sim::Expected<void> check() const;
};

}  // namespace twin::controller::rebalance
