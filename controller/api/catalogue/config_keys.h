// Kafka's broker configuration as a vocabulary: the keys of each Kafka version, how each can be
// changed (restart, per broker, cluster wide), and the text form of a node's configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twin::api {

// Key -> value, sorted by key: what lands in a broker's configuration file.
using ServerConfig = std::vector<std::pair<std::string, std::string>>;
const std::string* find_value(const ServerConfig& config, std::string_view key);
std::string to_text(const ServerConfig& config);           // "key=value\n" lines
ServerConfig server_config_of(std::string_view text);

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

}  // namespace twin::api
