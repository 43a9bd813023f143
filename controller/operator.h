// Makes the operator process: what an operator Deployment's container runs. The twin starts it when
// its scenario says so, kills it by destroying it, and starts another one; the live command starts
// one and feeds it from real servers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/ports.h"
#include "controller/roll/batch.h"
#include "sim/expected.h"

namespace twin::controller {

struct OperatorOptions {
  std::string profile = "twin";  // twin, strimzi@0.11, strimzi@0.47, strimzi@1.2, ...
  std::string namespace_name = "kafka";
  std::string identity = "operator-0";  // holder in the Lease
  bool leader_election = false;
  // STRIMZI_FULL_RECONCILIATION_INTERVAL_MS and STRIMZI_OPERATION_TIMEOUT_MS of the profile when 0.
  sim::Duration full_reconciliation_interval{0};
  sim::Duration operation_timeout{0};
  BatchRules batch;  // of `twin` alone: Strimzi's rollers go one by one
};

// Error: an unknown profile, with the list of known ones.
sim::Expected<std::unique_ptr<Process>> make_operator(const OperatorOptions& options, Ports& ports);
// From now on make_operator asks this first; nullptr: the profile is not its own. For simulations
// (scenarios/exec).
struct Profile;
using MakeProcess = std::unique_ptr<Process> (*)(const OperatorOptions& options,
                                                 const Profile& profile, Ports& ports);
void plug_in_process(MakeProcess make);

std::vector<std::string> known_profiles();
// "strimzi@0.47: KafkaRoller of Strimzi 0.47.0 ..." for --help and reports.
std::string profile_claim(const std::string& profile);

}  // namespace twin::controller
