// Replicas moved between the log directories of each broker, so that its disks are filled alike.
// Each broker is a little cluster of its own: its directories take the place of brokers, its
// replicas that of partitions with one replica.
#pragma once

#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/request.h"

namespace twin::controller::rebalance {

// Changes directories in `lists`, of movable partitions on live brokers.
void even_disks(const ClusterView& view, const std::vector<uint8_t>& movable, const Limits& limits,
                std::vector<ReplicaList>& lists);

}  // namespace twin::controller::rebalance
