#include "controller/rebalance/placement.h"

#include <algorithm>
#include <numeric>

#include "sim/assert.h"

namespace twin::controller::rebalance {

Placement::Placement(const ClusterView& view, const Scope& scope, const Limits& limits, bool banded)
    : view_(view),
      scope_(scope),
      banded_(banded),
      bands_(make_bands(view, scope, limits)),
      loads_(view.brokers.size()),
      counts_(view.brokers.size()),
      received_(view.brokers.size()),
      inflow_(view.brokers.size()),
      held_(view.brokers.size()) {
  for (const BrokerView& broker : view.brokers) {
    std::vector<Disk>& disks = disks_.emplace_back(broker.log_dirs.size());
    for (size_t d = 0; d < disks.size(); ++d) {
      const int64_t capacity = broker.log_dirs[d].capacity_bytes;
      disks[d].bytes = broker.log_dirs[d].other_bytes;
      loads_[disks_.size() - 1] += disks[d].bytes;
      if (capacity > 0) disks[d].limit = sim::mul_div(capacity, limits.disk_percent, 100);
    }
    inflow_limit_.push_back(broker.nic_bytes_per_s > 0
                                ? sim::mul_div(broker.nic_bytes_per_s, limits.nic_percent, 100)
                                : INT64_MAX);
  }
  std::vector<PartitionIndex> by_number(view.partitions.size());
  std::iota(by_number.begin(), by_number.end(), PartitionIndex{0});
  std::ranges::stable_sort(by_number, {},
                           [&](PartitionIndex p) { return view.partitions[p].number; });
  order_.resize(by_number.size());
  for (uint32_t i = 0; i < by_number.size(); ++i) order_[by_number[i]] = i;
  lists_.reserve(view.partitions.size());
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    lists_.push_back(view.partitions[p].replicas);
    for (int slot = 0; slot < lists_[p].size; ++slot) {
      const BrokerIndex b = lists_[p][slot];
      if (scope.movable[p] != 0) held_[b].push_back({scope.weight[p], order_[p], p});
      loads_[b] += scope.weight[p];
      counts_[b] += 1;
      disks_[b][lists_[p].dir(slot)].bytes += view.partitions[p].bytes;
      inflow_[b] += view.partitions[p].inflow_bytes_per_s;
    }
  }
  for (std::vector<Held>& held : held_) std::sort(held.begin(), held.end());
}

int64_t Placement::deviation_cost(BrokerIndex b, int64_t load) const {
  const Band& band = bands_[b];
  if (scope_.allowed[b] == 0 || !banded_) return 0;
  int64_t cost = load > band.limit ? kOverfullWorth * (load - band.limit) : 0;
  if (load > band.high) cost += kBalanceWorth * (load - band.high);
  if (load < band.low) cost += kBalanceWorth * (band.low - load);
  return cost;
}

int64_t Placement::deviation(BrokerIndex b) const {
  const Band& band = bands_[b];
  const int64_t high = std::min(band.high, band.limit);
  if (scope_.allowed[b] == 0 || !banded_) return 0;
  if (loads_[b] > high) return loads_[b] - high;
  return loads_[b] < band.low ? loads_[b] - band.low : 0;
}

int64_t Placement::copy_change(PartitionIndex p, BrokerIndex from, BrokerIndex to) const {
  const int64_t weight = scope_.weight[p];
  return (start(p).contains(to) ? 0 : weight) - (start(p).contains(from) ? 0 : weight);
}

int64_t Placement::cost_change(PartitionIndex p, BrokerIndex from, BrokerIndex to) const {
  const int64_t weight = scope_.weight[p];
  return copy_change(p, from, to) + deviation_cost(from, loads_[from] - weight) -
         deviation_cost(from, loads_[from]) + deviation_cost(to, loads_[to] + weight) -
         deviation_cost(to, loads_[to]);
}

sim::Int128 Placement::cost() const {
  sim::Int128 sum = 0;
  for (BrokerIndex b = 0; b < brokers(); ++b) sum += deviation_cost(b, loads_[b]);
  for (PartitionIndex p = 0; p < lists_.size(); ++p) {
    for (int slot = 0; slot < lists_[p].size; ++slot) {
      if (!start(p).contains(lists_[p][slot])) sum += scope_.weight[p];
    }
  }
  return sum;
}

uint8_t Placement::roomiest(BrokerIndex b) const {
  const std::vector<Disk>& disks = disks_[b];
  size_t best = 0;
  for (size_t d = 1; d < disks.size(); ++d) {
    const auto room = [&](size_t i) { return disks[i].limit - disks[i].bytes; };
    if (room(d) > room(best)) best = d;
  }
  return static_cast<uint8_t>(best);
}

bool Placement::fits(PartitionIndex p, BrokerIndex to) const {
  return !lists_[p].contains(to) && has_room(p, to, 0, 0);
}

bool Placement::has_room(PartitionIndex p, BrokerIndex to, int64_t freed_bytes,
                         int64_t freed_inflow) const {
  if (scope_.allowed[to] == 0) return false;
  const PartitionView& row = view_.partitions[p];
  const int slot = start(p).slot_of(to);
  if (slot < 0 && scope_.receives[to] == 0) return false;
  const Disk& disk = disks_[to][slot >= 0 ? start(p).dir(slot) : roomiest(to)];
  if (slot >= 0 && received_[to] == 0) return true;
  return disk.bytes - freed_bytes <= disk.limit - row.bytes &&
         inflow_[to] - freed_inflow <= inflow_limit_[to] - row.inflow_bytes_per_s;
}

bool Placement::spread_allows(PartitionIndex p, int slot, BrokerIndex to) const {
  const ReplicaList& list = lists_[p];
  // In the rack of the one that leaves nothing changes.
  if (scope_.rack[list[slot]] == scope_.rack[to]) return true;
  ReplicaList next = list;
  next.set(slot, to, 0);
  const int wanted = std::min(scope_.spread_wanted(list), scope_.spread(list));
  return scope_.spread(next) >= wanted;
}

void Placement::hold(PartitionIndex p, BrokerIndex b, uint8_t dir, int sign) {
  const PartitionView& row = view_.partitions[p];
  loads_[b] += sign * scope_.weight[p];
  counts_[b] += sign;
  received_[b] += start(p).contains(b) ? 0 : sign;
  disks_[b][dir].bytes += sign * row.bytes;
  inflow_[b] += sign * row.inflow_bytes_per_s;
  const Held held{scope_.weight[p], order_[p], p};
  const auto at = std::lower_bound(held_[b].begin(), held_[b].end(), held);
  if (sign > 0) {
    held_[b].insert(at, held);
  } else {
    TWIN_ASSERT(at != held_[b].end() && at->partition == p);
    held_[b].erase(at);
  }
}

void Placement::move(PartitionIndex p, int slot, BrokerIndex to) {
  ReplicaList& list = lists_[p];
  TWIN_ASSERT(!list.contains(to));
  TWIN_ASSERT(scope_.movable[p] != 0);
  const int slot_before = start(p).slot_of(to);
  const uint8_t dir = slot_before >= 0 ? start(p).dir(slot_before) : roomiest(to);
  hold(p, list[slot], list.dir(slot), -1);
  hold(p, to, dir, +1);
  list.set(slot, to, dir);
}

// Of a broker with several directories the one that p leaves need not be the one that q goes to:
// there the room counts without it.
bool Placement::may_exchange(PartitionIndex p, int p_slot, PartitionIndex q, int q_slot) const {
  const BrokerIndex b = lists_[p][p_slot];
  const BrokerIndex c = lists_[q][q_slot];
  if (b == c || p == q || lists_[p].contains(c) || lists_[q].contains(b)) return false;
  const auto room = [&](PartitionIndex comes, PartitionIndex goes, BrokerIndex at) {
    const PartitionView& row = view_.partitions[goes];
    return has_room(comes, at, disks_[at].size() == 1 ? row.bytes : 0, row.inflow_bytes_per_s);
  };
  return room(p, q, c) && room(q, p, b) && spread_allows(p, p_slot, c) &&
         spread_allows(q, q_slot, b);
}

int64_t Placement::exchange_cost(PartitionIndex p, int p_slot, PartitionIndex q, int q_slot) const {
  const BrokerIndex b = lists_[p][p_slot];
  const BrokerIndex c = lists_[q][q_slot];
  const int64_t shift = scope_.weight[p] - scope_.weight[q];
  return copy_change(p, b, c) + copy_change(q, c, b) + deviation_cost(b, loads_[b] - shift) -
         deviation_cost(b, loads_[b]) + deviation_cost(c, loads_[c] + shift) -
         deviation_cost(c, loads_[c]);
}

void Placement::exchange(PartitionIndex p, int p_slot, PartitionIndex q, int q_slot) {
  const BrokerIndex b = lists_[p][p_slot];
  const BrokerIndex c = lists_[q][q_slot];
  move(p, p_slot, c);
  move(q, q_slot, b);
}

void Placement::assign(PartitionIndex p, const std::vector<BrokerIndex>& brokers) {
  TWIN_ASSERT_EQ(brokers.size(), lists_[p].size);
  for (const BrokerIndex to : brokers) {
    for (int slot = 0; slot < lists_[p].size && !lists_[p].contains(to); ++slot) {
      const bool goes = std::ranges::find(brokers, lists_[p][slot]) == brokers.end();
      if (goes) move(p, slot, to);
    }
  }
}

std::vector<ReplicaList> Placement::take() {
  for (PartitionIndex p = 0; p < lists_.size(); ++p) {
    if (lists_[p] == start(p)) continue;
    ReplicaList fresh;
    for (int slot = 0; slot < lists_[p].size; ++slot) {
      if (!start(p).contains(lists_[p][slot])) fresh.push(lists_[p][slot], lists_[p].dir(slot));
    }
    ReplicaList out = start(p);
    int next = 0;
    for (int slot = 0; slot < out.size; ++slot) {
      if (lists_[p].contains(out[slot])) continue;
      out.set(slot, fresh[next], fresh.dir(next));
      ++next;
    }
    lists_[p] = out;
  }
  return std::move(lists_);
}

}  // namespace twin::controller::rebalance
