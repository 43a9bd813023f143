// Kafka broker configuration as Strimzi handles it: which keys users may set, what the generated
// server.config of a node is, and the difference between what runs and what is desired.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/api/catalogue/config_keys.h"
#include "controller/api/kafka.h"
#include "controller/api/strimzi.h"
#include "sim/expected.h"

namespace twin::controller::config {

// User configuration split by what becomes of it. Forbidden keys are dropped with a warning, as the
// operator does; invalid values are what Kafka itself would refuse.
struct CheckedConfig {
  api::KafkaConfig accepted;
  std::vector<std::string> warnings;  // "ignored: `listeners` is set by the operator"
  std::vector<std::string> errors;    // "num.io.threads has value 'many' which is not an int"
};
// operator_version: whose lists count, "0.47.0"; any other than 0.11 and 0.47 means the newest.
CheckedConfig check_user_config(const api::KafkaConfig& user, std::string_view kafka_version,
                                std::string_view operator_version);
bool is_forbidden(std::string_view key, std::string_view operator_version);

// The generated configuration of one node.
struct NodeConfigInput {
  api::NodeId node;
  bool broker_role = true;
  bool controller_role = false;
  bool kraft = true;
  std::string cluster;
  std::string namespace_name;
  std::string kafka_version;
  std::string rack;  // "" = none
  std::vector<std::string> log_dirs;
  std::string metadata_log_dir;
  std::vector<std::pair<api::NodeId, std::string>> quorum_voters;  // id, host
  std::vector<api::Listener> listeners;
  api::KafkaConfig user;  // accepted part
};
api::ServerConfig generate(const NodeConfigInput& input);

// Desired against running configuration (describeConfigs of the broker), as KafkaConfigurationDiff.
struct ConfigDiff {
  std::vector<api::IncrementalAlterConfigsRequest::Change> cluster_wide;
  std::vector<api::IncrementalAlterConfigsRequest::Change> per_broker;
  std::vector<std::string> restart_keys;  // read-only keys that differ
  bool empty() const { return cluster_wide.empty() && per_broker.empty() && restart_keys.empty(); }
  bool needs_restart() const { return !restart_keys.empty(); }
};
struct DiffRules {
  std::string_view kafka_version;
  bool broker_role = true;
  bool controller_role = false;
  bool compares_numbers = true;  // "0.50" is "0.5"
  // What is set to its default and not asked for any more may stay.
  bool leaves_defaults = true;
  // An override of the broker is deleted when the cluster's default is to be set (#13050).
  bool unsets_overrides = true;
};
ConfigDiff diff(const api::ServerConfig& desired, const std::vector<api::ConfigEntry>& running,
                const DiffRules& rules);

// Strimzi's `strimzi.io/configuration-hash`: custom keys and advertised addresses; for controllers
// the controller-relevant part of the configuration goes into the pod's revision.
std::string custom_config_hash(const api::ServerConfig& config, std::string_view kafka_version);
std::string controller_config_hash(const api::ServerConfig& config, std::string_view kafka_version);

}  // namespace twin::controller::config
