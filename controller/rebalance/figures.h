// What an assignment means for brokers, disks and network cards: the numbers of a plan's report,
// and the ground on which batches are cut.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/request.h"

namespace twin::controller::rebalance {

struct BrokerFigures {
  int64_t replicas = 0;
  int64_t leaders = 0;  // preferred: first of their list
  int64_t bytes = 0;
};

std::vector<BrokerFigures> broker_figures(const ClusterView& view,
                                          const std::vector<ReplicaList>& lists);

// Bytes by broker and log directory.
using DiskBytes = std::vector<std::vector<int64_t>>;
DiskBytes disk_bytes(const ClusterView& view, const std::vector<ReplicaList>& lists);
// Adds the copies that `to` needs beside `from`, while nothing of `from` is gone yet.
void add_copies(const ClusterView& view, PartitionIndex partition, const ReplicaList& from,
                const ReplicaList& to, DiskBytes& disks);
// Takes away what is dropped once the copies are there.
void drop_copies(const ClusterView& view, PartitionIndex partition, const ReplicaList& from,
                 const ReplicaList& to, DiskBytes& disks);
// A disk's capacity times percent; INT64_MAX when it is not known.
int64_t disk_bound(const LogDir& dir, int32_t percent);

// Steady traffic of brokers, before any move: what is written to each replica comes in; leaders
// send it to followers, and to consumers what they read.
struct SteadyRates {
  std::vector<int64_t> in_bytes_per_s, out_bytes_per_s;
};
SteadyRates steady_rates(const ClusterView& view);

// What a copy may take of each broker's network card, the smaller of both ways; 0 when nothing is
// left, INT64_MAX where the card is not known.
std::vector<int64_t> nic_room(const ClusterView& view, const Limits& limits);

}  // namespace twin::controller::rebalance
