// From what brokers answer to the view that plans are made on. Sizes are those of DescribeLogDirs;
// a partition is as large as its largest copy. Kafka says nowhere how much producers write: two
// readings of the sizes, some seconds apart, do (less what retention deletes meanwhile). What
// consumers read is not known and taken for nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/rebalance/cluster_view.h"
#include "sim/time.h"

namespace twin::controller::rebalance {

// Each is the reply to its request; null or missing ones were not answered.
struct Answers {
  const api::DescribeClusterReply* cluster = nullptr;  // with fenced brokers
  const api::TopicsSnapshot* topics = nullptr;
  const api::TopicConfigsSnapshot* configs = nullptr;
  std::vector<std::pair<api::NodeId, const api::DescribeLogDirsReply*>> log_dirs;
  // Of each directory, in the order of the broker's log.dirs; from its claims.
  std::map<api::NodeId, std::vector<int64_t>> disk_capacity;
};

// A broker that holds replicas and is not registered is in the view, and not live.
// REQUIRES: cluster and topics.
ClusterView view_of(const Answers& answers);

// What producers write to each partition, from how much it grew since `before`.
void measure_inflow(const ClusterView& before, sim::Duration since, ClusterView& view);

// Bytes of one copy by topic, partition and broker.
using CopySizes = std::map<std::pair<std::string, int32_t>, std::map<int32_t, int64_t>>;
CopySizes copy_sizes(const Answers& answers);

}  // namespace twin::controller::rebalance
