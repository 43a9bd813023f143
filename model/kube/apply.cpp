#include "model/kube/apply.h"

#include <algorithm>

#include "controller/api/fields.h"
#include "controller/api/kube.h"
#include "controller/api/strimzi.h"
#include "sim/assert.h"

namespace twin::model::kube {

namespace {

// A manager that wrote a field by other means than an apply is kept as `NAME using VERSION`, which
// is how an API server's message names it.
constexpr const char* kUsing = " using ";

std::string updater(const std::string& manager, const api::Object& object) {
  const std::string& version = object.api_version;
  return manager + kUsing + (version.empty() ? api::api_versions(object.kind)[0] : version);
}

// `"alice"`, or `"alice" using v1`.
std::string quoted(const std::string& manager) {
  const size_t name = std::min(manager.find(kUsing), manager.size());
  return "\"" + manager.substr(0, name) + "\"" + manager.substr(name);
}

// Identity and bookkeeping belong to the server.
void keep_identity(const api::ObjectMeta& stored, api::ObjectMeta& out) {
  out.uid = stored.uid;
  out.resource_version = stored.resource_version;
  out.generation = stored.generation;
  out.creation_time = stored.creation_time;
  out.deletion_time = stored.deletion_time;
  out.deletion_grace = stored.deletion_grace;
  if (out.managed_fields.empty()) out.managed_fields = stored.managed_fields;
}

template <class T, class... Members>
void copy(const api::Object& from, api::Object& to, Members... members) {
  ((static_cast<T&>(to).*members = api::as<T>(from).*members), ...);
}

// Copies the status of `from` into `to`; both are of one kind. Kinds without a status subresource
// (ConfigMap, Lease, Secret ...) have nothing to copy.
void copy_status(const api::Object& from, api::Object& to) {
  using namespace api;
  switch (from.kind) {
    case Kind::pod:
      return copy<Pod>(from, to, &Pod::status);
    case Kind::node:
      return copy<Node>(from, to, &Node::conditions);
    case Kind::persistent_volume_claim: {
      using T = PersistentVolumeClaim;
      copy<T>(from, to, &T::phase, &T::capacity, &T::conditions);
      // The binding is spec, but only the volume controller writes it.
      std::string& bound = static_cast<T&>(to).volume_name;
      if (bound.empty()) bound = as<T>(from).volume_name;
      return;
    }
    case Kind::stateful_set: {
      using T = StatefulSet;
      return copy<T>(from, to, &T::ready_replicas, &T::current_replicas, &T::observed_generation);
    }
    case Kind::pod_disruption_budget:
      return copy<PodDisruptionBudget>(from, to, &PodDisruptionBudget::disruptions_allowed);
    case Kind::kafka:
      return copy<Kafka>(from, to, &Kafka::status);
    case Kind::kafka_node_pool: {
      using T = KafkaNodePool;
      return copy<T>(from, to, &T::node_ids, &T::cluster_id, &T::conditions,
                     &T::observed_generation);
    }
    case Kind::strimzi_pod_set: {
      using T = StrimziPodSet;
      return copy<T>(from, to, &T::status_pods, &T::status_ready_pods, &T::status_current_pods,
                     &T::observed_generation);
    }
    case Kind::kafka_rebalance: {
      using T = KafkaRebalance;
      return copy<T>(from, to, &T::conditions, &T::observed_generation, &T::optimization_result,
                     &T::progress_config_map);
    }
    case Kind::kafka_topic: {
      using T = KafkaTopic;
      return copy<T>(from, to, &T::conditions, &T::observed_generation, &T::status_topic_name);
    }
    default:
      return;
  }
}

// Leaves of a document by dotted path; a list is a leaf, as an atomic list is in the API.
void leaves(const api::Value& value, const std::string& path,
            std::vector<std::pair<std::string, api::Value>>& out) {
  if (!value.is_map()) {
    out.emplace_back(path, value);
    return;
  }
  for (const auto& [key, child] : value.entries()) {
    // A dot inside a key ("strimzi.io/cluster") would not survive a dotted path.
    if (key.find('.') != key.npos) {
      out.emplace_back(path, value);
      return;
    }
  }
  for (const auto& [key, child] : value.entries()) {
    leaves(child, path.empty() ? key : path + "." + key, out);
  }
}

std::vector<std::pair<std::string, api::Value>> applied_leaves(const api::Object& object) {
  api::Value text = api::encode(object);
  text.erase("status");
  text.erase("apiVersion");
  text.erase("kind");
  api::Value meta = api::Value::map();
  if (const api::Value* metadata = text.find("metadata")) {
    for (const char* part : {"labels", "annotations", "ownerReferences", "finalizers"}) {
      if (const api::Value* value = metadata->find(part)) meta.set(part, *value);
    }
  }
  text.erase("metadata");
  std::vector<std::pair<std::string, api::Value>> out;
  leaves(meta, "metadata", out);
  for (const auto& [key, value] : text.entries()) leaves(value, key, out);
  return out;
}

void erase_path(api::Value& root, const std::string& path) {
  const size_t dot = path.rfind('.');
  if (dot == path.npos) {
    root.erase(path);
    return;
  }
  api::Value* at = &root;
  size_t from = 0;
  for (size_t to = path.find('.'); to != path.npos && at != nullptr;
       from = to + 1, to = path.find('.', from)) {
    at = at->find(std::string_view(path).substr(from, to - from));
    if (to == dot) break;
  }
  if (at != nullptr && at->is_map()) at->erase(std::string_view(path).substr(dot + 1));
}

bool owns(const api::ManagedField& field, const std::string& path) {
  return std::binary_search(field.paths.begin(), field.paths.end(), path);
}

using Leaves = std::vector<std::pair<std::string, api::Value>>;

// Takes the fields that change away from the other managers that own them, or says why not.
std::optional<sim::Error> take_over(const Leaves& fields, const api::Value& text,
                                    const std::string& manager, bool force,
                                    std::vector<api::ManagedField>& managers) {
  std::vector<std::string> conflicts;
  for (const auto& [path, value] : fields) {
    const api::Value* now = text.at_path(path);
    if (now != nullptr && *now == value) continue;
    for (api::ManagedField& other : managers) {
      if (other.manager == manager || !owns(other, path)) continue;
      conflicts.push_back("conflict with " + quoted(other.manager) + ": ." + path);
      if (force) std::erase(other.paths, path);
    }
  }
  if (force || conflicts.empty()) return std::nullopt;
  std::string what = "Apply failed with " + std::to_string(conflicts.size()) +
                     (conflicts.size() == 1 ? " conflict: " : " conflicts: ");
  for (const std::string& each : conflicts) what += (&each == &conflicts[0] ? "" : "; ") + each;
  return sim::Error{"conflict", what, ""};
}

}  // namespace

void own_changes(const api::Object* before, api::Object& after, const std::string& manager) {
  if (manager.empty()) return;
  const Leaves old = before != nullptr ? applied_leaves(*before) : Leaves{};
  const Leaves now = applied_leaves(after);
  std::vector<api::ManagedField>& managers = after.metadata.managed_fields;
  const std::string name = updater(manager, after);
  auto mine = std::find_if(managers.begin(), managers.end(),
                           [&](const api::ManagedField& field) { return field.manager == name; });
  if (mine == managers.end()) mine = managers.insert(managers.end(), {name, {}});
  for (const auto& leaf : now) {
    if (std::find(old.begin(), old.end(), leaf) != old.end()) continue;
    for (api::ManagedField& each : managers) std::erase(each.paths, leaf.first);
    mine->paths.push_back(leaf.first);
  }
  std::sort(mine->paths.begin(), mine->paths.end());
  std::erase_if(managers, [](const api::ManagedField& field) { return field.paths.empty(); });
}

std::shared_ptr<api::Object> with_spec_of(const api::Object& stored, const api::Object& wanted) {
  TWIN_ASSERT_EQ(static_cast<int>(stored.kind), static_cast<int>(wanted.kind));
  std::shared_ptr<api::Object> out = wanted.clone();
  keep_identity(stored.metadata, out->metadata);
  copy_status(stored, *out);
  return out;
}

std::shared_ptr<api::Object> with_status_of(const api::Object& stored, const api::Object& wanted) {
  TWIN_ASSERT_EQ(static_cast<int>(stored.kind), static_cast<int>(wanted.kind));
  std::shared_ptr<api::Object> out = stored.clone();
  copy_status(wanted, *out);
  return out;
}

bool spec_differs(const api::Object& a, const api::Object& b) {
  std::shared_ptr<api::Object> same_status = b.clone();
  copy_status(a, *same_status);
  same_status->metadata = a.metadata;
  return !api::same_content(a, *same_status);
}

sim::Expected<std::shared_ptr<api::Object>> server_side_apply(const api::ObjectPtr& stored,
                                                              const api::Object& wanted,
                                                              const std::string& manager,
                                                              bool force) {
  if (manager.empty()) return sim::Error{"", "fieldManager is required for an apply", ""};
  const auto fields = applied_leaves(wanted);
  api::ManagedField mine{manager, {}};
  for (const auto& [path, value] : fields) mine.paths.push_back(path);
  std::sort(mine.paths.begin(), mine.paths.end());
  if (!stored) {
    std::shared_ptr<api::Object> made = wanted.clone();
    made->metadata.managed_fields = {mine};
    return made;
  }
  api::Value text = api::encode(*stored);
  std::vector<api::ManagedField> managers = stored->metadata.managed_fields;
  if (const auto refused = take_over(fields, text, manager, force, managers)) return *refused;
  for (const auto& [path, value] : fields) {
    const api::Value* now = text.at_path(path);
    if (now != nullptr && *now == value) continue;
    const auto set = text.set_path(path, value);
    if (!set) return set.error();
  }
  for (const api::ManagedField& before : managers) {
    if (before.manager != manager) continue;
    for (const std::string& path : before.paths) {
      bool shared = owns(mine, path);
      for (const api::ManagedField& other : managers) {
        shared |= other.manager != manager && owns(other, path);
      }
      if (!shared) erase_path(text, path);
    }
  }
  std::erase_if(managers, [&](const api::ManagedField& f) { return f.manager == manager; });
  managers.push_back(mine);
  auto merged = api::decode({"", text});
  if (!merged) return merged.error();
  keep_identity(stored->metadata, (*merged)->metadata);
  copy_status(*stored, **merged);
  (*merged)->metadata.managed_fields = std::move(managers);
  return merged;
}

}  // namespace twin::model::kube
