// What the cursor says of one thing at one moment: a Kafka node with its pod, a partition, a
// machine, a volume, a topic, a fault. Plain data; names are as in the trace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"

namespace twin::trace {

struct NodeView {
  int64_t roles = 0;  // 1 broker, 2 controller, 4 ZooKeeper server
  bool running = false;
  bool loading_logs = false;
  bool registered = false;
  bool fenced = true;
  bool served = false;  // was unfenced since its process started
  bool shutting_down = false;
  bool failed = false;  // its last process did not end on its own accord: crash, kill, power
  std::string version;  // of the process that runs or ran last
  std::string pod;      // "" until its pod was created
  int64_t pod_uid = 0;
  bool pod_exists = false;
  bool pod_ready = false;
  bool pod_deleting = false;
  std::string kube_node;  // where its pod was scheduled, "" before
  std::string waiting;    // why its container does not start or its pod finds no place, or ""
  int64_t restarts = 0;   // of the container, in this pod
  // Of a broker: replicas placed on it, those of them in their ISR, partitions that it leads.
  int64_t replicas = 0, in_isr = 0, leads = 0;
  // Of a broker, bytes per second: from producers, to followers that keep up, out to readers.
  int64_t produced = 0, replicated = 0, sent = 0;
  sim::Time since{};  // of the last change of what stands above the counts
};

// What a node is doing, in the order of a restart. Controllers and ZooKeeper servers know only
// no_pod, waiting, starting, serving, shutting_down and crashed.
enum class NodeState : uint8_t {
  no_pod,        // no pod exists
  waiting,       // a pod without a process: scheduling, pulling, attaching, backing off
  starting,      // a process that does not serve yet
  loading_logs,  // log load, or recovery after an unclean end
  fenced,        // served, and was fenced since: its session ran out
  catching_up,   // serves, some replicas are not in their ISR
  serving,
  shutting_down,  // controlled shutdown
  crashed,        // the process is gone and nobody asked for it
};
constexpr int kNodeStates = 9;
NodeState state_of(const NodeView& node);
std::string_view node_state_name(NodeState state);  // "catching up"

// 24 bytes: a cluster of 100,000 partitions is copied in about a millisecond. Masks have room for
// the replicas that the model's own have (model/kafka/partitions.h).
struct PartitionView {
  const std::vector<int64_t>* list = nullptr;  // shared by all that have the same; null: none yet
  int32_t leader = -1;                         // -1: none
  uint16_t isr_mask = 0;                       // bit i: replicas()[i]
  uint16_t adding_mask = 0;                    // replicas that a reassignment adds
  bool under_min_isr = false;
  bool stalled = false;  // producers wait
  bool moving = false;   // a reassignment is under way

  const std::vector<int64_t>& replicas() const;
  bool in_isr(int64_t node) const;
  int isr_size() const;
  // How many replicas it should have: those that a reassignment adds do not count yet (KIP-455).
  int replication_factor() const;
  bool under_replicated() const;
};
constexpr size_t kReplicasMax = 16;  // of the bits above

struct TopicView {
  int64_t topic = 0;
  std::string name;
  int64_t first_partition = 0, partitions = 0;
  int64_t min_isr = 1;
  bool internal = false;
};

struct MachineView {
  std::string zone;
  bool ready = true;
};

struct VolumeView {
  int64_t bytes = 0;
  std::string claim;      // "data-0-my-cluster-broker-2"
  std::string kube_node;  // attached there, "" nowhere
};

struct FaultView {
  int64_t kind = 0;  // fault_kind
  std::string what;  // "zone-loss of zone-b for 10 min 00 s"
  sim::Time since{};
};

struct MoveView {  // bits over the partition's replicas
  uint64_t adding = 0, removing = 0;
};

struct OperatorView {
  std::string profile;
  bool running = false;
};

}  // namespace twin::trace
