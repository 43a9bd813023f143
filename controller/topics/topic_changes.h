// What a KafkaTopic asks for beside what Kafka has: pure decisions of the topic operator.
//
// Strimzi's unidirectional topic operator (since 0.39; BatchingTopicController, KafkaHandler): the
// resource is the truth, and what a topic has that its resource does not name is taken away, the
// lists of a replication throttle included where Cruise Control does not run. Partitions are never
// taken away and replicas never moved.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/api/strimzi.h"

namespace twin::controller::topics {

// Why a resource is not Ready: Strimzi's reasons ("NotSupported", "ResourceConflict", "KafkaError")
// and its sentences.
struct Refusal {
  std::string reason, message;
};

std::string name_of(const api::KafkaTopic& resource);
bool is_managed(const api::KafkaTopic& resource);  // strimzi.io/managed is not "false"
bool is_paused(const api::KafkaTopic& resource);   // strimzi.io/pause-reconciliation is "true"

// Without looking at Kafka: its topic's name was changed, or an older resource has that topic.
std::optional<Refusal> refusal_of(const api::KafkaTopic& resource,
                                  const std::vector<const api::KafkaTopic*>& all);

// In the order of the resource, then what is to be removed, by name.
std::vector<api::IncrementalAlterConfigsRequest::Change> config_changes(
    const api::KafkaTopic& resource,
    const std::vector<std::pair<std::string, std::string>>& overrides, bool throttles_are_others);

// Of a topic that is there: fewer partitions are refused, and another number of replicas where all
// partitions have the same.
struct TopicRows {
  std::vector<int32_t> replicas;  // how many each partition has, or will have when it has moved
};
std::optional<Refusal> shape_refusal(const api::KafkaTopic& resource, const TopicRows& rows);
bool wants_more_partitions(const api::KafkaTopic& resource, const TopicRows& rows);

}  // namespace twin::controller::topics
