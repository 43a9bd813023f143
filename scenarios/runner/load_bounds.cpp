// How large a scenario may be: beyond that a run would take all memory of the machine it plays on
// long before it said anything. Kafka's own documentation goes to some 2,000,000 partitions for a
// cluster with KRaft (KIP-500); no cluster of Strimzi's has a thousand nodes.
#include "scenarios/runner/load_bounds.h"

#include <algorithm>

#include <fmt/format.h>

namespace twin::scenario {

namespace {

constexpr int64_t kPartitionsMax = 2'000'000;
constexpr int64_t kKafkaNodesMax = 1'000;
constexpr int64_t kKubeNodesMax = 10'000;

std::string of_kafka_nodes() {
  return fmt::format("at most {} Kafka nodes in all pools together", kKafkaNodesMax);
}

}  // namespace

bool too_many_nodes(int64_t kafka_nodes, const std::string& where, Problems& problems) {
  if (kafka_nodes <= kKafkaNodesMax) return false;
  problems.add(where, fmt::format("{} Kafka nodes are too many", kafka_nodes), of_kafka_nodes());
  return true;
}

int64_t kafka_nodes_of(const api::Object& object) {
  if (object.kind == api::Kind::kafka_node_pool) {
    return api::as<api::KafkaNodePool>(object).replicas;
  }
  if (object.kind != api::Kind::kafka) return 0;
  const auto& kafka = api::as<api::Kafka>(object);
  const int64_t servers = kafka.zookeeper ? kafka.zookeeper->replicas : 0;
  return kafka.replicas.value_or(0) + servers;
}

void check_partitions(const std::vector<TopicWorkload>& topics, Problems& problems) {
  int64_t partitions = 0;
  for (const TopicWorkload& topic : topics) {
    partitions += topic.partitions;
    if (partitions <= kPartitionsMax) continue;
    problems.add(topic.partitions_where, fmt::format("{} partitions are too many", partitions),
                 fmt::format("at most {} in all topics together", kPartitionsMax));
    return;
  }
}

void check_machines(const Draft& draft, const std::string& where, Problems& problems) {
  const Environment& environment = draft.scenario.environment;
  const int64_t zones = environment.zone_count;
  const int64_t machines = std::max<int64_t>(zones * std::max(1, draft.nodes_per_zone),
                                             static_cast<int64_t>(environment.nodes.size()));
  if (machines <= kKubeNodesMax) return;
  problems.add(where, fmt::format("{} nodes of Kubernetes are too many", machines),
               fmt::format("at most {} in all zones together", kKubeNodesMax));
}

void check_replicas(const std::vector<TopicWorkload>& topics,
                    const std::vector<std::shared_ptr<api::Object>>& objects, Problems& problems) {
  int64_t brokers = 0;
  for (const auto& object : objects) {
    if (object->kind == api::Kind::kafka) {
      brokers += api::as<api::Kafka>(*object).replicas.value_or(0);
    } else if (object->kind == api::Kind::kafka_node_pool) {
      const auto& pool = api::as<api::KafkaNodePool>(*object);
      brokers += pool.broker_role ? pool.replicas : 0;
    }
  }
  for (const TopicWorkload& topic : topics) {
    if (!topic.placement.empty() || topic.replication_factor <= brokers || brokers == 0) continue;
    problems.add(topic.replicas_where,
                 fmt::format("topic `{}` wants {} replicas, and there are {} brokers", topic.name,
                             topic.replication_factor, brokers),
                 fmt::format("at most {}", brokers));
  }
}

}  // namespace twin::scenario
