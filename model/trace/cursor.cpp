#include "model/trace/cursor.h"

#include <charconv>

#include "model/trace/decode.h"

namespace twin::trace {

namespace {

// N of "my-cluster-zookeeper-N", -1 of any other pod: Kubernetes does not know what a pod is.
int64_t zookeeper_server(std::string_view pod) {
  constexpr std::string_view kMark = "-zookeeper-";
  const size_t at = pod.rfind(kMark);
  if (at == pod.npos) return -1;
  const std::string_view digits = pod.substr(at + kMark.size());
  int64_t number = -1;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ptr == digits.data() + digits.size() ? number : -1;
}

}  // namespace

void Cursor::apply(const sim::Record& record) {
  now_ = record.at;
  names_.on_record(record);
  if (node_record(record)) return;
  if (pod_record(record)) return;
  if (partition_record(record)) return;
  if (isr_record(record)) return;
  if (machine_record(record)) return;
  role_record(record);
}

int64_t Cursor::node_of_pod(std::string_view pod) const {
  for (const auto& [id, view] : nodes_) {
    if (view.pod == pod) return id;
  }
  return -1;
}

const TopicView* Cursor::topic_of(int64_t partition) const {
  auto it = topic_of_first_.upper_bound(partition);
  if (it == topic_of_first_.begin()) return nullptr;
  const TopicView& topic = topics_.at((--it)->second);
  return partition < topic.first_partition + topic.partitions ? &topic : nullptr;
}

size_t Cursor::copy_bytes() const {
  constexpr size_t kNodeBytes = 512, kOtherBytes = 160;  // with their strings and map nodes
  return partitions_.size() * sizeof(PartitionView) + nodes_.size() * kNodeBytes +
         (topics_.size() * 2 + machines_.size() + volumes_.size() + moves_.size() +
          node_of_uid_.size() + names_.strings()) *
             kOtherBytes;
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
      view.shutting_down = view.loading_logs = view.registered = view.served = false;
      view.failed = false;
      view.waiting.clear();
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
    case RecordType::BrokerUnfenced: {
      NodeView& view = node(decode<BrokerUnfenced>(record).node, record);
      view.fenced = false;
      view.served = true;
      return true;
    }
    case RecordType::BrokerFenced:
      node(decode<BrokerFenced>(record).node, record).fenced = true;
      return true;
    case RecordType::TrafficChanged: {
      const auto r = decode<TrafficChanged>(record);
      NodeView& view = nodes_[r.node];
      view.produced = r.produced_bytes_per_s;
      view.replicated = r.replicated_bytes_per_s;
      view.sent = r.sent_bytes_per_s;
      return true;
    }
    case RecordType::ControlledShutdownStarted:
      node(decode<ControlledShutdownStarted>(record).node, record).shutting_down = true;
      return true;
    case RecordType::ProcessExited: {
      const auto r = decode<ProcessExited>(record);
      NodeView& view = node(r.node, record);
      view.running = view.loading_logs = view.shutting_down = false;
      view.failed = r.exit_how != static_cast<int64_t>(ExitHow::clean);
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
  NodeView* view = nullptr;
  switch (type_of(record)) {
    case RecordType::PodCreated: {
      const auto r = decode<PodCreated>(record);
      const std::string_view pod = names_.string(r.pod_string);
      const int64_t server = zookeeper_server(pod);
      const int64_t id = server >= 0 ? kZookeeperNode + server : r.node;
      if (id < 0) return true;
      view = &node(id, record);
      view->pod = std::string(pod);
      view->pod_uid = r.uid;
      view->pod_exists = true;
      view->pod_ready = view->pod_deleting = view->failed = false;
      view->kube_node.clear();
      view->waiting.clear();
      view->restarts = 0;
      node_of_uid_[r.uid] = id;
      return true;
    }
    case RecordType::PodScheduled: {
      const auto r = decode<PodScheduled>(record);
      view = node_of_uid(r.uid);
      if (view == nullptr) return true;
      view->kube_node = std::string(names_.string(r.kube_node_string));
      view->waiting.clear();
      break;
    }
    case RecordType::PodUnschedulable:
      if ((view = node_of_uid(decode<PodUnschedulable>(record).uid)) != nullptr) {
        view->waiting = std::string(record.text);
      }
      break;
    case RecordType::PodDeletionMarked:
      if ((view = node_of_uid(decode<PodDeletionMarked>(record).uid)) != nullptr) {
        view->pod_deleting = true;
      }
      break;
    case RecordType::PodRemoved: {
      const int64_t uid = decode<PodRemoved>(record).uid;
      view = node_of_uid(uid);
      if (view == nullptr || view->pod_uid != uid) return true;
      view->pod_exists = view->pod_ready = view->pod_deleting = false;
      break;
    }
    case RecordType::PodBecameReady:
      view = node_of_uid(decode<PodBecameReady>(record).uid);
      if (view != nullptr) view->pod_ready = true;
      break;
    case RecordType::PodBecameUnready:
      view = node_of_uid(decode<PodBecameUnready>(record).uid);
      if (view != nullptr) view->pod_ready = false;
      break;
    case RecordType::ContainerStarted: {
      const auto r = decode<ContainerStarted>(record);
      if ((view = node_of_uid(r.uid)) != nullptr) view->restarts = r.restarts;
      break;
    }
    case RecordType::ContainerWaiting: {
      const auto r = decode<ContainerWaiting>(record);
      view = node_of_uid(r.uid);
      if (view != nullptr) view->waiting = std::string(names_.string(r.reason_string));
      break;
    }
    default:
      return false;
  }
  if (view != nullptr) view->since = record.at;
  return true;
}

}  // namespace twin::trace
