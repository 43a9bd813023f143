// The way from one Kafka version to another, through the Strimzi releases that can take each step.
// No release runs every Kafka version, ZooKeeper ended with 0.45, and the API of the resources
// changed twice, so that an upgrade over years is a walk through a graph. Its nodes are what a
// cluster can be: (Strimzi release, Kafka version, metadata in ZooKeeper or KRaft, API version of
// its resources). Its edges are what can be done next; an edge costs the rolls of all brokers that
// it takes. The path is the one with the fewest rolls, then the fewest steps, then the newest
// releases.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/expected.h"

namespace twin::controller::upgrade {

enum class MetadataSource : uint8_t { zookeeper, kraft };
// API versions of the Kafka resource: those before v1beta2 ended with 0.22, v1beta2 with 0.51.
enum class ApiVersion : uint8_t { before_v1beta2, v1beta2, v1 };

struct PathRequest {
  std::string from = {};           // Kafka version that runs: "2.0.1"
  std::string to = {};             // "4.3.0"
  std::string from_operator = {};  // Strimzi release that runs, "" = the newest that ships `from`
  std::string to_operator = {};    // "" = any
  // From 3.7 to 3.9 a cluster may be either; below it is ZooKeeper, above KRaft.
  bool from_kraft = false;
};

struct PathStep {
  enum class Kind : uint8_t { operator_upgrade, kafka_upgrade, migration, api_conversion };
  Kind kind = Kind::operator_upgrade;
  std::string strimzi;  // release that runs after the step
  std::string kafka;    // Kafka version that runs after the step
  int rolls = 0;        // of all brokers
  std::string what;     // one sentence
};

struct UpgradePath {
  std::string start_operator;
  MetadataSource start_source = MetadataSource::zookeeper;
  std::vector<PathStep> steps;
  int rolls() const;
};

// Rolls of all brokers that Strimzi needs from one Kafka version to a later one. ZooKeeper: one
// when the protocol stays, else two, and a third below protocol 3.0, where the message format moves
// by itself. KRaft: one, since metadata.version is raised without a restart.
int rolls_of_upgrade(std::string_view from, std::string_view to, MetadataSource source);

// Error: a version is unknown, no Strimzi release ships it, or there is no way.
sim::Expected<UpgradePath> find_upgrade_path(const PathRequest& request);

}  // namespace twin::controller::upgrade
