// What rollers ask, by key: pods, and Kafka through whichever node answers. A helper on Calls; it
// has no memory of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/calls.h"
#include "controller/roll/roller.h"

namespace twin::controller {

// nullptr while waiting.
const KubeReply* ask_pod(Calls& calls, const std::string& key, const RollRequest& request,
                         const std::string& pod_name);

// Asks nodes of a role in ascending order until one answers; the last reply when none does. nullptr
// while waiting.
struct AskKafka {
  bool controllers = false;  // their own listener
  sim::Duration timeout{30'000'000'000};
};
const KafkaReply* ask_any(Calls& calls, const std::string& key, const RollRequest& request,
                          const api::KafkaBody& body, const AskKafka& how);
const KafkaReply* ask_node(Calls& calls, const std::string& key, api::NodeId node,
                           bool controller_listener, const api::KafkaBody& body,
                           sim::Duration timeout);

// Topics and their min.insync.replicas, read together.
struct TopicView {
  std::shared_ptr<const api::TopicsSnapshot> topics;
  std::shared_ptr<const api::TopicConfigsSnapshot> configs;
  std::vector<CallId> cites;
};
// waiting, done (`view` is filled in) or failed.
Progress ask_topics(Calls& calls, const std::string& key, const RollRequest& request,
                    sim::Duration timeout, TopicView& view);

bool has_role(const api::Pod& pod, const char* label, bool otherwise);
// A pod that will not start by itself: unschedulable, or its container waits for something.
bool is_stuck(const api::Pod& pod);

}  // namespace twin::controller
