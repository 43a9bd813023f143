// Pods become processes, and what ends a process.
//
// KRaft broker: the JVM starts (measured 3 s from exec to the first registration request), the
// metadata log is replayed, then logs are loaded while registration is attempted; both are needed
// to be unfenced (BrokerServer, BrokerMetadataPublisher). A controller listens on its quorum port
// when the JVM is up. ZooKeeper era: the logs are loaded before the broker registers its ephemeral
// node (KafkaServer.startup). Strimzi's probes: a broker is ready when its agent says a state of
// RUNNING or beyond (BrokerState 3 and up, not 127), a controller when its quorum port listens,
// which it does also while the process is stopped; alive is whoever has a java process.
#include <charconv>

#include "controller/api/kube.h"
#include "model/kafka/control/entry_point.h"
#include "model/kafka/control/plane.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

constexpr sim::Duration kControllerExit = 150_ms;        // measured delete to gone 0.17 to 0.44 s
constexpr sim::Duration kActiveControllerExit = 700_ms;  // resigns first: 0.5 to 1.3 s

int64_t number_at_end(const std::string& name) {
  const size_t dash = name.rfind('-');
  int64_t number = -1;
  if (dash == name.npos) return number;
  const char* end = name.data() + name.size();
  return std::from_chars(name.data() + dash + 1, end, number).ptr == end ? number : -1;
}

// Data directories: the mounts that are claims or scratch for data, not the temporary one.
std::vector<std::string> data_volumes(const ContainerStart& start) {
  std::vector<std::string> volumes;
  for (const MountedVolume& volume : start.volumes) {
    if (volume.mount_path.find("tmp") != std::string::npos) continue;
    volumes.push_back(volume.volume);
  }
  return volumes;
}

}  // namespace

void ControlPlane::start(const ContainerStart& start) {
  TWIN_ASSERT(data_ != nullptr && host_ != nullptr);
  const api::Pod& pod = *start.pod;
  const int64_t number = number_at_end(pod.metadata.name);
  const auto kind = pod.metadata.labels.find("strimzi.io/kind");
  const bool strimzi = kind != pod.metadata.labels.end() && kind->second == "Kafka";
  if (strimzi && number >= 0 && pod.metadata.name.find("-zookeeper-") != std::string::npos) {
    return start_zookeeper(start);
  }
  const bool configured = start.config || configured_by_environment(pod);
  if (strimzi && number >= 0 && configured && !environment_of(pod, "KAFKA_VERSION").empty()) {
    return start_node(start);
  }
  PodEntry& entry = pods_[start.pod_uid];
  entry.kind = PodKind::inert;
  entry.inert_number = static_cast<uint32_t>(inert_running_.size());
  inert_running_.push_back(true);
  host_->probe_again(start.pod_uid);
}

void ControlPlane::read_config(Node& node, const ContainerStart& start) {
  if (configured_by_environment(*start.pod)) {
    node.config = written_config(*start.pod, node.id.value);
  } else {
    const auto text = start.config->data.find("server.config");
    node.config =
        text == start.config->data.end() ? ServerConfig{} : api::server_config_of(text->second);
  }
  const std::string roles = config_text(node.config, "process.roles", "");
  node.kraft = !roles.empty();
  node.broker_role = !node.kraft || roles.find("broker") != std::string::npos;
  node.controller_role = roles.find("controller") != std::string::npos;
  node.rack = config_text(node.config, "broker.rack", "");
  if (!node.rack.empty()) node.rack = start.zone;  // the init container writes the zone's name
  refresh_topic_defaults();
  node.heartbeat_interval = config_ms(node.config, "broker.heartbeat.interval.ms", 2_s);
  node.session_timeout = config_ms(node.config, "broker.session.timeout.ms", 9_s);
  // ClientCnxn pings when nothing was sent for half its read timeout, which is two thirds of the
  // session's.
  if (!node.kraft) node.heartbeat_interval = {zookeeper_session(node).ns / 3};
  const size_t dot = node.version.rfind('.');
  const std::string own = node.version.substr(0, dot);  // "2.1.0" speaks 2.1
  node.protocol =
      node.kraft ? std::string() : config_text(node.config, "inter.broker.protocol.version", own);
  node.message_format =
      node.kraft ? std::string() : config_text(node.config, "log.message.format.version", own);
}

// The first controller's storage is formatted. Where eligible leader replicas are on from the start
// the controller sets a cluster-wide min.insync.replicas from its file (KIP-966; seen with 4.3.1).
void ControlPlane::format_cluster(const Node& node, const ContainerStart& start) {
  const auto wanted = start.config->data.find("metadata.version");
  level_ = initial_level(node.version, wanted == start.config->data.end() ? "" : wanted->second);
  if (elr_forced_) return;
  elr_ = level_ >= kLevelElrByDefault;
  if (!elr_) return;
  api::IncrementalAlterConfigsRequest request;
  request.resource = api::IncrementalAlterConfigsRequest::Resource::cluster;
  auto& change = request.changes.emplace_back();
  change.name = "min.insync.replicas";
  change.op = api::AlterOp::set;
  change.value = config_text(node.config, "min.insync.replicas", "1");
  dynamic_.apply(request);
}

void ControlPlane::start_node(const ContainerStart& start) {
  const auto id = static_cast<int32_t>(number_at_end(start.pod->metadata.name));
  Node& node = at({id});
  const bool known = !node.version.empty();
  TWIN_ASSERT_MSG(!node.running(), start.pod->metadata.name);
  ++node.generation;
  node.process = ProcessState::booting;
  node.hung = node.terminating = node.listening = node.serving = false;
  node.deaf_to_sigterm = false;
  node.held.clear();
  node.pod = start.pod_uid;
  node.incarnation = next_incarnation_++;
  node.version = environment_of(*start.pod, "KAFKA_VERSION");
  node.kube_node = start.kube_node;
  node.zone = start.zone;
  node.state = BrokerState::not_running;
  node.shutdown_polled = false;
  node.shutdown_tries = 0;
  read_config(node, start);
  kraft_ = node.kraft;
  node.volumes = data_volumes(start);
  node.identity = identity_of(start);
  pods_[start.pod_uid] = {PodKind::node, node.id, -1, 0};
  if (!known) {
    const int64_t roles = (node.broker_role ? 1 : 0) | (node.controller_role ? 2 : 0);
    const auto pool = start.pod->metadata.labels.find("strimzi.io/pool-name");
    kernel.emit(trace::NodeDefined{
        id, roles, kernel.string(pool == start.pod->metadata.labels.end() ? "kafka" : pool->second),
        kernel.string(node.zone)});
  }
  const RecordId record =
      kernel.emit(trace::ProcessStarted{id, node.incarnation, kernel.string(node.version)});
  Kernel::ScopedCause cause(kernel, record);
  store.settings_changed();
  if (node.kraft && level_ == 0 && node.controller_role) format_cluster(node, start);
  if (cluster_id_.empty() && start.config) {
    const auto cluster = start.config->data.find("cluster.id");
    if (cluster != start.config->data.end()) cluster_id_ = cluster->second;
  }
  if (cluster_id_.empty()) cluster_id_ = "kafka-twin";  // the first broker makes one up
  const bool broker = node.broker_role;
  // A volume that is new is formatted by a JVM of its own before the broker's.
  const sim::Duration format = !known && node.kraft ? hardware.storage_format : sim::Duration{};
  begin_work(Local::process_up, node,
             format + (broker ? hardware.jvm_start_broker : hardware.jvm_start_controller));
  look_at_trust();
}

// controller.quorum.voters, "3@host:9090,4@host:9090": all of them count from the first start on.
// Without the list (controller.quorum.bootstrap.servers) whoever has started is a voter.
void ControlPlane::join_quorum(const Node& node) {
  const std::string list = config_text(node.config, "controller.quorum.voters", "");
  std::vector<api::NodeId> voters;
  for (const char* at = list.data(); at < list.data() + list.size();) {
    api::NodeId voter;
    const auto read = std::from_chars(at, list.data() + list.size(), voter.value);
    if (read.ec == std::errc{}) voters.push_back(voter);
    const size_t comma = list.find(',', static_cast<size_t>(at - list.data()));
    if (comma == list.npos) break;
    at = list.data() + comma + 1;
  }
  if (!voters.empty()) quorum.set_voters(voters);
  quorum.add_voter(node.id);
}

// What the broker's logs and fetchers go by.
void ControlPlane::configure_data(const Node& node) {
  if (!node.broker_role || !node.running()) return;
  const auto number = [&](std::string_view key) {
    return std::atoll(dynamic_.effective(node.id, node.config, node.version, key).c_str());
  };
  BrokerSettings settings;
  const int64_t lag_ms = number("replica.lag.time.max.ms");
  if (lag_ms > 0) settings.replica_lag_time_max = sim::Duration{lag_ms * 1'000'000};
  settings.replica_fetchers = std::max<int64_t>(1, number("num.replica.fetchers"));
  const auto milliseconds = [&](std::string_view key, sim::Duration& out) {
    if (const int64_t ms = number(key); ms > 0) out = sim::Duration{ms * 1'000'000};
  };
  milliseconds("replica.fetch.wait.max.ms", settings.fetch_wait);
  milliseconds("replica.fetch.backoff.ms", settings.fetch_backoff);
  const auto bytes = [&](std::string_view key, int64_t& out) {
    if (const int64_t value = number(key); value > 0) out = value;
  };
  bytes("replica.fetch.max.bytes", settings.fetch_bytes);
  bytes("replica.fetch.response.max.bytes", settings.response_bytes);
  const auto throttle = [&](std::string_view key) {
    return dynamic_.throttle(node.id, key).value_or(BrokerSettings::kUnlimited);
  };
  settings.leader_throttle = throttle("leader.replication.throttled.rate");
  settings.follower_throttle = throttle("follower.replication.throttled.rate");
  data_->configured(node.id, settings);
}

void ControlPlane::fail_start(Node& node, const std::string& why) {
  kernel.emit(trace::StartFailed{node.id.value}, why);
  end_process(node, trace::ExitHow::failed, 1);
}

void ControlPlane::process_up(Node& node) {
  node.process = ProcessState::up;
  node.up_at = kernel.now();
  node.cut_off_since = sim::kNever;
  note_cut_off(node);
  if (node.kraft) {
    if (const auto problem = level_problem(node.version, level_)) {
      TWIN_MARK("kafka_binary_older_than_metadata");
      return fail_start(node, *problem);
    }
  }
  if (node.controller_role) {
    join_quorum(node);
    schedule(Local::controller_listening, node, 0_s);
  }
  if (!node.broker_role) return;
  node.state = BrokerState::starting;
  data_->placed(node.id, node.kube_node, node.zone);
  configure_data(node);
  if (data_->volumes_mounted(node.id, node.volumes)) {
    TWIN_MARK("kafka_clean_shutdown_file_lost");
    node.clean_epoch = kNoEpoch;
  }
  if (lacks_directories(node)) {
    return fail_start(node,
                      "KafkaStorageException: no log directory is left, or the one of the "
                      "metadata log has failed");
  }
  if (node.kraft) {
    attempt_registration(node);
    begin_work(Local::metadata_caught_up, node, hardware.metadata_load);
    return;
  }
  if (!ensemble_reachable(node)) {
    return fail_start(node, "no ZooKeeper ensemble with a quorum within its connection timeout");
  }
  metadata_caught_up(node);
}

void ControlPlane::controller_listens(Node& node) {
  node.listening = true;
  node.registered_controller = node.version;
  QuorumSettings settings;
  settings.fetch_timeout =
      config_ms(node.config, "controller.quorum.fetch.timeout.ms", settings.fetch_timeout);
  settings.election_timeout =
      config_ms(node.config, "controller.quorum.election.timeout.ms", settings.election_timeout);
  settings.election_backoff_max = config_ms(
      node.config, "controller.quorum.election.backoff.max.ms", settings.election_backoff_max);
  quorum.voter_listens(node.id, settings);
  changed(node);
}

void ControlPlane::metadata_caught_up(Node& node) {
  // Without a quorum there is nothing to catch up with.
  if (node.kraft && !quorum.leader().valid()) {
    return begin_work(Local::metadata_caught_up, node, 500_ms);
  }
  node.state = BrokerState::recovery;
  node.load = data_->log_load(node.id);
  node.load_started = kernel.now();
  const RecordId record = kernel.emit(trace::LogLoadStarted{
      node.id.value, node.load.clean ? 1 : 0, node.load.segments, node.load.bytes_to_recover});
  Kernel::ScopedCause cause(kernel, record);
  begin_work(Local::logs_loaded, node, node.load.duration);
}

void ControlPlane::logs_loaded(Node& node) {
  const RecordId record = kernel.emit(trace::LogLoadFinished{node.id.value});
  Kernel::ScopedCause cause(kernel, record);
  // It registers before anybody fetches from it: one that may not never served its logs.
  if (!node.kraft && node.registration.exists && !node.registration.fenced) {
    TWIN_MARK("kafka_ephemeral_node_exists");
    return fail_start(node, "NodeExists: the session of the broker's last incarnation is not over");
  }
  node.serving = true;
  if (data_->directories(node.id).any_offline) {
    schedule(Local::directories_reported, node, 160_ms);
  }
  fresh_broker(node);
  // One whose registration is still refused serves nobody: the cluster knows its last incarnation.
  if (!node.kraft || node.registration.incarnation == node.incarnation) {
    data_->replicas_online(node.id);
  }
  if (node.kraft) {
    maybe_unfence(node);
  } else {
    register_in_zookeeper(node);
  }
}

void ControlPlane::terminate(api::Uid pod) {
  const auto found = pods_.find(pod);
  if (found == pods_.end()) return;
  if (found->second.kind != PodKind::node) {
    const sim::Duration exit = found->second.kind == PodKind::zookeeper ? 300_ms : 100_ms;
    kernel.after(exit, type_of(Local::inert_exits), 0, 0, found->second.inert_number);
    return;
  }
  Node* running = running_node(pod);
  if (running == nullptr || running->terminating) return;
  Node& node = *running;
  node.terminating = true;
  node.deaf_to_sigterm = node.hung;
  if (node.hung) return;  // a stopped process does not see SIGTERM
  const bool was_active = node.controller_role && quorum.leader() == node.id;
  if (node.broker_role && node.process == ProcessState::up) return request_shutdown(node);
  if (was_active) quorum.voter_resigns(node.id);
  begin_work(Local::process_exits, node, was_active ? kActiveControllerExit : kControllerExit);
}

// The process ended by itself after SIGTERM.
void ControlPlane::exits(Node& node) {
  if (node.broker_role && node.controller_role && quorum.leader() == node.id) {
    quorum.voter_resigns(node.id);
  }
  end_process(node, trace::ExitHow::clean, 143);  // the JVM's own for SIGTERM
}

void ControlPlane::end_process(Node& node, trace::ExitHow how, int exit_code) {
  TWIN_ASSERT(node.running());
  const RecordId record =
      kernel.emit(trace::ProcessExited{node.id.value, static_cast<int64_t>(how), exit_code});
  Kernel::ScopedCause cause(kernel, record);
  const bool was_serving = node.serving;
  end_contact(node);
  node.process = ProcessState::absent;
  node.serving = node.listening = node.hung = false;
  node.held.clear();
  node.state = BrokerState::not_running;
  ++node.generation;
  const api::Uid pod = node.pod;
  node.pod = {};
  pods_.erase(pod);
  if (was_serving) {
    const StopHow stop = how == trace::ExitHow::power_off ? StopHow::power_off : StopHow::killed;
    data_->replicas_offline(node.id, stop);
    store.leader_reachability_changed(node.id);
  } else if (node.broker_role && how == trace::ExitHow::power_off) {
    data_->replicas_offline(node.id, StopHow::power_off);
  }
  isr_changes_.drop(node.id);
  if (node.controller_role) quorum.voter_gone(node.id);
  if (!node.kraft && node.broker_role) broker_lost(node);
  look_at_trust();
  if (how == trace::ExitHow::clean || how == trace::ExitHow::failed) {
    host_->exited(pod, exit_code);
  }
}

void ControlPlane::kill(api::Uid pod, KillKind kind) {
  const auto found = pods_.find(pod);
  if (found == pods_.end()) return;
  const trace::ExitHow how = kind == KillKind::power_off       ? trace::ExitHow::power_off
                             : kind == KillKind::out_of_memory ? trace::ExitHow::out_of_memory
                                                               : trace::ExitHow::killed;
  if (found->second.kind == PodKind::zookeeper) {
    ZookeeperServer& killed = server(found->second.ordinal);
    if (killed.running) end_zookeeper(killed, how, 137);
    return;
  }
  if (found->second.kind == PodKind::inert) {
    inert_running_[found->second.inert_number] = false;
    pods_.erase(found);
    return;
  }
  if (Node* node = running_node(pod)) end_process(*node, how, 137);
}

void ControlPlane::crash(api::NodeId id) {
  Node& node = at(id);
  if (!node.running()) return;
  const api::Uid pod = node.pod;
  end_process(node, trace::ExitHow::killed, 137);
  host_->exited(pod, 137);
}

bool ControlPlane::ready(api::Uid pod) const {
  const auto found = pods_.find(pod);
  if (found == pods_.end()) return false;
  if (found->second.kind == PodKind::inert) return inert_running_[found->second.inert_number];
  if (found->second.kind == PodKind::zookeeper) {
    const auto& asked = servers_[static_cast<size_t>(found->second.ordinal)];
    return asked.up && !asked.hung;
  }
  const Node* node = find(found->second.node);
  if (node == nullptr || !node->running()) return false;
  if (!node->broker_role) return node->listening;
  return !node->hung && node->state >= BrokerState::running && node->state != BrokerState::unknown;
}

bool ControlPlane::live(api::Uid pod) const {
  const auto found = pods_.find(pod);
  if (found == pods_.end()) return false;
  if (found->second.kind == PodKind::inert) return inert_running_[found->second.inert_number];
  if (found->second.kind == PodKind::zookeeper) {
    return !servers_[static_cast<size_t>(found->second.ordinal)].hung;
  }
  const Node* node = find(found->second.node);
  return node != nullptr && node->running();
}

}  // namespace twin::model::control
