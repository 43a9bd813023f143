// How Strimzi 0.11 to 0.14 changed the version of a cluster on StatefulSets: in phases, each a
// change of the set's template and a roll of every pod, with the progress kept in annotations of
// the set. Nothing is asked of the pods: what they run is believed to be what the set says, and
// the set says the new version before the first pod is restarted. Source: KafkaAssemblyOperator
// (kafkaUpgrade, kafkaUpgradePhase1, kafkaUpgradePhase2, kafkaDowngradePhase1,
// kafkaDowngradePhase2) of Strimzi 0.11.0.
//
//   upgrade    live config has no log.message.format.version and it differs: refused
//              live config has no inter.broker.protocol.version and it differs:
//                1 new binaries, protocol pinned to the old one; from, to and the version written
//                2 the pin goes, from and to go
//              else 1 new binaries
//   downgrade  log.message.format.version must be the target's already, else refused
//              protocol unset or newer than the target's:
//                1 protocol := the target's where unset; from and to written
//              2 old binaries, the protocol goes, from and to go
//   resumed    from and to stand in the annotations and the version is not `from` any more: an
//              upgrade goes on with phase 2
#pragma once

#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "sim/expected.h"

namespace twin::controller::upgrade {

// The StatefulSet as it is stored: its annotations and the configuration in its template.
struct StatefulVersions {
  std::string current;  // strimzi.io/kafka-version
  std::string from;     // strimzi.io/from-version, "" absent
  std::string to;       // strimzi.io/to-version, "" absent
  api::KafkaConfig config;
};

// What the set is patched to before every pod is rolled.
struct StatefulPhase {
  std::string code;    // "KafkaUpgradePhase1", ...
  std::string reason;  // one sentence
  StatefulVersions set;
  std::string binaries;  // of the image in the template
};

// In order; empty when nothing is to be changed. Error: KafkaUpgradeException.
sim::Expected<std::vector<StatefulPhase>> stateful_phases(const StatefulVersions& live,
                                                          const std::string& desired_version);

}  // namespace twin::controller::upgrade
