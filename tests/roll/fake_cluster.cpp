#include "tests/roll/fake_cluster.h"

#include <algorithm>

#include "controller/api/kube.h"
#include "controller/api/strimzi.h"
#include "sim/assert.h"

namespace twin::roll_test {

namespace {

using namespace sim::literals;

constexpr sim::Duration kStops = 500_ms;    // deleted to gone
constexpr sim::Duration kStarts = 1500_ms;  // gone to Ready
constexpr sim::Duration kApi = 8_ms;
constexpr sim::Duration kKafka = 10_ms;

std::string pod_name(int id) { return "c-" + std::to_string(id); }

api::NodeList list_of(const std::vector<int>& ids) {
  api::NodeList list;
  for (const int id : ids) list.push({id});
  return list;
}

bool strikes(int& left) {
  if (left == 0) return false;
  if (left > 0) --left;
  return true;
}

class Revision : public RestartPredicate {
 public:
  std::vector<std::string> reasons(const api::Pod& pod, const RollNode&) const override {
    const auto found = pod.metadata.annotations.find("old");
    if (found == pod.metadata.annotations.end()) return {};
    return {"PodHasOldRevision"};
  }
};

}  // namespace

FakeNode& FakeCluster::node(int id) {
  for (FakeNode& each : nodes) {
    if (each.id == id) return each;
  }
  TWIN_ASSERT_MSG(false, "no such node");
  return nodes.front();
}

RollRequest FakeCluster::request() const {
  RollRequest request;
  request.namespace_name = "kafka";
  request.cluster = "c";
  request.kafka_version = "4.0.0";
  request.predicate = std::make_shared<Revision>();
  request.batch = batch;
  for (const FakeNode& node : nodes) {
    request.nodes.push_back({{node.id}, pod_name(node.id), node.broker, node.controller, false});
    api::ServerConfig config;
    if (!desired_key.empty()) config.emplace_back(desired_key, desired_value);
    request.desired_config.push_back(config);
  }
  return request;
}

Progress FakeCluster::roll(const std::string& profile, sim::Duration limit) {
  Calls calls(*this);
  const auto roller = make_roller(profile, request());
  const sim::Time end = now_ + limit;
  for (;;) {
    const Progress progress = roller->step(calls);
    if (!progress.is_waiting()) return progress;
    if (at_.empty() || at_.begin()->first > end) return progress;
    auto due = at_.extract(at_.begin());
    now_ = std::max(now_, due.key());
    for (const auto& action : due.mapped()) {
      if (action) action(calls);
    }
  }
}

// Moves a node on to what it is by now.
void FakeCluster::settle(FakeNode& node) {
  if (node.gone_at <= now_) {
    ++node.uid;
    node.gone_at = sim::kNever;
    node.old_revision = node.stays_old;
    node.ready = false;
    node.waiting.clear();
    node.unschedulable = false;
    restarted_once_[node.id] = true;
    if (node.ready_after_restart) node.ready_at = now_ + kStarts;
  }
  if (node.ready_at <= now_) node.ready = true;
}

api::ObjectPtr FakeCluster::pod_of(FakeNode& node) {
  settle(node);
  auto pod = std::make_shared<api::Pod>();
  pod->metadata.name = pod_name(node.id);
  pod->metadata.namespace_name = "kafka";
  pod->metadata.uid = {static_cast<uint64_t>(node.id) * 1000 + node.uid};
  pod->metadata.labels[api::strimzi::kCluster] = "c";
  pod->metadata.labels[api::strimzi::kBrokerRole] = node.broker ? "true" : "false";
  pod->metadata.labels[api::strimzi::kControllerRole] = node.controller ? "true" : "false";
  if (node.old_revision) pod->metadata.annotations["old"] = "true";
  if (node.gone_at != sim::kNever) pod->metadata.deletion_time = now_;
  pod->status.phase = node.unschedulable ? api::PodPhase::pending : api::PodPhase::running;
  pod->status.conditions = {{"Ready", node.ready ? "True" : "False", "", "", {}}};
  if (node.unschedulable) {
    pod->status.conditions.push_back({"PodScheduled", "False", "Unschedulable", "", {}});
  }
  api::ContainerStatus container;
  container.name = "kafka";
  container.ready = node.ready;
  container.waiting_reason = node.waiting;
  pod->status.containers = {container};
  return pod;
}

KubeReply FakeCluster::answer(const KubeRequest& request) {
  KubeReply reply;
  reply.meta.outcome = Outcome::ok;
  if (request.verb == Verb::list) {
    for (FakeNode& node : nodes) {
      if (!node.missing) reply.items.push_back(pod_of(node));
    }
    return reply;
  }
  if (request.kind != api::Kind::pod) return reply;
  FakeNode& node = this->node(std::stoi(request.name.substr(2)));
  if (node.missing) {
    reply.meta.outcome = Outcome::not_found;
    return reply;
  }
  const bool deletes = request.verb == Verb::remove;
  const bool spared = !deletes && node.gets_before_errors > 0;
  if (spared) --node.gets_before_errors;
  if (!spared && strikes(deletes ? node.delete_errors : node.get_errors)) {
    reply.meta.outcome = Outcome::forbidden;
    return reply;
  }
  reply.object = pod_of(node);
  if (!deletes) return reply;
  if (request.uid.valid() && request.uid != reply.object->metadata.uid) {
    reply.meta.outcome = Outcome::conflict;
    return reply;
  }
  restarted.push_back(node.id);
  if (last_deletion_ != now_) batches.emplace_back();
  last_deletion_ = now_;
  batches.back().push_back(node.id);
  node.ready = false;
  node.ready_at = sim::kNever;
  if (node.goes_away) node.gone_at = now_ + kStops;
  return reply;
}

CallId FakeCluster::call(KubeRequest request) {
  if (const auto* event = api::as<api::KubeEvent>(request.object)) events.push_back(event->reason);
  const CallId id{next_call_++};
  const sim::Time asked = now_;
  at_[now_ + kApi].push_back([this, id, asked, request](Calls& calls) {
    KubeReply reply = answer(request);
    reply.meta.id = id;
    reply.meta.asked = asked;
    reply.meta.answered = reply.meta.as_of = now_;
    calls.deliver(reply);
  });
  return id;
}

api::KafkaReplyBody FakeCluster::topics_reply() const {
  auto snapshot = std::make_shared<api::TopicsSnapshot>();
  for (const FakeTopic& topic : topics) {
    const auto first = static_cast<uint32_t>(snapshot->topics.size());
    snapshot->topics.push_back({topic.name, first, 1, false});
    snapshot->partitions.grow(first + 1);
    api::PartitionDescription& partition = snapshot->partitions.edit(first);
    partition.replicas = list_of(topic.replicas);
    partition.isr = list_of(topic.until <= now_ ? topic.replicas : topic.isr);
    partition.leader = topic.isr.empty() ? -1 : topic.isr.front();
  }
  return api::DescribeTopicsReply{snapshot};
}

api::KafkaReplyBody FakeCluster::quorum_reply() const {
  api::DescribeQuorumReply reply;
  const int active = leader_changes <= now_ ? later_leader : leader;
  if (active >= 0) reply.leader = {active};
  for (const FakeNode& node : nodes) {
    if (!node.controller) continue;
    api::QuorumVoter voter;
    voter.node = {node.id};
    if (node.caught_up) voter.last_caught_up = sim::Time{} + 1_h;
    reply.voters.push_back(voter);
  }
  return reply;
}

KafkaReply FakeCluster::answer(const KafkaRequest& request, sim::Duration& after) {
  KafkaReply reply;
  reply.node = request.node;
  reply.meta.outcome = Outcome::ok;
  if (unresolved || (unresolved_brokers && !request.controller_listener)) {
    reply.meta.outcome = Outcome::unresolved;
    return reply;
  }
  FakeNode& node = this->node(request.node.value);
  settle(node);
  const bool asks_agent = std::holds_alternative<api::AgentStateRequest>(request.body);
  const bool describes = std::holds_alternative<api::DescribeBrokerConfigsRequest>(request.body);
  const bool alters_it = std::holds_alternative<api::IncrementalAlterConfigsRequest>(request.body);
  const bool asks_versions = std::holds_alternative<api::DescribeFeaturesRequest>(request.body);
  if (kafka_unknown || (asks_versions && node.silent) || (asks_agent && node.broker_state < 0) ||
      (describes && strikes(node.describe_errors))) {
    reply.meta.outcome = Outcome::unknown;
    after = request.timeout;
    return reply;
  }
  if (asks_agent) {
    reply.body = api::AgentStateReply{node.broker_state, 3, 7};
  } else if (describes) {
    api::DescribeBrokerConfigsReply configs;
    if (!desired_key.empty() && restarted_once_[node.id] && restart_takes_config) {
      configs.entries.push_back({desired_key, desired_value, api::ConfigSource::static_broker});
    }
    reply.body = configs;
  } else if (alters_it) {
    if (strikes(node.alter_errors)) {
      reply.meta.outcome = Outcome::invalid;
      reply.meta.kafka_error = node.alter_error;
      reply.meta.message = "not that";
    } else {
      ++alters;
      restarted_once_[node.id] = true;  // it runs with it from now on
    }
  } else if (std::holds_alternative<api::DescribeQuorumRequest>(request.body)) {
    const int asked = quorum_asked++;
    if (std::find(quorum_errors.begin(), quorum_errors.end(), asked) != quorum_errors.end()) {
      reply.meta.outcome = Outcome::server_error;
    }
    reply.body = quorum_reply();
  } else if (std::holds_alternative<api::DescribeTopicsRequest>(request.body)) {
    if (topics_fail) reply.meta.outcome = Outcome::server_error;
    reply.body = topics_reply();
  } else if (std::holds_alternative<api::ListReassignmentsRequest>(request.body)) {
    if (topics_fail) reply.meta.outcome = Outcome::server_error;
    reply.body = api::ListReassignmentsReply{moving};
  } else if (std::holds_alternative<api::DescribeTopicConfigsRequest>(request.body)) {
    auto configs = std::make_shared<api::TopicConfigsSnapshot>();
    for (const FakeTopic& topic : topics)
      configs->topics.push_back({topic.name, topic.min_isr, {}});
    reply.body = api::DescribeTopicConfigsReply{configs};
  } else {
    api::DescribeClusterReply cluster;
    for (const FakeNode& each : nodes) {
      const auto rack = racks.find(each.id);
      if (!each.broker) continue;
      cluster.brokers.push_back({{each.id}, rack == racks.end() ? "" : rack->second, !each.ready});
    }
    reply.body = cluster;
  }
  return reply;
}

CallId FakeCluster::call(KafkaRequest request) {
  const CallId id{next_call_++};
  const sim::Time asked = now_;
  sim::Duration after = kKafka;
  // Answered as things are now; a request that nobody answers ends with its time-out.
  KafkaReply reply = answer(request, after);
  reply.meta.id = id;
  reply.meta.asked = asked;
  reply.meta.as_of = now_ - kafka_age;
  at_[now_ + after].push_back([this, reply](Calls& calls) mutable {
    reply.meta.answered = now_;
    calls.deliver(reply);
  });
  return id;
}

}  // namespace twin::roll_test
