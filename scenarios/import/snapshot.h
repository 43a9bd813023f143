// What was found in the inputs of an import, before anything is made of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/api/value.h"
#include "controller/rebalance/log_dirs_json.h"
#include "scenarios/import/import.h"

namespace twin::import {

struct DescribedTopic {
  std::string name;
  int32_t replication = 0;
  std::vector<std::pair<std::string, std::string>> config;
  std::map<int32_t, std::vector<int32_t>> replicas;  // by partition
  int32_t under_replicated = 0;
};

struct DescribedGroup {
  std::string name;
  std::vector<std::string> topics;  // each once, by name
  int64_t lag = 0;                  // records, where the tool knows it
};

struct Snapshot {
  std::vector<api::Value> objects;
  std::vector<DescribedTopic> topics;
  std::vector<DescribedGroup> groups;
  std::vector<controller::rebalance::DirOnDisk> dirs;

  // Of the kind, in the order of the inputs.
  std::vector<const api::Value*> of_kind(std::string_view kind) const;
};

// Adds what the input has. Error: with file and line.
sim::Expected<void> take(const Input& input, Snapshot& out);

// Lines "Topic: orders  ...  PartitionCount: 12  ReplicationFactor: 3  Configs: a=1,b=2", and below
// each "Topic: orders  Partition: 0  Leader: 1  Replicas: 1,2,0  Isr: 1,2,0".
// Source: TopicCommand of Kafka 2.0 to 4.3; fields are told apart by tabs.
sim::Expected<std::vector<DescribedTopic>> parse_topics(const Input& input);
// The table whose heading begins with GROUP, TOPIC, PARTITION, CURRENT-OFFSET, LOG-END-OFFSET, LAG.
// Source: ConsumerGroupCommand of Kafka 2.0 to 4.3.
sim::Expected<std::vector<DescribedGroup>> parse_groups(const Input& input);

}  // namespace twin::import
