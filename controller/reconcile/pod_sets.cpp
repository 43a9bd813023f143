// Scaling and the StrimziPodSets. Ids are written to the pools' status before their pods exist, so
// that a crash never gives one id to two pools.
#include <algorithm>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

std::string ids_text(const std::vector<api::NodeId>& ids) {
  std::string text;
  for (const api::NodeId id : ids) text += (text.empty() ? "" : ", ") + std::to_string(id.value);
  return text;
}

// Node ids that have to come up before anything else is touched.
std::vector<const DesiredNode*> added_nodes(const Reconcile& run) {
  std::vector<const DesiredNode*> added;
  if (!run.profile.twin) {
    // Strimzi reads them off the pools' status: after a crash they count as known already.
    for (const PoolPlan& plan : run.desired.pools)
      for (const api::NodeId id : plan.to_add) added.push_back(run.desired.find(id));
    return added;
  }
  std::set<std::string> seen;
  for (const auto& pod : run.pods) seen.insert(pod->metadata.name);
  for (const DesiredNode& node : run.desired.nodes)
    if (!seen.contains(node.pod_name)) added.push_back(&node);
  return added;
}

Progress remove_orphan(Reconcile& run, Calls& calls, const api::StrimziPodSet& set) {
  const std::string& name = set.metadata.name;
  if (run.profile.twin && !set.pods.empty()) {
    run.decide(calls, DecisionKind::refuse, "PodSetWithoutPool",
               "its node pool is gone, but it has " + std::to_string(set.pods.size()) +
                   " pods: scale the pool to 0 before it is deleted",
               name);
    run.warn("PodSetWithoutPool", "StrimziPodSet " + name + " has pods but no KafkaNodePool");
    return Progress::done();
  }
  return remove_object(run, calls, "orphan/" + name, set);
}

}  // namespace

Progress scale_down(Reconcile& run, Calls& calls) {
  // The guard's answer is older than what was waited for since: a pod that was made anew, a roll.
  const Progress unused = still_unused(run, calls);
  if (!unused.is_done()) return unused;
  return run.for_each(run.desired.pools.size(), [&](size_t i) {
    const PoolPlan& plan = run.desired.pools[i];
    if (plan.to_remove.empty()) return Progress::done();
    const std::string key = std::to_string(i);
    if (calls.asked_at(key + "#0/get") == sim::kNever) {
      run.decide(calls, DecisionKind::scale, "ScaleDown",
                 "Scaling down Kafka pod set " + plan.set_name + " from " +
                     std::to_string(plan.current.size()) + " to " +
                     std::to_string(plan.desired.size()) + ": nodes " + ids_text(plan.to_remove) +
                     " go",
                 plan.set_name);
    }
    std::set<std::string> leaving;
    for (const api::NodeId id : plan.to_remove) leaving.insert(plan.pod_name(id));
    return amend(run, calls, key,
                 get_request(api::Kind::strimzi_pod_set, run.options.namespace_name, plan.set_name),
                 Verb::update, [&](api::Object& object) {
                   auto& pods = static_cast<api::StrimziPodSet&>(object).pods;
                   return std::erase_if(pods, [&](const auto& pod) {
                            return leaving.contains(pod->metadata.name);
                          }) > 0;
                 });
  });
}

Progress node_pool_statuses(Reconcile& run, Calls& calls) {
  return run.for_each(run.desired.pools.size(), [&](size_t i) {
    const PoolPlan& plan = run.desired.pools[i];
    const std::string key = std::to_string(i);
    if (!plan.to_add.empty() && calls.asked_at(key + "#0/get") == sim::kNever) {
      run.decide(calls, DecisionKind::scale, "NodesAdded",
                 "pool " + plan.pool->metadata.name + " gets nodes " + ids_text(plan.to_add),
                 plan.set_name);
    }
    std::vector<int32_t> ids;
    for (const api::NodeId id : plan.desired) ids.push_back(id.value);
    return amend(run, calls, key,
                 get_request(api::Kind::kafka_node_pool, run.options.namespace_name,
                             plan.pool->metadata.name),
                 Verb::update_status, [&](api::Object& object) {
                   auto& pool = static_cast<api::KafkaNodePool&>(object);
                   const int64_t generation = plan.pool->metadata.generation;
                   if (pool.node_ids == ids && pool.cluster_id == run.desired.cluster_id &&
                       pool.observed_generation == generation) {
                     return false;
                   }
                   pool.node_ids = ids;
                   pool.cluster_id = run.desired.cluster_id;
                   pool.observed_generation = generation;
                   return true;
                 });
  });
}

Progress pod_sets(Reconcile& run, Calls& calls) {
  const Progress kept = run.for_each(run.desired.pod_sets.size(), [&](size_t i) {
    Ensured ensured;
    Progress kept_one = ensure(run, calls, std::to_string(i), run.desired.pod_sets[i], &ensured);
    run.sets_changed |= ensured.created || ensured.changed;
    return kept_one;
  });
  if (!kept.is_done()) return kept;
  for (const auto& entry : run.observed.pod_sets) {
    const auto& name = entry.first;
    const bool wanted = std::any_of(run.desired.pools.begin(), run.desired.pools.end(),
                                    [&](const PoolPlan& plan) { return plan.set_name == name; });
    if (wanted) continue;
    const Progress removed = remove_orphan(run, calls, *entry.second);
    if (!removed.is_done()) return removed;
  }
  return Progress::done();
}

// Strimzi's reconcile ends here when one is late, so that nothing is rolled; `twin` goes on, for
// the roller has its own rules for nodes that are down.
Progress added_nodes_ready(Reconcile& run, Calls& calls) {
  std::vector<std::string> names;
  for (const DesiredNode* node : added_nodes(run)) names.push_back(node->pod_name);
  const Progress ready = wait_for_pods(run, calls, names);
  if (!ready.is_failed() || !run.profile.twin) return ready;
  TWIN_MARK("added_node_late");
  return Progress::done();
}

}  // namespace twin::controller::steps
