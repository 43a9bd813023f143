// What a program that is a whole operator is told, and what it answers: docs/EXEC.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/ports.h"
#include "controller/roll/questions.h"

namespace twin::exec {

// How an action of the last answer went.
struct ActionResult {
  std::string what;     // "apply ConfigMap/my-cluster-broker-0"
  std::string outcome;  // "ok", "conflict", ...
  std::string message;
};

struct ClusterView {
  sim::Time now{};
  std::string namespace_name;
  std::vector<api::ObjectPtr> objects;
  std::optional<api::DescribeQuorumReply> quorum;
  std::optional<api::DescribeClusterReply> brokers;
  std::optional<api::DescribeFeaturesReply> features;
  std::optional<controller::TopicView> topics;
  std::vector<ActionResult> results;  // of the last answer, in its order
  std::vector<std::string> unanswered;
};
std::string to_line(const ClusterView& view);

// One thing to do: a request to the API server, or one to a Kafka node.
struct Action {
  std::string what;
  std::string why;
  std::optional<controller::KubeRequest> kube;
  std::optional<controller::KafkaRequest> kafka;
};
struct Orders {
  std::vector<Action> actions;  // one after the other
  std::string say;
  sim::Duration wake{};
};
// Throws std::runtime_error that says what is wrong with the line and what would be right.
Orders read_orders(const std::string& command, const std::string& line, const ClusterView& view);

}  // namespace twin::exec
