// The pure decisions that Strimzi's version-change creators make: from which version to which, and
// with which protocol, message format or metadata version meanwhile.
#pragma once

#include <string>
#include <vector>

#include "sim/expected.h"

namespace twin::controller::upgrade {

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
  // Where the metadata version in force is not known, or a pod does not say what it runs, nothing
  // is changed; Strimzi goes on with the default of the older binaries, and with the other pods.
  bool careful = false;
};
// Error: Strimzi's KafkaUpgradeException and its words; `hint` is ours.
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
// ZooKeeperVersionChangeCreator, Strimzi 0.22 to 0.45; below 3.0 as it was until 0.28.
sim::Expected<VersionChange> zookeeper_version_change(const ZookeeperChangeInput& input);

}  // namespace twin::controller::upgrade
