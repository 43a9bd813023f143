// Sizes that a scenario may not exceed, and what its own brokers cannot hold. Each finding is a
// problem of the file, at the place of the number that is too large.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/load_sections.h"

namespace twin::scenario {

// Kafka nodes and ZooKeeper servers that a Kafka or KafkaNodePool asks for; 0 of other kinds.
int64_t kafka_nodes_of(const api::Object& object);
// True, and a problem at `where`, when so many are too many.
bool too_many_nodes(int64_t kafka_nodes, const std::string& where, Problems& problems);
void check_partitions(const std::vector<TopicWorkload>& topics, Problems& problems);
void check_machines(const Draft& draft, const std::string& where, Problems& problems);
// Topics are made when the cluster is first Ready: no step can add a broker before that.
void check_replicas(const std::vector<TopicWorkload>& topics,
                    const std::vector<std::shared_ptr<api::Object>>& objects, Problems& problems);

}  // namespace twin::scenario
