// In which order the moves of a plan are started. kafka-reassign-partitions starts all at once:
// every disk then holds all its copies, old and new, together, and every fetcher copies all its
// partitions round robin while those in sync wait for their turn. Here moves are cut into batches;
// the next one starts when the one before is done. A batch is as large as these let it be:
//   disk     what is there, and every copy of the batch, under peak_percent of each disk
//   fetcher  moves_per_fetcher partitions from one leader to one broker, one where a broker holds
//            in-sync replicas of a partition at min.insync.replicas
//   network  the rate that the busiest card of the batch has left over is at least twice what
//            producers write meanwhile to what it copies (a throttle counts both)
//   request  10,000 partitions (QuorumController.MAX_RECORDS_PER_USER_OP)
// Moves that put a live replica in the place of one that is not in sync come first. Moves that
// would never end are held back: of partitions without a leader, and of those that keep a replica
// on a broker that is down, since a reassignment ends only when every replica is in sync
// (KAFKA-19975).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/figures.h"
#include "controller/rebalance/request.h"

namespace twin::controller::rebalance {

struct Batch {
  std::vector<PartitionIndex> partitions;  // by topic and number
  int64_t network_bytes = 0;               // copied between brokers
  int64_t disk_bytes = 0;                  // copied between directories of one broker
  // The highest throttle that leaves every card of the batch its steady traffic; 0: not known.
  int64_t rate_bytes_per_s = 0;
  // Of the broker that sends or receives most at that rate; a bound from below. 0: not known.
  int64_t seconds_min = 0;
  std::string reason;  // what it is for, and why no more is in it
};

struct HeldMove {
  PartitionIndex partition = 0;
  std::string reason;
};

struct Schedule {
  std::vector<Batch> batches;
  std::vector<HeldMove> held;  // in no batch
  DiskBytes peak;              // most that each disk holds in these batches
  DiskBytes peak_at_once;      // and if all moves are started together
};

// REQUIRES: target has the view's partitions.
Schedule make_schedule(const ClusterView& view, const std::vector<ReplicaList>& target,
                       const Limits& limits);

}  // namespace twin::controller::rebalance
