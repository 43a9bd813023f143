// Turns a trace back into state: feed it records up to a moment and ask what was true then. It
// keeps what the trace says of Kafka nodes, their pods and machines, and of every partition,
// nothing of the world's own. A copy is a keyframe: cheap, and independent of the original. The
// same cursor serves `explain`, tests and the viewer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace/names.h"
#include "model/trace/views.h"
#include "sim/trace.h"

namespace twin::trace {

class Cursor {
 public:
  void apply(const sim::Record& record);

  const Names& names() const { return names_; }
  sim::Time now() const { return now_; }
  const std::map<int64_t, NodeView>& nodes() const { return nodes_; }
  const std::vector<PartitionView>& partitions() const { return partitions_; }
  const std::map<int64_t, TopicView>& topics() const { return topics_; }
  const TopicView* topic_of(int64_t partition) const;  // null when unknown
  const std::map<std::string, MachineView>& machines() const { return machines_; }
  const std::map<std::string, VolumeView>& volumes() const { return volumes_; }
  const std::map<int64_t, FaultView>& faults() const { return faults_; }  // not healed yet
  const std::map<int64_t, MoveView>& moves() const { return moves_; }     // by partition
  const std::map<int64_t, OperatorView>& operators() const { return operators_; }
  // Node whose pod has this name, -1 when there is none.
  int64_t node_of_pod(std::string_view pod) const;
  // Who leads the metadata quorum, or is the controller among the brokers of a ZooKeeper cluster.
  int64_t controller() const { return controller_; }
  int64_t zookeeper_leader() const { return zookeeper_leader_; }
  const std::string& metadata_version() const { return metadata_version_; }
  // metadata.generation of the Kafka resource that was written last.
  int64_t generation() const { return generation_; }
  // About how many bytes a copy takes.
  size_t copy_bytes() const;

 private:
  bool node_record(const sim::Record& record);
  bool pod_record(const sim::Record& record);
  bool machine_record(const sim::Record& record);
  bool role_record(const sim::Record& record);
  bool partition_record(const sim::Record& record);
  bool isr_record(const sim::Record& record);
  NodeView& node(int64_t id, const sim::Record& record);
  NodeView* node_of_uid(int64_t uid);
  PartitionView* partition(int64_t index);
  void place(int64_t partition, std::span<const int64_t> replicas, int64_t isr_mask);
  void count_replicas(const PartitionView& view, int64_t sign);
  void set_isr(int64_t partition, int64_t broker, bool in);
  void set_leader(int64_t partition, int64_t leader);
  void config_changed(const sim::Record& record);

  Names names_;
  sim::Time now_{};
  std::map<int64_t, NodeView> nodes_;
  std::map<int64_t, int64_t> node_of_uid_;
  std::vector<PartitionView> partitions_;
  // Every list of replicas that a partition ever had; nodes of a set never move.
  std::shared_ptr<std::set<std::vector<int64_t>>> lists_ =
      std::make_shared<std::set<std::vector<int64_t>>>();
  std::map<int64_t, TopicView> topics_;
  std::map<int64_t, int64_t> topic_of_first_;
  std::map<std::string, MachineView> machines_;
  std::map<std::string, VolumeView> volumes_;
  std::map<int64_t, FaultView> faults_;
  std::map<int64_t, MoveView> moves_;
  std::map<int64_t, OperatorView> operators_;
  int64_t controller_ = -1;
  int64_t zookeeper_leader_ = -1;
  int64_t generation_ = 0;
  std::string metadata_version_;
};

}  // namespace twin::trace
