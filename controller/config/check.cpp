// What users may say in spec.kafka.config. Strimzi drops what it sets itself (listeners, storage,
// identities, security) by prefix, with exceptions, and says so in a warning; the rest goes to the
// broker, which refuses bad values. Source: KafkaConfiguration and KafkaClusterSpec
// (FORBIDDEN_PREFIXES, FORBIDDEN_PREFIX_EXCEPTIONS) of the Strimzi operator, 0.11.0, 0.47.0, 1.2.0.
#include <charconv>

#include "controller/config/kafka_config.h"

namespace twin::controller::config {

namespace {

constexpr std::string_view kForbidden[] = {
    "listeners",
    "advertised.",
    "broker.",
    "listener.",
    "host.name",
    "port",
    "inter.broker.listener.name",
    "sasl.",
    "ssl.",
    "security.",
    "password.",
    "log.dir",
    "zookeeper.connect",
    "zookeeper.set.acl",
    "zookeeper.ssl",
    "zookeeper.clientCnxnSocket",
    "authorizer.",
    "super.user",
    "cruise.control.metrics.topic",
    "cruise.control.metrics.reporter.bootstrap.servers",
    "node.id",
    "process.roles",
    "controller.",
    "metadata.log.dir",
    "zookeeper.metadata.migration.enable",
    "client.quota.callback.static.kafka.admin.",
    "client.quota.callback.static.produce",
    "client.quota.callback.static.fetch",
    "client.quota.callback.static.storage.per.volume.limit.min.available.",
    "client.quota.callback.static.excluded.principal.name.list",
    "prometheus.metrics.reporter."};
constexpr std::string_view kForbiddenSince12[] = {"cordoned.log.dirs"};

constexpr std::string_view kAllowed[] = {"zookeeper.connection.timeout.ms",
                                         "sasl.server.max.receive.size",
                                         "ssl.cipher.suites",
                                         "ssl.protocol",
                                         "ssl.enabled.protocols",
                                         "ssl.secure.random.implementation",
                                         "cruise.control.metrics.topic.num.partitions",
                                         "cruise.control.metrics.topic.replication.factor",
                                         "cruise.control.metrics.topic.retention.ms",
                                         "cruise.control.metrics.topic.auto.create.retries",
                                         "cruise.control.metrics.topic.auto.create.timeout.ms",
                                         "cruise.control.metrics.topic.min.insync.replicas",
                                         "controller.quorum.election.backoff.max.ms",
                                         "controller.quorum.election.timeout.ms",
                                         "controller.quorum.fetch.timeout.ms"};
constexpr std::string_view kAllowedSince12[] = {
    "broker.session.timeout.ms", "broker.heartbeat.interval.ms", "controller.socket.timeout.ms"};

constexpr std::string_view kForbidden011[] = {"listeners",
                                              "advertised.",
                                              "broker.",
                                              "listener.",
                                              "host.name",
                                              "port",
                                              "inter.broker.listener.name",
                                              "sasl.",
                                              "ssl.",
                                              "security.",
                                              "password.",
                                              "principal.builder.class",
                                              "log.dir",
                                              "zookeeper.connect",
                                              "zookeeper.set.acl",
                                              "authorizer.",
                                              "super.user"};

template <size_t N>
bool begins_with_one(const std::string_view (&prefixes)[N], std::string_view key) {
  for (const std::string_view prefix : prefixes) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

template <size_t N>
bool is_one_of(const std::string_view (&keys)[N], std::string_view key) {
  for (const std::string_view each : keys) {
    if (key == each) return true;
  }
  return false;
}

// In the words of Strimzi's ConfigModel.
std::string problem_of(const api::ConfigKey& key, const std::string& value) {
  const std::string quoted = "has value '" + value + "' which is not ";
  if (key.type == api::ValueType::boolean && value != "true" && value != "false") {
    return quoted + "a boolean";
  }
  if (key.type == api::ValueType::integer) {
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return quoted + "an int";
    if (key.min && number < *key.min) {
      return "has value " + value + " which less than the minimum value " +
             std::to_string(*key.min);
    }
    if (key.max && number > *key.max) {
      return "has value " + value + " which greater than the maximum value " +
             std::to_string(*key.max);
    }
  }
  if (key.type == api::ValueType::string && !key.allowed.empty()) {
    std::string_view rest = key.allowed;
    std::string list;
    while (true) {
      const size_t comma = rest.find(',');
      if (rest.substr(0, comma) == value) return {};
      list += (list.empty() ? "" : ", ") + std::string(rest.substr(0, comma));
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
    return quoted + "one of the allowed values: [" + list + "]";
  }
  return {};
}

}  // namespace

bool is_forbidden(std::string_view key, std::string_view operator_version) {
  if (operator_version.starts_with("0.11.")) return begins_with_one(kForbidden011, key);
  const bool newest = !operator_version.starts_with("0.47.");
  if (is_one_of(kAllowed, key) || (newest && is_one_of(kAllowedSince12, key))) return false;
  return begins_with_one(kForbidden, key) || (newest && begins_with_one(kForbiddenSince12, key));
}

CheckedConfig check_user_config(const api::KafkaConfig& user, std::string_view kafka_version,
                                std::string_view operator_version) {
  CheckedConfig checked;
  for (const auto& [key, value] : user) {
    if (is_forbidden(key, operator_version)) {
      checked.warnings.push_back("ignored: `" + key + "` is set by the operator");
      continue;
    }
    if (const api::ConfigKey* known = api::find_key(kafka_version, key)) {
      const std::string problem = problem_of(*known, value);
      if (!problem.empty()) checked.errors.push_back(key + " " + problem);
    }
    checked.accepted.emplace_back(key, value);
  }
  return checked;
}

}  // namespace twin::controller::config
