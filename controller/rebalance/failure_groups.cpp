#include "controller/rebalance/failure_groups.h"

#include <algorithm>
#include <map>

#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

// What is in one group as a whole: a rack, or a broker.
struct Unit {
  std::vector<BrokerIndex> brokers;
  std::string rack;  // where it is exchanged only within it; "" = with any
  uint16_t group = 0;
};

std::map<std::string, std::vector<BrokerIndex>> racks_of(const ClusterView& view) {
  std::map<std::string, std::vector<BrokerIndex>> racks;
  for (BrokerIndex b = 0; b < view.brokers.size(); ++b) {
    racks[view.brokers[b].rack].push_back(b);
  }
  if (racks.contains("")) racks.clear();  // some have none: they say nothing
  return racks;
}

class Grouping {
 public:
  Grouping(const ClusterView& view, std::vector<Unit> units, uint16_t count)
      : view_(view), units_(std::move(units)), count_(count) {
    unit_of_.assign(view.brokers.size(), 0);
    for (size_t u = 0; u < units_.size(); ++u) {
      for (const BrokerIndex b : units_[u].brokers) unit_of_[b] = u;
    }
    share();
    begin();
    improve();
  }

  std::vector<uint16_t> result() const {
    std::vector<uint16_t> of(view_.brokers.size());
    for (const Unit& unit : units_) {
      for (const BrokerIndex b : unit.brokers) of[b] = unit.group;
    }
    return of;
  }

 private:
  int64_t& shared(size_t a, size_t b) { return shared_[a * units_.size() + b]; }
  int64_t shared(size_t a, size_t b) const { return shared_[a * units_.size() + b]; }

  // Bytes, and one for the partition, that two units hold of the same partitions.
  void share() {
    shared_.assign(units_.size() * units_.size(), 0);
    for (const PartitionView& row : view_.partitions) {
      for (int i = 0; i < row.replicas.size; ++i) {
        for (int k = 0; k < row.replicas.size; ++k) {
          const size_t a = unit_of_[row.replicas[i]], b = unit_of_[row.replicas[k]];
          if (a != b) shared(a, b) += row.bytes + 1;
        }
      }
    }
  }

  // Cut in their order where they are by rack; else the largest first, each to the smallest group.
  void begin() {
    if (!units_.front().rack.empty()) {
      for (size_t u = 0; u < units_.size(); ++u) {
        units_[u].group = static_cast<uint16_t>(u * count_ / units_.size());
      }
      return;
    }
    std::vector<size_t> order(units_.size());
    for (size_t u = 0; u < order.size(); ++u) order[u] = u;
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](size_t u) { return units_[u].brokers.size(); });
    std::vector<size_t> sizes(count_, 0);
    for (const size_t u : order) {
      const auto smallest = std::ranges::min_element(sizes);
      units_[u].group = static_cast<uint16_t>(smallest - sizes.begin());
      *smallest += units_[u].brokers.size();
    }
  }

  // What `u` shares with the others of a group.
  int64_t shared_with(size_t u, uint16_t group) const {
    int64_t sum = 0;
    for (size_t v = 0; v < units_.size(); ++v) {
      if (v != u && units_[v].group == group) sum += shared(u, v);
    }
    return sum;
  }

  // Exchanges of units of one size between groups, each of which lowers what groups share inside.
  void improve() {
    bool better = true;
    while (better) {
      better = false;
      for (size_t u = 0; u < units_.size(); ++u) {
        for (size_t v = u + 1; v < units_.size(); ++v) better |= exchange(units_[u], u, v);
      }
    }
  }

  bool exchange(Unit& one, size_t u, size_t v) {
    Unit& other = units_[v];
    if (one.group == other.group || one.rack != other.rack ||
        one.brokers.size() != other.brokers.size()) {
      return false;
    }
    const int64_t now = shared_with(u, one.group) + shared_with(v, other.group);
    const int64_t then = shared_with(u, other.group) + shared_with(v, one.group) - 2 * shared(u, v);
    if (then >= now) return false;
    std::swap(one.group, other.group);
    return true;
  }

  const ClusterView& view_;
  std::vector<Unit> units_;
  uint16_t count_;
  std::vector<size_t> unit_of_;  // by broker
  std::vector<int64_t> shared_;
};

}  // namespace

int largest_factor(const ClusterView& view) {
  int most = 0;
  for (const PartitionView& row : view.partitions) most = std::max<int>(most, row.replicas.size);
  return most;
}

FailureGroups make_groups(const ClusterView& view, int count) {
  TWIN_ASSERT_LT(0, count);
  FailureGroups groups;
  groups.count =
      static_cast<uint16_t>(std::min<size_t>(static_cast<size_t>(count), view.brokers.size()));
  const auto racks = racks_of(view);
  std::vector<Unit> units;
  if (racks.size() >= groups.count) {
    for (const auto& [name, brokers] : racks) units.push_back({brokers, {}});
    groups.how = racks.size() == groups.count
                     ? "the racks as they are"
                     : std::to_string(racks.size()) + " racks put together";
  } else if (racks.empty()) {
    for (BrokerIndex b = 0; b < view.brokers.size(); ++b) {
      units.push_back({{b}, {}});
    }
    groups.how = "brokers that share least, since they have no racks";
  } else {
    for (const auto& [name, brokers] : racks) {
      for (const BrokerIndex b : brokers) units.push_back({{b}, name});
    }
    groups.how = std::to_string(racks.size()) + " racks cut into parts";
  }
  groups.of = Grouping(view, std::move(units), groups.count).result();
  return groups;
}

ClusterView with_groups_as_racks(const ClusterView& view, const FailureGroups& groups) {
  ClusterView copy = view;
  for (size_t b = 0; b < copy.brokers.size(); ++b) {
    copy.brokers[b].rack = "group " + std::to_string(groups.of[b]);
  }
  return copy;
}

}  // namespace twin::controller::rebalance
