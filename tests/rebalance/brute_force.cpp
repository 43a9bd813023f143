#include "tests/rebalance/brute_force.h"

#include <algorithm>
#include <set>

namespace twin::rebalance_test {

namespace {

int racks_of(const Scope& scope, const ReplicaList& list) {
  std::set<uint16_t> racks;
  for (int slot = 0; slot < list.size; ++slot) racks.insert(scope.rack[list[slot]]);
  return static_cast<int>(racks.size());
}

class Enumeration {
 public:
  Enumeration(const ClusterView& view, const Scope& scope, const Limits& limits)
      : view_(view), scope_(scope), limits_(limits) {
    for (const PartitionView& row : view.partitions) lists_.push_back(row.replicas);
  }

  int64_t run() {
    partition(0);
    return best_;
  }

 private:
  void partition(PartitionIndex p) {
    if (p == lists_.size()) {
      if (rooms_hold()) {
        best_ = std::min(best_, cost_by_hand(view_, scope_, limits_, lists_));
      }
      return;
    }
    if (scope_.movable[p] == 0) return partition(p + 1);
    ReplicaList list;
    subset(p, 0, list);
    lists_[p] = view_.partitions[p].replicas;
  }

  void subset(PartitionIndex p, BrokerIndex from, ReplicaList& list) {
    const ReplicaList& start = view_.partitions[p].replicas;
    if (list.size == start.size) {
      if (racks_of(scope_, list) < std::min<int>(list.size, scope_.racks)) return;
      lists_[p] = list;
      return partition(p + 1);
    }
    for (auto b = from; b < view_.brokers.size(); ++b) {
      if (scope_.allowed[b] == 0) continue;
      list.push(b, 0);
      subset(p, static_cast<BrokerIndex>(b + 1), list);
      --list.size;
    }
  }

  bool rooms_hold() const {
    for (BrokerIndex b = 0; b < view_.brokers.size(); ++b) {
      int64_t bytes = 0, inflow = 0;
      bool receives = false;
      for (PartitionIndex p = 0; p < lists_.size(); ++p) {
        if (!lists_[p].contains(b)) continue;
        bytes += view_.partitions[p].bytes;
        inflow += view_.partitions[p].inflow_bytes_per_s;
        receives |= !view_.partitions[p].replicas.contains(b);
      }
      const BrokerView& broker = view_.brokers[b];
      const int64_t disk = broker.log_dirs[0].capacity_bytes * limits_.disk_percent / 100;
      const int64_t nic = broker.nic_bytes_per_s * limits_.nic_percent / 100;
      if (receives && broker.log_dirs[0].capacity_bytes > 0 && bytes > disk) return false;
      if (receives && broker.nic_bytes_per_s > 0 && inflow > nic) return false;
    }
    return true;
  }

  const ClusterView& view_;
  const Scope& scope_;
  const Limits& limits_;
  std::vector<ReplicaList> lists_;
  int64_t best_ = INT64_MAX;
};

}  // namespace

int64_t cost_by_hand(const ClusterView& view, const Scope& scope, const Limits& limits,
                     const std::vector<ReplicaList>& lists) {
  const std::vector<Band> bands = make_bands(view, scope, limits);
  std::vector<int64_t> loads(view.brokers.size());
  int64_t cost = 0;
  for (PartitionIndex p = 0; p < lists.size(); ++p) {
    for (int slot = 0; slot < lists[p].size; ++slot) {
      loads[lists[p][slot]] += scope.weight[p];
      if (!view.partitions[p].replicas.contains(lists[p][slot])) cost += scope.weight[p];
    }
  }
  for (size_t b = 0; b < loads.size(); ++b) {
    if (scope.allowed[b] == 0) continue;
    cost += 4 * std::max<int64_t>(0, loads[b] - bands[b].high);
    cost += 4 * std::max<int64_t>(0, bands[b].low - loads[b]);
    if (bands[b].limit != INT64_MAX) {
      cost += 1000 * std::max<int64_t>(0, loads[b] - bands[b].limit);
    }
  }
  return cost;
}

int64_t least_cost_of_all(const ClusterView& view, const Scope& scope, const Limits& limits) {
  return Enumeration(view, scope, limits).run();
}

namespace {

void try_leaders(const ClusterView& view, int64_t low, int64_t high, PartitionIndex p,
                 std::vector<int64_t>& leads, int64_t changes, LeaderOptimum& best) {
  if (p == view.partitions.size()) {
    int64_t outside = 0;
    for (const int64_t count : leads) {
      outside += std::max<int64_t>(0, count - high) + std::max<int64_t>(0, low - count);
    }
    if (outside < best.outside || (outside == best.outside && changes < best.changes)) {
      best = {outside, changes};
    }
    return;
  }
  const ReplicaList& list = view.partitions[p].replicas;
  for (int slot = 0; slot < list.size; ++slot) {
    ++leads[list[slot]];
    try_leaders(view, low, high, p + 1, leads, changes + (slot == 0 ? 0 : 1), best);
    --leads[list[slot]];
  }
}

}  // namespace

LeaderOptimum best_leaders(const ClusterView& view, int64_t low, int64_t high) {
  LeaderOptimum best;
  std::vector<int64_t> leads(view.brokers.size());
  try_leaders(view, low, high, 0, leads, 0, best);
  return best;
}

}  // namespace twin::rebalance_test
