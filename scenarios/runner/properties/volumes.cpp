// one-node: a volume is attached to one machine at a time. same-volumes: a node id comes back on
// the volumes that it had, and no other node has them.
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "model/trace/decode.h"
#include "scenarios/runner/properties/property.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

class OneNode final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) == RecordType::VolumeDetached) {
      const auto detached = decode<trace::VolumeDetached>(record);
      const auto at = attached_to_.find(detached.volume_string);
      if (at != attached_to_.end() && at->second == detached.kube_node_string) {
        attached_to_.erase(at);
      }
      return;
    }
    if (trace::type_of(record) != RecordType::VolumeAttached) return;
    const auto attached = decode<trace::VolumeAttached>(record);
    const auto [at, fresh] =
        attached_to_.emplace(attached.volume_string, attached.kube_node_string);
    if (fresh || at->second == attached.kube_node_string) return;
    const trace::Names& names = recorder_.names();
    verdicts_.violate("one-node", -1, -1,
                      "volume " + std::string(names.string(attached.volume_string)) +
                          " is attached to " +
                          std::string(names.string(attached.kube_node_string)) +
                          " while it is attached to " + std::string(names.string(at->second)));
    at->second = attached.kube_node_string;
  }

 private:
  std::map<int64_t, int64_t> attached_to_;  // volume string -> Kubernetes node string
};

// By claim: a volume that the user added is new, and a claim that the user had deleted (by
// strimzi.io/delete-pod-and-pvc or deleteClaim, which `claims` checks) may be bound anew.
class SameVolumes final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    switch (trace::type_of(record)) {
      case RecordType::PodCreated: {
        const auto created = decode<trace::PodCreated>(record);
        const std::string pod(recorder_.names().string(created.pod_string));
        const int64_t node = created.node >= 0 ? created.node : zookeeper_of(pod);
        if (node >= 0) pod_of_[node] = pod;
        return;
      }
      case RecordType::ProcessStarted:
        return started(decode<trace::ProcessStarted>(record).node);
      case RecordType::VolumeReleased:
        return released(std::string(recorder_.names().string(record.fields[0])));
      default:
        return;
    }
  }

 private:
  using Key = std::pair<int64_t, std::string>;  // node, claim

  // "my-cluster-zookeeper-1" -> its number in records; -1 for a pod of something else.
  static int64_t zookeeper_of(const std::string& pod) {
    const std::string_view part = "-zookeeper-";
    const size_t at = pod.find(part);
    if (at == std::string::npos) return -1;
    int64_t ordinal = -1;
    const char* end = pod.data() + pod.size();
    std::from_chars(pod.data() + at + part.size(), end, ordinal);
    return ordinal < 0 ? -1 : trace::kZookeeperNode + ordinal;
  }

  void released(const std::string& volume) {
    owner_.erase(volume);
    for (auto it = volume_of_.begin(); it != volume_of_.end();) {
      it = it->second == volume ? volume_of_.erase(it) : std::next(it);
    }
  }

  void started(int64_t node) {
    const auto name = pod_of_.find(node);
    if (name == pod_of_.end()) return;
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::pod)) {
      if (object->metadata.name != name->second) continue;
      for (const api::PodVolume& volume : api::as<api::Pod>(*object).spec.volumes) {
        if (!volume.claim_name.empty()) mounted(node, volume.claim_name);
      }
    }
  }

  void mounted(int64_t node, const std::string& claim) {
    const std::string volume = world_.kube.volume_of(claim);
    if (volume.empty()) return;
    const auto [had, fresh] = volume_of_.emplace(Key{node, claim}, volume);
    if (!fresh && had->second != volume) {
      violate(node, "its claim " + claim + " is bound to volume " + volume + ", it was " +
                        had->second + " and nobody gave that up");
      had->second = volume;
    }
    const auto [owner, first] = owner_.emplace(volume, node);
    if (first || owner->second == node) return;
    violate(node, "it mounts volume " + volume + " of " + recorder_.names().node(owner->second));
    owner->second = node;
  }

  void violate(int64_t node, const std::string& how) {
    verdicts_.violate("same-volumes", node, -1,
                      recorder_.names().node(node) + " comes back on other data: " + how);
  }

  std::map<int64_t, std::string> pod_of_;
  std::map<Key, std::string> volume_of_;
  std::map<std::string, int64_t> owner_;
};

}  // namespace

PropertyPtr make_one_node(const PropertyContext& c) { return std::make_unique<OneNode>(c); }
PropertyPtr make_same_volumes(const PropertyContext& c) { return std::make_unique<SameVolumes>(c); }

}  // namespace twin::scenario
