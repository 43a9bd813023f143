#include "controller/reconcile/pods.h"

#include "sim/assert.h"

namespace twin::controller {

namespace {

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

void add_data_volumes(const api::Storage& storage, api::PodSpec& spec) {
  for (const api::StorageVolume& volume : storage.volumes) {
    api::PodVolume mounted;
    mounted.name = data_volume_name(storage, volume);
    mounted.empty_dir = volume.type == api::StorageType::ephemeral;
    spec.volumes.push_back(mounted);
    spec.containers.front().volume_mounts.push_back({mounted.name, mount_path(storage, volume)});
  }
}

}  // namespace

api::PodSpec make_kafka_pod_spec(const KafkaPodInput& input) {
  TWIN_ASSERT(input.kafka != nullptr && input.pod_template != nullptr);
  api::PodSpec spec;
  api::Container container;
  container.name = "kafka";
  container.image = image_of(*input.profile, input.kafka_version);
  container.env = {{"KAFKA_VERSION", input.kafka_version}};
  container.readiness = input.pod_template->readiness;
  container.liveness = input.pod_template->liveness;
  if (!input.kafka->rack_topology_key.empty()) {
    api::Container init;
    init.name = "kafka-init";
    init.image = container.image;
    init.env = {{"RACK_TOPOLOGY_KEY", input.kafka->rack_topology_key}};
    spec.init_containers.push_back(std::move(init));
  }
  spec.containers.push_back(std::move(container));
  add_data_volumes(input.storage, spec);
  if (!input.config_map.empty()) {
    api::PodVolume config;
    config.name = "kafka-metrics-and-logging";
    config.config_map = input.config_map;
    spec.volumes.push_back(std::move(config));
    spec.containers.front().volume_mounts.push_back(
        {"kafka-metrics-and-logging", "/opt/kafka/custom-config"});
  }
  api::PodVolume scratch;
  scratch.name = "strimzi-tmp";
  scratch.empty_dir = true;
  spec.volumes.push_back(std::move(scratch));
  spec.termination_grace = input.pod_template->termination_grace;
  spec.anti_affinity = input.pod_template->anti_affinity;
  spec.topology_spread = input.pod_template->topology_spread;
  spec.subdomain = input.kafka->metadata.name + "-kafka-brokers";
  return spec;
}

std::shared_ptr<const api::Pod> make_node_pod(const ObservedCluster& observed, const PoolPlan& pool,
                                              const DesiredNode& node) {
  const api::Kafka& kafka = *observed.kafka;
  const std::string& version = observed.versions.to;
  const api::PodTemplate& pod_template = pool.pool->pod ? *pool.pool->pod : kafka.pod;
  auto pod = std::make_shared<api::Pod>();
  pod->api_version = "v1";
  pod->metadata.name = node.pod_name;
  pod->metadata.namespace_name = kafka.metadata.namespace_name;
  pod->metadata.labels = pod_template.labels;
  pod->metadata.labels.merge(cluster_labels(kafka.metadata.name, "kafka"));
  pod->metadata.labels[api::strimzi::kController] = "strimzipodset";
  pod->metadata.labels[api::strimzi::kControllerName] = pool.set_name;
  pod->metadata.labels[api::strimzi::kPoolName] = pool.pool->metadata.name;
  pod->metadata.labels[api::strimzi::kBrokerRole] = node.broker_role ? "true" : "false";
  pod->metadata.labels[api::strimzi::kControllerRole] = node.controller_role ? "true" : "false";
  pod->metadata.labels["strimzi.io/pod-name"] = node.pod_name;
  pod->metadata.labels["statefulset.kubernetes.io/pod-name"] = node.pod_name;
  pod->metadata.annotations = pod_template.annotations;
  auto& annotations = pod->metadata.annotations;
  annotations[api::strimzi::kKafkaVersion] = version;
  const Authority& authority = observed.authorities.cluster;
  annotations[api::strimzi::kClusterCaCertGeneration] = std::to_string(authority.cert_generation);
  annotations[api::strimzi::kClusterCaKeyGeneration] = std::to_string(authority.key_generation);
  annotations[api::strimzi::kClientsCaCertGeneration] =
      std::to_string(observed.authorities.clients.cert_generation);
  annotations[api::strimzi::kServerCertHash] = server_cert_hash(node.pod_name, authority);
  if (observed.profile->twin) annotations[api::strimzi::kTrustedCaKeys] = authority.trusted_text();
  annotations[api::strimzi::kConfigurationHash] = config::custom_config_hash(node.config, version);
  if (node.controller_role && !node.broker_role &&
      observed.profile->controller_config_in_revision) {
    annotations["strimzi.io/controller-configuration-hash"] =
        config::controller_config_hash(node.config, version);
  }
  pod->spec = make_kafka_pod_spec(
      {observed.profile, &kafka, &pod_template, version, pool.storage, node.pod_name});
  pod->spec.hostname = node.pod_name;
  for (size_t i = 0; i < pool.storage.volumes.size(); ++i) {
    if (pool.storage.volumes[i].type == api::StorageType::persistent_claim)
      pod->spec.volumes[i].claim_name =
          claim_name(pool.storage, pool.storage.volumes[i], node.pod_name);
  }
  pod->spec.containers.front().env.push_back(
      {"KAFKA_LOG_DIRS", joined(log_dirs_of(pool.storage, std::to_string(node.id.value)))});
  annotations[api::strimzi::kRevision] = revision_of(*pod);
  return pod;
}

std::shared_ptr<api::StrimziPodSet> make_pod_set(const api::Kafka& kafka, const PoolPlan& pool) {
  auto set = std::make_shared<api::StrimziPodSet>();
  set->api_version = "core.strimzi.io/v1beta2";
  set->metadata = owned_metadata(kafka, pool.set_name, "kafka");
  set->metadata.labels[api::strimzi::kPoolName] = pool.pool->metadata.name;
  set->metadata.annotations[api::strimzi::kStorage] = storage_text(pool.storage);
  set->selector = {{api::strimzi::kCluster, kafka.metadata.name},
                   {api::strimzi::kKind, "Kafka"},
                   {api::strimzi::kName, kafka.metadata.name + "-kafka"},
                   {api::strimzi::kPoolName, pool.pool->metadata.name}};
  return set;
}

}  // namespace twin::controller
