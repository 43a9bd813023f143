// What the run cost, added up exactly: a listener on the trace that keeps, per partition, since
// when it is under-replicated, under min ISR or without a leader, and per broker how many
// partitions would fall below min.insync.replicas if it stopped, with the history of the last
// minute.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "model/kafka/partitions.h"
#include "model/kernel.h"

namespace twin::model {

class Ledger : public TraceListener {
 public:
  // REQUIRES: both outlive it; the table is the control plane's.
  Ledger(Kernel& kernel, const PartitionTable& table) : kernel_(kernel), table_(table) {}

  void on_record(const sim::Record& record) override;
  // Everything counts from now on.
  void start_window();

  struct Totals {
    sim::Duration urp;            // with at least one under-replicated partition
    sim::Duration under_min_isr;  // summed over partitions
    sim::Duration offline;        // summed over partitions
    int64_t leader_moves = 0, isr_shrinks = 0, isr_expands = 0;
    int64_t bytes_replicated = 0;   // over connections that caught up
    int64_t acknowledged_lost = 0;  // promised with acks=all
    int64_t weaker_lost = 0;        // promised with less
  };
  Totals totals() const;
  struct Spell {
    PartitionIndex partition = 0;
    sim::Duration length;
  };
  // Longest single time under min ISR of each partition, longest first, at most `count`.
  std::vector<Spell> longest_under_min_isr(size_t count) const;

  // Partitions that forbade stopping the broker at `time`: RF above min ISR, the broker in the ISR,
  // and the ISR no larger than min ISR. Of an instant at which this changed, the milder truth: what
  // was read at that instant may have been read before the change or after it. REQUIRES: not more
  // than kHistory ago.
  int64_t blocking_at(api::NodeId broker, sim::Time time) const;
  static constexpr sim::Duration kHistory{60'000'000'000};
  int64_t under_replicated() const { return urp_count_; }
  int64_t under_min() const { return under_min_count_; }
  int64_t offline() const { return offline_count_; }

 private:
  struct State {
    bool urp = false;
    bool under_min = false;
    bool offline = false;
    bool was_online = false;
    SlotMask blocking = 0;
    sim::Time under_since{};
    sim::Time offline_since{};
    sim::Duration under_total{};
    sim::Duration under_longest{};
  };
  struct Blocking {
    sim::Time at;
    int64_t count = 0;
  };
  void update(PartitionIndex partition);
  void replicas_changed(const sim::Record& record);
  void look_at_settings();
  void set_blocking(const Partition& row, State& state, SlotMask mask);
  void count_blocking(api::NodeId broker, int64_t change);

  Kernel& kernel_;
  const PartitionTable& table_;
  std::vector<State> states_;
  std::vector<int32_t> min_isr_;                // of each topic, as counted with
  std::vector<std::deque<Blocking>> blocking_;  // by broker
  sim::Time window_begin_{};
  int64_t urp_count_ = 0, under_min_count_ = 0, offline_count_ = 0;
  sim::Time urp_since_{};
  sim::Duration urp_total_{};
  sim::Duration offline_total_{};
  Totals counts_;
};

}  // namespace twin::model
