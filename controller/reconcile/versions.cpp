// Which binaries and which metadata.version this reconcile works towards.
#include "controller/api/catalogue/versions.h"

#include <algorithm>

#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "controller/upgrade/operator_releases.h"
#include "controller/upgrade/version_change.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

// The class of the error stands beside it.
std::string sentence(const sim::Error& error) {
  return sim::Error{"", error.what, error.hint}.to_string();
}

bool supported(const Profile& profile, const std::string& version) {
  if (!api::find_release(version)) return false;
  if (profile.twin) return true;
  const auto* release = upgrade::find_operator_release(profile.operator_version);
  return !release || std::find(release->kafka_versions.begin(), release->kafka_versions.end(),
                               version) != release->kafka_versions.end();
}

Progress unsupported(Reconcile& run, Calls& calls, const std::string& version) {
  std::string known;
  const auto* release = upgrade::find_operator_release(run.profile.operator_version);
  if (release && !run.profile.twin)
    for (const std::string_view item : release->kafka_versions)
      known += (known.empty() ? "" : ", ") + std::string(item);
  const std::string message = "Unsupported Kafka.spec.kafka.version: " + version +
                              (known.empty() ? std::string(". It is not a known Kafka release")
                                             : ". Supported versions are: [" + known + "]");
  run.decide(calls, DecisionKind::refuse, "UnsupportedKafkaVersionException", message);
  return Progress::failed("UnsupportedKafkaVersionException", message);
}

// What pods run, and for pods that do not exist at the moment what they will come up as.
std::vector<std::string> pod_versions(const Reconcile& run) {
  std::vector<std::string> versions;
  std::set<std::string> seen;
  for (const auto& pod : run.pods) {
    seen.insert(pod->metadata.name);
    versions.push_back(annotation_of(*pod, api::strimzi::kKafkaVersion));
  }
  if (!run.profile.twin) return versions;
  for (const auto& [name, set] : run.observed.pod_sets)
    for (const auto& pod : set->pods)
      if (!seen.contains(pod->metadata.name))
        versions.push_back(annotation_of(*pod, api::strimzi::kKafkaVersion));
  return versions;
}

std::vector<std::string> pods_not_on(const Reconcile& run, const std::string& version) {
  std::vector<std::string> names;
  for (const auto& pod : run.pods)
    if (annotation_of(*pod, api::strimzi::kKafkaVersion) != version)
      names.push_back(pod->metadata.name);
  return names;
}

// The status may be older than the last feature update: the controller may have died in between.
// `twin` asks Kafka before it changes binaries.
Progress current_metadata(Reconcile& run, Calls& calls, bool changes_binaries,
                          std::string& metadata) {
  metadata = run.observed.kafka->status.kafka_metadata_version;
  if (!run.profile.twin || !changes_binaries || !has_brokers_to_ask(run)) return Progress::done();
  const KafkaReply* reply = ask_brokers(run, calls, "features", api::DescribeFeaturesRequest{});
  if (!reply) return Progress::waiting();
  const auto* features = std::get_if<api::DescribeFeaturesReply>(&reply->body);
  if (reply->meta.ok() && features && !features->metadata_version.empty()) {
    metadata = features->metadata_version;
    run.metadata_version = metadata;
    run.cites.push_back(reply->meta.id);
  }
  return Progress::done();
}

// KRaftUtils.validateMetadataVersion: "" when the resource's wish is one that exists, or none.
std::string metadata_problem(const std::string& wanted) {
  constexpr const char* kOldest = "3.3-IV0";
  if (wanted.empty()) return {};
  const api::MetadataVersion* version = api::find_metadata_version(wanted);
  if (version == nullptr) return "Metadata version " + wanted + " is invalid";
  if (version->level >= api::find_metadata_version(kOldest)->level) return {};
  return std::string("The oldest supported metadata version is ") + kOldest;
}

void explain(Reconcile& run, Calls& calls, const std::string& current) {
  const upgrade::VersionChange& change = run.observed.versions;
  if (change.from != change.to) {
    run.decide(calls, DecisionKind::upgrade_phase,
               change.upgrade() ? "KafkaUpgrade" : "KafkaDowngrade", change.explanation);
  }
  const std::string& wanted = run.observed.kafka->metadata_version;
  const auto* target = api::find_metadata_version(wanted);
  const auto* now = api::find_metadata_version(change.metadata);
  if (!target || !now || target->level <= now->level || current.empty()) return;
  const std::vector<std::string> old_nodes = pods_not_on(run, change.to);
  const bool too_new = target->level > api::supported_levels(change.to).max;
  TWIN_MARK("metadata_bump_refused");
  run.decide(calls, DecisionKind::refuse, "MetadataVersionRefused",
             "metadata.version stays " + change.metadata + " and is not raised to " + wanted +
                 (too_new ? ": Kafka " + change.to + " does not know it"
                          : ": old binaries still run on " + join(old_nodes)));
}

}  // namespace

Progress version_change(Reconcile& run, Calls& calls) {
  const api::Kafka& kafka = *run.observed.kafka;
  upgrade::KRaftChangeInput input;
  input.desired_version = desired_version(run.profile, kafka);
  if (!supported(run.profile, input.desired_version))
    return unsupported(run, calls, input.desired_version);
  const std::string problem = metadata_problem(kafka.metadata_version);
  if (!problem.empty()) {
    TWIN_MARK("metadata_version_invalid");
    run.decide(calls, DecisionKind::refuse, "InvalidResourceException", problem);
    return Progress::failed("InvalidResourceException", problem);
  }
  input.desired_metadata = kafka.metadata_version;
  input.pod_versions = pod_versions(run);
  input.careful = run.profile.twin;
  const bool changes_binaries =
      std::any_of(input.pod_versions.begin(), input.pod_versions.end(),
                  [&](const std::string& version) { return version != input.desired_version; });
  const Progress read = current_metadata(run, calls, changes_binaries, input.current_metadata);
  if (!read.is_done()) return read;
  if (run.profile.broken.downgrades_unasked) input.current_metadata.clear();
  if (run.profile.broken.downgrades_unasked) input.careful = false;
  const sim::Expected<upgrade::VersionChange> change = upgrade::kraft_version_change(input);
  if (!change) {
    TWIN_MARK("version_change_refused");
    run.decide(calls, DecisionKind::refuse, "KafkaUpgradeException", sentence(change.error()));
    return Progress::failed("KafkaUpgradeException",
                            run.profile.twin ? sentence(change.error()) : change.error().what);
  }
  run.observed.versions = *change;
  if (run.profile.twin && change->downgrade() && run.metadata_version.empty()) {
    const std::string message =
        "No broker says which metadata.version is in force: going back to Kafka " + change->to +
        " could make the nodes unable to start";
    run.decide(calls, DecisionKind::refuse, "KafkaUpgradeException", message);
    return Progress::failed("KafkaUpgradeException", message);
  }
  explain(run, calls, input.current_metadata);
  return Progress::done();
}

}  // namespace twin::controller::steps
