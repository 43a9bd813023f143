#include "model/kafka/control/entry_point.h"

#include <map>

namespace twin::model::control {

std::string environment_of(const api::Pod& pod, std::string_view key) {
  for (const api::Container& container : pod.spec.containers) {
    for (const api::EnvVar& variable : container.env) {
      if (variable.name == key) return variable.value;
    }
  }
  return {};
}

bool configured_by_environment(const api::Pod& pod) {
  return !environment_of(pod, "KAFKA_ZOOKEEPER_CONNECT").empty();
}

api::ServerConfig written_config(const api::Pod& pod, int32_t ordinal) {
  std::map<std::string, std::string> out;
  const std::string id = std::to_string(ordinal);
  out["broker.id"] = id;
  out["zookeeper.connect"] = environment_of(pod, "KAFKA_ZOOKEEPER_CONNECT");
  if (!pod.spec.init_containers.empty()) out["broker.rack"] = "${STRIMZI_RACK}";
  std::string listeners = "REPLICATION-9091://0.0.0.0:9091";
  const std::string named = environment_of(pod, "KAFKA_LISTENERS");
  for (size_t at = 0; at < named.size();) {
    const size_t end = std::min(named.find(',', at), named.size());
    const std::string one = named.substr(at, end - at);  // plain:9092:PLAINTEXT
    const size_t name = one.find(':');
    const size_t port = one.find(':', name + 1);
    listeners += "," + one.substr(0, name) + "://0.0.0.0:" + one.substr(name + 1, port - name - 1);
    at = end + 1;
  }
  out["listeners"] = listeners;
  out["inter.broker.listener.name"] = "REPLICATION-9091";
  std::string dirs;
  const std::string mounts = environment_of(pod, "KAFKA_LOG_DIRS");
  for (size_t at = 0; at < mounts.size();) {
    const size_t end = std::min(mounts.find(',', at), mounts.size());
    dirs += (dirs.empty() ? "" : ",") + mounts.substr(at, end - at) + "/kafka-log" + id;
    at = end + 1;
  }
  out["log.dirs"] = dirs;
  for (const auto& [key, value] :
       api::server_config_of(environment_of(pod, "KAFKA_CONFIGURATION"))) {
    out[key] = value;
  }
  return {out.begin(), out.end()};
}

}  // namespace twin::model::control
