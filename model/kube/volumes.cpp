#include "model/kube/volumes.h"

#include <algorithm>

#include "model/kube/kubelet.h"
#include "model/kube/nodes.h"
#include "model/kube/scheduler.h"

namespace twin::model::kube {

namespace {

// Unused volumes stay attached for a moment: the pod that comes back to the same machine finds it
// there. The attach-detach controller's loop does not detach faster either.
constexpr sim::Duration kIdleBeforeDetach{1'000'000'000};
constexpr sim::Duration kForcedDetach{360'000'000'000};  // maxWaitForUnmountDuration

bool is_local(const api::StorageClass& storage) {
  return storage.provisioner == "kubernetes.io/no-provisioner" ||
         storage.provisioner == "rancher.io/local-path";
}

}  // namespace

const api::StorageClass* Volumes::class_of(const api::PersistentVolumeClaim& claim) const {
  for (const auto& [key, object] : context_.store.all(api::Kind::storage_class)) {
    const auto& storage = api::as<api::StorageClass>(*object);
    if (claim.storage_class.empty() ? storage.is_default : key.second == claim.storage_class) {
      return &storage;
    }
  }
  return nullptr;
}

const api::PersistentVolumeClaim* Volumes::claim_of(const api::Pod& pod,
                                                    const std::string& name) const {
  const api::ObjectPtr found =
      context_.store.find(api::Kind::persistent_volume_claim, pod.metadata.namespace_name, name);
  return found ? &api::as<api::PersistentVolumeClaim>(*found) : nullptr;
}

const api::PersistentVolume* Volumes::volume_of(const api::PersistentVolumeClaim& claim) const {
  const api::ObjectPtr found =
      context_.store.find(api::Kind::persistent_volume, "", claim.volume_name);
  return found ? &api::as<api::PersistentVolume>(*found) : nullptr;
}

std::string Volumes::zone_with_fewest_volumes() const {
  std::map<std::string, int64_t> volumes;
  for (const auto& [key, object] : context_.store.all(api::Kind::node)) {
    volumes.emplace(api::zone_of(api::as<api::Node>(*object)), 0);
  }
  for (const auto& [key, object] : context_.store.all(api::Kind::persistent_volume)) {
    const auto found = volumes.find(api::as<api::PersistentVolume>(*object).zone);
    if (found != volumes.end()) ++found->second;
  }
  std::string best;
  int64_t fewest = INT64_MAX;
  for (const auto& [zone, count] : volumes) {
    if (count < fewest) {
      fewest = count;
      best = zone;
    }
  }
  return best;
}

void Volumes::on_claim(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (!after) {  // deleted: the volume goes with it or stays, released
    const auto& claim = api::as<api::PersistentVolumeClaim>(*before);
    const api::PersistentVolume* volume = volume_of(claim);
    if (volume == nullptr) return;
    context_.kernel.emit(trace::VolumeReleased{context_.name(volume->metadata.name)});
    if (volume->reclaim_policy == "Delete") {
      context_.server.erase(*volume);
      return;
    }
    auto released = std::make_shared<api::PersistentVolume>(*volume);
    released->phase = "Released";
    context_.server.put(released, controller::Verb::update_status);
    return;
  }
  const auto& claim = api::as<api::PersistentVolumeClaim>(*after);
  const api::StorageClass* storage = class_of(claim);
  if (claim.volume_name.empty()) {
    if (storage != nullptr && storage->binding_mode == "Immediate" && !before) {
      provision(claim, is_local(*storage) ? "" : zone_with_fewest_volumes(), "");
    }
    return;
  }
  const api::PersistentVolume* volume = volume_of(claim);
  const bool grows = volume != nullptr && claim.requested.value > volume->capacity.value;
  if (!grows || storage == nullptr || !storage->allow_volume_expansion) return;
  auto grown = std::make_shared<api::PersistentVolume>(*volume);
  grown->capacity = claim.requested;
  context_.server.put(grown, controller::Verb::update);
  auto told = std::make_shared<api::PersistentVolumeClaim>(claim);
  told->capacity = claim.requested;
  context_.server.put(told, controller::Verb::update_status);
}

void Volumes::provision(const api::PersistentVolumeClaim& claim, const std::string& zone,
                        const std::string& node) {
  const api::StorageClass* storage = class_of(claim);
  auto volume = std::make_shared<api::PersistentVolume>();
  volume->api_version = "v1";
  volume->metadata.name = "pvc-" + std::to_string(claim.metadata.uid.value);
  volume->storage_class = storage->metadata.name;
  volume->capacity = claim.requested;
  volume->claim_namespace = claim.metadata.namespace_name;
  volume->claim_name = claim.metadata.name;
  volume->phase = "Bound";
  volume->reclaim_policy = storage->reclaim_policy;
  volume->zone = zone;
  volume->node = node;
  context_.kernel.emit(
      trace::VolumeProvisioned{context_.name(volume->metadata.name), claim.requested.value});
  context_.kernel.emit(trace::VolumeClaimed{context_.name(volume->metadata.name),
                                            context_.name(claim.metadata.name)});
  const uint32_t index = index_of(volume->metadata.name);
  volumes_[index].local = !node.empty();
  context_.server.put(volume, controller::Verb::create);
  auto bound = std::make_shared<api::PersistentVolumeClaim>(claim);
  bound->volume_name = volume->metadata.name;
  bound->phase = "Bound";
  bound->capacity = claim.requested;
  context_.server.put(bound, controller::Verb::update_status);
}

uint32_t Volumes::index_of(const std::string& volume) {
  const auto [found, fresh] = index_.emplace(volume, static_cast<uint32_t>(volumes_.size()));
  if (fresh) {
    volumes_.emplace_back();
    volumes_.back().name = volume;
  }
  return found->second;
}

std::string Volumes::unbound_reason(const api::Pod& pod) const {
  for (const api::PodVolume& volume : pod.spec.volumes) {
    if (volume.claim_name.empty()) continue;
    const api::PersistentVolumeClaim* claim = claim_of(pod, volume.claim_name);
    if (claim == nullptr) {
      return "persistentvolumeclaim \"" + volume.claim_name + "\" not found";
    }
    if (claim->metadata.deletion_time) {
      return "persistentvolumeclaim \"" + volume.claim_name + "\" is being deleted";
    }
    if (!claim->volume_name.empty()) continue;
    const api::StorageClass* storage = class_of(*claim);
    if (storage == nullptr || storage->binding_mode == "Immediate") {
      return "pod has unbound immediate PersistentVolumeClaims";
    }
  }
  return {};
}

bool Volumes::fits(const api::Pod& pod, const api::Node& node) const {
  for (const api::PodVolume& each : pod.spec.volumes) {
    if (each.claim_name.empty()) continue;
    const api::PersistentVolumeClaim* claim = claim_of(pod, each.claim_name);
    const api::PersistentVolume* volume = claim == nullptr ? nullptr : volume_of(*claim);
    if (volume == nullptr) continue;
    if (!volume->zone.empty() && volume->zone != api::zone_of(node)) return false;
    if (!volume->node.empty() && volume->node != node.metadata.name) return false;
  }
  return true;
}

void Volumes::bind_for(const api::Pod& pod, const api::Node& node) {
  for (const api::PodVolume& volume : pod.spec.volumes) {
    if (volume.claim_name.empty()) continue;
    const api::PersistentVolumeClaim* claim = claim_of(pod, volume.claim_name);
    if (claim == nullptr || !claim->volume_name.empty()) continue;
    const api::StorageClass* storage = class_of(*claim);
    if (storage == nullptr) continue;
    provision(*claim, api::zone_of(node), is_local(*storage) ? node.metadata.name : "");
  }
}

bool Volumes::attach_all(uint32_t run, const api::Pod& pod, const std::string& node) {
  std::set<uint32_t>& waits = pending_[run];
  waits.clear();
  for (const api::PodVolume& each : pod.spec.volumes) {
    if (each.claim_name.empty()) continue;
    const api::PersistentVolumeClaim* claim = claim_of(pod, each.claim_name);
    if (claim == nullptr || claim->volume_name.empty()) continue;
    const uint32_t index = index_of(claim->volume_name);
    Volume& volume = volumes_[index];
    if (volume.local || (volume.attached_to == node && !volume.detaching)) {
      volume.users.insert(run);
      ++volume.generation;  // not idle any more
      continue;
    }
    waits.insert(index);
    volume.waiting.emplace_back(run, node);
    serve_next(index);
  }
  if (!waits.empty()) return false;
  pending_.erase(run);
  return true;
}

// The first in line gets the volume, once nobody has it.
void Volumes::serve_next(uint32_t index) {
  Volume& volume = volumes_[index];
  if (volume.waiting.empty() || volume.detaching || !volume.attaching_to.empty()) return;
  if (!volume.users.empty() || volume.fenced) return;
  if (volume.attached_to.empty()) {
    if (volume.blocked_attach) return;
    attach(index, volume.waiting.front().second);
  } else if (volume.attached_to != volume.waiting.front().second) {
    detach(index);
  } else {
    context_.after({}, Local::volume, index, volume.generation,
                   static_cast<uint32_t>(Step::attached));
    volume.attaching_to = volume.attached_to;
  }
}

void Volumes::attach(uint32_t index, const std::string& node) {
  Volume& volume = volumes_[index];
  volume.attaching_to = node;
  context_.after(context_.hardware.volume_attach, Local::volume, index, volume.generation,
                 static_cast<uint32_t>(Step::attached));
}

void Volumes::detach(uint32_t index) {
  Volume& volume = volumes_[index];
  if (volume.blocked || volume.local || volume.detaching || volume.attached_to.empty()) return;
  volume.detaching = true;
  ++volume.generation;
  context_.after(context_.hardware.volume_detach, Local::volume, index, volume.generation,
                 static_cast<uint32_t>(Step::detached));
}

void Volumes::handle(const sim::Event& event) {
  Volume& volume = volumes_[event.entity];
  if (event.generation != volume.generation) return;
  switch (static_cast<Step>(event.argument)) {
    case Step::provision:
      return;
    case Step::idle:
      volume.fenced = false;
      if (volume.users.empty()) detach(event.entity);
      return;
    case Step::detached:
      context_.kernel.emit(
          trace::VolumeDetached{context_.name(volume.name), context_.name(volume.attached_to)});
      volume.attached_to.clear();
      volume.detaching = false;
      serve_next(event.entity);
      return;
    case Step::attached:
      break;
  }
  if (volume.attached_to != volume.attaching_to) {
    context_.kernel.emit(
        trace::VolumeAttached{context_.name(volume.name), context_.name(volume.attaching_to)});
  }
  volume.attached_to = std::exchange(volume.attaching_to, {});
  std::vector<uint32_t> served;
  for (const auto& [run, node] : volume.waiting) {
    if (node == volume.attached_to) served.push_back(run);
  }
  std::erase_if(volume.waiting, [&](const auto& w) { return w.second == volume.attached_to; });
  for (const uint32_t run : served) volume.users.insert(run);
  for (const uint32_t run : served) {
    const auto waits = pending_.find(run);
    if (waits == pending_.end()) continue;
    waits->second.erase(event.entity);
    if (!waits->second.empty()) continue;
    pending_.erase(waits);
    context_.kubelets->volumes_ready(run);
  }
}

void Volumes::release_all(uint32_t run, bool lost) {
  pending_.erase(run);
  for (uint32_t index = 0; index < volumes_.size(); ++index) {
    Volume& volume = volumes_[index];
    std::erase_if(volume.waiting, [run](const auto& w) { return w.first == run; });
    if (volume.users.erase(run) == 0 || !volume.users.empty() || volume.local) continue;
    ++volume.generation;
    if (lost) {
      volume.fenced = true;
      const bool surely_off = context_.nodes->is_out_of_service(volume.attached_to);
      context_.after(surely_off ? sim::Duration{} : kForcedDetach, Local::volume, index,
                     volume.generation, static_cast<uint32_t>(Step::idle));
    } else if (!volume.waiting.empty()) {
      serve_next(index);
    } else {
      context_.after(kIdleBeforeDetach, Local::volume, index, volume.generation,
                     static_cast<uint32_t>(Step::idle));
    }
  }
}

std::vector<MountedVolume> Volumes::mounts_of(const api::Pod& pod) const {
  std::vector<MountedVolume> mounts;
  if (pod.spec.containers.empty()) return mounts;
  for (const api::VolumeMount& mount : pod.spec.containers.front().volume_mounts) {
    for (const api::PodVolume& each : pod.spec.volumes) {
      if (each.name != mount.volume || !each.config_map.empty()) continue;
      MountedVolume mounted;
      mounted.mount_path = mount.path;
      if (each.claim_name.empty()) {
        mounted.volume = "scratch-" + std::to_string(pod.metadata.uid.value) + "-" + each.name;
      } else if (const auto* claim = claim_of(pod, each.claim_name)) {
        mounted.volume = claim->volume_name;
        mounted.capacity = claim->capacity;
      }
      mounts.push_back(std::move(mounted));
    }
  }
  return mounts;
}

std::string Volumes::resolve(const std::string& claim_or_volume) const {
  for (const auto& [key, object] : context_.store.all(api::Kind::persistent_volume_claim)) {
    if (key.second == claim_or_volume) {
      return api::as<api::PersistentVolumeClaim>(*object).volume_name;
    }
  }
  return index_.contains(claim_or_volume) ? claim_or_volume : std::string();
}

void Volumes::block_detach(const std::string& name, bool blocked) {
  const uint32_t index = index_of(name);
  volumes_[index].blocked = blocked;
  if (!blocked) serve_next(index);
}

void Volumes::block_attach(const std::string& name, bool blocked) {
  const uint32_t index = index_of(name);
  volumes_[index].blocked_attach = blocked;
  if (!blocked) serve_next(index);
}

void Volumes::take_from(const std::string& node) {
  for (uint32_t index = 0; index < volumes_.size(); ++index) {
    Volume& volume = volumes_[index];
    const bool unused = volume.users.empty() && volume.attaching_to.empty();
    if (volume.attached_to != node || volume.local || !unused) continue;
    volume.fenced = false;
    detach(index);
  }
}

}  // namespace twin::model::kube
