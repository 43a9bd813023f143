// The ZooKeeper era: the ensemble, the sessions of brokers, and the broker that is controller.
//
//   ensemble     needs more than half of its servers up and reachable; electing a leader takes the
//                election's two rounds, about 0.6 s; sessions are kept across it
//   session      6 s in Kafka up to 2.4, 18 s since 2.5 (zookeeper.session.timeout.ms); a broker
//   that
//                stops cleanly closes it at once
//   registration an ephemeral node; one that is left by a killed incarnation makes the new process
//                fail with NodeExists until the session is over (KAFKA-6584)
//   controller   whoever takes the controller node; a successor reads the state of every partition
// Sources: KafkaZkClient.registerBroker, KafkaController.onControllerFailover, KAFKA-5642.
#include <algorithm>

#include "model/kafka/control/plane.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

constexpr sim::Duration kEnsembleElection = 600_ms;
constexpr sim::Duration kRegister = 50_ms;         // create the node, the controller's watch fires
constexpr sim::Duration kControllerTakes = 50_ms;  // the controller node is gone, a broker takes it
constexpr sim::Duration kLoadBase = 200_ms;
constexpr sim::Duration kLoadPerPartition{20'000};  // asynchronous reads since 1.1

}  // namespace

ZookeeperServer& ControlPlane::server(int ordinal) {
  TWIN_ASSERT_LE(0, ordinal);
  while (servers_.size() <= static_cast<size_t>(ordinal)) {
    servers_.emplace_back();
    servers_.back().ordinal = static_cast<int>(servers_.size()) - 1;
  }
  return servers_[static_cast<size_t>(ordinal)];
}

void ControlPlane::start_zookeeper(const ContainerStart& start) {
  const std::string& name = start.pod->metadata.name;
  const int ordinal = std::atoi(name.c_str() + name.rfind('-') + 1);
  ZookeeperServer& started = server(ordinal);
  const bool known = started.generation > 0;
  ++started.generation;
  started.pod = start.pod_uid;
  started.kube_node = start.kube_node;
  started.zone = start.zone;
  started.running = true;
  started.up = started.hung = false;
  PodEntry& entry = pods_[start.pod_uid];
  entry.kind = PodKind::zookeeper;
  entry.ordinal = ordinal;
  entry.inert_number = static_cast<uint32_t>(inert_running_.size());
  inert_running_.push_back(true);
  const int64_t node = trace::kZookeeperNode + ordinal;
  if (!known) {
    kernel.emit(trace::NodeDefined{node, 4, kernel.string("zookeeper"), kernel.string(start.zone)});
  }
  kernel.emit(trace::ProcessStarted{node, started.generation, kernel.string("ZooKeeper")});
  kernel.after(hardware.zookeeper_start, type_of(Local::zookeeper_up),
               static_cast<uint32_t>(ordinal), started.generation);
}

void ControlPlane::zookeeper_up(ZookeeperServer& started) {
  started.up = true;
  host_->probe_again(started.pod);
  evaluate_ensemble();
}

void ControlPlane::end_zookeeper(ZookeeperServer& ended, trace::ExitHow how, int exit_code) {
  kernel.emit(trace::ProcessExited{trace::kZookeeperNode + ended.ordinal, static_cast<int64_t>(how),
                                   exit_code});
  const api::Uid pod = ended.pod;
  ended.running = ended.up = false;
  ++ended.generation;
  ended.pod = {};
  pods_.erase(pod);
  evaluate_ensemble();
  if (how == trace::ExitHow::clean) host_->exited(pod, exit_code);
}

void ControlPlane::crash_zookeeper(int ordinal) {
  ZookeeperServer& killed = server(ordinal);
  if (!killed.running) return;
  const api::Uid pod = killed.pod;
  end_zookeeper(killed, trace::ExitHow::killed, 137);
  host_->exited(pod, 137);
}

void ControlPlane::evaluate_ensemble() {
  if (servers_.empty()) return;
  std::vector<QuorumHistory::Member> members;
  for (const ZookeeperServer& each : servers_) {
    members.push_back({{each.ordinal}, each.up && !each.hung ? sim::Time{} : sim::kNever});
  }
  ensemble_history_.remember(kernel.now(), std::move(members));
  const auto majority_of = [&](const ZookeeperServer& candidate) {
    if (!candidate.up || candidate.hung) return false;
    size_t with = 0;
    for (const ZookeeperServer& peer : servers_) {
      if (!peer.up || peer.hung) continue;
      const auto ends = [](const ZookeeperServer& s) {
        return std::vector<std::string>{"zookeeper:" + std::to_string(s.ordinal), s.kube_node,
                                        "zone:" + s.zone};
      };
      with += peer.ordinal == candidate.ordinal || ends_reachable(ends(candidate), ends(peer)) ? 1U
                                                                                               : 0U;
    }
    return with * 2 > servers_.size();
  };
  if (zookeeper_leader_ >= 0 && majority_of(server(zookeeper_leader_))) {
    for (Node& node : nodes_) {
      if (!node.kraft && node.running()) update_contact(node);
    }
    return;
  }
  if (zookeeper_leader_ >= 0) {
    zookeeper_leader_ = -1;
    kernel.emit(trace::ZookeeperQuorumLost{0});
    for (Node& node : nodes_) {
      if (!node.kraft && node.registration.exists) ++node.registration.session_generation;
    }
  }
  if (zookeeper_electing_) return;
  if (!std::any_of(servers_.begin(), servers_.end(), majority_of)) return;
  zookeeper_electing_ = true;
  kernel.after(kEnsembleElection, type_of(Local::zookeeper_election), 0, ++zookeeper_generation_);
}

// The highest id among servers with equal logs wins FastLeaderElection.
void ControlPlane::elect_zookeeper() {
  zookeeper_electing_ = false;
  int best = -1;
  size_t up = 0;
  for (const ZookeeperServer& candidate : servers_) {
    if (!candidate.up || candidate.hung) continue;
    ++up;
    best = candidate.ordinal;
  }
  if (up * 2 <= servers_.size()) return;
  zookeeper_leader_ = best;
  kernel.emit(trace::ZookeeperLeaderElected{best});
  if (controller_ready_) resend_isr_changes();
  for (Node& node : nodes_) {
    if (node.kraft || !node.registration.exists) continue;
    if (node.registration.fenced) {
      // Its session ended before: its client begins another one as soon as it can.
      update_contact(node);
      continue;
    }
    if (node.answers() && node.process == ProcessState::up) {
      begin_contact(node);
      continue;
    }
    node.registration.last_contact = kernel.now();
    node.registration.in_contact = false;
    ++node.registration.session_generation;
    schedule_session(Local::zookeeper_session_over, node, zookeeper_session(node));
  }
  // The controller's session may have ended just before the ensemble did: nobody could take over.
  if (!kafka_controller_.valid()) elect_kafka_controller();
}

bool ControlPlane::ensemble_reachable(const Node& node) const {
  if (zookeeper_leader_ < 0) return false;
  if (!network.any_cut()) return true;
  for (const ZookeeperServer& candidate : servers_) {
    if (!candidate.up || candidate.hung) continue;
    if (ends_reachable(ends_of(node), {"zookeeper:" + std::to_string(candidate.ordinal),
                                       candidate.kube_node, "zone:" + candidate.zone})) {
      return true;
    }
  }
  return false;
}

sim::Duration ControlPlane::zookeeper_session(const Node& node) const {
  return config_ms(node.config, "zookeeper.session.timeout.ms",
                   version_at_least(node.version, "2.5.0") ? 18_s : 6_s);
}

void ControlPlane::register_in_zookeeper(Node& node) {
  Registration& registration = node.registration;
  TWIN_ASSERT(!registration.exists || registration.fenced);
  registration.exists = true;
  registration.fenced = true;
  registration.in_controlled_shutdown = false;
  registration.epoch = next_epoch_++;
  registration.incarnation = node.incarnation;
  registration.version = node.version;
  registration.rack = node.rack;
  kernel.emit(trace::BrokerRegistered{node.id.value, registration.epoch});
  node.state = BrokerState::running;
  begin_contact(node);
  changed(node);
  kernel.after(kRegister, type_of(Local::broker_seen), static_cast<uint32_t>(node.id.value));
}

// The controller learns of a broker: it may lead and be in ISRs from now on.
void ControlPlane::broker_seen(Node& node) {
  Registration& registration = node.registration;
  if (!registration.exists || !registration.fenced || !node.serving) return;
  if (!kafka_controller_.valid()) elect_kafka_controller();
  if (!controller_ready_) return;  // sees it when it has loaded
  registration.fenced = false;
  const RecordId record = kernel.emit(trace::BrokerUnfenced{node.id.value});
  Kernel::ScopedCause cause(kernel, record);
  bring_back(node);
  store.leader_reachability_changed(node.id);
}

// The process is gone. After a clean stop its session is closed and everybody knows at once.
void ControlPlane::broker_lost(Node& node) {
  Registration& registration = node.registration;
  if (!registration.exists || registration.fenced) return;
  const bool clean = node.clean_epoch == registration.epoch;
  if (clean) zookeeper_session_over(node);
}

void ControlPlane::zookeeper_session_over(Node& node) {
  Registration& registration = node.registration;
  if (registration.fenced || registration.in_contact) return;
  if (zookeeper_leader_ < 0) return;  // an ensemble without a quorum ends no session
  registration.fenced = true;
  const RecordId record = kernel.emit(trace::BrokerFenced{
      node.id.value, static_cast<int64_t>(node.clean_epoch == registration.epoch
                                              ? trace::FenceReason::controlled_shutdown
                                              : trace::FenceReason::session_expired)});
  Kernel::ScopedCause cause(kernel, record);
  if (kafka_controller_ == node.id) {
    kafka_controller_ = {};
    controller_ready_ = false;
    for (Node& each : nodes_) note_cut_off(each);
    kernel.after(kControllerTakes, type_of(Local::controller_elected), 0, ++controller_generation_);
    return;
  }
  if (controller_ready_) {
    take_out(node, {trace::LeaveReason::fenced, trace::ElectionReason::fenced, false, true});
  }
}

// The first broker that is there takes the controller node: here the one of the lowest id.
void ControlPlane::elect_kafka_controller() {
  if (kafka_controller_.valid() || zookeeper_leader_ < 0) return;
  for (const Node& node : nodes_) {
    if (node.kraft || !node.broker_role || !node.serving || !node.registration.exists) continue;
    if (node.terminating) continue;
    kafka_controller_ = node.id;
    controller_ready_ = false;
    kernel.emit(trace::KafkaControllerElected{node.id.value});
    const auto partitions = static_cast<int64_t>(store.table().partitions.size());
    kernel.after(kLoadBase + kLoadPerPartition * partitions, type_of(Local::controller_loaded), 0,
                 ++controller_generation_);
    return;
  }
}

// It now knows who is there and who is not.
void ControlPlane::controller_loaded() {
  controller_ready_ = true;
  for (Node& node : nodes_) note_cut_off(node);  // brokers hear of every change again
  begin_preferred_passes();
  for (Node& node : nodes_) {
    if (node.kraft || !node.registration.exists) continue;
    if (node.registration.fenced && node.registration.in_contact && node.serving) {
      broker_seen(node);
    } else if (node.registration.fenced) {
      take_out(node, {trace::LeaveReason::fenced, trace::ElectionReason::fenced, false, true});
    }
  }
  resend_isr_changes();
}

}  // namespace twin::model::control
