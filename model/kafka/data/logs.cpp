#include "model/kafka/data/logs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/assert.h"

namespace twin::model::data {

void Logs::add(PartitionIndex partition) {
  TWIN_ASSERT_EQ(static_cast<size_t>(partition), partitions_.size());
  const Partition& row = table_.partitions[partition];
  PartitionLog log;
  log.first_replica = static_cast<uint32_t>(replicas_.size());
  log.replicas = log.room = row.replicas.size;
  partitions_.push_back(log);
  replicas_.resize(replicas_.size() + row.replicas.size);
}

void Logs::rearrange(PartitionIndex index, const api::NodeList& before) {
  const api::NodeList& now = table_.partitions[index].replicas;
  PartitionLog& log = partitions_[index];
  std::array<ReplicaLog, api::NodeList::kMax> moved{};
  for (int slot = 0; slot < before.size; ++slot) {
    for (int next = 0; next < now.size; ++next) {
      if (now[next] == before[slot]) moved[static_cast<size_t>(next)] = replica(index, slot);
    }
  }
  if (now.size > log.room) {  // what it leaves behind is not used again
    log.first_replica = static_cast<uint32_t>(replicas_.size());
    log.room = now.size;
    replicas_.resize(replicas_.size() + now.size);
  }
  log.replicas = now.size;
  std::copy_n(moved.begin(), now.size, replicas_.begin() + log.first_replica);
}

int64_t Logs::leader_end(PartitionIndex index, sim::Time now) const {
  const Partition& row = table_.partitions[index];
  if (row.leader_slot < 0) return 0;
  const PartitionLog& log = partitions_[index];
  sim::Accrual accrual = log.inflow;
  return replica(index, row.leader_slot).end + accrual.advance(now - log.anchor);
}

int64_t Logs::lag_in_step(PartitionIndex index, sim::Duration round_trip) const {
  return sim::mul_div(partitions_[index].inflow.rate_per_s, round_trip.ns, 1'000'000'000);
}

int64_t Logs::end(PartitionIndex index, int slot, sim::Time now, sim::Duration round_trip) const {
  const Partition& row = table_.partitions[index];
  const ReplicaLog& log = replica(index, slot);
  if (row.leader_slot == slot) return leader_end(index, now);
  if (row.leader_slot < 0 || log.following != Following::in_step) return log.end;
  return std::max(log.end, leader_end(index, now) - lag_in_step(index, round_trip));
}

void Logs::settle(PartitionIndex index, sim::Time now, sim::Duration round_trip,
                  sim::Duration writeback) {
  const Partition& row = table_.partitions[index];
  PartitionLog& log = partitions_[index];
  const sim::Time anchor = std::exchange(log.anchor, now);
  if (row.leader_slot < 0) {
    write_back(index, now, writeback);
    return;
  }
  const int64_t behind = lag_in_step(index, round_trip);
  ReplicaLog& leader = replica(index, row.leader_slot);
  leader.end += log.inflow.advance(now - anchor);
  int64_t high_watermark = leader.end;
  for (int slot = 0; slot < log.replicas; ++slot) {
    ReplicaLog& follower = replica(index, slot);
    if (slot == row.leader_slot) continue;
    if (follower.following == Following::in_step) {
      follower.end = std::max(follower.end, leader.end - behind);
    }
    if (row.in_isr(slot) || follower.awaited != ReplicaLog::Awaited::no) {
      high_watermark = std::min(high_watermark, follower.end);
    }
  }
  acknowledge(index, high_watermark);
  log.acknowledged_one = std::max(log.acknowledged_one, leader.end);
  write_back(index, now, writeback);
}

// What waits when the ISR falls below min.insync.replicas is refused
// (NOT_ENOUGH_REPLICAS_AFTER_APPEND), wherever the high watermark goes then.
void Logs::acknowledge(PartitionIndex index, int64_t high_watermark) {
  const Partition& row = table_.partitions[index];
  if (row.isr_size() < table_.effective_min_isr(row)) return;
  PartitionLog& log = partitions_[index];
  log.acknowledged_all = std::max(log.acknowledged_all, high_watermark);
}

void Logs::write_back(PartitionIndex index, sim::Time now, sim::Duration writeback) {
  for (int slot = 0; slot < partitions_[index].replicas; ++slot) {
    ReplicaLog& log = replica(index, slot);
    log.pages.reached(log.end, now, writeback, true);
  }
}

}  // namespace twin::model::data
