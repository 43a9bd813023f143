// The plain truth for small clusters: every assignment is looked at. Shares nothing with the
// planner but its bands and weights, which have tests of their own.
#pragma once

#include <cstdint>

#include "controller/rebalance/request.h"
#include "controller/rebalance/targets.h"

namespace twin::rebalance_test {

using namespace controller::rebalance;

// bytes of new copies + 4 x outside the bands + 1000 x above the disks' limit, in weights.
int64_t cost_by_hand(const ClusterView& view, const Scope& scope, const Limits& limits,
                     const std::vector<ReplicaList>& lists);

// The least such cost of all assignments with the replication factors of the view, on allowed
// brokers, as well spread over racks as can be, and with disks and network cards of brokers that
// receive something within their limits. INT64_MAX: there is none.
int64_t least_cost_of_all(const ClusterView& view, const Scope& scope, const Limits& limits);

// The fewest preferred leaders that must change for the least total distance from the band of
// [low, high] a broker; the distance itself in `outside`.
struct LeaderOptimum {
  int64_t outside = INT64_MAX;
  int64_t changes = INT64_MAX;
};
LeaderOptimum best_leaders(const ClusterView& view, int64_t low, int64_t high);

}  // namespace twin::rebalance_test
