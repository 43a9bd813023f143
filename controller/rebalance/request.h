// What a plan is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/api/ids.h"

namespace twin::controller::rebalance {

enum class Strategy : uint8_t {
  minimal,      // fewest bytes for rack, capacity and balance
  kafka,        // what kafka-reassign-partitions --generate proposes
  drain,        // empty the named brokers, and nothing else
  add,          // give the named brokers their share, and nothing else
  replace,      // one broker takes another's replicas, place by place
  even_disks,   // between the log directories of each broker
  leaders,      // preferred leaders evenly, by order alone: no byte moves
  rack_repair,  // partitions with two replicas in a rack while another has none
};

std::string_view strategy_name(Strategy strategy);
std::optional<Strategy> strategy_from_name(std::string_view name);
const std::vector<std::string>& strategy_names();

// What a plan keeps clear of. Percentages are of the capacity that the view gives; what has no
// known capacity has no bound.
struct Limits {
  int32_t disk_percent = 85;     // of a disk, once everything is moved
  int32_t peak_percent = 90;     // of a disk, while both copies exist
  int32_t nic_percent = 80;      // of a network card, each way
  int32_t balance_percent = 10;  // a broker's load may differ so much from its even share
  // Partitions that one fetcher copies at a time: a response carries 10 MiB, 1 MiB a partition
  // (replica.fetch.response.max.bytes, replica.fetch.max.bytes), so with more of them those in
  // sync wait for their turn.
  int32_t moves_per_fetcher = 10;
  int32_t fetchers = 1;  // num.replica.fetchers
};

struct PlanRequest {
  Strategy strategy = Strategy::minimal;
  std::vector<std::string> topics;    // to move; empty: all
  std::vector<api::NodeId> brokers;   // that may hold their replicas; empty: all live ones
  std::vector<api::NodeId> subjects;  // drain: to be emptied; add: to be filled
  std::vector<std::pair<api::NodeId, api::NodeId>> replacements;  // from, to
  bool rack_aware = true;
  uint64_t seed = 1;  // kafka: of its random start
  Limits limits;
};

}  // namespace twin::controller::rebalance
