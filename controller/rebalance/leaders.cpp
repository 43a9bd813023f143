#include "controller/rebalance/leaders.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::controller::rebalance {

namespace {

// More than any path of changes can cost.
constexpr int64_t kOutside = 1'000'000;
constexpr int8_t kNone = INT8_MAX;  // no partition could change so
constexpr int64_t kFar = std::numeric_limits<int64_t>::max() / 4;

class LeaderFlow {
 public:
  LeaderFlow(const ClusterView& view, const Scope& scope, const std::vector<uint8_t>& may_change,
             int32_t percent, std::vector<ReplicaList>& lists)
      : view_(view),
        scope_(scope),
        lists_(lists),
        n_(view.brokers.size()),
        edges_(n_ * n_),
        costs_(n_ * n_, kNone),
        leads_(n_) {
    for (PartitionIndex p = 0; p < lists.size(); ++p) {
      ++leads_[lists[p][0]];
      if (may_change[p] != 0) offer(p);
    }
    for (BrokerIndex b = 0; b < n_; ++b) {
      for (BrokerIndex c = 0; c < n_; ++c) refresh(b, c);
    }
    set_band(percent);
  }

  // A shortest path stays one while it costs the same: it is used as long as it does.
  void run() {
    while (const auto path = shortest_path()) {
      do push(*path);
      while (cost_now(*path) == path->cost);
    }
  }

 private:
  // Partitions that one broker leads and another could lead, by what the change costs: -1 undoes
  // one, 0 alters one that is made anyway, 1 is a new one. Entries grow stale and are then skipped.
  struct Edge {
    std::array<std::vector<PartitionIndex>, 3> partitions;
  };
  struct Path {
    std::vector<BrokerIndex> brokers;
    int64_t cost = 0;
  };

  Edge& edge(BrokerIndex from, BrokerIndex to) { return edges_[from * n_ + to]; }
  bool may_lead(BrokerIndex b) const { return scope_.allowed[b] != 0 && view_.brokers[b].live; }

  // What it costs that b leads p.
  int cost_of(PartitionIndex p, BrokerIndex b) const {
    const BrokerIndex first = view_.partitions[p].replicas[0];
    return first == b || !lists_[p].contains(first) ? 0 : 1;
  }

  void offer(PartitionIndex p) {
    const BrokerIndex from = lists_[p][0];
    for (int slot = 1; slot < lists_[p].size; ++slot) {
      const BrokerIndex to = lists_[p][slot];
      if (!may_lead(to)) continue;
      const int change = cost_of(p, to) - cost_of(p, from);
      edge(from, to).partitions[static_cast<size_t>(change + 1)].push_back(p);
    }
  }

  void set_band(int32_t percent) {
    int64_t total = 0, brokers = 0;
    for (BrokerIndex b = 0; b < n_; ++b) {
      total += may_lead(b) ? leads_[b] : 0;
      brokers += may_lead(b) ? 1 : 0;
    }
    if (brokers == 0) return;
    low_ = sim::mul_div(total, 100 - percent, 100 * brokers);
    high_ = sim::mul_div_ceil(total, 100 + percent, 100 * brokers);
  }

  // What one leadership less, or more, at b is worth.
  int64_t gain_of_less(BrokerIndex b) const {
    if (!may_lead(b)) return kFar;
    return leads_[b] > high_ ? -kOutside : leads_[b] > low_ ? 0 : kOutside;
  }
  int64_t gain_of_more(BrokerIndex b) const {
    if (!may_lead(b)) return kFar;
    return leads_[b] < low_ ? -kOutside : leads_[b] < high_ ? 0 : kOutside;
  }

  // The cheapest kind of change from one to the other, -1, 0 or 1, or kNone: looked up anew.
  void refresh(BrokerIndex from, BrokerIndex to) {
    costs_[from * n_ + to] = kNone;
    Edge& between = edge(from, to);
    for (size_t kind = 0; kind < between.partitions.size(); ++kind) {
      std::vector<PartitionIndex>& entries = between.partitions[kind];
      const int change = static_cast<int>(kind) - 1;
      while (!entries.empty()) {
        const PartitionIndex p = entries.back();
        const bool fresh = lists_[p][0] == from && cost_of(p, to) - cost_of(p, from) == change;
        if (fresh) {
          costs_[from * n_ + to] = static_cast<int8_t>(change);
          return;
        }
        entries.pop_back();
      }
    }
  }

  // Bellman and Ford, from all brokers that could give to all that could take. Nothing when no path
  // gains.
  std::optional<Path> shortest_path() {
    std::vector<int64_t> distance(n_);
    std::vector<BrokerIndex> before(n_);
    for (BrokerIndex b = 0; b < n_; ++b) {
      distance[b] = gain_of_less(b);
      before[b] = b;
    }
    for (bool shorter = true; shorter;) {
      shorter = false;
      for (BrokerIndex b = 0; b < n_; ++b) {
        if (distance[b] >= kFar) continue;
        const int8_t* costs = &costs_[b * n_];
        for (BrokerIndex c = 0; c < n_; ++c) {
          if (costs[c] == kNone || distance[b] + costs[c] >= distance[c]) continue;
          distance[c] = distance[b] + costs[c];
          before[c] = b;
          shorter = true;
        }
      }
    }
    Path best;
    std::optional<BrokerIndex> end;
    for (BrokerIndex c = 0; c < n_; ++c) {
      // A path of no step gives and takes the same leadership.
      if (before[c] == c || distance[c] >= kFar || !may_lead(c)) continue;
      const int64_t cost = distance[c] + gain_of_more(c);
      if (cost < best.cost) {
        best.cost = cost;
        end = c;
      }
    }
    if (!end) return std::nullopt;
    for (BrokerIndex b = *end;; b = before[b]) {
      best.brokers.push_back(b);
      if (before[b] == b) break;
    }
    std::ranges::reverse(best.brokers);
    return best;
  }

  // kFar when one of its steps has no partition left.
  int64_t cost_now(const Path& path) {
    int64_t cost = gain_of_less(path.brokers.front()) + gain_of_more(path.brokers.back());
    for (size_t i = 0; i + 1 < path.brokers.size(); ++i) {
      const int8_t step = costs_[path.brokers[i] * n_ + path.brokers[i + 1]];
      if (step == kNone) return kFar;
      cost += step;
    }
    return cost;
  }

  void push(const Path& path) {
    for (size_t i = 0; i + 1 < path.brokers.size(); ++i) {
      const BrokerIndex from = path.brokers[i], to = path.brokers[i + 1];
      const int8_t kind = costs_[from * n_ + to];
      TWIN_ASSERT(kind != kNone);
      std::vector<PartitionIndex>& entries =
          edge(from, to).partitions[static_cast<size_t>(kind + 1)];
      const PartitionIndex p = entries.back();
      entries.pop_back();
      lists_[p].swap_slots(0, lists_[p].slot_of(to));
      --leads_[from];
      ++leads_[to];
      offer(p);
      for (int slot = 0; slot < lists_[p].size; ++slot) {
        refresh(from, lists_[p][slot]);
        refresh(to, lists_[p][slot]);
      }
    }
  }

  const ClusterView& view_;
  const Scope& scope_;
  std::vector<ReplicaList>& lists_;
  size_t n_;
  std::vector<Edge> edges_;
  std::vector<int8_t> costs_;  // by pair
  std::vector<int64_t> leads_;
  int64_t low_ = 0;
  int64_t high_ = INT64_MAX;
};

}  // namespace

void balance_leaders(const ClusterView& view, const Scope& scope,
                     const std::vector<uint8_t>& may_change, int32_t percent,
                     std::vector<ReplicaList>& lists) {
  LeaderFlow(view, scope, may_change, percent, lists).run();
}

}  // namespace twin::controller::rebalance
