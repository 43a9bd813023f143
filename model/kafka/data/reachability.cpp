// Followers that do not keep up although they run: cut off from their leader, or slower than what
// arrives. They leave the ISR when the leader's check finds that they were last caught up more than
// replica.lag.time.max.ms (30 s) ago; each leader checks every half of that, on a grid that began
// when it started, so 30 to 45 s after they fell behind. A follower that has all that the leader
// has is caught up, whatever its age: partitions without traffic keep their ISR. Source:
// Partition.maybeShrinkIsr, ReplicaManager's task isr-expiration.
#include <algorithm>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "sim/int128.h"
#include "sim/marks.h"

namespace twin::model {

using data::Following;

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

sim::Duration Replication::round_trip(api::NodeId a, api::NodeId b) const {
  const Broker& left = brokers_[static_cast<size_t>(a.value)];
  const Broker& right = brokers_[static_cast<size_t>(b.value)];
  return (left.zone == right.zone ? network_.rtt_in_zone : network_.rtt_across_zones) +
         left.network_delay + right.network_delay;
}

void Replication::reachability_changed() {
  for (int32_t from = 0; from < static_cast<int32_t>(brokers_.size()); ++from) {
    for (int32_t to = 0; to < static_cast<int32_t>(brokers_.size()); ++to) {
      if (from == to) continue;
      const std::pair pair{api::NodeId{from}, api::NodeId{to}};
      const bool cut = !reachable(pair.first, pair.second);
      const bool was_cut = cut_pairs_.contains(pair);
      if (cut == was_cut) continue;
      if (cut) {
        cut_pairs_.insert(pair);
      } else {
        cut_pairs_.erase(pair);
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

// A member of an ISR that this broker leads does not keep up: its next check decides.
void Replication::watch_lag(api::NodeId leader) {
  Broker& owner = broker(leader);
  if (owner.lag_check_due || !owner.online) return;
  owner.lag_check_due = true;
  const sim::Duration every =
      std::max(sim::Duration{owner.settings.replica_lag_time_max.ns / 2}, sim::Duration{1});
  const int64_t passed = (kernel_.now() - owner.online_since) / every;
  kernel_.at(owner.online_since + every * (passed + 1),
             event_type(Part::replication, Local::lag_check), static_cast<uint32_t>(leader.value));
}

void Replication::lag_check(api::NodeId leader) {
  Broker& owner = broker(leader);
  owner.lag_check_due = false;
  const auto index = static_cast<size_t>(leader.value);
  if (!owner.online || index >= table_.on_node.size()) return;
  bool behind = false;
  for (const ReplicaRef ref : table_.on_node[index]) {
    const Partition& row = table_.partitions[ref.partition];
    if (row.leader_slot != ref.slot) continue;
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      if (slot == ref.slot || !row.in_isr(slot)) continue;
      const data::ReplicaLog& log = logs_.replica(ref.partition, slot);
      if (log.following == Following::in_step) continue;
      behind = true;
      if (kernel_.now() - log.since <= owner.settings.replica_lag_time_max) continue;
      if (replica_end(ref.partition, slot) >= log_end(ref.partition)) continue;
      TWIN_MARK("kafka_replica_lags");
      isr_.propose_isr_leave(ref.partition, slot);
    }
  }
  if (behind) watch_lag(leader);
}

// Bytes per second that the broker's disks are to take, were all its followers in step.
int64_t Replication::written_to(api::NodeId id) const {
  int64_t bytes = 0;
  const auto index = static_cast<size_t>(id.value);
  if (index >= table_.on_node.size()) return bytes;
  for (const ReplicaRef ref : table_.on_node[index]) {
    bytes += logs_.partition(ref.partition).inflow.rate_per_s;
  }
  return bytes;
}

// Followers of a broker that cannot take or write what they get fetch what they can.
void Replication::look_at_load(api::NodeId id) {
  Broker& owner = broker(id);
  const int64_t disk = sim::mul_div(hardware_.disk_write_bytes_per_s, owner.disk_percent, 100);
  const int64_t card = sim::mul_div(hardware_.nic_bytes_per_s, owner.network_percent, 100);
  const bool slow = owner.disk_percent < 100 || owner.network_percent < 100;
  const bool overloaded = slow && written_to(id) > std::min(disk, card);
  if (overloaded == owner.overloaded) return;
  owner.overloaded = overloaded;
  if (!overloaded) return;  // they catch up by themselves
  TWIN_MARK("kafka_slow_follower");
  for (const ReplicaRef ref : table_.on_node[static_cast<size_t>(id.value)]) {
    const Partition& row = table_.partitions[ref.partition];
    data::ReplicaLog& log = logs_.replica(ref.partition, ref.slot);
    if (row.leader_slot == ref.slot || log.following != Following::in_step) continue;
    if (row.leader_slot < 0 || logs_.partition(ref.partition).inflow.rate_per_s == 0) continue;
    settle(ref.partition);
    fall_behind(ref.partition, ref.slot);
  }
}

}  // namespace twin::model
