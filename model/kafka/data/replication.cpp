#include "model/kafka/data/replication.h"

#include <algorithm>

#include "model/events.h"
#include "sim/assert.h"
#include "sim/draw.h"
#include "sim/int128.h"

namespace twin::model {

using data::Following;
using data::PartitionLog;
using data::ReplicaLog;

namespace {

constexpr sim::Duration kFetchWait{500'000'000};  // replica.fetch.wait.max.ms
constexpr int64_t kRecordBytes = 1'000;           // of traffic that ends a fetch's wait

// String.hashCode of ASCII text.
int32_t java_hash(std::string_view text) {
  uint32_t hash = 0;
  for (const char c : text) hash = 31U * hash + static_cast<unsigned char>(c);
  return static_cast<int32_t>(hash);
}

}  // namespace

Replication::Replication(Kernel& kernel, Network& network, const Hardware& hardware,
                         const PartitionTable& table, IsrControl& isr)
    : kernel_(kernel),
      network_(network),
      hardware_(hardware),
      table_(table),
      isr_(isr),
      logs_(table) {}

Replication::Broker& Replication::broker(api::NodeId id) {
  TWIN_ASSERT(id.valid());
  const auto index = static_cast<size_t>(id.value);
  if (index >= brokers_.size()) brokers_.resize(index + 1);
  return brokers_[index];
}

void Replication::placed(api::NodeId id, const std::string& kube_node, const std::string& zone) {
  broker(id).kube_node = kube_node;
  broker(id).zone = zone;
}

void Replication::configured(api::NodeId id, const BrokerSettings& settings) {
  const BrokerSettings before = broker(id).settings;
  if (before.replica_fetchers != settings.replica_fetchers) resize_fetchers(id, settings);
  broker(id).settings = settings;
  if (before.leader_throttle == settings.leader_throttle &&
      before.follower_throttle == settings.follower_throttle) {
    return;
  }
  for (uint32_t index = 0; index < connections_.size(); ++index) {
    const Connection& each = connections_[index];
    if (each.open && (each.source == id || each.destination == id)) look_again(index);
  }
}

// Partitions go to other fetchers by their hash.
void Replication::resize_fetchers(api::NodeId destination, const BrokerSettings& settings) {
  const auto node = static_cast<size_t>(destination.value);
  std::vector<ReplicaRef> riding;
  if (node < table_.on_node.size()) riding = table_.on_node[node];
  std::erase_if(riding, [&](ReplicaRef ref) {
    return ((charges_[ref.partition].followers >> ref.slot) & 1) == 0;
  });
  for (const ReplicaRef ref : riding) ride(ref.partition, charges_[ref.partition], ref.slot, -1);
  std::vector<PartitionIndex> moved;
  for (uint32_t index = 0; index < connections_.size(); ++index) {
    Connection& each = connections_[index];
    if (!each.open || each.destination != destination) continue;
    settle_connection(each);
    moved.insert(moved.end(), each.lagging.begin(), each.lagging.end());
    each.lagging.clear();
    dirty_connections_.push_back(index);
  }
  broker(destination).settings = settings;
  for (const ReplicaRef ref : riding) ride(ref.partition, charges_[ref.partition], ref.slot, +1);
  for (const PartitionIndex partition : moved) {
    enlist(partition, table_.partitions[partition].slot_of(destination));
  }
}

void Replication::handle(const sim::Event& event) {
  switch (local_type<Local>(event.type)) {
    case Local::solve:
      return solve();
    case Local::finish: {
      const Connection& due = connections_[event.entity];
      if (due.open && due.generation == event.generation) finish_due(event.entity);
      return;
    }
    case Local::fetch: {
      const Connection& due = connections_[event.entity];
      if (due.open && due.generation == event.generation) fetch_due(event.entity);
      return;
    }
    case Local::checkpoint:
      return checkpoint(event.entity);
    case Local::lag_check:
      return lag_check({static_cast<int32_t>(event.entity)});
    case Local::forget:
      return forget_due(event.entity);
  }
}

void Replication::notify(PartitionIndex partition) {
  for (PartitionObserver* observer : observers_) observer->availability_changed(partition);
}

void Replication::settle(PartitionIndex partition) {
  logs_.settle(partition, kernel_.now(), round_trip(), hardware_.writeback);
}

// What the partition's steady traffic takes: producers to the leader, the leader to followers that
// keep up and to consumers, everybody to disk. What was charged is remembered, since by the time it
// is taken back the row may say something else.
void Replication::charge(PartitionIndex partition, const Charge& charge, int64_t sign) {
  if (charge.leader_slot < 0) return;
  const Partition& row = table_.partitions[partition];
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    if (((charge.followers >> slot) & 1) != 0) ride(partition, charge, slot, sign);
  }
  if (charge.rate == 0) return;
  int64_t followers = 0;
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    const bool leads = slot == charge.leader_slot;
    if (!leads && ((charge.followers >> slot) & 1) == 0) continue;
    Broker& host = broker(row.replicas[slot]);
    host.steady_in += charge.rate * sign;
    host.steady_write += charge.rate * sign;
    followers += leads ? 0 : 1;
    host.produced += leads ? charge.rate * sign : 0;
    host.untold = true;
    if (((charge.listed_followers >> slot) & 1) != 0) {
      host.follower_quota.change_steady(kernel_.now(), charge.rate * sign);
    }
    mark_dirty(row.replicas[slot]);
  }
  Broker& leader = broker(row.replicas[charge.leader_slot]);
  leader.steady_out += charge.rate * (followers + charge.readers) * sign;
  want_solve();
  if (charge.listed_leader) {
    leader.leader_quota.change_steady(kernel_.now(), charge.rate * followers * sign);
  }
}

void Replication::recharge(PartitionIndex partition) {
  Charge& charged = charges_[partition];
  const Partition& row = table_.partitions[partition];
  Charge now;
  now.leader_slot = row.leader_slot;
  now.rate = logs_.partition(partition).inflow.rate_per_s;
  now.acks_all = logs_.partition(partition).acks_all;
  now.readers = readers_[partition];
  now.listed_leader = row.leader_slot >= 0 && listed_at_leader(partition, row.leader());
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    if (slot == row.leader_slot) continue;
    if (logs_.replica(partition, slot).following != Following::in_step) continue;
    now.followers = static_cast<SlotMask>(now.followers | (1U << slot));
    if (!listed_at_follower(partition, row.replicas[slot])) continue;
    now.listed_followers = static_cast<SlotMask>(now.listed_followers | (1U << slot));
  }
  if (now == charged) return;
  charge(partition, charged, -1);
  charge(partition, now, +1);
  charged = now;
}

void Replication::set_inflow(PartitionIndex partition, int64_t bytes_per_s, bool acks_all) {
  PartitionLog& log = logs_.partition(partition);
  log.acks_all = acks_all;
  if (log.inflow.rate_per_s == bytes_per_s) return;
  settle(partition);
  log.inflow.rate_per_s = bytes_per_s;
  recharge(partition);
  for (const int32_t id : table_.partitions[partition].replicas) {
    if (broker({id}).disk_percent < 100 || broker({id}).network_percent < 100) look_at_load({id});
  }
  // A connection that carries the partition goes at another pace from now on.
  const Partition& row = table_.partitions[partition];
  for (int slot = 0; slot < row.replicas.size && row.leader_slot >= 0; ++slot) {
    if (logs_.replica(partition, slot).following != Following::catching_up) continue;
    const uint32_t index = connection_index(partition, row.leader(), row.replicas[slot]);
    settle_connection(connections_[index]);
    dirty_connections_.push_back(index);
    want_solve();
  }
}

void Replication::append(PartitionIndex partition, int64_t bytes) {
  const Partition& row = table_.partitions[partition];
  TWIN_ASSERT_LE(0, bytes);
  if (row.leader_slot < 0 || bytes == 0) return;
  settle(partition);
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    ReplicaLog& log = logs_.replica(partition, slot);
    if (slot == row.leader_slot || log.following == Following::in_step) log.end += bytes;
    if (log.following != Following::catching_up) continue;
    dirty_connections_.push_back(connection_index(partition, row.leader(), row.replicas[slot]));
    want_solve();
  }
  logs_.write_back(partition, kernel_.now(), hardware_.writeback);
}

void Replication::set_readers(PartitionIndex partition, int32_t readers) {
  if (readers_[partition] == readers) return;
  readers_[partition] = readers;
  recharge(partition);
}

bool Replication::fetches(const Partition& row, int slot) const {
  const api::NodeId id = row.replicas[slot];
  const auto index = static_cast<size_t>(id.value);
  if (index >= brokers_.size() || !brokers_[index].online) return false;
  if (row.leader_slot < 0) return false;
  const auto leader = static_cast<size_t>(row.leader().value);
  if (leader >= brokers_.size() || !brokers_[leader].online) return false;
  if (on_failed_disk(row, slot) || on_failed_disk(row, row.leader_slot)) return false;
  return slot == row.leader_slot || reachable(row.leader(), id);
}

sim::Duration Replication::handover(PartitionIndex partition) const {
  const Partition& row = table_.partitions[partition];
  sim::Duration time = hardware_.metadata_propagation;
  if (row.leader_slot < 0 || row.isr_size() < 2) return time;
  const uint64_t bits = sim::draw(kernel_.seed, sim::purpose("handover_fetch"), partition,
                                  static_cast<uint64_t>(row.leader_epoch));
  sim::Duration wait{static_cast<int64_t>(sim::below(static_cast<uint64_t>(kFetchWait.ns), bits))};
  const int64_t traffic = brokers_[static_cast<size_t>(row.leader().value)].steady_out;
  if (traffic > 0) {
    wait = std::min(wait, sim::Duration{sim::mul_div(kRecordBytes, 1'000'000'000, traffic)});
  }
  return time + wait + round_trip();
}

sim::Duration Replication::read_through(PartitionIndex partition) const {
  return {sim::mul_div(log_end(partition), 1'000'000'000, hardware_.disk_read_bytes_per_s)};
}

int64_t Replication::log_end(PartitionIndex partition) const {
  return logs_.leader_end(partition, kernel_.now());
}

int64_t Replication::replica_end(PartitionIndex partition, int slot) const {
  const ReplicaLog& log = logs_.replica(partition, slot);
  if (log.following == Following::catching_up) {
    if (const Connection* connection = carrying(partition, slot)) {
      const sim::Duration passed = kernel_.now() - connection->settled;
      const int64_t got = sim::mul_div(share_of(*connection), passed.ns, 1'000'000'000);
      return std::max(log.end, std::min(log.end + got, log_end(partition)));
    }
  }
  return logs_.end(partition, slot, kernel_.now(), round_trip());
}

int64_t Replication::log_end_offset_bytes(PartitionIndex partition, int slot) const {
  return replica_end(partition, slot);
}

void Replication::set_initial_size(PartitionIndex partition, int64_t bytes) {
  PartitionLog& log = logs_.partition(partition);
  settle(partition);
  for (int slot = 0; slot < log.replicas; ++slot) {
    ReplicaLog& replica = logs_.replica(partition, slot);
    replica.end += bytes;
    replica.pages.flush(replica.end, kernel_.now());
  }
  log.acknowledged_all += bytes;
  log.acknowledged_one += bytes;
}

void Replication::set_disk_speed(api::NodeId id, int64_t percent) {
  TWIN_ASSERT_LT(int64_t{0}, percent);
  broker(id).disk_percent = percent;
  mark_dirty(id);
  look_at_load(id);
}

void Replication::set_network_speed(api::NodeId id, int64_t percent) {
  TWIN_ASSERT_LT(int64_t{0}, percent);
  broker(id).network_percent = percent;
  mark_dirty(id);
  look_at_load(id);
}

void Replication::set_network_delay(api::NodeId id, sim::Duration delay) {
  broker(id).network_delay = delay;
  for (const Connection& each : connections_) {
    const bool its = each.source == id || each.destination == id;
    if (its && each.in_solver) share_.set_cap(each.flow, cap_of(each));
  }
  want_solve();
}

void Replication::set_follower_limit(api::NodeId id, int64_t bytes_per_s) {
  broker(id).follower_limit = bytes_per_s;
  for (const Connection& each : connections_) {
    if (each.destination == id && each.in_solver) share_.set_cap(each.flow, cap_of(each));
  }
  want_solve();
}

void Replication::partitions_added(PartitionIndex first, uint32_t count) {
  for (size_t topic = topic_hash_.size(); topic < table_.topics.size(); ++topic) {
    topic_hash_.push_back(java_hash(table_.topics[topic].name));
  }
  for (PartitionIndex partition = first; partition < first + count; ++partition) {
    logs_.add(partition);
    readers_.push_back(0);
    charges_.emplace_back();
    logs_.partition(partition).anchor = kernel_.now();
    const Partition& row = table_.partitions[partition];
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      ReplicaLog& log = logs_.replica(partition, slot);
      log.volume = volumes_.place(row.replicas[slot]);
      log.since = kernel_.now();
      if (slot == row.leader_slot || !fetches(row, slot)) continue;
      log.following = Following::in_step;
    }
  }
}

bool Replication::volumes_mounted(api::NodeId id, const std::vector<std::string>& names) {
  const std::vector<uint16_t> empty = volumes_.mount(id, names);
  if (empty.empty()) return false;
  const auto index = static_cast<size_t>(id.value);
  if (index >= table_.on_node.size()) return true;
  for (const ReplicaRef ref : table_.on_node[index]) {
    const ReplicaLog& log = logs_.replica(ref.partition, ref.slot);
    if (std::find(empty.begin(), empty.end(), log.volume) == empty.end()) continue;
    lose(ref.partition, ref.slot, 0, trace::LossReason::lost_disk);
  }
  return true;
}

// Clean: every segment's files are opened and its indexes checked, directory by directory side by
// side. Unclean: what lies beyond the recovery point, about the active segment of each log, is read
// again as well (LogLoader.recoverLog). Both wait for the disk, so a slow one takes longer in
// proportion.
LogLoad Replication::log_load(api::NodeId id) {
  LogLoad load;
  load.clean = broker(id).clean;
  const size_t disks = std::max<size_t>(1, volumes_.count(id));
  std::vector<int64_t> segments(disks), recover(disks);
  const auto index = static_cast<size_t>(id.value);
  if (index < table_.on_node.size()) {
    for (const ReplicaRef ref : table_.on_node[index]) {
      const ReplicaLog& log = logs_.replica(ref.partition, ref.slot);
      const int64_t segment = table_.topics[table_.partitions[ref.partition].topic].segment_bytes;
      const size_t disk = std::min<size_t>(log.volume, disks - 1);
      if (volumes_.offline(id, log.volume)) continue;
      ++load.logs;
      segments[disk] += log.end / segment + 1;
      recover[disk] += log.end % segment;
    }
  }
  sim::Duration longest{};
  for (size_t disk = 0; disk < disks; ++disk) {
    load.segments += segments[disk];
    sim::Duration time = hardware_.log_load_per_segment * segments[disk];
    if (!load.clean) {
      load.bytes_to_recover += recover[disk];
      time += sim::Duration{
          sim::mul_div_ceil(recover[disk], 1'000'000'000, hardware_.recovery_bytes_per_s)};
    }
    longest =
        std::max(longest, sim::Duration{sim::mul_div_ceil(time.ns, 100, broker(id).disk_percent)});
  }
  load.duration = hardware_.log_load_base + longest;
  return load;
}

void Replication::replicas_online(api::NodeId id) {
  broker(id).online = true;
  broker(id).online_since = kernel_.now();
  broker(id).clean = false;  // until it stops cleanly
  broker(id).leader_quota.restart(kernel_.now());
  broker(id).follower_quota.restart(kernel_.now());
  const auto index = static_cast<size_t>(id.value);
  if (index >= table_.on_node.size()) return;
  for (const ReplicaRef ref : table_.on_node[index]) {
    const Partition& row = table_.partitions[ref.partition];
    if (row.leader_slot < 0) continue;
    if (row.leader_slot == ref.slot) {
      if (on_failed_disk(row, ref.slot)) continue;
      // The leader itself is back: its followers fetch again.
      lead(ref.partition, ref.slot);
      for (int slot = 0; slot < row.replicas.size; ++slot) {
        if (slot != ref.slot) follow(ref.partition, slot);
      }
    } else {
      follow(ref.partition, ref.slot);
    }
    notify(ref.partition);
  }
}

void Replication::replicas_offline(api::NodeId id, StopHow how) {
  Broker& host = broker(id);
  if (!host.online && how != StopHow::power_off) return;
  const auto index = static_cast<size_t>(id.value);
  if (index < table_.on_node.size()) {
    for (const ReplicaRef ref : table_.on_node[index]) {
      const Partition& row = table_.partitions[ref.partition];
      settle(ref.partition);
      ReplicaLog& log = logs_.replica(ref.partition, ref.slot);
      if (row.leader_slot == ref.slot) {
        for (int slot = 0; slot < row.replicas.size; ++slot) {
          if (slot != ref.slot) stop_following(ref.partition, slot);
        }
      } else {
        stop_following(ref.partition, ref.slot);
      }
      if (how == StopHow::clean) log.pages.flush(log.end, kernel_.now());
      if (how == StopHow::power_off) {
        lose(ref.partition, ref.slot, log.pages.flushed(), trace::LossReason::unflushed_tail);
      }
    }
  }
  host.online = false;
  host.clean = how == StopHow::clean;
  if (index >= table_.on_node.size()) return;
  for (const ReplicaRef ref : table_.on_node[index]) notify(ref.partition);
}

// Up to here the leader of that epoch took the bytes, also where it leads on in the next one.
void Replication::partition_changing(PartitionIndex partition, const Partition& next) {
  const Partition& row = table_.partitions[partition];
  const bool moves = !(row.replicas == next.replicas);
  if (!moves && row.leader_slot == next.leader_slot && row.leader_epoch == next.leader_epoch) {
    if (row.isr == next.isr) return;
    settle(partition);  // acknowledged by the ISR that was
    for (int slot = 0; slot < next.replicas.size; ++slot) {
      if (next.in_isr(slot)) logs_.replica(partition, slot).awaited = ReplicaLog::Awaited::no;
    }
    return;
  }
  PartitionLog& log = logs_.partition(partition);
  if (row.leader_slot >= 0) {
    ReplicaLog& old = logs_.replica(partition, row.leader_slot);
    old.end += log.inflow.advance(kernel_.now() - log.anchor);
    log.anchor = kernel_.now();
    const int64_t behind = logs_.lag_in_step(partition, round_trip());
    int64_t high_watermark = old.end;
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      ReplicaLog& follower = logs_.replica(partition, slot);
      if (follower.following == Following::catching_up) {
        delist(partition, slot, row.leader());  // it has what it got from the old leader
      } else if (slot != row.leader_slot && follower.following == Following::in_step) {
        // A leader that hands over waits for its followers; one that died does not.
        follower.end = std::max(follower.end, old.end - (fetches(row, slot) ? 0 : behind));
      }
      if (row.in_isr(slot) || follower.awaited != ReplicaLog::Awaited::no) {
        high_watermark = std::min(high_watermark, follower.end);
      }
    }
    logs_.acknowledge(partition, high_watermark);
    log.acknowledged_one = std::max(log.acknowledged_one, old.end);
  }
  log.anchor = kernel_.now();
  logs_.write_back(partition, kernel_.now(), hardware_.writeback);
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    ReplicaLog& follower = logs_.replica(partition, slot);
    const int stays = next.slot_of(row.replicas[slot]);
    const bool counts = stays >= 0 && next.in_isr(stays);
    follower.since = counts ? kernel_.now() : ReplicaLog::kNotYet;
    follower.awaited = ReplicaLog::Awaited::no;
    follower.following = Following::offline;
  }
  if (!moves) return;
  charge(partition, charges_[partition], -1);
  charges_[partition] = {};
}

void Replication::partition_changed(PartitionIndex partition, const Partition& before) {
  const Partition& row = table_.partitions[partition];
  const bool moves = !(row.replicas == before.replicas);
  if (!moves && before.leader_slot == row.leader_slot && before.leader_epoch == row.leader_epoch) {
    for (int slot = 0; slot < row.replicas.size; ++slot) {
      const bool joined = row.in_isr(slot) && !before.in_isr(slot);
      if (joined && !in_step(partition, slot)) watch_lag(row.leader());
    }
    return;
  }
  if (moves) take_replicas(partition, before.replicas);
  // A leader that is not there yet (its loss is not noticed) serves and truncates nobody: what it
  // lacks counts when it comes back and still leads.
  if (row.leader_slot < 0 || !broker(row.leader()).online) return recharge(partition);
  lead(partition, row.leader_slot);
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    if (slot != row.leader_slot) follow(partition, slot);
  }
  recharge(partition);
}

// Replicas that left are deleted, new ones are empty logs in the directory with the fewest.
void Replication::take_replicas(PartitionIndex partition, const api::NodeList& before) {
  const Partition& row = table_.partitions[partition];
  for (int slot = 0; slot < before.size; ++slot) {
    if (row.replicas.contains(before[slot])) continue;
    volumes_.remove(before[slot], logs_.replica(partition, slot).volume);
  }
  logs_.rearrange(partition, before);
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    if (before.contains(row.replicas[slot])) continue;
    ReplicaLog& log = logs_.replica(partition, slot);
    log.volume = volumes_.place(row.replicas[slot]);
    log.since = ReplicaLog::kNotYet;
  }
}

// A follower begins to fetch: in step at once when it lacks nothing, else through its connection.
void Replication::follow(PartitionIndex partition, int slot) {
  const Partition& row = table_.partitions[partition];
  if (!fetches(row, slot)) return;
  ReplicaLog& log = logs_.replica(partition, slot);
  if (log.following != Following::offline) return;
  settle(partition);
  const int64_t leader_end = logs_.leader_end(partition, kernel_.now());
  if (log.end > leader_end) truncate(partition, slot, leader_end);
  const bool keeps_up =
      !broker(row.replicas[slot]).overloaded || logs_.partition(partition).inflow.rate_per_s == 0;
  if (keeps_up && log.end + logs_.lag_in_step(partition, round_trip()) >= leader_end) {
    return caught_up(partition, slot);
  }
  fall_behind(partition, slot);
}

// Fetches, but has not what the leader has.
void Replication::fall_behind(PartitionIndex partition, int slot) {
  const Partition& row = table_.partitions[partition];
  ReplicaLog& log = logs_.replica(partition, slot);
  const bool was_in_step = log.following == Following::in_step;
  if (log.following != Following::offline) log.since = kernel_.now();
  log.following = Following::catching_up;
  if (was_in_step) recharge(partition);
  enlist(partition, slot);
  if (row.in_isr(slot)) watch_lag(row.leader());
  await(partition, slot);
}

void Replication::stop_following(PartitionIndex partition, int slot) {
  const Partition& row = table_.partitions[partition];
  ReplicaLog& log = logs_.replica(partition, slot);
  if (log.following == Following::offline) return;
  log.awaited = ReplicaLog::Awaited::no;
  if (log.following == Following::catching_up) {
    delist(partition, slot, row.leader());
    log.following = Following::offline;
    return;
  }
  log.following = Following::offline;
  log.since = kernel_.now();
  recharge(partition);
  if (row.leader_slot >= 0 && row.in_isr(slot)) watch_lag(row.leader());
}

void Replication::caught_up(PartitionIndex partition, int slot) {
  ReplicaLog& log = logs_.replica(partition, slot);
  settle(partition);
  log.following = Following::in_step;
  log.since = kernel_.now();
  if (log.awaited == ReplicaLog::Awaited::below) log.awaited = ReplicaLog::Awaited::above;
  log.end = std::max(log.end, logs_.leader_end(partition, kernel_.now()) -
                                  logs_.lag_in_step(partition, round_trip()));
  await(partition, slot);
  recharge(partition);
  const Partition& row = table_.partitions[partition];
  if (!row.in_isr(slot)) isr_.propose_isr_join(partition, slot);
}

bool Replication::catching_up() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const Connection& c) { return c.open && !c.lagging.empty(); });
}

int64_t Replication::bytes_behind(api::NodeId id) const {
  int64_t bytes = 0;
  for (const Connection& connection : connections_) {
    if (!connection.open || connection.destination != id) continue;
    for (const PartitionIndex partition : connection.lagging) {
      const int slot = table_.partitions[partition].slot_of(id);
      bytes += std::max<int64_t>(0, log_end(partition) - replica_end(partition, slot));
    }
  }
  return bytes;
}

}  // namespace twin::model
