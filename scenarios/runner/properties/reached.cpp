#include "scenarios/runner/properties/reached.h"

#include <charconv>
#include <set>
#include <variant>

#include "controller/api/strimzi.h"
#include "controller/config/kafka_config.h"
#include "scenarios/runner/properties/liveness.h"

namespace twin::scenario {

namespace {

void binaries(const api::Kafka& kafka, const model::World& world, std::vector<std::string>& open) {
  if (kafka.version.empty()) return;
  for (const model::VersionState& state : world.kafka.version_state()) {
    if (!state.live || state.binary == kafka.version) continue;
    open.push_back("node " + std::to_string(state.node.value) + " runs Kafka " + state.binary +
                   " and " + kafka.version + " is asked for");
  }
}

// Keys that the operator takes; of those it ignores it says so.
void settings(const api::Kafka& kafka, model::World& world, std::vector<std::string>& open) {
  const std::string version = kafka.version.empty() ? "4.3.0" : kafka.version;
  const auto asked = controller::config::check_user_config(kafka.config, version, "");
  for (const model::VersionState& state : world.kafka.version_state()) {
    if (!state.live || state.controller) continue;
    controller::KafkaRequest request;
    request.node = state.node;
    request.body = api::DescribeBrokerConfigsRequest{state.node};
    sim::Duration extra{};
    const controller::KafkaReply reply = world.kafka.execute(request, &extra);
    const auto* running = std::get_if<api::DescribeBrokerConfigsReply>(&reply.body);
    if (!reply.meta.ok() || running == nullptr) continue;
    for (const api::ConfigEntry& entry : running->entries) {
      const std::string* value = api::find_config(asked.accepted, entry.name);
      if (value == nullptr || *value == entry.value) continue;
      open.push_back("broker " + std::to_string(state.node.value) + " runs with " + entry.name +
                     " " + entry.value + " and " + *value + " is asked for");
    }
  }
}

// KRaft: a node that was removed stays registered until somebody takes it away, and blocks every
// change of the metadata version from then on.
void registrations(const model::World& world, std::vector<std::string>& open) {
  if (world.kafka.metadata_level() == 0) return;
  for (const model::VersionState& state : world.kafka.version_state()) {
    if (state.controller || !world.kafka.is_registered(state.node)) continue;
    const std::string end = "-" + std::to_string(state.node.value);
    bool wanted = false;
    for (const api::ObjectPtr& object : world.kube.objects(api::Kind::strimzi_pod_set)) {
      for (const auto& pod : api::as<api::StrimziPodSet>(*object).pods) {
        wanted |= pod->metadata.name.ends_with(end);
      }
    }
    if (wanted) continue;
    open.push_back("broker " + std::to_string(state.node.value) +
                   " is registered and no pod is to run it");
  }
}

std::string annotation_of(const api::Object& object, const char* key) {
  const auto found = object.metadata.annotations.find(key);
  return found == object.metadata.annotations.end() ? std::string() : found->second;
}

// Certificate authorities: wishes that were not granted, and pods on an older certificate. Of
// StatefulSets they are not played.
void authorities(const api::Kafka& kafka, const model::World& world,
                 std::vector<std::string>& open) {
  if (kafka.zookeeper) return;
  std::string generation;
  for (const api::ObjectPtr& secret : world.kube.objects(api::Kind::secret)) {
    const std::string& name = secret->metadata.name;
    if (name == kafka.metadata.name + "-cluster-ca-cert")
      generation = annotation_of(*secret, api::strimzi::kCaCertGeneration);
    for (const char* wish : {api::strimzi::kForceRenew, api::strimzi::kForceReplace}) {
      if (!name.starts_with(kafka.metadata.name) || annotation_of(*secret, wish) != "true")
        continue;
      open.push_back("Secret " + name + " is still annotated " + wish);
    }
  }
  for (const api::ObjectPtr& pod : world.kube.objects(api::Kind::pod)) {
    const std::string used = annotation_of(*pod, api::strimzi::kClusterCaCertGeneration);
    if (used.empty() || generation.empty() || used == generation) continue;
    open.push_back("pod " + pod->metadata.name + " runs with cluster CA certificate generation " +
                   used + ", and it is " + generation + " by now");
  }
}

}  // namespace

namespace {

int32_t number_at_end(const std::string& name) {
  const size_t dash = name.rfind('-');
  int32_t number = -1;
  if (dash == name.npos) return number;
  std::from_chars(name.data() + dash + 1, name.data() + name.size(), number);
  return number;
}

// Kafka nodes that there are pods of, or are to be.
std::set<int32_t> wanted_nodes(const model::World& world) {
  std::set<int32_t> wanted;
  for (const api::ObjectPtr& pod : world.kube.objects(api::Kind::pod)) {
    wanted.insert(number_at_end(pod->metadata.name));
  }
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::strimzi_pod_set)) {
    for (const auto& pod : api::as<api::StrimziPodSet>(*object).pods) {
      wanted.insert(number_at_end(pod->metadata.name));
    }
  }
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::stateful_set)) {
    const int32_t replicas = api::as<api::StatefulSet>(*object).replicas;
    for (int32_t ordinal = 0; ordinal < replicas; ++ordinal) wanted.insert(ordinal);
  }
  return wanted;
}

}  // namespace

int64_t lacking_what_nobody_runs(const model::World& world) {
  const model::PartitionTable& table = world.kafka.table();
  const std::set<int32_t> wanted = wanted_nodes(world);
  std::set<model::PartitionIndex> found;
  for (size_t id = 0; id < table.on_node.size(); ++id) {
    if (wanted.contains(static_cast<int32_t>(id))) continue;
    for (const model::ReplicaRef ref : table.on_node[id]) {
      const model::Partition& row = table.partitions[ref.partition];
      bool others = false;
      for (int slot = 0; slot < row.replicas.size; ++slot) {
        others |= !row.in_isr(slot) && wanted.contains(row.replicas[slot].value);
      }
      if (!others && !row.in_isr(ref.slot)) found.insert(ref.partition);
    }
  }
  return static_cast<int64_t>(found.size());
}

std::vector<std::string> not_reached(model::World& world) {
  std::vector<std::string> open;
  for (const api::ObjectPtr& object : world.kube.objects(api::Kind::kafka)) {
    const auto& kafka = api::as<api::Kafka>(*object);
    const auto* paused = api::find_condition(kafka.status.conditions, "ReconciliationPaused");
    if (is_refused(kafka) || (paused != nullptr && paused->status == "True")) continue;
    binaries(kafka, world, open);
    settings(kafka, world, open);
    registrations(world, open);
    authorities(kafka, world, open);
  }
  return open;
}

}  // namespace twin::scenario
