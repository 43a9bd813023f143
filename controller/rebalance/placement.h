// The assignment being worked on: replica lists with the loads that follow from them, and what each
// change would cost.
//
// The cost of an assignment is what it moves plus what it leaves unbalanced:
//   bytes of new copies + 4 x (load outside the bands) + 1000 x (load over the disks' limit)
// in weights (scope.h). So a replica is moved for balance only if it brings the loads nearer to
// their bands by more than a quarter of its size. Since a copy back costs as much as the copy
// there, an assignment that no move improves is also one from which planning again moves nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/rebalance/scope.h"
#include "controller/rebalance/targets.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

inline constexpr int64_t kBalanceWorth = 4;
inline constexpr int64_t kOverfullWorth = 1000;

// A replica on its broker's list: heavy ones first; among equals partition 0 of every topic, then
// partition 1, so that what moves together is not all of one topic.
struct Held {
  int64_t weight = 0;
  uint32_t order = 0;
  PartitionIndex partition = 0;
  bool operator<(const Held& other) const {
    return weight != other.weight ? weight > other.weight : order < other.order;
  }
};

class Placement {
 public:
  // Starts from the view's own assignment. `banded`: loads outside the bands, or above
  // the disks' limits, cost something; otherwise only copies do.
  // REQUIRES: view and scope outlive it.
  Placement(const ClusterView& view, const Scope& scope, const Limits& limits, bool banded);

  const ClusterView& view() const { return view_; }
  const Scope& scope() const { return scope_; }
  const Band& band(BrokerIndex b) const { return bands_[b]; }
  size_t brokers() const { return view_.brokers.size(); }

  const ReplicaList& replicas(PartitionIndex p) const { return lists_[p]; }
  const ReplicaList& start(PartitionIndex p) const { return view_.partitions[p].replicas; }
  int64_t load(BrokerIndex b) const { return loads_[b]; }
  int64_t count(BrokerIndex b) const { return counts_[b]; }
  // Movable replicas that the broker holds, by Held's order.
  const std::vector<Held>& held(BrokerIndex b) const { return held_[b]; }

  // Cost of a broker's load by itself.
  int64_t deviation_cost(BrokerIndex b, int64_t load) const;
  // How far outside its band: above 0 when over, below 0 when under.
  int64_t deviation(BrokerIndex b) const;
  // Change of the whole cost if the replica of p on `from` went to `to`.
  int64_t cost_change(PartitionIndex p, BrokerIndex from, BrokerIndex to) const;
  // Bytes (weights) of new copies alone.
  int64_t copy_change(PartitionIndex p, BrokerIndex from, BrokerIndex to) const;
  sim::Int128 cost() const;

  // Whether `to` may take over slot: receives, holds none, has room on a disk and on its network
  // card. A broker that held p at the start may have it back even above its limits, as long as it
  // was given nothing in the meantime.
  bool fits(PartitionIndex p, BrokerIndex to) const;
  // Whether the racks stay as well spread (or as they should be) with `to` instead of that slot.
  bool spread_allows(PartitionIndex p, int slot, BrokerIndex to) const;
  bool may_move(PartitionIndex p, int slot, BrokerIndex to) const {
    return fits(p, to) && spread_allows(p, slot, to);
  }
  // The new copy stands in the log directory with the most room; a replica that comes back to where
  // it was at the start, in the one where it was. REQUIRES: fits.
  void move(PartitionIndex p, int slot, BrokerIndex to);
  // Whether p (on its slot) and q (on its slot) may change places: each as `may_move` says, with
  // the room that the other leaves.
  bool may_exchange(PartitionIndex p, int p_slot, PartitionIndex q, int q_slot) const;
  // Change of the whole cost if they did.
  int64_t exchange_cost(PartitionIndex p, int p_slot, PartitionIndex q, int q_slot) const;
  // REQUIRES: may_exchange.
  void exchange(PartitionIndex p, int p_slot, PartitionIndex q, int q_slot);

  // Whether the only disk of b, and its network card, may hold that much once copies came to it.
  bool may_hold(BrokerIndex b, int64_t bytes, int64_t inflow_bytes_per_s) const {
    return bytes <= disks_[b].front().limit && inflow_bytes_per_s <= inflow_limit_[b];
  }
  // p on these brokers, without asking whether it fits. REQUIRES: as many as it has replicas.
  void assign(PartitionIndex p, const std::vector<BrokerIndex>& brokers);

  // The finished lists: replicas that were there at the start stand where they stood, new ones in
  // the places of those that left.
  std::vector<ReplicaList> take();

 private:
  struct Disk {
    int64_t bytes = 0;
    int64_t limit = INT64_MAX;
  };
  uint8_t roomiest(BrokerIndex b) const;
  bool has_room(PartitionIndex p, BrokerIndex to, int64_t freed_bytes, int64_t freed_inflow) const;
  void hold(PartitionIndex p, BrokerIndex b, uint8_t dir, int sign);

  const ClusterView& view_;
  const Scope& scope_;
  bool banded_;
  std::vector<Band> bands_;
  std::vector<ReplicaList> lists_;
  std::vector<int64_t> loads_, counts_;
  std::vector<int64_t> received_;  // new copies on each broker
  std::vector<std::vector<Disk>> disks_;
  std::vector<int64_t> inflow_, inflow_limit_;
  std::vector<uint32_t> order_;  // by partition, for Held
  std::vector<std::vector<Held>> held_;
};

}  // namespace twin::controller::rebalance
