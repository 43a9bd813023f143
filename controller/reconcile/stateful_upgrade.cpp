// Which binaries, which protocol and which message format the brokers' set gets.
//
// Strimzi 0.11: first every pod that is older than the stored template is rolled ("complete any
// pending rolls", waitForQuiescence), then the phases that the set's annotations ask for.
// `twin`: what Strimzi did from 0.22 on, from what the pods say, so that nothing is believed that
// a dead process wrote. A pin is raised only when no pod, and no template that a pod could still
// come from, has older binaries.
#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "controller/client/retry.h"
#include "controller/reconcile/desired.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/predicate.h"
#include "controller/reconcile/stateful_steps.h"
#include "controller/reconcile/waits.h"
#include "controller/upgrade/operator_releases.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::controller::stateful {

namespace {

// The class of the error stands beside it.
std::string sentence(const sim::Error& error) {
  return sim::Error{"", error.what, error.hint}.to_string();
}

// A step each for binaries, protocol and message format, and one to see that all is well.
constexpr int kPassesMax = 4;

std::string option(const api::KafkaConfig& config, std::string_view key) {
  const std::string* value = api::find_config(config, key);
  return value == nullptr ? std::string() : *value;
}

Progress unsupported(Reconcile& run, Calls& calls, const std::string& version) {
  const auto* release = upgrade::find_operator_release(run.profile.operator_version);
  std::string known;
  for (const std::string_view item : release->kafka_versions)
    known += (known.empty() ? "" : ", ") + std::string(item);
  const std::string message =
      "Version " + version + " is not supported. Supported versions are: " + known + ".";
  run.decide(calls, DecisionKind::refuse, "InvalidResourceException", message);
  return Progress::failed("InvalidResourceException", message);
}

bool supported(const Profile& profile, const std::string& version) {
  const auto* release = upgrade::find_operator_release(profile.operator_version);
  if (profile.twin || release == nullptr) return api::find_release(version) != nullptr;
  return std::find(release->kafka_versions.begin(), release->kafka_versions.end(), version) !=
         release->kafka_versions.end();
}

// Pods, and the template for those that are missing at the moment.
upgrade::ZookeeperChangeInput observed_versions(const Reconcile& run) {
  upgrade::ZookeeperChangeInput input;
  const api::Kafka& kafka = *run.observed.kafka;
  input.desired_version = run.stateful.version;
  input.user_protocol = option(kafka.config, "inter.broker.protocol.version");
  input.user_message_format = option(kafka.config, "log.message.format.version");
  const auto& set = run.stateful.live_kafka;
  if (run.profile.broken.believes_template && set) {
    input.pods.push_back(versions_of(set->template_annotations, set->template_spec));
    return input;
  }
  for (const auto& pod : run.pods)
    input.pods.push_back(versions_of(pod->metadata.annotations, pod->spec));
  if (set && static_cast<int32_t>(run.pods.size()) < set->replicas)
    input.pods.push_back(versions_of(set->template_annotations, set->template_spec));
  return input;
}

std::string phase_key(size_t index) { return "phase-" + std::to_string(index); }

Progress run_phase(Reconcile& run, Calls& calls, size_t index) {
  StatefulCluster& cluster = run.stateful;
  if (index >= cluster.phases.size()) return Progress::done();
  const upgrade::StatefulPhase& phase = cluster.phases[index];
  const std::string name = kafka_set_name(run.options.cluster);
  if (run.roller) return run.roller->step(calls);
  const std::string key = phase_key(index);
  if (calls.asked_at(key + "#0/get") == sim::kNever)
    run.decide(calls, DecisionKind::upgrade_phase, phase.code, phase.reason, name);
  const Progress patched =
      amend(run, calls, key, get_request(api::Kind::stateful_set, run.options.namespace_name, name),
            Verb::update, [&](api::Object& object) {
              auto& stored = static_cast<api::StatefulSet&>(object);
              const api::StatefulSet before = stored;
              patch_phase(run.profile, phase, stored);
              return !api::same_content(before, stored);
            });
  if (!patched.is_done()) return patched;
  // Every pod, whatever it runs: the predicate of both phases is `true`.
  return roll(run, calls, *cluster.live_kafka, std::make_shared<EveryPod>(phase.code));
}

}  // namespace

Progress read_sets(Reconcile& run, Calls& calls) {
  StatefulCluster& cluster = run.stateful;
  const std::string& name = run.options.cluster;
  cluster.version = desired_version(run.profile, *run.observed.kafka);
  if (!supported(run.profile, cluster.version)) return unsupported(run, calls, cluster.version);
  const Progress brokers = read_set(run, calls, kafka_set_name(name), "kafka", cluster.live_kafka);
  const Progress ensemble =
      read_set(run, calls, zookeeper_set_name(name), "zookeeper", cluster.live_zookeeper);
  if (!brokers.is_done()) return brokers;
  if (!ensemble.is_done()) return ensemble;
  const api::Labels of_kafka{{api::strimzi::kCluster, name},
                             {api::strimzi::kKind, "Kafka"},
                             {api::strimzi::kName, kafka_set_name(name)}};
  const KubeReply* list =
      retried(calls, "pods", list_request(api::Kind::pod, run.options.namespace_name, of_kafka));
  if (!list) return Progress::waiting();
  if (!list->meta.ok()) return kube_failure("listing pods", *list);
  run.cites.push_back(list->meta.id);
  run.pods.clear();
  for (const api::ObjectPtr& pod : list->items)
    run.pods.push_back(std::static_pointer_cast<const api::Pod>(pod));
  return Progress::done();
}

Progress version_change(Reconcile& run, Calls& calls) {
  if (run.profile.era_a) return Progress::done();
  StatefulCluster& cluster = run.stateful;
  const sim::Expected<upgrade::VersionChange> change =
      upgrade::zookeeper_version_change(observed_versions(run));
  if (!change) {
    TWIN_MARK("stateful_version_change_refused");
    run.decide(calls, DecisionKind::refuse, "KafkaUpgradeException", sentence(change.error()));
    return Progress::failed("KafkaUpgradeException", sentence(change.error()));
  }
  cluster.versions = *change;
  const auto runs = cluster.live_kafka ? versions_of(cluster.live_kafka->template_annotations,
                                                     cluster.live_kafka->template_spec)
                                       : upgrade::ZookeeperChangeInput::PodVersions{};
  const bool moves =
      cluster.live_kafka && (runs.kafka != change->to || runs.protocol != change->protocol ||
                             runs.message_format != change->message_format);
  if (moves)
    run.decide(calls, DecisionKind::upgrade_phase,
               change->downgrade() ? "KafkaDowngrade" : "KafkaUpgrade", change->explanation);
  return Progress::done();
}

Progress kafka_pending_rolls(Reconcile& run, Calls& calls) {
  if (!run.profile.era_a || !run.stateful.live_kafka) return Progress::done();
  return roll_old(run, calls, kafka_set_name(run.options.cluster));
}

Progress kafka_upgrade_plan(Reconcile& run, Calls& calls) {
  StatefulCluster& cluster = run.stateful;
  if (!run.profile.era_a || !cluster.live_kafka) return Progress::done();
  upgrade::StatefulVersions live;
  live.current = annotation_of(*cluster.live_kafka, api::strimzi::kKafkaVersion);
  live.from = annotation_of(*cluster.live_kafka, api::strimzi::kFromVersion);
  live.to = annotation_of(*cluster.live_kafka, api::strimzi::kToVersion);
  live.config = config_of(cluster.live_kafka->template_spec);
  auto phases = upgrade::stateful_phases(live, cluster.version);
  if (!phases) {
    run.decide(calls, DecisionKind::refuse, phases.error().where, phases.error().what);
    return Progress::failed(phases.error().where, phases.error().what);
  }
  cluster.phases = std::move(*phases);
  return Progress::done();
}

Progress kafka_phase_1(Reconcile& run, Calls& calls) { return run_phase(run, calls, 0); }
Progress kafka_phase_2(Reconcile& run, Calls& calls) { return run_phase(run, calls, 1); }

// The pods run what was decided. If they now allow more, the chain is gone through once more.
Progress another_roll(Reconcile& run, Calls& calls) {
  if (!run.profile.twin) return Progress::done();
  const Progress read = read_sets(run, calls);
  if (!read.is_done()) return read;
  const auto next = upgrade::zookeeper_version_change(observed_versions(run));
  const upgrade::VersionChange& now = run.stateful.versions;
  if (!next || (next->to == now.to && next->protocol == now.protocol &&
                next->message_format == now.message_format)) {
    return Progress::done();
  }
  TWIN_ASSERT_LE(++run.stateful.passes, kPassesMax);
  static const std::vector<Step> again{{"read-sets", read_sets},
                                       {"version-change", version_change},
                                       {"kafka-model", kafka_model},
                                       {"kafka-set", kafka_set},
                                       {"kafka-rolling-update", kafka_roll},
                                       {"another-roll", another_roll}};
  run.continue_with(again);
  return Progress::done();
}

}  // namespace twin::controller::stateful
