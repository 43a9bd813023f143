// A profile is a table of behaviours: how an operator's process spends its time, queues its
// triggers and builds its pods. `strimzi@...` profiles hold what that release was seen or read to
// do; `twin` is ours. The reconcile chain, informers and queues read this table and know no release
// by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/broken.h"
#include "sim/time.h"

namespace twin::controller {

struct Profile {
  std::string name;              // as in OperatorOptions::profile
  std::string claim;             // for --help and reports
  std::string operator_version;  // goes into images and operatorLastSuccessfulVersion
  std::string roller;            // for make_roller
  bool twin = false;             // refuses, re-reads unknown outcomes, takes preconditions
  bool era_a = false;            // one StatefulSet, phases in its annotations (0.11 to 0.14)
  bool kraft = false;            // takes KafkaNodePools
  bool zookeeper = false;        // takes Kafka resources with spec.zookeeper
  // Controllers' relevant configuration is part of their pods' revision (until 0.49, #11999).
  bool controller_config_in_revision = false;
  bool cordons_blocked_brokers = false;  // 1.2: cordoned.log.dirs of brokers kept by the guard
  bool warns_of_spec = false;            // KafkaSpecChecker's conditions in the status
  // Nodes to unregister are those that the status lists and no pool has; later releases ask Kafka.
  bool unregisters_by_status = false;

  // ---- the process ----
  sim::Duration start_up{0};        // container start -> informers list
  sim::Duration warm_up{0};         // informers list -> first PodSet and Kafka reconcile
  sim::Duration trigger_delay{0};   // watch event -> reconcile starts
  sim::Duration admin_client{0};    // making one Kafka Admin client
  sim::Duration step_time{0};       // what each step of a reconcile costs beside its calls
  sim::Duration cold_start{0};      // what the first reconcile of a process costs on top
  sim::Duration pod_set_time{0};    // from the queue to the first call of a PodSet reconcile
  sim::Duration progress_every{0};  // a running reconcile says so; 0 = never
  sim::Duration full_reconciliation_interval{0};
  sim::Duration operation_timeout{0};
  sim::Duration poll{0};          // of readiness waits
  sim::Duration lock_timeout{0};  // a trigger waits this long for the resource's lock; 0 = for ever
  bool merges_triggers = false;   // at most one trigger waits
  bool parallel_calls = false;    // independent calls of one step go out together
  sim::Duration retry_failed{0};  // a failed reconcile is tried again after this; 0 = next trigger
  sim::Duration informer_resync{0};  // informers hand out their whole cache again
  sim::Duration informer_relist{0};  // informers read everything again; 0 = only when told to

  Broken broken;  // nothing, but in simulations of operators with bugs
};

// nullptr: unknown.
const Profile* find_profile(std::string_view name);
const std::vector<Profile>& all_profiles();

// From now on find_profile asks this as well, after its own and earlier ones. For simulations
// (controller/bugs, scenarios/exec). A second time does nothing.
using FindProfile = const Profile* (*)(std::string_view name);
void plug_in_profiles(FindProfile find);

}  // namespace twin::controller
