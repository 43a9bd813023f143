#include "model/kube/validation.h"

#include <algorithm>

#include "controller/api/kube.h"

namespace twin::model::kube {

namespace {

using api::Kind;
using Refusal = std::optional<std::string>;

// Of a pod that is there only images may change, of what is modelled.
Refusal refused_pod(const api::Pod& before, const api::Pod& after) {
  api::PodSpec spec = after.spec;
  const auto keep_images = [](const std::vector<api::Container>& from,
                              std::vector<api::Container>& to) {
    for (size_t i = 0; i < from.size() && i < to.size(); ++i) to[i].image = from[i].image;
  };
  keep_images(before.spec.containers, spec.containers);
  keep_images(before.spec.init_containers, spec.init_containers);
  if (spec == before.spec) return std::nullopt;
  return "spec: Forbidden: pod updates may not change fields other than "
         "`spec.containers[*].image`,`spec.initContainers[*].image`,"
         "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
         "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously "
         "negative)";
}

Refusal refused_claim(const api::PersistentVolumeClaim& before,
                      const api::PersistentVolumeClaim& after) {
  const bool bound = before.phase == "Bound";
  const bool moved = before.storage_class != after.storage_class ||
                     before.volume_name != after.volume_name ||
                     (!bound && before.requested != after.requested);
  if (moved) {
    return "spec: Forbidden: spec is immutable after creation except resources.requests and "
           "volumeAttributesClassName for bound claims";
  }
  if (after.requested < before.requested && after.requested < before.capacity) {
    return "spec.resources.requests.storage: Forbidden: field can not be less than "
           "status.capacity";
  }
  return std::nullopt;
}

Refusal refused_set(const api::StatefulSet& before, const api::StatefulSet& after) {
  const auto same_claim = [](const api::PersistentVolumeClaim& a,
                             const api::PersistentVolumeClaim& b) {
    return a.metadata.name == b.metadata.name && a.storage_class == b.storage_class &&
           a.requested == b.requested;
  };
  const auto immutable = [](const std::string& field, const std::string& value) {
    return field + ": Invalid value: \"" + value + "\": field is immutable";
  };
  const auto service = [](const api::StatefulSet& set) {
    const api::Value* name = set.unknown.at_path("spec.serviceName");
    return name != nullptr ? name->scalar_text() : std::string{};
  };
  if (service(before) != service(after)) return immutable("spec.serviceName", service(after));
  if (before.pod_management != after.pod_management) {
    return immutable("spec.podManagementPolicy", after.pod_management);
  }
  const bool same_claims =
      std::equal(before.claim_templates.begin(), before.claim_templates.end(),
                 after.claim_templates.begin(), after.claim_templates.end(), same_claim);
  if (!same_claims) return immutable("spec.volumeClaimTemplates", "...");
  if (before.selector != after.selector) return immutable("spec.selector", "...");
  return std::nullopt;
}

}  // namespace

Refusal refused_creation(const api::Object& object) {
  if (object.kind != Kind::pod || !api::as<api::Pod>(object).spec.containers.empty()) {
    return std::nullopt;
  }
  return "spec.containers: Required value";
}

Refusal refused_change(const api::Object& before, const api::Object& after) {
  if (before.metadata.deletion_time) {
    const auto& held = before.metadata.finalizers;
    for (const std::string& each : after.metadata.finalizers) {
      if (std::find(held.begin(), held.end(), each) != held.end()) continue;
      return "metadata.finalizers: Forbidden: no new finalizers can be added if the object is "
             "being deleted, found new finalizers []string{\"" +
             each + "\"}";
    }
  }
  switch (before.kind) {
    case Kind::pod:
      return refused_pod(api::as<api::Pod>(before), api::as<api::Pod>(after));
    case Kind::persistent_volume_claim:
      return refused_claim(api::as<api::PersistentVolumeClaim>(before),
                           api::as<api::PersistentVolumeClaim>(after));
    case Kind::stateful_set:
      return refused_set(api::as<api::StatefulSet>(before), api::as<api::StatefulSet>(after));
    default:
      return std::nullopt;
  }
}

bool may_be_written_blindly(Kind kind) {
  switch (kind) {
    case Kind::lease:
    case Kind::kafka:
    case Kind::kafka_node_pool:
    case Kind::strimzi_pod_set:
    case Kind::kafka_topic:
    case Kind::kafka_user:
    case Kind::kafka_rebalance:
    case Kind::kafka_mirror_maker:
    case Kind::kafka_mirror_maker_2:
      return false;
    default:
      return true;
  }
}

}  // namespace twin::model::kube
