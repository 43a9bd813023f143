// The files of kafka-reassign-partitions, read and written exactly as the tool does
// (tools/reassign/ReassignPartitionsCommand: parsePartitionReassignmentData, parseTopicsData,
// formatAsReassignmentJson). Keys that the tool ignores are ignored; what it refuses is refused,
// with the place in the file:
//   {"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[1,2],
//                               "log_dirs":["any","/data/1"]}]}
//   {"version":1,"topics":[{"topic":"t"}]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/json_cursor.h"

namespace twin::controller::rebalance {

struct AssignmentEntry {
  std::string topic;
  int32_t partition = 0;
  std::vector<int32_t> replicas;      // broker ids, the preferred leader first
  std::vector<std::string> log_dirs;  // as many; "any": wherever the broker wants
  size_t offset = 0;                  // of the entry in its text

  bool operator==(const AssignmentEntry& other) const {
    return topic == other.topic && partition == other.partition && replicas == other.replicas &&
           log_dirs == other.log_dirs;
  }
};

// What --generate prints is read as well: of its two assignments the current one, which comes
// first, or the proposed one, which comes last.
// In the order of the text. Error: no JSON, a version other than 1, no partitions, a partition
// twice, a broker twice, an empty replica list, lists of different lengths.
sim::Expected<std::vector<AssignmentEntry>> parse_reassignment(std::string_view text,
                                                               const std::string& file,
                                                               WhichLine which = WhichLine::last);
// One line without blanks, as the tool prints it. Entries are written in the order given; the tool
// sorts by topic and partition.
std::string to_reassignment_json(const std::vector<AssignmentEntry>& entries);

// Topic names, in the order of the text. Error: as above, or a topic twice.
sim::Expected<std::vector<std::string>> parse_topics_to_move(std::string_view text,
                                                             const std::string& file);
// "0,1,2". Error: not numbers, or one twice. `option` is named in errors: "--broker-list".
sim::Expected<std::vector<api::NodeId>> parse_broker_list(std::string_view text,
                                                          const std::string& option);

}  // namespace twin::controller::rebalance
