// The ensemble: its objects, its set, its size and its roll, the leader last.
#include "controller/reconcile/stateful_steps.h"
#include "sim/marks.h"

namespace twin::controller::stateful {

Progress zookeeper_wished(Reconcile& run, Calls& calls) {
  return roll_wished(run, calls, run.stateful.live_zookeeper);
}

Progress zookeeper_objects(Reconcile& run, Calls& calls) {
  if (run.stateful.zookeeper_objects.empty())
    run.stateful.zookeeper_objects = make_zookeeper_objects(*run.observed.kafka);
  return keep_objects(run, calls, run.stateful.zookeeper_objects);
}

// One server at a time is added (KafkaAssemblyOperator.zkScaleUpStep). Servers are not taken away
// by `twin`: an ensemble before dynamic membership counts its majority over those it was started
// with.
Progress zookeeper_set(Reconcile& run, Calls& calls) {
  StatefulCluster& cluster = run.stateful;
  if (!cluster.zookeeper) {
    cluster.zookeeper = make_zookeeper_set(run.profile, *run.observed.kafka);
    api::StatefulSet& wanted = *cluster.zookeeper;
    const int32_t running = cluster.live_zookeeper ? cluster.live_zookeeper->replicas : 0;
    if (running > 0 && wanted.replicas > running) wanted.replicas = running + 1;
    if (run.profile.twin && wanted.replicas < running) {
      const std::string why = "the ensemble keeps its " + std::to_string(running) +
                              " servers: without them the others have no majority while they "
                              "still count them";
      run.decide(calls, DecisionKind::refuse, "ScaleDownPreventionCheck", why,
                 wanted.metadata.name);
      run.warn("ScaleDownPreventionCheck", why);
      wanted.replicas = running;
    }
    for (api::EnvVar& variable : wanted.template_spec.containers.front().env)
      variable.value = std::to_string(wanted.replicas);
  }
  return keep_set(run, calls, *cluster.zookeeper, cluster.live_zookeeper != nullptr);
}

Progress zookeeper_scale(Reconcile& run, Calls& calls) {
  return set_replicas(run, calls, run.stateful.zookeeper->metadata.name,
                      run.stateful.zookeeper->replicas);
}

Progress zookeeper_roll(Reconcile& run, Calls& calls) {
  return roll_old(run, calls, run.stateful.zookeeper->metadata.name);
}

}  // namespace twin::controller::stateful
