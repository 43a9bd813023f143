// The first steps: what the resource asks for and what is there.
#include <algorithm>
#include <array>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"

namespace twin::controller::steps {

namespace {

template <class T>
std::vector<std::shared_ptr<const T>> typed(const std::vector<api::ObjectPtr>& items) {
  std::vector<std::shared_ptr<const T>> result;
  for (const api::ObjectPtr& item : items)
    if (item->kind == T::kKind) result.push_back(std::static_pointer_cast<const T>(item));
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a->metadata.name < b->metadata.name; });
  return result;
}

// Does this operator take such a resource at all? "" when it does.
std::string not_ours(const Profile& profile, const api::Kafka& kafka) {
  if (kafka.zookeeper && !profile.zookeeper)
    return "Strimzi " + profile.operator_version + " does not support ZooKeeper-based clusters";
  if (!kafka.zookeeper && !profile.kraft)
    return "Strimzi " + profile.operator_version +
           " knows only clusters with spec.zookeeper and spec.kafka.replicas";
  return {};
}

}  // namespace

Progress read_kafka(Reconcile& run, Calls& calls) {
  const KubeReply* reply =
      retried(calls, "kafka",
              get_request(api::Kind::kafka, run.options.namespace_name, run.options.cluster));
  if (!reply) return Progress::waiting();
  const auto* kafka = reply->meta.ok() ? api::as<api::Kafka>(reply->object) : nullptr;
  if (!kafka && reply->meta.outcome != Outcome::not_found) {
    run.gone = true;  // nothing was read, so there is no status to write to
    return kube_failure("reading Kafka " + run.options.cluster, *reply);
  }
  if (!kafka || kafka->metadata.deletion_time) {
    run.gone = true;
    run.end_chain();
    return Progress::done();
  }
  run.cites.push_back(reply->meta.id);
  run.observed.kafka = std::static_pointer_cast<const api::Kafka>(reply->object);
  if (annotation_of(*kafka, api::strimzi::kPauseReconciliation) == "true") {
    run.paused = true;
    run.decide(calls, DecisionKind::skip, "ReconciliationPaused",
               "the resource is annotated strimzi.io/pause-reconciliation: nothing is changed");
    run.end_chain();
    return Progress::done();
  }
  const std::string problem = not_ours(run.profile, *kafka);
  if (!problem.empty()) {
    run.decide(calls, DecisionKind::refuse, "InvalidResourceException", problem);
    return Progress::failed("InvalidResourceException", problem);
  }
  run.continue_with(kafka->zookeeper ? stateful_steps() : kraft_steps());
  if (run.profile.twin && !kafka->zookeeper) run.continue_with(own_steps());
  return Progress::done();
}

Progress initial_status(Reconcile& run, Calls& calls) {
  if (run.paused || !run.observed.kafka->status.conditions.empty()) return Progress::done();
  const sim::Time now = calls.now();
  const Progress written =
      amend(run, calls, "initial",
            get_request(api::Kind::kafka, run.options.namespace_name, run.options.cluster),
            Verb::update_status, [&](api::Object& object) {
              auto& status = static_cast<api::Kafka&>(object).status;
              if (!status.conditions.empty()) return false;
              status.conditions = {
                  {"NotReady", "True", "Creating", "Kafka cluster is being deployed", now}};
              return true;
            });
  return written.is_waiting() ? written : Progress::done();
}

Progress read_cluster(Reconcile& run, Calls& calls) {
  const std::string& cluster = run.options.cluster;
  const api::Labels of_cluster{{api::strimzi::kCluster, cluster}};
  const api::Labels of_kafka{{api::strimzi::kCluster, cluster},
                             {api::strimzi::kKind, "Kafka"},
                             {api::strimzi::kName, cluster + "-kafka"}};
  struct Listing {
    const char* key;
    api::Kind kind;
    const api::Labels& selector;
  };
  const std::array<Listing, 3> listings{{{"pools", api::Kind::kafka_node_pool, of_cluster},
                                         {"sets", api::Kind::strimzi_pod_set, of_kafka},
                                         {"pods", api::Kind::pod, of_kafka}}};
  std::array<const KubeReply*, 3> replies{};
  const auto ask = [&](size_t i) {
    return retried(
        calls, listings[i].key,
        list_request(listings[i].kind, run.options.namespace_name, listings[i].selector));
  };
  const Progress read = run.for_each(3, [&](size_t i) {
    const KubeReply* reply = ask(i);
    if (!reply) return Progress::waiting();
    if (!reply->meta.ok())
      return kube_failure("listing " + std::string(api::kind_name(listings[i].kind)), *reply);
    return Progress::done();
  });
  if (!read.is_done()) return read;
  for (size_t i = 0; i < 3; ++i) {
    replies[i] = ask(i);
    run.cites.push_back(replies[i]->meta.id);
  }
  run.observed.pools = typed<api::KafkaNodePool>(replies[0]->items);
  for (auto& set : typed<api::StrimziPodSet>(replies[1]->items))
    run.observed.pod_sets[set->metadata.name] = set;
  run.pods = typed<api::Pod>(replies[2]->items);
  if (run.observed.pools.empty()) {
    return Progress::failed(
        "InvalidConfigurationException",
        "KafkaNodePools are enabled, but no KafkaNodePools found for Kafka cluster " + cluster);
  }
  return Progress::done();
}

}  // namespace twin::controller::steps
