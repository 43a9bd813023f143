#include "controller/reconcile/desired.h"

#include <algorithm>
#include <charconv>

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

std::string key_text(const api::ObjectMeta& metadata) {
  return metadata.namespace_name + "/" + metadata.name;
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
      {"KafkaStorage",
       "The desired Kafka storage configuration in the KafkaNodePool resource " +
           key_text(plan.pool->metadata) +
           " contains changes which are not allowed. As a result, all storage changes will be "
           "ignored. " +
           (observed.profile->twin
                ? "Not allowed: " + problem
                : std::string("Use DEBUG level logging for more information about the detected "
                              "changes."))});
}

sim::Expected<PoolPlans> invalid(std::string exception, std::string what) {
  return sim::Error{std::move(exception), std::move(what), {}};
}

// The roles that the pool's pods run with, as Strimzi prints a list of them.
std::string roles_before(const ObservedCluster& observed, const PoolPlan& plan) {
  const auto set = observed.pod_sets.find(plan.set_name);
  bool controller = plan.controller_role;
  if (set != observed.pod_sets.end() && !set->second->pods.empty()) {
    const auto& labels = set->second->pods.front()->metadata.labels;
    const auto role = labels.find(api::strimzi::kControllerRole);
    controller = role != labels.end() && role->second == "true";
  }
  return controller ? "[controller, broker]" : "[broker]";
}

// NodePoolUtils.validateNodePools; "" = nothing is wrong.
std::string roles_problem(const ObservedCluster& observed, const PoolPlans& plans) {
  const std::string& cluster = observed.kafka->metadata.name;
  int64_t replicas = 0, brokers = 0, controllers = 0;
  for (const PoolPlan& plan : plans.pools) {
    replicas += plan.replicas;
    if (plan.broker_role) brokers += plan.replicas;
    if (plan.controller_role) controllers += plan.replicas;
  }
  if (replicas == 0) {
    return "KafkaNodePools are enabled, but KafkaNodePools for Kafka cluster " + cluster +
           " either don't exist or have 0 replicas. Please make sure at least one KafkaNodePool "
           "resource exists, is in the same namespace as the Kafka resource, has at least one "
           "replica, and has the strimzi.io/cluster label set to the name of the Kafka resource.";
  }
  std::string errors;
  const auto add = [&](const std::string& error) {
    errors += (errors.empty() ? "" : ", ") + error;
  };
  for (const PoolPlan& plan : plans.pools) {
    if (plan.broker_role || plan.controller_role) continue;
    add("KafkaNodePool " + plan.pool->metadata.name + " has no role defined in .spec.roles");
  }
  const auto required = [](const char* role) {
    return std::string("At least one KafkaNodePool with the ") + role +
           " role and at least one replica is required when KRaft mode is enabled";
  };
  if (brokers == 0) add(required("broker"));
  if (controllers == 0) add(required("controller"));
  if (errors.empty()) return {};
  return "The Kafka cluster " + cluster + " is invalid: [" + errors + "]";
}

// Options of which there cannot be more than brokers: KafkaCluster.validateIntConfigProperty.
std::string too_many_replicas(const ObservedCluster& observed, int64_t brokers) {
  for (const char* key :
       {"default.replication.factor", "offsets.topic.replication.factor",
        "transaction.state.log.replication.factor", "transaction.state.log.min.isr"}) {
    for (const auto& [name, value] : observed.kafka->config) {
      if (name != key) continue;
      int64_t wanted = 0;
      const char* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, wanted);
      if (read.ec != std::errc{} || read.ptr != end) {
        return std::string("Property ") + key + " should be an integer";
      }
      if (wanted <= brokers) continue;
      const std::string count = std::to_string(brokers);
      return std::string("Kafka configuration option '") + key + "' should be set to " + count +
             (brokers > 1 ? " or less" : "") + " because this cluster has only " + count +
             " Kafka broker(s).";
    }
  }
  return {};
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
        return invalid("InvalidConfigurationException", "Found duplicate node ID " +
                                                            std::to_string(id.value) +
                                                            " in node pool " + pool->metadata.name);
  }
  for (const auto& pool : observed.pools) {
    PoolPlan plan;
    plan.pool = pool;
    plan.set_name = observed.kafka->metadata.name + "-" + pool->metadata.name;
    plan.current = current_ids(observed, *pool);
    plan.replicas = pool->replicas;
    const auto running = static_cast<int32_t>(plan.current.size());
    const bool ran_brokers = pool->broker_role || had_broker_role(observed, plan.set_name);
    const bool guarded = ran_brokers || observed.profile->twin;  // a pool of controllers goes
    if (observed.keep_removed_nodes && guarded && plan.replicas < running) {
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
      if (observed.keep_removed_roles) {
        plans.warnings.push_back({"ScaleDownPreventionCheck",
                                  "Reverting role change of KafkaNodePool " + pool->metadata.name +
                                      " (setting roles to " + roles_before(observed, plan) + ")"});
        plan.broker_role = true;
      }
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
  const std::string problem = roles_problem(observed, plans);
  if (!problem.empty()) return invalid("InvalidResourceException", problem);
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
  config::CheckedConfig checked = config::check_user_config(
      observed.kafka->config, observed.versions.to, observed.profile->operator_version);
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

bool is_ephemeral(const api::Storage& storage) {
  return std::any_of(
      storage.volumes.begin(), storage.volumes.end(),
      [](const api::StorageVolume& v) { return v.type == api::StorageType::ephemeral; });
}

bool is_configured(const ObservedCluster& observed, std::string_view key) {
  const auto& config = observed.kafka->config;  // in the order of the manifest
  return std::any_of(config.begin(), config.end(),
                     [&](const auto& entry) { return entry.first == key; });
}

struct Counted {
  int64_t brokers = 0, controllers = 0;
  bool broker_ephemeral = false, controller_ephemeral = false;
};

// KafkaSpecChecker of Strimzi: what is allowed and will be regretted.
void add_spec_warnings(const ObservedCluster& observed, const Counted& counted,
                       DesiredCluster& cluster) {
  const auto warn = [&](const char* reason, std::string message) {
    cluster.warnings.push_back({reason, std::move(message)});
  };
  const auto missing = [&](const char* key, const char* reason) {
    if (counted.brokers <= 1 || is_configured(observed, key)) return;
    warn(reason, std::string(key) +
                     " option is not configured. It defaults to 1 which does not guarantee "
                     "reliability and availability. You should configure this option in "
                     ".spec.kafka.config.");
  };
  missing("default.replication.factor", "KafkaDefaultReplicationFactor");
  missing("min.insync.replicas", "KafkaMinInsyncReplicas");
  if (counted.brokers == 1 && counted.broker_ephemeral) {
    warn("KafkaStorage",
         "A Kafka cluster with a single broker node and ephemeral storage will lose topic messages "
         "after any restart or rolling update.");
  }
  if (counted.controllers == 1 && counted.controller_ephemeral) {
    warn("KafkaStorage",
         "A Kafka cluster with a single controller node and ephemeral storage will lose data after "
         "any restart or rolling update.");
  }
}

void add_count_warning(const Counted& counted, DesiredCluster& cluster) {
  if (counted.controllers % 2 != 0) return;
  cluster.warnings.push_back(
      {"KafkaKRaftControllerNodeCount",
       counted.controllers == 2
           ? "Running KRaft controller quorum with two nodes is not advisable as both nodes will "
             "be "
             "needed to avoid downtime. It is recommended that a minimum of three nodes are used."
           : "Running KRaft controller quorum with an odd number of nodes is recommended."});
}

// Strimzi compares major and minor of the two as text.
void add_version_warnings(const ObservedCluster& observed, DesiredCluster& cluster) {
  const std::string& metadata = observed.versions.metadata;
  const size_t dot = metadata.find('.');
  const std::string prefix = metadata.substr(0, metadata.find_first_not_of("0123456789", dot + 1));
  if (dot != metadata.npos && !observed.versions.to.starts_with(prefix)) {
    cluster.warnings.push_back(
        {"KafkaMetadataVersion",
         "Metadata version is older than the Kafka version used by the cluster, which suggests "
         "that an upgrade is incomplete."});
  }
  const auto unused = [&](const char* key, const char* reason) {
    if (!is_configured(observed, key)) return;
    cluster.warnings.push_back(
        {reason, std::string(key) +
                     " is not used in KRaft-based Kafka clusters and should be removed from the "
                     "Kafka custom resource."});
  };
  unused("inter.broker.protocol.version", "KafkaInterBrokerProtocolVersionInKRaft");
  unused("log.message.format.version", "KafkaLogMessageFormatVersionInKRaft");
}

void add_warnings(const ObservedCluster& observed, DesiredCluster& cluster) {
  Counted counted;
  for (const DesiredNode& node : cluster.nodes) {
    const bool ephemeral = is_ephemeral(cluster.pools[node.pool].storage);
    counted.brokers += node.broker_role ? 1 : 0;
    counted.controllers += node.controller_role ? 1 : 0;
    counted.broker_ephemeral |= node.broker_role && ephemeral;
    counted.controller_ephemeral |= node.controller_role && ephemeral;
  }
  if (observed.profile->warns_of_spec) add_spec_warnings(observed, counted, cluster);
  add_count_warning(counted, cluster);
  if (observed.profile->warns_of_spec) {
    add_version_warnings(observed, cluster);
    return;
  }
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
    api::Labels& signature = cluster.node_secrets.back()->metadata.annotations;
    const Authority& authority = observed.authorities.cluster;
    signature[api::strimzi::kClusterCaCertGeneration] = std::to_string(authority.cert_generation);
    signature[api::strimzi::kSignedBy] = std::to_string(authority.key);
  }
}

}  // namespace

std::vector<api::NodeId> DesiredCluster::in_pool_order() const {
  std::vector<api::NodeId> ids;
  for (const PoolPlan& plan : pools)
    ids.insert(ids.end(), plan.desired.begin(), plan.desired.end());
  return ids;
}

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
  int64_t brokers = 0;
  for (const DesiredNode& node : cluster.nodes) brokers += node.broker_role ? 1 : 0;
  const std::string too_many = too_many_replicas(observed, brokers);
  if (!too_many.empty()) return sim::Error{"InvalidResourceException", too_many, {}};
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
