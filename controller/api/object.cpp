#include "controller/api/object.h"

#include <algorithm>
#include <array>

#include "controller/api/fields.h"
#include "controller/api/resources.h"
#include "controller/api/tables.h"
#include "controller/api/validate.h"
#include "sim/assert.h"

namespace twin::api {
namespace {

using fields::Read;
using fields::Reader;

struct KindInfo {
  std::string_view name;
  std::string_view plural;
  bool namespaced;
  bool generation;
  std::vector<std::string> versions;
};

const std::array<KindInfo, kKindCount>& kinds() {
  static const std::vector<std::string> kStrimzi = {
      "kafka.strimzi.io/v1", "kafka.strimzi.io/v1beta2", "kafka.strimzi.io/v1beta1",
      "kafka.strimzi.io/v1alpha1"};
  static const std::vector<std::string> kRecent = {"kafka.strimzi.io/v1",
                                                   "kafka.strimzi.io/v1beta2"};
  static const std::array<KindInfo, kKindCount> kKinds = {{
      {"Pod", "pods", true, true, {"v1"}},
      {"Node", "nodes", false, false, {"v1"}},
      {"PersistentVolumeClaim", "persistentvolumeclaims", true, false, {"v1"}},
      {"PersistentVolume", "persistentvolumes", false, false, {"v1"}},
      {"StorageClass", "storageclasses", false, false, {"storage.k8s.io/v1"}},
      {"ConfigMap", "configmaps", true, false, {"v1"}},
      {"Secret", "secrets", true, false, {"v1"}},
      {"Service", "services", true, false, {"v1"}},
      {"StatefulSet", "statefulsets", true, true, {"apps/v1", "apps/v1beta2", "apps/v1beta1"}},
      {"PodDisruptionBudget", "poddisruptionbudgets", true, true, {"policy/v1", "policy/v1beta1"}},
      {"Lease", "leases", true, false, {"coordination.k8s.io/v1"}},
      {"Event", "events", true, false, {"events.k8s.io/v1", "v1"}},
      {"ServiceAccount", "serviceaccounts", true, false, {"v1"}},
      {"NetworkPolicy", "networkpolicies", true, true, {"networking.k8s.io/v1"}},
      {"Kafka", "kafkas", true, true, kStrimzi},
      {"KafkaNodePool", "kafkanodepools", true, true, kRecent},
      {"StrimziPodSet",
       "strimzipodsets",
       true,
       true,
       {"core.strimzi.io/v1", "core.strimzi.io/v1beta2"}},
      {"KafkaTopic", "kafkatopics", true, true, kStrimzi},
      {"KafkaUser", "kafkausers", true, true, kStrimzi},
      {"KafkaRebalance",
       "kafkarebalances",
       true,
       true,
       {"kafka.strimzi.io/v1", "kafka.strimzi.io/v1beta2", "kafka.strimzi.io/v1alpha1"}},
      {"KafkaMirrorMaker", "kafkamirrormakers", true, true, kStrimzi},
      {"KafkaMirrorMaker2", "kafkamirrormaker2s", true, true, kStrimzi},
  }};
  return kKinds;
}

const KindInfo& info(Kind kind) {
  const auto index = static_cast<size_t>(kind);
  TWIN_ASSERT(index < kKindCount);
  return kinds()[index];
}

template <class T>
struct Type {
  using type = T;
};

// Calls `work` with the struct of the kind; GenericObject for kinds without one.
template <class Work>
decltype(auto) with_type(Kind kind, Work work) {
  switch (kind) {
    case Kind::pod:
      return work(Type<Pod>{});
    case Kind::node:
      return work(Type<Node>{});
    case Kind::persistent_volume_claim:
      return work(Type<PersistentVolumeClaim>{});
    case Kind::persistent_volume:
      return work(Type<PersistentVolume>{});
    case Kind::storage_class:
      return work(Type<StorageClass>{});
    case Kind::config_map:
      return work(Type<ConfigMap>{});
    case Kind::stateful_set:
      return work(Type<StatefulSet>{});
    case Kind::pod_disruption_budget:
      return work(Type<PodDisruptionBudget>{});
    case Kind::lease:
      return work(Type<Lease>{});
    case Kind::event:
      return work(Type<KubeEvent>{});
    case Kind::kafka:
      return work(Type<Kafka>{});
    case Kind::kafka_node_pool:
      return work(Type<KafkaNodePool>{});
    case Kind::strimzi_pod_set:
      return work(Type<StrimziPodSet>{});
    case Kind::kafka_topic:
      return work(Type<KafkaTopic>{});
    case Kind::kafka_rebalance:
      return work(Type<KafkaRebalance>{});
    default:
      return work(Type<GenericObject>{});
  }
}

bool is_head(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

// Storage classes say in an annotation which one is the default.
constexpr const char* kDefaultClass = "storageclass.kubernetes.io/is-default-class";

template <class T>
void after_decode(T& object) {
  if constexpr (std::is_same_v<T, StorageClass>) {
    const auto found = object.metadata.annotations.find(kDefaultClass);
    object.is_default = found != object.metadata.annotations.end() && found->second == "true";
  }
}

template <class T>
Value metadata_value(const T& object, const Value* kept) {
  using Meta = fields::Struct<ObjectMeta>;
  if constexpr (std::is_same_v<T, StorageClass>) {
    const bool said = object.metadata.annotations.contains(kDefaultClass);
    if (said || object.is_default) {
      ObjectMeta meta = object.metadata;
      meta.annotations[kDefaultClass] = object.is_default ? "true" : "false";
      return Meta::encode_kept(meta, kept);
    }
  }
  return Meta::encode_kept(object.metadata, kept);
}

// apiVersion, kind and metadata of the document into the object, and what they leave unknown.
Read decode_head(const Value& root, Object& object, Reader& reader) {
  if (const Value* version = root.find("apiVersion")) object.api_version = version->scalar_text();
  const Value* metadata = root.find("metadata");
  if (!metadata) return Read::ok;
  reader.enter("metadata");
  if (fields::Struct<ObjectMeta>::decode(*metadata, object.metadata, reader) == Read::failed) {
    return Read::failed;
  }
  reader.leave();
  if (auto kept = fields::Struct<ObjectMeta>::keep(*metadata)) {
    object.unknown.set("metadata", std::move(*kept));
  }
  return Read::ok;
}

Value body_of(const Value& root) {
  Value out = Value::map();
  for (const auto& [name, value] : root.entries())
    if (!is_head(name)) out.entries().emplace_back(name, value);
  out.set_mark(root.mark());
  return out;
}

}  // namespace

template <class T>
Read fields::decode_object(const Value& root, T& out, Reader& reader) {
  if (!root.is_map()) return reader.wrong_type(root, "an object", "apiVersion, kind, metadata");
  if (decode_head(root, out, reader) == Read::failed) return Read::failed;
  const Value body = body_of(root);
  if constexpr (std::is_same_v<T, GenericObject>) {
    out.body = body;
  } else {
    if (decode_fields(table<T>(), body, out, reader) == Read::failed) return Read::failed;
    keep_fields(table<T>(), body, out.unknown);
  }
  after_decode(out);
  return Read::ok;
}

template Read fields::decode_object<Pod>(const Value&, Pod&, Reader&);
template Read fields::decode_object<PersistentVolumeClaim>(const Value&, PersistentVolumeClaim&,
                                                           Reader&);

std::string_view kind_name(Kind kind) { return info(kind).name; }

std::optional<Kind> kind_from_name(std::string_view name) {
  for (size_t i = 0; i < kKindCount; ++i)
    if (kinds()[i].name == name) return static_cast<Kind>(i);
  return std::nullopt;
}

bool is_namespaced(Kind kind) { return info(kind).namespaced; }

bool has_generation(Kind kind) { return info(kind).generation; }

std::string_view plural_name(Kind kind) { return info(kind).plural; }

std::string resource_name(Kind kind) {
  const std::string& version = info(kind).versions.front();
  const size_t slash = version.find('/');
  const std::string plural(info(kind).plural);
  return slash == version.npos ? plural : plural + "." + version.substr(0, slash);
}

const std::vector<std::string>& api_versions(Kind kind) { return info(kind).versions; }

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
  for (const Condition& condition : conditions)
    if (condition.type == type) return &condition;
  return nullptr;
}

Value encode(const Object& object) {
  Value out = Value::map();
  const std::string& version = object.api_version;
  out.set("apiVersion", Value::string(version.empty() ? api_versions(object.kind)[0] : version));
  out.set("kind", Value::string(std::string(kind_name(object.kind))));
  with_type(object.kind, [&]<class T>(Type<T>) {
    const T& typed = static_cast<const T&>(object);
    Value metadata = metadata_value(typed, object.unknown.find("metadata"));
    if (!metadata.entries().empty()) out.set("metadata", std::move(metadata));
    if constexpr (std::is_same_v<T, GenericObject>) {
      if (typed.body.is_map())
        for (const auto& [name, value] : typed.body.entries()) out.set(name, value);
    } else {
      Value kept = object.unknown;
      kept.erase("metadata");
      fields::encode_fields(fields::table<T>(), typed, &kept, out);
    }
  });
  return out;
}

sim::Expected<std::shared_ptr<Object>> decode(const Document& document) {
  const Value& root = document.root;
  Reader reader(document.file);
  const auto kind = check_head(root, document.file);
  if (!kind) return kind.error();
  std::shared_ptr<Object> out;
  const Read read = with_type(*kind, [&]<class T>(Type<T>) {
    std::shared_ptr<T> typed;
    if constexpr (std::is_same_v<T, GenericObject>) {
      typed = std::make_shared<T>(*kind);
    } else {
      typed = std::make_shared<T>();
    }
    out = typed;
    return fields::decode_object(root, *typed, reader);
  });
  if (read == Read::failed) return *reader.error();
  if (std::optional<sim::Error> error = validate(*out, root, document.file)) return *error;
  return out;
}

namespace {

// Everything of the head but what the server itself changes with each write.
bool same_head(const Object& a, const Object& b) {
  const ObjectMeta& x = a.metadata;
  const ObjectMeta& y = b.metadata;
  return a.kind == b.kind && a.api_version == b.api_version && x.name == y.name &&
         x.namespace_name == y.namespace_name && x.uid == y.uid && x.labels == y.labels &&
         x.annotations == y.annotations && x.owner_references == y.owner_references &&
         x.finalizers == y.finalizers && x.creation_time == y.creation_time &&
         x.deletion_time == y.deletion_time && x.deletion_grace == y.deletion_grace;
}

fields::Unknowns unknowns_of(const Object& object) {
  fields::Unknowns out;
  with_type(object.kind, [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, GenericObject>) {
      const Value& body = static_cast<const T&>(object).body;
      if (body.is_map())
        for (const auto& [name, value] : body.entries()) out.push_back({name, &value});
    } else {
      fields::Unknowns all;
      fields::unknown_fields(fields::table<T>(), object.unknown, "", all);
      for (fields::Unknown& each : all)
        if (each.path != "metadata") out.push_back(std::move(each));
    }
  });
  return out;
}

bool same_unknown(const Object& a, const Object& b) {
  if (a.unknown == b.unknown) return true;
  const fields::Unknowns left = unknowns_of(a);
  const fields::Unknowns right = unknowns_of(b);
  if (left.size() != right.size()) return false;
  for (const fields::Unknown& each : left) {
    bool found = false;
    for (const fields::Unknown& other : right)
      found = found || (other.path == each.path && *other.value == *each.value);
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool same_content(const Object& a, const Object& b) {
  if (&a == &b) return true;
  if (!same_head(a, b)) return false;
  return with_type(a.kind, [&]<class T>(Type<T>) {
    const T& x = static_cast<const T&>(a);
    const T& y = static_cast<const T&>(b);
    if constexpr (std::is_same_v<T, GenericObject>) {
      return x.body == y.body;
    } else {
      if constexpr (std::is_same_v<T, StorageClass>) {
        if (x.is_default != y.is_default) return false;
      }
      return fields::equal_fields(fields::table<T>(), x, y) && same_unknown(a, b);
    }
  });
}

std::vector<FieldReport> field_report(const Object& object) {
  std::vector<FieldReport> out;
  for (const fields::Unknown& each : unknowns_of(object)) {
    if (each.value->is_null()) continue;
    out.push_back({each.path, each.value->mark()});
  }
  // In the order of the text; what has no place in a text comes last.
  std::stable_sort(out.begin(), out.end(), [](const FieldReport& a, const FieldReport& b) {
    const auto key = [](const Mark& m) {
      return std::pair(m.line == 0 ? INT32_MAX : m.line, m.column);
    };
    return key(a.mark) < key(b.mark);
  });
  return out;
}

}  // namespace twin::api
