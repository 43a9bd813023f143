#include "controller/rebalance/figures.h"

#include <algorithm>

#include "controller/rebalance/changes.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

std::vector<BrokerFigures> broker_figures(const ClusterView& view,
                                          const std::vector<ReplicaList>& lists) {
  std::vector<BrokerFigures> figures(view.brokers.size());
  for (PartitionIndex p = 0; p < lists.size(); ++p) {
    for (int slot = 0; slot < lists[p].size; ++slot) {
      BrokerFigures& of = figures[lists[p][slot]];
      of.replicas += 1;
      of.leaders += slot == 0 ? 1 : 0;
      of.bytes += view.partitions[p].bytes;
    }
  }
  return figures;
}

DiskBytes disk_bytes(const ClusterView& view, const std::vector<ReplicaList>& lists) {
  DiskBytes disks;
  for (const BrokerView& broker : view.brokers) {
    std::vector<int64_t>& dirs = disks.emplace_back();
    for (const LogDir& dir : broker.log_dirs) dirs.push_back(dir.other_bytes);
  }
  for (PartitionIndex p = 0; p < lists.size(); ++p) {
    for (int slot = 0; slot < lists[p].size; ++slot) {
      disks[lists[p][slot]][lists[p].dir(slot)] += view.partitions[p].bytes;
    }
  }
  return disks;
}

void add_copies(const ClusterView& view, PartitionIndex partition, const ReplicaList& from,
                const ReplicaList& to, DiskBytes& disks) {
  for (const ReplicaList& copies : {added(from, to), changed_dirs(from, to)}) {
    for (int i = 0; i < copies.size; ++i) {
      disks[copies[i]][copies.dir(i)] += view.partitions[partition].bytes;
    }
  }
}

void drop_copies(const ClusterView& view, PartitionIndex partition, const ReplicaList& from,
                 const ReplicaList& to, DiskBytes& disks) {
  for (const ReplicaList& copies : {added(to, from), changed_dirs(to, from)}) {
    for (int i = 0; i < copies.size; ++i) {
      disks[copies[i]][copies.dir(i)] -= view.partitions[partition].bytes;
    }
  }
}

int64_t disk_bound(const LogDir& dir, int32_t percent) {
  return dir.capacity_bytes == 0 ? INT64_MAX : sim::mul_div(dir.capacity_bytes, percent, 100);
}

SteadyRates steady_rates(const ClusterView& view) {
  SteadyRates rates;
  rates.in_bytes_per_s.resize(view.brokers.size());
  rates.out_bytes_per_s.resize(view.brokers.size());
  for (const PartitionView& row : view.partitions) {
    const ReplicaList& list = row.replicas;
    for (int slot = 0; slot < list.size; ++slot) {
      rates.in_bytes_per_s[list[slot]] += row.inflow_bytes_per_s;
    }
    const BrokerIndex leader = list[std::max<int>(0, row.leader_slot)];
    rates.out_bytes_per_s[leader] +=
        row.inflow_bytes_per_s * (list.size - 1) + row.outflow_bytes_per_s;
  }
  return rates;
}

std::vector<int64_t> nic_room(const ClusterView& view, const Limits& limits) {
  const SteadyRates rates = steady_rates(view);
  std::vector<int64_t> room;
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    const int64_t nic = view.brokers[b].nic_bytes_per_s;
    const int64_t steady = std::max(rates.in_bytes_per_s[b], rates.out_bytes_per_s[b]);
    room.push_back(nic == 0
                       ? INT64_MAX
                       : std::max<int64_t>(0, sim::mul_div(nic, limits.nic_percent, 100) - steady));
  }
  return room;
}

}  // namespace twin::controller::rebalance
