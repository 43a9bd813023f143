// Clusters for planner tests: written by hand, or drawn from a seed.
#pragma once

#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "sim/draw.h"

namespace twin::rebalance_test {

using namespace controller::rebalance;

// Builds a view whose partitions have one log directory per broker unless said otherwise.
class ClusterBuilder {
 public:
  // Ids in rising order. Capacity 0: not known.
  ClusterBuilder& broker(int32_t id, const std::string& rack = "", int64_t capacity_bytes = 0,
                         int dirs = 1);
  // Replica lists hold broker ids; all in sync, the first leads; directory 0.
  ClusterBuilder& topic(const std::string& name, const std::vector<std::vector<int32_t>>& replicas,
                        const std::vector<int64_t>& bytes = {}, int32_t min_isr = 1);
  // A topic's name must come after those before it.
  ClusterView build() const;

  ClusterView view;
};

struct RandomShape {
  int brokers = 6;
  int racks = 3;  // 0: none
  int partitions = 12;
  int factor_max = 3;
  int64_t bytes_max = 1000;
  bool capacities = false;  // disks with room for all at 60 % of their fill, at most
  int dirs = 1;
};

// Replicas anywhere (racks are not looked at), sizes uniform in [1, bytes_max].
ClusterView random_cluster(const RandomShape& shape, uint64_t seed);

// Bytes of copies over the network from one assignment to another.
int64_t bytes_moved(const ClusterView& view, const std::vector<ReplicaList>& from,
                    const std::vector<ReplicaList>& to);
int spread_of(const ClusterView& view, const ReplicaList& list);
// The view with another assignment: leaders and ISR are the first replica and all.
ClusterView with_lists(const ClusterView& view, const std::vector<ReplicaList>& lists);

}  // namespace twin::rebalance_test
