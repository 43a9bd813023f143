#include "controller/rebalance/kafka_assignment.h"

#include <algorithm>
#include <map>

#include "sim/assert.h"
#include "sim/draw.h"

namespace twin::controller::rebalance {

namespace {

size_t replica_index(size_t first, int64_t shift, size_t nth, size_t brokers) {
  const auto steps = static_cast<size_t>(shift) + nth;
  return (first + 1 + steps % (brokers - 1)) % brokers;
}

std::vector<int32_t> place_by_turns(const std::vector<int32_t>& brokers, size_t first,
                                    int64_t shift, int32_t replicas) {
  std::vector<int32_t> list{brokers[first]};
  for (int32_t j = 0; j + 1 < replicas; ++j) {
    list.push_back(brokers[replica_index(first, shift, static_cast<size_t>(j), brokers.size())]);
  }
  return list;
}

// One after another of the alternated list, unless its rack or itself must wait.
std::vector<int32_t> place_over_racks(const std::vector<int32_t>& brokers,
                                      const std::map<int32_t, std::string>& rack_of, size_t racks,
                                      size_t first, int64_t shift, int32_t replicas) {
  std::vector<int32_t> list{brokers[first]};
  std::vector<std::string> used{rack_of.at(brokers[first])};
  for (size_t k = 0; list.size() < static_cast<size_t>(replicas); ++k) {
    const int32_t broker = brokers[replica_index(first, shift, k, brokers.size())];
    const std::string& rack = rack_of.at(broker);
    const bool rack_has_one = std::ranges::find(used, rack) != used.end();
    if (rack_has_one && used.size() < racks) continue;
    if (std::ranges::find(list, broker) != list.end()) continue;
    list.push_back(broker);
    if (!rack_has_one) used.push_back(rack);
  }
  return list;
}

}  // namespace

AssignmentStart draw_start(uint64_t seed, const std::string& topic, size_t brokers) {
  TWIN_ASSERT(brokers > 0);
  sim::DrawStream draws(seed, sim::purpose("kafka_assignment"), sim::purpose(topic));
  AssignmentStart start;
  start.start_index = static_cast<int32_t>(draws.below(brokers));
  start.shift = static_cast<int32_t>(draws.below(brokers));
  return start;
}

std::vector<int32_t> rack_alternated(const std::vector<RackedBroker>& brokers) {
  std::map<std::string, std::vector<int32_t>> racks;
  for (const RackedBroker& broker : brokers) racks[broker.rack].push_back(broker.id);
  for (auto& [name, ids] : racks) std::ranges::sort(ids);
  std::vector<int32_t> list;
  for (size_t turn = 0; list.size() < brokers.size(); ++turn) {
    for (const auto& [name, ids] : racks) {
      if (turn < ids.size()) list.push_back(ids[turn]);
    }
  }
  return list;
}

sim::Expected<std::vector<std::vector<int32_t>>> assign_replicas_to_brokers(
    const std::vector<RackedBroker>& brokers, int32_t partitions, int32_t replication_factor,
    AssignmentStart start, int32_t first_partition) {
  TWIN_ASSERT_LT(0, partitions);
  TWIN_ASSERT_LT(0, replication_factor);
  TWIN_ASSERT_LE(0, first_partition);
  const size_t n = brokers.size();
  if (static_cast<size_t>(replication_factor) > n) {
    return sim::Error{"",
                      "replication factor " + std::to_string(replication_factor) +
                          " is larger than the " + std::to_string(n) + " available brokers",
                      "allow more brokers"};
  }
  std::map<int32_t, std::string> rack_of;
  size_t without = 0;
  for (const RackedBroker& broker : brokers) {
    rack_of[broker.id] = broker.rack;
    without += broker.rack.empty() ? 1 : 0;
  }
  if (without != 0 && without != n) {
    return sim::Error{"", "some brokers have a rack and others none",
                      "give every broker a rack, or add --disable-rack-aware"};
  }
  std::vector<std::string> names;
  for (const auto& [id, rack] : rack_of) names.push_back(rack);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const bool racked = without == 0;
  std::vector<int32_t> list;
  if (racked) {
    list = rack_alternated(brokers);
  } else {
    for (const RackedBroker& broker : brokers) list.push_back(broker.id);
  }
  std::vector<std::vector<int32_t>> out;
  int64_t shift = start.shift;
  for (int32_t i = 0; i < partitions; ++i) {
    const auto partition = static_cast<size_t>(first_partition) + static_cast<size_t>(i);
    if (partition > 0 && partition % n == 0) ++shift;
    const size_t first = (partition + static_cast<size_t>(start.start_index)) % n;
    out.push_back(racked ? place_over_racks(list, rack_of, names.size(), first,
                                            shift * static_cast<int64_t>(names.size()),
                                            replication_factor)
                         : place_by_turns(list, first, shift, replication_factor));
  }
  return out;
}

}  // namespace twin::controller::rebalance
