#include "model/kafka/control/plane.h"

#include "controller/api/catalogue/versions.h"
#include "sim/assert.h"

namespace twin::model::control {

ControlPlane::ControlPlane(Kernel& kernel_in, Network& network_in, const Hardware& hardware_in)
    : kernel(kernel_in),
      network(network_in),
      hardware(hardware_in),
      store(kernel_in),
      quorum(kernel_in, *this),
      isr_changes_(kernel_in) {}

void ControlPlane::attach(DataPlane& data, ContainerHost& host) {
  data_ = &data;
  host_ = &host;
  store.attach(data);
}

Node& ControlPlane::at(api::NodeId id) {
  TWIN_ASSERT_LE(0, id.value);
  while (nodes_.size() <= static_cast<size_t>(id.value)) {
    nodes_.emplace_back();
    nodes_.back().id = {static_cast<int32_t>(nodes_.size()) - 1};
  }
  return nodes_[static_cast<size_t>(id.value)];
}

const Node* ControlPlane::find(api::NodeId id) const {
  const auto index = static_cast<size_t>(id.value);
  return id.valid() && index < nodes_.size() ? &nodes_[index] : nullptr;
}

Node* ControlPlane::running_node(api::Uid pod) {
  const auto found = pods_.find(pod);
  if (found == pods_.end() || found->second.kind != PodKind::node) return nullptr;
  Node& node = at(found->second.node);
  return node.running() && node.pod == pod ? &node : nullptr;
}

void ControlPlane::schedule(Local local, const Node& node, sim::Duration delay) {
  kernel.after(delay, type_of(local), static_cast<uint32_t>(node.id.value), node.generation);
}

void ControlPlane::schedule_session(Local local, const Node& node, sim::Duration delay) {
  kernel.after(delay, type_of(local), static_cast<uint32_t>(node.id.value),
               node.registration.session_generation);
}

bool ControlPlane::is_current(const sim::Event& event, const Node& node) const {
  return event.generation == node.generation;
}

void ControlPlane::changed(const Node& node) {
  if (host_ != nullptr && node.running()) host_->probe_again(node.pod);
}

std::vector<std::string> ControlPlane::ends_of(const Node& node) const {
  std::vector<std::string> ends;
  const std::string id = std::to_string(node.id.value);
  if (node.broker_role) ends.push_back("broker:" + id);
  if (node.controller_role) ends.push_back("controller:" + id);
  if (!node.kube_node.empty()) ends.push_back(node.kube_node);
  if (!node.zone.empty()) ends.push_back("zone:" + node.zone);
  return ends;
}

std::vector<std::string> ControlPlane::ends_of(const controller::KafkaRequest& request) const {
  if (request.zookeeper) {
    const auto ordinal = static_cast<size_t>(request.node.value);
    if (ordinal >= servers_.size()) return {};
    const ZookeeperServer& asked = servers_[ordinal];
    return {"zookeeper:" + std::to_string(ordinal), asked.kube_node, "zone:" + asked.zone};
  }
  const Node* node = find(request.node);
  return node == nullptr ? std::vector<std::string>() : ends_of(*node);
}

bool ControlPlane::ends_reachable(const std::vector<std::string>& a,
                                  const std::vector<std::string>& b) const {
  for (const std::string& left : a) {
    for (const std::string& right : b) {
      if (!network.reachable(left, right)) return false;
    }
  }
  return true;
}

bool ControlPlane::nodes_reachable(api::NodeId a, api::NodeId b) const {
  if (!network.any_cut() || a == b) return true;
  const Node* left = find(a);
  const Node* right = find(b);
  if (left == nullptr || right == nullptr) return true;
  return ends_reachable(ends_of(*left), ends_of(*right));
}

bool ControlPlane::reaches_controller(const Node& node) const {
  const api::NodeId leader = kraft_ ? quorum.leader() : kafka_controller_;
  return leader.valid() && nodes_reachable(node.id, leader);
}

// Metadata arrives a propagation after its commit, later at a broker that lags; one that hangs or
// does not reach the controller has what it had.
sim::Time ControlPlane::applied_until(const Node& node) const {
  const sim::Duration lag = hardware.metadata_propagation + node.metadata_lag;
  const sim::Time until = std::min(kernel.now(), node.cut_off_since) - lag;
  return std::max(until, node.up_at);  // it caught up when it started
}

// No broker answers from before what the slowest of them has applied.
void ControlPlane::forget_old_rows() {
  if (store.remembered() < rows_to_remember_) return;
  sim::Time oldest = kernel.now();
  for (const Node& node : nodes_) {
    if (node.broker_role && node.running()) oldest = std::min(oldest, applied_until(node));
  }
  store.forget_before(oldest);
  rows_to_remember_ = std::max<size_t>(4096, store.remembered() * 2);
}

void ControlPlane::note_cut_off(Node& node) {
  const bool reads = node.running() && !node.hung && reaches_controller(node);
  if (reads) {
    node.cut_off_since = sim::kNever;
  } else {
    node.cut_off_since = std::min(node.cut_off_since, kernel.now());
  }
}

void ControlPlane::reachability_changed() {
  quorum.reachability_changed();
  for (Node& node : nodes_) {
    note_cut_off(node);
    if (!node.broker_role || !node.running()) continue;
    if (node.kraft) {
      update_contact(node);
    } else if (node.registration.exists) {
      update_contact(node);
    }
    store.leader_reachability_changed(node.id);
  }
  evaluate_ensemble();
}

bool ControlPlane::commits() const {
  return kraft_ ? quorum.leader().valid() : zookeeper_leader_ >= 0 && controller_ready_;
}

bool ControlPlane::serving(api::NodeId id) const {
  const Node* node = find(id);
  return node != nullptr && node->serving && !node->hung;
}

std::vector<api::NodeId> ControlPlane::live_brokers() const {
  std::vector<api::NodeId> live;
  for (const Node& node : nodes_) {
    if (node.registration.exists && !node.registration.fenced) live.push_back(node.id);
  }
  return live;
}

void ControlPlane::set_metadata_lag(api::NodeId id, sim::Duration lag) {
  at(id).metadata_lag = lag;
}

// ZooKeeper era: a broker sends with its inter.broker.protocol.version; a peer must know that.
// KRaft: every process must know the level of the metadata log.
std::vector<VersionState> ControlPlane::version_state() const {
  std::string newest;
  for (const Node& node : nodes_) {
    if (!node.running() || node.kraft || !node.serving) continue;
    if (newest.empty() || protocol_newer(node.protocol, newest)) newest = node.protocol;
  }
  std::vector<VersionState> states;
  for (const Node& node : nodes_) {
    if (node.version.empty()) continue;
    VersionState state;
    state.node = node.id;
    state.live = node.running();
    state.controller = node.controller_role;
    state.binary = node.version;
    state.protocol = node.protocol;
    state.message_format = node.message_format;
    if (node.kraft) {
      state.understands_peers = !level_problem(node.version, level_);
    } else if (node.serving) {
      state.understands_peers = newest.empty() || !protocol_newer(newest, node.version);
    }
    states.push_back(std::move(state));
  }
  return states;
}

void ControlPlane::handle(const sim::Event& event) {
  const Local local = local_type<Local>(event.type);
  forget_old_rows();
  switch (local) {
    case Local::quorum_election:
      return quorum.on_election(event.generation);
    case Local::isr_commit:
      return commit_isr({static_cast<int32_t>(event.entity)});
    case Local::preferred_pass:
      if (event.generation == preferred_generation_) preferred_pass();
      return;
    case Local::fresh_patience:
      return fresh_patience_over();
    case Local::zookeeper_up: {
      ZookeeperServer& up = server(static_cast<int>(event.entity));
      if (up.running && up.generation == event.generation) zookeeper_up(up);
      return;
    }
    case Local::zookeeper_election:
      if (event.generation == zookeeper_generation_) elect_zookeeper();
      return;
    case Local::controller_elected:
      if (event.generation == controller_generation_) elect_kafka_controller();
      return;
    case Local::controller_loaded:
      if (event.generation == controller_generation_) controller_loaded();
      return;
    case Local::inert_exits:
      return inert_exits(event.argument);
    default:
      return handle_node(local, event);
  }
}

void ControlPlane::inert_exits(uint32_t number) {
  for (auto& [uid, entry] : pods_) {
    if (entry.kind == PodKind::node || entry.inert_number != number) continue;
    const api::Uid pod = uid;
    if (entry.kind == PodKind::zookeeper) {
      ZookeeperServer& ended = server(entry.ordinal);
      if (ended.pod == pod && ended.running) end_zookeeper(ended, trace::ExitHow::clean, 0);
      return;
    }
    if (!inert_running_[number]) return;
    inert_running_[number] = false;
    return host_->exited(pod, 0);
  }
}

void ControlPlane::handle_node(Local local, const sim::Event& event) {
  Node& node = at({static_cast<int32_t>(event.entity)});
  if (local == Local::session_expired || local == Local::zookeeper_session_over) {
    if (event.generation != node.registration.session_generation) return;
    if (local == Local::zookeeper_session_over) return zookeeper_session_over(node);
    return session_expired(node);
  }
  if (local == Local::broker_seen) return broker_seen(node);
  if (!is_current(event, node) || waits_for_process(local, event, node)) return;
  switch (local) {
    case Local::process_up:
      return process_up(node);
    case Local::controller_listening:
      return controller_listens(node);
    case Local::registration_attempt:
      return attempt_registration(node);
    case Local::registration_committed:
      return registration_committed(node);
    case Local::metadata_caught_up:
      return metadata_caught_up(node);
    case Local::logs_loaded:
      return logs_loaded(node);
    case Local::unfence_committed:
      return unfence(node);
    case Local::directories_reported:
      return directories_reported(node);
    case Local::rejoin:
      return rejoin(node, {static_cast<int32_t>(event.argument)});
    case Local::shutdown_requested:
      return request_shutdown(node);
    case Local::shutdown_committed:
      return shutdown_committed(node);
    case Local::shutdown_poll:
      return poll_shutdown(node);
    case Local::shutdown_deadline:
      // KRaft: it stops waiting for the controller. ZooKeeper: the leaders are moved.
      return node.kraft ? stop_serving(node) : grant_shutdown(node);
    case Local::shutdown_retry:
      return zookeeper_shutdown(node);
    case Local::zookeeper_move:
      return zookeeper_move(node);
    case Local::process_exits:
      return exits(node);
    default:
      return;
  }
}

}  // namespace twin::model::control
