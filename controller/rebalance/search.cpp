#include "controller/rebalance/search.h"

#include <algorithm>

#include "controller/rebalance/balance.h"
#include "controller/rebalance/changes.h"
#include "controller/rebalance/exact.h"
#include "controller/rebalance/must_moves.h"

namespace twin::controller::rebalance {

namespace {

int64_t narrow(sim::Int128 cost) {
  return static_cast<int64_t>(std::min(cost, static_cast<sim::Int128>(INT64_MAX)));
}

struct Round {
  std::vector<ReplicaList> lists;
  bool proved = false;
  std::optional<sim::Error> impossible;
};

// One after another found no place for `failed`: in a small cluster all ways are tried.
Round search_all(const ClusterView& view, const Scope& scope, const Limits& limits,
                 SearchGoals goals, sim::Error failed) {
  Placement placement(view, scope, limits, goals.balance);
  Round round;
  const Cheapest cheapest = find_cheapest(placement, goals.repair_racks, false);
  round.proved = cheapest.proved;
  if (cheapest.found) {
    round.lists = placement.take();
    return round;
  }
  if (cheapest.proved) failed.what += "; there is no assignment that keeps racks and limits";
  round.impossible = std::move(failed);
  return round;
}

Round search_once(const ClusterView& view, const Scope& scope, const Limits& limits,
                  SearchGoals goals) {
  Placement placement(view, scope, limits, goals.balance);
  Round round;
  if (auto made = make_must_moves(placement, goals.repair_racks); !made) {
    return search_all(view, scope, limits, goals, made.error());
  }
  if (goals.balance) {
    balance(placement);
    round.proved = find_cheapest(placement, goals.repair_racks, true).proved;
  }
  round.lists = placement.take();
  return round;
}

ClusterView moved(const ClusterView& view, const std::vector<ReplicaList>& lists) {
  ClusterView out = view;
  for (PartitionIndex p = 0; p < lists.size(); ++p) out.partitions[p].replicas = lists[p];
  return out;
}

int64_t outside(const Placement& placement) {
  int64_t sum = 0;
  for (BrokerIndex b = 0; b < placement.brokers(); ++b) {
    const int64_t deviation = placement.deviation(b);
    sum += deviation < 0 ? -deviation : deviation;
  }
  return sum;
}

void judge(const ClusterView& view, const Scope& scope, const Limits& limits, bool banded,
           const std::vector<ReplicaList>& lists, PlanCost& cost) {
  Placement placement(view, scope, limits, banded);
  cost.start = narrow(placement.cost());
  cost.outside_start = outside(placement);
  for (const PartitionIndex p : changed(start_lists(view), lists)) {
    std::vector<BrokerIndex> brokers;
    for (int slot = 0; slot < lists[p].size; ++slot) brokers.push_back(lists[p][slot]);
    placement.assign(p, brokers);
  }
  cost.plan = narrow(placement.cost());
  cost.outside_plan = outside(placement);
}

}  // namespace

SearchResult search(const ClusterView& view, const Scope& scope, const Limits& limits,
                    SearchGoals goals) {
  constexpr int kRoundsMax = 20;
  SearchResult result;
  {
    const Placement start(view, scope, limits, goals.balance);
    const MustMoves must = count_must_moves(view, scope, goals.repair_racks);
    result.cost.least = goals.balance ? least_cost(start, must) : must.off_brokers + must.off_racks;
  }
  Round round = search_once(view, scope, limits, goals);
  result.cost.proved = round.proved;
  result.impossible = std::move(round.impossible);
  result.lists = result.impossible ? start_lists(view) : std::move(round.lists);
  // A cheapest assignment stays as it is. Of one that is not proved to be: what planning on top of
  // it would still move is moved now; each round lowers the cost.
  for (int i = 0; i < kRoundsMax && goals.balance && !result.cost.proved && !result.impossible;
       ++i) {
    Round next = search_once(moved(view, result.lists), scope, limits, goals);
    if (next.impossible || next.lists == result.lists) break;
    result.lists = std::move(next.lists);
  }
  judge(view, scope, limits, goals.balance, result.lists, result.cost);
  return result;
}

}  // namespace twin::controller::rebalance
