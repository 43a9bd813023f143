// Kubernetes objects as the controller and the twin's API server exchange them: typed structs,
// immutable once shared (a reader holds the version it read for as long as it likes, which is what
// makes stale caches honest). `Object` is the common head; the body is one of the structs of
// kube.h and strimzi.h. Kinds without behaviour of their own (Secret, Service, NetworkPolicy ...)
// carry their body as a Value.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/ids.h"
#include "controller/api/value.h"
#include "sim/time.h"

namespace twin::api {

enum class Kind : uint8_t {
  pod,
  node,
  persistent_volume_claim,
  persistent_volume,
  storage_class,
  config_map,
  secret,
  service,
  stateful_set,
  pod_disruption_budget,
  lease,
  event,
  service_account,
  network_policy,
  kafka,
  kafka_node_pool,
  strimzi_pod_set,
  kafka_topic,
  kafka_user,
  kafka_rebalance,
  kafka_mirror_maker,
  kafka_mirror_maker_2,
  kCount
};
constexpr size_t kKindCount = static_cast<size_t>(Kind::kCount);

// "Pod", "StrimziPodSet", ... and back. Unknown names give nullopt.
std::string_view kind_name(Kind kind);
std::optional<Kind> kind_from_name(std::string_view name);
// Nodes, volumes and storage classes live outside namespaces.
bool is_namespaced(Kind kind);

using Labels = std::map<std::string, std::string>;

struct OwnerReference {
  Kind kind = Kind::pod;
  std::string name;
  Uid uid;
  bool controller = false;
  bool operator==(const OwnerReference&) const = default;
};

// metadata.managedFields, reduced to what server-side apply needs: which manager owns which path.
struct ManagedField {
  std::string manager;
  std::vector<std::string> paths;  // sorted, dotted
  bool operator==(const ManagedField&) const = default;
};

struct ObjectMeta {
  std::string name;
  std::string namespace_name;
  Uid uid;
  ResourceVersion resource_version;
  int64_t generation = 0;  // counts changes of spec
  Labels labels;
  Labels annotations;
  std::vector<OwnerReference> owner_references;
  std::vector<std::string> finalizers;
  sim::Time creation_time;
  std::optional<sim::Time> deletion_time;  // metadata.deletionTimestamp: when it was marked
  sim::Duration deletion_grace;            // metadata.deletionGracePeriodSeconds
  std::vector<ManagedField> managed_fields;
  bool operator==(const ObjectMeta&) const = default;
};

struct Condition {
  std::string type;
  std::string status;  // "True", "False", "Unknown"
  std::string reason;
  std::string message;
  sim::Time last_transition;
  bool operator==(const Condition&) const = default;
};
const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);

struct Object {
  explicit Object(Kind k) : kind(k) {}
  virtual ~Object() = default;
  Object(const Object&) = default;
  Object& operator=(const Object&) = default;
  // A modifiable copy of the whole object.
  virtual std::shared_ptr<Object> clone() const = 0;

  Kind kind;
  std::string api_version;  // "v1", "kafka.strimzi.io/v1beta2", ...
  ObjectMeta metadata;
  Value unknown;  // every field of the text that no field table knows, at its path
};

using ObjectPtr = std::shared_ptr<const Object>;

template <class T>
struct ObjectOf : Object {
  ObjectOf() : Object(T::kKind) {}
  std::shared_ptr<Object> clone() const override {
    return std::make_shared<T>(static_cast<const T&>(*this));
  }
};

// REQUIRES: the object is of that kind (asserted in kube.cpp's instantiations).
template <class T>
const T& as(const Object& object) {
  return static_cast<const T&>(object);
}
template <class T>
const T* as(const ObjectPtr& object) {
  return object && object->kind == T::kKind ? static_cast<const T*>(object.get()) : nullptr;
}

// A body that nothing here interprets.
struct GenericObject : Object {
  using Object::Object;
  std::shared_ptr<Object> clone() const override { return std::make_shared<GenericObject>(*this); }
  Value body;  // everything but apiVersion, kind and metadata
};

// Typed object -> document and back, by the field tables. decode: Error.where is file:line:column.
Value encode(const Object& object);
sim::Expected<std::shared_ptr<Object>> decode(const Document& document);

// Same kind, metadata apart from resourceVersion, generation and managedFields, and same body: what
// an API server compares to tell a no-op write from a change.
bool same_content(const Object& a, const Object& b);

}  // namespace twin::api
