#include "scenarios/runner/preflight.h"

namespace twin::scenario {

namespace {

int64_t offline_partitions(const model::PartitionTable& table, const model::Topic& topic) {
  int64_t offline = 0;
  for (uint32_t i = 0; i < topic.partitions; ++i) {
    offline += table.partitions[topic.first + i].leader_slot < 0 ? 1 : 0;
  }
  return offline;
}

// The smallest ISR of the topic, and how many partitions have no slack above min.insync.replicas.
int64_t without_slack(const model::PartitionTable& table, const model::Topic& topic) {
  int64_t count = 0;
  for (uint32_t i = 0; i < topic.partitions; ++i) {
    const model::Partition& row = table.partitions[topic.first + i];
    count += row.isr_size() <= topic.min_isr ? 1 : 0;
  }
  return count;
}

}  // namespace

std::vector<std::string> preflight(const model::PartitionTable& table) {
  std::vector<std::string> findings;
  for (const model::Topic& topic : table.topics) {
    const std::string name = "topic " + topic.name + ": ";
    const std::string rf = std::to_string(topic.replication_factor);
    const std::string min = std::to_string(topic.min_isr);
    if (const int64_t offline = offline_partitions(table, topic); offline > 0) {
      findings.push_back(name + std::to_string(offline) + " of its partitions have no leader");
    }
    if (topic.replication_factor == 1) {
      findings.push_back(name + "replication factor 1, its partitions are unavailable while their "
                                "broker restarts");
    } else if (topic.replication_factor <= topic.min_isr) {
      findings.push_back(name + "replication factor " + rf + " is not above min.insync.replicas " +
                         min + ", acks=all stops while any of its brokers restarts");
    } else if (const int64_t tight = without_slack(table, topic); tight > 0) {
      findings.push_back(name + std::to_string(tight) + " of its partitions have no more than " +
                         min +
                         " replicas in sync, so a safe roller will not restart their brokers");
    }
  }
  return findings;
}

}  // namespace twin::scenario
