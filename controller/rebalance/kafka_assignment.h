// The assignment that kafka-reassign-partitions --generate proposes: apache/kafka's
// AdminUtils.assignReplicasToBrokers (server-common, also of topics made under ZooKeeper). It looks
// at ids and racks only, not at where replicas are, so nearly everything moves.
//
// The first replicas go round robin over the brokers from a start index; the others follow at a
// shift that grows by one with each round. With racks the list alternates between them, and a
// broker is passed over while its rack has a replica and another has none. Kafka draws start and
// shift at random; here they are inputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/expected.h"

namespace twin::controller::rebalance {

struct RackedBroker {
  int32_t id = 0;
  std::string rack;  // empty: none
};

struct AssignmentStart {
  int32_t start_index = 0;  // in [0, brokers)
  int32_t shift = 0;        // in [0, brokers)
};

// Kafka's draw of both, one pair for each topic.
AssignmentStart draw_start(uint64_t seed, const std::string& topic, size_t brokers);

// Brokers taken in turn from the racks by name, inside a rack by id.
std::vector<int32_t> rack_alternated(const std::vector<RackedBroker>& brokers);

// Replica lists of partitions first_partition, first_partition + 1, ...; broker ids, the preferred
// leader first. Rack-aware when any broker has a rack. Error: as many brokers as replicas are not
// there, or some brokers have a rack and others none.
// REQUIRES: partitions >= 1, replication_factor >= 1, first_partition >= 0, a start in range.
sim::Expected<std::vector<std::vector<int32_t>>> assign_replicas_to_brokers(
    const std::vector<RackedBroker>& brokers, int32_t partitions, int32_t replication_factor,
    AssignmentStart start, int32_t first_partition = 0);

}  // namespace twin::controller::rebalance
