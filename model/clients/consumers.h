// Consumer groups: how far each is behind on each partition, in records and in time.
//
// A consumer reads up to the high watermark, as it moves; then it is behind by nothing. It stops
// when the partition has no leader that answers, or when its high watermark stands still. What
// producers held back meanwhile comes at once, and a consumer works it off at its own pace while
// new records come. Behind is counted from the committed position: while the group's partition of
// __consumer_offsets takes nothing, members read on, but what they commit is not taken.
// A group is not rebalanced by this: members are not lost, and a new coordinator gives all of them
// a session.timeout.ms of 45 s from its own start (GroupMetadataManager.onGroupLoaded).
// Sources: Fetcher, ConsumerCoordinator, GroupMetadataManager.partitionFor.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/clients/workload.h"
#include "model/kafka/partitions.h"
#include "model/kernel.h"

namespace twin::model {

// Partition of __consumer_offsets that keeps the group: abs(hashCode(name)) mod partitions, with
// Java's String.hashCode (of an ASCII name). REQUIRES: partitions > 0.
uint32_t coordinator_partition(std::string_view group, uint32_t partitions);

class Consumers {
 public:
  struct Lag {
    int64_t records = 0;
    sim::Duration time;
    int64_t group = -1;
    PartitionIndex partition = 0;
  };

  explicit Consumers(Kernel& kernel) : kernel_(kernel) {}

  void define(const std::vector<GroupSpec>& groups);
  const std::vector<GroupSpec>& groups() const { return groups_; }
  // The group reads the partition, to which producers send that many records per second. Returns a
  // number for it.
  uint32_t add(PartitionIndex partition, uint16_t group, int64_t records_per_s);

  // From now on that many records per second become visible, and the consumer reads or does not.
  void follow(uint32_t reader, bool reading, int64_t visible_per_s);
  // Records that waited, the oldest for so long, are visible from now on.
  void arrived(uint32_t reader, int64_t records, sim::Duration oldest);
  // The group could not commit for so long, until now.
  void committed_again(uint16_t group, sim::Duration since);

  void start_window() { worst_ = {}; }
  // Largest lag in time since the window began, also of those that are behind now; its records are
  // the most that any had.
  Lag worst() const;

 private:
  struct Reader {
    PartitionIndex partition = 0;
    uint16_t group = 0;
    bool reading = true;
    int64_t produced_per_s = 0;
    int64_t visible_per_s = 0;
    int64_t behind = 0;  // at `at`
    sim::Time at{};
  };
  int64_t behind(const Reader& reader, sim::Time now) const;
  void settle(Reader& reader);
  void note(Lag& worst, const Reader& reader, int64_t records, sim::Duration time) const;
  static sim::Duration age(const Reader& reader, int64_t records);

  Kernel& kernel_;
  std::vector<GroupSpec> groups_;
  std::vector<Reader> readers_;
  Lag worst_;
};

}  // namespace twin::model
