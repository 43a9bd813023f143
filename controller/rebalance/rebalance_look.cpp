// What a rebalance reads of the cluster: its nodes from their pools, the rest from Kafka.
#include <algorithm>

#include "controller/client/any_broker.h"
#include "controller/client/retry.h"
#include "controller/rebalance/rebalance_task.h"

namespace twin::controller::rebalance {

namespace {

constexpr sim::Duration kAnswer{10'000'000'000};  // an Admin client's request.timeout.ms

std::vector<int64_t> capacity_of(const api::Storage& storage) {
  std::vector<int64_t> bytes;
  for (const api::StorageVolume& volume : storage.volumes) bytes.push_back(volume.size.value);
  return bytes;
}

}  // namespace

bool RebalanceTask::look_at_nodes(Calls& calls, Look& out) {
  const KubeReply* pools = retried(calls, "look/pools",
                                   list_request(api::Kind::kafka_node_pool, options_.namespace_name,
                                                {{api::strimzi::kCluster, cluster()}}));
  if (pools == nullptr) return false;
  if (!pools->meta.ok()) {
    out.trouble =
        "the node pools could not be read: " + std::string(outcome_name(pools->meta.outcome));
    return true;
  }
  out.cites.push_back(pools->meta.id);
  for (const api::ObjectPtr& item : pools->items) {
    const auto& pool = api::as<api::KafkaNodePool>(*item);
    for (const int32_t id : pool.node_ids) {
      if (pool.broker_role) out.nodes.brokers.push_back({id});
      if (pool.controller_role) out.nodes.controllers.push_back({id});
      if (pool.broker_role) out.nodes.disk_capacity[{id}] = capacity_of(pool.storage);
    }
  }
  std::sort(out.nodes.brokers.begin(), out.nodes.brokers.end());
  if (out.nodes.brokers.empty()) out.trouble = "the node pools of " + cluster() + " have no broker";
  return true;
}

// Whichever broker answers, lowest id first.
const KafkaReply* RebalanceTask::ask(Calls& calls, const std::string& key,
                                     const api::KafkaBody& body, const Look& look) {
  return ask_any(calls, key, body, look.nodes.brokers);
}

bool RebalanceTask::look_at_brokers(Calls& calls, bool throttles, Look& out) {
  bool all = true;
  for (const api::BrokerDescription& broker : out.answers.cluster->brokers) {
    if (broker.fenced) continue;
    KafkaRequest request;
    request.node = broker.node;
    request.timeout = kAnswer;
    request.body = api::DescribeLogDirsRequest{};
    const std::string id = std::to_string(broker.node.value);
    const KafkaReply* dirs = calls.kafka("look/dirs/" + id, request);
    request.body = api::DescribeBrokerConfigsRequest{broker.node};
    const KafkaReply* config = throttles ? calls.kafka("look/config/" + id, request) : nullptr;
    if (dirs == nullptr || (throttles && config == nullptr)) {
      all = false;
      continue;
    }
    const auto* sizes = std::get_if<api::DescribeLogDirsReply>(&dirs->body);
    if (!dirs->meta.ok() || sizes == nullptr) {
      out.trouble = "broker " + id + " does not say what its disks hold";
      continue;
    }
    out.answers.log_dirs.emplace_back(broker.node, sizes);
    out.cites.push_back(dirs->meta.id);
    if (!throttles) continue;
    const auto* entries = std::get_if<api::DescribeBrokerConfigsReply>(&config->body);
    if (!config->meta.ok() || entries == nullptr) {
      out.trouble = "broker " + id + " does not say how it is throttled";
      continue;
    }
    out.throttles.rates[broker.node.value] = rates_in(entries->entries);
    out.cites.push_back(config->meta.id);
  }
  return all;
}

// What clients feel. A broker that does not say is no trouble: its rate only stays.
bool RebalanceTask::look_at_metrics(Calls& calls, Look& out) {
  bool all = true, known = true;
  sim::Duration slowest{};
  for (const api::BrokerDescription& broker : out.answers.cluster->brokers) {
    if (broker.fenced) continue;
    KafkaRequest request;
    request.node = broker.node;
    request.timeout = kAnswer;
    request.body = api::BrokerMetricsRequest{};
    const KafkaReply* reply =
        calls.kafka("look/metrics/" + std::to_string(broker.node.value), request);
    all &= reply != nullptr;
    if (reply == nullptr) continue;
    const auto* says = std::get_if<api::BrokerMetricsReply>(&reply->body);
    known &= reply->meta.ok() && says != nullptr;
    if (!reply->meta.ok() || says == nullptr) continue;
    out.cites.push_back(reply->meta.id);
    slowest = std::max(slowest, says->produce_p99);
    out.consumer_lag = std::max(out.consumer_lag, says->consumer_lag);
  }
  if (known) out.produce_p99 = slowest;
  return all;
}

// False while waiting. Pointers in `out` are into the memo of `calls`.
bool RebalanceTask::look(Calls& calls, bool throttles, Look& out) {
  if (!look_at_nodes(calls, out)) return false;
  if (!out.trouble.empty()) return true;
  out.answers.disk_capacity = out.nodes.disk_capacity;
  const KafkaReply* cluster = ask(calls, "look/cluster", api::DescribeClusterRequest{true}, out);
  const KafkaReply* moving = ask(calls, "look/moving", api::ListReassignmentsRequest{}, out);
  const KafkaReply* topics = ask(calls, "look/topics", api::DescribeTopicsRequest{}, out);
  const KafkaReply* configs = ask(calls, "look/configs", api::DescribeTopicConfigsRequest{}, out);
  for (const KafkaReply* reply : {cluster, moving, topics, configs}) {
    if (reply == nullptr) return false;
  }
  for (const KafkaReply* reply : {cluster, moving, topics, configs}) {
    if (!reply->meta.ok()) {
      out.trouble = "no broker answers: " + std::string(outcome_name(reply->meta.outcome));
      return true;
    }
    out.cites.push_back(reply->meta.id);
  }
  out.answers.cluster = &std::get<api::DescribeClusterReply>(cluster->body);
  out.moving = std::get<api::ListReassignmentsReply>(moving->body).moves;
  out.answers.topics = std::get<api::DescribeTopicsReply>(topics->body).topics.get();
  out.answers.configs = std::get<api::DescribeTopicConfigsReply>(configs->body).configs.get();
  out.throttles.lists = lists_in(*out.answers.configs);
  const bool metrics = !throttles || !automatic() || look_at_metrics(calls, out);
  return look_at_brokers(calls, throttles, out) && metrics;
}

}  // namespace twin::controller::rebalance
