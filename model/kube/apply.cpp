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

// Copies the status of `from` into `to`; both are of one kind. Kinds without a status subresource
// (ConfigMap, Lease, Secret ...) have nothing to copy.
void copy_status(const api::Object& from, api::Object& to) {
  switch (from.kind) {
    case api::Kind::pod:
      static_cast<api::Pod&>(to).status = api::as<api::Pod>(from).status;
      return;
    case api::Kind::node:
      static_cast<api::Node&>(to).conditions = api::as<api::Node>(from).conditions;
      return;
    case api::Kind::persistent_volume_claim: {
      const auto& source = api::as<api::PersistentVolumeClaim>(from);
      auto& target = static_cast<api::PersistentVolumeClaim&>(to);
      target.phase = source.phase;
      target.capacity = source.capacity;
      target.conditions = source.conditions;
      // The binding is spec, but only the volume controller writes it.
      if (target.volume_name.empty()) target.volume_name = source.volume_name;
      return;
    }
    case api::Kind::stateful_set: {
      const auto& source = api::as<api::StatefulSet>(from);
      auto& target = static_cast<api::StatefulSet&>(to);
      target.ready_replicas = source.ready_replicas;
      target.current_replicas = source.current_replicas;
      target.observed_generation = source.observed_generation;
      return;
    }
    case api::Kind::pod_disruption_budget:
      static_cast<api::PodDisruptionBudget&>(to).disruptions_allowed =
          api::as<api::PodDisruptionBudget>(from).disruptions_allowed;
      return;
    case api::Kind::kafka:
      static_cast<api::Kafka&>(to).status = api::as<api::Kafka>(from).status;
      return;
    case api::Kind::kafka_node_pool: {
      const auto& source = api::as<api::KafkaNodePool>(from);
      auto& target = static_cast<api::KafkaNodePool&>(to);
      target.node_ids = source.node_ids;
      target.cluster_id = source.cluster_id;
      target.conditions = source.conditions;
      target.observed_generation = source.observed_generation;
      return;
    }
    case api::Kind::strimzi_pod_set: {
      const auto& source = api::as<api::StrimziPodSet>(from);
      auto& target = static_cast<api::StrimziPodSet&>(to);
      target.status_pods = source.status_pods;
      target.status_ready_pods = source.status_ready_pods;
      target.status_current_pods = source.status_current_pods;
      target.observed_generation = source.observed_generation;
      return;
    }
    case api::Kind::kafka_rebalance: {
      const auto& source = api::as<api::KafkaRebalance>(from);
      auto& target = static_cast<api::KafkaRebalance&>(to);
      target.conditions = source.conditions;
      target.observed_generation = source.observed_generation;
      target.optimization_result = source.optimization_result;
      target.progress_config_map = source.progress_config_map;
      return;
    }
    case api::Kind::kafka_topic:
      static_cast<api::KafkaTopic&>(to).conditions = api::as<api::KafkaTopic>(from).conditions;
      return;
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
