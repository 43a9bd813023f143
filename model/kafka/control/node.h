// One Kafka node: its process, its registration with the controller, and its session.
//
// A heartbeat grid instead of heartbeats: an incarnation in contact with the controller makes
// contact at anchor, anchor + 2 s, anchor + 4 s ... The last contact before any instant is computed
// from the anchor; nothing is scheduled while all is well. An immediate heartbeat (ready to
// unfence, wants to shut down) is a new anchor, as BrokerLifecycleManager reschedules from its last
// success.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/api/catalogue/config_keys.h"
#include "controller/api/kafka.h"
#include "model/kafka/cluster.h"
#include "model/kafka/control/trust.h"
#include "model/kafka/seams.h"
#include "sim/event.h"
#include "sim/time.h"

namespace twin::model::control {

using api::ServerConfig;

enum class ProcessState : uint8_t {
  absent,
  booting,  // the JVM starts
  up,
  stopping,  // logs are being closed
};

// What the metadata log says of a broker, and the controller's soft state about its session.
struct Registration {
  bool exists = false;
  bool fenced = true;
  bool in_controlled_shutdown = false;
  int64_t epoch = -1;
  int64_t incarnation = -1;  // of the process that registered
  std::string version;       // of its binary
  std::string rack;

  bool in_contact = false;
  sim::Time anchor{};        // of the heartbeat grid, while in contact
  sim::Time last_contact{};  // frozen, while not
  uint32_t session_generation = 0;
};

// Of a broker that never registered, as Kafka writes it.
inline constexpr int64_t kNoEpoch = -1;

struct Node {
  api::NodeId id;
  bool declared = false;
  bool broker_role = false;
  bool controller_role = false;
  bool kraft = true;

  // The process and where it runs.
  ProcessState process = ProcessState::absent;
  bool hung = false;
  bool terminating = false;
  bool deaf_to_sigterm = false;  // told to stop while it hung: it hears of it when it goes on
  api::Uid pod;
  uint32_t generation = 0;  // of the process: bumped at start and at every end
  // SIGSTOP stops the clock of the process: what it was at takes that much longer.
  sim::Time hung_since{};
  sim::Duration frozen{};          // all its hangs so far
  sim::Duration frozen_at_work{};  // as it was when the work in progress began
  std::vector<sim::Event> held;    // came due while it hung
  int64_t incarnation = 0;
  std::string version;
  std::string kube_node;
  std::string zone;
  std::string rack;
  ServerConfig config;  // the file it started with
  std::vector<std::string> volumes;
  Identity identity;
  sim::Time up_at{};
  bool listening = false;             // controller port
  std::string registered_controller;  // the version it last registered with the quorum; "" never

  // The broker.
  BrokerState state = BrokerState::not_running;
  bool serving = false;
  Registration registration;
  LogLoad load;
  sim::Time load_started{};
  sim::Duration metadata_lag{};
  sim::Time cut_off_since = sim::kNever;  // no metadata comes in
  sim::Time shutdown_applied{};  // when the brokers have applied the event that moved the leaders
  bool shutdown_polled = false;
  int shutdown_tries = 0;  // ZooKeeper era

  // The clean-shutdown file: the epoch of the incarnation that stopped cleanly, and on which disks.
  int64_t clean_epoch = kNoEpoch;
  std::vector<std::string> clean_volumes;

  // From `config`, read once.
  sim::Duration heartbeat_interval{};
  sim::Duration session_timeout{};  // a controller's setting, for all brokers
  std::string protocol;             // ZooKeeper era: inter.broker.protocol.version
  std::string message_format;

  bool running() const { return process != ProcessState::absent; }
  bool answers() const { return running() && !hung; }
  bool active() const {
    return registration.exists && !registration.fenced && !registration.in_controlled_shutdown;
  }
};

// The value of a key in milliseconds, or the default.
sim::Duration config_ms(const ServerConfig& config, std::string_view key, sim::Duration otherwise);
std::string config_text(const ServerConfig& config, std::string_view key,
                        std::string_view otherwise);

// The latest point of the grid anchor, anchor + interval, ... that is not after `at`.
// REQUIRES: anchor <= at.
sim::Time grid_floor(sim::Time anchor, sim::Duration interval, sim::Time at);
// The earliest one that is not before `at`.
sim::Time grid_ceil(sim::Time anchor, sim::Duration interval, sim::Time at);

}  // namespace twin::model::control
