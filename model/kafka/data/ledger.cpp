#include "model/kafka/data/ledger.h"

#include <algorithm>

#include "model/trace/decode.h"
#include "sim/assert.h"

namespace twin::model {

using trace::decode;
using trace::RecordType;

void Ledger::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case RecordType::PartitionPlaced:
      return update(static_cast<PartitionIndex>(record.fields[0]));
    case RecordType::ReplicasChanged:
      return replicas_changed(record);
    case RecordType::ReplicaLeftIsr:
      if (record.fields[3] != static_cast<int64_t>(trace::LeaveReason::removed)) {
        ++counts_.isr_shrinks;
      }
      return update(static_cast<PartitionIndex>(record.fields[0]));
    case RecordType::ReplicaJoinedIsr:
      ++counts_.isr_expands;
      return update(static_cast<PartitionIndex>(record.fields[0]));
    case RecordType::LeaderElected:
      ++counts_.leader_moves;
      return update(static_cast<PartitionIndex>(record.fields[0]));
    case RecordType::PartitionWentOffline:
    case RecordType::PartitionWentUnderMinIsr:
    case RecordType::PartitionBackAtMinIsr:
      return update(static_cast<PartitionIndex>(record.fields[0]));
    case RecordType::CatchUpFinished:
      counts_.bytes_replicated += decode<trace::CatchUpFinished>(record).bytes;
      return;
    case RecordType::AcknowledgedBytesLost: {
      const auto lost = decode<trace::AcknowledgedBytesLost>(record);
      (lost.acks_all != 0 ? counts_.acknowledged_lost : counts_.weaker_lost) += lost.bytes;
      return;
    }
    case RecordType::ConfigChanged:
    case RecordType::ProcessStarted:
      return look_at_settings();
    default:
      return;
  }
}

// Another min.insync.replicas changes what a partition forbids, whether or not it is under it.
void Ledger::look_at_settings() {
  min_isr_.resize(table_.topics.size());
  for (size_t index = 0; index < table_.topics.size(); ++index) {
    const Topic& topic = table_.topics[index];
    if (min_isr_[index] == topic.min_isr) continue;
    min_isr_[index] = topic.min_isr;
    for (PartitionIndex partition = topic.first; partition < topic.first + topic.partitions;
         ++partition) {
      update(partition);
    }
  }
}

void Ledger::count_blocking(api::NodeId broker, int64_t change) {
  const auto index = static_cast<size_t>(broker.value);
  if (index >= blocking_.size()) blocking_.resize(index + 1);
  std::deque<Blocking>& history = blocking_[index];
  const sim::Time now = kernel_.now();
  const int64_t count = (history.empty() ? 0 : history.back().count) + change;
  TWIN_ASSERT_LE(0, count);
  if (!history.empty() && history.back().at == now) {
    history.back().count = count;
    return;
  }
  history.push_back({now, count});
  // One entry older than the horizon says what was true at the horizon.
  while (history.size() > 2 && history[1].at < now - kHistory) history.pop_front();
}

// Its slots mean other brokers from now on.
void Ledger::replicas_changed(const sim::Record& record) {
  const auto change = decode<trace::ReplicasChanged>(record);
  const auto partition = static_cast<PartitionIndex>(change.partition);
  if (partition < states_.size()) {
    State& state = states_[partition];
    const auto replicas = trace::tail_of<trace::ReplicasChanged>(record);
    for (int slot = 0; slot < static_cast<int>(change.before); ++slot) {
      if (((state.blocking >> slot) & 1) == 0) continue;
      count_blocking({static_cast<int32_t>(replicas[static_cast<size_t>(slot)])}, -1);
    }
    state.blocking = 0;
  }
  update(partition);
}

void Ledger::set_blocking(const Partition& row, State& state, SlotMask mask) {
  if (mask == state.blocking) return;
  for (int slot = 0; slot < row.replicas.size; ++slot) {
    const bool was = ((state.blocking >> slot) & 1) != 0;
    const bool is = ((mask >> slot) & 1) != 0;
    if (was != is) count_blocking(row.replicas[slot], is ? 1 : -1);
  }
  state.blocking = mask;
}

void Ledger::update(PartitionIndex partition) {
  if (partition >= states_.size()) states_.resize(partition + 1);
  State& state = states_[partition];
  const Partition& row = table_.partitions[partition];
  const sim::Time now = kernel_.now();
  const int32_t min_isr = table_.effective_min_isr(row);
  const bool above_min = row.replicas.size > table_.topics[row.topic].min_isr;
  const bool online = row.leader_slot >= 0;
  state.was_online |= online;

  const bool urp = state.was_online && row.isr_size() < row.replicas_before_move();
  if (urp != state.urp) {
    state.urp = urp;
    if (urp && urp_count_++ == 0) urp_since_ = now;
    if (!urp && --urp_count_ == 0) urp_total_ += now - std::max(urp_since_, window_begin_);
  }
  // Producers are refused wherever the ISR is too small; only topics with RF above min ISR forbid a
  // restart, since no order of restarts would spare the others.
  const bool under = state.was_online && row.isr_size() < min_isr;
  if (under != state.under_min) {
    state.under_min = under;
    under_min_count_ += under ? 1 : -1;
    if (under) {
      state.under_since = now;
    } else {
      const sim::Duration length = now - std::max(state.under_since, window_begin_);
      state.under_total += length;
      state.under_longest = std::max(state.under_longest, length);
    }
  }
  const bool offline = state.was_online && !online;
  if (offline != state.offline) {
    state.offline = offline;
    offline_count_ += offline ? 1 : -1;
    if (offline) {
      state.offline_since = now;
    } else {
      offline_total_ += now - std::max(state.offline_since, window_begin_);
    }
  }
  const bool blocks = above_min && row.isr_size() <= min_isr;
  set_blocking(row, state, blocks ? row.isr : SlotMask{0});
}

void Ledger::start_window() {
  window_begin_ = kernel_.now();
  urp_total_ = offline_total_ = {};
  counts_ = {};
  for (State& state : states_) state.under_total = state.under_longest = {};
}

Ledger::Totals Ledger::totals() const {
  Totals totals = counts_;
  const sim::Time now = kernel_.now();
  totals.urp = urp_total_;
  if (urp_count_ > 0) totals.urp += now - std::max(urp_since_, window_begin_);
  totals.offline = offline_total_;
  for (const State& state : states_) {
    totals.under_min_isr += state.under_total;
    if (state.under_min) totals.under_min_isr += now - std::max(state.under_since, window_begin_);
    if (state.offline) totals.offline += now - std::max(state.offline_since, window_begin_);
  }
  return totals;
}

std::vector<Ledger::Spell> Ledger::longest_under_min_isr(size_t count) const {
  std::vector<Spell> spells;
  for (PartitionIndex partition = 0; partition < states_.size(); ++partition) {
    const State& state = states_[partition];
    sim::Duration longest = state.under_longest;
    if (state.under_min) {
      longest = std::max(longest, kernel_.now() - std::max(state.under_since, window_begin_));
    }
    if (longest.ns > 0) spells.push_back({partition, longest});
  }
  std::sort(spells.begin(), spells.end(), [](const Spell& a, const Spell& b) {
    return a.length != b.length ? a.length > b.length : a.partition < b.partition;
  });
  if (spells.size() > count) spells.resize(count);
  return spells;
}

int64_t Ledger::blocking_at(api::NodeId broker, sim::Time time) const {
  const auto index = static_cast<size_t>(broker.value);
  if (!broker.valid() || index >= blocking_.size()) return 0;
  int64_t before = 0, after = 0;
  for (const Blocking& entry : blocking_[index]) {
    if (entry.at > time) break;
    if (entry.at < time) before = entry.count;
    after = entry.count;
  }
  return std::min(before, after);
}

}  // namespace twin::model
