// What KRaftVersionChangeCreator of the Strimzi operator decides: which binaries, and which
// metadata.version to run with meanwhile. A change that was left half-way resumes, since it starts
// from what the pods say.
#include "controller/upgrade/version_change.h"

#include "controller/api/catalogue/versions.h"

namespace twin::controller::upgrade {

namespace {

sim::Error refused(std::string what, std::string hint) {
  return {"KafkaUpgradeException", std::move(what), std::move(hint)};
}

std::string metadata_of(std::string_view version) {
  const api::KafkaRelease* release = api::find_release(version);
  return release == nullptr ? std::string() : std::string(release->metadata);
}

bool newer(std::string_view a, std::string_view b) { return api::compare_versions(a, b) > 0; }

// By level where both are known: "4.0" and "4.0-IV3" are one version.
bool newer_metadata(std::string_view a, std::string_view b) {
  const api::MetadataVersion* first = api::find_metadata_version(a);
  const api::MetadataVersion* second = api::find_metadata_version(b);
  if (first == nullptr || second == nullptr) return newer(a, b);
  return first->level > second->level;
}

// The metadata version for pods that all run the desired binaries.
void settle_metadata(const KRaftChangeInput& input, VersionChange& change) {
  const std::string own = metadata_of(change.to);
  change.metadata = own;
  if (!input.desired_metadata.empty()) {
    if (newer_metadata(input.desired_metadata, own)) {
      change.metadata = input.current_metadata.empty() ? own : input.current_metadata;
      change.warnings.push_back("The metadata version " + input.desired_metadata +
                                " is newer than Kafka " + change.to + " knows (" + own +
                                "): " + change.metadata + " is used");
    } else {
      change.metadata = input.desired_metadata;
    }
  }
  change.explanation = "all nodes run Kafka " + change.to + "; metadata.version should be " +
                       change.metadata;
}

}  // namespace

sim::Expected<VersionChange> kraft_version_change(const KRaftChangeInput& input) {
  VersionChange change;
  change.to = input.desired_version;
  std::string lowest, highest;
  bool unknown = false;
  for (const std::string& version : input.pod_versions) {
    unknown |= version.empty();
    if (version.empty()) continue;
    if (lowest.empty() || newer(lowest, version)) lowest = version;
    if (highest.empty() || newer(version, highest)) highest = version;
  }
  if (unknown && (lowest.empty() || input.careful)) {
    return refused(
        "Kafka Pods exist, but do not contain the strimzi.io/kafka-version annotation to detect "
        "their version. Kafka upgrade cannot be detected.",
        "give every Kafka pod the annotation, or delete the pods that lack it");
  }
  if (input.pod_versions.empty()) lowest = highest = change.to;
  change.from = newer(highest, change.to) ? highest : lowest;
  if (!change.upgrade() && !change.downgrade()) {
    settle_metadata(input, change);
    return change;
  }
  const std::string& binaries = change.upgrade() ? change.from : change.to;
  const std::string limit = metadata_of(binaries);
  if (input.current_metadata.empty() && input.careful) {
    return refused("The current metadata version of the cluster is not known, so Kafka cannot go "
                   "from " + change.from + " to " + change.to,
                   "wait until status.kafkaMetadataVersion is set");
  }
  const std::string& current = input.current_metadata.empty() ? limit : input.current_metadata;
  if (!limit.empty() && newer_metadata(current, limit)) {
    return refused("The current metadata version (" + current +
                       ") has to be lower or equal to the Kafka broker version we " +
                       (change.upgrade() ? "upgrade from (" : "are downgrading to (") + binaries +
                       ")",
                   change.upgrade()
                       ? "let the first upgrade finish"
                       : "lower spec.kafka.metadataVersion first, if its changes allow that");
  }
  change.metadata = current;
  change.explanation = std::string(change.upgrade() ? "upgrade" : "downgrade") + " from Kafka " +
                       change.from + " to " + change.to + "; metadata.version stays at " + current +
                       " until every node runs the new binaries";
  return change;
}

}  // namespace twin::controller::upgrade
