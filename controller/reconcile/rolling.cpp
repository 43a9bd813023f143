// The rolling update and what is waited for after it.
#include "controller/client/retry.h"
#include "controller/reconcile/predicate.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"

namespace twin::controller {

// `twin` asks what the pod runs on, again after its restart; what this reconcile did is only added.
void PodPredicate::add_authority_reasons(const api::Pod& pod,
                                         std::vector<std::string>& found) const {
  const auto add = [&](const char* annotation, const Authority& authority,
                       const AuthorityState::Changes& changes, bool trusts_older) {
    const bool old = generation_in(pod, annotation, 0) != authority.cert_generation;
    if (changes.renewed && (old || !twin)) found.push_back("CaCertRenewed");
    if (twin ? trusts_older && !old : changes.removed) found.push_back("CaCertRemoved");
    if (old) found.push_back("CaCertHasOldGeneration");
  };
  const std::string trusted = annotation_of(pod, api::strimzi::kTrustedCaKeys);
  add(api::strimzi::kClusterCaCertGeneration, authorities.cluster, cluster_ca,
      !trusted.empty() && trusted != authorities.cluster.trusted_text());
  add(api::strimzi::kClientsCaCertGeneration, authorities.clients, clients_ca, false);
}

std::vector<std::string> PodPredicate::reasons(const api::Pod& pod, const RollNode& node) const {
  std::vector<std::string> found;
  if (always_differs) found.push_back("PodHasOldRevision");
  const auto wanted = revision_of_pod.find(node.pod_name);
  if (wanted != revision_of_pod.end() &&
      annotation_of(pod, revision_annotation) != wanted->second) {
    found.push_back("PodHasOldRevision");
  }
  if (has_authorities) add_authority_reasons(pod, found);
  if (resized_pods.contains(node.pod_name)) found.push_back("FileSystemResizeNeeded");
  if (has_authorities && annotation_of(pod, api::strimzi::kServerCertHash) !=
                             server_cert_hash(node.pod_name, authorities.cluster)) {
    found.push_back("KafkaCertificatesChanged");
  }
  const bool annotated = manual && annotation_of(pod, api::strimzi::kManualRollingUpdate) == "true";
  if (annotated) found.push_back("ManualRollingUpdate");
  return found;
}

namespace steps {

Progress rolling_update(Reconcile& run, Calls& calls) {
  if (run.profile.broken.rolls_what_it_changed && !run.sets_changed) return Progress::done();
  if (!run.roller) {
    auto predicate = std::make_shared<PodPredicate>();
    predicate->always_differs = run.profile.broken.always_differs;
    predicate->resized_pods = run.resized_pods;
    predicate->has_authorities = true;
    predicate->authorities = run.observed.authorities;
    predicate->cluster_ca = run.authority_state.cluster;
    predicate->clients_ca = run.authority_state.clients;
    predicate->twin = run.profile.twin;
    predicate->manual = run.profile.twin;  // Strimzi rolled annotated pods in a roll of their own
    RollRequest request;
    request.namespace_name = run.options.namespace_name;
    request.cluster = run.options.cluster;
    std::vector<api::NodeId> order;
    for (const DesiredNode& node : run.desired.nodes) order.push_back(node.id);
    if (!run.profile.twin) order = run.desired.in_pool_order();
    for (const api::NodeId id : order) {
      const DesiredNode& node = *run.desired.find(id);
      predicate->revision_of_pod[node.pod_name] = annotation_of(*node.pod, api::strimzi::kRevision);
      request.nodes.push_back(
          {node.id, node.pod_name, node.broker_role, node.controller_role, false});
      request.desired_config.push_back(node.config);
    }
    request.predicate = std::move(predicate);
    request.kafka_version = run.desired.versions.to;
    request.operation_timeout = run.options.operation_timeout;
    request.cold = run.options.cold;
    request.batch = run.options.batch;
    request.broken = run.profile.broken;
    run.roller = make_roller(run.profile.roller, std::move(request));
  }
  return run.roller->step(calls);
}

Progress pods_ready(Reconcile& run, Calls& calls) {
  std::vector<std::string> names;
  for (const api::NodeId id : run.desired.in_pool_order()) {
    names.push_back(run.desired.find(id)->pod_name);
  }
  return wait_for_pods(run, calls, names);
}

// Strimzi waits for the endpoints of both services. In the twin a service has no endpoints of its
// own: who is asked for is the broker itself.
Progress service_endpoints(Reconcile& run, Calls& calls) {
  if (run.profile.twin) return Progress::done();
  return run.for_each(2 * run.desired.services.size(), [&](size_t i) {
    const auto& service = run.desired.services[i / 2];
    const KubeReply* reply = retried(
        calls, std::to_string(i),
        get_request(api::Kind::service, run.options.namespace_name, service->metadata.name));
    return reply ? Progress::done() : Progress::waiting();
  });
}

}  // namespace steps
}  // namespace twin::controller
