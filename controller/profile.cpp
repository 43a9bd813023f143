#include "controller/profile.h"

#include <algorithm>

namespace twin::controller {

namespace {

using namespace sim::literals;

// What all Strimzi releases share: ClusterOperatorConfig's defaults (120 s, 300 s, lock 10 s, poll
// 1 s) and what the JVM was measured to need on 0.47.0: process start to watches 3.4 s, to the
// first reconcile 3.98 s and from there to its roller 1.5 s, where a warm one takes 0.4 to 0.8 s;
// CR change to reconcile 0.12 to 0.3 s; a pod that is gone is made again after 40 to 130 ms; a
// reconcile that finds nothing to do takes 2.2 s (median of 36), of which the calls explain half:
// the other half is spread over its 26 steps and over the Admin clients that it makes.
Profile strimzi(std::string name, std::string version) {
  Profile profile;
  profile.name = std::move(name);
  profile.roller = profile.name;
  profile.operator_version = std::move(version);
  profile.start_up = 3400_ms;
  profile.warm_up = 550_ms;
  profile.trigger_delay = 120_ms;
  profile.admin_client = 120_ms;
  profile.step_time = 14_ms;
  profile.cold_start = 950_ms;
  profile.pod_set_time = 45_ms;
  profile.progress_every = 60_s;
  profile.warns_of_spec = true;
  profile.full_reconciliation_interval = 120_s;
  profile.operation_timeout = 300_s;
  profile.poll = 1_s;
  profile.lock_timeout = 10_s;
  profile.informer_resync = 5_min;
  return profile;
}

Profile strimzi_0_11() {
  Profile profile = strimzi("strimzi@0.11", "0.11.0");
  profile.claim =
      "strimzi@0.11: Strimzi 0.11.0 (2019) on StatefulSets and ZooKeeper; rolls pod 0 to N-1 by "
      "readiness alone and marks the new version before rolling; read in code, not measured";
  profile.era_a = true;
  profile.zookeeper = true;
  return profile;
}

Profile strimzi_0_47() {
  Profile profile = strimzi("strimzi@0.47", "0.47.0");
  profile.claim =
      "strimzi@0.47: KafkaRoller and KafkaReconciler of Strimzi 0.47.0, KRaft on StrimziPodSets; "
      "read in code and measured against the real operator";
  profile.kraft = true;
  profile.controller_config_in_revision = true;
  profile.unregisters_by_status = true;
  return profile;
}

Profile strimzi_1_2() {
  Profile profile = strimzi("strimzi@1.2", "1.2.0");
  profile.claim =
      "strimzi@1.2: KafkaRoller and KafkaReconciler of Strimzi 1.2.0, KRaft on StrimziPodSets; "
      "read in code, its process times taken from 0.47.0";
  profile.kraft = true;
  profile.cordons_blocked_brokers = true;
  return profile;
}

Profile twin() {
  Profile profile;
  profile.name = "twin";
  profile.roller = "twin";
  profile.claim =
      "twin: this project's own controller; holds every property in docs/MODEL.md, takes KRaft and "
      "ZooKeeper clusters";
  profile.operator_version = "1.2.0";  // the Strimzi release whose images it runs
  profile.twin = true;
  profile.kraft = true;
  profile.zookeeper = true;
  profile.start_up = 100_ms;  // a native process: exec, configuration, TLS to the API server
  profile.full_reconciliation_interval = 120_s;
  profile.operation_timeout = 300_s;
  profile.poll = 1_s;
  profile.merges_triggers = true;
  profile.parallel_calls = true;
  profile.retry_failed = 5_s;
  profile.informer_resync = 5_min;
  profile.informer_relist = 5_min;
  return profile;
}

}  // namespace

const std::vector<Profile>& all_profiles() {
  static const std::vector<Profile> profiles{twin(), strimzi_0_11(), strimzi_0_47(), strimzi_1_2()};
  return profiles;
}

namespace {

std::vector<FindProfile>& plugged_in() {
  static std::vector<FindProfile> all;
  return all;
}

}  // namespace

void plug_in_profiles(FindProfile find) {
  auto& all = plugged_in();
  if (std::find(all.begin(), all.end(), find) == all.end()) all.push_back(find);
}

const Profile* find_profile(std::string_view name) {
  for (const Profile& profile : all_profiles())
    if (profile.name == name) return &profile;
  for (const FindProfile find : plugged_in()) {
    if (const Profile* found = find(name)) return found;
  }
  return nullptr;
}

}  // namespace twin::controller
