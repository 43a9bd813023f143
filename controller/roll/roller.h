// A roller restarts the nodes of a Kafka cluster that must be restarted, one decision at a time.
// What must be restarted is the caller's business (RestartPredicate), when it may be is the
// roller's. Several rollers exist, each with a claim: `strimzi@...` do what that release of Strimzi
// does, its open bugs included; `twin` is ours and must hold every safety property.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/broken.h"
#include "controller/calls.h"
#include "controller/config/kafka_config.h"
#include "controller/roll/batch.h"

namespace twin::controller {

struct RollNode {
  api::NodeId id;
  std::string pod_name;
  bool broker_role = false;  // desired roles; a roller may read current ones from pod labels
  bool controller_role = false;
  bool zookeeper = false;  // an ensemble member: id is its ordinal
};

// Why a pod must be restarted, from the pod as read just now. Stable codes: Strimzi's RestartReason
// in PascalCase ("PodHasOldRevision", "ManualRollingUpdate", ...); empty = need not.
class RestartPredicate {
 public:
  virtual ~RestartPredicate() = default;
  virtual std::vector<std::string> reasons(const api::Pod& pod, const RollNode& node) const = 0;
};

struct RollRequest {
  std::string namespace_name;
  std::string cluster;          // name of the Kafka resource
  std::vector<RollNode> nodes;  // in the order in which they are considered
  // Whom Kafka may be asked through, when that is more than those to be rolled; empty = `nodes`.
  std::vector<RollNode> cluster_nodes;
  std::shared_ptr<const RestartPredicate> predicate;
  // Compare the running configuration with the desired one and change or restart accordingly.
  bool allow_reconfiguration = true;
  // Desired server.config of each node, parallel to `nodes`; may be empty when not reconfiguring.
  std::vector<api::ServerConfig> desired_config;
  std::string kafka_version;  // of the desired binaries: selects the configuration model
  sim::Duration operation_timeout{300'000'000'000};
  bool cold = false;  // the first roll of its process: a JVM still loads its classes
  BatchRules batch;   // of `twin`: which brokers may go together
  Broken broken;      // nothing, but in simulations of operators with bugs
};

// Stepped until done or failed. Fails with Strimzi's error classes: FatalProblem,
// UnforceableProblem, ForceableProblem, TimeoutException.
class Roller : public Task {
 public:
  // What is still to do, for status and reports: "broker 2: waiting for 2 of 30 partitions ...".
  virtual std::vector<std::string> pending() const = 0;
};

// Makes the rollers whose names begin with "exec:" (scenarios/exec). For simulations.
using MakeRoller = std::unique_ptr<Roller> (*)(const std::string& profile, RollRequest request);
void plug_in_roller(MakeRoller make);

// profile: as in OperatorOptions. REQUIRES: a known profile.
std::unique_ptr<Roller> make_roller(const std::string& profile, RollRequest request);

}  // namespace twin::controller
