// Brokers in groups that may go down together: as many groups as replicas, each partition with at
// most one replica in each. Then `roll: batch` can take a whole group, where random placement lets
// it take one broker (docs/model/batches.md).
//
//   as many racks as groups, or more   whole racks, put together so that groups are about equal
//   fewer racks                        brokers by rack, cut into equal groups; where a cut falls
//                                      inside a rack a group is in two of them
//   no racks                           any brokers
//
// Among groupings of the same sizes that one is taken whose brokers share the fewest bytes with
// others of their group, found by exchanges until none helps: those bytes must move.
#pragma once

#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"

namespace twin::controller::rebalance {

struct FailureGroups {
  std::vector<uint16_t> of;  // by broker, live or not
  uint16_t count = 0;
  std::string how;  // a clause: what the groups are
};

// REQUIRES: view.check(); 0 < count. With fewer brokers than that each is a group.
FailureGroups make_groups(const ClusterView& view, int count);

// The view as if groups were racks: what rack-repair spreads over them.
ClusterView with_groups_as_racks(const ClusterView& view, const FailureGroups& groups);

// Highest replication factor of any partition; 0 without partitions.
int largest_factor(const ClusterView& view);

}  // namespace twin::controller::rebalance
