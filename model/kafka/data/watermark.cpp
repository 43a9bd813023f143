// The high watermark: the least log end in the ISR, and of whoever is about to be in it again.
//
// A replica that left the ISR, is active again and was caught up within replica.lag.time.max.ms
// (30 s) of its leader is awaited: else the watermark would run away from one that is about to
// join. It stands where it is until the replica has reached it, then goes as fast as that one
// catches up. So a broker that is back in less than 30 s, with much to fetch, holds up every
// acks=all producer and every consumer of its partitions until it has fetched what was acknowledged
// without it; one that was away for longer holds up nobody. It joins the ISR when it has reached
// the watermark, though it still lacks the newest bytes.
// Source: Partition.maybeIncrementLeaderHW (shouldWaitForReplicaToJoinIsr), Replica.isCaughtUp.
#include <algorithm>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "sim/marks.h"

namespace twin::model {

using data::Following;
using data::ReplicaLog;
using Awaited = ReplicaLog::Awaited;

bool Replication::isr_fetches(PartitionIndex partition) const {
  const Partition& row = table_.partitions[partition];
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    if (row.in_isr(slot) && !fetches(row, slot)) return false;
  }
  return row.leader_slot >= 0;
}

int64_t Replication::high_watermark(PartitionIndex partition) const {
  const Partition& row = table_.partitions[partition];
  const int64_t acknowledged = logs_.partition(partition).acknowledged_all;
  if (row.leader_slot < 0) return acknowledged;
  int64_t mark = log_end(partition);
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    const bool awaited = logs_.replica(partition, slot).awaited != Awaited::no;
    if (!row.in_isr(slot) && !awaited) continue;
    mark = std::min(mark, replica_end(partition, slot));
  }
  return std::max(mark, acknowledged);
}

bool Replication::watermark_moves(PartitionIndex partition) const {
  if (!isr_fetches(partition)) return false;
  const int replicas = table_.partitions[partition].replicas.size;
  for (int slot = 0; slot < replicas; ++slot) {
    if (awaited_below(partition, slot)) return false;
  }
  return true;
}

bool Replication::at_watermark(PartitionIndex partition, int slot) const {
  if (in_step(partition, slot)) return true;
  const Awaited awaited = logs_.replica(partition, slot).awaited;
  return awaited == Awaited::above || awaited == Awaited::joins;
}

void Replication::join_proposed(PartitionIndex partition, int slot) {
  settle(partition);
  logs_.replica(partition, slot).awaited = Awaited::joins;
}

// What a replica that is awaited below the watermark lacks of it, bytes, as of its last settling.
int64_t Replication::short_of_watermark(PartitionIndex partition, int slot) const {
  return logs_.partition(partition).acknowledged_all - logs_.replica(partition, slot).end;
}

// If it is active, and its leader saw it caught up not too long ago. One that has everything stays
// awaited when it falls behind before it joined: the watermark goes on with it.
void Replication::await(PartitionIndex partition, int slot) {
  const Partition& row = table_.partitions[partition];
  ReplicaLog& log = logs_.replica(partition, slot);
  if (row.in_isr(slot) || !isr_.eligible(row.replicas[slot])) return;
  if (log.awaited == Awaited::joins) return;
  if (log.following == Following::in_step) log.awaited = Awaited::above;
  if (log.following != Following::catching_up) return;
  const sim::Time until = log.since + broker(row.leader()).settings.replica_lag_time_max;
  if (until < kernel_.now()) return;
  if (log.awaited == Awaited::no) {
    TWIN_MARK("kafka_follower_awaited");
    const uint32_t index = connection_index(partition, row.leader(), row.replicas[slot]);
    settle_connection(connections_[index]);
    settle(partition);
    log.awaited = Awaited::below;
    dirty_connections_.push_back(index);
    want_solve();
    notify(partition);
  }
  kernel_.at(until + sim::Duration{1}, event_type(Part::replication, Local::forget), partition);
}

void Replication::unfenced(api::NodeId id) {
  const auto index = static_cast<size_t>(id.value);
  if (index >= table_.on_node.size()) return;
  for (const ReplicaRef ref : table_.on_node[index]) {
    if (table_.partitions[ref.partition].leader_slot >= 0) await(ref.partition, ref.slot);
  }
}

// It was caught up too long ago: the watermark goes on without it.
void Replication::forget_due(PartitionIndex partition) {
  const Partition& row = table_.partitions[partition];
  if (row.leader_slot < 0) return;
  const sim::Duration most = broker(row.leader()).settings.replica_lag_time_max;
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    ReplicaLog& log = logs_.replica(partition, slot);
    if (log.awaited == Awaited::no || log.awaited == Awaited::joins) continue;
    if (log.following != Following::catching_up) continue;
    if (kernel_.now() - log.since <= most) continue;
    TWIN_MARK("kafka_awaited_in_vain");
    const uint32_t index = connection_index(partition, row.leader(), row.replicas[slot]);
    settle_connection(connections_[index]);
    log.awaited = Awaited::no;
    dirty_connections_.push_back(index);
    want_solve();
    notify(partition);
  }
}

// It asks to join, and goes on to catch up.
void Replication::reached_watermark(PartitionIndex partition, int slot) {
  logs_.replica(partition, slot).awaited = Awaited::above;
  if (!table_.partitions[partition].in_isr(slot)) isr_.propose_isr_join(partition, slot);
  notify(partition);
}

}  // namespace twin::model
