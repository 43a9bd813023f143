// Kafka broker configuration as Strimzi handles it: which keys users may set, what the generated
// server.config of a node is, how each key can be changed (restart, per broker, cluster wide), and
// the difference between what runs and what is desired.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/api/strimzi.h"
#include "sim/expected.h"

namespace twin::controller::config {

// Key -> value, sorted by key: what lands in a broker's configuration file.
using ServerConfig = std::vector<std::pair<std::string, std::string>>;
const std::string* find(const ServerConfig& config, std::string_view key);
std::string to_text(const ServerConfig& config);           // "key=value\n" lines
ServerConfig from_text(std::string_view text);

enum class UpdateMode : uint8_t { read_only, per_broker, cluster_wide };
enum class ValueType : uint8_t { boolean, integer, real, string, list, password };

// One entry of the configuration model of Kafka versions [since, until).
struct ConfigKey {
  std::string_view name;
  ValueType type = ValueType::string;
  UpdateMode mode = UpdateMode::read_only;
  bool controller_relevant =
      false;  // in Strimzi's list for pure controllers: changes their revision
  std::string_view default_value;
  std::optional<int64_t> min;
  std::optional<int64_t> max;
  std::string_view allowed;  // comma-separated values, "" = any
};
// nullptr: a custom key (Kafka passes it on to plug-ins); it acts through the configuration hash.
const ConfigKey* find_key(std::string_view kafka_version, std::string_view name);

// User configuration split by what becomes of it. Forbidden keys are dropped with a warning, as the
// operator does; invalid values are what Kafka itself would refuse.
struct CheckedConfig {
  api::KafkaConfig accepted;
  std::vector<std::string> warnings;  // "ignored: `listeners` is set by the operator"
  std::vector<std::string> errors;    // "num.io.threads: `many` is not an integer"
};
CheckedConfig check_user_config(const api::KafkaConfig& user, std::string_view kafka_version);
bool is_forbidden(std::string_view key, std::string_view kafka_version);

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
ServerConfig generate(const NodeConfigInput& input);

// Desired against running configuration (describeConfigs of the broker), as KafkaConfigurationDiff.
struct ConfigDiff {
  std::vector<api::IncrementalAlterConfigsRequest::Change> cluster_wide;
  std::vector<api::IncrementalAlterConfigsRequest::Change> per_broker;
  std::vector<std::string> restart_keys;  // read-only keys that differ
  bool empty() const {
    return cluster_wide.empty() && per_broker.empty() && restart_keys.empty();
  }
  bool needs_restart() const { return !restart_keys.empty(); }
};
ConfigDiff diff(const ServerConfig& desired, const std::vector<api::ConfigEntry>& running,
                std::string_view kafka_version, bool broker_role, bool controller_role);

// Strimzi's `strimzi.io/configuration-hash`: custom keys and advertised addresses; for controllers
// the controller-relevant part of the configuration goes into the pod's revision.
std::string custom_config_hash(const ServerConfig& config, std::string_view kafka_version);
std::string controller_config_hash(const ServerConfig& config, std::string_view kafka_version);

}  // namespace twin::controller::config
