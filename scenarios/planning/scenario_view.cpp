// What a planner sees of a scenario's cluster: the twin deploys it and places its topics as Kafka
// does; brokers, racks, leaders and in-sync replicas are then read from it, disks from its pools,
// sizes and rates from its workload.
#include <algorithm>
#include <map>

#include "controller/rebalance/changes.h"
#include "controller/reconcile/desired.h"
#include "scenarios/planning/plan_input.h"
#include "scenarios/runner/ask_broker.h"
#include "scenarios/runner/session.h"

namespace twin::scenario {

using namespace sim::literals;
using controller::rebalance::BrokerView;
using controller::rebalance::ClusterView;
using controller::rebalance::FewestLogs;
using controller::rebalance::LogDir;
using controller::rebalance::PartitionView;
using controller::rebalance::TopicView;

namespace {

// The storage of the pool that the broker's pod belongs to, or of the Kafka resource.
const api::Storage* storage_of(const model::World& world, const api::Kafka& kafka,
                               api::NodeId broker) {
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::pod)) {
    const std::string& name = object->metadata.name;
    const auto pool = object->metadata.labels.find(api::strimzi::kPoolName);
    const bool is_its_pod = name.ends_with("-" + std::to_string(broker.value));
    if (!is_its_pod || pool == object->metadata.labels.end()) continue;
    for (const api::ObjectPtr& each : world.kube.objects(api::Kind::kafka_node_pool)) {
      if (each->metadata.name == pool->second) return &api::as<api::KafkaNodePool>(*each).storage;
    }
  }
  return kafka.storage ? &*kafka.storage : nullptr;
}

std::vector<LogDir> log_dirs_of(const api::Storage& storage, api::NodeId broker) {
  std::vector<LogDir> dirs;
  const auto paths = controller::log_dirs_of(storage, std::to_string(broker.value));
  for (size_t i = 0; i < paths.size(); ++i) {
    dirs.push_back({paths[i], storage.volumes[i].size.value, 0});
  }
  return dirs;
}

std::vector<BrokerView> brokers_of(model::World& world, const api::Kafka& kafka) {
  std::vector<BrokerView> brokers;
  controller::KafkaReply reply;
  if (!ask_broker(world, api::DescribeClusterRequest{}, reply).empty()) return brokers;
  const auto* cluster = std::get_if<api::DescribeClusterReply>(&reply.body);
  if (cluster == nullptr) return brokers;
  for (const api::BrokerDescription& each : cluster->brokers) {
    BrokerView& broker = brokers.emplace_back();
    broker.id = each.node;
    broker.rack = each.rack;
    broker.live = !each.fenced;
    broker.nic_bytes_per_s = world.hardware.nic_bytes_per_s;
    if (const api::Storage* storage = storage_of(world, kafka, each.node)) {
      std::vector<LogDir> dirs = log_dirs_of(*storage, each.node);
      if (!dirs.empty()) broker.log_dirs = std::move(dirs);
    }
  }
  std::ranges::sort(brokers, {}, &BrokerView::id);
  return brokers;
}

struct Load {
  int64_t bytes = 0;
  int64_t inflow = 0;
  int64_t outflow = 0;
};

// Of one partition of the topic.
Load load_of(const Workload& workload, const std::string& topic, int64_t partitions) {
  Load load;
  for (const TopicWorkload& each : workload.topics) {
    if (each.name == topic) load.bytes = each.data_per_partition.value;
  }
  for (const model::ProducerSpec& producer : workload.producers) {
    if (producer.topic == topic) {
      load.inflow += producer.records_per_s * producer.record_bytes / partitions;
    }
  }
  for (const model::GroupSpec& group : workload.groups) {
    if (std::ranges::find(group.topics, topic) != group.topics.end()) load.outflow += load.inflow;
  }
  return load;
}

void read_partition(const ClusterView& view, const model::Partition& from, FewestLogs& fewest,
                    PartitionView& out) {
  for (int slot = 0; slot < from.replicas.size; ++slot) {
    const auto broker = view.find_broker(from.replicas[slot]);
    if (broker) out.replicas.push(*broker, fewest.place(*broker));
  }
  out.isr = from.isr;
  out.leader_slot = from.leader_slot;
}

// Topics go by name; directories are taken in the order in which the twin made the logs, which puts
// each where the fewest are (LogManager.nextLogDirs).
void read_topics(const model::PartitionTable& table, const Workload& workload, ClusterView& view) {
  FewestLogs fewest(view, {});
  std::vector<PartitionView> rows(table.partitions.size());
  for (size_t p = 0; p < rows.size(); ++p) {
    read_partition(view, table.partitions[p], fewest, rows[p]);
  }
  std::map<std::string, const model::Topic*> by_name;
  for (const model::Topic& topic : table.topics) by_name[topic.name] = &topic;
  for (const auto& [name, topic] : by_name) {
    TopicView made;
    made.name = name;
    made.first = static_cast<uint32_t>(view.partitions.size());
    made.partitions = topic->partitions;
    made.min_isr = topic->min_isr;
    const Load load = load_of(workload, name, topic->partitions);
    for (uint32_t i = 0; i < topic->partitions; ++i) {
      PartitionView row = rows[topic->first + i];
      row.topic = static_cast<uint32_t>(view.topics.size());
      row.number = static_cast<int32_t>(i);
      row.bytes = load.bytes;
      row.inflow_bytes_per_s = load.inflow;
      row.outflow_bytes_per_s = load.outflow;
      view.partitions.push_back(row);
    }
    view.topics.push_back(std::move(made));
  }
}

}  // namespace

Scenario without_steps(Scenario scenario) {
  scenario.steps.clear();
  scenario.settle = 1_s;
  scenario.time_max = 60_s;
  return scenario;
}

sim::Expected<PlanInput> view_of_scenario(Scenario scenario) {
  const Scenario deploys = without_steps(std::move(scenario));
  Session session(deploys, {});
  return view_of(session, deploys);
}

sim::Expected<PlanInput> view_of(Session& session, const Scenario& scenario) {
  const SessionEnd end = session.run();
  const auto kafka = session.kafka();
  if (!end.started || !kafka) {
    return sim::Error{scenario.file,
                      "its cluster is never Ready" + (end.detail.empty() ? "" : ": " + end.detail),
                      "a scenario whose cluster comes up; kafka-twin run shows why it does not"};
  }
  PlanInput input;
  input.file = scenario.file;
  input.name = kafka->metadata.name;
  input.view.brokers = brokers_of(session.world(), *kafka);
  read_topics(session.world().kafka.table(), scenario.workload, input.view);
  if (const auto good = input.view.check(); !good) return good.error();
  return input;
}

}  // namespace twin::scenario
