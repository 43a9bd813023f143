#include "controller/rebalance/must_moves.h"

#include <algorithm>
#include <optional>

#include "controller/api/units.h"
#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

using SlotMask = uint16_t;

bool has(SlotMask mask, int slot) { return ((mask >> slot) & 1) != 0; }
SlotMask with(SlotMask mask, int slot) { return static_cast<SlotMask>(mask | (1U << slot)); }

ReplicaList without(const ReplicaList& list, SlotMask slots) {
  ReplicaList out;
  for (int slot = 0; slot < list.size; ++slot) {
    if (!has(slots, slot)) out.push(list[slot], list.dir(slot));
  }
  return out;
}

// Whether another replica that stays stands in the rack of `slot`.
bool has_neighbour(const Scope& scope, const ReplicaList& list, int slot, SlotMask leaving) {
  for (int other = 0; other < list.size; ++other) {
    if (other == slot || has(leaving, other)) continue;
    if (scope.rack[list[other]] == scope.rack[list[slot]]) return true;
  }
  return false;
}

struct Leaving {
  SlotMask off_brokers = 0;
  SlotMask off_racks = 0;
  SlotMask all() const { return static_cast<SlotMask>(off_brokers | off_racks); }
};

// Slots off brokers are free for racks that lack a replica. Where they are not enough, replicas
// with a neighbour in their rack leave too, those that `rather_this` prefers first.
template <class Prefers>
Leaving who_leaves(const Scope& scope, const ReplicaList& list, bool repair_racks,
                   const Prefers& rather_this) {
  Leaving out;
  for (int slot = 0; slot < list.size; ++slot) {
    if (scope.leaves[list[slot]] != 0) out.off_brokers = with(out.off_brokers, slot);
  }
  if (!repair_racks) return out;
  const ReplicaList staying = without(list, out.off_brokers);
  int lacking = scope.spread_wanted(list) - scope.spread(staying) - (list.size - staying.size);
  for (; lacking > 0; --lacking) {
    int leaves = -1;
    for (int slot = list.size - 1; slot >= 0; --slot) {
      if (has(out.all(), slot) || !has_neighbour(scope, list, slot, out.all())) continue;
      if (leaves < 0 || rather_this(list[slot], list[leaves])) leaves = slot;
    }
    TWIN_ASSERT(leaves >= 0);
    out.off_racks = with(out.off_racks, leaves);
  }
  return out;
}

// No preference: the last of the list, since the first is the preferred leader.
bool last_first(BrokerIndex, BrokerIndex) { return false; }

// The racks that `staying` with `to` and then `open` more replicas can stand in, against what they
// could at best.
bool keeps_spread(const Scope& scope, const ReplicaList& staying, BrokerIndex to, int open,
                  int wanted) {
  ReplicaList next = staying;
  next.push(to, 0);
  const int best = std::min(wanted, scope.spread(staying) + 1 + open);
  return scope.spread(next) + open >= best;
}

std::optional<BrokerIndex> find_home(const Placement& placement, PartitionIndex p,
                                     const ReplicaList& staying, int open, int wanted) {
  std::optional<BrokerIndex> best;
  for (BrokerIndex b = 0; b < placement.brokers(); ++b) {
    if (best && !is_emptier(placement, b, *best)) continue;
    if (!placement.fits(p, b) || placement.scope().leaves[b] != 0) continue;
    if (keeps_spread(placement.scope(), staying, b, open, wanted)) best = b;
  }
  return best;
}

sim::Error no_room(const Placement& placement, PartitionIndex p, BrokerIndex from) {
  const ClusterView& view = placement.view();
  return {view.partition_name(p),
          "its replica of " + api::format_bytes({view.partitions[p].bytes}) + " on broker " +
              std::to_string(view.brokers[from].id.value) +
              " finds no broker with room on a disk and on its network card in a rack that may "
              "take it",
          "add brokers or disks, allow more brokers, or raise the limits"};
}

// Of two neighbours the one leaves whose broker is farther above its band.
sim::Expected<void> move_all(Placement& placement, PartitionIndex p, bool repair_racks) {
  const Scope& scope = placement.scope();
  const auto fuller = [&](BrokerIndex a, BrokerIndex b) {
    return placement.deviation(a) > std::max<int64_t>(0, placement.deviation(b));
  };
  SlotMask leaving = who_leaves(scope, placement.replicas(p), repair_racks, fuller).all();
  const int wanted = scope.spread_wanted(placement.replicas(p));
  const int before = std::min(wanted, scope.spread(placement.replicas(p)));
  for (int slot = 0; slot < placement.replicas(p).size; ++slot) {
    if (!has(leaving, slot)) continue;
    const ReplicaList staying = without(placement.replicas(p), leaving);
    const int open = placement.replicas(p).size - staying.size - 1;
    auto to = find_home(placement, p, staying, open, wanted);
    // Without room in a rack that lacks one: at least no worse than it was.
    if (!to && !repair_racks) to = find_home(placement, p, staying, open, before);
    if (!to) return no_room(placement, p, placement.replicas(p)[slot]);
    placement.move(p, slot, *to);
    leaving = static_cast<SlotMask>(leaving & ~(1U << slot));
  }
  return {};
}

}  // namespace

bool is_emptier(const Placement& placement, BrokerIndex a, BrokerIndex b) {
  const auto relative = [&](BrokerIndex one, BrokerIndex other) {
    return static_cast<sim::Int128>(placement.load(one)) *
           std::max<int64_t>(1, placement.band(other).target);
  };
  const sim::Int128 left = relative(a, b), right = relative(b, a);
  if (left != right) return left < right;
  if (placement.count(a) != placement.count(b)) return placement.count(a) < placement.count(b);
  return a < b;
}

MustMoves count_must_moves(const ClusterView& view, const Scope& scope, bool repair_racks) {
  MustMoves out;
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    if (scope.movable[p] == 0) continue;
    const Leaving leaving =
        who_leaves(scope, view.partitions[p].replicas, repair_racks, last_first);
    out.off_brokers += scope.weight[p] * __builtin_popcount(leaving.off_brokers);
    out.off_racks += scope.weight[p] * __builtin_popcount(leaving.off_racks);
  }
  return out;
}

sim::Expected<void> make_must_moves(Placement& placement, bool repair_racks) {
  const Scope& scope = placement.scope();
  std::vector<PartitionIndex> moves;
  for (PartitionIndex p = 0; p < scope.movable.size(); ++p) {
    if (scope.movable[p] == 0) continue;
    const ReplicaList& list = placement.replicas(p);
    if (who_leaves(scope, list, repair_racks, last_first).all() != 0) moves.push_back(p);
  }
  std::ranges::stable_sort(moves, std::ranges::greater{},
                           [&](PartitionIndex p) { return scope.weight[p]; });
  for (const PartitionIndex p : moves) {
    if (auto made = move_all(placement, p, repair_racks); !made) return made;
  }
  return {};
}

}  // namespace twin::controller::rebalance
