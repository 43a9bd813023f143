// The search behind the strategies: what must move, then, if asked for, what is worth moving for
// balance, improved until planning again on the result would change nothing.
#pragma once

#include <optional>
#include <vector>

#include "controller/rebalance/placement.h"
#include "controller/rebalance/plan.h"

namespace twin::controller::rebalance {

struct SearchGoals {
  bool repair_racks = false;
  bool balance = false;
};

struct SearchResult {
  std::vector<ReplicaList> lists;
  PlanCost cost;
  std::optional<sim::Error> impossible;  // lists are then those of the start
};

SearchResult search(const ClusterView& view, const Scope& scope, const Limits& limits,
                    SearchGoals goals);

}  // namespace twin::controller::rebalance
