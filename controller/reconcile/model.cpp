// The scale-down guard and the desired model.
#include <algorithm>

#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

std::string text_of(const std::set<api::NodeId>& ids) {
  std::string text;
  for (const api::NodeId id : ids) text += (text.empty() ? "" : ", ") + std::to_string(id.value);
  return "[" + text + "]";
}

bool ran_as_broker(const Reconcile& run, const std::string& pod_name) {
  for (const auto& pod : run.pods) {
    if (pod->metadata.name != pod_name) continue;
    const auto role = pod->metadata.labels.find(api::strimzi::kBrokerRole);
    return role != pod->metadata.labels.end() && role->second == "true";
  }
  return false;
}

// Nodes that would stop being brokers. `voters`: those that would stop being controllers.
std::set<api::NodeId> leaving_brokers(const Reconcile& run, const PoolPlans& plans,
                                      std::set<api::NodeId>& voters) {
  std::set<api::NodeId> leaving;
  for (const PoolPlan& plan : plans.pools) {
    for (const api::NodeId id : plan.to_remove) {
      if (plan.broker_role || ran_as_broker(run, plan.pod_name(id))) leaving.insert(id);
      if (plan.controller_role) voters.insert(id);
    }
    if (plan.broker_role) continue;
    for (const api::NodeId id : plan.desired)
      if (ran_as_broker(run, plan.pod_name(id))) leaving.insert(id);
  }
  return leaving;
}

std::set<api::NodeId> with_replicas(const api::TopicsSnapshot& topics,
                                    const std::set<api::NodeId>& nodes) {
  std::set<api::NodeId> used;
  for (const api::PartitionDescription& partition : topics.partitions) {
    for (const int32_t id : partition.replicas)
      if (nodes.contains({id})) used.insert({id});
    for (const int32_t id : partition.adding)
      if (nodes.contains({id})) used.insert({id});
  }
  return used;
}

void keep_nodes(Reconcile& run, Calls& calls, std::set<api::NodeId> blocked, std::string why,
                std::vector<CallId> rests_on) {
  TWIN_MARK("scale_down_prevented");
  run.observed.keep_removed_nodes = true;
  run.observed.blocked = std::move(blocked);
  run.decide(calls, DecisionKind::refuse, "ScaleDownPreventionCheck", why, {}, {},
             std::move(rests_on));
}

}  // namespace

Progress scale_down_guard(Reconcile& run, Calls& calls) {
  const sim::Expected<PoolPlans> plans = plan_pools(run.observed);
  if (!plans) return Progress::failed(plans.error().where, plans.error().what);
  if (!plans->removes_nodes() && !plans->removes_roles) return Progress::done();
  std::set<api::NodeId> voters;
  const std::set<api::NodeId> leaving = leaving_brokers(run, *plans, voters);
  // controller.quorum.voters is static: a voter that goes is a voter that is down for ever (#9429).
  if (run.profile.twin && !voters.empty()) {
    keep_nodes(run, calls, voters,
               "Cannot remove controllers " + text_of(voters) +
                   " because the quorum's voters are static: it would lose them for ever",
               {});
    return Progress::done();
  }
  if (leaving.empty()) return Progress::done();
  if (annotation_of(*run.observed.kafka, api::strimzi::kSkipScaleDownCheck) == "true" &&
      !run.profile.twin) {
    return Progress::done();
  }
  const KafkaReply* reply = ask_brokers(run, calls, "topics", api::DescribeTopicsRequest{});
  if (!reply && !run.pods.empty()) return Progress::waiting();
  const auto* topics = reply ? std::get_if<api::DescribeTopicsReply>(&reply->body) : nullptr;
  if (!reply || !reply->meta.ok() || !topics || !topics->topics) {
    const std::string why = "Cannot tell whether brokers " + text_of(leaving) +
                            " have assigned partition-replicas: no broker answers";
    if (!run.profile.twin) return Progress::failed("KafkaException", why);
    keep_nodes(run, calls, leaving, why, {});
    return Progress::done();
  }
  const std::set<api::NodeId> used = with_replicas(*topics->topics, leaving);
  if (used.empty()) return Progress::done();
  keep_nodes(run, calls, used,
             "Cannot scale down brokers " + text_of(leaving) + " because " + text_of(used) +
                 " have assigned partition-replicas",
             {reply->meta.id});
  return Progress::done();
}

Progress desired_model(Reconcile& run, Calls& calls) {
  sim::Expected<DesiredCluster> desired = make_desired(run.observed);
  if (!desired) {
    run.decide(calls, DecisionKind::refuse, desired.error().where, desired.error().what);
    return Progress::failed(desired.error().where, desired.error().what);
  }
  run.desired = std::move(*desired);
  for (const ConditionText& warning : run.desired.warnings)
    run.warn(warning.reason, warning.message);
  for (const std::string& ignored : run.desired.ignored_config) {
    run.decide(calls, DecisionKind::refuse, "ForbiddenConfiguration", ignored);
    // Strimzi writes a line to its log and nothing to the status.
    if (run.profile.twin) run.warn("ForbiddenConfiguration", ignored);
  }
  return Progress::done();
}

}  // namespace twin::controller::steps
