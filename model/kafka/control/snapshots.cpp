// The table as DescribeTopics and DescribeConfigs show it.
#include "model/kafka/control/partition_store.h"

namespace twin::model::control {

void PartitionStore::describe(PartitionIndex index, api::PartitionDescription& out) const {
  const Partition& row = table_.partitions[index];
  out.leader = row.leader().value;
  out.leader_epoch = row.leader_epoch;
  out.replicas = row.replicas;
  out.isr = nodes_of(row, row.isr);
  out.adding = nodes_of(row, row.adding);
  out.removing = nodes_of(row, row.removing);
}

void PartitionStore::rebuild_topics(api::TopicsSnapshot& snapshot) const {
  snapshot.topics.clear();
  for (const auto& [name, index] : by_name_) {
    const Topic& topic = table_.topics[index];
    snapshot.topics.push_back({name, topic.first, topic.partitions, topic.internal});
  }
  snapshot.partitions.grow(table_.partitions.size());
  for (PartitionIndex i = 0; i < table_.partitions.size(); ++i)
    describe(i, snapshot.partitions.edit(i));
}

// A snapshot that somebody still holds is never touched: the next one is a copy, which shares what
// did not change.
std::shared_ptr<const api::TopicsSnapshot> PartitionStore::topics_snapshot() {
  if (topics_ && !topics_stale_ && dirty_.empty()) return topics_;
  if (!topics_ || topics_stale_) {
    topics_ = std::make_shared<api::TopicsSnapshot>();
    rebuild_topics(*topics_);
  } else {
    if (topics_.use_count() > 1) topics_ = std::make_shared<api::TopicsSnapshot>(*topics_);
    for (const PartitionIndex index : dirty_) describe(index, topics_->partitions.edit(index));
  }
  dirty_.clear();
  topics_stale_ = false;
  return topics_;
}

std::shared_ptr<const api::TopicConfigsSnapshot> PartitionStore::configs_snapshot() {
  if (configs_) return configs_;
  configs_ = std::make_shared<api::TopicConfigsSnapshot>();
  for (const auto& [name, index] : by_name_) {
    const Topic& topic = table_.topics[index];
    configs_->topics.push_back({name, topic.min_isr, topic.configs});
  }
  return configs_;
}

}  // namespace twin::model::control
