// KRaft: how a broker becomes known, active, fenced.
//
// A registration is refused as a duplicate while the session of the broker's previous incarnation
// is valid, and tried again every 2 s (measured with Kafka 4.3.1: refused, refused, refused,
// accepted, unfenced 60 ms later); the session ends 9 s after its last heartbeat, so a broker that
// was away for longer does not wait. Since 4.0 the session does not end with fencing, so a clean
// restart waits as well (BrokerHeartbeatTracker, KAFKA-17793); up to 3.9 a fenced broker had none.
// A broker that was fenced while its process ran stays RUNNING for its own agent, and is unfenced
// at its next heartbeat. Sources: ClusterControlManager.registerBroker, BrokerLifecycleManager,
// BrokerHeartbeatManager; broker.session.timeout.ms, broker.heartbeat.interval.ms.
#include <algorithm>

#include "model/kafka/control/plane.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

constexpr sim::Duration kRegistrationRetry = 2_s;  // measured
constexpr sim::Duration kCommit = 25_ms;           // controller.quorum.append.linger.ms
constexpr sim::Duration kUnfence = 60_ms;          // caught up, heartbeat, commit: measured
constexpr sim::Duration kUnfenceAgain = 30_ms;     // heartbeat, commit: measured after SIGCONT

}  // namespace

bool ControlPlane::old_session_valid(const Node& node) const {
  const Registration& old = node.registration;
  if (!old.exists || kernel.now() - last_contact(node) >= session_of(node)) return false;
  const Node* controller = find(quorum.leader());
  const bool outlives_fencing =
      controller != nullptr && version_at_least(controller->version, "4.0.0");
  return !old.fenced || outlives_fencing;
}

void ControlPlane::attempt_registration(Node& node) {
  if (node.terminating) return;
  if (!reaches_controller(node)) {
    return schedule(Local::registration_attempt, node, 1_s);  // NOT_CONTROLLER, retried
  }
  if (old_session_valid(node)) {
    TWIN_MARK("kafka_duplicate_registration_refused");
    kernel.emit(trace::RegistrationRefused{node.id.value, kRegistrationRetry.ns});
    return schedule(Local::registration_attempt, node, kRegistrationRetry);
  }
  schedule(Local::registration_committed, node, kCommit);
}

void ControlPlane::registration_committed(Node& node) {
  if (!quorum.leader().valid()) return schedule(Local::registration_attempt, node, 1_s);
  Registration& registration = node.registration;
  const bool returning = registration.exists;
  const int64_t previous_epoch = registration.epoch;
  if (returning && !registration.fenced) fence(node, trace::FenceReason::registered_anew);
  registration.exists = true;
  registration.fenced = true;
  registration.in_controlled_shutdown = false;
  registration.epoch = next_epoch_++;
  registration.incarnation = node.incarnation;
  registration.version = node.version;
  registration.rack = node.rack;
  const RecordId record = kernel.emit(trace::BrokerRegistered{node.id.value, registration.epoch});
  Kernel::ScopedCause cause(kernel, record);
  // KIP-966: who comes back without the clean-shutdown file of its last registration may have lost
  // what it had not flushed, and must not lead.
  const bool unclean = returning && node.clean_epoch != previous_epoch;
  if (unclean && elr_) {
    TWIN_MARK("kafka_unclean_registration");
    take_out(node,
             {trace::LeaveReason::unclean_restart, trace::ElectionReason::fenced, true, true});
  }
  begin_contact(node);
  if (node.hung) end_contact(node);  // its request came through, its heartbeats do not
  if (node.serving && !node.hung) data_->replicas_online(node.id);
  maybe_unfence(node);
}

void ControlPlane::maybe_unfence(Node& node) {
  const Registration& registration = node.registration;
  if (!node.serving || node.terminating || !registration.exists || !registration.fenced) return;
  if (!registration.in_contact || registration.incarnation != node.incarnation) return;
  const bool knows_its_registration = node.state == BrokerState::running;
  schedule(Local::unfence_committed, node,
           knows_its_registration ? kUnfenceAgain : kUnfence + node.metadata_lag);
}

void ControlPlane::unfence(Node& node) {
  Registration& registration = node.registration;
  if (!registration.exists || !registration.fenced || !registration.in_contact) return;
  if (!quorum.leader().valid() || node.terminating) return;
  registration.fenced = false;
  registration.in_controlled_shutdown = false;
  begin_contact(node);  // an immediate heartbeat is a new anchor
  node.state = BrokerState::running;
  const RecordId record = kernel.emit(trace::BrokerUnfenced{node.id.value});
  Kernel::ScopedCause cause(kernel, record);
  bring_back(node);
  store.leader_reachability_changed(node.id);
  changed(node);
}

sim::Time ControlPlane::last_contact(const Node& node) const {
  const Registration& registration = node.registration;
  if (!registration.in_contact) return registration.last_contact;
  return grid_floor(registration.anchor, node.heartbeat_interval, kernel.now());
}

// The active controller counts by its own setting; while there is none, by the broker's.
sim::Duration ControlPlane::session_of(const Node& node) const {
  const Node* controller = find(quorum.leader());
  return controller != nullptr ? controller->session_timeout : node.session_timeout;
}

void ControlPlane::begin_contact(Node& node) {
  Registration& registration = node.registration;
  registration.in_contact = true;
  registration.anchor = kernel.now();
  ++registration.session_generation;
}

// Contact ends now: the session runs out from the last heartbeat that arrived.
void ControlPlane::end_contact(Node& node) {
  Registration& registration = node.registration;
  if (!registration.exists || !registration.in_contact) return;
  registration.last_contact = last_contact(node);
  registration.in_contact = false;
  ++registration.session_generation;
  if (registration.fenced) return;
  const sim::Duration timeout = node.kraft ? session_of(node) : zookeeper_session(node);
  const sim::Time ends = std::max(kernel.now(), registration.last_contact + timeout);
  schedule_session(node.kraft ? Local::session_expired : Local::zookeeper_session_over, node,
                   ends - kernel.now());
}

void ControlPlane::update_contact(Node& node) {
  Registration& registration = node.registration;
  if (!registration.exists || registration.incarnation != node.incarnation) return;
  const bool contact = node.answers() && node.process == ProcessState::up &&
                       (node.kraft ? reaches_controller(node) : ensemble_reachable(node));
  if (contact == registration.in_contact) return;
  if (!contact) return end_contact(node);
  begin_contact(node);
  if (node.kraft && registration.fenced) maybe_unfence(node);
  if (!node.kraft && registration.fenced) register_in_zookeeper(node);
}

void ControlPlane::session_expired(Node& node) {
  if (node.registration.in_contact || node.registration.fenced) return;
  if (!quorum.leader().valid()) return;  // the next controller starts everybody's session afresh
  TWIN_MARK("kafka_session_expired");
  fence(node, trace::FenceReason::session_expired);
}

void ControlPlane::fence(Node& node, trace::FenceReason reason) {
  node.registration.fenced = true;
  const RecordId record =
      kernel.emit(trace::BrokerFenced{node.id.value, static_cast<int64_t>(reason)});
  Kernel::ScopedCause cause(kernel, record);
  if (reason == trace::FenceReason::controlled_shutdown) {
    return take_out(node, {trace::LeaveReason::controlled_shutdown,
                           trace::ElectionReason::controlled_shutdown, false, true});
  }
  take_out(node, {trace::LeaveReason::fenced, trace::ElectionReason::fenced, false, true});
}

void ControlPlane::quorum_leader_lost() {
  // Nobody counts sessions while there is no controller.
  for (Node& node : nodes_) {
    if (node.registration.exists) ++node.registration.session_generation;
    note_cut_off(node);
  }
}

void ControlPlane::quorum_leader_elected() {
  begin_preferred_passes();
  for (Node& node : nodes_) {
    note_cut_off(node);
    if (!node.registration.exists) continue;
    const bool contact = node.answers() && node.process == ProcessState::up &&
                         node.registration.incarnation == node.incarnation &&
                         reaches_controller(node);
    if (contact) {
      begin_contact(node);
      if (node.registration.fenced) maybe_unfence(node);
      continue;
    }
    // A new controller gives every unfenced broker a full session, and the others none.
    node.registration.in_contact = false;
    ++node.registration.session_generation;
    if (node.registration.fenced) {
      node.registration.last_contact = kernel.now() - session_of(node);
      continue;
    }
    node.registration.last_contact = kernel.now();
    schedule_session(Local::session_expired, node, session_of(node));
  }
  resend_isr_changes();
}

}  // namespace twin::model::control
