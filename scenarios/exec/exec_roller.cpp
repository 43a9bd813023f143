#include "scenarios/exec/exec_roller.h"

#include <algorithm>
#include <variant>

#include "controller/api/strimzi.h"
#include "controller/client/retry.h"
#include "controller/config/kafka_config.h"

namespace twin::exec {

using controller::Calls;
using controller::KafkaReply;
using controller::KubeReply;
using controller::Progress;
using controller::RollNode;

namespace {

constexpr sim::Duration kAnswer{10'000'000'000};  // an Admin client's request.timeout.ms

}  // namespace

ExecRoller::ExecRoller(const std::string& command, controller::RollRequest request)
    : command_(command),
      request_(std::move(request)),
      program_(std::make_unique<Program>(command)) {}

std::vector<std::string> ExecRoller::pending() const {
  if (!said_.empty()) return {said_};
  return {"the program exec:" + command_ + " is not done"};
}

void ExecRoller::cite(const controller::ReplyMeta& meta, const std::string& what,
                      Observation& seen) {
  if (meta.ok()) {
    cites_.push_back(meta.id);
  } else {
    seen.unanswered.push_back(what + ": " + std::string(controller::outcome_name(meta.outcome)));
  }
}

bool ExecRoller::look_at_pods(Calls& calls, Observation& seen) {
  const KubeReply* reply = calls.kube(
      "look/pods", controller::list_request(api::Kind::pod, request_.namespace_name,
                                            {{api::strimzi::kCluster, request_.cluster}}));
  if (reply == nullptr) return false;
  cite(reply->meta, "pods", seen);
  for (const RollNode& node : request_.nodes) {
    SeenNode one{&node, nullptr, {}};
    for (const api::ObjectPtr& item : reply->items) {
      if (item->metadata.name == node.pod_name) one.pod = api::as<api::Pod>(item);
    }
    if (one.pod != nullptr && !api::is_terminating(*one.pod)) {
      one.reasons = request_.predicate->reasons(*one.pod, node);
    }
    seen.nodes.push_back(std::move(one));
  }
  return true;
}

bool ExecRoller::look_at_configs(Calls& calls, Observation& seen) {
  if (!request_.allow_reconfiguration || request_.desired_config.empty()) return true;
  bool all = true;
  for (size_t i = 0; i < seen.nodes.size(); ++i) {
    SeenNode& one = seen.nodes[i];
    const RollNode& node = *one.node;
    const bool asks = one.pod != nullptr && api::is_ready(*one.pod) && one.reasons.empty();
    if (!asks || node.zookeeper) continue;
    const KafkaReply* reply =
        controller::ask_node(calls, "look/config/" + node.pod_name, node.id, !node.broker_role,
                             api::DescribeBrokerConfigsRequest{node.id}, kAnswer);
    if (reply == nullptr) {
      all = false;
      continue;
    }
    cite(reply->meta, "configuration of " + node.pod_name, seen);
    const auto* body = std::get_if<api::DescribeBrokerConfigsReply>(&reply->body);
    if (!reply->meta.ok() || body == nullptr) continue;
    const auto diff = controller::config::diff(
        request_.desired_config[i], body->entries,
        {request_.kafka_version, node.broker_role, node.controller_role, true, true, true});
    // Whatever differs takes a restart here: programs change nothing while it runs.
    if (!diff.empty()) one.reasons.push_back("ConfigChangeRequiresRestart");
  }
  return all;
}

bool ExecRoller::look_at_kafka(Calls& calls, Observation& seen) {
  bool controllers = false, brokers = false, all = true;
  for (const RollNode& node : request_.nodes) {
    controllers |= node.controller_role;
    brokers |= node.broker_role && !node.zookeeper;
  }
  controller::AskKafka how;
  how.timeout = kAnswer;
  how.controllers = true;
  if (controllers) {
    const KafkaReply* reply =
        controller::ask_any(calls, "look/quorum", request_, api::DescribeQuorumRequest{}, how);
    all &= reply != nullptr;
    if (reply != nullptr) {
      cite(reply->meta, "quorum", seen);
      const auto* body = std::get_if<api::DescribeQuorumReply>(&reply->body);
      if (reply->meta.ok() && body != nullptr) seen.quorum = *body;
    }
  }
  if (!brokers) return all;
  how.controllers = false;
  const KafkaReply* cluster =
      controller::ask_any(calls, "look/cluster", request_, api::DescribeClusterRequest{true}, how);
  controller::TopicView view;
  const Progress topics = controller::ask_topics(calls, "look", request_, how, view);
  if (cluster == nullptr || topics.is_waiting()) return false;
  cite(cluster->meta, "brokers", seen);
  const auto* body = std::get_if<api::DescribeClusterReply>(&cluster->body);
  if (cluster->meta.ok() && body != nullptr) seen.brokers = *body;
  if (topics.is_failed()) {
    cite(view.failed, "partitions", seen);
    return all;
  }
  for (const controller::ReplyMeta& meta : view.metas) cite(meta, "partitions", seen);
  seen.topics = std::move(view);
  return all;
}

bool ExecRoller::look(Calls& calls, Observation& seen) {
  seen.now = calls.now();
  seen.cluster = request_.cluster;
  cites_.clear();
  if (!look_at_pods(calls, seen)) return false;
  const bool configs = look_at_configs(calls, seen);
  const bool kafka = look_at_kafka(calls, seen);
  return configs && kafka;
}

// False while waiting.
bool ExecRoller::restart(Calls& calls, const Observation& seen) {
  for (const std::string& pod : answer_.restart) {
    const auto found = std::ranges::find_if(
        seen.nodes, [&](const SeenNode& node) { return node.node->pod_name == pod; });
    if (found == seen.nodes.end() || found->pod == nullptr) continue;
    const std::string key = "delete/" + pod;
    if (calls.asked_at(key) == sim::kNever) {
      calls.decide({controller::DecisionKind::restart, found->node->id, pod,
                    answer_.say.empty() ? "the program says so" : answer_.say,
                    found->reasons.empty() ? "Program" : found->reasons.front(), cites_});
    }
    if (calls.kube(key, controller::remove_request(api::Kind::pod, request_.namespace_name, pod,
                                                   found->pod->metadata.uid)) == nullptr) {
      return false;
    }
  }
  return true;
}

Progress ExecRoller::step(Calls& calls) {
  Observation seen;
  if (!look(calls, seen)) return Progress::waiting();
  if (!answered_) {
    answer_ = read_answer(command_, program_->ask(to_line(seen)), seen);
    answered_ = true;
    if (answer_.restart.empty() && !answer_.done && answer_.say != said_) {
      calls.decide({controller::DecisionKind::wait,
                    {},
                    request_.cluster,
                    answer_.say.empty() ? "the program waits" : answer_.say,
                    "NotYet",
                    cites_});
    }
    said_ = answer_.say;
  }
  if (!restart(calls, seen)) return Progress::waiting();
  if (answer_.done) return Progress::done();
  if (!calls.elapsed("pause", answer_.wake)) return Progress::waiting();
  for (const char* prefix : {"look", "pause", "delete"}) calls.forget_prefix(prefix);
  answered_ = false;
  return step(calls);
}

}  // namespace twin::exec
