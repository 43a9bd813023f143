// What producers hold for partitions that take nothing: accounts, the buffer that they share, and
// bursts when a partition is back.
#include <algorithm>
#include <utility>

#include "model/clients/clients.h"
#include "model/events.h"
#include "sim/assert.h"
#include "sim/int128.h"
#include "sim/marks.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
// A produce request with acks=all: to the leader, and from there to a follower.
constexpr sim::Duration kRoundTrips{2'000'000};
// What is sent in less counts as sent at once.
constexpr sim::Duration kAtOnce{100'000'000};

int64_t amount(int64_t per_second, sim::Duration time) {
  return sim::mul_div(per_second, time.ns, kSecond);
}

int64_t capacity(const ProducerSpec& spec) { return spec.buffer_bytes * spec.clients; }

}  // namespace

const std::vector<uint32_t>& Clients::producers_of(PartitionIndex partition) const {
  return of_topic_[table_.partitions[partition].topic];
}

Account& Clients::account(PartitionIndex partition, size_t place) {
  return accounts_[states_[partition].first_account + place];
}

const Account& Clients::account(PartitionIndex partition, size_t place) const {
  return accounts_[states_[partition].first_account + place];
}

// Records per second: evenly, the first partitions get what is left over.
int64_t Clients::share(const Producer& producer, PartitionIndex partition) const {
  const int64_t partitions = table_.topics[producer.topic].partitions;
  const int64_t number = table_.partitions[partition].number;
  return producer.spec.records_per_s / partitions +
         (number < producer.spec.records_per_s % partitions ? 1 : 0);
}

Waiting Clients::waits(const Producer& producer, PartitionIndex partition) const {
  Account each = account(partition, producer.place);
  if (!each.held) {
    if (producer.full_since == sim::kNever) return {};
    each.from = std::max(each.from, producer.full_since);
  }
  return waiting(producer.spec, share(producer, partition), each, producer.full_since,
                 kernel_.now());
}

void Clients::hold(PartitionIndex partition, Producer& producer) {
  Account& each = account(partition, producer.place);
  TWIN_ASSERT(!each.held);
  stop_burst(partition, producer);
  settle_buffer(producer);
  each.held = true;
  const bool full = producer.full_since != sim::kNever;
  // Since the buffer is full this partition's records wait as well.
  each.from = full ? std::max(each.from, producer.full_since) : kernel_.now();
  const int64_t rate = share(producer, partition) * producer.spec.record_bytes;
  producer.growth += rate;
  producer.held += each.kept * producer.spec.record_bytes;
  if (full || rate == 0) return;
  const int64_t all = producer.spec.records_per_s * producer.spec.record_bytes;
  const int64_t room = std::max<int64_t>(0, capacity(producer.spec) - producer.held);
  look_at_buffer(producer, {sim::mul_div_ceil(room, kSecond, all)});
}

Waiting Clients::release(PartitionIndex partition, Producer& producer) {
  Account& each = account(partition, producer.place);
  TWIN_ASSERT(each.held);
  const Waiting what = waits(producer, partition);
  note_waited(producer, what, each.from);
  settle_buffer(producer);
  const int64_t rate = share(producer, partition) * producer.spec.record_bytes;
  const sim::Time until = std::clamp(producer.full_since, each.from, kernel_.now());
  producer.growth -= rate;
  producer.held -= each.kept * producer.spec.record_bytes + amount(rate, until - each.from);
  if (producer.growth == 0) producer.held = 0;  // roundings
  producer.held = std::max<int64_t>(0, producer.held);
  each.held = false;
  each.kept = 0;
  each.from = kernel_.now();
  reject(partition, producer, what.lost);
  send(partition, producer, what);
  if (producer.full_since != sim::kNever) buffer_freed(producer);
  return what;
}

void Clients::reject(PartitionIndex partition, const Producer& producer, int64_t records) {
  if (records == 0) return;
  TWIN_MARK("clients_records_rejected");
  states_[partition].rejected += records;
  kernel_.emit(trace::RecordsRejected{partition, records, records * producer.spec.record_bytes});
}

void Clients::send(PartitionIndex partition, const Producer& producer, const Waiting& what) {
  if (what.kept == 0) return;
  const int64_t bytes = what.kept * producer.spec.record_bytes;
  Account& each = account(partition, producer.place);
  const int64_t rate = burst_rate(producer.spec, kRoundTrips);
  const sim::Duration time{sim::mul_div_ceil(bytes, kSecond, rate)};
  if (time <= kAtOnce) return replication_.append(partition, bytes);
  stop_burst(partition, producer);
  if (each.kept > 0) {  // a burst that was not over goes on with this one
    const Waiting rest{what.kept + std::exchange(each.kept, 0), 0, what.oldest};
    return send(partition, producer, rest);
  }
  each.burst_records = what.kept;
  each.burst_bytes_per_s = rate;
  each.burst_from = kernel_.now();
  each.burst_end = kernel_.now() + time;
  kernel_.after(time, event_type(Part::clients, Local::burst), partition, 0,
                static_cast<uint32_t>(producer.place));
}

// What was not sent yet waits again.
void Clients::stop_burst(PartitionIndex partition, const Producer& producer) {
  Account& each = account(partition, producer.place);
  if (each.burst_records == 0) return;
  const int64_t bytes = amount(each.burst_bytes_per_s, kernel_.now() - each.burst_from);
  const int64_t left = each.burst_records - bytes / producer.spec.record_bytes;
  each.kept += std::max<int64_t>(0, left);
  each.kept_at = each.burst_from;
  each.burst_records = 0;
  each.burst_bytes_per_s = 0;
}

void Clients::burst_due(PartitionIndex partition, size_t place) {
  Account& each = account(partition, place);
  if (each.burst_records == 0 || each.burst_end != kernel_.now()) return;  // of an earlier one
  each.burst_records = 0;
  each.burst_bytes_per_s = 0;
  set_rates(partition);
}

void Clients::set_rates(PartitionIndex partition) {
  const State& state = states_[partition];
  int64_t bytes_per_s = 0;
  int64_t records_per_s = 0;
  bool acks_all = true;
  for (const uint32_t number : producers_of(partition)) {
    const Producer& producer = producers_[number];
    const Account& each = account(partition, producer.place);
    if (producer.spec.acks != Acks::all) acks_all = false;
    bytes_per_s += each.burst_bytes_per_s;
    if (each.held || producer.full_since != sim::kNever) continue;
    records_per_s += share(producer, partition);
    bytes_per_s += share(producer, partition) * producer.spec.record_bytes;
  }
  replication_.set_inflow(partition, bytes_per_s, acks_all);
  for (uint32_t reader = 0; reader < state.readers; ++reader) {
    consumers_.follow(state.first_reader + reader, state.reading, records_per_s);
  }
}

void Clients::settle_buffer(Producer& producer) {
  if (producer.full_since == sim::kNever) {
    producer.held += amount(producer.growth, kernel_.now() - producer.anchor);
  }
  producer.anchor = kernel_.now();
}

// The buffer may be full then, not earlier.
void Clients::look_at_buffer(Producer& producer, sim::Duration after) {
  if (after > producer.spec.delivery_timeout) return;  // what is held is given up before
  const sim::Time at = kernel_.now() + after;
  if (producer.look_at <= at) return;
  producer.look_at = at;
  kernel_.after(after, event_type(Part::clients, Local::buffer),
                of_topic_[producer.topic][producer.place], ++producer.generation);
}

void Clients::buffer_due(Producer& producer) {
  producer.look_at = sim::kNever;
  settle_buffer(producer);
  if (producer.growth == 0 || producer.full_since != sim::kNever) return;
  // Records that were given up make room, which the running sum does not know.
  int64_t held = 0;
  int64_t growth = 0;
  const Topic& topic = table_.topics[producer.topic];
  for (PartitionIndex partition = topic.first; partition < topic.first + topic.partitions;
       ++partition) {
    const Account& each = account(partition, producer.place);
    if (!each.held) continue;
    held += waits(producer, partition).kept * producer.spec.record_bytes;
    if (kernel_.now() - each.from >= producer.spec.delivery_timeout) continue;
    growth += share(producer, partition) * producer.spec.record_bytes;
  }
  producer.held = held;
  // Whole records: the last one that fits is there when less than one record's room is left.
  const int64_t room = capacity(producer.spec) - held;
  if (room < producer.spec.record_bytes) return buffer_filled(producer);
  if (growth == 0) return;
  look_at_buffer(producer, {sim::mul_div_ceil(room, kSecond, growth)});
}

void Clients::buffer_filled(Producer& producer) {
  TWIN_MARK("clients_buffer_full");
  producer.full_since = kernel_.now();
  const Topic& topic = table_.topics[producer.topic];
  for (PartitionIndex partition = topic.first; partition < topic.first + topic.partitions;
       ++partition) {
    set_rates(partition);
    report_stall(partition, trace::StallReason::buffer_full);
  }
}

// A partition that was held is not any more: there is room again, for all that waited before
// send(), too.
void Clients::buffer_freed(Producer& producer) {
  const Topic& topic = table_.topics[producer.topic];
  int64_t held = 0;
  for (PartitionIndex partition = topic.first; partition < topic.first + topic.partitions;
       ++partition) {
    Account& each = account(partition, producer.place);
    const Waiting what = waits(producer, partition);
    reject(partition, producer, what.lost);
    each.from = kernel_.now();
    if (each.held) {
      each.kept = what.kept;
      each.kept_at = kernel_.now() - what.oldest;
      held += what.kept * producer.spec.record_bytes;
      continue;
    }
    send(partition, producer, what);
    const State& state = states_[partition];
    for (uint32_t reader = 0; state.reading && reader < state.readers; ++reader) {
      consumers_.arrived(state.first_reader + reader, what.kept, what.oldest);
    }
  }
  producer.full_since = sim::kNever;
  producer.held = held;
  producer.anchor = kernel_.now();
  for (PartitionIndex partition = topic.first; partition < topic.first + topic.partitions;
       ++partition) {
    set_rates(partition);
    report_stall(partition, trace::StallReason::buffer_full);
  }
  if (producer.growth == 0) return;
  const int64_t room = std::max<int64_t>(0, capacity(producer.spec) - held);
  look_at_buffer(producer, {sim::mul_div_ceil(room, kSecond, producer.growth)});
}

}  // namespace twin::model
