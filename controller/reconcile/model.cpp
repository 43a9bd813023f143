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

// Nodes that would stop being brokers: those that go (for Strimzi, whatever they are), those that
// lose the role, and of the first those that are voters.
struct Leaving {
  std::set<api::NodeId> removed, roles, voters;
};

Leaving leaving_nodes(const Reconcile& run, const PoolPlans& plans) {
  Leaving leaving;
  for (const PoolPlan& plan : plans.pools) {
    for (const api::NodeId id : plan.to_remove) {
      const bool broker = plan.broker_role || ran_as_broker(run, plan.pod_name(id));
      if (broker || !run.profile.twin) leaving.removed.insert(id);
      if (plan.controller_role) leaving.voters.insert(id);
    }
    if (plan.broker_role) continue;
    for (const api::NodeId id : plan.desired)
      if (ran_as_broker(run, plan.pod_name(id))) leaving.roles.insert(id);
  }
  return leaving;
}

std::set<api::NodeId> with_replicas(const api::TopicsSnapshot& topics,
                                    const std::set<api::NodeId>& nodes) {
  std::set<api::NodeId> used;
  for (const api::PartitionDescription& partition : topics.partitions) {
    for (const int32_t id : partition.replicas)
      if (nodes.contains({id})) used.insert({id});
  }
  return used;
}

void refuse(Reconcile& run, Calls& calls, std::string why, std::vector<CallId> rests_on) {
  TWIN_MARK("scale_down_prevented");
  run.decide(calls, DecisionKind::refuse, "ScaleDownPreventionCheck", why, {}, {},
             std::move(rests_on));
}

// Keeps what brokers with replicas would lose. The two checks are Strimzi's: nodes and roles.
void keep_used(Reconcile& run, Calls& calls, const Leaving& leaving,
               const api::TopicsSnapshot& topics, CallId reply) {
  const std::set<api::NodeId> removed = with_replicas(topics, leaving.removed);
  const std::set<api::NodeId> roles = with_replicas(topics, leaving.roles);
  const bool together = run.profile.twin && !(removed.empty() && roles.empty());
  run.observed.keep_removed_nodes = together || !removed.empty();
  run.observed.keep_removed_roles = together || !roles.empty();
  // Strimzi blocks all that were to go as soon as one of its checks fails.
  if (run.profile.twin) {
    run.observed.blocked = removed;
  } else if (!removed.empty() || !roles.empty()) {
    run.observed.blocked = leaving.removed;
  }
  if (!removed.empty()) {
    refuse(run, calls,
           "Cannot scale down brokers " + text_of(leaving.removed) + " because " +
               text_of(removed) + " have assigned partition-replicas",
           {reply});
  }
  if (!roles.empty()) {
    refuse(run, calls,
           "Cannot remove the broker role from nodes " + text_of(leaving.roles) + " because " +
               text_of(roles) + " have still assigned partition-replicas",
           {reply});
  }
}

}  // namespace

Progress scale_down_guard(Reconcile& run, Calls& calls) {
  const sim::Expected<PoolPlans> plans = plan_pools(run.observed);
  if (!plans) return Progress::failed(plans.error().where, plans.error().what);
  if (!plans->removes_nodes() && !plans->removes_roles) return Progress::done();
  const Leaving leaving = leaving_nodes(run, *plans);
  const auto keep_all = [&](const std::set<api::NodeId>& blocked, std::string why) {
    run.observed.keep_removed_nodes = run.observed.keep_removed_roles = true;
    run.observed.blocked = blocked;
    refuse(run, calls, std::move(why), {});
    return Progress::done();
  };
  // controller.quorum.voters is static: a voter that goes is a voter that is down for ever (#9429).
  if (run.profile.twin && !leaving.voters.empty()) {
    return keep_all(leaving.voters,
                    "Cannot remove controllers " + text_of(leaving.voters) +
                        " because the quorum's voters are static: it would lose them for ever");
  }
  if (leaving.removed.empty() && leaving.roles.empty()) return Progress::done();
  if (run.profile.broken.removes_used_brokers) return Progress::done();
  if (annotation_of(*run.observed.kafka, api::strimzi::kSkipScaleDownCheck) == "true" &&
      !run.profile.twin) {
    return Progress::done();
  }
  const KafkaReply* reply = ask_brokers(run, calls, "topics", api::DescribeTopicsRequest{});
  if (!reply && has_brokers_to_ask(run)) return Progress::waiting();
  const auto* topics = reply ? std::get_if<api::DescribeTopicsReply>(&reply->body) : nullptr;
  if (!reply || !reply->meta.ok() || !topics || !topics->topics) {
    if (!run.profile.twin) {
      return Progress::failed("TimeoutException",
                              "Timed out waiting for a node assignment. Call: listTopics");
    }
    std::set<api::NodeId> all = leaving.removed;
    all.insert(leaving.roles.begin(), leaving.roles.end());
    return keep_all(all, "Cannot tell whether brokers " + text_of(all) +
                             " have assigned partition-replicas: no broker answers");
  }
  keep_used(run, calls, leaving, *topics->topics, reply->meta.id);
  return Progress::done();
}

Progress still_unused(Reconcile& run, Calls& calls) {
  std::set<api::NodeId> leaving;
  for (const PoolPlan& plan : run.desired.pools) {
    leaving.insert(plan.to_remove.begin(), plan.to_remove.end());
  }
  const bool skips = !run.profile.twin || run.profile.broken.removes_used_brokers;
  if (leaving.empty() || skips) return Progress::done();
  const KafkaReply* reply = ask_brokers(run, calls, "unused", api::DescribeTopicsRequest{});
  if (!reply && has_brokers_to_ask(run)) return Progress::waiting();
  const auto* topics = reply ? std::get_if<api::DescribeTopicsReply>(&reply->body) : nullptr;
  if (!reply || !reply->meta.ok() || !topics || !topics->topics) {
    return Progress::failed(
        "ScaleDownPreventionCheck",
        "no broker says whether " + text_of(leaving) + " have assigned partition-replicas");
  }
  const std::set<api::NodeId> used = with_replicas(*topics->topics, leaving);
  if (used.empty()) return Progress::done();
  TWIN_MARK("scale_down_guard_outdated");
  return Progress::failed("ScaleDownPreventionCheck",
                          text_of(used) + " were given partition-replicas meanwhile");
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
