// Names, labels and the plain objects around a cluster: services, policies, budget, accounts.
#include "controller/reconcile/desired.h"
#include "controller/api/catalogue/versions.h"
#include "controller/upgrade/operator_releases.h"
#include "sim/hash.h"

namespace twin::controller {

namespace {

api::Value port_value(const std::string& name, int64_t port) {
  api::Value value = api::Value::map();
  value.set("name", api::Value::string(name));
  value.set("port", api::Value::integer(port));
  value.set("targetPort", api::Value::integer(port));
  value.set("protocol", api::Value::string("TCP"));
  return value;
}

api::Value service_body(const std::string& cluster, api::Value::List ports, bool headless) {
  api::Value selector = api::Value::map();
  selector.set(api::strimzi::kCluster, api::Value::string(cluster));
  selector.set(api::strimzi::kKind, api::Value::string("Kafka"));
  selector.set(api::strimzi::kName, api::Value::string(cluster + "-kafka"));
  api::Value spec = api::Value::map();
  spec.set("type", api::Value::string("ClusterIP"));
  if (headless) {
    spec.set("clusterIP", api::Value::string("None"));
    spec.set("publishNotReadyAddresses", api::Value::boolean(true));
  }
  spec.set("selector", std::move(selector));
  spec.set("ports", api::Value::list(std::move(ports)));
  api::Value body = api::Value::map();
  body.set("spec", std::move(spec));
  return body;
}

}  // namespace

api::Labels cluster_labels(const std::string& cluster, const std::string& component) {
  return {{api::strimzi::kCluster, cluster},
          {api::strimzi::kKind, "Kafka"},
          {api::strimzi::kName, cluster + "-" + component},
          {"strimzi.io/component-type", component},
          {"app.kubernetes.io/instance", cluster},
          {"app.kubernetes.io/managed-by", "strimzi-cluster-operator"},
          {"app.kubernetes.io/name", component},
          {"app.kubernetes.io/part-of", "strimzi-" + cluster}};
}

api::ObjectMeta owned_metadata(const api::Kafka& kafka, std::string name,
                               const std::string& component) {
  api::ObjectMeta metadata;
  metadata.name = std::move(name);
  metadata.namespace_name = kafka.metadata.namespace_name;
  metadata.labels = cluster_labels(kafka.metadata.name, component);
  metadata.owner_references = {
      {api::Kind::kafka, kafka.metadata.name, kafka.metadata.uid, true}};
  return metadata;
}

std::string desired_version(const Profile& profile, const api::Kafka& kafka) {
  if (!kafka.version.empty()) return kafka.version;
  const auto* release = upgrade::find_operator_release(profile.operator_version);
  if (release) return std::string(release->default_kafka_version);
  return std::string(api::all_releases().back().version);
}

// The newest release of the operator's line that ships the version: `twin` runs versions that no
// single Strimzi release supports together.
std::string image_of(const Profile& profile, std::string_view kafka_version) {
  std::string operator_version = profile.operator_version;
  if (profile.twin) {
    for (const auto& release : upgrade::all_operator_releases())
      for (const std::string_view version : release.kafka_versions)
        if (version == kafka_version) operator_version = release.version;
  }
  return "quay.io/strimzi/kafka:" + operator_version + "-kafka-" + std::string(kafka_version);
}

std::shared_ptr<api::Object> generic_object(api::Kind kind, api::ObjectMeta metadata,
                                            api::Value body) {
  auto object = std::make_shared<api::GenericObject>(kind);
  object->api_version = kind == api::Kind::network_policy ? "networking.k8s.io/v1" : "v1";
  object->metadata = std::move(metadata);
  object->body = std::move(body);
  return object;
}

std::shared_ptr<api::PodDisruptionBudget> make_budget(const api::Kafka& kafka, int32_t nodes) {
  auto budget = std::make_shared<api::PodDisruptionBudget>();
  const std::string& cluster = kafka.metadata.name;
  budget->metadata = owned_metadata(kafka, cluster + "-kafka", "kafka");
  budget->selector = {{api::strimzi::kCluster, cluster},
                      {api::strimzi::kKind, "Kafka"},
                      {api::strimzi::kName, cluster + "-kafka"}};
  budget->min_available = nodes > 0 ? nodes - 1 : 0;
  return budget;
}

std::vector<std::shared_ptr<api::Object>> make_services(const api::Kafka& kafka) {
  const std::string& cluster = kafka.metadata.name;
  api::Value::List bootstrap{port_value("tcp-replication", 9091)};
  api::Value::List brokers{port_value("tcp-ctrlplane", 9090), port_value("tcp-replication", 9091),
                           port_value("tcp-kafkaagent", 8443)};
  for (const api::Listener& listener : kafka.listeners) {
    bootstrap.push_back(port_value("tcp-" + listener.name, listener.port));
    brokers.push_back(port_value("tcp-" + listener.name, listener.port));
  }
  return {generic_object(api::Kind::service,
                         owned_metadata(kafka, cluster + "-kafka-bootstrap", "kafka"),
                         service_body(cluster, std::move(bootstrap), false)),
          generic_object(api::Kind::service,
                         owned_metadata(kafka, cluster + "-kafka-brokers", "kafka"),
                         service_body(cluster, std::move(brokers), true))};
}

std::shared_ptr<api::Object> make_network_policy(const api::Kafka& kafka) {
  api::Value ports = api::Value::list({api::Value::integer(9090), api::Value::integer(9091),
                                       api::Value::integer(8443)});
  for (const api::Listener& listener : kafka.listeners)
    ports.items().push_back(api::Value::integer(listener.port));
  api::Value spec = api::Value::map();
  spec.set("ingressPorts", std::move(ports));
  api::Value body = api::Value::map();
  body.set("spec", std::move(spec));
  return generic_object(
      api::Kind::network_policy,
      owned_metadata(kafka, kafka.metadata.name + "-network-policy-kafka", "kafka"),
      std::move(body));
}

std::string revision_of(const api::Pod& pod) {
  const uint64_t hash = sim::Hasher().add(api::to_json(api::encode(pod))).digest();
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 32; shift -= 4) text += kDigits[(hash >> shift) & 15];
  return text;
}

}  // namespace twin::controller
