// The admin protocol, as a node answers it now. A process that hangs answers nothing: the reply
// takes longer than any client waits. What must be committed fails with a time-out while there is
// no controller.
#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "model/kafka/control/plane.h"
#include "model/kafka/control/replies.h"
#include "sim/assert.h"

namespace twin::model::control {

using controller::KafkaReply;
using controller::KafkaRequest;
using controller::Outcome;
using namespace sim::literals;

namespace {

constexpr sim::Duration kNever = 3600_s;
constexpr sim::Duration kCommit = 40_ms;  // append.linger 25 ms, commit, answer

bool needs_commit(const api::KafkaBody& body) {
  return std::holds_alternative<api::IncrementalAlterConfigsRequest>(body) ||
         std::holds_alternative<api::UpdateFeaturesRequest>(body) ||
         std::holds_alternative<api::UnregisterBrokerRequest>(body) ||
         std::holds_alternative<api::ElectLeadersRequest>(body) ||
         std::holds_alternative<api::CreateTopicRequest>(body) ||
         std::holds_alternative<api::AlterReassignmentsRequest>(body);
}

// The paths of the node's directories, as its file names them.
std::vector<std::string> log_dirs_of(const Node& node) {
  const std::string* text = api::find_value(node.config, "log.dirs");
  std::vector<std::string> paths;
  for (size_t from = 0; text != nullptr && from <= text->size();) {
    const size_t comma = std::min(text->find(',', from), text->size());
    paths.push_back(text->substr(from, comma - from));
    from = comma + 1;
  }
  return paths;
}

}  // namespace

KafkaReply ControlPlane::execute(const KafkaRequest& request, sim::Duration* extra) {
  TWIN_ASSERT(extra != nullptr);
  const std::string who = std::to_string(request.node.value);
  if (request.zookeeper) {
    const auto ordinal = static_cast<size_t>(request.node.value);
    if (ordinal >= servers_.size() || !servers_[ordinal].up) {
      return fail(Outcome::refused, api::KafkaError::none,
                  "connection refused by zookeeper " + who);
    }
    if (servers_[ordinal].hung) *extra = kNever;
    return answer(api::ZookeeperStatReply{zookeeper_leader_ == request.node.value});
  }
  const auto index = static_cast<size_t>(request.node.value);
  if (!request.node.valid() || index >= nodes_.size() || !nodes_[index].running()) {
    return fail(Outcome::refused, api::KafkaError::none, "connection refused by node " + who);
  }
  Node& node = nodes_[index];
  if (node.hung) {
    *extra = kNever;
    return {};
  }
  // Strimzi's agent answers from within the JVM, before the broker listens.
  if (std::holds_alternative<api::AgentStateRequest>(request.body)) {
    if (node.process == ProcessState::booting) {
      return fail(Outcome::refused, api::KafkaError::none,
                  "the agent of node " + who + " does not listen yet");
    }
    return agent_state(node);
  }
  const bool listens = request.controller_listener
                           ? node.listening
                           : node.state == BrokerState::running ||
                                 node.state == BrokerState::pending_controlled_shutdown;
  if (!listens) {
    return fail(Outcome::refused, api::KafkaError::none,
                "connection refused by node " + who + ": it does not listen yet");
  }
  return admin(request, node, extra);
}

KafkaReply ControlPlane::admin(const KafkaRequest& request, Node& node, sim::Duration* extra) {
  const api::KafkaBody& body = request.body;
  if (needs_commit(body)) {
    if (!commits() || !reaches_controller(node)) {
      return fail(Outcome::server_error, api::KafkaError::request_timed_out,
                  "The controller is not available");
    }
    *extra += kCommit;
  }
  if (const auto* r = std::get_if<api::DescribeClusterRequest>(&body)) return describe_cluster(*r);
  if (std::holds_alternative<api::DescribeTopicsRequest>(body)) {
    // A broker answers from what it has applied.
    const sim::Time applied = applied_until(node);
    KafkaReply reply = answer(api::DescribeTopicsReply{store.topics_as_of(applied)});
    reply.meta.as_of = applied;
    return reply;
  }
  if (std::holds_alternative<api::DescribeTopicConfigsRequest>(body)) {
    return answer(api::DescribeTopicConfigsReply{store.configs_snapshot()});
  }
  if (const auto* r = std::get_if<api::DescribeBrokerConfigsRequest>(&body)) {
    const Node* asked = find(r->broker);
    if (asked == nullptr || !asked->running()) {
      return fail(Outcome::server_error, api::KafkaError::request_timed_out,
                  "Timed out waiting for a node assignment");
    }
    return answer(api::DescribeBrokerConfigsReply{
        dynamic_.describe(r->broker, asked->config, asked->version)});
  }
  if (const auto* r = std::get_if<api::IncrementalAlterConfigsRequest>(&body)) {
    return alter_configs(*r, node);
  }
  if (std::holds_alternative<api::DescribeQuorumRequest>(body)) {
    if (!quorum.leader().valid() || !reaches_controller(node)) {
      return fail(Outcome::server_error, api::KafkaError::request_timed_out,
                  "No active controller is known");
    }
    return answer(quorum.describe(next_epoch_));
  }
  if (std::holds_alternative<api::DescribeFeaturesRequest>(body)) return describe_features(node);
  if (const auto* r = std::get_if<api::UpdateFeaturesRequest>(&body)) return update_features(*r);
  if (const auto* r = std::get_if<api::UnregisterBrokerRequest>(&body)) return unregister(*r);
  if (const auto* r = std::get_if<api::ElectLeadersRequest>(&body)) return elect_leaders(*r);
  if (const auto* r = std::get_if<api::CreateTopicRequest>(&body)) return create(*r);
  if (std::holds_alternative<api::ListReassignmentsRequest>(body)) return list_reassignments();
  if (const auto* r = std::get_if<api::AlterReassignmentsRequest>(&body)) {
    return alter_reassignments(*r);
  }
  if (std::holds_alternative<api::DescribeLogDirsRequest>(body)) return describe_log_dirs(node);
  if (std::holds_alternative<api::BrokerMetricsRequest>(body)) {
    const DataPlane::Felt felt = data_->felt(node.id);
    return answer(api::BrokerMetricsReply{felt.produce_p99, felt.consumer_lag});
  }
  return fail(Outcome::invalid, api::KafkaError::unsupported_version,
              "this request is not played yet");
}

KafkaReply ControlPlane::agent_state(const Node& node) const {
  api::AgentStateReply state;
  state.broker_state = static_cast<int32_t>(node.state);
  if (node.state == BrokerState::recovery && !node.serving && node.load.duration.ns > 0) {
    const int64_t left = (node.load_started + node.load.duration - kernel.now()).ns;
    state.remaining_logs = static_cast<int32_t>(node.load.logs * left / node.load.duration.ns);
    state.remaining_segments =
        static_cast<int32_t>(node.load.segments * left / node.load.duration.ns);
  }
  return answer(state);
}

KafkaReply ControlPlane::describe_cluster(const api::DescribeClusterRequest& request) const {
  api::DescribeClusterReply reply;
  reply.cluster_id = cluster_id_;
  for (const Node& node : nodes_) {
    if (!node.registration.exists) continue;
    if (node.registration.fenced && !request.include_fenced) continue;
    reply.brokers.push_back({node.id, node.rack, node.registration.fenced});
  }
  if (!kraft_) {
    reply.controller = kafka_controller_;
  } else if (!reply.brokers.empty()) {
    // A KRaft broker names any live broker: the same one as long as nothing changes.
    reply.controller = reply.brokers.front().node;
  }
  return answer(std::move(reply));
}

KafkaReply ControlPlane::describe_log_dirs(const Node& node) const {
  api::DescribeLogDirsReply reply;
  const std::vector<std::string> paths = log_dirs_of(node);
  for (size_t i = 0; i < node.volumes.size(); ++i) {
    reply.dirs.push_back({i < paths.size() ? paths[i] : node.volumes[i], {}});
  }
  if (reply.dirs.empty()) return answer(std::move(reply));
  for (const ReplicaRef ref : store.on_node(node.id)) {
    const Partition& row = store.row(ref.partition);
    const size_t dir = std::min(data_->directory(ref.partition, ref.slot), reply.dirs.size() - 1);
    reply.dirs[dir].replicas.push_back({store.table().topics[row.topic].name,
                                        static_cast<int32_t>(row.number),
                                        data_->log_end_offset_bytes(ref.partition, ref.slot)});
  }
  return answer(std::move(reply));
}

KafkaReply ControlPlane::describe_features(const Node& node) const {
  api::DescribeFeaturesReply reply;
  reply.metadata_level = level_;
  reply.metadata_version = level_ == 0 ? std::string() : level_name(level_);
  const auto range = api::supported_levels(node.version);
  reply.supported.push_back({"metadata.version", range.min, range.max});
  return answer(std::move(reply));
}

KafkaReply ControlPlane::alter_configs(const api::IncrementalAlterConfigsRequest& request,
                                       const Node& node) {
  using Resource = api::IncrementalAlterConfigsRequest::Resource;
  const Node* target = request.resource == Resource::broker ? find(request.broker) : &node;
  const auto refusal =
      dynamic_.check(request, node.version, target == nullptr ? nullptr : &target->config);
  if (refusal) return fail(Outcome::invalid, refusal->error, refusal->message);
  if (const auto problem = elr_problem(request)) {
    return fail(Outcome::invalid, api::KafkaError::invalid_config, *problem);
  }
  int64_t topic = -1;
  if (request.resource == Resource::topic) {
    topic = store.topic_index(request.topic);
    if (topic < 0) {
      return fail(Outcome::not_found, api::KafkaError::unknown_topic_or_partition,
                  "The topic '" + request.topic + "' does not exist");
    }
  } else {
    dynamic_.apply(request);
    refresh_topic_defaults();
  }
  for (const auto& change : request.changes) {
    const bool remove = change.op == api::AlterOp::remove;
    if (topic >= 0) {
      store.set_topic_config(static_cast<TopicIndex>(topic), change.name, change.value, remove);
    }
    kernel.emit(trace::ConfigChanged{
        request.resource == Resource::broker ? request.broker.value : -1, topic,
        kernel.string(change.name), kernel.string(remove ? "" : change.value)});
  }
  store.settings_changed();
  if (request.resource != Resource::topic) {
    for (Node& each : nodes_) configure_data(each);
  }
  return answer(api::EmptyReply{});
}

// With eligible leader replicas the whole cluster has one min.insync.replicas (KIP-966).
std::optional<std::string> ControlPlane::elr_problem(
    const api::IncrementalAlterConfigsRequest& request) const {
  using Resource = api::IncrementalAlterConfigsRequest::Resource;
  if (!kraft_ || !elr_ || request.resource == Resource::topic) return std::nullopt;
  for (const auto& change : request.changes) {
    if (change.name != "min.insync.replicas") continue;
    if (request.resource == Resource::broker) {
      return "Broker-level min.insync.replicas cannot be altered while ELR is enabled.";
    }
    if (change.op == api::AlterOp::remove) {
      return "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.";
    }
  }
  return std::nullopt;
}

KafkaReply ControlPlane::update_features(const api::UpdateFeaturesRequest& request) {
  FeatureUpdate update;
  update.current = level_;
  update.request = request;
  for (const Node& node : nodes_) {
    if (node.registration.exists) update.brokers.push_back({node.id, node.registration.version});
    // Controllers that are down count with the version that they registered last.
    if (!node.registered_controller.empty()) {
      update.controllers.push_back({node.id, node.registered_controller});
    }
    if (node.id == quorum.leader()) update.active_controller = {node.id, node.version};
  }
  update.voters = quorum.voters();
  const FeatureVerdict verdict = check_update(update);
  if (!verdict.accepted) {
    return fail(Outcome::invalid, api::KafkaError::invalid_update_version, verdict.error);
  }
  if (verdict.level != level_) {
    const int16_t before = level_;
    level_ = verdict.level;
    kernel.emit(trace::MetadataVersionChanged{before, level_, kernel.string(level_name(level_))});
  }
  return answer(api::EmptyReply{});
}

KafkaReply ControlPlane::unregister(const api::UnregisterBrokerRequest& request) {
  const Node* known = find(request.broker);
  if (known == nullptr || !known->registration.exists) {
    return fail(Outcome::not_found, api::KafkaError::broker_id_not_registered,
                "Broker ID " + std::to_string(request.broker.value) + " is not registered");
  }
  Node& node = at(request.broker);
  if (!node.registration.fenced) fence(node, trace::FenceReason::registered_anew);
  node.registration = {};
  kernel.emit(trace::BrokerUnregistered{request.broker.value});
  return answer(api::EmptyReply{});
}

KafkaReply ControlPlane::elect_leaders(const api::ElectLeadersRequest& request) {
  if (request.type != api::ElectionType::preferred) {
    return fail(Outcome::invalid, api::KafkaError::invalid_request,
                "unclean election by request is not played");
  }
  const auto count = static_cast<PartitionIndex>(store.table().partitions.size());
  for (PartitionIndex index = 0; index < count; ++index) {
    const Partition& row = store.row(index);
    if (!request.all) {
      const std::string& topic = store.table().topics[row.topic].name;
      const bool named =
          std::any_of(request.partitions.begin(), request.partitions.end(), [&](const auto& each) {
            return each.first == topic && each.second == static_cast<int32_t>(row.number);
          });
      if (!named) continue;
    }
    if (row.leader_slot <= 0) continue;
    Partition next = row;
    ElectionRules rules = rules_for(row);
    rules.preferred = true;
    elect(next, usable(next), rules);
    store.apply(index, next, {trace::LeaveReason::lagging, trace::ElectionReason::preferred});
  }
  return answer(api::EmptyReply{});
}

KafkaReply ControlPlane::create(const api::CreateTopicRequest& request) {
  TopicSpec spec;
  spec.name = request.name;
  // -1: what the cluster has for those that do not say.
  const auto wanted = [this](int32_t asked, std::string_view key) {
    if (asked >= 0) return asked;
    const auto broker = std::ranges::find_if(
        nodes_, [](const Node& node) { return node.broker_role && node.running(); });
    return broker == nodes_.end() ? 1 : std::stoi(config_text(broker->config, key, "1"));
  };
  spec.partitions = wanted(request.partitions, "num.partitions");
  spec.replication_factor = wanted(request.replication_factor, "default.replication.factor");
  spec.configs = request.configs;
  spec.placement = request.placement;
  if (!request.placement.empty()) {
    spec.partitions = static_cast<int32_t>(request.placement.size());
    spec.replication_factor = request.placement.front().size;
  }
  if (create_topic_now(spec)) return answer(api::EmptyReply{});
  return fail(Outcome::invalid, api::KafkaError::invalid_request,
              "Topic '" + request.name + "' exists, or there are too few brokers for its replicas");
}

}  // namespace twin::model::control
