// Who leads decides what was written: replicas that have more give it up, and what had been
// acknowledged beyond the new leader's log end is lost. Law: KIP-101, KIP-279 (followers truncate
// to where the leader's epoch ended).
#include <algorithm>

#include "model/kafka/data/replication.h"
#include "sim/assert.h"
#include "sim/marks.h"

namespace twin::model {

// The replica leads from now on, with what it has. A process that died may be elected while its
// session lasts: nobody truncates to it unless it comes back and still leads.
void Replication::lead(PartitionIndex partition, int slot) {
  data::PartitionLog& log = logs_.partition(partition);
  data::ReplicaLog& leader = logs_.replica(partition, slot);
  log.anchor = kernel_.now();
  if (!broker(table_.partitions[partition].replicas[slot]).online) {
    TWIN_MARK("kafka_dead_leader_elected");
    return;
  }
  leader.following = data::Following::in_step;
  leader.since = kernel_.now();
  const int64_t promised =
      log.acks_all ? log.acknowledged_all : std::max(log.acknowledged_all, log.acknowledged_one);
  const int64_t lost = promised - leader.end;
  log.acknowledged_all = std::min(log.acknowledged_all, leader.end);
  log.acknowledged_one = std::min(log.acknowledged_one, leader.end);
  if (lost <= 0) return;
  TWIN_MARK("kafka_acknowledged_bytes_lost");
  kernel_.emit(trace::AcknowledgedBytesLost{
      partition, lost, table_.partitions[partition].leader().value, log.acks_all ? 1 : 0});
}

// A fault takes bytes off a copy: down to `to`, which is what its disk still has.
void Replication::lose(PartitionIndex partition, int slot, int64_t to, trace::LossReason why) {
  data::ReplicaLog& log = logs_.replica(partition, slot);
  if (log.end <= to) return;
  kernel_.emit(trace::ReplicaLostBytes{partition, table_.partitions[partition].replicas[slot].value,
                                       log.end - to, static_cast<int64_t>(why)});
  log.end = to;
  log.pages.cut(to);
}

void Replication::truncate(PartitionIndex partition, int slot, int64_t to) {
  data::ReplicaLog& log = logs_.replica(partition, slot);
  TWIN_ASSERT_LE(to, log.end);
  if (log.end == to) return;
  kernel_.emit(trace::ReplicaTruncated{partition, table_.partitions[partition].replicas[slot].value,
                                       log.end - to});
  log.end = to;
  log.pages.cut(to);
}

}  // namespace twin::model
