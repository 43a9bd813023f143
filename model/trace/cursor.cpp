#include "model/trace/cursor.h"

#include <bit>

#include "model/trace/decode.h"

namespace twin::trace {

namespace {
constexpr int64_t kMaxPartitions = int64_t{1}
                                   << 24;  // a corrupt index must not allocate the machine
}  // namespace

bool PartitionView::in_isr(int64_t node) const {
  for (size_t i = 0; i < replicas.size(); ++i) {
    if (replicas[i] == node) return ((isr_mask >> i) & 1) != 0;
  }
  return false;
}

bool PartitionView::under_replicated() const {
  return static_cast<size_t>(std::popcount(isr_mask)) < replicas.size();
}

void Cursor::apply(const sim::Record& record) {
  now_ = record.at;
  names_.on_record(record);
  if (node_record(record)) return;
  if (pod_record(record)) return;
  partition_record(record);
}

int64_t Cursor::node_of_pod(std::string_view pod) const {
  for (const auto& [id, view] : nodes_) {
    if (view.pod == pod) return id;
  }
  return -1;
}

NodeView& Cursor::node(int64_t id, const sim::Record& record) {
  NodeView& view = nodes_[id];
  view.since = record.at;
  return view;
}

bool Cursor::node_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::NodeDefined: {
      const auto r = decode<NodeDefined>(record);
      node(r.node, record).roles = r.roles;
      return true;
    }
    case RecordType::ProcessStarted: {
      const auto r = decode<ProcessStarted>(record);
      NodeView& view = node(r.node, record);
      view.running = true;
      view.shutting_down = view.loading_logs = view.registered = false;
      view.version = std::string(names_.string(r.version_string));
      return true;
    }
    case RecordType::LogLoadStarted:
      node(decode<LogLoadStarted>(record).node, record).loading_logs = true;
      return true;
    case RecordType::LogLoadFinished:
      node(decode<LogLoadFinished>(record).node, record).loading_logs = false;
      return true;
    case RecordType::BrokerRegistered:
      node(decode<BrokerRegistered>(record).node, record).registered = true;
      return true;
    case RecordType::BrokerUnfenced:
      node(decode<BrokerUnfenced>(record).node, record).fenced = false;
      return true;
    case RecordType::BrokerFenced:
      node(decode<BrokerFenced>(record).node, record).fenced = true;
      return true;
    case RecordType::ControlledShutdownStarted:
      node(decode<ControlledShutdownStarted>(record).node, record).shutting_down = true;
      return true;
    case RecordType::ProcessExited: {
      NodeView& view = node(decode<ProcessExited>(record).node, record);
      view.running = view.loading_logs = view.shutting_down = false;
      return true;
    }
    default:
      return false;
  }
}

NodeView* Cursor::node_of_uid(int64_t uid) {
  const auto found = node_of_uid_.find(uid);
  return found == node_of_uid_.end() ? nullptr : &nodes_[found->second];
}

bool Cursor::pod_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::PodCreated: {
      const auto r = decode<PodCreated>(record);
      if (r.node < 0) return true;
      NodeView& view = node(r.node, record);
      view.pod = std::string(names_.string(r.pod_string));
      view.pod_uid = r.uid;
      view.pod_exists = true;
      view.pod_ready = view.pod_deleting = false;
      node_of_uid_[r.uid] = r.node;
      return true;
    }
    case RecordType::PodDeletionMarked:
      if (NodeView* view = node_of_uid(decode<PodDeletionMarked>(record).uid)) {
        view->pod_deleting = true;
        view->since = record.at;
      }
      return true;
    case RecordType::PodRemoved: {
      const int64_t uid = decode<PodRemoved>(record).uid;
      if (NodeView* view = node_of_uid(uid); view != nullptr && view->pod_uid == uid) {
        view->pod_exists = view->pod_ready = view->pod_deleting = false;
        view->since = record.at;
      }
      return true;
    }
    case RecordType::PodBecameReady:
      if (NodeView* view = node_of_uid(decode<PodBecameReady>(record).uid)) view->pod_ready = true;
      return true;
    case RecordType::PodBecameUnready:
      if (NodeView* view = node_of_uid(decode<PodBecameUnready>(record).uid)) {
        view->pod_ready = false;
      }
      return true;
    default:
      return false;
  }
}

PartitionView* Cursor::partition(int64_t index) {
  if (index < 0 || index >= kMaxPartitions) return nullptr;
  if (static_cast<size_t>(index) >= partitions_.size()) {
    partitions_.resize(static_cast<size_t>(index) + 1);
  }
  return &partitions_[static_cast<size_t>(index)];
}

void Cursor::set_isr(int64_t index, int64_t broker, bool in) {
  PartitionView* view = partition(index);
  if (view == nullptr) return;
  for (size_t i = 0; i < view->replicas.size() && i < 64; ++i) {
    if (view->replicas[i] != broker) continue;
    const uint64_t bit = uint64_t{1} << i;
    view->isr_mask = in ? view->isr_mask | bit : view->isr_mask & ~bit;
  }
}

bool Cursor::partition_record(const sim::Record& record) {
  switch (type_of(record)) {
    case RecordType::PartitionPlaced: {
      const auto r = decode<PartitionPlaced>(record);
      if (PartitionView* view = partition(r.partition)) {
        const auto tail = tail_of<PartitionPlaced>(record);
        view->replicas.assign(tail.begin(), tail.end());
        view->isr_mask = static_cast<uint64_t>(r.isr_mask);
        view->leader = r.leader;
      }
      return true;
    }
    case RecordType::ReplicasChanged: {
      const auto r = decode<ReplicasChanged>(record);
      const auto tail = tail_of<ReplicasChanged>(record);
      PartitionView* view = partition(r.partition);
      if (view != nullptr && r.before >= 0 && static_cast<size_t>(r.before) <= tail.size()) {
        view->replicas.assign(tail.begin() + r.before, tail.end());
        view->isr_mask = static_cast<uint64_t>(r.isr_mask);
      }
      return true;
    }
    case RecordType::LeaderElected: {
      const auto r = decode<LeaderElected>(record);
      if (PartitionView* view = partition(r.partition)) view->leader = r.leader;
      return true;
    }
    case RecordType::PartitionWentOffline:
      if (auto* view = partition(decode<PartitionWentOffline>(record).partition)) view->leader = -1;
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

}  // namespace twin::trace
