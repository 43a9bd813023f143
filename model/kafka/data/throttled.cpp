// Fetching under a throttle, response by response, since the mean rate of a throttled move is a
// matter of when the gates open: a rate alone would be wrong by up to 10 %, and by far more where a
// low throttle meets many leaders.
//
// While a partition that is listed as throttled is among those that a fetcher lags in, the fetcher
// is played as it is: one request at a time, the partitions in the order of its session, at most
// replica.fetch.max.bytes of each and replica.fetch.response.max.bytes together; one that brought
// something goes to the end. A read ends amid a batch: the follower appends the whole ones and asks
// again for the one that was cut off, whose bytes both quotas count each time.
//   follower  leaves listed partitions out of its request while its quota is exceeded. With nothing
//             to ask for it waits replica.fetch.backoff.ms.
//   leader    answers with nothing for listed partitions whose follower is not in the ISR while its
//             own quota is exceeded. With nothing to answer the request is parked for
//             replica.fetch.wait.max.ms: also one that asks only for partitions that keep up, since
//             those are never left out.
// Either looks again at once when other traffic on the fetcher makes it turn. Quotas are asked
// before and told after: whole responses go over. A response takes a round trip and its bytes by
// the connection's fair share, which counts every open connection as if it sent.
// Source: ReplicationQuotaManager, RemoteLeaderEndPoint.buildFetch, ReplicaManager.readFromLog.
#include <algorithm>
#include <utility>

#include "model/events.h"
#include "model/kafka/data/replication.h"
#include "sim/int128.h"
#include "sim/marks.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
// A quota is forgotten after its window: no reason to wait longer between two looks.
constexpr sim::Duration kLongestWait{11'000'000'000};

}  // namespace

bool Replication::listed_at_leader(PartitionIndex partition, api::NodeId leader) const {
  const Partition& row = table_.partitions[partition];
  const ThrottledReplicas& list = table_.topics[row.topic].throttled_leaders;
  return !list.empty() && list.contains(row.number, leader);
}

bool Replication::listed_at_follower(PartitionIndex partition, api::NodeId follower) const {
  const Partition& row = table_.partitions[partition];
  const ThrottledReplicas& list = table_.topics[row.topic].throttled_followers;
  return !list.empty() && list.contains(row.number, follower);
}

bool Replication::carries_listed(const Connection& connection) const {
  return std::ranges::any_of(connection.lagging, [&](PartitionIndex partition) {
    return listed_at_leader(partition, connection.source) ||
           listed_at_follower(partition, connection.destination);
  });
}

// After its rate is known: as a flow, or response by response.
void Replication::choose_pace(uint32_t index) {
  const Connection& connection = connections_[index];
  if (connection.pace == Connection::Pace::fetching) return;  // its response comes first
  const bool flows = connection.pace == Connection::Pace::flow;
  const bool listed = carries_listed(connection);
  if (flows && !listed) return plan(index);
  if (!flows && listed) return;  // it waits its turn
  if (flows) TWIN_MARK("kafka_throttled_fetcher");
  fetch(index);
}

void Replication::fetch(uint32_t index) {
  Connection& connection = connections_[index];
  // While it lagged in nothing that it might fetch, partitions in step were served at once.
  if (connection.pace != Connection::Pace::fetching) connection.served = kernel_.now();
  connection.pace = Connection::Pace::idle;
  ++connection.generation;
  settle_connection(connection);
  if (connection.lagging.empty()) {  // it closes
    serve_in_step(connection, round_trip(connection.source, connection.destination));
    dirty_connections_.push_back(index);
    return want_solve();
  }
  if (!carries_listed(connection)) {
    connection.pace = Connection::Pace::flow;
    serve_in_step(connection, round_trip(connection.source, connection.destination));
    return plan(index);
  }
  const sim::Time now = kernel_.now();
  Broker& source = broker(connection.source);
  Broker& destination = broker(connection.destination);
  const int64_t leader_bound = source.settings.leader_throttle;
  const int64_t follower_bound = destination.settings.follower_throttle;
  const bool leader_over = source.leader_quota.exceeded(now, leader_bound);
  const bool follower_over = destination.follower_quota.exceeded(now, follower_bound);

  bool asked = connection.riders > 0;
  bool turning = connection.rider_bytes_per_s > 0;
  int64_t room = destination.settings.response_bytes;
  int64_t bytes = 0, counted = 0;
  connection.response.clear();
  for (const PartitionIndex partition : connection.lagging) {
    if (follower_over && listed_at_follower(partition, connection.destination)) continue;
    asked = true;
    turning |= logs_.partition(partition).inflow.rate_per_s > 0;
    const bool listed = listed_at_leader(partition, connection.source);
    const Partition& row = table_.partitions[partition];
    const bool outside = !row.in_isr(row.slot_of(connection.destination));
    if (room == 0 || (listed && leader_over && outside)) continue;
    const Portion part = read(partition, connection, room, bytes == 0);
    if (part.wire == 0 && !part.all) continue;
    room = std::max<int64_t>(0, room - part.wire);
    bytes += part.wire;
    counted += listed ? part.wire : 0;
    connection.response.push_back(part);
  }
  if (!asked) {
    const sim::Time reopens = destination.follower_quota.reopens(now, follower_bound);
    return wait(index, reopens, destination.settings.fetch_backoff, turning);
  }
  if (connection.response.empty()) {
    const sim::Time reopens = follower_over
                                  ? destination.follower_quota.reopens(now, follower_bound)
                                  : source.leader_quota.reopens(now, leader_bound);
    return wait(index, reopens, destination.settings.fetch_wait, turning);
  }
  if (counted > 0) source.leader_quota.record(now, counted);
  connection.pace = Connection::Pace::fetching;
  const int64_t rate = std::max<int64_t>(1, connection.rate);
  const sim::Duration takes = round_trip(connection.source, connection.destination) +
                              sim::Duration{sim::mul_div_ceil(bytes, kSecond, rate)};
  pass_over_in_step(connection, takes, room > 0);
  kernel_.after(takes, event_type(Part::replication, Local::fetch), index, connection.generation);
}

// What a response holds of the partition when it has `room` left. A batch that is larger than a
// read comes alone, and whole, where nothing comes before it; else not at all.
Replication::Portion Replication::read(PartitionIndex partition, const Connection& connection,
                                       int64_t room, bool first) const {
  const auto index = static_cast<size_t>(connection.destination.value);
  const int64_t limit = std::min(brokers_[index].settings.fetch_bytes, room);
  const int64_t gap = std::max<int64_t>(0, gap_of(partition, connection));
  if (gap <= limit) return {partition, gap, gap, true};
  const int64_t batch = table_.topics[table_.partitions[partition].topic].batch_bytes;
  const int64_t whole = limit / batch * batch;
  if (whole > 0) return {partition, whole, limit, false};
  const int64_t one = first ? std::min(gap, batch) : 0;
  return {partition, one, one, one == gap};
}

void Replication::fetch_due(uint32_t index) {
  if (connections_[index].pace == Connection::Pace::fetching) response_arrived(index);
  fetch(index);
}

void Replication::response_arrived(uint32_t index) {
  const sim::Time now = kernel_.now();
  const std::vector<Portion> response = std::exchange(connections_[index].response, {});
  std::vector<PartitionIndex> done, reached;
  int64_t bytes = 0;
  for (const Portion& part : response) {
    Connection& connection = connections_[index];
    const auto place = std::ranges::find(connection.lagging, part.partition);
    if (place == connection.lagging.end()) continue;  // it was told off meanwhile
    data::ReplicaLog& log = log_at(part.partition, connection.destination);
    const int slot = table_.partitions[part.partition].slot_of(connection.destination);
    log.end += part.bytes;
    if (awaited_below(part.partition, slot) && short_of_watermark(part.partition, slot) <= 0) {
      reached.push_back(part.partition);
    }
    log.pages.reached(log.end, now, hardware_.writeback);
    bytes += part.bytes;
    if (listed_at_follower(part.partition, connection.destination)) {
      broker(connection.destination).follower_quota.record(now, part.wire);
    }
    connection.lagging.erase(place);
    if (part.all) {
      done.push_back(part.partition);
    } else {
      connection.lagging.push_back(part.partition);
    }
  }
  Connection& connection = connections_[index];
  connection.carried += bytes;
  const api::NodeId destination = connection.destination;
  kernel_.emit(
      trace::FetchReturned{connection.source.value, destination.value, connection.fetcher, bytes});
  for (const PartitionIndex partition : reached) {
    reached_watermark(partition, table_.partitions[partition].slot_of(destination));
  }
  for (const PartitionIndex partition : done) {
    caught_up(partition, table_.partitions[partition].slot_of(destination));
  }
}

// Nothing went: looks again when the quota is open, on the grid of its own pauses unless something
// else makes the fetcher turn.
void Replication::wait(uint32_t index, sim::Time reopens, sim::Duration every, bool turning) {
  Connection& connection = connections_[index];
  serve_in_step(connection, round_trip(connection.source, connection.destination));
  connection.pace = Connection::Pace::waiting;
  connection.asked = kernel_.now();
  connection.every = every;
  const sim::Duration closed = std::min(reopens, kernel_.now() + kLongestWait) - kernel_.now();
  const sim::Duration trip = round_trip(connection.source, connection.destination);
  const int64_t pauses = std::max<int64_t>(1, (closed.ns + every.ns - 1) / every.ns);
  kernel_.after(turning ? std::max(closed, trip) : every * pauses,
                event_type(Part::replication, Local::fetch), index, connection.generation);
}

// The throttle, or what it asks for, is another: the end of the pause that it is in decides.
void Replication::look_again(uint32_t index) {
  Connection& connection = connections_[index];
  if (connection.pace != Connection::Pace::waiting) return;
  const sim::Duration waited = kernel_.now() - connection.asked;
  const int64_t pauses = (waited.ns + connection.every.ns - 1) / connection.every.ns;
  kernel_.at(connection.asked + connection.every * std::max<int64_t>(1, pauses),
             event_type(Part::replication, Local::fetch), index, ++connection.generation);
}

void Replication::throttles_changed(TopicIndex topic) {
  const Topic& changed = table_.topics[topic];
  for (PartitionIndex i = changed.first; i < changed.first + changed.partitions; ++i) recharge(i);
  for (uint32_t index = 0; index < connections_.size(); ++index) {
    const Connection& each = connections_[index];
    const bool carries = std::ranges::any_of(each.lagging, [&](PartitionIndex partition) {
      return table_.partitions[partition].topic == topic;
    });
    if (!each.open || !carries) continue;
    look_again(index);
    dirty_connections_.push_back(index);
    want_solve();
  }
}

}  // namespace twin::model
