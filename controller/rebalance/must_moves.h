// Moves that no plan can do without: replicas on brokers that must be left, and, where racks are to
// be repaired, one replica for each rack that lacks one.
#pragma once

#include "controller/rebalance/placement.h"

namespace twin::controller::rebalance {

// Weights, bounds from below for every plan.
struct MustMoves {
  int64_t off_brokers = 0;  // off brokers that must be left
  int64_t off_racks = 0;    // out of racks that hold two while another holds none
};

MustMoves count_must_moves(const ClusterView& view, const Scope& scope, bool repair_racks);

// Makes them, the heaviest first, each to the broker that is farthest below its share.
// Error: one that finds no broker with room.
sim::Expected<void> make_must_moves(Placement& placement, bool repair_racks);

// Whether `a` is farther below its share than `b`; equal ones by replicas held, then by id.
bool is_emptier(const Placement& placement, BrokerIndex a, BrokerIndex b);

}  // namespace twin::controller::rebalance
