// claims, brokers: nobody takes data away whom the user did not ask. What the user asked is read
// from the user's own objects at that moment, not from what the operator says about itself.
#include <set>
#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "model/trace/decode.h"
#include "scenarios/runner/properties/property.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

std::string text_of(const api::Labels& map, const char* key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

const api::Pod* find_pod(const std::vector<api::ObjectPtr>& pods, const std::string& name) {
  for (const api::ObjectPtr& pod : pods) {
    if (pod->metadata.name == name) return &api::as<api::Pod>(*pod);
  }
  return nullptr;
}

bool mounts(const api::PodSpec& spec, const std::string& claim) {
  for (const api::PodVolume& volume : spec.volumes) {
    if (volume.claim_name == claim) return true;
  }
  return false;
}

bool asks_for_new_pod_and_claims(const api::Pod& pod) {
  return text_of(pod.metadata.annotations, api::strimzi::kDeletePodAndPvc) == "true";
}

class Claims final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) == RecordType::PodDeletionMarked) return pod_deleted(record);
    if (trace::type_of(record) == RecordType::VolumeClaimed) return claimed(record);
    if (trace::type_of(record) != RecordType::KubeCallMade) return;
    const auto call = decode<trace::KubeCallMade>(record);
    if (call.verb != static_cast<int64_t>(controller::Verb::remove) ||
        call.kind != static_cast<int64_t>(api::Kind::persistent_volume_claim)) {
      return;
    }
    const std::string name(recorder_.names().string(call.name_string));
    if (given_up_.contains(name)) return;
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::persistent_volume_claim)) {
      if (object->metadata.name == name) judge(api::as<api::PersistentVolumeClaim>(*object));
    }
  }

 private:
  // A pod that the user annotated gives up its claims.
  void pod_deleted(const sim::Record& record) {
    const std::string name(
        recorder_.names().string(decode<trace::PodDeletionMarked>(record).pod_string));
    const auto pods = world_.kube.objects(api::Kind::pod);
    const api::Pod* pod = find_pod(pods, name);
    if (pod == nullptr || !asks_for_new_pod_and_claims(*pod)) return;
    for (const api::PodVolume& volume : pod->spec.volumes) {
      if (!volume.claim_name.empty()) given_up_.insert(volume.claim_name);
    }
  }

  // A new one has data of its own. Until then a deletion that failed may be asked for again.
  void claimed(const sim::Record& record) {
    const auto bound = decode<trace::VolumeClaimed>(record);
    given_up_.erase(std::string(recorder_.names().string(bound.claim_string)));
  }

  void judge(const api::PersistentVolumeClaim& claim) {
    const std::string& name = claim.metadata.name;
    const std::string user = user_of(name);
    if (!user.empty()) {
      return verdicts_.violate(
          "claims", -1, -1, "the operator deletes claim " + name + ", which " + user + " mounts");
    }
    if (deletes_with_storage(claim)) return;
    verdicts_.violate("claims", -1, -1,
                      "the operator deletes claim " + name +
                          " although deleteClaim is not set for it and nobody annotated its pod");
  }

  // A pod that has it, or that a set means to have.
  std::string user_of(const std::string& claim) const {
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::pod)) {
      const auto& pod = api::as<api::Pod>(*object);
      if (mounts(pod.spec, claim)) return "pod " + pod.metadata.name;
    }
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::strimzi_pod_set)) {
      for (const auto& pod : api::as<api::StrimziPodSet>(*object).pods) {
        if (mounts(pod->spec, claim)) return "pod " + pod->metadata.name + " of its set";
      }
    }
    return {};
  }

  // deleteClaim of the volume in the user's manifest. When pool or volume are gone with it, what
  // the claim was told while they were there.
  bool deletes_with_storage(const api::PersistentVolumeClaim& claim) const {
    const std::string pool_name = text_of(claim.metadata.labels, api::strimzi::kPoolName);
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::kafka_node_pool)) {
      if (object->metadata.name != pool_name) continue;
      const auto& pool = api::as<api::KafkaNodePool>(*object);
      const int said = said_by(pool.storage, claim.metadata.name);
      if (said >= 0) return said == 1;
    }
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::kafka)) {
      const auto& kafka = api::as<api::Kafka>(*object);
      const bool zookeeper = claim.metadata.name.find("-zookeeper-") != std::string::npos;
      const api::Storage* storage = nullptr;
      if (zookeeper && kafka.zookeeper) storage = &kafka.zookeeper->storage;
      if (!zookeeper && kafka.storage) storage = &*kafka.storage;
      const int said = storage == nullptr ? -1 : said_by(*storage, claim.metadata.name);
      if (said >= 0) return said == 1;
    }
    return text_of(claim.metadata.annotations, api::strimzi::kDeleteClaim) == "true";
  }

  // 1 to be deleted, 0 to be kept, -1 nothing is said of it.
  static int said_by(const api::Storage& storage, const std::string& claim) {
    for (const api::StorageVolume& volume : storage.volumes) {
      const std::string prefix = storage.jbod ? "data-" + std::to_string(volume.id) + "-" : "data-";
      if (claim.starts_with(prefix)) return volume.delete_claim ? 1 : 0;
    }
    return -1;
  }

  std::set<std::string> given_up_;
};

class Brokers final : public Property {
 public:
  using Property::Property;
  void on_record(const sim::Record& record) override {
    if (trace::type_of(record) != RecordType::PodDeletionMarked) return;
    const std::string name(
        recorder_.names().string(decode<trace::PodDeletionMarked>(record).pod_string));
    const auto pods = world_.kube.objects(api::Kind::pod);
    const api::Pod* pod = find_pod(pods, name);
    if (pod == nullptr || text_of(pod->metadata.labels, api::strimzi::kKind) != "Kafka") return;
    if (name.find("-zookeeper-") != std::string::npos || wanted(name)) return;
    if (asks_for_new_pod_and_claims(*pod) || user_allows()) return;
    const auto node = static_cast<size_t>(number_of(name));
    const auto& on_node = world_.kafka.table().on_node;
    if (node >= on_node.size() || on_node[node].empty()) return;
    verdicts_.violate("brokers", static_cast<int64_t>(node), -1,
                      "pod " + name + " is removed for good although " +
                          std::to_string(on_node[node].size()) + " replicas live on it");
  }

 private:
  static int64_t number_of(const std::string& pod) {
    int64_t number = 0;
    for (size_t i = pod.rfind('-') + 1; i < pod.size(); ++i) {
      if (pod[i] < '0' || pod[i] > '9') return INT32_MAX;
      number = number * 10 + (pod[i] - '0');
    }
    return number;
  }

  // Does a set still mean to have it?
  bool wanted(const std::string& name) const {
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::strimzi_pod_set)) {
      for (const auto& pod : api::as<api::StrimziPodSet>(*object).pods) {
        if (pod->metadata.name == name) return true;
      }
    }
    for (const api::ObjectPtr& object : world_.kube.objects(api::Kind::stateful_set)) {
      const auto& set = api::as<api::StatefulSet>(*object);
      if (name.starts_with(set.metadata.name + "-") && number_of(name) < set.replicas) return true;
    }
    return false;
  }

  // The cluster itself is deleted, or its owner switched the check off.
  bool user_allows() const {
    for (const api::ObjectPtr& kafka : world_.kube.objects(api::Kind::kafka)) {
      if (kafka->metadata.deletion_time) return true;
      return text_of(kafka->metadata.annotations, api::strimzi::kSkipScaleDownCheck) == "true";
    }
    return true;
  }
};

}  // namespace

PropertyPtr make_claims(const PropertyContext& c) { return std::make_unique<Claims>(c); }
PropertyPtr make_brokers(const PropertyContext& c) { return std::make_unique<Brokers>(c); }

}  // namespace twin::scenario
