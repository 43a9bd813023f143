#include "controller/rebalance/exact.h"

#include <algorithm>

#include "sim/assert.h"

namespace twin::controller::rebalance {

namespace {

constexpr size_t kPartitionsMax = 64;
constexpr size_t kOptionsMax = 3'000;  // replica sets of one partition

struct Option {
  std::vector<BrokerIndex> brokers;
  int copies = 0;
};

struct Variable {
  PartitionIndex partition = 0;
  int64_t weight = 0;
  std::vector<Option> options;  // the fewest copies first
};

class BranchAndBound {
 public:
  BranchAndBound(Placement& placement, bool repair_racks, int64_t steps_max)
      : placement_(placement), repair_racks_(repair_racks), steps_left_(steps_max) {}

  Cheapest run(bool keeps_rules) {
    for (const BrokerView& broker : view().brokers) {
      if (broker.log_dirs.size() > 1) return {};
    }
    if (!collect()) return {};
    start_loads();
    // More than any assignment costs.
    best_cost_ = keeps_rules ? placement_.cost() : static_cast<sim::Int128>(INT64_MAX) * INT64_MAX;
    choice_.resize(variables_.size());
    descend(0, 0);
    if (found_) adopt();
    return {found_, steps_left_ > 0};
  }

 private:
  const ClusterView& view() const { return placement_.view(); }
  const Scope& scope() const { return placement_.scope(); }

  bool collect() {
    for (PartitionIndex p = 0; p < scope().movable.size(); ++p) {
      if (scope().movable[p] == 0) continue;
      if (variables_.size() == kPartitionsMax) return false;
      Variable variable{p, scope().weight[p], {}};
      Option option;
      list_options(variable, 0, option);
      if (variable.options.size() > kOptionsMax) return false;
      // Nothing that keeps the rules: then there is nothing to prove either.
      if (variable.options.empty()) return false;
      std::ranges::stable_sort(variable.options, {}, &Option::copies);
      variables_.push_back(std::move(variable));
    }
    std::ranges::stable_sort(variables_, std::ranges::greater{}, &Variable::weight);
    rest_weight_.assign(variables_.size() + 1, 0);
    rest_copies_.assign(variables_.size() + 1, 0);
    for (size_t i = variables_.size(); i-- > 0;) {
      const Variable& variable = variables_[i];
      const int replicas = placement_.start(variable.partition).size;
      rest_weight_[i] = rest_weight_[i + 1] + variable.weight * replicas;
      rest_copies_[i] = rest_copies_[i + 1] + variable.weight * variable.options.front().copies;
    }
    return true;
  }

  // Replica sets in the order of broker ids: those who hold the partition and need not leave, and
  // those who may be given one.
  void list_options(Variable& variable, BrokerIndex from, Option& option) {
    const ReplicaList& start = placement_.start(variable.partition);
    if (variable.options.size() > kOptionsMax) return;
    if (option.brokers.size() == static_cast<size_t>(start.size)) {
      if (spread_holds(start, option)) variable.options.push_back(option);
      return;
    }
    for (auto b = from; b < view().brokers.size(); ++b) {
      const bool stays = start.contains(b) && scope().leaves[b] == 0;
      const bool comes = !start.contains(b) && scope().receives[b] != 0;
      if (!stays && !comes) continue;
      option.brokers.push_back(b);
      option.copies += comes ? 1 : 0;
      list_options(variable, static_cast<BrokerIndex>(b + 1), option);
      option.brokers.pop_back();
      option.copies -= comes ? 1 : 0;
    }
  }

  bool spread_holds(const ReplicaList& start, const Option& option) const {
    ReplicaList list;
    for (const BrokerIndex b : option.brokers) list.push(b, 0);
    int wanted = scope().spread_wanted(start);
    if (!repair_racks_) wanted = std::min(wanted, scope().spread(start));
    return scope().spread(list) >= wanted;
  }

  // What stays whatever is chosen.
  void start_loads() {
    const size_t n = view().brokers.size();
    loads_.assign(n, 0);
    bytes_.assign(n, 0);
    inflow_.assign(n, 0);
    received_.assign(n, 0);
    for (BrokerIndex b = 0; b < n; ++b) {
      for (const LogDir& dir : view().brokers[b].log_dirs) {
        loads_[b] += dir.other_bytes;
        bytes_[b] += dir.other_bytes;
      }
    }
    for (PartitionIndex p = 0; p < scope().movable.size(); ++p) {
      if (scope().movable[p] != 0) continue;
      const ReplicaList& list = view().partitions[p].replicas;
      for (int slot = 0; slot < list.size; ++slot) put(list[slot], p, +1, false);
    }
  }

  void put(BrokerIndex b, PartitionIndex p, int sign, bool copied) {
    const PartitionView& row = view().partitions[p];
    loads_[b] += sign * scope().weight[p];
    bytes_[b] += sign * row.bytes;
    inflow_[b] += sign * row.inflow_bytes_per_s;
    received_[b] += copied ? sign : 0;
  }

  // What these loads cost at least, when `rest` more weight comes on top of them.
  sim::Int128 bound(int64_t rest) const {
    sim::Int128 over = 0;
    int64_t lacking = 0;
    for (BrokerIndex b = 0; b < loads_.size(); ++b) {
      const int64_t low = placement_.band(b).low;
      const int64_t cost = placement_.deviation_cost(b, std::max(loads_[b], low));
      over += cost;
      if (placement_.deviation_cost(b, loads_[b]) > 0 && loads_[b] < low)
        lacking += low - loads_[b];
    }
    return over + static_cast<sim::Int128>(kBalanceWorth) * std::max<int64_t>(0, lacking - rest);
  }

  bool has_room() const {
    for (BrokerIndex b = 0; b < loads_.size(); ++b) {
      if (received_[b] > 0 && !placement_.may_hold(b, bytes_[b], inflow_[b])) return false;
    }
    return true;
  }

  void descend(size_t depth, int64_t copied) {
    if (--steps_left_ <= 0) return;
    const sim::Int128 least = bound(rest_weight_[depth]) + copied + rest_copies_[depth];
    if (least >= best_cost_) return;
    if (depth == variables_.size()) {
      // Rooms are looked at on the way down, where loads only grow.
      best_cost_ = least;
      best_ = choice_;
      found_ = true;
      return;
    }
    const Variable& variable = variables_[depth];
    for (size_t i = 0; i < variable.options.size() && steps_left_ > 0; ++i) {
      const Option& option = variable.options[i];
      choice_[depth] = i;
      place(variable, option, +1);
      if (has_room()) descend(depth + 1, copied + variable.weight * option.copies);
      place(variable, option, -1);
    }
  }

  void place(const Variable& variable, const Option& option, int sign) {
    const ReplicaList& start = placement_.start(variable.partition);
    for (const BrokerIndex b : option.brokers) {
      put(b, variable.partition, sign, !start.contains(b));
    }
  }

  void adopt() {
    for (size_t i = 0; i < variables_.size(); ++i) {
      const Variable& variable = variables_[i];
      placement_.assign(variable.partition, variable.options[best_[i]].brokers);
    }
    TWIN_ASSERT(placement_.cost() == best_cost_);
  }

  Placement& placement_;
  const bool repair_racks_;
  int64_t steps_left_;
  std::vector<Variable> variables_;
  std::vector<int64_t> rest_weight_, rest_copies_;
  std::vector<int64_t> loads_, bytes_, inflow_;
  std::vector<int32_t> received_;
  std::vector<size_t> choice_, best_;
  sim::Int128 best_cost_ = 0;
  bool found_ = false;
};

}  // namespace

Cheapest find_cheapest(Placement& placement, bool repair_racks, bool keeps_rules,
                       int64_t steps_max) {
  return BranchAndBound(placement, repair_racks, steps_max).run(keeps_rules);
}

}  // namespace twin::controller::rebalance
