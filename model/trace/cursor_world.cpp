// The cursor's records about partitions, machines, volumes, topics and who leads.
#include <charconv>

#include "model/trace/cursor.h"
#include "model/trace/decode.h"

namespace twin::trace {

namespace {
constexpr int64_t kMaxPartitions = int64_t{1}
                                   << 24;  // a corrupt index must not allocate the machine
constexpr int64_t kKafkaKind = 14;         // in the enumeration of `kind`
}  // namespace

PartitionView* Cursor::partition(int64_t index) {
  if (index < 0 || index >= kMaxPartitions) return nullptr;
  if (static_cast<size_t>(index) >= partitions_.size()) {
    partitions_.resize(static_cast<size_t>(index) + 1);
  }
  return &partitions_[static_cast<size_t>(index)];
}

void Cursor::count_replicas(const PartitionView& view, int64_t sign) {
  const auto& replicas = view.replicas();
  for (size_t i = 0; i < replicas.size(); ++i) {
    NodeView& node = nodes_[replicas[i]];
    node.replicas += sign;
    if (i < kReplicasMax && ((view.isr_mask >> i) & 1) != 0) node.in_isr += sign;
  }
}

void Cursor::place(int64_t index, std::span<const int64_t> replicas, int64_t isr_mask) {
  PartitionView* view = partition(index);
  if (view == nullptr) return;
  count_replicas(*view, -1);
  view->list = &*lists_->emplace(replicas.begin(), replicas.end()).first;
  view->isr_mask = static_cast<uint16_t>(isr_mask);
  count_replicas(*view, 1);
}

void Cursor::set_isr(int64_t index, int64_t broker, bool in) {
  PartitionView* view = partition(index);
  if (view == nullptr) return;
  const auto& replicas = view->replicas();
  for (size_t i = 0; i < replicas.size() && i < kReplicasMax; ++i) {
    const auto bit = static_cast<uint16_t>(1U << i);
    if (replicas[i] != broker || ((view->isr_mask & bit) != 0) == in) continue;
    view->isr_mask = static_cast<uint16_t>(view->isr_mask ^ bit);
    nodes_[broker].in_isr += in ? 1 : -1;
  }
}

void Cursor::set_leader(int64_t index, int64_t leader) {
  PartitionView* view = partition(index);
  if (view == nullptr) return;
  if (view->leader >= 0) --nodes_[view->leader].leads;
  view->leader = static_cast<int32_t>(leader);
  if (view->leader >= 0) ++nodes_[view->leader].leads;
}

bool Cursor::partition_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::PartitionPlaced: {
      const auto r = decode<PartitionPlaced>(record);
      place(r.partition, tail_of<PartitionPlaced>(record), r.isr_mask);
      set_leader(r.partition, r.leader);
      return true;
    }
    case RecordType::ReplicasChanged: {
      const auto r = decode<ReplicasChanged>(record);
      const auto tail = tail_of<ReplicasChanged>(record);
      if (r.before < 0 || static_cast<size_t>(r.before) > tail.size()) return true;
      place(r.partition, tail.subspan(static_cast<size_t>(r.before)), r.isr_mask);
      PartitionView* view = partition(r.partition);
      if (view == nullptr) return true;
      view->moving = r.adding_mask != 0 || r.removing_mask != 0;
      view->adding_mask = static_cast<uint16_t>(r.adding_mask);
      if (view->moving) {
        moves_[r.partition] = {static_cast<uint64_t>(r.adding_mask),
                               static_cast<uint64_t>(r.removing_mask)};
      } else {
        moves_.erase(r.partition);
      }
      return true;
    }
    case RecordType::TopicDefined: {
      const auto r = decode<TopicDefined>(record);
      topics_[r.topic] = {r.topic,           std::string(names_.string(r.name_string)),
                          r.first_partition, r.partitions,
                          r.min_isr,         r.internal != 0};
      topic_of_first_[r.first_partition] = r.topic;
      return true;
    }
    case RecordType::ConfigChanged:
      config_changed(record);
      return true;
    case RecordType::ProduceStalled:
      if (auto* view = partition(decode<ProduceStalled>(record).partition)) view->stalled = true;
      return true;
    case RecordType::ProduceResumed:
      if (auto* view = partition(decode<ProduceResumed>(record).partition)) view->stalled = false;
      return true;
    default:
      return false;
  }
}

bool Cursor::isr_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::LeaderElected: {
      const auto r = decode<LeaderElected>(record);
      set_leader(r.partition, r.leader);
      return true;
    }
    case RecordType::PartitionWentOffline:
      set_leader(decode<PartitionWentOffline>(record).partition, -1);
      return true;
    case RecordType::ReplicaLeftIsr: {
      const auto r = decode<ReplicaLeftIsr>(record);
      set_isr(r.partition, r.broker, false);
      return true;
    }
    case RecordType::ReplicaJoinedIsr: {
      const auto r = decode<ReplicaJoinedIsr>(record);
      set_isr(r.partition, r.broker, true);
      return true;
    }
    case RecordType::PartitionWentUnderMinIsr:
      if (auto* view = partition(decode<PartitionWentUnderMinIsr>(record).partition)) {
        view->under_min_isr = true;
      }
      return true;
    case RecordType::PartitionBackAtMinIsr:
      if (auto* view = partition(decode<PartitionBackAtMinIsr>(record).partition)) {
        view->under_min_isr = false;
      }
      return true;
    default:
      return false;
  }
}

// min.insync.replicas of a topic may be changed while it is used.
void Cursor::config_changed(const sim::Record& record) {
  const auto r = decode<ConfigChanged>(record);
  const auto topic = topics_.find(r.topic);
  if (topic == topics_.end() || names_.string(r.key_string) != "min.insync.replicas") return;
  const std::string_view value = names_.string(r.value_string);
  int64_t min_isr = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), min_isr);
  if (read.ec == std::errc{}) topic->second.min_isr = min_isr;
}

bool Cursor::machine_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::KubeNodeDefined: {
      const auto r = decode<KubeNodeDefined>(record);
      machines_[std::string(names_.string(r.kube_node_string))].zone =
          std::string(names_.string(r.zone_string));
      return true;
    }
    case RecordType::KubeNodeBecameNotReady: {
      const auto r = decode<KubeNodeBecameNotReady>(record);
      machines_[std::string(names_.string(r.kube_node_string))].ready = false;
      return true;
    }
    case RecordType::KubeNodeBecameReady: {
      const auto r = decode<KubeNodeBecameReady>(record);
      machines_[std::string(names_.string(r.kube_node_string))].ready = true;
      return true;
    }
    case RecordType::VolumeProvisioned: {
      const auto r = decode<VolumeProvisioned>(record);
      volumes_[std::string(names_.string(r.volume_string))].bytes = r.bytes;
      return true;
    }
    case RecordType::VolumeClaimed: {
      const auto r = decode<VolumeClaimed>(record);
      volumes_[std::string(names_.string(r.volume_string))].claim =
          std::string(names_.string(r.claim_string));
      return true;
    }
    case RecordType::VolumeAttached: {
      const auto r = decode<VolumeAttached>(record);
      volumes_[std::string(names_.string(r.volume_string))].kube_node =
          std::string(names_.string(r.kube_node_string));
      return true;
    }
    case RecordType::VolumeDetached: {
      const auto r = decode<VolumeDetached>(record);
      volumes_[std::string(names_.string(r.volume_string))].kube_node.clear();
      return true;
    }
    case RecordType::VolumeReleased:
      volumes_.erase(std::string(names_.string(decode<VolumeReleased>(record).volume_string)));
      return true;
    default:
      return false;
  }
}

bool Cursor::role_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::QuorumLeaderElected:
      controller_ = decode<QuorumLeaderElected>(record).node;
      return true;
    case RecordType::QuorumLeaderLost:
      controller_ = -1;
      return true;
    case RecordType::KafkaControllerElected:
      controller_ = decode<KafkaControllerElected>(record).node;
      return true;
    case RecordType::ZookeeperLeaderElected:
      zookeeper_leader_ = kZookeeperNode + decode<ZookeeperLeaderElected>(record).node;
      return true;
    case RecordType::ZookeeperQuorumLost:
      zookeeper_leader_ = -1;
      return true;
    case RecordType::MetadataVersionChanged:
      metadata_version_ =
          std::string(names_.string(decode<MetadataVersionChanged>(record).version_string));
      return true;
    case RecordType::ObjectWritten: {
      const auto r = decode<ObjectWritten>(record);
      if (r.kind == kKafkaKind) generation_ = r.generation;
      return true;
    }
    case RecordType::FaultInjected: {
      const auto r = decode<FaultInjected>(record);
      faults_[r.fault] = {r.fault_kind, std::string(record.text), record.at};
      return true;
    }
    case RecordType::FaultHealed:
      faults_.erase(decode<FaultHealed>(record).fault);
      return true;
    case RecordType::OperatorDefined: {
      const auto r = decode<OperatorDefined>(record);
      operators_[r.operator_index].profile = std::string(names_.string(r.profile_string));
      return true;
    }
    case RecordType::OperatorStarted:
      operators_[decode<OperatorStarted>(record).operator_index].running = true;
      return true;
    case RecordType::OperatorKilled:
      operators_[decode<OperatorKilled>(record).operator_index].running = false;
      return true;
    default:
      return false;
  }
}

}  // namespace twin::trace
