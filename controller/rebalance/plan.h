// A plan: where every replica should be, by one of several strategies. A pure function of what is
// known of the cluster and what is asked; the same input gives the same plan, ties go by id.
// docs/PLANNING.md says what each strategy does and guards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/request.h"

namespace twin::controller::rebalance {

// How good a plan is, in the cost that it was searched by (placement.h); in bytes, but that small
// partitions count for more (scope.h).
struct PlanCost {
  int64_t start = 0;  // of leaving everything as it is
  int64_t plan = 0;
  int64_t least = 0;          // no assignment can cost less
  int64_t outside_start = 0;  // what brokers have above their bands, and lack below them
  int64_t outside_plan = 0;
  bool proved = false;  // every assignment was looked at or ruled out: `plan` is the least
};

struct Plan {
  Strategy strategy = Strategy::minimal;
  std::vector<ReplicaList> target;  // by partition; those that stay are as they are
  bool names_dirs = true;           // false: the brokers choose directories, as the tool leaves it
  std::vector<std::string> notes;   // what the user should know, a sentence each
  std::optional<PlanCost> cost;     // of strategies that search
  // What cannot be done, and why: nothing is planned then.
  std::optional<sim::Error> impossible;
};

// Error: what is asked makes no sense on this cluster; `where` names the option.
// REQUIRES: view.check().
sim::Expected<Plan> make_plan(const ClusterView& view, const PlanRequest& request);

}  // namespace twin::controller::rebalance
