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
// while waiting. An Admin client gives a node request.timeout.ms and then turns to the next one;
// when it was everywhere in vain it begins again, until its caller's patience is over.
struct AskKafka {
  bool controllers = false;               // their own listener
  sim::Duration timeout{10'000'000'000};  // of one node
  sim::Duration patience{0};              // of all rounds together; 0 = one round
  size_t first = 0;                       // begins with this one, counted over the nodes
};
const KafkaReply* ask_any(Calls& calls, const std::string& key, const RollRequest& request,
                          const api::KafkaBody& body, const AskKafka& how);
const KafkaReply* ask_node(Calls& calls, const std::string& key, api::NodeId node,
                           bool controller_listener, const api::KafkaBody& body,
                           sim::Duration timeout);
// The same with an Admin client's patience: a node that refuses, or whose name does not resolve, is
// tried again each second until `patience` is over.
const KafkaReply* ask_patiently(Calls& calls, const std::string& key, api::NodeId node,
                                bool controller_listener, const api::KafkaBody& body,
                                sim::Duration patience);

// Topics and their min.insync.replicas, read together.
struct TopicView {
  std::shared_ptr<const api::TopicsSnapshot> topics;
  std::shared_ptr<const api::TopicConfigsSnapshot> configs;
  std::vector<CallId> cites;
  std::vector<ReplyMeta> metas;  // of the same replies
  ReplyMeta failed;              // the reply that ended it, when it failed
};
// waiting, done (`view` is filled in) or failed.
Progress ask_topics(Calls& calls, const std::string& key, const RollRequest& request,
                    const AskKafka& how, TopicView& view);

bool has_role(const api::Pod& pod, const char* label, bool otherwise);
// A pod that will not start by itself: unschedulable, or its Kafka container waits for something
// (which of an image's troubles count depends on the release; ErrImagePull never did).
bool is_stuck(const api::Pod& pod, bool invalid_image_name);
const std::vector<RollNode>& who_answers(const RollRequest& request);

}  // namespace twin::controller
