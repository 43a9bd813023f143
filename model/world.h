// The world of one run: Kubernetes, Kafka, clients, operators and faults on one engine. It knows
// nothing of scenarios: whoever runs it (the session) adds nodes, objects, topics and operators,
// injects faults and asks what is true. Everything happens inside run_until.
#pragma once

#include <memory>

#include "model/clients/clients.h"
#include "model/faults/fault_board.h"
#include "model/hardware.h"
#include "model/kafka/cluster.h"
#include "model/kafka/data/ledger.h"
#include "model/kafka/data/replication.h"
#include "model/kernel.h"
#include "model/kube/cluster.h"
#include "model/network.h"
#include "model/operators/operator_host.h"

namespace twin::model {

// Receives the events that the session scheduled for itself (Part::director).
class Director {
 public:
  virtual ~Director() = default;
  virtual void on_event(const sim::Event& event) = 0;
};

struct WorldOptions {
  sim::EngineOptions engine;
  Hardware hardware;
  KubeOptions kube;
  sim::TraceSink* trace_sink = nullptr;  // null: fingerprint only
  sim::TraceMetadata trace_metadata;
};

class World {
 public:
  explicit World(const WorldOptions& options);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Handles everything up to and including `end`.
  void run_until(sim::Time end);
  void stop() { kernel.engine.stop(); }
  void set_director(Director& director) { director_ = &director; }
  // To be called after cuts were made or healed: everybody looks whom they still reach.
  void network_changed();

  // Order of construction: parts hold references to those above them.
  Hardware hardware;
  Kernel kernel;
  Network network;
  KubeCluster kube;
  KafkaCluster kafka;
  Replication replication;
  Ledger ledger;
  Clients clients;
  OperatorHost operators;
  FaultBoard faults;

 private:
  void dispatch(const sim::Event& event);
  Director* director_ = nullptr;
};

}  // namespace twin::model
