// Kubernetes types with behaviour in the twin. Fields have the API's names in snake_case; only what
// somebody reads is here, the rest of a manifest stays in Object::unknown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/api/object.h"
#include "controller/api/units.h"

namespace twin::api {

struct EnvVar {
  std::string name;
  std::string value;
  bool operator==(const EnvVar&) const = default;
};

struct Probe {
  sim::Duration initial_delay{15'000'000'000};
  sim::Duration period{10'000'000'000};
  sim::Duration timeout{5'000'000'000};
  int32_t failure_threshold = 3;
  int32_t success_threshold = 1;
  bool operator==(const Probe&) const = default;
};

struct VolumeMount {
  std::string volume;  // name in PodSpec::volumes
  std::string path;
  bool operator==(const VolumeMount&) const = default;
};

struct Container {
  std::string name;
  std::string image;  // "strimzi/kafka:0.47.0-kafka-4.0.0"; the Kafka version is in kafka_version()
  std::vector<EnvVar> env;
  std::vector<VolumeMount> volume_mounts;
  Probe readiness;
  Probe liveness;
  int64_t cpu_request_millis = 0;
  Bytes memory_request;
  bool operator==(const Container&) const = default;
};

// A pod volume: a claim, a ConfigMap or scratch space that goes with the pod.
struct PodVolume {
  std::string name;
  std::string claim_name;   // persistentVolumeClaim.claimName
  std::string config_map;   // configMap.name
  bool empty_dir = false;
  bool operator==(const PodVolume&) const = default;
};

struct AntiAffinityTerm {
  std::string topology_key;  // "kubernetes.io/hostname", "topology.kubernetes.io/zone"
  Labels match_labels;
  bool required = true;
  bool operator==(const AntiAffinityTerm&) const = default;
};

struct SpreadConstraint {
  std::string topology_key;
  int32_t max_skew = 1;
  bool do_not_schedule = true;
  Labels match_labels;
  bool operator==(const SpreadConstraint&) const = default;
};

struct PodSpec {
  std::vector<Container> init_containers;
  std::vector<Container> containers;
  std::vector<PodVolume> volumes;
  std::string node_name;  // set by the binding
  Labels node_selector;
  std::vector<AntiAffinityTerm> anti_affinity;
  std::vector<SpreadConstraint> topology_spread;
  sim::Duration termination_grace{30'000'000'000};
  std::string hostname;
  std::string subdomain;
  bool operator==(const PodSpec&) const = default;
};

enum class PodPhase : uint8_t { pending, running, succeeded, failed, unknown };

struct ContainerStatus {
  std::string name;
  bool ready = false;
  bool started = false;
  int32_t restart_count = 0;
  std::string waiting_reason;  // "ContainerCreating", "CrashLoopBackOff", "ImagePullBackOff", ...
  std::string terminated_reason;  // of the last run: "Error", "OOMKilled", "Completed"
  int32_t last_exit_code = 0;
  bool operator==(const ContainerStatus&) const = default;
};

struct PodStatus {
  PodPhase phase = PodPhase::pending;
  std::vector<Condition> conditions;  // PodScheduled, Initialized, ContainersReady, Ready
  std::vector<ContainerStatus> containers;
  std::string pod_ip;
  std::string host_ip;
  std::string reason;
  bool operator==(const PodStatus&) const = default;
};

struct Pod : ObjectOf<Pod> {
  static constexpr Kind kKind = Kind::pod;
  PodSpec spec;
  PodStatus status;
};
bool is_ready(const Pod& pod);
bool is_terminating(const Pod& pod);

struct Taint {
  std::string key;
  std::string value;
  std::string effect;  // NoSchedule, NoExecute
  bool operator==(const Taint&) const = default;
};

struct Node : ObjectOf<Node> {
  static constexpr Kind kKind = Kind::node;
  bool unschedulable = false;  // cordoned
  std::vector<Taint> taints;
  std::vector<Condition> conditions;
  int64_t cpu_millis = 0;
  Bytes memory;
  int32_t pods_max = 110;
};
std::string zone_of(const Node& node);  // label topology.kubernetes.io/zone, "" when absent

struct PersistentVolumeClaim : ObjectOf<PersistentVolumeClaim> {
  static constexpr Kind kKind = Kind::persistent_volume_claim;
  std::string storage_class;
  Bytes requested;
  std::string volume_name;
  std::string phase;  // Pending, Bound, Lost
  Bytes capacity;
  std::vector<Condition> conditions;  // Resizing, FileSystemResizePending
};

struct PersistentVolume : ObjectOf<PersistentVolume> {
  static constexpr Kind kKind = Kind::persistent_volume;
  std::string storage_class;
  Bytes capacity;
  std::string claim_namespace;
  std::string claim_name;
  std::string phase;           // Available, Bound, Released, Failed
  std::string reclaim_policy;  // Delete, Retain
  std::string zone;            // node affinity by zone; "" = anywhere
  std::string node;            // node affinity by host (node-local disk); "" = not local
  std::string attached_to;     // node that has it attached (VolumeAttachment folded in here)
};

struct StorageClass : ObjectOf<StorageClass> {
  static constexpr Kind kKind = Kind::storage_class;
  std::string provisioner;
  std::string reclaim_policy = "Delete";
  std::string binding_mode = "Immediate";  // or WaitForFirstConsumer
  bool allow_volume_expansion = false;
  bool is_default = false;
};

struct ConfigMap : ObjectOf<ConfigMap> {
  static constexpr Kind kKind = Kind::config_map;
  std::map<std::string, std::string> data;
};

struct StatefulSet : ObjectOf<StatefulSet> {
  static constexpr Kind kKind = Kind::stateful_set;
  int32_t replicas = 0;
  Labels selector;
  Labels template_labels;
  Labels template_annotations;
  PodSpec template_spec;
  std::vector<PersistentVolumeClaim> claim_templates;
  std::string pod_management = "OrderedReady";   // or Parallel
  std::string update_strategy = "RollingUpdate";  // or OnDelete
  int32_t ready_replicas = 0;
  int32_t current_replicas = 0;
  int64_t observed_generation = 0;
};

struct PodDisruptionBudget : ObjectOf<PodDisruptionBudget> {
  static constexpr Kind kKind = Kind::pod_disruption_budget;
  Labels selector;
  std::optional<int32_t> min_available;
  std::optional<int32_t> max_unavailable;
  int32_t disruptions_allowed = 0;
};

struct Lease : ObjectOf<Lease> {
  static constexpr Kind kKind = Kind::lease;
  std::string holder;
  sim::Duration duration{15'000'000'000};
  sim::Time acquire_time;
  sim::Time renew_time;
  int32_t transitions = 0;
};

// events.k8s.io/v1
struct KubeEvent : ObjectOf<KubeEvent> {
  static constexpr Kind kKind = Kind::event;
  std::string type;  // Normal, Warning
  std::string reason;
  std::string action;
  std::string note;
  std::string reporting_controller;
  std::string regarding_kind;
  std::string regarding_name;
};

}  // namespace twin::api
