// Nodes, storage, workloads and coordination.
#include "controller/api/tables.h"

namespace twin::api::fields {
namespace {

constexpr const char* kZoneLabel = "topology.kubernetes.io/zone";
constexpr const char* kHostLabel = "kubernetes.io/hostname";

// nodeAffinity of a volume: `required` with one term of the form `label In [one value]`, for a zone
// or a host. The path to the value and back.
const Value* affinity_value(const Value& map, const char* label) {
  const Value* terms = map.at_path("nodeAffinity.required.nodeSelectorTerms");
  if (!terms || !terms->is_list() || terms->items().size() != 1) return nullptr;
  const Value* expressions = terms->items()[0].find("matchExpressions");
  if (!expressions || !expressions->is_list()) return nullptr;
  for (const Value& each : expressions->items()) {
    const Value* key = each.find("key");
    const Value* word = each.find("operator");
    const Value* values = each.find("values");
    if (key && key->scalar_text() == label && word && word->scalar_text() == "In" && values &&
        values->is_list() && values->items().size() == 1) {
      return &values->items()[0];
    }
  }
  return nullptr;
}

Value affinity_term(const char* label, const std::string& text) {
  Value out = Value::map();
  out.set("key", Value::string(label));
  out.set("operator", Value::string("In"));
  out.set("values", Value::list({Value::string(text)}));
  return out;
}

using Volume = PersistentVolume;

Value affinity_of(const Volume& volume) {
  Value::List expressions;
  if (!volume.zone.empty()) expressions.push_back(affinity_term(kZoneLabel, volume.zone));
  if (!volume.node.empty()) expressions.push_back(affinity_term(kHostLabel, volume.node));
  Value out;
  if (expressions.empty()) return out;
  Value term = Value::map();
  term.set("matchExpressions", Value::list(std::move(expressions)));
  Value required = Value::map();
  required.set("nodeSelectorTerms", Value::list({std::move(term)}));
  out.set("required", std::move(required));
  return out;
}

void read_affinity(const Value& map, Volume& out) {
  const Value* zone = affinity_value(map, kZoneLabel);
  const Value* host = affinity_value(map, kHostLabel);
  out.zone = zone ? zone->scalar_text() : std::string{};
  out.node = host ? host->scalar_text() : std::string{};
}

// One document field, two members.
constexpr Field<Volume> affinity_field() {
  Field<Volume> out{.name = "nodeAffinity"};
  out.decode = [](const Field<Volume>&, const Value& map, Volume& volume, Reader&) {
    if (map.find("nodeAffinity")) read_affinity(map, volume);
    return Read::ok;
  };
  out.encode = [](const Field<Volume>&, const Volume& volume, const Value* kept, Value& map) {
    const Value* text = kept ? kept->find("nodeAffinity") : nullptr;
    Volume read_back;
    if (text) read_affinity(*kept, read_back);
    if (text && read_back.zone == volume.zone && read_back.node == volume.node) {
      map.set("nodeAffinity", *text);
    } else if (Value canonical = affinity_of(volume); canonical.is_map()) {
      map.set("nodeAffinity", std::move(canonical));
    }
  };
  out.keep = [](const Field<Volume>&, const Value& map, Value& kept) {
    const Value* text = map.find("nodeAffinity");
    if (!text) return;
    Volume volume;
    read_affinity(map, volume);
    if (!(affinity_of(volume) == *text)) kept.set("nodeAffinity", *text);
  };
  out.unknown = [](const Field<Volume>&, const Value& map, const std::string& path,
                   Unknowns& unknowns) {
    const Value* text = map.find("nodeAffinity");
    if (!text) return;
    Volume volume;
    read_affinity(map, volume);
    if (!(affinity_of(volume) == *text)) unknowns.push_back({join(path, "nodeAffinity"), text});
  };
  out.equal = [](const Volume& a, const Volume& b) { return a.zone == b.zone && a.node == b.node; };
  return out;
}

}  // namespace

template <>
Fields<Taint> table<Taint>() {
  using T = Taint;
  static constexpr Field<T> kFields[] = {
      field<&T::key, Text, Write::always>("key"),
      field<&T::value, Text>("value"),
      field<&T::effect, Text, Write::always>("effect"),
  };
  return kFields;
}

template <>
Fields<Node> table<Node>() {
  using T = Node;
  static constexpr Field<T> kSpec[] = {
      field<&T::unschedulable, Bool>("unschedulable"),
      field<&T::taints, KeyedList<Taint, KeyKey>>("taints"),
  };
  static constexpr Field<T> kAllocatable[] = {
      field<&T::cpu_millis, CpuMillis>("cpu"),
      field<&T::memory, Quantity>("memory"),
      field<&T::pods_max, Count>("pods"),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
      group<T>("allocatable", kAllocatable),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<PersistentVolumeClaim> table<PersistentVolumeClaim>() {
  using T = PersistentVolumeClaim;
  static constexpr Field<T> kRequests[] = {field<&T::requested, Quantity>("storage")};
  static constexpr Field<T> kResources[] = {group<T>("requests", kRequests)};
  static constexpr Field<T> kSpec[] = {
      field<&T::storage_class, Text>("storageClassName"),
      group<T>("resources", kResources),
      field<&T::volume_name, Text>("volumeName"),
  };
  static constexpr Field<T> kCapacity[] = {field<&T::capacity, Quantity>("storage")};
  static constexpr Field<T> kStatus[] = {
      field<&T::phase, Text>("phase"),
      group<T>("capacity", kCapacity),
      field<&T::conditions, KeyedList<Condition, TypeKey>>("conditions"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<PersistentVolume> table<PersistentVolume>() {
  using T = PersistentVolume;
  static constexpr Field<T> kCapacity[] = {field<&T::capacity, Quantity>("storage")};
  static constexpr Field<T> kClaim[] = {
      field<&T::claim_namespace, Text>("namespace"),
      field<&T::claim_name, Text>("name"),
  };
  static constexpr Field<T> kSpec[] = {
      field<&T::storage_class, Text>("storageClassName"),
      group<T>("capacity", kCapacity),
      group<T>("claimRef", kClaim),
      field<&T::reclaim_policy, Text>("persistentVolumeReclaimPolicy"),
      affinity_field(),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::phase, Text>("phase"),
      field<&T::attached_to, Text>("attachedTo"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<StorageClass> table<StorageClass>() {
  using T = StorageClass;
  static constexpr Field<T> kFields[] = {
      field<&T::provisioner, Text>("provisioner"),
      field<&T::reclaim_policy, Text>("reclaimPolicy"),
      field<&T::binding_mode, Text>("volumeBindingMode"),
      field<&T::allow_volume_expansion, Bool>("allowVolumeExpansion"),
  };
  return kFields;
}

template <>
Fields<ConfigMap> table<ConfigMap>() {
  static constexpr Field<ConfigMap> kFields[] = {field<&ConfigMap::data, TextMap>("data")};
  return kFields;
}

template <>
Fields<StatefulSet> table<StatefulSet>() {
  using T = StatefulSet;
  static constexpr Field<T> kMetadata[] = {
      field<&T::template_labels, TextMap>("labels"),
      field<&T::template_annotations, TextMap>("annotations"),
  };
  static constexpr Field<T> kTemplate[] = {
      group<T>("metadata", kMetadata),
      field<&T::template_spec, Struct<PodSpec>>("spec"),
  };
  static constexpr Field<T> kStrategy[] = {field<&T::update_strategy, Text>("type")};
  static constexpr Field<T> kSpec[] = {
      field<&T::replicas, Count, Write::always>("replicas"),
      field<&T::selector, Selector>("selector"),
      group<T>("template", kTemplate),
      field<&T::claim_templates, ClaimList>("volumeClaimTemplates"),
      field<&T::pod_management, Text>("podManagementPolicy"),
      group<T>("updateStrategy", kStrategy),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::ready_replicas, Count>("readyReplicas"),
      field<&T::current_replicas, Count>("currentReplicas"),
      field<&T::observed_generation, Int64>("observedGeneration"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<PodDisruptionBudget> table<PodDisruptionBudget>() {
  using T = PodDisruptionBudget;
  static constexpr Field<T> kSpec[] = {
      field<&T::selector, Selector>("selector"),
      field<&T::min_available, Optional<IntOrPercent>>("minAvailable"),
      field<&T::max_unavailable, Optional<IntOrPercent>>("maxUnavailable"),
  };
  static constexpr Field<T> kStatus[] = {
      field<&T::disruptions_allowed, Count>("disruptionsAllowed")};
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec), group<T>("status", kStatus)};
  return kFields;
}

template <>
Fields<Lease> table<Lease>() {
  using T = Lease;
  static constexpr Field<T> kSpec[] = {
      field<&T::holder, Text>("holderIdentity"),
      field<&T::duration, Seconds, Write::always>("leaseDurationSeconds"),
      field<&T::acquire_time, Timestamp>("acquireTime"),
      field<&T::renew_time, Timestamp>("renewTime"),
      field<&T::transitions, Count>("leaseTransitions"),
  };
  static constexpr Field<T> kFields[] = {group<T>("spec", kSpec)};
  return kFields;
}

template <>
Fields<KubeEvent> table<KubeEvent>() {
  using T = KubeEvent;
  static constexpr Field<T> kRegarding[] = {
      field<&T::regarding_kind, Text>("kind"),
      field<&T::regarding_name, Text>("name"),
  };
  static constexpr Field<T> kFields[] = {
      field<&T::type, Text>("type"),
      field<&T::reason, Text>("reason"),
      field<&T::action, Text>("action"),
      field<&T::note, Text>("note"),
      field<&T::reporting_controller, Text>("reportingController"),
      group<T>("regarding", kRegarding),
  };
  return kFields;
}

}  // namespace twin::api::fields
