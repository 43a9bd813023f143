#include "tests/rebalance/support.h"

#include <algorithm>
#include <set>

#include "controller/rebalance/changes.h"
#include "sim/assert.h"

namespace twin::rebalance_test {

ClusterBuilder& ClusterBuilder::broker(int32_t id, const std::string& rack, int64_t capacity_bytes,
                                       int dirs) {
  BrokerView row;
  row.id = {id};
  row.rack = rack;
  row.log_dirs.clear();
  for (int d = 0; d < dirs; ++d) {
    row.log_dirs.push_back({"/data/" + std::to_string(d), capacity_bytes});
  }
  view.brokers.push_back(row);
  return *this;
}

ClusterBuilder& ClusterBuilder::topic(const std::string& name,
                                      const std::vector<std::vector<int32_t>>& replicas,
                                      const std::vector<int64_t>& bytes, int32_t min_isr) {
  TopicView topic;
  topic.name = name;
  topic.first = static_cast<PartitionIndex>(view.partitions.size());
  topic.partitions = static_cast<uint32_t>(replicas.size());
  topic.min_isr = min_isr;
  for (size_t i = 0; i < replicas.size(); ++i) {
    PartitionView row;
    row.topic = static_cast<uint32_t>(view.topics.size());
    row.number = static_cast<int32_t>(i);
    row.bytes = i < bytes.size() ? bytes[i] : 0;
    for (const int32_t id : replicas[i]) row.replicas.push(*view.find_broker({id}), 0);
    row.isr = static_cast<uint16_t>((1U << row.replicas.size) - 1);
    row.leader_slot = 0;
    view.partitions.push_back(row);
  }
  view.topics.push_back(topic);
  return *this;
}

ClusterView ClusterBuilder::build() const {
  const auto good = view.check();
  TWIN_ASSERT_MSG(good.has_value(), good.has_value() ? "" : good.error().to_string());
  return view;
}

ClusterView random_cluster(const RandomShape& shape, uint64_t seed) {
  sim::DrawStream draws(seed, sim::purpose("random_cluster"), 0);
  ClusterBuilder builder;
  for (int b = 0; b < shape.brokers; ++b) {
    const std::string rack =
        shape.racks == 0
            ? ""
            : "r" + std::to_string(
                        b < shape.racks ? b : draws.below(static_cast<uint64_t>(shape.racks)));
    builder.broker(b * 2, rack, 0, shape.dirs);
  }
  const int factor_max = std::min(shape.factor_max, shape.brokers);
  int left = shape.partitions;
  for (int t = 0; left > 0; ++t) {
    const auto count = static_cast<int>(draws.range_inclusive(1, left));
    const auto factor = static_cast<int>(draws.range_inclusive(1, factor_max));
    std::vector<std::vector<int32_t>> lists;
    std::vector<int64_t> bytes;
    for (int i = 0; i < count; ++i) {
      std::vector<int32_t> ids;
      while (static_cast<int>(ids.size()) < factor) {
        const auto id = static_cast<int32_t>(draws.below(static_cast<uint64_t>(shape.brokers))) * 2;
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
      }
      lists.push_back(ids);
      bytes.push_back(draws.range_inclusive(1, shape.bytes_max));
    }
    std::string name = std::to_string(t);
    name.insert(0, 4 - name.size(), '0');
    builder.topic("t" + name, lists, bytes);
    left -= count;
  }
  ClusterView& view = builder.view;
  for (PartitionView& row : view.partitions) {
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      row.replicas.dirs[static_cast<size_t>(slot)] =
          static_cast<uint8_t>(draws.below(static_cast<uint64_t>(shape.dirs)));
    }
  }
  if (shape.capacities) {
    int64_t total = 0, largest = 0;
    for (const PartitionView& row : view.partitions) {
      total += row.bytes * row.replicas.size;
      largest = std::max(largest, row.bytes);
    }
    // Every disk could take all: capacity is never what makes a plan impossible here.
    for (BrokerView& broker : view.brokers) {
      for (LogDir& dir : broker.log_dirs) {
        dir.capacity_bytes = total * 2 + largest + draws.range_inclusive(0, total);
      }
    }
  }
  return builder.build();
}

int64_t bytes_moved(const ClusterView& view, const std::vector<ReplicaList>& from,
                    const std::vector<ReplicaList>& to) {
  int64_t bytes = 0;
  for (PartitionIndex p = 0; p < from.size(); ++p) {
    bytes += view.partitions[p].bytes * added(from[p], to[p]).size;
  }
  return bytes;
}

int spread_of(const ClusterView& view, const ReplicaList& list) {
  std::set<std::string> racks;
  for (int slot = 0; slot < list.size; ++slot) {
    const BrokerView& broker = view.brokers[list[slot]];
    racks.insert(broker.rack.empty() ? std::to_string(broker.id.value) : broker.rack);
  }
  return static_cast<int>(racks.size());
}

ClusterView with_lists(const ClusterView& view, const std::vector<ReplicaList>& lists) {
  ClusterView out = view;
  for (PartitionIndex p = 0; p < lists.size(); ++p) {
    out.partitions[p].replicas = lists[p];
    out.partitions[p].isr = static_cast<uint16_t>((1U << lists[p].size) - 1);
    out.partitions[p].leader_slot = 0;
  }
  return out;
}

}  // namespace twin::rebalance_test
