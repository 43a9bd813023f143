#include "controller/topics/topic_changes.h"

#include <algorithm>
#include <array>

namespace twin::controller::topics {

namespace {

constexpr std::array<std::string_view, 2> kThrottles{"follower.replication.throttled.replicas",
                                                     "leader.replication.throttled.replicas"};

bool annotated(const api::KafkaTopic& resource, const char* key, std::string_view value) {
  const auto found = resource.metadata.annotations.find(key);
  return found != resource.metadata.annotations.end() && found->second == value;
}

}  // namespace

std::string name_of(const api::KafkaTopic& resource) {
  return resource.topic_name.empty() ? resource.metadata.name : resource.topic_name;
}

bool is_managed(const api::KafkaTopic& resource) {
  return !annotated(resource, "strimzi.io/managed", "false");
}

bool is_paused(const api::KafkaTopic& resource) {
  return annotated(resource, "strimzi.io/pause-reconciliation", "true");
}

std::optional<Refusal> refusal_of(const api::KafkaTopic& resource,
                                  const std::vector<const api::KafkaTopic*>& all) {
  const std::string name = name_of(resource);
  if (!resource.status_topic_name.empty() && resource.status_topic_name != name) {
    return Refusal{"NotSupported", "Changing spec.topicName is not supported"};
  }
  const api::KafkaTopic* oldest = &resource;
  for (const api::KafkaTopic* each : all) {
    if (!is_managed(*each) || name_of(*each) != name) continue;
    if (each->metadata.creation_time < oldest->metadata.creation_time) oldest = each;
  }
  if (oldest == &resource) return std::nullopt;
  return Refusal{"ResourceConflict", "Managed by Ref{namespace='" +
                                         oldest->metadata.namespace_name + "', name='" +
                                         oldest->metadata.name + "'}"};
}

std::vector<api::IncrementalAlterConfigsRequest::Change> config_changes(
    const api::KafkaTopic& resource,
    const std::vector<std::pair<std::string, std::string>>& overrides, bool throttles_are_others) {
  std::vector<api::IncrementalAlterConfigsRequest::Change> changes;
  for (const auto& [key, value] : resource.config) {
    const auto present =
        std::ranges::find(overrides, key, [](const auto& each) { return each.first; });
    if (present != overrides.end() && present->second == value) continue;
    changes.push_back({key, value, api::AlterOp::set});
  }
  for (const auto& [key, value] : overrides) {
    if (api::find_config(resource.config, key) != nullptr) continue;
    if (throttles_are_others && std::ranges::find(kThrottles, key) != kThrottles.end()) continue;
    changes.push_back({key, "", api::AlterOp::remove});
  }
  return changes;
}

std::optional<Refusal> shape_refusal(const api::KafkaTopic& resource, const TopicRows& rows) {
  const auto count = static_cast<int32_t>(rows.replicas.size());
  if (resource.partitions > 0 && resource.partitions < count) {
    return Refusal{"NotSupported", "Decreasing partitions not supported"};
  }
  if (resource.replicas <= 0 || count == 0) return std::nullopt;
  const bool one_number = std::ranges::all_of(
      rows.replicas, [&](int32_t replicas) { return replicas == rows.replicas.front(); });
  if (!one_number || rows.replicas.front() == resource.replicas) return std::nullopt;
  std::string list;
  for (int32_t number = 0; number < count; ++number) {
    list += (list.empty() ? "" : ", ") + std::to_string(number);
  }
  return Refusal{
      "NotSupported",
      "Replication factor change not supported, but required for partitions [" + list + "]"};
}

bool wants_more_partitions(const api::KafkaTopic& resource, const TopicRows& rows) {
  return resource.partitions > 0 &&
         resource.partitions > static_cast<int32_t>(rows.replicas.size());
}

}  // namespace twin::controller::topics
