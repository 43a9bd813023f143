// Kafka releases, the protocol, message format and metadata version of each, which Strimzi release
// runs which, and the pure decisions that Strimzi's version-change creators make. Sources: release
// notes and version tables of Apache Kafka and Strimzi.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/expected.h"

namespace twin::controller::upgrade {

// "2.1", "4.2-IV1", "3.9.2": compared number by number; a missing patch or IV counts as 0.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

struct KafkaRelease {
  std::string_view version;          // "2.1.0"
  std::string_view protocol;         // inter.broker.protocol.version, "" from 4.0
  std::string_view message_format;   // log.message.format.version, "" from 4.0
  std::string_view metadata;         // metadata.version, "" before 3.5 as Strimzi lists them
};
const KafkaRelease* find_release(std::string_view version);
const std::vector<KafkaRelease>& all_releases();  // ascending

// A metadata.version: its feature level and whether it changed the format of records, which is what
// makes a downgrade across it impossible.
struct MetadataVersion {
  std::string_view name;  // "4.3-IV0"
  int16_t level = 0;
  bool changed = false;
};
const std::vector<MetadataVersion>& all_metadata_versions();  // ascending
// Takes "4.3-IV0" and the short forms "4.3" (the release's final one).
const MetadataVersion* find_metadata_version(std::string_view name);
// Highest and lowest level that a binary supports.
struct LevelRange {
  int16_t min = 0;
  int16_t max = 0;
};
LevelRange supported_levels(std::string_view kafka_version);
// A safe downgrade is possible only when no version in (target, current] changed the format.
bool safe_downgrade_possible(int16_t current_level, int16_t target_level);

struct OperatorRelease {
  std::string_view version;
  std::string_view date;
  std::vector<std::string_view> kafka_versions;
  std::string_view default_kafka_version;
};
const OperatorRelease* find_operator_release(std::string_view version);
const std::vector<OperatorRelease>& all_operator_releases();  // ascending

// KRaftVersionChangeCreator: from and to, and the metadata version to run with meanwhile.
struct VersionChange {
  std::string from;      // lowest (upgrade) or highest (downgrade) version that pods run
  std::string to;        // desired binaries
  std::string metadata;  // KRaft: metadata.version to use in this reconcile
  std::string protocol;        // ZooKeeper: inter.broker.protocol.version to use
  std::string message_format;  // ZooKeeper: log.message.format.version to use
  bool upgrade() const;
  bool downgrade() const;
  std::string explanation;  // one sentence
  std::vector<std::string> warnings;
};

struct KRaftChangeInput {
  std::string desired_version;            // spec.kafka.version, default filled in
  std::string desired_metadata;           // spec.kafka.metadataVersion, "" = unset
  std::string current_metadata;           // status.kafkaMetadataVersion, "" = new cluster
  std::vector<std::string> pod_versions;  // annotation strimzi.io/kafka-version of every pod
};
// Error: Strimzi's KafkaUpgradeException, what and hint in its words' sense.
sim::Expected<VersionChange> kraft_version_change(const KRaftChangeInput& input);

struct ZookeeperChangeInput {
  std::string desired_version;
  std::string user_protocol;        // inter.broker.protocol.version in spec.kafka.config, "" unset
  std::string user_message_format;  // log.message.format.version, "" unset
  struct PodVersions {
    std::string kafka, protocol, message_format;
  };
  std::vector<PodVersions> pods;
};
// ZooKeeperVersionChangeCreator, Strimzi 0.15 to 0.45.
sim::Expected<VersionChange> zookeeper_version_change(const ZookeeperChangeInput& input);

}  // namespace twin::controller::upgrade
