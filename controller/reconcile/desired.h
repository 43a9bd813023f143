// The desired model: what objects a Kafka resource and its pools ask for, as a pure function of
// what was observed. Nothing here asks, waits or writes. Names, labels and annotations are
// Strimzi's.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "controller/config/kafka_config.h"
#include "controller/profile.h"
#include "controller/reconcile/authorities.h"
#include "controller/upgrade/version_change.h"
#include "sim/expected.h"

namespace twin::controller {

struct ConditionText {
  std::string reason;
  std::string message;
  bool operator==(const ConditionText&) const = default;
};

// One pool with the ids, roles and storage that are in force, which are the old ones where a change
// was refused.
struct PoolPlan {
  std::shared_ptr<const api::KafkaNodePool> pool;
  std::string set_name;  // <cluster>-<pool>: of the StrimziPodSet, and the prefix of pod names
  int32_t replicas = 0;
  bool broker_role = false;
  bool controller_role = false;
  api::Storage storage;
  std::vector<api::NodeId> current;
  std::vector<api::NodeId> desired;
  std::vector<api::NodeId> to_add;
  std::vector<api::NodeId> to_remove;
  std::string pod_name(api::NodeId node) const {
    return set_name + "-" + std::to_string(node.value);
  }
};

struct ObservedCluster {
  const Profile* profile = nullptr;
  std::shared_ptr<const api::Kafka> kafka;
  std::vector<std::shared_ptr<const api::KafkaNodePool>> pools;  // by name
  std::map<std::string, std::shared_ptr<const api::StrimziPodSet>> pod_sets;
  bool keep_removed_nodes = false;  // the guard said no to removing brokers
  bool keep_removed_roles = false;  // ... to taking away the broker role
  std::set<api::NodeId> blocked;    // brokers that the guard kept
  upgrade::VersionChange versions;
  Authorities authorities;
};

struct PoolPlans {
  std::vector<PoolPlan> pools;
  std::vector<ConditionText> warnings;
  bool removes_nodes() const;
  bool removes_roles = false;
};
// Ids, roles and storage of every pool. Error: where = the exception class.
sim::Expected<PoolPlans> plan_pools(const ObservedCluster& observed);

struct DesiredNode {
  api::NodeId id;
  size_t pool = 0;  // index into DesiredCluster::pools
  std::string pod_name;
  bool broker_role = false;
  bool controller_role = false;
  api::ServerConfig config;
  std::shared_ptr<api::ConfigMap> config_map;
  std::shared_ptr<const api::Pod> pod;
  std::vector<std::shared_ptr<api::PersistentVolumeClaim>> claims;
};

struct DesiredCluster {
  std::vector<PoolPlan> pools;
  std::vector<DesiredNode> nodes;  // by id
  // Their ids pool by pool, in the order of the pools' names: the order in which Strimzi goes.
  std::vector<api::NodeId> in_pool_order() const;
  std::string cluster_id;
  upgrade::VersionChange versions;
  std::vector<std::shared_ptr<api::StrimziPodSet>> pod_sets;  // one a pool, in the pools' order
  std::vector<std::shared_ptr<api::Object>> services;
  std::vector<std::shared_ptr<api::Object>> node_secrets;  // parallel to nodes
  std::shared_ptr<api::PodDisruptionBudget> budget;
  std::shared_ptr<api::Object> network_policy;
  std::shared_ptr<api::Object> service_account;
  std::vector<ConditionText> warnings;
  std::vector<std::string> ignored_config;  // keys that users cannot set
  std::vector<std::string> invalid_config;  // values that Kafka would refuse: nothing may be done

  const DesiredNode* find(api::NodeId id) const;
};
// Error: where = Strimzi's exception class, what = its message.
sim::Expected<DesiredCluster> make_desired(const ObservedCluster& observed);

// ---- parts, also used for clusters on StatefulSets -------------------------------------------
api::Labels cluster_labels(const std::string& cluster, const std::string& component);
api::ObjectMeta owned_metadata(const api::Kafka& kafka, std::string name,
                               const std::string& component);
std::string image_of(const Profile& profile, std::string_view kafka_version);
std::string claim_name(const api::Storage& storage, const api::StorageVolume& volume,
                       const std::string& pod_name);
std::string mount_path(const api::Storage& storage, const api::StorageVolume& volume);
std::string data_volume_name(const api::Storage& storage, const api::StorageVolume& volume);
std::vector<std::string> log_dirs_of(const api::Storage& storage, const std::string& suffix);
std::string metadata_log_dir_of(const api::Storage& storage, const std::string& suffix);
std::shared_ptr<api::PersistentVolumeClaim> make_claim(const api::Kafka& kafka,
                                                       const api::StorageVolume& volume,
                                                       std::string name);
// Changes that Kubernetes cannot make (smaller, other class, other type) keep the old storage.
// Returns what is wrong, "" when the change is allowed.
std::string storage_change_problem(const api::Storage& before, const api::Storage& after);
std::string storage_text(const api::Storage& storage);
api::Storage storage_from_text(const std::string& text, const api::Storage& otherwise);
std::shared_ptr<api::Object> generic_object(api::Kind kind, api::ObjectMeta metadata,
                                            api::Value body);
std::shared_ptr<api::PodDisruptionBudget> make_budget(const api::Kafka& kafka, int32_t nodes);
std::vector<std::shared_ptr<api::Object>> make_services(const api::Kafka& kafka);
std::shared_ptr<api::Object> make_network_policy(const api::Kafka& kafka);
// Eight hex digits over the pod's content, as Strimzi's stub of a SHA-1.
std::string revision_of(const api::Pod& pod);
// The Kafka version a fresh pod of this operator runs when the resource names none.
std::string desired_version(const Profile& profile, const api::Kafka& kafka);

}  // namespace twin::controller
