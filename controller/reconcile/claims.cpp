// PersistentVolumeClaims: created, grown where the storage class can, and deleted only when they
// are neither wanted nor to be kept (annotation strimzi.io/delete-claim).
#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

struct WantedClaim {
  const api::PersistentVolumeClaim* claim;
  const DesiredNode* node;
};

std::vector<WantedClaim> wanted_claims(const Reconcile& run) {
  std::vector<WantedClaim> wanted;
  for (const DesiredNode& node : run.desired.nodes)
    for (const auto& claim : node.claims) wanted.push_back({claim.get(), &node});
  return wanted;
}

bool is_true(const api::PersistentVolumeClaim& claim, const char* type) {
  const api::Condition* condition = api::find_condition(claim.conditions, type);
  return condition && condition->status == "True";
}

// Grows one claim. What cannot be grown is a warning, not a failure.
Progress grow(Reconcile& run, Calls& calls, const std::string& key,
              const api::PersistentVolumeClaim& current, const api::PersistentVolumeClaim& wanted) {
  const std::string& name = wanted.metadata.name;
  if (current.phase != "Bound" || is_true(current, "Resizing")) return Progress::done();
  std::string problem = "PVC " + name + " does not use any Storage Class and cannot be resized.";
  if (!current.storage_class.empty()) {
    const KubeReply* reply = retried(
        calls, key + "/class", get_request(api::Kind::storage_class, "", current.storage_class));
    if (!reply) return Progress::waiting();
    const auto* storage_class =
        reply->meta.ok() ? api::as<api::StorageClass>(reply->object) : nullptr;
    problem.clear();
    if (!storage_class) {
      problem = "Storage Class " + current.storage_class + " not found. PVC " + name +
                " cannot be resized.";
    } else if (!storage_class->allow_volume_expansion) {
      problem = "Storage Class " + current.storage_class +
                " does not support resizing of volumes. PVC " + name + " cannot be resized.";
    }
  }
  if (!problem.empty()) {
    TWIN_MARK("claim_cannot_grow");
    run.warn("PvcResizingWarning", problem);
    return Progress::done();
  }
  const api::Bytes size = wanted.requested;
  return amend(run, calls, key + "/grow",
               get_request(api::Kind::persistent_volume_claim, run.options.namespace_name, name),
               Verb::update, [size](api::Object& object) {
                 auto& claim = static_cast<api::PersistentVolumeClaim&>(object);
                 if (claim.requested >= size) return false;
                 claim.requested = size;
                 return true;
               });
}

Progress keep_claim(Reconcile& run, Calls& calls, size_t i, const WantedClaim& wanted) {
  const std::string key = std::to_string(i);
  const std::string& name = wanted.claim->metadata.name;
  const KubeReply* reply =
      retried(calls, key + "/get",
              get_request(api::Kind::persistent_volume_claim, run.options.namespace_name, name));
  if (!reply) return Progress::waiting();
  if (reply->meta.outcome == Outcome::not_found) {
    const KubeReply* created = retried(
        calls, key + "/create",
        write_request(Verb::create, std::make_shared<api::PersistentVolumeClaim>(*wanted.claim)));
    if (!created) return Progress::waiting();
    // An unknown outcome shows in the next reconcile: the name is the same, nothing is made twice.
    if (created->meta.ok() || created->meta.outcome == Outcome::already_exists)
      return Progress::done();
    return kube_failure("creating claim " + name, *created);
  }
  const auto* current =
      reply->meta.ok() ? api::as<api::PersistentVolumeClaim>(reply->object) : nullptr;
  if (!current) return kube_failure("reading claim " + name, *reply);
  if (is_true(*current, "FileSystemResizePending")) {
    // Strimzi leaves it at that; a greater wish waits until the file system has grown.
    if (!is_true(*current, "Resizing")) run.resized_pods.insert(wanted.node->pod_name);
    if (!run.profile.twin) return Progress::done();
  }
  if (wanted.claim->requested > current->requested)
    return grow(run, calls, key, *current, *wanted.claim);
  const std::string keep = annotation_of(*wanted.claim, api::strimzi::kDeleteClaim);
  if (annotation_of(*current, api::strimzi::kDeleteClaim) == keep) return Progress::done();
  return amend(run, calls, key + "/annotate",
               get_request(api::Kind::persistent_volume_claim, run.options.namespace_name, name),
               Verb::update, [&](api::Object& object) {
                 std::string& value = object.metadata.annotations[api::strimzi::kDeleteClaim];
                 if (value == keep) return false;
                 value = keep;
                 object.metadata.owner_references = wanted.claim->metadata.owner_references;
                 return true;
               });
}

}  // namespace

Progress claims(Reconcile& run, Calls& calls) {
  const std::vector<WantedClaim> wanted = wanted_claims(run);
  return run.for_each(wanted.size(),
                      [&](size_t i) { return keep_claim(run, calls, i, wanted[i]); });
}

Progress delete_claims(Reconcile& run, Calls& calls) {
  const KubeReply* list =
      retried(calls, "claims",
              list_request(api::Kind::persistent_volume_claim, run.options.namespace_name,
                           {{api::strimzi::kCluster, run.options.cluster},
                            {api::strimzi::kKind, "Kafka"},
                            {api::strimzi::kName, run.options.cluster + "-kafka"}}));
  if (!list) return Progress::waiting();
  if (!list->meta.ok()) return kube_failure("listing claims", *list);
  std::set<std::string> wanted;
  for (const WantedClaim& claim : wanted_claims(run)) wanted.insert(claim.claim->metadata.name);
  for (const api::ObjectPtr& item : list->items) {
    const std::string& name = item->metadata.name;
    if (wanted.contains(name) || item->metadata.deletion_time) continue;
    const bool keeps = annotation_of(*item, api::strimzi::kDeleteClaim) != "true";
    if (keeps && !run.profile.broken.deletes_kept_claims) continue;
    const std::string key = "delete/" + name;
    if (calls.asked_at(key) == sim::kNever)
      run.decide(calls, DecisionKind::remove, "ClaimNotWanted",
                 "no node uses the claim any more and it is annotated strimzi.io/delete-claim",
                 name, {}, {list->meta.id});
    const Progress removed = remove_object(run, calls, key, *item);
    if (!removed.is_done()) return removed;
  }
  return Progress::done();
}

}  // namespace twin::controller::steps
