// The steps of a reconcile, in the order in which they run. What each is for stands beside it.
#pragma once

#include "controller/reconcile/reconcile.h"

namespace twin::controller::steps {

// read.cpp
Progress read_kafka(Reconcile& run, Calls& calls);      // gone, paused, which kind of cluster
Progress initial_status(Reconcile& run, Calls& calls);  // a new resource is NotReady/Creating
Progress read_cluster(Reconcile& run, Calls& calls);    // pools, sets and pods
// authority_steps.cpp
Progress certificate_authorities(Reconcile& run, Calls& calls);
// versions.cpp
Progress version_change(Reconcile& run, Calls& calls);
// model.cpp
Progress scale_down_guard(Reconcile& run, Calls& calls);
// Before brokers are taken away: fails when one has replicas by now.
Progress still_unused(Reconcile& run, Calls& calls);
Progress desired_model(Reconcile& run, Calls& calls);
// manual.cpp
Progress manual_pod_cleaning(Reconcile& run, Calls& calls);
Progress manual_rolling_update(Reconcile& run, Calls& calls);
// objects_steps.cpp
Progress network_policy(Reconcile& run, Calls& calls);
Progress service_account(Reconcile& run, Calls& calls);
Progress services(Reconcile& run, Calls& calls);
Progress certificate_secrets(Reconcile& run, Calls& calls);
Progress config_maps(Reconcile& run, Calls& calls);
Progress disruption_budget(Reconcile& run, Calls& calls);
Progress other_components(Reconcile& run, Calls& calls);
// claims.cpp
Progress claims(Reconcile& run, Calls& calls);
Progress delete_claims(Reconcile& run, Calls& calls);
// pod_sets.cpp
Progress scale_down(Reconcile& run, Calls& calls);
Progress node_pool_statuses(Reconcile& run, Calls& calls);
Progress pod_sets(Reconcile& run, Calls& calls);
Progress added_nodes_ready(Reconcile& run, Calls& calls);
// rolling.cpp
Progress rolling_update(Reconcile& run, Calls& calls);
Progress pods_ready(Reconcile& run, Calls& calls);
Progress service_endpoints(Reconcile& run, Calls& calls);
// admin_steps.cpp
Progress cluster_id(Reconcile& run, Calls& calls);
Progress node_unregistration(Reconcile& run, Calls& calls);
Progress metadata_version(Reconcile& run, Calls& calls);
// throttles_left.cpp
Progress throttles_left(Reconcile& run, Calls& calls);
// status.cpp
Progress write_status(Reconcile& run, Calls& calls);

}  // namespace twin::controller::steps
