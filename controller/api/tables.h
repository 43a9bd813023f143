// Which types have a field table, and the object heads around them.
#pragma once

#include "controller/api/codecs.h"
#include "controller/api/kube.h"
#include "controller/api/strimzi.h"

namespace twin::api::fields {

#define TWIN_HAS_TABLE(T) \
  template <>             \
  Fields<T> table<T>()

TWIN_HAS_TABLE(ObjectMeta);
TWIN_HAS_TABLE(OwnerReference);
TWIN_HAS_TABLE(ManagedField);
TWIN_HAS_TABLE(Condition);
TWIN_HAS_TABLE(EnvVar);
TWIN_HAS_TABLE(Probe);
TWIN_HAS_TABLE(VolumeMount);
TWIN_HAS_TABLE(Container);
TWIN_HAS_TABLE(PodVolume);
TWIN_HAS_TABLE(SpreadConstraint);
TWIN_HAS_TABLE(PodSpec);
TWIN_HAS_TABLE(ContainerStatus);
TWIN_HAS_TABLE(PodStatus);
TWIN_HAS_TABLE(Taint);
TWIN_HAS_TABLE(PodTemplate);
TWIN_HAS_TABLE(StorageVolume);
TWIN_HAS_TABLE(Listener);
TWIN_HAS_TABLE(ZookeeperSpec);
TWIN_HAS_TABLE(EntityOperatorSpec);
TWIN_HAS_TABLE(KafkaClusterStatus);

TWIN_HAS_TABLE(Pod);
TWIN_HAS_TABLE(Node);
TWIN_HAS_TABLE(PersistentVolumeClaim);
TWIN_HAS_TABLE(PersistentVolume);
TWIN_HAS_TABLE(StorageClass);
TWIN_HAS_TABLE(ConfigMap);
TWIN_HAS_TABLE(StatefulSet);
TWIN_HAS_TABLE(PodDisruptionBudget);
TWIN_HAS_TABLE(Lease);
TWIN_HAS_TABLE(KubeEvent);
TWIN_HAS_TABLE(Kafka);
TWIN_HAS_TABLE(KafkaNodePool);
TWIN_HAS_TABLE(StrimziPodSet);
TWIN_HAS_TABLE(KafkaTopic);
TWIN_HAS_TABLE(KafkaRebalance);

#undef TWIN_HAS_TABLE

// References to kinds that nothing here knows stay unknown.
bool is_modelled(const Value& item, OwnerReference* tag);

// Anti-affinity terms of `podAntiAffinity`, required and preferred ones in one list. Label
// expressions are modelled where they say what matchLabels would.
struct AntiAffinity {
  static Read decode(const Value& value, std::vector<AntiAffinityTerm>& out, Reader& reader);
  static Value encode(const std::vector<AntiAffinityTerm>& terms);
};

// matchLabels, and matchExpressions of the form `key In [one value]`.
struct Selector {
  static Read decode(const Value& value, Labels& out, Reader& reader);
  static Value encode(const Labels& labels);
};

// A probe of a raw container: the API's defaults, where PodTemplate has Strimzi's.
struct KubeProbe {
  static Read decode(const Value& value, Probe& out, Reader& reader);
  static Value encode(const Probe& probe);
  static void unknown(const Value& value, const std::string& path, Unknowns& out);
};

// `storage` of Kafka, ZooKeeper and node pools: one volume, or `type: jbod` with a list.
struct StorageForm {
  static Read decode(const Value& value, Storage& out, Reader& reader);
  static Value encode(const Storage& storage) { return encode_kept(storage, nullptr); }
  static Value encode_kept(const Storage& storage, const Value* kept);
  static std::optional<Value> keep(const Value& value);
  static void unknown(const Value& value, const std::string& path, Unknowns& out);
};
struct OptionalStorageForm {
  static Read decode(const Value& value, std::optional<Storage>& out, Reader& reader) {
    return StorageForm::decode(value, out.emplace(), reader);
  }
  static Value encode_kept(const std::optional<Storage>& from, const Value* kept) {
    return from ? StorageForm::encode_kept(*from, kept) : Value{};
  }
  static std::optional<Value> keep(const Value& value) { return StorageForm::keep(value); }
  static void unknown(const Value& value, const std::string& path, Unknowns& out) {
    StorageForm::unknown(value, path, out);
  }
};

// Listeners as the list of v1beta2 or the map (plain, tls, external) of v1alpha1 and v1beta1.
struct Listeners {
  static Read decode(const Value& value, std::vector<Listener>& out, Reader& reader);
  static Value encode_kept(const std::vector<Listener>& listeners, const Value* kept);
  static std::optional<Value> keep(const Value& value);
  static void unknown(const Value& value, const std::string& path, Unknowns& out);
};

// Kafka configuration: texts in the order of the manifest.
struct ConfigTexts {
  static Read decode(const Value& value, KafkaConfig& out, Reader& reader);
  static Value encode_kept(const KafkaConfig& config, const Value* kept);
  static std::optional<Value> keep(const Value& value);
  static void unknown(const Value&, const std::string&, Unknowns&) {}
};

// Whole objects inside another one: the pods of a StrimziPodSet and the claims of a StatefulSet.
// Each keeps its own unknown fields.
struct PodList {
  using Pods = std::vector<std::shared_ptr<const Pod>>;
  static Read decode(const Value& value, Pods& out, Reader& reader);
  static Value encode_kept(const Pods& pods, const Value* kept);
  static std::optional<Value> keep(const Value& value);
  static void unknown(const Value& value, const std::string& path, Unknowns& out);
  static bool equal(const Pods& a, const Pods& b);
};
struct ClaimList {
  using Claims = std::vector<PersistentVolumeClaim>;
  static Read decode(const Value& value, Claims& out, Reader& reader);
  static Value encode_kept(const Claims& claims, const Value* kept);
  static std::optional<Value> keep(const Value& value);
  static void unknown(const Value& value, const std::string& path, Unknowns& out);
  static bool equal(const Claims& a, const Claims& b);
};

// Decodes `root` into an object of the type, without looking at apiVersion and kind.
template <class T>
Read decode_object(const Value& root, T& out, Reader& reader);

}  // namespace twin::api::fields
