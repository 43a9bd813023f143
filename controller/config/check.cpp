// What users may say in spec.kafka.config. Strimzi drops what it sets itself (listeners, storage,
// identities, security) by prefix, with exceptions, and says so in a warning; the rest goes to the
// broker, which refuses bad values. Source: KafkaConfiguration and KafkaClusterSpec
// (FORBIDDEN_PREFIXES, FORBIDDEN_PREFIX_EXCEPTIONS) of the Strimzi operator.
#include <charconv>

#include "controller/config/kafka_config.h"

namespace twin::controller::config {

namespace {

constexpr std::string_view kForbidden[] = {
    "listeners", "advertised.", "port", "inter.broker.listener.name", "sasl.", "ssl.", "security.",
    "password.", "log.dir", "zookeeper.connect", "zookeeper.set.acl", "zookeeper.ssl",
    "zookeeper.clientCnxnSocket", "authorizer.", "super.user", "cruise.control.metrics.topic",
    "cruise.control.metrics.reporter.bootstrap.servers", "node.id", "process.roles", "controller.",
    "metadata.log.dir", "zookeeper.metadata.migration.enable", "broker.", "listener.", "host.name",
    "client.quota.callback.static.kafka.admin.", "client.quota.callback.static.produce",
    "client.quota.callback.static.consume", "client.quota.callback.static.storage"};

constexpr std::string_view kAllowed[] = {
    "zookeeper.connection.timeout.ms", "sasl.server.max.receive.size", "ssl.cipher.suites",
    "ssl.protocol", "ssl.enabled.protocols", "ssl.secure.random.implementation",
    "cruise.control.metrics.topic.num.partitions",
    "cruise.control.metrics.topic.replication.factor",
    "cruise.control.metrics.topic.retention.ms",
    "cruise.control.metrics.topic.auto.create.retries",
    "cruise.control.metrics.topic.auto.create.timeout.ms",
    "cruise.control.metrics.topic.min.insync.replicas", "broker.session.timeout.ms",
    "broker.heartbeat.interval.ms", "controller.socket.timeout.ms",
    "controller.quorum.election.backoff.max.ms", "controller.quorum.election.timeout.ms",
    "controller.quorum.fetch.timeout.ms", "controller.quorum.request.timeout.ms",
    "controller.quorum.retry.backoff.ms", "controller.quorum.append.linger.ms"};

std::string problem_of(const api::ConfigKey& key, const std::string& value) {
  if (key.type == api::ValueType::boolean && value != "true" && value != "false") {
    return "`" + value + "` is not true or false";
  }
  if (key.type == api::ValueType::integer) {
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return "`" + value + "` is not an integer";
    if (key.min && number < *key.min) return value + " is less than " + std::to_string(*key.min);
    if (key.max && number > *key.max) return value + " is more than " + std::to_string(*key.max);
  }
  if (key.type == api::ValueType::string && !key.allowed.empty()) {
    std::string_view rest = key.allowed;
    while (true) {
      const size_t comma = rest.find(',');
      if (rest.substr(0, comma) == value) return {};
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
    return "`" + value + "` is not one of " + std::string(key.allowed);
  }
  return {};
}

}  // namespace

bool is_forbidden(std::string_view key, std::string_view) {
  for (const std::string_view allowed : kAllowed) {
    if (key == allowed) return false;
  }
  for (const std::string_view prefix : kForbidden) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

CheckedConfig check_user_config(const api::KafkaConfig& user, std::string_view kafka_version) {
  CheckedConfig checked;
  for (const auto& [key, value] : user) {
    if (is_forbidden(key, kafka_version)) {
      checked.warnings.push_back("ignored: `" + key + "` is set by the operator");
      continue;
    }
    if (const api::ConfigKey* known = api::find_key(kafka_version, key)) {
      const std::string problem = problem_of(*known, value);
      if (!problem.empty()) checked.errors.push_back(key + ": " + problem);
    }
    checked.accepted.emplace_back(key, value);
  }
  return checked;
}

}  // namespace twin::controller::config
