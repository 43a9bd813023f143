// The control plane's own event numbers (Part::kafka). `entity` is a node id unless said; events of
// a process carry its generation and die with it, events of a session carry the session's.
#pragma once

#include <cstdint>

#include "model/events.h"

namespace twin::model::control {

enum class Local : uint8_t {
  process_up = 1,        // the JVM did its start
  controller_listening,  // the quorum port of a controller is open
  registration_attempt,
  registration_committed,
  metadata_caught_up,
  logs_loaded,
  unfence_committed,
  rejoin,  // argument: the leader that sees the broker's fetch
  session_expired,
  shutdown_requested,  // the heartbeat that wants to shut down arrives
  shutdown_committed,  // ISRs and leaders are moved
  shutdown_poll,
  shutdown_deadline,
  shutdown_retry,  // ZooKeeper era: controlled.shutdown.retry.backoff.ms is over
  process_exits,
  quorum_election,       // entity: unused; generation: the quorum's
  isr_commit,            // entity: the leader whose AlterPartition is committed
  directories_reported,  // which of a broker's log directories are offline
  preferred_pass,        // generation: the pass's
  fresh_patience,        // topics of the start of the run wait no longer for all replicas
  zookeeper_up,          // entity: ordinal
  zookeeper_election,
  zookeeper_session_over,
  controller_elected,  // ZooKeeper era
  controller_loaded,
  broker_seen,     // the controller handles a new or a lost broker
  inert_exits,     // argument: index of the pod
  zookeeper_move,  // ZooKeeper era: the controller is through with a broker that stops
};

constexpr uint16_t type_of(Local local) { return event_type(Part::kafka, local); }

}  // namespace twin::model::control
