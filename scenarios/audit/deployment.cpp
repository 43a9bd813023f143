#include "scenarios/audit/deployment.h"

#include <algorithm>

#include "controller/api/kafka.h"

namespace twin::audit {

using namespace sim::literals;

namespace {

bool has_label(const api::Object& object, const char* key, const char* value) {
  const auto found = object.metadata.labels.find(key);
  return found != object.metadata.labels.end() && found->second == value;
}

// "my-cluster-broker-3" -> 3
api::NodeId id_of(const std::string& pod) {
  const size_t dash = pod.rfind('-');
  return {dash == pod.npos ? -1 : std::atoi(pod.c_str() + dash + 1)};
}

VolumePlace place_of(const model::World& world, const api::PersistentVolumeClaim& claim) {
  VolumePlace place;
  place.claim = claim.metadata.name;
  place.volume = claim.volume_name;
  place.storage_class = claim.storage_class;
  if (const auto object = world.kube.find(api::Kind::persistent_volume, "", claim.volume_name)) {
    const auto& volume = api::as<api::PersistentVolume>(*object);
    place.machine = volume.node;
    place.reclaim_policy = volume.reclaim_policy;
  }
  return place;
}

// The storage that made the pod: of its pool, of ZooKeeper, or of the Kafka resource.
const api::Storage* storage_of(const model::World& world, const api::Kafka& kafka,
                               const api::Pod& pod, bool zookeeper) {
  const auto pool = pod.metadata.labels.find(api::strimzi::kPoolName);
  if (pool != pod.metadata.labels.end()) {
    for (const api::ObjectPtr& each : world.kube.objects(api::Kind::kafka_node_pool)) {
      if (each->metadata.name == pool->second) return &api::as<api::KafkaNodePool>(*each).storage;
    }
  }
  if (zookeeper) return &kafka.zookeeper->storage;
  return kafka.storage ? &*kafka.storage : nullptr;
}

PlacedNode place_of(const model::World& world, const api::Kafka& kafka, const api::Pod& pod) {
  PlacedNode node;
  node.pod = pod.metadata.name;
  node.id = id_of(node.pod);
  const std::string zookeeper_prefix = kafka.metadata.name + "-zookeeper-";
  const bool zookeeper = kafka.zookeeper && node.pod.starts_with(zookeeper_prefix);
  node.broker =
      !zookeeper && (kafka.zookeeper || !has_label(pod, api::strimzi::kBrokerRole, "false"));
  node.voter = zookeeper || has_label(pod, api::strimzi::kControllerRole, "true");
  node.machine = pod.spec.node_name;
  node.zone = world.kube.zone_of(node.machine);
  node.grace = pod.spec.termination_grace;
  node.kept_apart = !pod.spec.anti_affinity.empty() || !pod.spec.topology_spread.empty();
  if (const api::Storage* storage = storage_of(world, kafka, pod, zookeeper)) {
    for (const api::StorageVolume& volume : storage->volumes) {
      node.ephemeral |= volume.type == api::StorageType::ephemeral;
      node.delete_claim |= volume.delete_claim;
    }
  }
  for (const api::PodVolume& volume : pod.spec.volumes) {
    if (volume.claim_name.empty()) continue;
    const auto claim = world.kube.find(api::Kind::persistent_volume_claim,
                                       pod.metadata.namespace_name, volume.claim_name);
    if (claim) node.volumes.push_back(place_of(world, api::as<api::PersistentVolumeClaim>(*claim)));
  }
  return node;
}

bool belongs_to(const api::Pod& pod, const api::Kafka& kafka) {
  if (!has_label(pod, api::strimzi::kCluster, kafka.metadata.name.c_str())) return false;
  const std::string& name = pod.metadata.name;
  return name.find("-entity-operator-") == name.npos &&
         name.find("-kafka-exporter-") == name.npos && name.find("-cruise-control-") == name.npos;
}

template <class T>
std::vector<std::shared_ptr<const T>> all_of(const model::World& world) {
  std::vector<std::shared_ptr<const T>> list;
  for (const api::ObjectPtr& object : world.kube.objects(T::kKind)) {
    list.push_back(std::static_pointer_cast<const T>(object));
  }
  return list;
}

// Classes that the user wrote down; those that the twin makes for itself are nobody's choice.
std::vector<std::shared_ptr<const api::StorageClass>> named_classes(
    const scenario::Scenario& scenario) {
  std::vector<std::shared_ptr<const api::StorageClass>> list;
  const auto take = [&](const std::vector<std::shared_ptr<api::Object>>& objects) {
    for (const auto& object : objects) {
      if (object->kind != api::Kind::storage_class) continue;
      list.push_back(std::static_pointer_cast<const api::StorageClass>(object));
    }
  };
  take(scenario.environment.storage_classes);
  take(scenario.objects);
  return list;
}

}  // namespace

sim::Expected<Deployment> deploy(scenario::Scenario scenario) {
  scenario = scenario::without_steps(std::move(scenario));
  scenario::Session session(scenario, {});
  auto input = scenario::view_of(session, scenario);
  if (!input) return input.error();
  const model::World& world = session.world();
  Deployment made;
  made.file = scenario.file;
  made.kafka = session.kafka();
  made.view = std::move(input->view);
  made.workload = scenario.workload;
  for (const auto& pod : all_of<api::Pod>(world)) {
    if (belongs_to(*pod, *made.kafka)) made.nodes.push_back(place_of(world, *made.kafka, *pod));
  }
  std::ranges::sort(made.nodes, {}, &PlacedNode::pod);
  for (const std::string& machine : world.kube.nodes()) {
    const std::string zone = world.kube.zone_of(machine);
    if (!zone.empty()) made.zones.insert(zone);
  }
  made.machines_named = scenario.environment.nodes_named;
  made.budgets = all_of<api::PodDisruptionBudget>(world);
  made.storage_classes = named_classes(scenario);
  for (const model::Topic& topic : world.kafka.table().topics) {
    if (topic.internal) made.internal_topics.insert(topic.name);
    if (topic.unclean_election) made.unclean_topics.insert(topic.name);
  }
  return made;
}

}  // namespace twin::audit
