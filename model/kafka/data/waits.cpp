// What clients of partitions that keep up feel of a catch-up: their followers' fetcher carries
// others' bytes, one request at a time.
//
// A record with acks=all is answered when the high watermark is past it: when every follower in the
// ISR has asked for what comes after it. It waits for the follower's fetch that is under way, then
// for the response that carries it, and that one is acknowledged by the next request: on a fetcher
// that carries nothing else one to two round trips, on one that catches up one to two responses. A
// response of B bytes takes a round trip and B by the connection's rate.
//
//        record            read by the leader           asked for what comes after it
//          |--- the response before it ---|--- its response ---|
//
// While ten partitions lag (replica.fetch.response.max.bytes by replica.fetch.max.bytes) a response
// is full before the one that just got something has its turn again: it comes with every second
// response, with every third when twenty lag (ReplicaManager.readFromLog walks the session's
// order). Consumers see a record at that moment too, whatever acks it was sent with.
//
// Simplified: a partition is taken to get records with every response; one that gets fewer stands
// first and waits for one response instead of its turn. Two followers that hold the same record
// back count as two records, so that what is held back counts up to RF - 1 times. Cards that a
// move fills slow no client: its need is below its fair share of them.
// Source: AbstractFetcherThread, ReplicaManager.readFromLog, DelayedProduce.
#include <algorithm>

#include "model/kafka/data/replication.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

int64_t partitions_a_response(const BrokerSettings& settings) {
  return std::max<int64_t>(1, settings.response_bytes / std::max<int64_t>(1, settings.fetch_bytes));
}

}  // namespace

void Replication::count_waits(bool wanted) {
  if (wanted && !waits_wanted_) waits_since_ = kernel_.now();
  waits_wanted_ = wanted;
}

// Records of the last `passed` waited evenly between those times for their followers.
void Replication::add_waits(const Connection& connection, sim::Duration least, sim::Duration most,
                            sim::Duration passed) {
  passed = std::min(passed, kernel_.now() - waits_since_);
  const int64_t bytes = sim::mul_div(connection.rider_acked_bytes_per_s, passed.ns, kSecond);
  for (Waits* each : {&waits_, &recent(connection.source).now}) {
    each->acked.add(trip() + least, trip() + most, bytes);
    if (connection.rider_read_bytes_per_s == 0 || most <= each->read) continue;
    each->read = most;
    each->read_on = connection.rider_read;
  }
}

// Two spells of ten seconds: what is told covers ten to twenty.
Replication::Recent& Replication::recent(api::NodeId leader) {
  constexpr sim::Duration kSpell{10 * kSecond};
  Recent& found = recent_[leader];
  const sim::Duration age = kernel_.now() - found.since;
  if (age < kSpell) return found;
  found.before = age < kSpell * 2 ? found.now : Waits{};
  found.before_since = std::max(found.since, kernel_.now() - kSpell * 2);
  found.now = {};
  found.since = kernel_.now();
  return found;
}

DataPlane::Felt Replication::felt(api::NodeId id) {
  const Recent& known = recent(id);
  data::Latencies all = known.before.acked;
  all.add(known.now.acked);
  // What was held back by nobody took two to three round trips.
  int64_t bytes_per_s = 0;
  const auto index = static_cast<size_t>(id.value);
  const bool holds_any = index < table_.on_node.size();
  for (size_t i = 0; holds_any && i < table_.on_node[index].size(); ++i) {
    const ReplicaRef ref = table_.on_node[index][i];
    if (table_.partitions[ref.partition].leader_slot != ref.slot) continue;
    const data::PartitionLog& log = logs_.partition(ref.partition);
    bytes_per_s += log.acks_all ? log.inflow.rate_per_s : 0;
  }
  const int64_t bytes = sim::mul_div(bytes_per_s, (kernel_.now() - known.before_since).ns, kSecond);
  all.add(trip() * 2, trip() * 3, std::max<int64_t>(0, bytes - all.amount()));
  return {all.percentile(99), std::max(known.now.read, known.before.read)};
}

// Responses follow each other, full as far as there are partitions that lag.
void Replication::wait_in_flow(Connection& connection, sim::Duration passed) {
  if (!waits_wanted_ || connection.pace != Connection::Pace::flow || connection.lagging.empty()) {
    return;
  }
  const BrokerSettings& settings = broker(connection.destination).settings;
  const auto lagging = static_cast<int64_t>(connection.lagging.size());
  const int64_t bytes = std::min(settings.response_bytes, lagging * settings.fetch_bytes);
  const sim::Duration response =
      round_trip(connection.source, connection.destination) +
      sim::Duration{sim::mul_div_ceil(bytes, kSecond, std::max<int64_t>(1, connection.rate))};
  const int64_t turn = lagging / partitions_a_response(settings) + 1;
  add_waits(connection, response, response * (turn + 1), passed);
}

// The leader reads for a response that takes so long: partitions in step have all that came since.
void Replication::serve_in_step(Connection& connection, sim::Duration response) {
  const sim::Duration waited = kernel_.now() - connection.served;
  connection.served = kernel_.now();
  connection.skipped = 0;
  if (!waits_wanted_ || waited.ns == 0) return;
  add_waits(connection, response, response + waited, waited);
}

// A response that is full has nothing for them, unless all that lag had theirs since.
void Replication::pass_over_in_step(Connection& connection, sim::Duration response, bool room) {
  const BrokerSettings& settings = broker(connection.destination).settings;
  const auto lagging = static_cast<int64_t>(connection.lagging.size());
  if (!room && ++connection.skipped <= lagging / partitions_a_response(settings)) return;
  serve_in_step(connection, response);
}

}  // namespace twin::model
