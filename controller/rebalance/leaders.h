// Preferred leaders: which of a partition's replicas stands first. It costs no bytes, but an
// election for each partition that changes, so the fewest changes are made that bring every broker
// into its band, or as near as replicas allow: a minimum-cost flow of leaderships between brokers,
// by successive shortest paths.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/scope.h"

namespace twin::controller::rebalance {

// Brings preferred leaders per live, allowed broker to within `percent` of the mean (0: to the mean
// rounded down or up). `may_change` says of which partitions the order may be changed; one whose
// first replica at the start is no longer among its replicas changes at no cost. A broker that is
// down or not allowed is given none, and keeps those that it has.
void balance_leaders(const ClusterView& view, const Scope& scope,
                     const std::vector<uint8_t>& may_change, int32_t percent,
                     std::vector<ReplicaList>& lists);

}  // namespace twin::controller::rebalance
