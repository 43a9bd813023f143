// The plain objects of a cluster: one read each, and a write where something differs.
#include <algorithm>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"

namespace twin::controller::steps {

namespace {

api::Labels kafka_labels(const Reconcile& run) {
  return {{api::strimzi::kCluster, run.options.cluster},
          {api::strimzi::kKind, "Kafka"},
          {api::strimzi::kName, run.options.cluster + "-kafka"}};
}

// Objects of removed nodes: named like pods of a pool, and not desired any more.
Progress remove_leftovers(Reconcile& run, Calls& calls, api::Kind kind,
                          const std::vector<std::string>& wanted) {
  const KubeReply* list = retried(
      calls, "leftovers", list_request(kind, run.options.namespace_name, kafka_labels(run)));
  if (!list) return Progress::waiting();
  if (!list->meta.ok()) return kube_failure("listing " + std::string(api::kind_name(kind)), *list);
  for (const api::ObjectPtr& item : list->items) {
    const std::string& name = item->metadata.name;
    if (!item->metadata.labels.contains(api::strimzi::kPoolName)) continue;
    if (std::binary_search(wanted.begin(), wanted.end(), name)) continue;
    const Progress removed = remove_object(run, calls, "leftover/" + name, *item);
    if (!removed.is_done()) return removed;
  }
  return Progress::done();
}

std::vector<std::string> sorted_pod_names(const Reconcile& run) {
  std::vector<std::string> names;
  for (const DesiredNode& node : run.desired.nodes) names.push_back(node.pod_name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Progress network_policy(Reconcile& run, Calls& calls) {
  return ensure(run, calls, "policy", run.desired.network_policy);
}

Progress service_account(Reconcile& run, Calls& calls) {
  return ensure(run, calls, "account", run.desired.service_account);
}

Progress services(Reconcile& run, Calls& calls) {
  return run.for_each(run.desired.services.size(), [&](size_t i) {
    return ensure(run, calls, std::to_string(i), run.desired.services[i]);
  });
}

Progress certificate_secrets(Reconcile& run, Calls& calls) {
  const Progress kept = run.for_each(run.desired.node_secrets.size(), [&](size_t i) {
    return ensure(run, calls, std::to_string(i), run.desired.node_secrets[i]);
  });
  if (!kept.is_done()) return kept;
  return remove_leftovers(run, calls, api::Kind::secret, sorted_pod_names(run));
}

Progress config_maps(Reconcile& run, Calls& calls) {
  const Progress kept = run.for_each(run.desired.nodes.size(), [&](size_t i) {
    return ensure(run, calls, std::to_string(i), run.desired.nodes[i].config_map);
  });
  if (!kept.is_done()) return kept;
  return remove_leftovers(run, calls, api::Kind::config_map, sorted_pod_names(run));
}

Progress disruption_budget(Reconcile& run, Calls& calls) {
  return ensure(run, calls, "budget", run.desired.budget);
}

// Cruise Control, Entity Operator and Exporter are Deployments, which the twin does not have. Their
// Secrets and accounts are looked up all the same, as in every reconcile.
Progress other_components(Reconcile& run, Calls& calls) {
  const api::Kafka& kafka = *run.observed.kafka;
  if (run.options.cold) {  // once a process is enough
    const auto note = [&](bool asked, const char* field) {
      if (asked)
        run.decide(calls, DecisionKind::note, "WithoutEffect",
                   std::string(field) + ": without effect here, Deployments are not modelled");
    };
    note(kafka.entity_operator && kafka.entity_operator->user_operator,
         "entityOperator.userOperator");
    note(kafka.cruise_control, "cruiseControl");
    note(kafka.kafka_exporter, "kafkaExporter");
  }
  if (run.profile.twin) return Progress::done();
  static const std::vector<std::pair<api::Kind, const char*>> kLookups{
      {api::Kind::config_map, "-cruise-control-config"},
      {api::Kind::secret, "-cruise-control-certs"},
      {api::Kind::secret, "-cruise-control-api"},
      {api::Kind::network_policy, "-network-policy-cruise-control"},
      {api::Kind::service, "-cruise-control"},
      {api::Kind::service_account, "-cruise-control"},
      {api::Kind::service_account, "-entity-operator"},
      {api::Kind::secret, "-entity-topic-operator-certs"},
      {api::Kind::secret, "-entity-user-operator-certs"},
      {api::Kind::config_map, "-entity-topic-operator-config"},
      {api::Kind::config_map, "-entity-user-operator-config"},
      {api::Kind::network_policy, "-network-policy-entity-operator"},
      {api::Kind::service_account, "-kafka-exporter"},
      {api::Kind::secret, "-kafka-exporter-certs"},
      {api::Kind::network_policy, "-network-policy-kafka-exporter"}};
  return run.for_each(kLookups.size(), [&](size_t i) {
    const auto& [kind, suffix] = kLookups[i];
    const KubeReply* reply =
        retried(calls, std::to_string(i),
                get_request(kind, run.options.namespace_name, run.options.cluster + suffix));
    return reply ? Progress::done() : Progress::waiting();
  });
}

}  // namespace twin::controller::steps
