// The steps of a cluster on StatefulSets, and what they share.
#pragma once

#include "controller/reconcile/reconcile.h"

namespace twin::controller::stateful {

// stateful.cpp: a set as it is stored, null when there is none.
Progress read_set(Reconcile& run, Calls& calls, const std::string& name, const char* key,
                  std::shared_ptr<const api::StatefulSet>& out);
// The set's pods, by the profile's roller. The predicate is taken at the first call of a step.
Progress roll(Reconcile& run, Calls& calls, const api::StatefulSet& set,
              std::shared_ptr<const RestartPredicate> predicate);
// Those that are older than the template that is stored now.
Progress roll_old(Reconcile& run, Calls& calls, const std::string& name);
// All of them, when the set is annotated strimzi.io/manual-rolling-update.
Progress roll_wished(Reconcile& run, Calls& calls,
                     const std::shared_ptr<const api::StatefulSet>& set);
Progress keep_set(Reconcile& run, Calls& calls, const api::StatefulSet& desired, bool exists);
Progress set_replicas(Reconcile& run, Calls& calls, const std::string& name, int32_t replicas);
Progress keep_objects(Reconcile& run, Calls& calls,
                      const std::vector<std::shared_ptr<api::Object>>& objects);

// stateful_zookeeper.cpp
Progress zookeeper_wished(Reconcile& run, Calls& calls);
Progress zookeeper_objects(Reconcile& run, Calls& calls);
Progress zookeeper_set(Reconcile& run, Calls& calls);
Progress zookeeper_scale(Reconcile& run, Calls& calls);
Progress zookeeper_roll(Reconcile& run, Calls& calls);

// stateful_upgrade.cpp
Progress read_sets(Reconcile& run, Calls& calls);
Progress version_change(Reconcile& run, Calls& calls);       // `twin`: read off the pods
Progress kafka_pending_rolls(Reconcile& run, Calls& calls);  // era A from here
Progress kafka_upgrade_plan(Reconcile& run, Calls& calls);
Progress kafka_phase_1(Reconcile& run, Calls& calls);
Progress kafka_phase_2(Reconcile& run, Calls& calls);
Progress another_roll(Reconcile& run, Calls& calls);  // `twin`: the next one is due

// stateful_kafka.cpp
Progress kafka_wished(Reconcile& run, Calls& calls);
Progress kafka_model(Reconcile& run, Calls& calls);
Progress kafka_scale_down(Reconcile& run, Calls& calls);
Progress kafka_objects(Reconcile& run, Calls& calls);
Progress kafka_set(Reconcile& run, Calls& calls);
Progress kafka_roll(Reconcile& run, Calls& calls);
Progress kafka_scale_up(Reconcile& run, Calls& calls);
Progress kafka_pods_ready(Reconcile& run, Calls& calls);

}  // namespace twin::controller::stateful
