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

const KafkaReply* ask_any(Calls& calls, const std::string& key, const RollRequest& request,
                          const api::KafkaBody& body, const AskKafka& how) {
  const KafkaReply* last = nullptr;
  for (const RollNode& node : request.nodes) {
    if (node.zookeeper || !(how.controllers ? node.controller_role : node.broker_role)) continue;
    last = ask_node(calls, key + "@" + std::to_string(node.id.value), node.id, how.controllers,
                    body, how.timeout);
    if (last == nullptr) return nullptr;
    // Only a connection that was refused says that the next one may be asked without waiting.
    const Outcome outcome = last->meta.outcome;
    const bool nobody = outcome == Outcome::refused || outcome == Outcome::unknown ||
                        outcome == Outcome::unresolved;
    if (!nobody) return last;
  }
  return last;
}

Progress ask_topics(Calls& calls, const std::string& key, const RollRequest& request,
                    sim::Duration timeout, TopicView& view) {
  AskKafka how;
  how.timeout = timeout;
  const KafkaReply* topics =
      ask_any(calls, key + "/topics", request, api::DescribeTopicsRequest{}, how);
  if (topics == nullptr) return Progress::waiting();
  if (!topics->meta.ok()) {
    return Progress::failed("UnforceableProblem", "Error while describing topics: " +
                                                      topics->meta.message);
  }
  const KafkaReply* configs =
      ask_any(calls, key + "/configs", request, api::DescribeTopicConfigsRequest{}, how);
  if (configs == nullptr) return Progress::waiting();
  const auto* seen = std::get_if<api::DescribeTopicsReply>(&topics->body);
  const auto* limits = std::get_if<api::DescribeTopicConfigsReply>(&configs->body);
  if (!configs->meta.ok() || seen == nullptr || limits == nullptr) {
    return Progress::failed("UnforceableProblem", "Error while describing topic configurations: " +
                                                      configs->meta.message);
  }
  view.topics = seen->topics;
  view.configs = limits->configs;
  view.cites = {topics->meta.id, configs->meta.id};
  return Progress::done();
}

bool has_role(const api::Pod& pod, const char* label, bool otherwise) {
  const auto found = pod.metadata.labels.find(label);
  return found == pod.metadata.labels.end() ? otherwise : found->second == "true";
}

bool is_stuck(const api::Pod& pod) {
  if (pod.status.phase == api::PodPhase::pending) {
    const api::Condition* scheduled = api::find_condition(pod.status.conditions, "PodScheduled");
    if (scheduled != nullptr && scheduled->reason == "Unschedulable") return true;
  }
  for (const api::ContainerStatus& container : pod.status.containers) {
    for (const char* reason :
         {"CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating", "InvalidImageName"}) {
      if (container.waiting_reason == reason) return true;
    }
  }
  return false;
}

}  // namespace twin::controller
