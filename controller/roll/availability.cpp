#include "controller/roll/availability.h"

#include <map>

namespace twin::controller {

namespace {

std::string list_of(const api::NodeList& nodes, char open, char close) {
  std::string text(1, open);
  for (int i = 0; i < nodes.size; ++i) {
    text += (i == 0 ? "" : ",") + std::to_string(nodes[i].value);
  }
  return text + close;
}

}  // namespace

bool forbids(const api::PartitionDescription& partition, int32_t min_isr, api::NodeId broker) {
  if (partition.replicas.size <= min_isr) return false;
  if (partition.isr.size < min_isr) return partition.replicas.contains(broker);
  return partition.isr.size == min_isr && partition.isr.contains(broker);
}

std::string BlockingPartition::sentence(api::NodeId broker) const {
  const bool under = isr.size < min_isr;
  return topic + "/" + std::to_string(number) +
         (under ? " is already under-replicated (ISR=" : " will be under-replicated (ISR=") +
         list_of(isr, '{', '}') + ", replicas=" + list_of(replicas, '[', ']') +
         ", min.insync.replicas=" + std::to_string(min_isr) + ") if broker " +
         std::to_string(broker.value) + " is restarted.";
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
                       limit_of->second});
      if (found.size() >= limit) return found;
    }
  }
  return found;
}

}  // namespace twin::controller
