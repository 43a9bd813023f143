#include "scenarios/runner/preflight.h"

#include <cstdlib>

#include "controller/api/strimzi.h"

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

// Of the numbers that a topic asks for (an ISR is never larger than its replicas); "" when a broker
// may restart without anybody noticing.
std::string finding(int64_t replicas, int64_t min_isr) {
  if (replicas < min_isr) {
    return "replication factor " + std::to_string(replicas) + " is below min.insync.replicas " +
           std::to_string(min_isr) + ", acks=all never works, also while nothing restarts";
  }
  if (replicas == 1) {
    return "replication factor 1, its partitions are unavailable while their broker restarts";
  }
  if (replicas <= min_isr) {
    return "replication factor " + std::to_string(replicas) + " is not above min.insync.replicas " +
           std::to_string(min_isr) + ", acks=all stops while any of its brokers restarts";
  }
  return {};
}

}  // namespace

std::vector<std::string> preflight(const Scenario& scenario) {
  const std::string* of_brokers = nullptr;
  for (const auto& object : scenario.objects) {
    if (object->kind != api::Kind::kafka) continue;
    of_brokers = api::find_config(api::as<api::Kafka>(*object).config, "min.insync.replicas");
  }
  std::vector<std::string> findings;
  for (const TopicWorkload& topic : scenario.workload.topics) {
    const std::string* own = api::find_config(topic.config, "min.insync.replicas");
    const std::string* text = own != nullptr ? own : of_brokers;
    const int64_t min_isr = text != nullptr ? std::atoi(text->c_str()) : 1;
    const std::string found = finding(topic.replication_factor, min_isr);
    if (!found.empty()) findings.push_back("topic " + topic.name + ": " + found);
  }
  return findings;
}

std::vector<std::string> preflight(const model::PartitionTable& table) {
  std::vector<std::string> findings;
  for (const model::Topic& topic : table.topics) {
    const std::string name = "topic " + topic.name + ": ";
    if (const int64_t offline = offline_partitions(table, topic); offline > 0) {
      findings.push_back(name + std::to_string(offline) + " of its partitions have no leader");
    }
    const std::string found = finding(topic.replication_factor, topic.min_isr);
    if (!found.empty()) {
      findings.push_back(name + found);
    } else if (const int64_t tight = without_slack(table, topic); tight > 0) {
      findings.push_back(name + std::to_string(tight) + " of its partitions have no more than " +
                         std::to_string(topic.min_isr) +
                         " replicas in sync, so a safe roller will not restart their brokers");
    }
  }
  return findings;
}

}  // namespace twin::scenario
