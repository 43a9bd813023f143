// A cluster on StatefulSets with a ZooKeeper ensemble: what Strimzi ran until 0.34. Two sets, both
// Parallel and OnDelete: the StatefulSet controller only makes pods, a changed template reaches a
// pod when the operator deletes it. The broker's configuration travels in the template's
// environment (KAFKA_CONFIGURATION), so a pod keeps for life what the template said when it was
// made. Names, labels and annotations are those of Strimzi 0.11.0 (KafkaCluster,
// ZookeeperCluster, AbstractModel.createStatefulSet).
//
// Which pods are old: Strimzi counts a generation up at every change of the template
// (strimzi.io/generation on the template, inherited by pods). `twin` writes a hash of the template
// and the versions in it (strimzi.io/revision, kafka-version, inter-broker-protocol-version,
// log-message-format-version), so that what runs can be read off the pods alone.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "controller/config/kafka_config.h"
#include "controller/profile.h"
#include "controller/upgrade/stateful_phases.h"
#include "controller/upgrade/version_change.h"
#include "sim/expected.h"

namespace twin::controller {

struct StatefulCluster {
  int32_t brokers = 0;
  std::string version;  // the binaries that pods made from now on run
  std::shared_ptr<api::StatefulSet> kafka;
  std::shared_ptr<api::StatefulSet> zookeeper;
  std::vector<std::shared_ptr<api::Object>> zookeeper_objects;  // services, secrets, ... of it
  std::vector<std::shared_ptr<api::Object>> kafka_objects;

  // As read at the start of the reconcile; null = there is none.
  std::shared_ptr<const api::StatefulSet> live_kafka;
  std::shared_ptr<const api::StatefulSet> live_zookeeper;
  std::vector<upgrade::StatefulPhase> phases;  // era A
  upgrade::VersionChange versions;             // `twin`
  api::KafkaConfig config;                     // the user's accepted part, versions decided
  int passes = 0;                              // `twin`: how often the chain was gone through
};

// ---- pure parts (stateful_model.cpp) ----------------------------------------------------------
std::string kafka_set_name(const std::string& cluster);
std::string zookeeper_set_name(const std::string& cluster);

struct StatefulInput {
  const Profile* profile = nullptr;
  const api::Kafka* kafka = nullptr;
  std::string version;      // of the binaries
  api::KafkaConfig config;  // what goes into KAFKA_CONFIGURATION
};
std::shared_ptr<api::StatefulSet> make_kafka_set(const StatefulInput& input);
std::shared_ptr<api::StatefulSet> make_zookeeper_set(const Profile& profile,
                                                     const api::Kafka& kafka);
std::vector<std::shared_ptr<api::Object>> make_zookeeper_objects(const api::Kafka& kafka);
std::vector<std::shared_ptr<api::Object>> make_kafka_objects(const api::Kafka& kafka);

// ---- the template as a pod sees it (stateful_template.cpp) ------------------------------------
std::string environment_of(const api::PodSpec& spec, std::string_view name);
void set_environment(api::PodSpec& spec, const std::string& name, std::string value);
api::KafkaConfig config_of(const api::PodSpec& spec);
void set_config_of(api::PodSpec& spec, const api::KafkaConfig& config);

// Where a template says how old it is, and what it says. 0 when it says nothing.
const char* revision_annotation(const Profile& profile);

struct Patched {
  bool rolls = false;             // pods made from it differ from those before
  bool storage_reverted = false;  // a change of volumes was ignored
};
// Writes what `desired` says into the stored set, except replicas: scaling is a step of its own.
// Volumes cannot change (StatefulSetOperator.revertStorageChanges); the generation goes up, or the
// hash changes, when pods would.
Patched patch_set(const Profile& profile, const api::StatefulSet& desired,
                  api::StatefulSet& stored);
// The mark of age of a new set.
void stamp_new_set(const Profile& profile, api::StatefulSet& set);
// One phase of an upgrade of era A.
void patch_phase(const Profile& profile, const upgrade::StatefulPhase& phase,
                 api::StatefulSet& stored);

// What a pod, or the template, runs: from annotations, else from its environment.
upgrade::ZookeeperChangeInput::PodVersions versions_of(const api::Labels& annotations,
                                                       const api::PodSpec& spec);

}  // namespace twin::controller
