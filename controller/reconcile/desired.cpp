#include "controller/reconcile/desired.h"

#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "controller/reconcile/node_ids.h"
#include "controller/reconcile/pods.h"
#include "sim/assert.h"
#include "sim/hash.h"

namespace twin::controller {

namespace {

std::string annotation(const api::ObjectMeta& metadata, const char* key) {
  const auto found = metadata.annotations.find(key);
  return found == metadata.annotations.end() ? std::string() : found->second;
}

// Ids of a pool as its status has them. Should the status be lost, `twin` reads them off the pods
// of the set; Strimzi would hand out ids anew.
std::vector<api::NodeId> current_ids(const ObservedCluster& observed,
                                     const api::KafkaNodePool& pool) {
  std::vector<api::NodeId> ids;
  for (const int32_t id : pool.node_ids) ids.push_back({id});
  const std::string set_name = observed.kafka->metadata.name + "-" + pool.metadata.name;
  const auto set = observed.pod_sets.find(set_name);
  if (!ids.empty() || !observed.profile->twin || set == observed.pod_sets.end()) return ids;
  for (const auto& pod : set->second->pods) {
    const std::string text = "[" + pod->metadata.name.substr(set_name.size() + 1) + "]";
    if (const auto parsed = parse_node_id_ranges(text))
      ids.insert(ids.end(), parsed->begin(), parsed->end());
  }
  return ids;
}

// Was this pool's broker role in force before? Pods say what they run as.
bool had_broker_role(const ObservedCluster& observed, const std::string& set_name) {
  const auto set = observed.pod_sets.find(set_name);
  if (set == observed.pod_sets.end()) return false;
  for (const auto& pod : set->second->pods) {
    const auto role = pod->metadata.labels.find(api::strimzi::kBrokerRole);
    if (role != pod->metadata.labels.end() && role->second == "true") return true;
  }
  return false;
}

void decide_storage(const ObservedCluster& observed, PoolPlan& plan, PoolPlans& plans) {
  plan.storage = plan.pool->storage;
  const auto set = observed.pod_sets.find(plan.set_name);
  if (set == observed.pod_sets.end()) return;
  const std::string text = annotation(set->second->metadata, api::strimzi::kStorage);
  if (text.empty()) return;
  const api::Storage before = storage_from_text(text, plan.storage);
  const std::string problem = storage_change_problem(before, plan.storage);
  if (problem.empty()) return;
  plan.storage = before;
  plans.warnings.push_back(
      {"KafkaStorage", "The KafkaNodePool " + plan.pool->metadata.name +
                           " contains a change to the storage which is not allowed (" + problem +
                           "). The change will be ignored."});
}

sim::Expected<PoolPlans> invalid(std::string exception, std::string what) {
  return sim::Error{std::move(exception), std::move(what), {}};
}

std::string key_text(const api::ObjectMeta& metadata) {
  return metadata.namespace_name + "/" + metadata.name;
}

}  // namespace

bool PoolPlans::removes_nodes() const {
  for (const PoolPlan& plan : pools)
    if (!plan.to_remove.empty()) return true;
  return false;
}

sim::Expected<PoolPlans> plan_pools(const ObservedCluster& observed) {
  PoolPlans plans;
  std::set<api::NodeId> used;
  for (const auto& pool : observed.pools) {
    for (const api::NodeId id : current_ids(observed, *pool))
      if (!used.insert(id).second)
        return invalid("InvalidConfigurationException",
                       "Node id " + std::to_string(id.value) + " is used by two node pools");
  }
  for (const auto& pool : observed.pools) {
    PoolPlan plan;
    plan.pool = pool;
    plan.set_name = observed.kafka->metadata.name + "-" + pool->metadata.name;
    plan.current = current_ids(observed, *pool);
    plan.replicas = pool->replicas;
    const auto running = static_cast<int32_t>(plan.current.size());
    if (observed.keep_removed_nodes && plan.replicas < running) {
      plans.warnings.push_back({"ScaleDownPreventionCheck",
                                "Reverting scale-down of KafkaNodePool " + pool->metadata.name +
                                    " by changing number of replicas to " +
                                    std::to_string(running)});
      plan.replicas = running;
    }
    plan.broker_role = pool->broker_role;
    plan.controller_role = pool->controller_role;
    if (!plan.broker_role && had_broker_role(observed, plan.set_name)) {
      plans.removes_roles = true;
      if (observed.keep_removed_nodes) plan.broker_role = true;
    }
    NodeIdPlan ids = assign_node_ids(
        {plan.current, plan.replicas, annotation(pool->metadata, "strimzi.io/next-node-ids"),
         annotation(pool->metadata, "strimzi.io/remove-node-ids")},
        used);
    plan.desired = std::move(ids.desired);
    plan.to_add = std::move(ids.to_add);
    plan.to_remove = std::move(ids.to_remove);
    for (std::string& warning : ids.warnings)
      plans.warnings.push_back({"NodeIdAnnotation", std::move(warning)});
    decide_storage(observed, plan, plans);
    plans.pools.push_back(std::move(plan));
  }
  int64_t brokers = 0;
  int64_t controllers = 0;
  for (const PoolPlan& plan : plans.pools) {
    if (plan.broker_role) brokers += plan.replicas;
    if (plan.controller_role) controllers += plan.replicas;
  }
  if (brokers == 0 || controllers == 0)
    return invalid("InvalidResourceException",
                   "The Kafka cluster " + key_text(observed.kafka->metadata) +
                       " is invalid: at least one " + (brokers == 0 ? "broker" : "controller") +
                       " node is required");
  return plans;
}

namespace {

// Strimzi draws a random UUID and keeps it in the status; ours is drawn from the resource's uid, so
// that a crash before the status is written draws the same one again.
std::string cluster_id_of(const api::Kafka& kafka) {
  if (!kafka.status.cluster_id.empty()) return kafka.status.cluster_id;
  constexpr const char* kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string id;
  for (uint64_t part = 0; part < 2; ++part) {
    const uint64_t hash = sim::Hasher(part)
                              .add(kafka.metadata.uid.value)
                              .add(kafka.metadata.name)
                              .add(kafka.metadata.namespace_name)
                              .digest();
    for (unsigned shift = 0; shift < 66; shift += 6)
      id += kDigits[(shift < 64 ? hash >> shift : hash) & 63];
  }
  return id;  // 22 characters, as Kafka's base64 UUIDs have
}

std::string pod_host(const api::Kafka& kafka, const std::string& pod) {
  return pod + "." + kafka.metadata.name + "-kafka-brokers." + kafka.metadata.namespace_name +
         ".svc.cluster.local";
}

std::shared_ptr<api::ConfigMap> make_config_map(const ObservedCluster& observed,
                                                const DesiredCluster& cluster,
                                                const DesiredNode& node) {
  auto map = std::make_shared<api::ConfigMap>();
  map->api_version = "v1";
  map->metadata = owned_metadata(*observed.kafka, node.pod_name, "kafka");
  map->metadata.labels[api::strimzi::kPoolName] = cluster.pools[node.pool].pool->metadata.name;
  map->data["server.config"] = api::to_text(node.config);
  map->data["cluster.id"] = cluster.cluster_id;
  map->data["metadata.version"] = observed.versions.metadata;
  return map;
}

void check_config(const ObservedCluster& observed, DesiredCluster& cluster,
                  api::KafkaConfig& accepted) {
  config::CheckedConfig checked =
      config::check_user_config(observed.kafka->config, observed.versions.to);
  accepted = std::move(checked.accepted);
  cluster.ignored_config = std::move(checked.warnings);
  cluster.invalid_config = std::move(checked.errors);
}

api::ServerConfig node_config(const ObservedCluster& observed, const DesiredCluster& cluster,
                              const DesiredNode& node, const api::KafkaConfig& user) {
  const api::Kafka& kafka = *observed.kafka;
  const PoolPlan& pool = cluster.pools[node.pool];
  const std::string suffix = std::to_string(node.id.value);
  config::NodeConfigInput input;
  input.node = node.id;
  input.broker_role = node.broker_role;
  input.controller_role = node.controller_role;
  input.kraft = true;
  input.cluster = kafka.metadata.name;
  input.namespace_name = kafka.metadata.namespace_name;
  input.kafka_version = observed.versions.to;
  if (!kafka.rack_topology_key.empty()) input.rack = "${strimzidir:/opt/kafka/init:rack.id}";
  input.log_dirs = log_dirs_of(pool.storage, suffix);
  input.metadata_log_dir = metadata_log_dir_of(pool.storage, suffix);
  for (const DesiredNode& voter : cluster.nodes)
    if (voter.controller_role)
      input.quorum_voters.emplace_back(voter.id, pod_host(kafka, voter.pod_name));
  input.listeners = kafka.listeners;
  input.user = user;
  api::ServerConfig generated = config::generate(input);
  if (observed.profile->cordons_blocked_brokers && observed.blocked.contains(node.id) &&
      api::compare_versions(observed.versions.to, "4.3.0") >= 0) {
    generated.emplace_back("cordoned.log.dirs", "*");
    std::sort(generated.begin(), generated.end());
  }
  return generated;
}

void list_nodes(const ObservedCluster& observed, DesiredCluster& cluster) {
  for (size_t i = 0; i < cluster.pools.size(); ++i) {
    const PoolPlan& plan = cluster.pools[i];
    for (const api::NodeId id : plan.desired) {
      DesiredNode node;
      node.id = id;
      node.pool = i;
      node.pod_name = plan.pod_name(id);
      node.broker_role = plan.broker_role;
      node.controller_role = plan.controller_role;
      for (const api::StorageVolume& volume : plan.storage.volumes) {
        if (volume.type != api::StorageType::persistent_claim) continue;
        auto claim =
            make_claim(*observed.kafka, volume, claim_name(plan.storage, volume, node.pod_name));
        claim->metadata.labels[api::strimzi::kPoolName] = plan.pool->metadata.name;
        node.claims.push_back(std::move(claim));
      }
      cluster.nodes.push_back(std::move(node));
    }
  }
  std::sort(cluster.nodes.begin(), cluster.nodes.end(),
            [](const DesiredNode& a, const DesiredNode& b) { return a.id < b.id; });
}

// KafkaSpecChecker of Strimzi: what is allowed and will be regretted.
void add_spec_warnings(const ObservedCluster& observed, DesiredCluster& cluster) {
  int64_t brokers = 0;
  bool ephemeral = false;
  for (const DesiredNode& node : cluster.nodes) {
    if (!node.broker_role) continue;
    ++brokers;
    for (const api::StorageVolume& volume : cluster.pools[node.pool].storage.volumes)
      ephemeral |= volume.type == api::StorageType::ephemeral;
  }
  const auto missing = [&](const char* key, const char* reason) {
    const auto& config = observed.kafka->config;  // in the order of the manifest
    const bool set = std::any_of(config.begin(), config.end(),
                                 [&](const auto& entry) { return entry.first == key; });
    if (brokers <= 1 || set) return;
    cluster.warnings.push_back(
        {reason, std::string(key) +
                     " option is not configured. It defaults to 1 which does not guarantee "
                     "reliability and availability. You should configure this option in "
                     ".spec.kafka.config."});
  };
  missing("default.replication.factor", "KafkaDefaultReplicationFactor");
  missing("min.insync.replicas", "KafkaMinInsyncReplicas");
  if (brokers == 1 && ephemeral) {
    cluster.warnings.push_back({"KafkaStorage",
                                "A Kafka cluster with a single broker node and ephemeral storage "
                                "will lose topic messages after any restart or rolling update."});
  }
}

void add_warnings(const ObservedCluster& observed, DesiredCluster& cluster) {
  int32_t controllers = 0;
  for (const DesiredNode& node : cluster.nodes) controllers += node.controller_role ? 1 : 0;
  if (controllers == 2 || controllers % 2 == 0) {
    cluster.warnings.push_back(
        {"KafkaKRaftControllerNodeCount",
         "Running KRaft controller quorum with an " +
             std::string(controllers == 2 ? "two nodes" : "even number of nodes") +
             " is not recommended"});
  }
  if (observed.profile->warns_of_spec) add_spec_warnings(observed, cluster);
  for (const std::string& warning : observed.versions.warnings)
    cluster.warnings.push_back({"KafkaMetadataVersion", warning});
}

void add_pod_sets(const ObservedCluster& observed, DesiredCluster& cluster) {
  for (const PoolPlan& plan : cluster.pools)
    cluster.pod_sets.push_back(make_pod_set(*observed.kafka, plan));
  for (DesiredNode& node : cluster.nodes) {
    node.config_map = make_config_map(observed, cluster, node);
    node.pod = make_node_pod(observed, cluster.pools[node.pool], node);
    cluster.pod_sets[node.pool]->pods.push_back(node.pod);
    cluster.node_secrets.push_back(
        generic_object(api::Kind::secret, owned_metadata(*observed.kafka, node.pod_name, "kafka"),
                       api::Value::map()));
  }
}

}  // namespace

const DesiredNode* DesiredCluster::find(api::NodeId id) const {
  const auto found = std::lower_bound(
      nodes.begin(), nodes.end(), id,
      [](const DesiredNode& node, api::NodeId wanted) { return node.id < wanted; });
  return found != nodes.end() && found->id == id ? &*found : nullptr;
}

sim::Expected<DesiredCluster> make_desired(const ObservedCluster& observed) {
  TWIN_ASSERT(observed.kafka != nullptr && observed.profile != nullptr);
  sim::Expected<PoolPlans> plans = plan_pools(observed);
  if (!plans) return plans.error();
  DesiredCluster cluster;
  cluster.pools = std::move(plans->pools);
  cluster.warnings = std::move(plans->warnings);
  cluster.versions = observed.versions;
  cluster.cluster_id = cluster_id_of(*observed.kafka);
  api::KafkaConfig user;
  check_config(observed, cluster, user);
  if (!cluster.invalid_config.empty()) {
    std::string text;
    for (const std::string& problem : cluster.invalid_config)
      text += (text.empty() ? "" : ", ") + problem;
    return sim::Error{
        "InvalidResourceException",
        "Kafka " + key_text(observed.kafka->metadata) + " has invalid spec.kafka.config: " + text,
        {}};
  }
  list_nodes(observed, cluster);
  for (DesiredNode& node : cluster.nodes) node.config = node_config(observed, cluster, node, user);
  add_pod_sets(observed, cluster);
  cluster.services = make_services(*observed.kafka);
  cluster.network_policy = make_network_policy(*observed.kafka);
  cluster.service_account = generic_object(
      api::Kind::service_account,
      owned_metadata(*observed.kafka, observed.kafka->metadata.name + "-kafka", "kafka"),
      api::Value::map());
  cluster.budget = make_budget(*observed.kafka, static_cast<int32_t>(cluster.nodes.size()));
  add_warnings(observed, cluster);
  return cluster;
}

}  // namespace twin::controller
