#include "model/clients/clients.h"

#include <algorithm>

#include "model/events.h"
#include "sim/assert.h"
#include "sim/int128.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr sim::Duration kRetryBackoff{100'000'000};  // retry.backoff.ms

int64_t amount(int64_t per_second, sim::Duration time) {
  return sim::mul_div(per_second, time.ns, kSecond);
}

}  // namespace

Clients::Clients(Kernel& kernel, const PartitionTable& table, const IsrControl& isr,
                 Replication& replication)
    : kernel_(kernel), table_(table), isr_(isr), replication_(replication) {}

void Clients::start(const std::vector<ProducerSpec>& producers,
                    const std::vector<GroupSpec>& groups) {
  states_.resize(table_.partitions.size());
  groups_ = groups;
  for (size_t group = 0; group < groups_.size(); ++group) {
    kernel_.emit(trace::GroupDefined{static_cast<int64_t>(group),
                                     kernel_.string(groups_[group].name)});
  }
  for (TopicIndex index = 0; index < table_.topics.size(); ++index) {
    const Topic& topic = table_.topics[index];
    for (uint32_t number = 0; number < topic.partitions; ++number) {
      State& state = states_[topic.first + number];
      for (size_t group = 0; group < groups_.size(); ++group) {
        const auto& topics = groups_[group].topics;
        if (std::find(topics.begin(), topics.end(), topic.name) == topics.end()) continue;
        state.groups.push_back(static_cast<uint16_t>(group));
      }
      for (const ProducerSpec& producer : producers) {
        if (producer.topic != topic.name) continue;
        const int64_t share = producer.records_per_s / topic.partitions +
                              (number < producer.records_per_s % topic.partitions ? 1 : 0);
        Stream& stream = producer.acks == Acks::all ? state.all : state.weak;
        stream.records_per_s += share;
        stream.bytes_per_s += share * producer.record_bytes;
        // While this partition alone is stuck it may fill the whole buffer.
        const int64_t rate = std::max<int64_t>(1, share * producer.record_bytes);
        const sim::Duration fills{sim::mul_div(producer.buffer_bytes, kSecond, rate)};
        stream.held_max = std::max(stream.held_max, std::min(producer.delivery_timeout,
                                                             fills + producer.max_block));
        state.driven = true;
      }
    }
  }
  for (PartitionIndex partition = 0; partition < states_.size(); ++partition) {
    State& state = states_[partition];
    state.leader = table_.partitions[partition].leader();
    replication_.set_readers(partition, static_cast<int32_t>(state.groups.size()));
    if (!state.driven) continue;
    set_rate(partition);
    availability_changed(partition);
  }
}

void Clients::upgrade(const std::string& version) {
  version_ = version;
  kernel_.emit(trace::ClientsUpgraded{0}, version);
}

bool Clients::weak_blocked(PartitionIndex partition) const {
  const Partition& row = table_.partitions[partition];
  return row.leader_slot < 0 || !isr_.serving(row.leader());
}

bool Clients::blocked(PartitionIndex partition, trace::StallReason& reason) const {
  const Partition& row = table_.partitions[partition];
  if (row.leader_slot < 0) {
    reason = trace::StallReason::no_leader;
  } else if (!isr_.serving(row.leader())) {
    reason = trace::StallReason::unreachable;
  } else if (row.isr_size() < table_.effective_min_isr(row)) {
    reason = trace::StallReason::under_min_isr;
  } else if (!replication_.isr_fetches(partition)) {
    reason = trace::StallReason::unreachable;
  } else {
    return false;
  }
  return true;
}

void Clients::availability_changed(PartitionIndex partition) {
  if (partition >= states_.size() || !states_[partition].driven) return;
  State& state = states_[partition];
  const api::NodeId leader = table_.partitions[partition].leader();
  const bool moved = leader != state.leader;
  state.leader = leader;
  trace::StallReason reason = trace::StallReason::no_leader;
  const bool now_blocked = blocked(partition, reason);
  if (now_blocked || moved) {
    if (!state.stalled) stall(partition, reason);
    if (!state.weak_stalled && (moved || weak_blocked(partition))) {
      state.weak_stalled = true;
      state.weak_since = kernel_.now();
    }
    set_rate(partition);
    if (now_blocked) {
      ++state.generation;  // a resume that was due is not any more
      state.resuming = false;
      if (state.weak_stalled && !weak_blocked(partition)) plan_resume(partition);
      return;
    }
  }
  if (state.stalled || state.weak_stalled) plan_resume(partition);
}

void Clients::stall(PartitionIndex partition, trace::StallReason reason) {
  State& state = states_[partition];
  state.stalled = true;
  state.reason = reason;
  state.since = kernel_.now();
  ++stalled_count_;
  kernel_.emit(trace::ProduceStalled{partition, static_cast<int64_t>(reason)});
}

void Clients::plan_resume(PartitionIndex partition) {
  State& state = states_[partition];
  if (state.resuming) return;
  state.resuming = true;
  due_.push_back({partition, ++state.generation});
  kernel_.after(kRetryBackoff, event_type(Part::clients, Local::resume), 0);
}

void Clients::handle(const sim::Event&) {
  TWIN_ASSERT(!due_.empty());
  const Due due = due_.front();
  due_.pop_front();
  if (states_[due.partition].generation == due.generation) resume(due.partition);
}

// Records that waited too long, of those that came while nothing was taken.
int64_t Clients::given_up(const Stream& stream, sim::Duration stalled) const {
  if (stalled <= stream.held_max) return 0;
  return amount(stream.records_per_s, stalled - stream.held_max);
}

void Clients::resume(PartitionIndex partition) {
  State& state = states_[partition];
  state.resuming = false;
  const sim::Time now = kernel_.now();
  trace::StallReason reason = trace::StallReason::no_leader;
  if (state.stalled && !blocked(partition, reason)) {
    const sim::Duration stalled = now - state.since;
    state.stalled = false;
    --stalled_count_;
    state.longest = std::max(state.longest, now - std::max(state.since, window_begin_));
    kernel_.emit(trace::ProduceResumed{partition, stalled.ns});
    const int64_t lost = given_up(state.all, stalled);
    const int64_t waited = amount(state.all.records_per_s, stalled) - lost;
    const int64_t size =
        state.all.records_per_s == 0 ? 0 : state.all.bytes_per_s / state.all.records_per_s;
    if (lost > 0) {
      state.rejected += lost;
      kernel_.emit(trace::RecordsRejected{partition, lost, lost * size});
    }
    replication_.append(partition, waited * size);
    note_lag(partition, waited, std::min(stalled, state.all.held_max));
  }
  if (state.weak_stalled && !weak_blocked(partition)) {
    const sim::Duration stalled = now - state.weak_since;
    state.weak_stalled = false;
    const int64_t lost = given_up(state.weak, stalled);
    const int64_t waited = amount(state.weak.records_per_s, stalled) - lost;
    const int64_t size =
        state.weak.records_per_s == 0 ? 0 : state.weak.bytes_per_s / state.weak.records_per_s;
    if (lost > 0) {
      state.rejected += lost;
      kernel_.emit(trace::RecordsRejected{partition, lost, lost * size});
    }
    replication_.append(partition, waited * size);
    if (state.weak.records_per_s > 0) {
      note_lag(partition, waited, std::min(stalled, state.weak.held_max));
    }
  }
  set_rate(partition);
}

void Clients::set_rate(PartitionIndex partition) {
  const State& state = states_[partition];
  int64_t rate = 0;
  if (!state.stalled) rate += state.all.bytes_per_s;
  if (!state.weak_stalled) rate += state.weak.bytes_per_s;
  replication_.set_inflow(partition, rate, state.weak.bytes_per_s == 0);
}

// What arrives in a burst is what consumers are behind by, and its oldest record is as old as the
// stall was long.
void Clients::note_lag(PartitionIndex partition, int64_t records, sim::Duration time) {
  const State& state = states_[partition];
  if (records == 0) return;
  for (const uint16_t group : state.groups) {
    if (time > worst_lag_.time) {
      worst_lag_.time = time;
      worst_lag_.group = group;
      worst_lag_.partition = partition;
    }
    worst_lag_.records = std::max(worst_lag_.records, records);
    constexpr sim::Duration kWorthARecord{1'000'000'000};
    if (time >= kWorthARecord) {
      kernel_.emit(trace::ConsumerLagPeaked{group, partition, records, time.ns});
    }
  }
}

void Clients::start_window() {
  window_begin_ = kernel_.now();
  rejected_before_window_ = 0;
  rejected_before_window_ = records_rejected();
  worst_lag_ = {};
  for (State& state : states_) state.longest = {};
}

std::vector<Clients::Stall> Clients::longest_stalls(size_t count) const {
  std::vector<Stall> stalls;
  for (PartitionIndex partition = 0; partition < states_.size(); ++partition) {
    const State& state = states_[partition];
    if (state.all.records_per_s == 0) continue;
    sim::Duration longest = state.longest;
    if (state.stalled) {
      longest = std::max(longest, kernel_.now() - std::max(state.since, window_begin_));
    }
    if (longest.ns > 0) stalls.push_back({partition, longest});
  }
  std::sort(stalls.begin(), stalls.end(), [](const Stall& a, const Stall& b) {
    return a.length != b.length ? a.length > b.length : a.partition < b.partition;
  });
  if (stalls.size() > count) stalls.resize(count);
  return stalls;
}

// Those given up so far, also of stalls that are not over.
int64_t Clients::records_rejected() const {
  int64_t records = -rejected_before_window_;
  for (const State& state : states_) {
    records += state.rejected;
    if (state.stalled) records += given_up(state.all, kernel_.now() - state.since);
    if (state.weak_stalled) records += given_up(state.weak, kernel_.now() - state.weak_since);
  }
  return records;
}

}  // namespace twin::model
