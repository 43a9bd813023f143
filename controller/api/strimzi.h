// Strimzi's custom resources, v1alpha1 (0.11) to v1 (1.x), read into one shape. Where releases
// differ (listeners as a map or a list, replicas and storage in the Kafka resource or in a pool)
// the decoder brings them here; `api_version` still says what was read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/api/kube.h"

namespace twin::api {

enum class StorageType : uint8_t { ephemeral, persistent_claim };

struct StorageVolume {
  int32_t id = 0;
  StorageType type = StorageType::persistent_claim;
  Bytes size{0};
  std::string storage_class;
  bool delete_claim = false;
  bool kraft_metadata = false;  // kraftMetadata: shared
  bool operator==(const StorageVolume&) const = default;
};

struct Storage {
  bool jbod = false;  // changes the names of claims: data-<id>-... against data-...
  std::vector<StorageVolume> volumes;
  bool operator==(const Storage&) const = default;
};

struct Listener {
  std::string name;
  int32_t port = 0;
  std::string type;  // internal, nodeport, loadbalancer, ...
  bool tls = false;
  bool operator==(const Listener&) const = default;
};

// The part of `template.pod` and of the probes that reaches pods.
struct PodTemplate {
  sim::Duration termination_grace{30'000'000'000};
  Probe readiness;
  Probe liveness;
  std::vector<AntiAffinityTerm> anti_affinity;
  std::vector<SpreadConstraint> topology_spread;
  Labels labels;
  Labels annotations;
  bool operator==(const PodTemplate&) const = default;
};

struct EntityOperatorSpec {
  bool topic_operator = false;
  bool user_operator = false;
  bool operator==(const EntityOperatorSpec&) const = default;
};

struct ZookeeperSpec {
  int32_t replicas = 0;
  Storage storage;
  PodTemplate pod;
  bool operator==(const ZookeeperSpec&) const = default;
};

// Values of spec.kafka.config are texts, in the order of the manifest.
using KafkaConfig = std::vector<std::pair<std::string, std::string>>;
const std::string* find_config(const KafkaConfig& config, std::string_view key);
void set_config(KafkaConfig& config, std::string_view key, std::string value);
void erase_config(KafkaConfig& config, std::string_view key);

struct KafkaClusterStatus {
  std::vector<Condition> conditions;
  int64_t observed_generation = 0;
  std::string cluster_id;
  std::string kafka_version;
  std::string kafka_metadata_version;
  std::string operator_last_successful_version;
  std::vector<int32_t> registered_node_ids;
  bool operator==(const KafkaClusterStatus&) const = default;
};

struct Kafka : ObjectOf<Kafka> {
  static constexpr Kind kKind = Kind::kafka;
  std::string version;           // spec.kafka.version; "" = the operator's default
  std::string metadata_version;  // spec.kafka.metadataVersion; "" = unset
  std::vector<Listener> listeners;
  KafkaConfig config;
  std::string rack_topology_key;
  PodTemplate pod;
  // Before node pools: brokers in the Kafka resource itself.
  std::optional<int32_t> replicas;
  std::optional<Storage> storage;
  std::optional<ZookeeperSpec> zookeeper;
  std::optional<EntityOperatorSpec> entity_operator;
  bool cruise_control = false;
  bool kafka_exporter = false;
  std::vector<std::string> maintenance_windows;
  KafkaClusterStatus status;
};

struct KafkaNodePool : ObjectOf<KafkaNodePool> {
  static constexpr Kind kKind = Kind::kafka_node_pool;
  int32_t replicas = 0;
  bool broker_role = false;
  bool controller_role = false;
  Storage storage;
  std::optional<PodTemplate> pod;
  // status
  std::vector<int32_t> node_ids;
  std::string cluster_id;
  std::vector<Condition> conditions;
  int64_t observed_generation = 0;
};

// spec.pods holds whole pods; metadata.name, labels, annotations and spec of each are used.
struct StrimziPodSet : ObjectOf<StrimziPodSet> {
  static constexpr Kind kKind = Kind::strimzi_pod_set;
  Labels selector;
  std::vector<std::shared_ptr<const Pod>> pods;
  int32_t status_pods = 0;
  int32_t status_ready_pods = 0;
  int32_t status_current_pods = 0;
  int64_t observed_generation = 0;
};

struct KafkaTopic : ObjectOf<KafkaTopic> {
  static constexpr Kind kKind = Kind::kafka_topic;
  std::string topic_name;  // "" = metadata.name
  int32_t partitions = -1;
  int32_t replicas = -1;
  KafkaConfig config;
  // status
  std::vector<Condition> conditions;
  int64_t observed_generation = 0;
  std::string status_topic_name;
};

// What is asked of a rebalance (spec), and how far it has come. `mode` is Strimzi's word: full,
// add-brokers, remove-brokers, remove-disks. The state is the type of the status' condition.
struct KafkaRebalance : ObjectOf<KafkaRebalance> {
  static constexpr Kind kKind = Kind::kafka_rebalance;
  std::string mode;  // "" = full
  std::vector<int32_t> brokers;
  std::optional<int64_t> replication_throttle;  // bytes per second, each broker each way
  std::string excluded_topics;                  // a regular expression; "" = none
  // status
  std::vector<Condition> conditions;
  int64_t observed_generation = 0;
  // Of the proposal, by Cruise Control's names: numReplicaMovements, dataToMoveMB, ...
  std::map<std::string, int64_t> optimization_result;
  std::string progress_config_map;
};

// Labels and annotations of the operator, without the prefix in the names below.
namespace strimzi {
constexpr const char* kCluster = "strimzi.io/cluster";
constexpr const char* kKind = "strimzi.io/kind";
constexpr const char* kName = "strimzi.io/name";
constexpr const char* kPoolName = "strimzi.io/pool-name";
constexpr const char* kBrokerRole = "strimzi.io/broker-role";
constexpr const char* kControllerRole = "strimzi.io/controller-role";
constexpr const char* kController = "strimzi.io/controller";
constexpr const char* kControllerName = "strimzi.io/controller-name";
constexpr const char* kRevision = "strimzi.io/revision";
constexpr const char* kKafkaVersion = "strimzi.io/kafka-version";
constexpr const char* kFromVersion = "strimzi.io/from-version";  // 0.11
constexpr const char* kToVersion = "strimzi.io/to-version";      // 0.11
constexpr const char* kInterBrokerProtocol = "strimzi.io/inter-broker-protocol-version";
constexpr const char* kLogMessageFormat = "strimzi.io/log-message-format-version";
constexpr const char* kGeneration =
    "strimzi.io/generation";  // 0.11: StatefulSet generation on pods
constexpr const char* kConfigurationHash = "strimzi.io/configuration-hash";
constexpr const char* kManualRollingUpdate = "strimzi.io/manual-rolling-update";
constexpr const char* kDeletePodAndPvc = "strimzi.io/delete-pod-and-pvc";
constexpr const char* kPauseReconciliation = "strimzi.io/pause-reconciliation";
constexpr const char* kSkipScaleDownCheck = "strimzi.io/skip-broker-scaledown-check";
constexpr const char* kStorage = "strimzi.io/storage";
constexpr const char* kRebalance = "strimzi.io/rebalance";  // approve, stop, refresh
constexpr const char* kRebalanceAutoApproval = "strimzi.io/rebalance-auto-approval";
constexpr const char* kRebalanceTemplate = "strimzi.io/rebalance-template";
constexpr const char* kDeleteClaim = "strimzi.io/delete-claim";
// Of the Secrets of the certificate authorities, and of pods.
constexpr const char* kForceRenew = "strimzi.io/force-renew";
constexpr const char* kForceReplace = "strimzi.io/force-replace";
constexpr const char* kCaKeyGeneration = "strimzi.io/ca-key-generation";
constexpr const char* kCaCertGeneration = "strimzi.io/ca-cert-generation";
constexpr const char* kClusterCaKeyGeneration = "strimzi.io/cluster-ca-key-generation";
constexpr const char* kClusterCaCertGeneration = "strimzi.io/cluster-ca-cert-generation";
constexpr const char* kClientsCaCertGeneration = "strimzi.io/clients-ca-cert-generation";
constexpr const char* kServerCertHash = "strimzi.io/server-cert-hash";
// What stands for keys and certificates, by numbers: the key of an authority, whose certificates it
// gives out, with which key a node's certificate was signed, and (of `twin`'s pods) whom they
// trust.
constexpr const char* kCaKey = "kafka-twin.io/ca-key";
constexpr const char* kCaCertificates = "kafka-twin.io/ca-certificates";
constexpr const char* kSignedBy = "kafka-twin.io/signed-by";
constexpr const char* kTrustedCaKeys = "kafka-twin.io/trusted-ca-keys";
}  // namespace strimzi

}  // namespace twin::api
