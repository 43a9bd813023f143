// What clients do: producers at a steady rate and consumer groups that follow. Data, as scenarios
// write it; clients.h plays it. Defaults are Kafka's own (ProducerConfig, ConsumerConfig).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/time.h"

namespace twin::model {

enum class Acks : uint8_t { all, one, none };

// The producers of one topic: `clients` of them, alike, with records that have keys, so that each
// partition gets its even part whether it takes records or not.
struct ProducerSpec {
  std::string name;
  std::string topic;
  int64_t records_per_s = 0;  // over all partitions and clients, evenly
  int64_t record_bytes = 1'000;
  Acks acks = Acks::all;
  int32_t clients = 1;
  sim::Duration delivery_timeout{120'000'000'000};  // delivery.timeout.ms
  sim::Duration request_timeout{30'000'000'000};    // request.timeout.ms
  sim::Duration max_block{60'000'000'000};          // max.block.ms
  int64_t buffer_bytes = 32 << 20;                  // buffer.memory, of each client
  int64_t batch_bytes = 16'384;                     // batch.size
  int32_t max_in_flight = 5;                        // max.in.flight.requests.per.connection
};

struct GroupSpec {
  std::string name;
  std::vector<std::string> topics;
  // How fast a consumer gets through what waited, per partition; 0: at once.
  int64_t records_per_s_max = 0;
};

}  // namespace twin::model
