// Turns a trace back into state: feed it records up to a moment and ask what was true then. It
// keeps what the trace says of Kafka nodes, their pods and every partition, nothing of the world's
// own. The same cursor serves `explain`, tests and the viewer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace/names.h"
#include "sim/trace.h"

namespace twin::trace {

struct NodeView {
  int64_t roles = 0;  // 1 broker, 2 controller, 4 ZooKeeper server
  bool running = false;
  bool loading_logs = false;
  bool registered = false;
  bool fenced = true;
  bool shutting_down = false;
  std::string version;   // of the process that runs or ran last
  std::string pod;       // "" until its pod was created
  int64_t pod_uid = 0;
  bool pod_exists = false;
  bool pod_ready = false;
  bool pod_deleting = false;
  sim::Time since{};     // of the last change here
};

struct PartitionView {
  std::vector<int64_t> replicas;
  uint64_t isr_mask = 0;  // bit i: replicas[i]
  int64_t leader = -1;    // -1: none
  bool under_min_isr = false;
  bool in_isr(int64_t node) const;
  bool under_replicated() const;
};

class Cursor {
 public:
  void apply(const sim::Record& record);

  const Names& names() const { return names_; }
  sim::Time now() const { return now_; }
  const std::map<int64_t, NodeView>& nodes() const { return nodes_; }
  const std::vector<PartitionView>& partitions() const { return partitions_; }
  // Node whose pod has this name, -1 when there is none.
  int64_t node_of_pod(std::string_view pod) const;

 private:
  bool node_record(const sim::Record& record);
  bool pod_record(const sim::Record& record);
  bool partition_record(const sim::Record& record);
  NodeView& node(int64_t id, const sim::Record& record);
  NodeView* node_of_uid(int64_t uid);
  PartitionView* partition(int64_t index);
  void set_isr(int64_t partition, int64_t broker, bool in);

  Names names_;
  sim::Time now_{};
  std::map<int64_t, NodeView> nodes_;
  std::map<int64_t, int64_t> node_of_uid_;
  std::vector<PartitionView> partitions_;
};

}  // namespace twin::trace
