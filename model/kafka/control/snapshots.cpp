// The table as DescribeTopics and DescribeConfigs show it.
#include "model/kafka/control/partition_store.h"

namespace twin::model::control {

void PartitionStore::describe(const Partition& row, api::PartitionDescription& out) {
  out.leader = row.leader().value;
  out.leader_epoch = row.leader_epoch;
  out.replicas = row.replicas;
  out.isr = nodes_of(row, row.isr);
}

void PartitionStore::rebuild_topics(api::TopicsSnapshot& snapshot) const {
  snapshot.topics.clear();
  for (const auto& [name, index] : by_name_) {
    const Topic& topic = table_.topics[index];
    snapshot.topics.push_back({name, topic.first, topic.partitions, topic.internal});
  }
  snapshot.partitions.grow(table_.partitions.size());
  for (PartitionIndex i = 0; i < table_.partitions.size(); ++i)
    describe(table_.partitions[i], snapshot.partitions.edit(i));
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
    for (const PartitionIndex index : dirty_)
      describe(table_.partitions[index], topics_->partitions.edit(index));
  }
  dirty_.clear();
  topics_stale_ = false;
  return topics_;
}

// The present with every later change undone, the latest first.
std::shared_ptr<const api::TopicsSnapshot> PartitionStore::topics_as_of(sim::Time time) {
  std::shared_ptr<const api::TopicsSnapshot> present = topics_snapshot();
  if (past_.empty() || past_.back().changed <= time) return present;
  auto then = std::make_shared<api::TopicsSnapshot>(*present);
  for (auto past = past_.rbegin(); past != past_.rend() && past->changed > time; ++past) {
    describe(past->before, then->partitions.edit(past->index));
  }
  return then;
}

void PartitionStore::forget_before(sim::Time time) {
  while (!past_.empty() && past_.front().changed <= time) past_.pop_front();
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
