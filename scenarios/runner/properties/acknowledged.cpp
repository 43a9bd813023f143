// acknowledged: bytes that were promised with acks=all are lost only where election was unclean or
// every replica that could be asked for them lost them itself, with its disk or with a tail that
// was not flushed. Judged per partition, at the moment when a leader turns out to lack them:
//
//   - the copies are the replicas whose log reached as far as the promise, now or before a fault
//     took bytes off it (ReplicaLostBytes); there must have been min.insync.replicas of them,
//   - none that is still eligible (in the ISR or ELR) may have its copy: it should have led.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "model/trace/decode.h"
#include "scenarios/runner/properties/property.h"

namespace twin::scenario {

using trace::decode;
using trace::RecordType;

namespace {

class Acknowledged final : public Property {
 public:
  using Property::Property;

  void on_record(const sim::Record& record) override {
    switch (trace::type_of(record)) {
      case RecordType::LeaderElected: {
        const auto elected = decode<trace::LeaderElected>(record);
        const auto why = static_cast<trace::ElectionReason>(elected.election_reason);
        if (why == trace::ElectionReason::unclean) {
          unclean_.insert(elected.partition);
        } else {
          unclean_.erase(elected.partition);
        }
        return;
      }
      case RecordType::ReplicaLostBytes: {
        const auto lost = decode<trace::ReplicaLostBytes>(record);
        const auto partition = static_cast<model::PartitionIndex>(lost.partition);
        const int slot = row(lost.partition).slot_of({static_cast<int32_t>(lost.broker)});
        if (slot < 0) return;
        // The record is written while the log still has its bytes.
        int64_t& had = had_[lost.partition][lost.broker];
        had = std::max(had, world_.replication.replica_end(partition, slot));
        return;
      }
      case RecordType::AcknowledgedBytesLost:
        return judge(decode<trace::AcknowledgedBytesLost>(record));
      default:
        return;
    }
  }

 private:
  const model::Partition& row(int64_t partition) const {
    return world_.kafka.table().partitions[static_cast<size_t>(partition)];
  }

  void judge(const trace::AcknowledgedBytesLost& lost) {
    const std::map<int64_t, int64_t> had = std::exchange(had_[lost.partition], {});
    if (lost.acks_all == 0 || unclean_.contains(lost.partition)) return;
    const model::Partition& partition = row(lost.partition);
    const auto index = static_cast<model::PartitionIndex>(lost.partition);
    const int64_t promised =
        world_.replication.replica_end(index, partition.leader_slot) + lost.bytes;
    int copies = 0;
    for (int slot = 0; slot < partition.replicas.size; ++slot) {
      const int64_t broker = partition.replicas[slot].value;
      const auto before = had.find(broker);
      const bool has = world_.replication.replica_end(index, slot) >= promised;
      copies += has || (before != had.end() && before->second >= promised) ? 1 : 0;
      const bool eligible = (((partition.isr | partition.elr) >> slot) & 1) != 0;
      if (!has || !eligible) continue;
      return violate(lost, "broker " + std::to_string(broker) +
                               ", which was eligible to lead, still has them");
    }
    const int32_t needed = world_.kafka.table().effective_min_isr(partition);
    if (copies >= needed) return;
    violate(lost, "only " + std::to_string(copies) + " of " + std::to_string(needed) +
                      " copies that the promise takes ever reached so far");
  }

  void violate(const trace::AcknowledgedBytesLost& lost, const std::string& why) {
    verdicts_.violate("acknowledged", lost.leader, lost.partition,
                      std::to_string(lost.bytes) + " acknowledged bytes of " +
                          recorder_.names().partition(lost.partition) +
                          " are gone after a clean election, although " + why);
  }

  std::set<int64_t> unclean_;  // partitions whose last election was
  // partition -> broker -> how far its log reached before a fault took bytes off it.
  std::map<int64_t, std::map<int64_t, int64_t>> had_;
};

}  // namespace

PropertyPtr make_acknowledged(const PropertyContext& c) {
  return std::make_unique<Acknowledged>(c);
}

}  // namespace twin::scenario
