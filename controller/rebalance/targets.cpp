#include "controller/rebalance/targets.h"

#include <algorithm>
#include <numeric>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

namespace {

int64_t sum_of(const std::vector<int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), int64_t{0});
}

int64_t saturating_sum(const std::vector<int64_t>& values) {
  int64_t sum = 0;
  for (const int64_t value : values) {
    sum = value > INT64_MAX - sum ? INT64_MAX : sum + value;
  }
  return sum;
}

}  // namespace

// Shares everything out; where that breaks bounds, the side (below or above) that breaks them by
// more is pinned to its bounds, and the rest is shared out again. Each round pins at least one.
std::vector<int64_t> water_fill(int64_t total, const std::vector<int64_t>& shares,
                                const std::vector<int64_t>& lower,
                                const std::vector<int64_t>& upper) {
  const size_t n = shares.size();
  TWIN_ASSERT_EQ(n, lower.size());
  TWIN_ASSERT_EQ(n, upper.size());
  if (total <= sum_of(lower)) return lower;
  if (total >= saturating_sum(upper)) return upper;
  std::vector<int64_t> out(n);
  std::vector<uint8_t> pinned(n, 0);
  while (true) {
    int64_t left = total, share_sum = 0;
    for (size_t i = 0; i < n; ++i) {
      left -= pinned[i] != 0 ? out[i] : 0;
      share_sum += pinned[i] != 0 ? 0 : shares[i];
    }
    if (share_sum == 0) return out;
    int64_t given = 0, below = 0, above = 0;
    for (size_t i = 0; i < n; ++i) {
      if (pinned[i] != 0) continue;
      out[i] = left <= 0 ? 0 : sim::mul_div(left, shares[i], share_sum);
      given += out[i];
    }
    for (size_t i = 0; i < n && given < left; ++i) {
      if (pinned[i] != 0) continue;
      ++out[i];
      ++given;
    }
    for (size_t i = 0; i < n; ++i) {
      if (pinned[i] != 0) continue;
      below += std::max<int64_t>(0, lower[i] - out[i]);
      above += std::max<int64_t>(0, out[i] - upper[i]);
    }
    if (below == 0 && above == 0) return out;
    for (size_t i = 0; i < n; ++i) {
      const bool pin = pinned[i] == 0 && (below >= above ? out[i] < lower[i] : out[i] > upper[i]);
      if (!pin) continue;
      out[i] = below >= above ? lower[i] : upper[i];
      pinned[i] = 1;
    }
  }
}

namespace {

struct Sums {
  std::vector<int64_t> fixed;    // by broker: replicas that stay whatever is planned
  std::vector<int64_t> movable;  // by replication factor: weights of one copy
  int64_t total = 0;             // on brokers that may hold replicas, after the plan
};

Sums sum_up(const ClusterView& view, const Scope& scope) {
  Sums sums;
  sums.fixed.assign(view.brokers.size(), 0);
  sums.movable.assign(ReplicaList::kMax + 1, 0);
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    for (const LogDir& dir : view.brokers[b].log_dirs) sums.fixed[b] += dir.other_bytes;
    if (scope.allowed[b] != 0) sums.total += sums.fixed[b];
  }
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const ReplicaList& list = view.partitions[p].replicas;
    if (scope.movable[p] != 0) {
      sums.movable[list.size] += scope.weight[p];
      sums.total += scope.weight[p] * list.size;
      continue;
    }
    for (int slot = 0; slot < list.size; ++slot) {
      sums.fixed[list[slot]] += scope.weight[p];
      if (scope.allowed[list[slot]] != 0) sums.total += scope.weight[p];
    }
  }
  return sums;
}

// What a broker's disks may hold; INT64_MAX when one of them is not known.
int64_t disk_limit(const BrokerView& broker, int32_t percent) {
  int64_t limit = 0;
  for (const LogDir& dir : broker.log_dirs) {
    if (dir.capacity_bytes == 0) return INT64_MAX;
    limit += sim::mul_div(dir.capacity_bytes, percent, 100);
  }
  return limit;
}

// By broker. Where one is not known all count the same.
std::vector<int64_t> disk_shares(const ClusterView& view, const Scope& scope) {
  std::vector<int64_t> shares;
  bool known = true;
  for (size_t b = 0; b < view.brokers.size(); ++b) {
    int64_t capacity = 0;
    for (const LogDir& dir : view.brokers[b].log_dirs) {
      known &= dir.capacity_bytes > 0 || scope.allowed[b] == 0;
      capacity += dir.capacity_bytes;
    }
    shares.push_back(capacity);
  }
  if (!known) shares.assign(shares.size(), 1);
  return shares;
}

struct Group {
  std::vector<BrokerIndex> brokers;
  int64_t share = 0;
  int64_t lower = 0;
  int64_t upper = 0;
};

// Of each rack: how little and how much of the movable partitions its brokers can hold.
std::vector<Group> group_by_rack(const Scope& scope, const Sums& sums,
                                 const std::vector<int64_t>& shares) {
  std::vector<Group> groups(scope.rack_names);
  for (BrokerIndex b = 0; b < scope.allowed.size(); ++b) {
    if (scope.allowed[b] == 0) continue;
    Group& group = groups[scope.rack[b]];
    group.brokers.push_back(b);
    group.share += shares[b];
    group.lower += sums.fixed[b];
  }
  std::erase_if(groups, [](const Group& group) { return group.brokers.empty(); });
  for (Group& group : groups) {
    group.upper = group.lower;
    for (int factor = 1; factor <= ReplicaList::kMax; ++factor) {
      const int64_t weight = sums.movable[static_cast<size_t>(factor)];
      const bool each_rack = factor >= scope.racks;
      const auto most = std::min<int64_t>(each_rack ? factor - scope.racks + 1 : 1,
                                          static_cast<int64_t>(group.brokers.size()));
      group.lower += each_rack ? weight : 0;
      group.upper += weight * most;
    }
  }
  return groups;
}

}  // namespace

std::vector<Band> make_bands(const ClusterView& view, const Scope& scope, const Limits& limits) {
  const Sums sums = sum_up(view, scope);
  const std::vector<int64_t> shares = disk_shares(view, scope);
  const std::vector<Group> groups = group_by_rack(scope, sums, shares);
  std::vector<int64_t> share, lower, upper;
  for (const Group& group : groups) {
    share.push_back(std::max<int64_t>(1, group.share));
    lower.push_back(group.lower);
    upper.push_back(group.upper);
  }
  const std::vector<int64_t> rack_loads = water_fill(sums.total, share, lower, upper);
  const int64_t one_copy = sum_of(sums.movable);
  std::vector<Band> bands(view.brokers.size());
  for (size_t g = 0; g < groups.size(); ++g) {
    std::vector<int64_t> broker_share, least, most;
    for (const BrokerIndex b : groups[g].brokers) {
      bands[b].limit = disk_limit(view.brokers[b], limits.disk_percent);
      broker_share.push_back(std::max<int64_t>(1, shares[b]));
      least.push_back(sums.fixed[b]);
      const int64_t room = std::max(sums.fixed[b], bands[b].limit);
      most.push_back(std::min(room, sums.fixed[b] + one_copy));
    }
    const std::vector<int64_t> loads = water_fill(rack_loads[g], broker_share, least, most);
    for (size_t i = 0; i < loads.size(); ++i) {
      Band& band = bands[groups[g].brokers[i]];
      band.target = loads[i];
      band.low = sim::mul_div(loads[i], 100 - limits.balance_percent, 100);
      band.high = sim::mul_div_ceil(loads[i], 100 + limits.balance_percent, 100);
    }
  }
  return bands;
}

}  // namespace twin::controller::rebalance
