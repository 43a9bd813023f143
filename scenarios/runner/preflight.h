// What is known before the first restart to block a roll or to go dark in one: topics with one
// replica, with no more replicas than min.insync.replicas, without a leader, or with no slack left.
#pragma once

#include <string>
#include <vector>

#include "model/kafka/partitions.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

// From the file alone: what topics ask for. A line per finding.
std::vector<std::string> preflight(const Scenario& scenario);
// From the partitions as they are when the workload has started.
std::vector<std::string> preflight(const model::PartitionTable& table);

}  // namespace twin::scenario
