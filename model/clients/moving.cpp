// What producers and consumers feel while partitions move: what fetchers hold back
// (model/kafka/data/waits.cpp), what stalls hold back, and all the rest, which takes a round trip
// to the leader and, as any acks=all record, one to two of its followers.
#include <algorithm>
#include <set>

#include "model/clients/clients.h"
#include "model/trace/decode.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

// Brokers to which a producer of the topic has a connection that carries it.
int64_t leaders_of(const PartitionTable& table, TopicIndex index) {
  const Topic& topic = table.topics[index];
  std::set<int32_t> leaders;
  for (PartitionIndex p = topic.first; p < topic.first + topic.partitions; ++p) {
    if (table.partitions[p].leader_slot >= 0) leaders.insert(table.partitions[p].leader().value);
  }
  return static_cast<int64_t>(leaders.size());
}

}  // namespace

void Clients::note_move(const sim::Record& record) {
  const auto change = trace::decode<trace::ReplicasChanged>(record);
  const bool moves = change.adding_mask != 0 || change.removing_mask != 0;
  if (moves) {
    if (moving_.empty()) {
      moving_since_ = record.at;
      replication_.count_waits(true);
    }
    moving_.insert(change.partition);
    return;
  }
  if (moving_.erase(change.partition) == 0) return;
  moved_until_ = record.at;
  if (!moving_.empty()) return;
  moved_ += record.at - moving_since_;
  replication_.count_waits(false);
}

bool Clients::moves_during(sim::Time since) const {
  return !moving_.empty() || (moved_until_ != sim::kNever && since <= moved_until_);
}

// Records that a partition held back from then on are answered now.
void Clients::note_waited(const Producer& producer, const Waiting& released, sim::Time since) {
  if (producer.spec.acks != Acks::all || !moves_during(since)) return;
  const sim::Duration trips = replication_.trip() * 2;
  held_.add(trips, trips + released.oldest, released.kept * producer.spec.record_bytes);
}

std::optional<Clients::Latency> Clients::produce_latency() const {
  const sim::Duration moved =
      moved_ + (moving_.empty() ? sim::Duration{} : kernel_.now() - moving_since_);
  int64_t bytes = 0;
  for (const Producer& producer : producers_) {
    if (producer.spec.acks != Acks::all) continue;
    bytes +=
        sim::mul_div(producer.spec.records_per_s * producer.spec.record_bytes, moved.ns, kSecond);
  }
  if (bytes == 0) return std::nullopt;
  data::Latencies all = replication_.waits().acked;
  all.add(held_);
  const sim::Duration trip = replication_.trip();
  all.add(trip * 2, trip * 3, std::max<int64_t>(0, bytes - all.amount()));
  const Latency alone{all.percentile(50), all.percentile(99), all.longest()};

  // Requests in flight carry so much in the time that one takes. A producer that sends more queues
  // the rest for as long as partitions move: a record at the end waits for all of that, or for what
  // its buffer holds (then send() blocks).
  data::Latencies queued;
  for (const Producer& producer : producers_) {
    const ProducerSpec& spec = producer.spec;
    const int64_t leaders = leaders_of(table_, producer.topic);
    const int64_t sent = spec.records_per_s * spec.record_bytes / std::max<int64_t>(1, leaders);
    const int64_t carried = burst_rate(spec, alone.p50);
    if (spec.acks != Acks::all || sent <= carried) continue;
    const int64_t buffer = spec.buffer_bytes * spec.clients / std::max<int64_t>(1, leaders);
    const sim::Duration wait =
        std::min({moved - sim::Duration{sim::mul_div(moved.ns, carried, sent)},
                  sim::Duration{sim::mul_div(buffer, kSecond, carried)}, spec.delivery_timeout});
    queued.add(alone.p50, alone.p50 + wait, sim::mul_div(sent * leaders, moved.ns, kSecond));
  }
  if (queued.amount() == 0) return alone;
  if (queued.amount() < bytes) queued.add(all);
  return Latency{queued.percentile(50), queued.percentile(99),
                 std::max(alone.longest, queued.longest())};
}

Clients::Lag Clients::worst_lag() const {
  Lag worst = consumers_.worst();
  const Replication::Waits& waits = replication_.waits();
  if (waits.read <= worst.time) return worst;
  worst.time = waits.read;
  worst.partition = waits.read_on;
  for (size_t group = 0; group < consumers_.groups().size(); ++group) {
    const auto& topics = consumers_.groups()[group].topics;
    const Topic& topic = table_.topics[table_.partitions[waits.read_on].topic];
    if (std::find(topics.begin(), topics.end(), topic.name) == topics.end()) continue;
    worst.group = static_cast<int64_t>(group);
    break;
  }
  return worst;
}

}  // namespace twin::model
