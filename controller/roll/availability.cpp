#include "controller/roll/availability.h"

#include <algorithm>
#include <map>

namespace twin::controller {

namespace {

std::string list_of(const std::vector<int32_t>& nodes) {
  std::string text;
  for (const int32_t node : nodes) text += (text.empty() ? "" : ",") + std::to_string(node);
  return text;
}

// Replicas stand in the order of preference; Strimzi prints the ISR as a set.
std::vector<int32_t> ids_of(const api::NodeList& nodes) {
  std::vector<int32_t> ids;
  for (int i = 0; i < nodes.size; ++i) ids.push_back(nodes[i].value);
  return ids;
}

}  // namespace

bool forbids(const api::PartitionDescription& partition, int32_t min_isr, api::NodeId broker) {
  if (partition.replicas.size <= min_isr) return false;
  if (partition.isr.size < min_isr) return partition.replicas.contains(broker);
  return partition.isr.size == min_isr && partition.isr.contains(broker);
}

api::NodeList isr_after_move(const MovingPartition& partition) {
  api::NodeList isr;
  for (const int32_t id : partition.replicas) {
    const bool in = partition.isr.contains({id}) || partition.adding.contains({id});
    if (in && !partition.removing.contains({id})) isr.push({id});
  }
  return isr;
}

bool forbids_when_moved(const MovingPartition& partition, int32_t min_isr, api::NodeId broker) {
  if (partition.adding.size == 0 && partition.removing.size == 0) return false;
  api::PartitionDescription moved;
  for (const int32_t id : partition.replicas) {
    if (!partition.removing.contains({id})) moved.replicas.push({id});
  }
  moved.isr = isr_after_move(partition);
  return moved.isr.contains(broker) && forbids(moved, min_isr, broker);
}

std::string BlockingPartition::sentence(api::NodeId broker) const {
  const bool under = isr.size < min_isr;
  std::vector<int32_t> in_sync = ids_of(isr);
  std::sort(in_sync.begin(), in_sync.end());
  const std::string id = std::to_string(broker.value);
  if (when_moved) {
    return topic + "/" + std::to_string(number) + " is being reassigned (replicas=[" +
           list_of(ids_of(replicas)) + "]): the move may end at any moment, its ISR is then {" +
           list_of(in_sync) + "}, and min.insync.replicas=" + std::to_string(min_isr) +
           " would not hold while broker " + id + " is restarted.";
  }
  const std::string state = topic + "/" + std::to_string(number) +
                            (under ? " is already" : " will be") + " under-replicated (ISR={" +
                            list_of(in_sync) + "}, replicas=[" + list_of(ids_of(replicas)) +
                            "], min.insync.replicas=" + std::to_string(min_isr) + ")";
  if (!under) return state + " if broker " + id + " is restarted.";
  return state + "; broker " + id +
         (isr.contains(broker)
              ? " is in the ISR, so should not be restarted right now (it would impact consumers)."
              : " has a replica, so should not be restarted right now (it might be first to catch "
                "up).");
}

std::vector<BlockingPartition> blocking_partitions(const api::TopicsSnapshot& topics,
                                                   const api::TopicConfigsSnapshot& configs,
                                                   api::NodeId broker, size_t limit) {
  std::map<std::string_view, int32_t> min_isr;
  for (const api::TopicConfigDescription& config : configs.topics) {
    if (config.min_insync_replicas) min_isr[config.name] = *config.min_insync_replicas;
  }
  std::vector<BlockingPartition> found;
  for (const api::TopicDescription& topic : topics.topics) {
    const auto limit_of = min_isr.find(topic.name);
    if (limit_of == min_isr.end()) continue;
    for (uint32_t i = 0; i < topic.count; ++i) {
      const api::PartitionDescription& partition = topics.partitions[topic.first + i];
      if (!forbids(partition, limit_of->second, broker)) continue;
      found.push_back({topic.name, static_cast<int32_t>(i), partition.replicas, partition.isr,
                       limit_of->second, false});
      if (found.size() >= limit) return found;
    }
  }
  return found;
}

}  // namespace twin::controller
