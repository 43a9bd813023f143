// Fetcher connections: shares of the network and the disks between them, round robin inside them,
// and when each of their partitions has caught up.
#include <algorithm>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kForEverSeconds = 1'000'000'000;  // as nanoseconds it still fits an int64

int64_t percent(int64_t value, int64_t of_hundred) { return sim::mul_div(value, of_hundred, 100); }

}  // namespace

// AbstractFetcherManager.getFetcherId: Utils.abs(31 * topic.hashCode() + partition) % fetchers.
int32_t Replication::fetcher_of(PartitionIndex partition, api::NodeId destination) const {
  const int64_t fetchers =
      brokers_[static_cast<size_t>(destination.value)].settings.replica_fetchers;
  if (fetchers <= 1) return 0;
  const Partition& row = table_.partitions[partition];
  const uint32_t mixed = 31U * static_cast<uint32_t>(topic_hash_[row.topic]) + row.number;
  const auto hash = static_cast<int32_t>(mixed);
  if (hash == INT32_MIN) return 0;
  return static_cast<int32_t>((hash < 0 ? -hash : hash) % fetchers);
}

uint32_t Replication::connection_index(PartitionIndex partition, api::NodeId source,
                                       api::NodeId destination) {
  const auto fetcher = static_cast<size_t>(fetcher_of(partition, destination));
  auto& by_leader = broker(destination).connection_from;
  const auto leader = static_cast<size_t>(source.value);
  if (by_leader.size() <= leader) by_leader.resize(leader + 1);
  if (by_leader[leader].size() <= fetcher) by_leader[leader].resize(fetcher + 1);
  uint32_t& place = by_leader[leader][fetcher];
  if (place == 0) {
    connections_.emplace_back();
    connections_.back().source = source;
    connections_.back().destination = destination;
    connections_.back().fetcher = static_cast<int32_t>(fetcher);
    place = static_cast<uint32_t>(connections_.size());
  }
  return place - 1;
}

const Replication::Connection* Replication::carrying(PartitionIndex partition, int slot) const {
  const Partition& row = table_.partitions[partition];
  if (row.leader_slot < 0) return nullptr;
  const api::NodeId destination = row.replicas[slot];
  const auto fetcher = static_cast<size_t>(fetcher_of(partition, destination));
  const auto leader = static_cast<size_t>(row.leader().value);
  const auto& by_leader = brokers_[static_cast<size_t>(destination.value)].connection_from;
  if (by_leader.size() <= leader || by_leader[leader].size() <= fetcher) return nullptr;
  const uint32_t place = by_leader[leader][fetcher];
  return place == 0 ? nullptr : &connections_[place - 1];
}

// A replica that keeps up is fetched over the same connection as those that do not.
void Replication::ride(PartitionIndex partition, const Charge& charge, int slot, int64_t sign) {
  const Partition& row = table_.partitions[partition];
  const uint32_t index =
      connection_index(partition, row.replicas[charge.leader_slot], row.replicas[slot]);
  Connection& connection = connections_[index];
  connection.riders += sign;
  connection.rider_bytes_per_s += charge.rate * sign;
  if (charge.acks_all) connection.rider_acked_bytes_per_s += charge.rate * sign;
  if (charge.readers > 0) connection.rider_read_bytes_per_s += charge.rate * sign;
  if (charge.readers > 0 && sign > 0) connection.rider_read = partition;
  if (connection.open && charge.rate > 0) dirty_connections_.push_back(index);
}

data::ReplicaLog& Replication::log_at(PartitionIndex partition, api::NodeId id) {
  const int slot = table_.partitions[partition].slot_of(id);
  TWIN_ASSERT_LE(0, slot);
  return logs_.replica(partition, slot);
}

// What its destination lacks; may be negative by what rounding leaves.
int64_t Replication::gap_of(PartitionIndex partition, const Connection& connection) const {
  const int slot = table_.partitions[partition].slot_of(connection.destination);
  TWIN_ASSERT_LE(0, slot);
  return logs_.leader_end(partition, kernel_.now()) - logs_.replica(partition, slot).end;
}

void Replication::want_solve() {
  if (solve_wanted_) return;
  solve_wanted_ = true;
  kernel_.after({}, event_type(Part::replication, Local::solve), 0, 0, 0, sim::Phase::solve);
}

void Replication::mark_dirty(api::NodeId id) {
  Broker& owner = broker(id);
  if (owner.dirty || owner.connections == 0) return;
  owner.dirty = true;
  want_solve();
}

void Replication::enlist(PartitionIndex partition, int slot) {
  const Partition& row = table_.partitions[partition];
  const uint32_t index = connection_index(partition, row.leader(), row.replicas[slot]);
  Connection& connection = connections_[index];
  if (!connection.open) {
    connection.open = true;
    connection.carried = 0;
    connection.rate = 0;
    connection.settled = kernel_.now();
    connection.pace = Connection::Pace::flow;
    ++broker(connection.source).connections;
    ++broker(connection.destination).connections;
    // What changed of their load and their disks while nobody was connected counts now.
    mark_dirty(connection.source);
    mark_dirty(connection.destination);
  }
  settle_connection(connection);
  connection.lagging.push_back(partition);
  look_again(index);
  dirty_connections_.push_back(index);
  want_solve();
}

void Replication::delist(PartitionIndex partition, int slot, api::NodeId source) {
  const api::NodeId destination = table_.partitions[partition].replicas[slot];
  const uint32_t index = connection_index(partition, source, destination);
  Connection& connection = connections_[index];
  if (!connection.open) return;
  settle_connection(connection);
  std::erase(connection.lagging, partition);
  dirty_connections_.push_back(index);
  want_solve();
}

// What each lagging partition gets: even parts, since a response takes 1 MiB of each in turn; those
// that keep up took theirs before (cap_of, set_capacities). Nothing by the second where responses
// are played one by one.
int64_t Replication::share_of(const Connection& connection) const {
  if (connection.lagging.empty() || connection.pace != Connection::Pace::flow) return 0;
  return connection.rate / static_cast<int64_t>(connection.lagging.size());
}

void Replication::settle_connection(Connection& connection) {
  const sim::Duration passed = kernel_.now() - connection.settled;
  connection.settled = kernel_.now();
  if (passed.ns == 0 || connection.rate == 0) return;
  wait_in_flow(connection, passed);
  const int64_t got = sim::mul_div(share_of(connection), passed.ns, kSecond);
  if (got == 0) return;
  for (const PartitionIndex partition : connection.lagging) {
    data::ReplicaLog& log = log_at(partition, connection.destination);
    // The source's log; one that leads no more has what it had.
    const int64_t limit = table_.partitions[partition].leader() == connection.source
                              ? logs_.leader_end(partition, kernel_.now())
                              : log_at(partition, connection.source).end;
    const int64_t next = std::min(log.end + got, std::max(limit, log.end));
    connection.carried += next - log.end;
    log.end = next;
    log.pages.reached(next, kernel_.now(), hardware_.writeback);
  }
}

// The next partition to catch up: the gap shrinks by what it gets less what its producers send. One
// that is awaited has the high watermark to reach first, which stands still.
void Replication::plan(uint32_t index) {
  Connection& connection = connections_[index];
  ++connection.generation;
  if (!connection.open) return;
  const int64_t share = share_of(connection);
  sim::Duration soonest{INT64_MAX};
  for (const PartitionIndex partition : connection.lagging) {
    const int slot = table_.partitions[partition].slot_of(connection.destination);
    const bool below = awaited_below(partition, slot);
    const int64_t inflow = below ? 0 : logs_.partition(partition).inflow.rate_per_s;
    const int64_t gap = below ? short_of_watermark(partition, slot) : gap_of(partition, connection);
    if (gap <= 0 && share >= inflow) {
      soonest = {};
      break;
    }
    // Never at this rate, or not within a simulation's lifetime.
    if (share <= inflow || gap / (share - inflow) >= kForEverSeconds) continue;
    soonest = std::min(soonest, {sim::mul_div_ceil(gap, kSecond, share - inflow)});
  }
  if (soonest.ns == INT64_MAX) return;
  kernel_.after(soonest, event_type(Part::replication, Local::finish), index,
                connection.generation);
}

void Replication::finish_due(uint32_t index) {
  settle_connection(connections_[index]);
  // Rounding down to whole bytes leaves less than one byte for each settling.
  constexpr int64_t kRounding = 64;
  std::vector<PartitionIndex> done, left, reached;
  const int64_t share = share_of(connections_[index]);
  const api::NodeId destination = connections_[index].destination;
  for (const PartitionIndex partition : connections_[index].lagging) {
    const int slot = table_.partitions[partition].slot_of(destination);
    if (awaited_below(partition, slot) && short_of_watermark(partition, slot) <= kRounding) {
      reached.push_back(partition);
    }
    const int64_t gap = gap_of(partition, connections_[index]);
    const bool keeps_up = share >= logs_.partition(partition).inflow.rate_per_s;
    (gap <= kRounding && keeps_up ? done : left).push_back(partition);
  }
  connections_[index].lagging = std::move(left);
  for (const PartitionIndex partition : reached) {
    reached_watermark(partition, table_.partitions[partition].slot_of(destination));
  }
  for (const PartitionIndex partition : done) {
    caught_up(partition, table_.partitions[partition].slot_of(destination));
  }
  dirty_connections_.push_back(index);
  want_solve();
}

void Replication::close(uint32_t index) {
  Connection& connection = connections_[index];
  connection.open = false;
  connection.response.clear();
  ++connection.generation;
  if (connection.in_solver) share_.remove_flow(connection.flow);
  connection.in_solver = false;
  --broker(connection.source).connections;
  --broker(connection.destination).connections;
  recap(connection.destination);
  kernel_.emit(trace::CatchUpFinished{connection.source.value, connection.destination.value,
                                      connection.carried});
}

// A socket window per round trip, less what those that keep up on it take of that, of which a tenth
// is left as in set_capacities; and of a limit on its destination an even part of the connections
// that it shares it with.
double Replication::cap_of(const Connection& connection) const {
  const Broker& destination = brokers_[static_cast<size_t>(connection.destination.value)];
  const sim::Duration trip = round_trip(connection.source, connection.destination);
  const int64_t whole = sim::mul_div(hardware_.socket_window_bytes, kSecond, trip.ns);
  const int64_t window = std::max(whole - connection.rider_bytes_per_s, whole / 10);
  const int64_t limit = destination.follower_limit;
  if (limit == 0) return static_cast<double>(window);
  int64_t sharing = 0;
  for (const Connection& each : connections_) {
    sharing += each.destination == connection.destination && each.in_solver ? 1 : 0;
  }
  return static_cast<double>(std::min(window, limit / std::max<int64_t>(1, sharing)));
}

void Replication::recap(api::NodeId destination) {
  if (broker(destination).follower_limit == 0) return;
  for (const Connection& each : connections_) {
    if (each.destination == destination && each.in_solver) share_.set_cap(each.flow, cap_of(each));
  }
}

void Replication::give_resources(Broker& owner) {
  if (owner.has_resources) return;
  owner.has_resources = true;
  owner.nic_in = share_.add_resource(0);
  owner.nic_out = share_.add_resource(0);
  owner.disk_read = share_.add_resource(0);
  owner.disk_write = share_.add_resource(0);
  set_capacities(owner);
}

// What steady traffic leaves. It never takes everything: a tenth goes to those that catch up, as
// TCP would give them.
void Replication::set_capacities(Broker& owner) {
  const auto left = [](int64_t capacity, int64_t taken) {
    return static_cast<double>(std::max(capacity - taken, capacity / 10));
  };
  const int64_t read = percent(hardware_.disk_read_bytes_per_s, owner.disk_percent);
  const int64_t write = percent(hardware_.disk_write_bytes_per_s, owner.disk_percent);
  const int64_t card = percent(hardware_.nic_bytes_per_s, owner.network_percent);
  share_.set_capacity(owner.nic_in, left(card, owner.steady_in));
  share_.set_capacity(owner.nic_out, left(card, owner.steady_out));
  share_.set_capacity(owner.disk_read, left(read, 0));
  share_.set_capacity(owner.disk_write, left(write, owner.steady_write));
}

// Once an instant, after all of its changes.
void Replication::tell_traffic() {
  for (size_t id = 0; id < brokers_.size(); ++id) {
    Broker& each = brokers_[id];
    if (!each.untold) continue;
    each.untold = false;
    if (each.told_in == each.steady_in && each.told_out == each.steady_out &&
        each.told_produced == each.produced) {
      continue;
    }
    each.told_in = each.steady_in;
    each.told_out = each.steady_out;
    each.told_produced = each.produced;
    kernel_.emit(trace::TrafficChanged{static_cast<int64_t>(id), each.produced,
                                       each.steady_in - each.produced, each.steady_out});
  }
}

void Replication::solve() {
  solve_wanted_ = false;
  tell_traffic();
  for (Broker& each : brokers_) {
    if (!each.dirty) continue;
    each.dirty = false;
    if (each.has_resources) set_capacities(each);
  }
  std::vector<uint32_t> touched = std::exchange(dirty_connections_, {});
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const uint32_t index : touched) {
    Connection& connection = connections_[index];
    if (!connection.open) continue;
    if (connection.lagging.empty()) {
      close(index);
      continue;
    }
    if (connection.in_solver) {
      share_.set_cap(connection.flow, cap_of(connection));
      continue;
    }
    Broker& source = broker(connection.source);
    Broker& destination = broker(connection.destination);
    give_resources(source);
    give_resources(destination);
    int64_t bytes = 0;
    for (const PartitionIndex partition : connection.lagging) {
      bytes += std::max<int64_t>(0, gap_of(partition, connection));
    }
    // The newest bytes are in the source's page cache, older ones are read from its disk.
    std::vector<sim::ResourceId> used{source.nic_out, destination.nic_in, destination.disk_write};
    if (bytes > hardware_.page_cache_bytes) used.push_back(source.disk_read);
    connection.flow = share_.add_flow(used, cap_of(connection));
    connection.in_solver = true;
    recap(connection.destination);
    if (flow_owner_.size() <= connection.flow.value) flow_owner_.resize(connection.flow.value + 1);
    flow_owner_[connection.flow.value] = index;
    kernel_.emit(trace::CatchUpStarted{connection.source.value, connection.destination.value,
                                       static_cast<int64_t>(connection.lagging.size()), bytes});
  }
  for (const sim::FlowId flow : share_.solve()) touched.push_back(flow_owner_[flow.value]);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const uint32_t index : touched) {
    Connection& connection = connections_[index];
    if (!connection.open) continue;
    settle_connection(connection);
    connection.rate = static_cast<int64_t>(share_.rate(connection.flow));
    choose_pace(index);
  }
}

}  // namespace twin::model
