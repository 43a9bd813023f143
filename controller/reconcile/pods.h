// The pods of a cluster: what runs in them, what is mounted, and the labels and annotations by
// which later reconciles tell what a pod runs.
#pragma once

#include <memory>
#include <string>

#include "controller/reconcile/desired.h"

namespace twin::controller {

struct KafkaPodInput {
  const Profile* profile = nullptr;
  const api::Kafka* kafka = nullptr;
  const api::PodTemplate* pod_template = nullptr;
  std::string kafka_version;
  api::Storage storage;
  std::string config_map;  // "" = none mounted
};
// The pod's spec without names and claims: one container `kafka` with probes and data mounts.
api::PodSpec make_kafka_pod_spec(const KafkaPodInput& input);

// The whole pod of one node of a pool, its revision included.
std::shared_ptr<const api::Pod> make_node_pod(const ObservedCluster& observed,
                                              const PoolPlan& pool, const DesiredNode& node);

std::shared_ptr<api::StrimziPodSet> make_pod_set(const api::Kafka& kafka, const PoolPlan& pool);

}  // namespace twin::controller
