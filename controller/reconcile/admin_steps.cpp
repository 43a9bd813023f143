// What Kafka itself is told after the roll: forget removed nodes, and use the new metadata.version.
#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "controller/client/retry.h"
#include "controller/reconcile/steps.h"
#include "controller/reconcile/waits.h"
#include "sim/marks.h"

namespace twin::controller::steps {

namespace {

// `twin` raises metadata.version only when every node is up with binaries that know it: all pods
// are read again, and every node is asked for what it supports.
Progress everybody_knows(Reconcile& run, Calls& calls, int16_t level, std::string& problem) {
  const std::string& to = run.desired.versions.to;
  std::vector<std::string> old_nodes;
  bool waiting = false;
  for (const DesiredNode& node : run.desired.nodes) {
    const KubeReply* reply =
        retried(calls, "pod/" + node.pod_name,
                get_request(api::Kind::pod, run.options.namespace_name, node.pod_name));
    if (!reply) {
      waiting = true;
      continue;
    }
    const auto* pod = reply->meta.ok() ? api::as<api::Pod>(reply->object) : nullptr;
    if (!pod || !api::is_ready(*pod) || api::is_terminating(*pod) ||
        annotation_of(*pod, api::strimzi::kKafkaVersion) != to) {
      old_nodes.push_back(node.pod_name);
      continue;
    }
    KafkaRequest request;
    request.node = node.id;
    request.controller_listener = !node.broker_role;
    request.body = api::DescribeFeaturesRequest{};
    const KafkaReply* features = calls.kafka("supports/" + node.pod_name, request);
    if (!features) {
      waiting = true;
      continue;
    }
    const auto* body = std::get_if<api::DescribeFeaturesReply>(&features->body);
    bool knows = features->meta.ok() && body;
    if (knows)
      for (const api::FeatureRange& range : body->supported)
        if (range.name == "metadata.version") knows = range.max >= level;
    if (!knows) old_nodes.push_back(node.pod_name);
  }
  if (waiting) return Progress::waiting();
  if (!old_nodes.empty())
    problem = "not every node is known to run Kafka " + to + ": " + join(old_nodes);
  return Progress::done();
}

void metadata_failed(Reconcile& run, Calls& calls, const std::string& why) {
  TWIN_MARK("metadata_update_failed");
  run.warn("MetadataUpdateFailed", "Failed to update metadata version to " +
                                       run.desired.versions.metadata +
                                       (run.profile.twin ? ": " + why : std::string()));
  run.decide(calls, DecisionKind::refuse, "MetadataUpdateFailed",
             "metadata.version is not changed to " + run.desired.versions.metadata + ": " + why);
}

std::string reply_text(const KafkaReply& reply) {
  std::string text(outcome_name(reply.meta.outcome));
  if (!reply.meta.message.empty()) text += " (" + reply.meta.message + ")";
  return text;
}

Progress update_feature(Reconcile& run, Calls& calls, const api::DescribeFeaturesReply& current,
                        const api::MetadataVersion& target, CallId cite) {
  const bool raises = target.level > current.metadata_level;
  std::string problem;
  if (run.profile.twin && raises) {
    const Progress asked = everybody_knows(run, calls, target.level, problem);
    if (!asked.is_done()) return asked;
  }
  if (run.profile.twin && !raises &&
      !api::safe_downgrade_possible(current.metadata_level, target.level)) {
    problem = "a version in between changed the format of records, so there is no way back";
  }
  if (!problem.empty()) {
    metadata_failed(run, calls, problem);
    return Progress::done();
  }
  if (calls.asked_at("update/said") == sim::kNever) {
    calls.elapsed("update/said", {0});
    run.decide(calls, DecisionKind::upgrade_phase, "MetadataVersion",
               "every node runs Kafka " + run.desired.versions.to +
                   ": metadata.version goes from " + current.metadata_version + " to " +
                   std::string(target.name),
               {}, {}, {cite});
  }
  api::UpdateFeaturesRequest update;
  update.version = std::string(target.name);
  update.type = raises ? api::UpgradeType::upgrade : api::UpgradeType::safe_downgrade;
  const KafkaReply* reply = ask_brokers(run, calls, "update", update, true);
  if (!reply) return Progress::waiting();
  if (!reply->meta.ok()) {
    metadata_failed(run, calls, reply_text(*reply));
    return Progress::done();
  }
  run.metadata_version = std::string(target.name);
  return Progress::done();
}

}  // namespace

Progress cluster_id(Reconcile& run, Calls& calls) {
  if (run.profile.twin) return Progress::done();  // it made the id itself; others may not change it
  const KafkaReply* reply = ask_brokers(run, calls, "cluster", api::DescribeClusterRequest{});
  if (!reply) return Progress::waiting();
  return Progress::done();  // a failure is tolerated
}

namespace {

bool is_gone(const KafkaReply& reply) {
  return reply.meta.ok() || reply.meta.kafka_error == api::KafkaError::broker_id_not_registered;
}

Progress unregister(Reconcile& run, Calls& calls, api::NodeId node, const char* why,
                    std::vector<CallId> cites, bool& failed) {
  const std::string key = "unregister/" + std::to_string(node.value);
  if (calls.asked_at(key + "/said") == sim::kNever) {
    calls.elapsed(key + "/said", {0});
    run.decide(calls, DecisionKind::remove, "UnregisterNode",
               "node " + std::to_string(node.value) + why, {}, node, std::move(cites));
  }
  const KafkaReply* reply = ask_brokers(run, calls, key, api::UnregisterBrokerRequest{node}, true);
  if (!reply) return Progress::waiting();
  failed |= !is_gone(*reply);
  return Progress::done();
}

// What could not be unregistered stays in the status, to be tried again.
Progress unregister_by_status(Reconcile& run, Calls& calls) {
  const std::vector<int32_t> before = run.observed.kafka->status.registered_node_ids;
  bool failed = false;
  for (const int32_t id : before) {
    if (run.desired.find({id})) continue;
    const Progress done =
        unregister(run, calls, {id}, " was removed from the Kafka cluster", {}, failed);
    if (!done.is_done()) return done;
  }
  if (!failed) return Progress::done();
  auto& known = run.registered_nodes;
  known.insert(known.end(), before.begin(), before.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return Progress::done();
}

}  // namespace

Progress node_unregistration(Reconcile& run, Calls& calls) {
  if (run.profile.broken.forgets_to_unregister) return Progress::done();
  run.registered_nodes.clear();
  for (const DesiredNode& node : run.desired.nodes) run.registered_nodes.push_back(node.id.value);
  if (run.profile.unregisters_by_status) return unregister_by_status(run, calls);
  const KafkaReply* reply =
      ask_brokers(run, calls, "registered", api::DescribeClusterRequest{true});
  if (!reply) return Progress::waiting();
  const auto* cluster = std::get_if<api::DescribeClusterReply>(&reply->body);
  if (!reply->meta.ok() || !cluster) return Progress::done();
  bool failed = false;
  for (const api::BrokerDescription& broker : cluster->brokers) {
    if (run.desired.find(broker.node)) continue;
    // Its pod may still be shutting down: Strimzi unregisters at once, `twin` once it is fenced.
    if (run.profile.twin && !broker.fenced) continue;
    const Progress done =
        unregister(run, calls, broker.node, " is registered but no pool has it any more",
                   {reply->meta.id}, failed);
    if (!done.is_done()) return done;
  }
  return Progress::done();
}

namespace {

// The roll of new binaries ended in this reconcile: what should be in force now that every pod has
// them. Strimzi finds out in the reconcile that its own status update triggers.
void settle_after_roll(Reconcile& run) {
  upgrade::VersionChange& versions = run.desired.versions;
  if (!run.profile.twin || !versions.upgrade()) return;
  upgrade::KRaftChangeInput input;
  input.desired_version = versions.to;
  input.desired_metadata = run.observed.kafka->metadata_version;
  input.current_metadata = versions.metadata;
  input.pod_versions = {versions.to};
  input.careful = true;
  if (const auto settled = upgrade::kraft_version_change(input)) {
    versions.metadata = settled->metadata;
  }
}

}  // namespace

Progress metadata_version(Reconcile& run, Calls& calls) {
  settle_after_roll(run);
  const KafkaReply* reply = ask_brokers(run, calls, "features", api::DescribeFeaturesRequest{});
  if (!reply) return Progress::waiting();
  const auto* current = std::get_if<api::DescribeFeaturesReply>(&reply->body);
  if (!reply->meta.ok() || !current) {
    // Only an update that fails is survived.
    if (!run.profile.twin)
      return Progress::failed("TimeoutException",
                              "Timed out waiting for a node assignment. Call: describeFeatures");
    metadata_failed(run, calls, reply_text(*reply));
    return Progress::done();
  }
  const auto* target = api::find_metadata_version(run.desired.versions.metadata);
  if (!target || target->level == current->metadata_level) {
    run.metadata_version = current->metadata_version;
    return Progress::done();
  }
  if (run.metadata_version.empty()) run.metadata_version = current->metadata_version;
  return update_feature(run, calls, *current, *target, reply->meta.id);
}

}  // namespace twin::controller::steps
