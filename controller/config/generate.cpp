// The configuration file of one node, as Strimzi's KafkaBrokerConfigurationBuilder writes it: what
// the operator decides (identity, roles, listeners, directories, quorum or ZooKeeper), then the
// user's accepted part. Sorted by key.
#include <algorithm>
#include <map>

#include "controller/config/kafka_config.h"

namespace twin::controller::config {

namespace {

using Entries = std::map<std::string, std::string>;

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

std::string listener_name(const api::Listener& listener) {
  std::string name;
  for (const char c : listener.name) {
    name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name + "-" + std::to_string(listener.port);
}

// CONTROLPLANE-9090 for controllers, REPLICATION-9091 between brokers, then the user's.
void add_listeners(const NodeConfigInput& input, Entries& out) {
  std::vector<std::string> listeners;
  std::vector<std::string> advertised;
  std::vector<std::string> protocols;
  const std::string host = input.cluster + "-kafka-brokers." + input.namespace_name + ".svc";
  const std::string node = std::to_string(input.node.value);
  if (input.kraft) {
    protocols.push_back("CONTROLPLANE-9090:SSL");
    if (input.controller_role) listeners.push_back("CONTROLPLANE-9090://0.0.0.0:9090");
    out["controller.listener.names"] = "CONTROLPLANE-9090";
  }
  if (input.broker_role) {
    listeners.push_back("REPLICATION-9091://0.0.0.0:9091");
    advertised.push_back("REPLICATION-9091://" + input.cluster + "-" + node + "." + host + ":9091");
    protocols.push_back("REPLICATION-9091:SSL");
    for (const api::Listener& listener : input.listeners) {
      const std::string name = listener_name(listener);
      const std::string port = std::to_string(listener.port);
      listeners.push_back(name + "://0.0.0.0:" + port);
      advertised.push_back(name + "://" + input.cluster + "-" + node + "." + host + ":" + port);
      protocols.push_back(name + (listener.tls ? ":SSL" : ":PLAINTEXT"));
    }
    out["advertised.listeners"] = join(advertised);
    out["inter.broker.listener.name"] = "REPLICATION-9091";
  }
  out["listeners"] = join(listeners);
  out["listener.security.protocol.map"] = join(protocols);
}

}  // namespace

api::ServerConfig generate(const NodeConfigInput& input) {
  Entries out;
  const std::string node = std::to_string(input.node.value);
  if (input.kraft) {
    out["node.id"] = node;
    std::string roles = input.broker_role ? "broker" : "";
    if (input.controller_role) roles += roles.empty() ? "controller" : ",controller";
    out["process.roles"] = roles;
    std::vector<std::string> voters;
    for (const auto& [id, host] : input.quorum_voters) {
      voters.push_back(std::to_string(id.value) + "@" + host + ":9090");
    }
    out["controller.quorum.voters"] = join(voters);
    if (!input.metadata_log_dir.empty()) out["metadata.log.dir"] = input.metadata_log_dir;
  } else {
    out["broker.id"] = node;
    out["zookeeper.connect"] = input.cluster + "-zookeeper-client:2181";
  }
  add_listeners(input, out);
  out["log.dirs"] = join(input.log_dirs);
  if (!input.rack.empty() && input.broker_role) out["broker.rack"] = input.rack;
  for (const auto& [key, value] : input.user) out[key] = value;
  return {out.begin(), out.end()};
}

}  // namespace twin::controller::config
