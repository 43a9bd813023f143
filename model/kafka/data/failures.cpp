// Volumes that fail or are full, under a running broker. Any failed read or write takes the whole
// log directory offline until the process starts again: nothing is fetched into it or from it. The
// control plane hears of it, and the process ends when no directory is left or the metadata log's
// is the one. A full volume fails at the next write: at once where producers write to it, else at
// the next checkpoint of high watermarks (replica.high.watermark.checkpoint.interval.ms, 5 s).
// Source: LogDirFailureChannel, ReplicaManager.handleLogDirFailure, KIP-112, KIP-858.
#include <algorithm>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "sim/marks.h"

namespace twin::model {

namespace {
constexpr sim::Duration kCheckpointEvery{5'000'000'000};
}

bool Replication::on_failed_disk(const Partition& row, int slot) const {
  if (slot < 0) return false;
  const PartitionIndex partition = table_.topics[row.topic].first + row.number;
  return directory_offline(partition, row.replicas[slot]);
}

bool Replication::directory_offline(PartitionIndex partition, api::NodeId id) const {
  if (!volumes_.any_offline(id)) return false;
  const int slot = table_.partitions[partition].slot_of(id);
  return slot >= 0 && volumes_.offline(id, logs_.replica(partition, slot).volume);
}

DataPlane::Directories Replication::directories(api::NodeId id) const {
  Directories found;
  found.any_offline = volumes_.any_offline(id);
  found.first_offline = volumes_.offline(id, 0);
  found.all_offline = volumes_.all_offline(id);
  return found;
}

api::NodeId Replication::broker_of(const std::string& volume) const {
  const auto place = volumes_.place_of(volume);
  return place ? place->broker : api::NodeId{};
}

void Replication::fail_volume(const std::string& volume) {
  volumes_.fail(volume);
  const auto place = volumes_.place_of(volume);
  if (!place || volumes_.offline(place->broker, place->directory)) return;
  TWIN_MARK("kafka_log_directory_failed");
  const api::NodeId id = place->broker;
  volumes_.set_offline(*place);
  const RecordId record = kernel_.emit(trace::LogDirectoryFailed{id.value, kernel_.string(volume)});
  Kernel::ScopedCause cause(kernel_, record);
  const auto index = static_cast<size_t>(id.value);
  if (index < table_.on_node.size()) {
    for (const ReplicaRef ref : table_.on_node[index]) {
      if (logs_.replica(ref.partition, ref.slot).volume != place->directory) continue;
      const Partition& row = table_.partitions[ref.partition];
      settle(ref.partition);
      for (int slot = 0; slot < row.replicas.size; ++slot) {
        const bool stops = row.leader_slot == ref.slot || slot == ref.slot;
        if (stops && slot != row.leader_slot) stop_following(ref.partition, slot);
      }
      notify(ref.partition);
    }
  }
  isr_.directory_failed(id);
}

void Replication::fill_volume(const std::string& volume) {
  const auto place = volumes_.place_of(volume);
  const auto index = static_cast<uint32_t>(full_.size());
  full_.emplace_back(volume, true);
  bool written = false;
  if (place && static_cast<size_t>(place->broker.value) < table_.on_node.size()) {
    for (const ReplicaRef ref : table_.on_node[static_cast<size_t>(place->broker.value)]) {
      if (logs_.replica(ref.partition, ref.slot).volume != place->directory) continue;
      written |= logs_.partition(ref.partition).inflow.rate_per_s > 0;
    }
  }
  kernel_.after(written ? sim::Duration{} : kCheckpointEvery,
                event_type(Part::replication, Local::checkpoint), index);
}

void Replication::checkpoint(uint32_t full) {
  if (full_[full].second) fail_volume(full_[full].first);
}

void Replication::mend_volume(const std::string& volume) {
  volumes_.mend(volume);
  for (auto& [name, is_full] : full_) is_full &= name != volume;
}

}  // namespace twin::model
