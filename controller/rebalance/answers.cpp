#include "controller/rebalance/answers.h"

#include <algorithm>
#include <set>

#include "controller/rebalance/changes.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

namespace {

const api::DescribeLogDirsReply* dirs_of(const Answers& answers, api::NodeId broker) {
  for (const auto& [id, reply] : answers.log_dirs) {
    if (id == broker) return reply;
  }
  return nullptr;
}

void read_brokers(const Answers& answers, ClusterView& view) {
  std::map<api::NodeId, const api::BrokerDescription*> brokers;
  for (const auto& row : answers.topics->partitions) {
    for (const int32_t id : row.replicas) brokers[{id}] = nullptr;
  }
  for (const auto& broker : answers.cluster->brokers) brokers[broker.node] = &broker;
  for (const auto& [id, described] : brokers) {
    BrokerView& broker = view.brokers.emplace_back();
    broker.id = id;
    broker.live = described != nullptr && !described->fenced;
    if (described != nullptr) broker.rack = described->rack;
    const auto* dirs = dirs_of(answers, id);
    if (dirs == nullptr || dirs->dirs.empty()) continue;
    broker.log_dirs.clear();
    const auto capacity = answers.disk_capacity.find(id);
    for (size_t i = 0; i < dirs->dirs.size(); ++i) {
      LogDir dir;
      dir.path = dirs->dirs[i].path;
      if (capacity != answers.disk_capacity.end() && i < capacity->second.size()) {
        dir.capacity_bytes = capacity->second[i];
      }
      broker.log_dirs.push_back(std::move(dir));
    }
  }
}

// Where each copy lies, and how large it is.
struct Copy {
  uint8_t dir = 0;
  int64_t bytes = 0;
};
using Copies = std::map<std::pair<std::string, int32_t>, std::map<int32_t, Copy>>;

Copies copies_of(const Answers& answers) {
  Copies copies;
  for (const auto& [broker, reply] : answers.log_dirs) {
    if (reply == nullptr) continue;
    for (size_t i = 0; i < reply->dirs.size(); ++i) {
      for (const api::ReplicaSize& replica : reply->dirs[i].replicas) {
        copies[{replica.topic, replica.partition}][broker.value] = {static_cast<uint8_t>(i),
                                                                    replica.bytes};
      }
    }
  }
  return copies;
}

void read_partition(const ClusterView& view, const api::PartitionDescription& row,
                    const std::map<int32_t, Copy>* copies, PartitionView& out) {
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    const api::NodeId id = row.replicas[slot];
    const BrokerIndex broker = *view.find_broker(id);
    uint8_t dir = 0;
    if (copies != nullptr) {
      const auto copy = copies->find(id.value);
      if (copy != copies->end()) {
        dir = copy->second.dir;
        out.bytes = std::max(out.bytes, copy->second.bytes);
      }
    }
    out.replicas.push(broker, dir);
    if (row.isr.contains(id)) out.isr = static_cast<uint16_t>(out.isr | (1U << slot));
    if (row.leader == id.value) out.leader_slot = static_cast<int8_t>(slot);
  }
}

}  // namespace

ClusterView view_of(const Answers& answers) {
  TWIN_ASSERT(answers.cluster != nullptr && answers.topics != nullptr);
  ClusterView view;
  read_brokers(answers, view);
  const Copies copies = copies_of(answers);
  std::map<std::string_view, int32_t> min_isr;
  if (answers.configs != nullptr) {
    for (const auto& config : answers.configs->topics) {
      if (config.min_insync_replicas) min_isr[config.name] = *config.min_insync_replicas;
    }
  }
  for (const api::TopicDescription& topic : answers.topics->topics) {
    TopicView made;
    made.name = topic.name;
    made.first = static_cast<PartitionIndex>(view.partitions.size());
    made.partitions = topic.count;
    const auto min = min_isr.find(topic.name);
    if (min != min_isr.end()) made.min_isr = min->second;
    for (uint32_t i = 0; i < topic.count; ++i) {
      PartitionView& row = view.partitions.emplace_back();
      row.topic = static_cast<uint32_t>(view.topics.size());
      row.number = static_cast<int32_t>(i);
      const auto found = copies.find({topic.name, row.number});
      read_partition(view, answers.topics->partitions[topic.first + i],
                     found == copies.end() ? nullptr : &found->second, row);
    }
    view.topics.push_back(std::move(made));
  }
  return view;
}

void measure_inflow(const ClusterView& before, sim::Duration since, ClusterView& view) {
  if (since.ns <= 0) return;
  for (PartitionView& row : view.partitions) {
    const auto topic = before.find_topic(view.topics[row.topic].name);
    if (!topic || static_cast<uint32_t>(row.number) >= before.topics[*topic].partitions) continue;
    const PartitionView& was =
        before.partitions[before.topics[*topic].first + static_cast<PartitionIndex>(row.number)];
    const int64_t grown = std::max<int64_t>(0, row.bytes - was.bytes);
    row.inflow_bytes_per_s = sim::mul_div(grown, 1'000'000'000, since.ns);
  }
}

CopySizes copy_sizes(const Answers& answers) {
  CopySizes sizes;
  for (const auto& [partition, copies] : copies_of(answers)) {
    for (const auto& [broker, copy] : copies) sizes[partition][broker] = copy.bytes;
  }
  return sizes;
}

}  // namespace twin::controller::rebalance
