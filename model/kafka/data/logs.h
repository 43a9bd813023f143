// Where the bytes are: the log of every replica, exact to the byte, without an event per record.
//
// A partition takes bytes at a steady rate while its clients may write. The leader's log end is a
// base plus what accrued since; a follower that keeps up is behind by what arrives in one round
// trip; any other replica's log end is a number of its own. What a power loss leaves of each is in
// page_cache.h.
//
// acknowledged: what producers were told is safe. With acks=all that is the high watermark, the
// least log end in the ISR and of those that are about to be in it again; with acks=1 it is the
// leader's log end. What a new leader lacks of it is lost, and counted by whom it was promised
// (KIP-101, KIP-966; docs/MODEL.md).
#pragma once

#include <cstdint>
#include <vector>

#include "model/kafka/data/page_cache.h"
#include "model/kafka/partitions.h"
#include "sim/int128.h"
#include "sim/time.h"

namespace twin::model::data {

enum class Following : uint8_t {
  offline,      // its process is gone, or its leader's
  catching_up,  // fetches from the leader and is behind
  in_step,      // has all that the leader has, but for a round trip
};

struct ReplicaLog {
  int64_t end = 0;  // bytes; of a replica in step or leading: as of its last settling
  PageCache pages;
  Following following = Following::offline;
  uint16_t volume = 0;  // index in its broker's list of volumes
  // Since when it is in step or lacks something: when it last was caught up. kNotYet: in this epoch
  // of its leader never (Replica.resetReplicaState).
  static constexpr sim::Time kNotYet{INT64_MIN / 2};
  sim::Time since{};
  // Not in the ISR, yet the high watermark does not pass its log end (watermark.cpp). Below: it
  // lacks something that is below the watermark, which stands still. Joins: its leader asked for
  // it, and counts it as of then (PartitionState.maximalIsr).
  enum class Awaited : uint8_t { no, below, above, joins };
  Awaited awaited = Awaited::no;
};

struct PartitionLog {
  uint32_t first_replica = 0;  // in Logs' array
  uint8_t replicas = 0;
  uint8_t room = 0;      // replicas that fit there
  bool acks_all = true;  // how producers are promised
  sim::Accrual inflow;   // at the leader
  sim::Time anchor{};    // of `end` of the leader and the accrual
  int64_t acknowledged_all = 0;
  int64_t acknowledged_one = 0;
};

class Logs {
 public:
  explicit Logs(const PartitionTable& table) : table_(table) {}

  void add(PartitionIndex partition);
  // The row has other replicas now: each log goes with its broker, those that left are forgotten,
  // new ones are empty.
  void rearrange(PartitionIndex partition, const api::NodeList& before);
  size_t size() const { return partitions_.size(); }

  PartitionLog& partition(PartitionIndex index) { return partitions_[index]; }
  const PartitionLog& partition(PartitionIndex index) const { return partitions_[index]; }
  ReplicaLog& replica(PartitionIndex index, int slot) {
    return replicas_[partitions_[index].first_replica + static_cast<uint32_t>(slot)];
  }
  const ReplicaLog& replica(PartitionIndex index, int slot) const {
    return replicas_[partitions_[index].first_replica + static_cast<uint32_t>(slot)];
  }

  // Log end of the leader now; 0 when there is none.
  int64_t leader_end(PartitionIndex index, sim::Time now) const;
  // What a follower in step is behind: the bytes of one round trip.
  int64_t lag_in_step(PartitionIndex index, sim::Duration round_trip) const;
  int64_t end(PartitionIndex index, int slot, sim::Time now, sim::Duration round_trip) const;

  // Brings the leader's end, those in step, what is acknowledged and what is on disk up to now;
  // after it the rate or the roles may change.
  void settle(PartitionIndex index, sim::Time now, sim::Duration round_trip,
              sim::Duration writeback);

  // Everything up to there is in the whole ISR: acks=all is told so while the ISR is large enough.
  void acknowledge(PartitionIndex index, int64_t high_watermark);

  // The replicas' ends are as of now: what of them is on disk?
  void write_back(PartitionIndex index, sim::Time now, sim::Duration writeback);

 private:
  const PartitionTable& table_;
  std::vector<PartitionLog> partitions_;
  std::vector<ReplicaLog> replicas_;
};

}  // namespace twin::model::data
