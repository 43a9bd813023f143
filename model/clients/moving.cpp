// What producers and consumers feel while partitions move: what fetchers hold back
// (model/kafka/data/waits.cpp), what stalls hold back, and all the rest, which takes a round trip
// to the leader and, as any acks=all record, one to two of its followers.
#include <algorithm>

#include "model/clients/clients.h"
#include "model/trace/decode.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

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
  return Latency{all.percentile(50), all.percentile(99), all.longest()};
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
