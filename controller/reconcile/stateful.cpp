// The chain of a cluster on StatefulSets. For Strimzi 0.11 the order is that of
// KafkaAssemblyOperator.createOrUpdate; `twin` goes through the same steps, without those that keep
// phases in annotations, and again for as long as the pods say that another roll is due.
#include <algorithm>

#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/predicate.h"
#include "controller/reconcile/stateful_steps.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "controller/upgrade/operator_releases.h"
#include "sim/marks.h"

namespace twin::controller {

namespace {

// Pods that were there when the wish was read.
class PodsByUid final : public RestartPredicate {
 public:
  std::set<api::Uid> uids;
  std::vector<std::string> reasons(const api::Pod& pod, const RollNode&) const override {
    if (!uids.contains(pod.metadata.uid)) return {};
    return {"ManualRollingUpdate"};
  }
};

// Old by the mark in the template.
class OldTemplate final : public RestartPredicate {
 public:
  const char* annotation = api::strimzi::kRevision;
  std::string wanted;
  std::string code;
  std::vector<std::string> reasons(const api::Pod& pod, const RollNode&) const override {
    if (annotation_of(pod, annotation) == wanted) return {};
    return {code};
  }
};

std::shared_ptr<const RestartPredicate> old_template(const Reconcile& run,
                                                     const api::StatefulSet& set) {
  auto predicate = std::make_shared<OldTemplate>();
  predicate->annotation = revision_annotation(run.profile);
  const auto mark = set.template_annotations.find(predicate->annotation);
  if (mark != set.template_annotations.end()) predicate->wanted = mark->second;
  predicate->code = run.profile.era_a ? "PodHasOldGeneration" : "PodHasOldRevision";
  return predicate;
}

}  // namespace

namespace stateful {

Progress read_set(Reconcile& run, Calls& calls, const std::string& name, const char* key,
                  std::shared_ptr<const api::StatefulSet>& out) {
  const KubeReply* reply =
      retried(calls, key, get_request(api::Kind::stateful_set, run.options.namespace_name, name));
  if (!reply) return Progress::waiting();
  out = nullptr;
  if (reply->meta.outcome == Outcome::not_found) return Progress::done();
  if (!reply->meta.ok()) return kube_failure("reading StatefulSet " + name, *reply);
  run.cites.push_back(reply->meta.id);
  out = std::static_pointer_cast<const api::StatefulSet>(reply->object);
  return Progress::done();
}

Progress roll(Reconcile& run, Calls& calls, const api::StatefulSet& set,
              std::shared_ptr<const RestartPredicate> predicate) {
  if (!run.roller) {
    const bool zookeeper = set.metadata.name == zookeeper_set_name(run.options.cluster);
    RollRequest request;
    request.namespace_name = run.options.namespace_name;
    request.cluster = run.options.cluster;
    for (int32_t i = 0; i < set.replicas; ++i) {
      RollNode node;
      node.id = {i};
      node.pod_name = set.metadata.name + "-" + std::to_string(i);
      node.broker_role = !zookeeper;
      node.zookeeper = zookeeper;
      request.nodes.push_back(std::move(node));
    }
    request.predicate = std::move(predicate);
    request.allow_reconfiguration = false;  // the configuration is in the template
    request.kafka_version = run.stateful.version;
    request.operation_timeout = run.options.operation_timeout;
    request.batch = run.options.batch;
    request.broken = run.profile.broken;
    run.roller = make_roller(run.profile.roller, std::move(request));
  }
  return run.roller->step(calls);
}

Progress roll_old(Reconcile& run, Calls& calls, const std::string& name) {
  if (run.roller) return run.roller->step(calls);
  if (run.profile.broken.rolls_what_it_changed && !run.sets_changed) return Progress::done();
  std::shared_ptr<const api::StatefulSet> set;
  const Progress read = read_set(run, calls, name, "set", set);
  if (!read.is_done() || !set) return read;
  return roll(run, calls, *set, old_template(run, *set));
}

Progress roll_wished(Reconcile& run, Calls& calls,
                     const std::shared_ptr<const api::StatefulSet>& set) {
  if (!set || annotation_of(*set, api::strimzi::kManualRollingUpdate) != "true")
    return Progress::done();
  if (!run.roller && run.profile.era_a)
    return roll(run, calls, *set, std::make_shared<EveryPod>("ManualRollingUpdate"));
  if (!run.roller) {
    const KubeReply* list = retried(
        calls, "wished", list_request(api::Kind::pod, run.options.namespace_name, set->selector));
    if (!list) return Progress::waiting();
    if (!list->meta.ok()) return kube_failure("listing pods", *list);
    auto predicate = std::make_shared<PodsByUid>();
    for (const api::ObjectPtr& pod : list->items) predicate->uids.insert(pod->metadata.uid);
    return roll(run, calls, *set, std::move(predicate));
  }
  const Progress rolled = run.roller->step(calls);
  if (!rolled.is_done() || run.profile.era_a) return rolled;
  // The wish goes when it is granted, not before: the operator may die half-way.
  return amend(run, calls, "granted",
               get_request(api::Kind::stateful_set, run.options.namespace_name, set->metadata.name),
               Verb::update, [](api::Object& object) {
                 return object.metadata.annotations.erase(api::strimzi::kManualRollingUpdate) > 0;
               });
}

Progress keep_set(Reconcile& run, Calls& calls, const api::StatefulSet& desired, bool exists) {
  const std::string& name = desired.metadata.name;
  if (!exists) {
    auto fresh = std::make_shared<api::StatefulSet>(desired);
    stamp_new_set(run.profile, *fresh);
    const Progress made = ensure(run, calls, "create", fresh);
    if (!made.is_done() || run.profile.twin) return made;
    // StatefulSetOperator.internalCreate waits for every pod.
    bool waiting = false;
    for (int32_t i = 0; i < desired.replicas; ++i) {
      const std::string pod = name + "-" + std::to_string(i);
      const Progress ready = wait_for_pod(run, calls, pod, pod, PodWait::ready);
      if (ready.is_failed()) return ready;
      waiting |= ready.is_waiting();
    }
    return waiting ? Progress::waiting() : Progress::done();
  }
  Patched patched;
  const Progress kept = amend(
      run, calls, "patch", get_request(api::Kind::stateful_set, run.options.namespace_name, name),
      Verb::update, [&](api::Object& object) {
        auto& stored = static_cast<api::StatefulSet&>(object);
        const api::StatefulSet before = stored;
        patched = patch_set(run.profile, desired, stored);
        const bool changed = !api::same_content(before, stored);
        run.sets_changed |= changed;
        return changed;
      });
  if (!kept.is_done() || !patched.storage_reverted) return kept;
  const std::string message =
      "Changing Kafka storage type or size is not possible. The changes will be ignored.";
  run.decide(calls, DecisionKind::refuse, "KafkaStorage", message, name);
  if (run.profile.twin) run.warn("KafkaStorage", message);
  return kept;
}

Progress set_replicas(Reconcile& run, Calls& calls, const std::string& name, int32_t replicas) {
  return amend(run, calls, "scale",
               get_request(api::Kind::stateful_set, run.options.namespace_name, name), Verb::update,
               [replicas](api::Object& object) {
                 auto& set = static_cast<api::StatefulSet&>(object);
                 if (set.replicas == replicas) return false;
                 set.replicas = replicas;
                 return true;
               });
}

Progress keep_objects(Reconcile& run, Calls& calls,
                      const std::vector<std::shared_ptr<api::Object>>& objects) {
  return run.for_each(objects.size(),
                      [&](size_t i) { return ensure(run, calls, std::to_string(i), objects[i]); });
}

}  // namespace stateful

const std::vector<Step>& stateful_steps() {
  using namespace stateful;
  static const std::vector<Step> list{{"certificate-authorities", steps::certificate_authorities},
                                      {"read-sets", read_sets},
                                      {"version-change", version_change},
                                      {"zookeeper-manual-rolling-update", zookeeper_wished},
                                      {"zookeeper-objects", zookeeper_objects},
                                      {"zookeeper-set", zookeeper_set},
                                      {"zookeeper-scale", zookeeper_scale},
                                      {"zookeeper-rolling-update", zookeeper_roll},
                                      {"kafka-pending-rolls", kafka_pending_rolls},
                                      {"kafka-upgrade", kafka_upgrade_plan},
                                      {"kafka-upgrade-phase-1", kafka_phase_1},
                                      {"kafka-upgrade-phase-2", kafka_phase_2},
                                      {"kafka-manual-rolling-update", kafka_wished},
                                      {"kafka-model", kafka_model},
                                      {"kafka-scale-down", kafka_scale_down},
                                      {"kafka-objects", kafka_objects},
                                      {"kafka-set", kafka_set},
                                      {"kafka-rolling-update", kafka_roll},
                                      {"kafka-scale-up", kafka_scale_up},
                                      {"kafka-pods-ready", kafka_pods_ready},
                                      {"another-roll", another_roll},
                                      {"other-components", steps::other_components}};
  return list;
}

}  // namespace twin::controller
