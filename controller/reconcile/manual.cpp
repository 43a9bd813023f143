// What a person asks for by annotation: strimzi.io/delete-pod-and-pvc and
// strimzi.io/manual-rolling-update.
#include <algorithm>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/predicate.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

const api::Pod* pod_to_clean(const Reconcile& run) {
  for (const auto& pod : run.pods)
    if (annotation_of(*pod, api::strimzi::kDeletePodAndPvc) == "true") return pod.get();
  return nullptr;
}

api::NodeId node_of(const Reconcile& run, const std::string& pod_name) {
  for (const DesiredNode& node : run.desired.nodes)
    if (node.pod_name == pod_name) return node.id;
  return {};
}

// `twin` deletes a broker's volumes only when every partition it holds has another in-sync replica.
// Strimzi deletes them as told. "" = nothing is lost.
Progress last_copies(Reconcile& run, Calls& calls, api::NodeId node, std::string& problem) {
  const KafkaReply* reply = ask_brokers(run, calls, "topics", api::DescribeTopicsRequest{});
  if (!reply) return Progress::waiting();
  const auto* topics = std::get_if<api::DescribeTopicsReply>(&reply->body);
  if (!reply->meta.ok() || !topics || !topics->topics) {
    problem = "no broker says which partitions it holds";
    return Progress::done();
  }
  for (const api::TopicDescription& topic : topics->topics->topics) {
    for (uint32_t i = 0; i < topic.count; ++i) {
      const api::PartitionDescription& partition = topics->topics->partitions[topic.first + i];
      if (!partition.replicas.contains(node)) continue;
      const int others = partition.isr.size - (partition.isr.contains(node) ? 1 : 0);
      if (others > 0) continue;
      problem = topic.name + "-" + std::to_string(i) + " has no other in-sync replica";
      return Progress::done();
    }
  }
  return Progress::done();
}

Progress allowed_to_clean(Reconcile& run, Calls& calls, const api::Pod& pod, bool& allowed) {
  allowed = true;
  const auto role = pod.metadata.labels.find(api::strimzi::kBrokerRole);
  const bool broker = role != pod.metadata.labels.end() && role->second == "true";
  if (!run.profile.twin || !broker) return Progress::done();
  std::string problem;
  const Progress read = last_copies(run, calls, node_of(run, pod.metadata.name), problem);
  if (!read.is_done()) return read;
  allowed = problem.empty();
  if (!allowed && calls.asked_at("said") == sim::kNever) {
    calls.elapsed("said", {0});
    run.decide(calls, DecisionKind::refuse, "LastCopy",
               "its volumes are not deleted although annotated: " + problem, pod.metadata.name,
               node_of(run, pod.metadata.name));
  }
  return Progress::done();
}

Progress drop_from_set(Reconcile& run, Calls& calls, const api::Pod& pod) {
  const auto set = pod.metadata.labels.find(api::strimzi::kControllerName);
  if (set == pod.metadata.labels.end()) return Progress::done();
  const std::string name = pod.metadata.name;
  return amend(run, calls, "drop",
               get_request(api::Kind::strimzi_pod_set, run.options.namespace_name, set->second),
               Verb::update, [name](api::Object& object) {
                 auto& pods = static_cast<api::StrimziPodSet&>(object).pods;
                 return std::erase_if(pods, [&](const auto& listed) {
                          return listed->metadata.name == name;
                        }) > 0;
               });
}

Progress remove_claims_of(Reconcile& run, Calls& calls, const api::Pod& pod) {
  for (const api::PodVolume& volume : pod.spec.volumes) {
    if (volume.claim_name.empty()) continue;
    const KubeReply* claim = retried(calls, "claim/" + volume.claim_name,
                                     get_request(api::Kind::persistent_volume_claim,
                                                 run.options.namespace_name, volume.claim_name));
    if (!claim) return Progress::waiting();
    if (claim->meta.outcome == Outcome::not_found) continue;
    if (!claim->meta.ok()) return kube_failure("reading claim " + volume.claim_name, *claim);
    const Progress removed =
        remove_object(run, calls, "remove/" + volume.claim_name, *claim->object);
    if (!removed.is_done()) return removed;
  }
  return Progress::done();
}

std::set<std::string> annotated_sets(const Reconcile& run) {
  std::set<std::string> names;
  for (const auto& [name, set] : run.observed.pod_sets)
    if (annotation_of(*set, api::strimzi::kManualRollingUpdate) == "true") names.insert(name);
  return names;
}

// The wish on a set becomes a wish on each of its pods, and is then taken off the set: a restarted
// pod is a new one without the annotation, so nothing is forgotten or done twice.
Progress hand_down(Reconcile& run, Calls& calls, const std::set<std::string>& sets) {
  for (const auto& pod : run.pods) {
    const auto set = pod->metadata.labels.find(api::strimzi::kControllerName);
    if (set == pod->metadata.labels.end() || !sets.contains(set->second)) continue;
    const api::Uid uid = pod->metadata.uid;
    const Progress marked = amend(
        run, calls, "mark/" + pod->metadata.name,
        get_request(api::Kind::pod, run.options.namespace_name, pod->metadata.name), Verb::update,
        [uid](api::Object& object) {
          if (object.metadata.uid != uid) return false;
          std::string& value = object.metadata.annotations[api::strimzi::kManualRollingUpdate];
          if (value == "true") return false;
          value = "true";
          return true;
        });
    if (!marked.is_done()) return marked;
  }
  for (const std::string& set : sets) {
    const Progress cleared =
        amend(run, calls, "clear/" + set,
              get_request(api::Kind::strimzi_pod_set, run.options.namespace_name, set),
              Verb::update, [](api::Object& object) {
                return object.metadata.annotations.erase(api::strimzi::kManualRollingUpdate) > 0;
              });
    if (!cleared.is_done()) return cleared;
  }
  return Progress::done();
}

// Those of annotated sets first, then those that are annotated themselves; each list by name.
std::vector<std::string> pods_to_roll(const Reconcile& run, const std::set<std::string>& sets) {
  std::vector<std::string> names;
  for (const std::string& set : sets)
    for (const auto& pod : run.observed.pod_sets.at(set)->pods) names.push_back(pod->metadata.name);
  for (const auto& pod : run.pods) {
    if (annotation_of(*pod, api::strimzi::kManualRollingUpdate) != "true") continue;
    if (std::find(names.begin(), names.end(), pod->metadata.name) == names.end())
      names.push_back(pod->metadata.name);
  }
  return names;
}

// Whatever is found under these names when they are visited is restarted.
std::unique_ptr<Roller> manual_roller(Reconcile& run, const std::set<std::string>& sets) {
  RollRequest request;
  request.namespace_name = run.options.namespace_name;
  request.cluster = run.options.cluster;
  for (const std::string& name : pods_to_roll(run, sets)) {
    const DesiredNode* node = run.desired.find(node_of(run, name));
    if (!node) continue;
    request.nodes.push_back(
        {node->id, node->pod_name, node->broker_role, node->controller_role, false});
    request.desired_config.push_back(node->config);
  }
  if (request.nodes.empty()) return nullptr;
  for (const DesiredNode& node : run.desired.nodes) {
    request.cluster_nodes.push_back(
        {node.id, node.pod_name, node.broker_role, node.controller_role, false});
  }
  request.predicate = std::make_shared<EveryPod>("ManualRollingUpdate");
  request.allow_reconfiguration = false;
  request.kafka_version = run.desired.versions.to;
  request.operation_timeout = run.options.operation_timeout;
  request.cold = run.options.cold;
  request.batch = run.options.batch;
  request.broken = run.profile.broken;
  return make_roller(run.profile.roller, std::move(request));
}

}  // namespace

// One pod in a reconcile. The pod leaves its set, is deleted, and its claims with it; later steps
// of this reconcile make both anew.
Progress manual_pod_cleaning(Reconcile& run, Calls& calls) {
  const api::Pod* pod = pod_to_clean(run);
  if (!pod) return Progress::done();
  bool allowed = true;
  const Progress asked = allowed_to_clean(run, calls, *pod, allowed);
  if (!asked.is_done() || !allowed) return asked;
  if (calls.asked_at("drop#0/get") == sim::kNever)
    run.decide(calls, DecisionKind::remove, "DeletePodAndPvc",
               "annotated strimzi.io/delete-pod-and-pvc: the pod and its volumes are made anew",
               pod->metadata.name, node_of(run, pod->metadata.name));
  const Progress dropped = drop_from_set(run, calls, *pod);
  if (!dropped.is_done()) return dropped;
  const Progress removed = remove_object(run, calls, "pod", *pod);
  if (!removed.is_done()) return removed;
  const Progress gone =
      wait_for_pod(run, calls, "gone", pod->metadata.name, PodWait::deleted, pod->metadata.uid);
  if (!gone.is_done()) return gone;
  TWIN_MARK("pod_and_claims_cleaned");
  return remove_claims_of(run, calls, *pod);
}

Progress manual_rolling_update(Reconcile& run, Calls& calls) {
  const std::set<std::string> sets = annotated_sets(run);
  if (run.profile.twin) return sets.empty() ? Progress::done() : hand_down(run, calls, sets);
  if (!run.roller) run.roller = manual_roller(run, sets);
  if (!run.roller) return Progress::done();
  const Progress rolled = run.roller->step(calls);
  if (!rolled.is_failed()) return rolled;
  run.decide(calls, DecisionKind::note, rolled.error_class,
             "the manual rolling update failed and the reconcile goes on: " + rolled.message);
  return Progress::done();
}

}  // namespace twin::controller::steps
