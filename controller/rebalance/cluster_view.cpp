#include "controller/rebalance/cluster_view.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::controller::rebalance {

void ReplicaList::push(BrokerIndex broker, uint8_t dir) {
  TWIN_ASSERT_LT(size, kMax);
  brokers[size] = broker;
  dirs[size] = dir;
  ++size;
}

void ReplicaList::set(int slot, BrokerIndex broker, uint8_t dir) {
  TWIN_ASSERT_LT(slot, size);
  brokers[static_cast<size_t>(slot)] = broker;
  dirs[static_cast<size_t>(slot)] = dir;
}

void ReplicaList::swap_slots(int a, int b) {
  std::swap(brokers[static_cast<size_t>(a)], brokers[static_cast<size_t>(b)]);
  std::swap(dirs[static_cast<size_t>(a)], dirs[static_cast<size_t>(b)]);
}

bool ReplicaList::operator==(const ReplicaList& other) const {
  return size == other.size &&
         std::equal(brokers.begin(), brokers.begin() + size, other.brokers.begin()) &&
         std::equal(dirs.begin(), dirs.begin() + size, other.dirs.begin());
}

std::optional<BrokerIndex> ClusterView::find_broker(api::NodeId id) const {
  const auto at = std::ranges::lower_bound(brokers, id, {}, &BrokerView::id);
  if (at == brokers.end() || at->id != id) return std::nullopt;
  return static_cast<BrokerIndex>(at - brokers.begin());
}

std::optional<uint32_t> ClusterView::find_topic(std::string_view name) const {
  const auto at = std::ranges::lower_bound(topics, name, {}, &TopicView::name);
  if (at == topics.end() || at->name != name) return std::nullopt;
  return static_cast<uint32_t>(at - topics.begin());
}

std::string ClusterView::partition_name(PartitionIndex partition) const {
  const PartitionView& row = partitions[partition];
  return topics[row.topic].name + "-" + std::to_string(row.number);
}

std::string ClusterView::broker_ids() const {
  std::string out;
  for (const BrokerView& broker : brokers) {
    out += (out.empty() ? "" : ", ") + std::to_string(broker.id.value);
  }
  return out;
}

namespace {

sim::Expected<void> check_replicas(const ClusterView& view, PartitionIndex index) {
  const PartitionView& row = view.partitions[index];
  const std::string name = view.partition_name(index);
  if (row.replicas.size == 0) return sim::Error{name, "has no replica", ""};
  if (row.leader_slot >= row.replicas.size) return sim::Error{name, "its leader is no replica", ""};
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    const BrokerIndex broker = row.replicas[slot];
    if (broker >= view.brokers.size()) return sim::Error{name, "is on an unknown broker", ""};
    if (row.replicas.slot_of(broker) != slot) return sim::Error{name, "is twice on a broker", ""};
    if (row.replicas.dir(slot) >= view.brokers[broker].log_dirs.size()) {
      return sim::Error{name, "is in an unknown log directory", ""};
    }
  }
  if (row.bytes < 0) return sim::Error{name, "has a negative size", ""};
  return {};
}

}  // namespace

sim::Expected<void> ClusterView::check() const {
  for (size_t i = 0; i < brokers.size(); ++i) {
    const std::string name = "broker " + std::to_string(brokers[i].id.value);
    if (i > 0 && brokers[i - 1].id >= brokers[i].id) return sim::Error{name, "is out of order", ""};
    const size_t dirs = brokers[i].log_dirs.size();
    if (dirs == 0 || dirs > UINT8_MAX) return sim::Error{name, "has no log directory", ""};
  }
  PartitionIndex next = 0;
  for (size_t i = 0; i < topics.size(); ++i) {
    if (i > 0 && topics[i - 1].name >= topics[i].name) {
      return sim::Error{topics[i].name, "is out of order", ""};
    }
    if (topics[i].first != next) return sim::Error{topics[i].name, "is not side by side", ""};
    next += topics[i].partitions;
  }
  if (next != partitions.size()) return sim::Error{"", "partitions without a topic", ""};
  for (PartitionIndex p = 0; p < partitions.size(); ++p) {
    const PartitionView& row = partitions[p];
    if (row.topic >= topics.size() ||
        topics[row.topic].first + static_cast<uint32_t>(row.number) != p) {
      return sim::Error{"partition " + std::to_string(p), "is out of order", ""};
    }
    if (auto good = check_replicas(*this, p); !good) return good;
  }
  return {};
}

}  // namespace twin::controller::rebalance
