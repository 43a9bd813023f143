// Controlled shutdown.
//
// KRaft: a heartbeat says that the broker wants to stop; one event moves its leaders and takes it
// out of every ISR; it is told to stop when it leads nothing and every active broker has applied
// that event, as far as their heartbeats tell: the slowest broker's metadata gates it (brokers that
// shut down themselves do not count). It asks again after 50 ms, then every 2 s, and gives up after
// 5 min. One that leads nothing is told at once. Whoever is told is fenced by that answer; only its
// session goes on. Measured: 2.4 to 2.8 s from deletion to gone when it led something, 0.4 to 0.8 s
// when not. Sources: BrokerHeartbeatManager.calculateNextBrokerState,
// ReplicationControlManager.processBrokerHeartbeat, BrokerLifecycleManager.
//
// ZooKeeper era: the broker asks the controller, which elects for every partition that it leads,
// writes each state to ZooKeeper, and tells all brokers when it is through with the batch (since
// 1.1, KAFKA-5642; before, one after the other). Partitions of one replica do not count. One whose
// ISR has nobody else stays where it is, and the broker asks again: controlled.shutdown.max.retries
// 3, controlled.shutdown.retry.backoff.ms 5000, then it stops all the same. Sources: KafkaServer,
// KafkaController.doControlledShutdown, PartitionStateMachine.handleStateChanges.
#include <algorithm>

#include "model/kafka/control/plane.h"
#include "sim/draw.h"
#include "sim/marks.h"

namespace twin::model::control {

using namespace sim::literals;

namespace {

// SIGTERM to the moved leaders in the log: clients saw them after 160 to 290 ms, a propagation
// (50 ms) later. The signal's handler, the heartbeat, append.linger and the commit.
constexpr sim::Duration kRequestMin = 110_ms;
constexpr sim::Duration kRequestMax = 240_ms;
constexpr sim::Duration kZookeeperRequest = 35_ms;
constexpr sim::Duration kFirstPoll = 50_ms;
constexpr sim::Duration kPoll = 2_s;
constexpr sim::Duration kGivesUp = 300_s;
// One leader: a read and a write that are pipelined. 5,000 leaders of a broker took 3 s in 1.1.0
// (Confluent on KAFKA-5642, 2018; 6.5 minutes in 1.0.0).
constexpr sim::Duration kZookeeperMove{600'000};
constexpr int kZookeeperTries = 3;
constexpr sim::Duration kZookeeperBackoff = 5_s;

}  // namespace

int64_t ControlPlane::leads(const Node& node) const {
  int64_t count = 0;
  for (const ReplicaRef ref : store.on_node(node.id)) {
    count += store.row(ref.partition).leader_slot == ref.slot ? 1 : 0;
  }
  return count;
}

void ControlPlane::request_shutdown(Node& node) {
  kernel.emit(trace::ControlledShutdownStarted{node.id.value});
  node.state = BrokerState::pending_controlled_shutdown;
  changed(node);
  if (!node.kraft) return zookeeper_shutdown(node);
  if (!node.registration.exists || node.registration.fenced) return grant_shutdown(node);
  const uint64_t bits =
      sim::draw(kernel.seed, sim::purpose("shutdown_request"), static_cast<uint64_t>(node.id.value),
                static_cast<uint64_t>(node.incarnation));
  schedule(Local::shutdown_committed, node,
           sim::Duration{sim::range_inclusive(kRequestMin.ns, kRequestMax.ns, bits)});
  schedule(Local::shutdown_deadline, node, kGivesUp);
}

void ControlPlane::shutdown_committed(Node& node) {
  if (!reaches_controller(node)) return schedule(Local::shutdown_committed, node, kPoll);
  begin_contact(node);  // each of these heartbeats is a new anchor of the grid
  const bool led = leads(node) > 0;
  node.registration.in_controlled_shutdown = true;
  take_out(node, {trace::LeaveReason::controlled_shutdown,
                  trace::ElectionReason::controlled_shutdown, false, true});
  node.shutdown_applied = kernel.now() + hardware.metadata_propagation;
  node.shutdown_polled = false;
  if (!led) return grant_shutdown(node);
  schedule(Local::shutdown_poll, node, kFirstPoll);
}

// The controller knows of an applied offset what the last heartbeat said.
bool ControlPlane::shutdown_may_end(const Node& node) const {
  if (leads(node) > 0) return false;
  for (const Node& peer : nodes_) {
    if (peer.id == node.id || !peer.active()) continue;
    if (last_contact(peer) < node.shutdown_applied + peer.metadata_lag) return false;
  }
  return true;
}

void ControlPlane::poll_shutdown(Node& node) {
  if (!reaches_controller(node)) return schedule(Local::shutdown_poll, node, kPoll);
  begin_contact(node);
  if (shutdown_may_end(node)) return grant_shutdown(node);
  TWIN_MARK("kafka_controlled_shutdown_waits");
  schedule(Local::shutdown_poll, node, kPoll);
}

void ControlPlane::grant_shutdown(Node& node) {
  const RecordId record = kernel.emit(trace::ControlledShutdownGranted{node.id.value});
  Kernel::ScopedCause cause(kernel, record);
  if (node.kraft && node.registration.exists && !node.registration.fenced) {
    fence(node, trace::FenceReason::controlled_shutdown);
  }
  stop_serving(node);
}

void ControlPlane::stop_serving(Node& node) {
  if (node.process == ProcessState::stopping) return;
  node.process = ProcessState::stopping;
  node.state = BrokerState::shutting_down;
  end_contact(node);
  const bool was_serving = node.serving;
  node.serving = false;
  if (was_serving) {
    data_->replicas_offline(node.id, StopHow::clean);
    // The epoch that this incarnation got; one that never registered leaves none.
    node.clean_epoch = node.registration.incarnation == node.incarnation
                           ? node.registration.epoch
                           : kNoEpoch;
    node.clean_volumes = node.volumes;
    store.leader_reachability_changed(node.id);
  }
  ++node.generation;  // timers of the running process
  changed(node);
  const sim::Duration close = hardware.log_close_per_log * store.replicas_on(node.id);
  begin_work(Local::process_exits, node, hardware.exit_after_shutdown + close);
}

void ControlPlane::zookeeper_shutdown(Node& node) {
  const bool registered = node.registration.exists && !node.registration.fenced;
  if (!registered || !commits() || node.shutdown_tries >= kZookeeperTries) {
    return zookeeper_shutdown_done(node);
  }
  ++node.shutdown_tries;
  node.registration.in_controlled_shutdown = true;
  schedule(Local::zookeeper_move, node, kZookeeperRequest + kZookeeperMove * leads(node));
}

// The batch is through: all its leaders have moved.
void ControlPlane::zookeeper_move(Node& node) {
  const Departure departure{trace::LeaveReason::controlled_shutdown,
                            trace::ElectionReason::controlled_shutdown, false, true};
  int64_t stay = 0;
  for (const ReplicaRef ref : store.on_node(node.id)) {
    const Partition& row = store.row(ref.partition);
    if (row.replicas.size < 2) continue;
    const bool stays =
        row.leader_slot == ref.slot && (usable(row, node.id) & row.isr) == SlotMask{0};
    stay += stays ? 1 : 0;
    if (commits() && !stays) take_out_replica(node, ref, departure);
  }
  if (stay == 0 && commits()) return zookeeper_shutdown_done(node);
  TWIN_MARK("kafka_zookeeper_shutdown_retries");
  schedule(Local::shutdown_retry, node, kZookeeperBackoff);
}

void ControlPlane::zookeeper_shutdown_done(Node& node) { grant_shutdown(node); }

}  // namespace twin::model::control
