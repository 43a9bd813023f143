// The status: written once, at the end of a reconcile, whether the chain succeeded or not, and only
// when it differs from what is there.
#include "controller/client/retry.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"

namespace twin::controller::steps {

namespace {

std::vector<api::Condition> conditions_of(const Reconcile& run) {
  std::vector<api::Condition> conditions;
  if (run.paused) {
    conditions.push_back({"ReconciliationPaused", "True", "", "", {}});
    return conditions;
  }
  if (run.outcome.is_failed()) {
    conditions.push_back(
        {"NotReady", "True", run.outcome.error_class, run.outcome.message, {}});
  } else {
    conditions.push_back({"Ready", "True", "", "", {}});
  }
  // Strimzi's list has the warnings first.
  const size_t at = run.profile.twin ? conditions.size() : 0;
  std::vector<api::Condition> warnings;
  for (const ConditionText& warning : run.warnings)
    warnings.push_back({"Warning", "True", warning.reason, warning.message, {}});
  conditions.insert(conditions.begin() + static_cast<std::ptrdiff_t>(at), warnings.begin(),
                    warnings.end());
  return conditions;
}

// A condition that says what it said before keeps its time.
void keep_times(const std::vector<api::Condition>& before, sim::Time now,
                std::vector<api::Condition>& conditions) {
  for (api::Condition& condition : conditions) {
    condition.last_transition = now;
    for (const api::Condition& old : before) {
      if (old.type == condition.type && old.status == condition.status &&
          old.reason == condition.reason && old.message == condition.message) {
        condition.last_transition = old.last_transition;
      }
    }
  }
}

// What a failed reconcile does not know is carried over from the status before.
api::KafkaClusterStatus new_status(const Reconcile& run, const api::KafkaClusterStatus& before,
                                   sim::Time now) {
  api::KafkaClusterStatus status = before;
  status.conditions = conditions_of(run);
  keep_times(before.conditions, now, status.conditions);
  // A paused resource keeps the generation that was acted on.
  if (!run.paused) status.observed_generation = run.observed.kafka->metadata.generation;
  if (!run.desired.cluster_id.empty()) status.cluster_id = run.desired.cluster_id;
  if (!run.metadata_version.empty()) status.kafka_metadata_version = run.metadata_version;
  if (run.paused || run.outcome.is_failed()) return status;
  if (!run.registered_nodes.empty()) status.registered_node_ids = run.registered_nodes;
  status.kafka_version =
      run.desired.nodes.empty() ? run.stateful.version : run.desired.versions.to;
  status.operator_last_successful_version = run.profile.operator_version;
  return status;
}

}  // namespace

Progress write_status(Reconcile& run, Calls& calls) {
  if (!run.observed.kafka) return Progress::done();
  const sim::Time now = calls.now();
  const api::Uid uid = run.observed.kafka->metadata.uid;
  return amend(run, calls, "status",
               get_request(api::Kind::kafka, run.options.namespace_name, run.options.cluster),
               Verb::update_status, [&](api::Object& object) {
                 if (object.metadata.uid != uid) return false;  // another resource of this name
                 auto& kafka = static_cast<api::Kafka&>(object);
                 api::KafkaClusterStatus wanted = new_status(run, kafka.status, now);
                 if (wanted == kafka.status) return false;
                 kafka.status = std::move(wanted);
                 return true;
               });
}

}  // namespace twin::controller::steps
