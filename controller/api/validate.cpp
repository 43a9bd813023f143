#include "controller/api/validate.h"

#include <algorithm>

#include "controller/api/field_table.h"
#include "controller/api/fields.h"

namespace twin::api {
namespace {

constexpr size_t kObjectNameMax = 253;  // a DNS subdomain
constexpr int32_t kReplicasMax = 32767;

using MaybeError = std::optional<sim::Error>;

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kObjectNameMax) return false;
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (!alphanumeric(name.front()) || !alphanumeric(name.back())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return alphanumeric(c) || c == '-' || c == '.'; });
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

MaybeError check_replicas(int32_t replicas, int32_t min, const Checked& checked,
                          const std::string& path) {
  if (!checked.has(path)) {
    return checked.error(path, "the number of replicas is missing", "replicas: 3");
  }
  if (replicas < min) {
    return checked.error(path, std::to_string(replicas) + " replicas",
                         std::to_string(min) + " or more");
  }
  return std::nullopt;
}

MaybeError validate_zookeeper(const Kafka& kafka, const Checked& checked) {
  if (!kafka.zookeeper) return std::nullopt;
  if (auto error =
          check_replicas(kafka.zookeeper->replicas, 1, checked, "spec.zookeeper.replicas")) {
    return error;
  }
  if (!checked.has("spec.zookeeper.storage")) {
    return checked.error("spec.zookeeper", "ZooKeeper without storage", "storage with a type");
  }
  if (kafka.zookeeper->storage.jbod) {
    return checked.error("spec.zookeeper.storage.type", "ZooKeeper cannot use jbod storage",
                         "persistent-claim or ephemeral");
  }
  return validate_storage(kafka.zookeeper->storage, checked, "spec.zookeeper.storage");
}

MaybeError validate_kafka(const Kafka& kafka, const Checked& checked) {
  if (!checked.has("spec.kafka")) {
    return checked.error("spec", "a Kafka resource without `kafka`", "spec.kafka with listeners");
  }
  if (kafka.api_version == "kafka.strimzi.io/v1") {
    for (const char* path : {"spec.zookeeper", "spec.kafka.replicas", "spec.kafka.storage"}) {
      if (!checked.has(path)) continue;
      return checked.error(path, "not a field of kafka.strimzi.io/v1",
                           "nodes are described by KafkaNodePool resources");
    }
  }
  if (kafka.replicas) {
    if (auto error = check_replicas(*kafka.replicas, 1, checked, "spec.kafka.replicas")) {
      return error;
    }
  }
  if (!checked.has("spec.kafka.listeners")) {
    return checked.error("spec.kafka", "no listeners", "at least one under `listeners`");
  }
  if (kafka.listeners.empty() && kafka.api_version != "kafka.strimzi.io/v1alpha1") {
    return checked.error("spec.kafka.listeners", "no listeners", "at least one");
  }
  if (auto error = validate_listeners(kafka.listeners, checked)) return error;
  if (kafka.storage) {
    if (auto error = validate_storage(*kafka.storage, checked, "spec.kafka.storage")) return error;
  }
  // From 0.46 on and in clusters with node pools nothing but a pool has replicas.
  const bool node_pools = kafka.metadata.annotations.contains("strimzi.io/node-pools");
  const bool own_nodes = kafka.replicas && kafka.storage;
  if (kafka.zookeeper && !node_pools && !own_nodes) {
    return checked.error("spec.kafka", "replicas and storage of the brokers are missing",
                         "both, or the annotation strimzi.io/node-pools: enabled and pools");
  }
  return validate_zookeeper(kafka, checked);
}

MaybeError validate_pool(const KafkaNodePool& pool, const Checked& checked) {
  if (auto error = check_replicas(pool.replicas, 0, checked, "spec.replicas")) return error;
  if (!pool.broker_role && !pool.controller_role) {
    return checked.error("spec.roles", "a node pool without roles",
                         "roles: [broker], [controller] or both");
  }
  if (!checked.has("spec.storage")) {
    return checked.error("spec", "a node pool without storage", "storage with a type");
  }
  if (!pool.metadata.labels.contains(strimzi::kCluster)) {
    return checked.error("metadata", "a node pool that belongs to no cluster",
                         "the label strimzi.io/cluster with the name of the Kafka resource");
  }
  return validate_storage(pool.storage, checked, "spec.storage");
}

MaybeError validate_topic(const KafkaTopic& topic, const Checked& checked) {
  const auto wrong = [&](const char* path, int32_t value) -> MaybeError {
    if (!checked.has(path) || (value >= 1 && value <= kReplicasMax) || value == -1) {
      return std::nullopt;
    }
    return checked.error(path, std::to_string(value) + " is out of range",
                         "1 or more, or left out for the brokers' default");
  };
  if (auto error = wrong("spec.partitions", topic.partitions)) return error;
  return wrong("spec.replicas", topic.replicas);
}

// What Strimzi's schema refuses, and the label without which it looks at no resource.
MaybeError validate_rebalance(const KafkaRebalance& rebalance, const Checked& checked) {
  const std::string& mode = rebalance.mode;
  const bool known = mode.empty() || mode == "full" || mode == "add-brokers" ||
                     mode == "remove-brokers" || mode == "remove-disks";
  if (!known) {
    return checked.error("spec.mode", "`" + mode + "` is no mode",
                         "full, add-brokers, remove-brokers or remove-disks");
  }
  if (rebalance.replication_throttle && *rebalance.replication_throttle < 1) {
    return checked.error("spec.replicationThrottle",
                         std::to_string(*rebalance.replication_throttle) + " is out of range",
                         "bytes per second, 1 or more, or left out for none");
  }
  if (rebalance.metadata.labels.contains(strimzi::kCluster)) return std::nullopt;
  return checked.error("metadata", "a rebalance that belongs to no cluster",
                       "the label strimzi.io/cluster with the name of the Kafka resource");
}

MaybeError validate_pod_set(const StrimziPodSet& set, const Checked& checked) {
  for (size_t i = 0; i < set.pods.size(); ++i) {
    const std::string at = "spec.pods." + std::to_string(i);
    const std::string& name = set.pods[i]->metadata.name;
    if (name.empty()) return checked.error(at, "a pod without a name", "metadata.name");
    for (size_t j = 0; j < i; ++j) {
      if (set.pods[j]->metadata.name != name) continue;
      return checked.error(at + ".metadata.name", "the pod name `" + name + "` is used twice",
                           "another name");
    }
  }
  return std::nullopt;
}

}  // namespace

sim::Error Checked::error(const std::string& path, const std::string& what,
                          std::string hint) const {
  const Value* at = nullptr;
  for (std::string nearest = path;; nearest.resize(nearest.rfind('.'))) {
    at = root_.at_path(nearest);
    if (at && at->mark().line > 0) break;
    if (nearest.rfind('.') == nearest.npos) {
      at = &root_;
      break;
    }
  }
  return {fields::place(file_, at->mark()), path + ": " + what, std::move(hint)};
}

sim::Expected<Kind> check_head(const Value& root, const std::string& file) {
  const Checked checked(root, file);
  if (!root.is_map()) {
    return sim::Error{fields::place(file, root.mark()), "the document is not an object",
                      "a map with apiVersion, kind, metadata and spec"};
  }
  const Value* kind_text = root.find("kind");
  const Value* version = root.find("apiVersion");
  const Value* name = root.at_path("metadata.name");
  if (!kind_text || !kind_text->is_string()) {
    return checked.error("kind", "missing", "for example kind: Kafka");
  }
  const std::optional<Kind> kind = kind_from_name(kind_text->as_string());
  if (!kind) {
    std::vector<std::string> names;
    for (size_t i = 0; i < kKindCount; ++i) names.emplace_back(kind_name(static_cast<Kind>(i)));
    return checked.error("kind", "`" + kind_text->as_string() + "` is not known here",
                         joined(names));
  }
  if (!version || !version->is_string()) {
    return checked.error("apiVersion", "missing", joined(api_versions(*kind)));
  }
  const auto& versions = api_versions(*kind);
  if (std::find(versions.begin(), versions.end(), version->as_string()) == versions.end()) {
    return checked.error("apiVersion",
                         "`" + version->as_string() + "` has no kind " + kind_text->as_string(),
                         joined(versions));
  }
  if (!name || !name->is_scalar() || name->scalar_text().empty()) {
    return checked.error("metadata.name", "missing", "a name for the object");
  }
  if (name->is_string() && !is_dns_name(name->as_string())) {
    return checked.error("metadata.name", "`" + name->as_string() + "` is not a valid name",
                         "lower-case letters, digits, - and ., at most 253");
  }
  return *kind;
}

std::optional<sim::Error> validate(const Object& object, const Value& root,
                                   const std::string& file) {
  const Checked checked(root, file);
  switch (object.kind) {
    case Kind::kafka:
      return validate_kafka(as<Kafka>(object), checked);
    case Kind::kafka_node_pool:
      return validate_pool(as<KafkaNodePool>(object), checked);
    case Kind::kafka_topic:
      return validate_topic(as<KafkaTopic>(object), checked);
    case Kind::kafka_rebalance:
      return validate_rebalance(as<KafkaRebalance>(object), checked);
    case Kind::strimzi_pod_set:
      return validate_pod_set(as<StrimziPodSet>(object), checked);
    default:
      return std::nullopt;
  }
}

}  // namespace twin::api
