#include "controller/rebalance/balance.h"

#include <algorithm>
#include <optional>

#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

// How many replicas nearest to a wanted weight are tried on each side before all are.
constexpr size_t kWindow = 48;
// Replicas of a broker whose exchanges are tried, and partners tried for each on each side.
constexpr size_t kExchanged = 128;
constexpr size_t kPartners = 4;

struct Step {
  PartitionIndex partition = 0;
  int slot = 0;
  BrokerIndex to = 0;
  int64_t change = 0;
  int64_t weight = 1;

  // Lowers the cost by more for its weight; among equals the heavier, so that few partitions move.
  bool beats(const Step& other) const {
    const auto left = static_cast<sim::Int128>(change) * other.weight;
    const auto right = static_cast<sim::Int128>(other.change) * weight;
    return left != right ? left < right : weight > other.weight;
  }
};

struct Exchange {
  PartitionIndex p = 0, q = 0;
  int p_slot = 0, q_slot = 0;
  int64_t change = 0;
};

class Search {
 public:
  explicit Search(Placement& placement) : placement_(placement) {
    for (BrokerIndex b = 0; b < brokers(); ++b) {
      if (scope().receives[b] != 0) receivers_.push_back(b);
    }
  }

  void run() {
    bool lowered = true;
    while (lowered) {
      lowered = settle_outliers();
      lowered |= improve_copies();
    }
  }

 private:
  const Scope& scope() const { return placement_.scope(); }
  BrokerIndex brokers() const { return static_cast<BrokerIndex>(placement_.brokers()); }
  int64_t weight(PartitionIndex p) const { return scope().weight[p]; }
  int slot_on(PartitionIndex p, BrokerIndex b) const { return placement_.replicas(p).slot_of(b); }

  // ---- brokers outside their bands ----
  // Each in turn until none can be helped; then all once more, as long as that helped.
  bool settle_outliers() {
    bool ever = false, again = true;
    while (again) {
      again = false;
      for (const BrokerIndex b : outliers()) {
        while (placement_.deviation(b) != 0 && help(b)) again = true;
      }
      ever |= again;
    }
    return ever;
  }

  // The farthest outside first.
  std::vector<BrokerIndex> outliers() const {
    std::vector<BrokerIndex> out;
    for (BrokerIndex b = 0; b < brokers(); ++b) {
      if (placement_.deviation(b) != 0) out.push_back(b);
    }
    std::ranges::stable_sort(out, std::ranges::greater{}, [&](BrokerIndex b) {
      const int64_t deviation = placement_.deviation(b);
      return deviation < 0 ? -deviation : deviation;
    });
    return out;
  }

  // What is copied for b's sake weighs less than this: it pays for itself by what b and one other
  // broker come nearer to their bands. Over a disk's limit anything pays.
  int64_t worth_copying(BrokerIndex b) const {
    if (placement_.load(b) > placement_.band(b).limit) return INT64_MAX;
    const int64_t here = placement_.deviation(b);
    int64_t there = 0;
    for (BrokerIndex c = 0; c < brokers(); ++c) {
      const int64_t deviation = placement_.deviation(c);
      if (placement_.load(c) > placement_.band(c).limit) return INT64_MAX;
      there = std::max(there, here > 0 ? -deviation : deviation);
    }
    return kBalanceWorth * ((here > 0 ? here : -here) + there);
  }

  bool help(BrokerIndex b) {
    const bool over = placement_.deviation(b) > 0;
    worth_ = worth_copying(b);
    for (const bool everything : {false, true}) {
      if (const auto step = over ? best_out(b, everything) : best_in(b, everything)) {
        placement_.move(step->partition, step->slot, step->to);
        return true;
      }
    }
    return exchange_of(b);
  }

  // Calls `each(held)` for replicas of b by distance from the wanted weight: those not above it,
  // the heaviest first, then those above it, the lightest first. Ends when it returns true.
  template <class Each>
  void near(BrokerIndex b, int64_t wanted, size_t window, Each each) const {
    const std::vector<Held>& held = placement_.held(b);
    const auto middle =
        std::ranges::partition_point(held, [&](const Held& one) { return one.weight > wanted; });
    const auto below = static_cast<size_t>(held.end() - middle);
    for (size_t i = 0; i < std::min(window, below); ++i) {
      if (each(middle[static_cast<ptrdiff_t>(i)])) return;
    }
    const auto above = static_cast<size_t>(middle - held.begin());
    for (size_t i = 1; i <= std::min(window, above); ++i) {
      if (each(middle[-static_cast<ptrdiff_t>(i)])) return;
    }
  }

  // The best broker for that replica to go to.
  std::optional<Step> best_home(PartitionIndex p, int slot) const {
    std::optional<Step> best;
    for (const BrokerIndex to : receivers_) try_home(p, slot, to, best);
    const ReplicaList& start = placement_.start(p);
    for (int i = 0; i < start.size; ++i) {
      if (scope().receives[start[i]] == 0) try_home(p, slot, start[i], best);
    }
    return best;
  }

  void try_home(PartitionIndex p, int slot, BrokerIndex to, std::optional<Step>& best) const {
    const BrokerIndex from = placement_.replicas(p)[slot];
    const int64_t change = placement_.cost_change(p, from, to);
    if (to == from || change >= 0 || (best && change > best->change)) return;
    if (best && change == best->change && !is_emptier(placement_, to, best->to)) return;
    if (placement_.may_move(p, slot, to)) best = Step{p, slot, to, change, weight(p)};
  }

  // Nothing is cheaper for its weight than a move from above a band to below one.
  bool is_ideal(const Step& step) const {
    return step.change == step.weight * (1 - 2 * kBalanceWorth);
  }

  std::optional<Step> best_out(BrokerIndex b, bool everything) const {
    std::optional<Step> best;
    near(b, placement_.deviation(b), everything ? SIZE_MAX : kWindow, [&](const Held& held) {
      if (held.weight > worth_) return true;
      const auto step = best_home(held.partition, slot_on(held.partition, b));
      if (step && (!best || step->beats(*best))) best = step;
      return best && is_ideal(*best);
    });
    return best;
  }

  std::optional<Step> best_in(BrokerIndex to, bool everything) const {
    std::optional<Step> best;
    if (scope().receives[to] == 0) return best;
    for (BrokerIndex b = 0; b < brokers(); ++b) {
      if (b == to) continue;
      const size_t window = everything ? SIZE_MAX : kPartners;
      near(b, -placement_.deviation(to), window, [&](const Held& held) {
        if (held.weight > worth_) return true;
        const PartitionIndex p = held.partition;
        const int64_t change = placement_.cost_change(p, b, to);
        const Step step{p, slot_on(p, b), to, change, weight(p)};
        if (change >= 0 || (best && !step.beats(*best))) return false;
        if (placement_.may_move(p, step.slot, to)) best = step;
        return false;
      });
    }
    return best;
  }

  // ---- exchanges ----
  // One replica of b against one of another broker, so that b comes nearer to its band.
  bool exchange_of(BrokerIndex b) {
    const int64_t deviation = placement_.deviation(b);
    std::optional<Exchange> best;
    if (scope().receives[b] == 0) return false;
    const std::vector<Held>& held = placement_.held(b);
    const auto light =
        std::ranges::partition_point(held, [&](const Held& one) { return one.weight > worth_; });
    const auto first = static_cast<size_t>(light - held.begin());
    for (size_t i = first; i < std::min(held.size(), first + kExchanged); ++i) {
      for (const BrokerIndex c : receivers_) {
        if (c == b) continue;
        try_partners(held[i].partition, b, c, held[i].weight - deviation, best);
      }
    }
    return carry_out(best);
  }

  void try_partners(PartitionIndex p, BrokerIndex b, BrokerIndex c, int64_t wanted,
                    std::optional<Exchange>& best) const {
    const int p_slot = slot_on(p, b);
    near(c, wanted, kPartners, [&](const Held& partner) {
      const PartitionIndex q = partner.partition;
      const int q_slot = slot_on(q, c);
      const int64_t change = placement_.exchange_cost(p, p_slot, q, q_slot);
      if (change >= 0 || (best && change >= best->change)) return false;
      if (placement_.may_exchange(p, p_slot, q, q_slot)) {
        best = Exchange{p, q, p_slot, q_slot, change};
      }
      return false;
    });
  }

  bool carry_out(const std::optional<Exchange>& found) {
    if (!found) return false;
    placement_.exchange(found->p, found->p_slot, found->q, found->q_slot);
    return true;
  }

  // ---- copies that were made ----
  // Back, on to a better place, or another, lighter one in their stead.
  bool improve_copies() {
    bool lowered = false;
    for (PartitionIndex p = 0; p < scope().movable.size(); ++p) {
      if (scope().movable[p] == 0) continue;
      for (int slot = 0; slot < placement_.replicas(p).size; ++slot) {
        if (placement_.start(p).contains(placement_.replicas(p)[slot])) continue;
        if (const auto step = best_home(p, slot)) {
          placement_.move(p, slot, step->to);
          lowered = true;
        } else {
          lowered |= substitute(p, slot);
        }
      }
    }
    return lowered;
  }

  // p goes back to a broker that it left; what that one gives instead is as light as the bands let
  // it be.
  bool substitute(PartitionIndex p, int slot) {
    const BrokerIndex c = placement_.replicas(p)[slot];
    const ReplicaList& start = placement_.start(p);
    std::optional<Exchange> best;
    for (int home = 0; home < start.size; ++home) {
      const BrokerIndex o = start[home];
      if (placement_.replicas(p).contains(o) || scope().allowed[o] == 0) continue;
      const int64_t room = placement_.band(o).high - placement_.load(o);
      const int64_t spare = placement_.load(c) - placement_.band(c).low;
      const int64_t slack = std::max<int64_t>(0, std::min(room, spare));
      try_partners(p, c, o, weight(p) - slack, best);
    }
    return carry_out(best);
  }

  Placement& placement_;
  std::vector<BrokerIndex> receivers_;
  int64_t worth_ = INT64_MAX;
};

}  // namespace

void balance(Placement& placement) { Search(placement).run(); }

int64_t least_cost(const Placement& start, const MustMoves& must) {
  int64_t above = 0, below = 0, below_for_ever = 0, room = 0;
  for (BrokerIndex b = 0; b < start.brokers(); ++b) {
    const int64_t deviation = start.deviation(b);
    const bool receives = start.scope().receives[b] != 0;
    above += std::max<int64_t>(0, deviation);
    (receives ? below : below_for_ever) += std::max<int64_t>(0, -deviation);
    const int64_t high = std::min(start.band(b).high, start.band(b).limit);
    if (receives) room += std::max<int64_t>(0, high - start.load(b));
  }
  // What leaves brokers that need not be left: `copied`. What comes from the others fills room too.
  const int64_t room_left = std::max<int64_t>(0, room - must.off_brokers);
  const int64_t relieved = std::min(above, room_left);
  const int64_t copied = std::max({must.off_racks, relieved, below - must.off_brokers});
  const int64_t outside =
      above - relieved + below_for_ever + std::max<int64_t>(0, must.off_brokers - room);
  return must.off_brokers + copied + kBalanceWorth * outside;
}

}  // namespace twin::controller::rebalance
