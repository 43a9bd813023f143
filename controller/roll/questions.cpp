#include "controller/roll/questions.h"

#include "controller/client/retry.h"

namespace twin::controller {

const KubeReply* ask_pod(Calls& calls, const std::string& key, const RollRequest& request,
                         const std::string& pod_name) {
  return calls.kube(key, get_request(api::Kind::pod, request.namespace_name, pod_name));
}

const KafkaReply* ask_node(Calls& calls, const std::string& key, api::NodeId node,
                           bool controller_listener, const api::KafkaBody& body,
                           sim::Duration timeout) {
  KafkaRequest request;
  request.node = node;
  request.controller_listener = controller_listener;
  request.timeout = timeout;
  request.body = body;
  return calls.kafka(key, request);
}

namespace {

// reconnect.backoff.max.ms: a client that found nobody waits so long.
constexpr sim::Duration kReconnect{1'000'000'000};
constexpr sim::Duration kRequestTimeout{10'000'000'000};

bool nobody_there(Outcome outcome) {
  return outcome == Outcome::refused || outcome == Outcome::unknown ||
         outcome == Outcome::unresolved;
}

sim::Duration shorter(sim::Duration a, sim::Duration b) { return a < b ? a : b; }

// What is left of `patience` since the key was first asked; {} when it is over.
sim::Duration patience_left(Calls& calls, const std::string& key, sim::Duration patience) {
  if (calls.elapsed(key, patience)) return {};
  return calls.asked_at(key) + patience - calls.now();
}

}  // namespace

const KafkaReply* ask_patiently(Calls& calls, const std::string& key, api::NodeId node,
                                bool controller_listener, const api::KafkaBody& body,
                                sim::Duration patience) {
  for (int round = 0;; ++round) {
    const std::string attempt = key + "#" + std::to_string(round);
    const sim::Duration left = patience_left(calls, key + "-since", patience);
    const KafkaReply* reply =
        ask_node(calls, attempt, node, controller_listener, body, shorter(kRequestTimeout, left));
    if (reply == nullptr) return nullptr;
    if (!nobody_there(reply->meta.outcome) || left.ns <= 0) return reply;
    if (!calls.elapsed(attempt + "-pause", shorter(kReconnect, left))) return nullptr;
  }
}

const KafkaReply* ask_any(Calls& calls, const std::string& key, const RollRequest& request,
                          const api::KafkaBody& body, const AskKafka& how) {
  const std::vector<RollNode>& nodes = who_answers(request);
  for (int round = 0;; ++round) {
    const KafkaReply* last = nullptr;
    const std::string attempt = key + "#" + std::to_string(round);
    const bool once = how.patience.ns <= 0;
    const auto left = [&] {
      return once ? how.timeout : patience_left(calls, key + "-since", how.patience);
    };
    for (size_t i = 0; i < nodes.size(); ++i) {
      const RollNode& node = nodes[(i + how.first) % nodes.size()];
      if (node.zookeeper || !(how.controllers ? node.controller_role : node.broker_role)) continue;
      last = ask_node(calls, attempt + "@" + std::to_string(node.id.value), node.id,
                      how.controllers, body, shorter(how.timeout, left()));
      if (last == nullptr || !nobody_there(last->meta.outcome)) return last;
    }
    if (once || last == nullptr || left().ns <= 0) return last;
    if (!calls.elapsed(attempt + "-pause", shorter(kReconnect, left()))) return nullptr;
  }
}

Progress ask_topics(Calls& calls, const std::string& key, const RollRequest& request,
                    const AskKafka& how, TopicView& view) {
  const KafkaReply* topics =
      ask_any(calls, key + "/topics", request, api::DescribeTopicsRequest{}, how);
  if (topics == nullptr) return Progress::waiting();
  if (!topics->meta.ok()) {
    view.failed = topics->meta;
    return Progress::failed("UnforceableProblem",
                            "Error while describing topics: " + topics->meta.message);
  }
  const KafkaReply* configs =
      ask_any(calls, key + "/configs", request, api::DescribeTopicConfigsRequest{}, how);
  if (configs == nullptr) return Progress::waiting();
  const auto* seen = std::get_if<api::DescribeTopicsReply>(&topics->body);
  const auto* limits = std::get_if<api::DescribeTopicConfigsReply>(&configs->body);
  if (!configs->meta.ok() || seen == nullptr || limits == nullptr) {
    view.failed = configs->meta;
    return Progress::failed("UnforceableProblem", "Error while describing topic configurations: " +
                                                      configs->meta.message);
  }
  view.topics = seen->topics;
  view.configs = limits->configs;
  view.cites = {topics->meta.id, configs->meta.id};
  view.metas = {topics->meta, configs->meta};
  return Progress::done();
}

const std::vector<RollNode>& who_answers(const RollRequest& request) {
  return request.cluster_nodes.empty() ? request.nodes : request.cluster_nodes;
}

bool has_role(const api::Pod& pod, const char* label, bool otherwise) {
  const auto found = pod.metadata.labels.find(label);
  return found == pod.metadata.labels.end() ? otherwise : found->second == "true";
}

bool is_stuck(const api::Pod& pod, bool invalid_image_name) {
  if (pod.status.phase == api::PodPhase::pending) {
    const api::Condition* scheduled = api::find_condition(pod.status.conditions, "PodScheduled");
    if (scheduled != nullptr && scheduled->status == "False" &&
        scheduled->reason == "Unschedulable") {
      return true;
    }
  }
  for (const api::ContainerStatus& container : pod.status.containers) {
    if (container.name != "kafka") continue;
    for (const char* reason : {"CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating"}) {
      if (container.waiting_reason == reason) return true;
    }
    if (invalid_image_name && container.waiting_reason == "InvalidImageName") return true;
  }
  return false;
}

}  // namespace twin::controller
