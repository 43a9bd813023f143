// A process that hangs (SIGSTOP, a stuck disk, a virtual machine that is being moved): its clock
// stands still while the world goes on. Connections stay open and nothing is answered; for its
// peers it is as if it were gone; what it had in memory is still there when it goes on, and what it
// was at (a start, a log load, a shutdown) takes as much longer as it was stopped.
// Simplified: a request for a controlled shutdown that the controller has already is answered when
// the broker goes on.
#include <utility>
#include <vector>

#include "model/kafka/control/plane.h"

namespace twin::model::control {

namespace {

// Takes the process's own time.
bool is_work(Local local) {
  return local == Local::process_up || local == Local::metadata_caught_up ||
         local == Local::logs_loaded || local == Local::process_exits;
}

// Done by others, whatever the process does.
bool is_done_by_others(Local local) {
  return local == Local::registration_committed || local == Local::unfence_committed ||
         local == Local::rejoin;
}

}  // namespace

void ControlPlane::begin_work(Local local, Node& node, sim::Duration length) {
  node.frozen_at_work = node.frozen;
  schedule(local, node, length);
}

bool ControlPlane::waits_for_process(Local local, const sim::Event& event, Node& node) {
  if (is_done_by_others(local)) return false;
  if (node.hung) {
    node.held.push_back(event);
    return true;
  }
  if (!is_work(local) || node.frozen == node.frozen_at_work) return false;
  begin_work(local, node, node.frozen - node.frozen_at_work);  // hung in the midst of it
  return true;
}

// Timers that ran out meanwhile fire; work goes on where it stopped.
void ControlPlane::goes_on(Node& node) {
  const sim::Duration still_owed = node.frozen - node.frozen_at_work;  // of earlier hangs
  node.frozen = node.frozen + (kernel.now() - node.hung_since);
  if (node.state == BrokerState::recovery) {
    node.load_started = node.load_started + (kernel.now() - node.hung_since);
  }
  const std::vector<sim::Event> held = std::exchange(node.held, {});
  for (const sim::Event& event : held) {
    const Local local = local_type<Local>(event.type);
    if (is_work(local)) {
      begin_work(local, node, still_owed + (event.at - node.hung_since));
    } else {
      schedule(local, node, {});
    }
  }
  if (node.deaf_to_sigterm) {
    node.deaf_to_sigterm = node.terminating = false;
    terminate(node.pod);
  }
}

void ControlPlane::hang(api::NodeId id, bool stopped) {
  Node& node = at(id);
  if (!node.running() || node.hung == stopped) return;
  node.hung = stopped;
  if (stopped) node.hung_since = kernel.now();
  note_cut_off(node);
  if (node.controller_role) quorum.set_hung(id, stopped);
  if (node.broker_role && node.serving) {
    if (stopped) {
      data_->replicas_offline(id, StopHow::killed);
    } else if (!node.kraft || node.registration.incarnation == node.incarnation) {
      data_->replicas_online(id);
    }
    store.leader_reachability_changed(id);
  }
  update_contact(node);
  changed(node);
  if (!stopped) goes_on(node);
}

}  // namespace twin::model::control
