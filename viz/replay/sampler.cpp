#include "viz/replay/sampler.h"

#include <algorithm>
#include <limits>

#include "model/trace/decode.h"
#include "sim/int128.h"

namespace twin::viz {

using trace::decode;
using trace::RecordType;

namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

// A trace may say anything: sums stop at the largest number.
int64_t sum_of(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

// The partition that a record changes, -1 for none. Its index is each one's first field.
int64_t partition_of(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::PartitionPlaced:
    case RecordType::ReplicasChanged:
    case RecordType::LeaderElected:
    case RecordType::PartitionWentOffline:
    case RecordType::ReplicaLeftIsr:
    case RecordType::ReplicaJoinedIsr:
    case RecordType::PartitionWentUnderMinIsr:
    case RecordType::PartitionBackAtMinIsr:
    case RecordType::ProduceStalled:
    case RecordType::ProduceResumed:
      return record.fields.empty() ? -1 : record.fields[0];
    default:
      return -1;
  }
}

auto after_time(sim::Time at) {
  return [at](const Sample& sample) { return sample.at <= at; };
}

}  // namespace

void push(Series& series, sim::Time at, int64_t value) {
  if (!series.empty() && series.back().at == at) {
    series.back().value = value;
    const int64_t before = series.size() > 1 ? series[series.size() - 2].value : 0;
    if (before == value) series.pop_back();
    return;
  }
  const int64_t last = series.empty() ? 0 : series.back().value;
  if (value != last) series.push_back({at, value});
}

int64_t value_at(const Series& series, sim::Time at) {
  const auto it = std::partition_point(series.begin(), series.end(), after_time(at));
  return it == series.begin() ? 0 : (it - 1)->value;
}

int64_t max_between(const Series& series, sim::Time begin, sim::Time end) {
  int64_t most = value_at(series, begin);
  auto it = std::partition_point(series.begin(), series.end(), after_time(begin));
  for (; it != series.end() && it->at <= end; ++it) most = std::max(most, it->value);
  return most;
}

void Sampler::count(const trace::Cursor& cursor, int64_t partition, int64_t sign) {
  if (partition < 0 || static_cast<size_t>(partition) >= cursor.partitions().size()) return;
  const trace::PartitionView& view = cursor.partitions()[static_cast<size_t>(partition)];
  if (view.replicas().empty()) return;
  const int64_t replicas = view.replication_factor();
  if (view.under_replicated()) now_.under_replicated += sign;
  if (view.under_min_isr) now_.under_min += sign;
  if (view.leader < 0) now_.offline += sign;
  if (view.stalled) now_.stalled += sign;
  const trace::TopicView* topic = cursor.topic_of(partition);
  if (topic != nullptr && replicas > topic->min_isr && view.isr_size() <= topic->min_isr &&
      !view.under_min_isr) {
    now_.at_min += sign;
  }
}

// A topic's min.insync.replicas may have changed.
void Sampler::recount(const trace::Cursor& cursor) {
  now_ = {};
  for (size_t i = 0; i < cursor.partitions().size(); ++i) {
    count(cursor, static_cast<int64_t>(i), 1);
  }
}

void Sampler::before(const trace::Cursor& cursor, const sim::Record& record) {
  partition_ = partition_of(record);
  if (partition_ >= 0) count(cursor, partition_, -1);
}

void Sampler::after(const trace::Cursor& cursor, const sim::Record& record) {
  if (partition_ >= 0) count(cursor, partition_, 1);
  switch (trace::type_of(record)) {
    case RecordType::LeaderElected: {
      const auto r = decode<trace::LeaderElected>(record);
      const bool moved = r.leader >= 0 &&
                         r.election_reason != static_cast<int64_t>(trace::ElectionReason::initial);
      if (moved) add(moves_, out_.leader_moves, record.at, 1);
      break;
    }
    case RecordType::ReplicaLeftIsr:
    case RecordType::ReplicaJoinedIsr:
      add(isr_, out_.isr_changes, record.at, 1);
      break;
    case RecordType::ConfigChanged:
      if (decode<trace::ConfigChanged>(record).topic >= 0) recount(cursor);
      break;
    case RecordType::FetchReturned:
      add(throttled_, out_.throttled, record.at, decode<trace::FetchReturned>(record).bytes);
      break;
    case RecordType::ConsumerLagPeaked: {
      const auto r = decode<trace::ConsumerLagPeaked>(record);
      // A peak, not a level: it is gone a second later.
      push(out_.consumer_lag, record.at, r.lag_records);
      lag_until_ = record.at + sim::Duration{kSecondNs};
      break;
    }
    default:
      break;
  }
}

void Sampler::end_of_instant(const trace::Cursor& cursor, sim::Time at, bool nodes_changed) {
  if (lag_until_.ns > 0 && at >= lag_until_) {
    push(out_.consumer_lag, lag_until_, 0);
    lag_until_ = {};
  }
  push(out_.under_replicated, at, now_.under_replicated);
  push(out_.at_min_isr, at, now_.at_min);
  push(out_.under_min_isr, at, now_.under_min);
  push(out_.offline, at, now_.offline);
  push(out_.stalled, at, now_.stalled);
  if (!nodes_changed) return;
  int64_t down = 0, produced = 0, replicated = 0;
  for (const auto& [id, node] : cursor.nodes()) {
    produced = sum_of(produced, node.produced);
    replicated = sum_of(replicated, node.replicated);
    if ((node.roles & 1) != 0 && node.pod_uid != 0 && node.fenced) ++down;
  }
  push(out_.brokers_down, at, down);
  push(out_.produced, at, produced);
  push(out_.replicated, at, replicated);
}

void Sampler::close(PerSecond& bin, Series& series, int64_t second) {
  if (bin.second == second) return;
  if (bin.sum > 0) {
    push(series, sim::Time{bin.second * kSecondNs}, bin.sum);
    push(series, sim::Time{(bin.second + 1) * kSecondNs}, 0);
  }
  bin = {second, 0};
}

void Sampler::add(PerSecond& bin, Series& series, sim::Time at, int64_t amount) {
  close(bin, series, at.ns / kSecondNs);
  bin.sum = sum_of(bin.sum, amount);
}

void Sampler::finish(sim::Time last) {
  const int64_t second = last.ns / kSecondNs + 1;
  close(moves_, out_.leader_moves, second);
  close(isr_, out_.isr_changes, second);
  close(throttled_, out_.throttled, second);
}

Series Sampler::rates_of(const std::vector<Flow>& flows) {
  std::map<sim::Time, int64_t> changes;
  for (const Flow& flow : flows) {
    const int64_t length = std::max<int64_t>((flow.end - flow.begin).ns, 1);
    constexpr sim::Int128 kMost = std::numeric_limits<int64_t>::max() / 4096;
    const auto rate = static_cast<int64_t>(std::clamp<sim::Int128>(
        static_cast<sim::Int128>(flow.bytes) * kSecondNs / length, -kMost, kMost));
    changes[flow.begin] = sum_of(changes[flow.begin], rate);
    int64_t& end = changes[flow.begin + sim::Duration{length}];
    end = sum_of(end, -rate);
  }
  Series series;
  int64_t sum = 0;
  for (const auto& [at, change] : changes) push(series, at, sum = sum_of(sum, change));
  return series;
}

}  // namespace twin::viz
