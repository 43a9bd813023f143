// A request made concrete on a view: which partitions may move, which brokers may hold and receive
// replicas, what a rack is, and how much each replica weighs.
//
// Racks. A partition is spread when its replicas stand in min(replication factor, racks) racks,
// Kafka's own rule. Racks are those of the brokers that may hold replicas. When there are none, or
// with --disable-rack-aware, each broker is a rack of its own: the rule then says nothing more than
// that no broker holds two replicas.
//
// Weights. A replica weighs its bytes, but at least a hundredth of the mean one, so that empty
// partitions are spread as well; where no size is known each weighs 1.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/request.h"

namespace twin::controller::rebalance {

struct Scope {
  std::vector<uint8_t> movable;   // by partition
  std::vector<uint8_t> allowed;   // by broker: may hold replicas of movable partitions
  std::vector<uint8_t> receives;  // by broker: may be given replicas; allowed as well
  std::vector<uint8_t> leaves;    // by broker: every movable replica must leave it
  std::vector<uint16_t> rack;     // by broker
  uint16_t rack_names = 0;        // values of `rack` are below this
  uint16_t racks = 0;             // that have an allowed broker
  std::vector<int64_t> weight;    // by partition

  // In how many racks `list` stands.
  int spread(const ReplicaList& list) const;
  // In how many it should.
  int spread_wanted(const ReplicaList& list) const { return std::min<int>(list.size, racks); }
};

// Error: a broker or a topic that is not there; fewer brokers than replicas; racks for some brokers
// and not for others; subjects missing or too many.
sim::Expected<Scope> make_scope(const ClusterView& view, const PlanRequest& request);

}  // namespace twin::controller::rebalance
