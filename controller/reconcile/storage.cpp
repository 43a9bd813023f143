// Claims, mounts and log directories of a node, and which changes of its storage can be made.
#include <algorithm>
#include <map>

#include "controller/reconcile/desired.h"

namespace twin::controller {

namespace {

constexpr const char* kDataPath = "/var/lib/kafka/";

std::string type_name(api::StorageType type) {
  return type == api::StorageType::ephemeral ? "ephemeral" : "persistent-claim";
}

std::string volume_problem(const api::StorageVolume& before, const api::StorageVolume& after) {
  const std::string which = "volume " + std::to_string(after.id) + ": ";
  if (before.type != after.type)
    return which + "type " + type_name(before.type) + " cannot become " + type_name(after.type);
  if (before.type == api::StorageType::ephemeral) return {};
  if (after.size < before.size)
    return which + "a claim cannot shrink from " + api::format_bytes(before.size) + " to " +
           api::format_bytes(after.size);
  if (before.storage_class != after.storage_class)
    return which + "the storage class cannot change from `" + before.storage_class + "` to `" +
           after.storage_class + "`";
  return {};
}

api::Value volume_value(const api::StorageVolume& volume) {
  api::Value value = api::Value::map();
  value.set("id", api::Value::integer(volume.id));
  value.set("type", api::Value::string(type_name(volume.type)));
  value.set("size", api::Value::integer(volume.size.value));
  value.set("class", api::Value::string(volume.storage_class));
  value.set("deleteClaim", api::Value::boolean(volume.delete_claim));
  value.set("kraftMetadata", api::Value::boolean(volume.kraft_metadata));
  return value;
}

api::StorageVolume volume_from(const api::Value& value) {
  api::StorageVolume volume;
  const auto text = [&](const char* key) {
    const api::Value* found = value.find(key);
    return found && found->is_scalar() ? found->scalar_text() : std::string();
  };
  const auto integer = [&](const char* key) {
    const api::Value* found = value.find(key);
    return found && found->kind() == api::Value::Kind::integer ? found->as_int() : 0;
  };
  volume.id = static_cast<int32_t>(integer("id"));
  volume.type = text("type") == "ephemeral" ? api::StorageType::ephemeral
                                            : api::StorageType::persistent_claim;
  volume.size = {integer("size")};
  volume.storage_class = text("class");
  volume.delete_claim = text("deleteClaim") == "true";
  volume.kraft_metadata = text("kraftMetadata") == "true";
  return volume;
}

}  // namespace

std::string data_volume_name(const api::Storage& storage, const api::StorageVolume& volume) {
  return storage.jbod ? "data-" + std::to_string(volume.id) : "data";
}

std::string claim_name(const api::Storage& storage, const api::StorageVolume& volume,
                       const std::string& pod_name) {
  return data_volume_name(storage, volume) + "-" + pod_name;
}

std::string mount_path(const api::Storage& storage, const api::StorageVolume& volume) {
  return kDataPath + data_volume_name(storage, volume);
}

std::vector<std::string> log_dirs_of(const api::Storage& storage, const std::string& suffix) {
  std::vector<std::string> dirs;
  for (const api::StorageVolume& volume : storage.volumes)
    dirs.push_back(mount_path(storage, volume) + "/kafka-log" + suffix);
  return dirs;
}

std::string metadata_log_dir_of(const api::Storage& storage, const std::string& suffix) {
  const api::StorageVolume* chosen = nullptr;
  for (const api::StorageVolume& volume : storage.volumes) {
    if (volume.kraft_metadata) {
      chosen = &volume;
      break;
    }
    if (!chosen || volume.id < chosen->id) chosen = &volume;
  }
  return chosen ? mount_path(storage, *chosen) + "/kafka-log" + suffix : std::string();
}

std::shared_ptr<api::PersistentVolumeClaim> make_claim(const api::Kafka& kafka,
                                                       const api::StorageVolume& volume,
                                                       std::string name) {
  auto claim = std::make_shared<api::PersistentVolumeClaim>();
  claim->metadata = owned_metadata(kafka, std::move(name), "kafka");
  // Only claims that may go with the cluster are owned by it: the collector would take the data.
  if (!volume.delete_claim) claim->metadata.owner_references.clear();
  claim->metadata.annotations[api::strimzi::kDeleteClaim] = volume.delete_claim ? "true" : "false";
  claim->storage_class = volume.storage_class;
  claim->requested = volume.size;
  return claim;
}

std::string storage_change_problem(const api::Storage& before, const api::Storage& after) {
  if (before.jbod != after.jbod) return "storage cannot change between single and jbod";
  std::map<int32_t, const api::StorageVolume*> old_volumes;
  std::map<int32_t, int> ids;
  int metadata_volumes = 0;
  for (const api::StorageVolume& volume : before.volumes) old_volumes[volume.id] = &volume;
  for (const api::StorageVolume& volume : after.volumes) {
    metadata_volumes += volume.kraft_metadata ? 1 : 0;
    if (++ids[volume.id] > 1) return "volume id " + std::to_string(volume.id) + " is used twice";
    const auto found = old_volumes.find(volume.id);
    if (found == old_volumes.end()) continue;
    const std::string problem = volume_problem(*found->second, volume);
    if (!problem.empty()) return problem;
  }
  if (metadata_volumes > 1) return "more than one volume has kraftMetadata: shared";
  return {};
}

std::string storage_text(const api::Storage& storage) {
  api::Value value = api::Value::map();
  value.set("jbod", api::Value::boolean(storage.jbod));
  api::Value::List volumes;
  for (const api::StorageVolume& volume : storage.volumes) volumes.push_back(volume_value(volume));
  value.set("volumes", api::Value::list(std::move(volumes)));
  return api::to_json(value);
}

api::Storage storage_from_text(const std::string& text, const api::Storage& otherwise) {
  const sim::Expected<api::Value> value =
      api::parse_scalar_or_flow(text, api::strimzi::kStorage);
  if (!value) return otherwise;
  const api::Value* volumes = value->find("volumes");
  if (!volumes || !volumes->is_list()) return otherwise;
  api::Storage storage;
  const api::Value* jbod = value->find("jbod");
  storage.jbod = jbod && jbod->scalar_text() == "true";
  for (const api::Value& item : volumes->items()) storage.volumes.push_back(volume_from(item));
  return storage;
}

}  // namespace twin::controller
