// The objects of a cluster on StatefulSets, as a pure function of the resource.
#include "controller/api/catalogue/config_keys.h"
#include "controller/reconcile/desired.h"
#include "controller/reconcile/pods.h"
#include "controller/reconcile/stateful.h"
#include "controller/upgrade/operator_releases.h"
#include "sim/assert.h"

namespace twin::controller {

namespace {

api::Labels selector_of(const std::string& cluster, const std::string& component) {
  return {{api::strimzi::kCluster, cluster},
          {api::strimzi::kKind, "Kafka"},
          {api::strimzi::kName, cluster + "-" + component}};
}

std::shared_ptr<api::StatefulSet> empty_set(const api::Kafka& kafka, const std::string& component,
                                            int32_t replicas) {
  auto set = std::make_shared<api::StatefulSet>();
  set->api_version = "apps/v1";
  set->metadata = owned_metadata(kafka, kafka.metadata.name + "-" + component, component);
  set->replicas = replicas;
  set->selector = selector_of(kafka.metadata.name, component);
  set->template_labels = cluster_labels(kafka.metadata.name, component);
  set->pod_management = "Parallel";
  set->update_strategy = "OnDelete";
  return set;
}

void add_claims(const api::Kafka& kafka, const api::Storage& storage, const std::string& component,
                api::StatefulSet& set) {
  for (const api::StorageVolume& volume : storage.volumes) {
    if (volume.type != api::StorageType::persistent_claim) continue;
    auto claim = make_claim(kafka, volume, data_volume_name(storage, volume));
    claim->metadata.labels = cluster_labels(kafka.metadata.name, component);
    set.claim_templates.push_back(*claim);
  }
}

std::string joined_mounts(const api::Storage& storage) {
  std::string text;
  for (const api::StorageVolume& volume : storage.volumes)
    text += (text.empty() ? "" : ",") + mount_path(storage, volume);
  return text;
}

// A Kafka service of `ports`, by name and number.
api::Value service_body(const api::Labels& selector, bool headless,
                        const std::vector<std::pair<std::string, int64_t>>& ports) {
  api::Value chosen = api::Value::map();
  for (const auto& [key, value] : selector) chosen.set(key, api::Value::string(value));
  api::Value::List list;
  for (const auto& [name, number] : ports) {
    api::Value port = api::Value::map();
    port.set("name", api::Value::string(name));
    port.set("port", api::Value::integer(number));
    port.set("targetPort", api::Value::integer(number));
    port.set("protocol", api::Value::string("TCP"));
    list.push_back(std::move(port));
  }
  api::Value spec = api::Value::map();
  spec.set("type", api::Value::string("ClusterIP"));
  if (headless) {
    spec.set("clusterIP", api::Value::string("None"));
    spec.set("publishNotReadyAddresses", api::Value::boolean(true));
  }
  spec.set("selector", std::move(chosen));
  spec.set("ports", api::Value::list(std::move(list)));
  api::Value body = api::Value::map();
  body.set("spec", std::move(spec));
  return body;
}

struct Plain {
  api::Kind kind;
  std::string suffix;
  api::Value body = api::Value::map();
};

std::vector<std::shared_ptr<api::Object>> plain_objects(const api::Kafka& kafka,
                                                        const std::string& component,
                                                        std::vector<Plain> list) {
  std::vector<std::shared_ptr<api::Object>> objects;
  for (Plain& each : list) {
    objects.push_back(generic_object(
        each.kind, owned_metadata(kafka, kafka.metadata.name + each.suffix, component),
        std::move(each.body)));
  }
  auto ancillary = std::make_shared<api::ConfigMap>();  // logging and metrics
  ancillary->api_version = "v1";
  ancillary->metadata =
      owned_metadata(kafka, kafka.metadata.name + "-" + component + "-config", component);
  objects.push_back(std::move(ancillary));
  auto budget = std::make_shared<api::PodDisruptionBudget>();
  budget->metadata = owned_metadata(kafka, kafka.metadata.name + "-" + component, component);
  budget->selector = selector_of(kafka.metadata.name, component);
  budget->max_unavailable = 1;
  objects.push_back(std::move(budget));
  return objects;
}

}  // namespace

std::string kafka_set_name(const std::string& cluster) { return cluster + "-kafka"; }
std::string zookeeper_set_name(const std::string& cluster) { return cluster + "-zookeeper"; }

std::shared_ptr<api::StatefulSet> make_kafka_set(const StatefulInput& input) {
  const api::Kafka& kafka = *input.kafka;
  TWIN_ASSERT(kafka.replicas && kafka.storage);
  auto set = empty_set(kafka, "kafka", *kafka.replicas);
  set->metadata.annotations[api::strimzi::kKafkaVersion] = input.version;
  set->template_labels.insert(kafka.pod.labels.begin(), kafka.pod.labels.end());
  set->template_annotations = kafka.pod.annotations;
  set->template_spec =
      make_kafka_pod_spec({input.profile, &kafka, &kafka.pod, input.version, *kafka.storage, {}});
  // The image that reads the node's zone is the operator's: it does not follow the brokers'.
  for (api::Container& init : set->template_spec.init_containers)
    init.image = "quay.io/strimzi/kafka-init:" + input.profile->operator_version;
  set_environment(set->template_spec, "KAFKA_LOG_DIRS", joined_mounts(*kafka.storage));
  set_environment(set->template_spec, "KAFKA_ZOOKEEPER_CONNECT",
                  kafka.metadata.name + "-zookeeper-client:2181");
  set_config_of(set->template_spec, input.config);
  std::string listeners;
  for (const api::Listener& listener : kafka.listeners)
    listeners += (listeners.empty() ? "" : ",") + listener.name + ":" +
                 std::to_string(listener.port) + (listener.tls ? ":SSL" : ":PLAINTEXT");
  set_environment(set->template_spec, "KAFKA_LISTENERS", listeners);
  add_claims(kafka, *kafka.storage, "kafka", *set);
  if (!input.profile->era_a) {
    const auto runs = versions_of({}, set->template_spec);
    set->template_annotations[api::strimzi::kKafkaVersion] = input.version;
    set->template_annotations[api::strimzi::kInterBrokerProtocol] = runs.protocol;
    set->template_annotations[api::strimzi::kLogMessageFormat] = runs.message_format;
  }
  return set;
}

std::shared_ptr<api::StatefulSet> make_zookeeper_set(const Profile& profile,
                                                     const api::Kafka& kafka) {
  TWIN_ASSERT(kafka.zookeeper.has_value());
  const api::ZookeeperSpec& spec = *kafka.zookeeper;
  auto set = empty_set(kafka, "zookeeper", spec.replicas);
  api::Container container;
  container.name = "zookeeper";
  // The operator's own image: it does not follow the version of the brokers.
  const auto* release = upgrade::find_operator_release(profile.era_a ? profile.operator_version
                                                                     : std::string("0.45.0"));
  container.image = "quay.io/strimzi/kafka:" + std::string(release->version) + "-kafka-" +
                    std::string(release->default_kafka_version);
  // Servers know each other by the count: a change of it rolls the ensemble.
  container.env = {{"ZOOKEEPER_NODE_COUNT", std::to_string(spec.replicas)}};
  container.readiness = spec.pod.readiness;
  container.liveness = spec.pod.liveness;
  for (const api::StorageVolume& volume : spec.storage.volumes) {
    api::PodVolume mounted;
    mounted.name = data_volume_name(spec.storage, volume);
    mounted.empty_dir = volume.type == api::StorageType::ephemeral;
    container.volume_mounts.push_back({mounted.name, "/var/lib/zookeeper"});
    set->template_spec.volumes.push_back(std::move(mounted));
  }
  set->template_spec.containers.push_back(std::move(container));
  set->template_spec.termination_grace = spec.pod.termination_grace;
  set->template_spec.anti_affinity = spec.pod.anti_affinity;
  set->template_spec.topology_spread = spec.pod.topology_spread;
  set->template_spec.subdomain = kafka.metadata.name + "-zookeeper-nodes";
  set->template_labels.insert(spec.pod.labels.begin(), spec.pod.labels.end());
  set->template_annotations = spec.pod.annotations;
  add_claims(kafka, spec.storage, "zookeeper", *set);
  return set;
}

std::vector<std::shared_ptr<api::Object>> make_zookeeper_objects(const api::Kafka& kafka) {
  const api::Labels selector = selector_of(kafka.metadata.name, "zookeeper");
  return plain_objects(
      kafka, "zookeeper",
      {{api::Kind::service, "-zookeeper-client",
        service_body(selector, false, {{"clients", 2181}})},
       {api::Kind::service, "-zookeeper-nodes",
        service_body(selector, true,
                     {{"clients", 2181}, {"clustering", 2888}, {"leader-election", 3888}})},
       {api::Kind::secret, "-zookeeper-nodes"},
       {api::Kind::network_policy, "-network-policy-zookeeper"}});
}

std::vector<std::shared_ptr<api::Object>> make_kafka_objects(const api::Kafka& kafka) {
  const api::Labels selector = selector_of(kafka.metadata.name, "kafka");
  std::vector<std::pair<std::string, int64_t>> ports{{"replication", 9091}};
  for (const api::Listener& listener : kafka.listeners)
    ports.emplace_back("clients-" + listener.name, listener.port);
  return plain_objects(
      kafka, "kafka",
      {{api::Kind::service_account, "-kafka"},
       {api::Kind::service, "-kafka-bootstrap", service_body(selector, false, ports)},
       {api::Kind::service, "-kafka-brokers", service_body(selector, true, ports)},
       {api::Kind::secret, "-kafka-brokers"},
       {api::Kind::network_policy, "-network-policy-kafka"}});
}

}  // namespace twin::controller
