// Followers that cannot reach their leader although both run: they fetch nothing, fall behind, and
// leave the ISR when the leader's check finds them later than replica.lag.time.max.ms (30 s; the
// check runs every 15 s, so 30 to 45 s after the cut). Source: Partition.maybeShrinkIsr.
#include <algorithm>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "sim/draw.h"
#include "sim/marks.h"

namespace twin::model {

namespace {

constexpr sim::Duration kLagTimeMax{30'000'000'000};
constexpr sim::Duration kCheckEvery{15'000'000'000};

}  // namespace

bool Replication::reachable(api::NodeId a, api::NodeId b) const {
  if (!network_.any_cut() || a == b) return true;
  const Broker& left = brokers_[static_cast<size_t>(a.value)];
  const Broker& right = brokers_[static_cast<size_t>(b.value)];
  const std::string ends_left[] = {"broker:" + std::to_string(a.value), left.kube_node,
                                   "zone:" + left.zone};
  const std::string ends_right[] = {"broker:" + std::to_string(b.value), right.kube_node,
                                    "zone:" + right.zone};
  for (const std::string& x : ends_left) {
    for (const std::string& y : ends_right) {
      if (!network_.reachable(x, y)) return false;
    }
  }
  return true;
}

void Replication::reachability_changed() {
  for (int32_t from = 0; from < static_cast<int32_t>(brokers_.size()); ++from) {
    for (int32_t to = 0; to < static_cast<int32_t>(brokers_.size()); ++to) {
      if (from == to) continue;
      const std::pair pair{api::NodeId{from}, api::NodeId{to}};
      const bool cut = !reachable(pair.first, pair.second);
      const bool was_cut = cut_pairs_.contains(pair);
      if (cut == was_cut) continue;
      if (!cut) {
        cut_pairs_.erase(pair);
      } else {
        const auto index = static_cast<uint32_t>(pairs_.size());
        pairs_.push_back(pair);
        cut_pairs_[pair] = index;
        const uint64_t bits = sim::draw(kernel_.seed, sim::purpose("isr_lag_check"),
                                        static_cast<uint64_t>(from), index);
        const sim::Duration phase{
            static_cast<int64_t>(sim::below(static_cast<uint64_t>(kCheckEvery.ns), bits))};
        kernel_.after(kLagTimeMax + phase, event_type(Part::replication, Local::lag_check), index);
      }
      const auto leader = static_cast<size_t>(from);
      if (leader >= table_.on_node.size()) continue;
      for (const ReplicaRef ref : table_.on_node[leader]) {
        const Partition& row = table_.partitions[ref.partition];
        if (row.leader_slot != ref.slot) continue;
        const int slot = row.slot_of(pair.second);
        if (slot < 0) continue;
        settle(ref.partition);
        if (cut) {
          stop_following(ref.partition, slot);
        } else {
          follow(ref.partition, slot);
        }
        notify(ref.partition);
      }
    }
  }
}

void Replication::lag_check(uint32_t index) {
  const std::pair pair = pairs_[index];
  const auto found = cut_pairs_.find(pair);
  if (found == cut_pairs_.end() || found->second != index) return;  // healed meanwhile
  const auto leader = static_cast<size_t>(pair.first.value);
  if (leader >= table_.on_node.size()) return;
  TWIN_MARK("kafka_replica_lags");
  for (const ReplicaRef ref : table_.on_node[leader]) {
    const Partition& row = table_.partitions[ref.partition];
    if (row.leader_slot != ref.slot) continue;
    const int slot = row.slot_of(pair.second);
    if (slot >= 0 && row.in_isr(slot)) isr_.propose_isr_leave(ref.partition, slot);
  }
}

}  // namespace twin::model
