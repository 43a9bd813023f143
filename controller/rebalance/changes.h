// From replica lists to what is done about them: which partitions change, what is copied and
// dropped, and the file that says so to kafka-reassign-partitions, there and back.
#pragma once

#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/reassignment_json.h"

namespace twin::controller::rebalance {

// The lists of a view, by partition.
std::vector<ReplicaList> start_lists(const ClusterView& view);

// Replicas of `to` on brokers that `from` does not have: each is a copy over the network. With the
// arguments the other way round: those that are dropped.
ReplicaList added(const ReplicaList& from, const ReplicaList& to);
// Replicas on the same broker in another log directory: copies from disk to disk.
ReplicaList changed_dirs(const ReplicaList& from, const ReplicaList& to);

// Partitions of which anything differs, order of replicas included.
std::vector<PartitionIndex> changed(const std::vector<ReplicaList>& from,
                                    const std::vector<ReplicaList>& to);

// Entries for those partitions, that lead from `from` to `to`. A directory is named where a replica
// comes to a broker that has several, and "any" where it stays or there is no choice; with
// `name_dirs` false it is always "any", as --generate writes it.
std::vector<AssignmentEntry> entries_to(const ClusterView& view,
                                        const std::vector<PartitionIndex>& partitions,
                                        const std::vector<ReplicaList>& from,
                                        const std::vector<ReplicaList>& to, bool name_dirs = true);

// What `entries` make of `from`. "any" leaves a replica in its directory; a new one goes to the
// directory of that broker with the fewest logs (LogManager.nextLogDirs). `text` and `file` are
// those that the entries were read from, for errors: a topic, partition, broker or directory that
// is not there, or a broker that is not live.
sim::Expected<std::vector<ReplicaList>> apply_entries(const ClusterView& view,
                                                      const std::vector<ReplicaList>& from,
                                                      const std::vector<AssignmentEntry>& entries,
                                                      std::string_view text,
                                                      const std::string& file);

// Directories that new logs go to when nobody says where.
class FewestLogs {
 public:
  FewestLogs(const ClusterView& view, const std::vector<ReplicaList>& lists);
  // Counts the log that it places.
  uint8_t place(BrokerIndex broker);

 private:
  std::vector<std::vector<int64_t>> logs_;
};

}  // namespace twin::controller::rebalance
