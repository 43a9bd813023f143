#include "model/clients/clients.h"

#include <algorithm>

#include "model/events.h"
#include "model/trace/decode.h"
#include "sim/assert.h"
#include "sim/int128.h"
#include "sim/marks.h"

namespace twin::model {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr sim::Duration kRequestTimeout{30 * kSecond};  // of a partition without producers

}  // namespace

Clients::Clients(Kernel& kernel, const PartitionTable& table, const IsrControl& isr,
                 Replication& replication)
    : kernel_(kernel), table_(table), isr_(isr), replication_(replication), consumers_(kernel) {
  kernel_.add_listener(*this);
}

void Clients::start(const std::vector<ProducerSpec>& producers,
                    const std::vector<GroupSpec>& groups) {
  TWIN_ASSERT(states_.empty());
  states_.resize(table_.partitions.size());
  of_topic_.resize(table_.topics.size());
  consumers_.define(groups);
  for (TopicIndex topic = 0; topic < table_.topics.size(); ++topic) {
    for (const ProducerSpec& spec : producers) {
      if (spec.topic != table_.topics[topic].name) continue;
      Producer producer;
      producer.spec = spec;
      TWIN_ASSERT_LT(int64_t{0}, spec.record_bytes);
      producer.topic = topic;
      producer.place = of_topic_[topic].size();
      of_topic_[topic].push_back(static_cast<uint32_t>(producers_.size()));
      producers_.push_back(producer);
    }
    add_topic(topic);
  }
  add_coordinators();
  for (PartitionIndex partition = 0; partition < states_.size(); ++partition) {
    State& state = states_[partition];
    state.leader = table_.partitions[partition].leader();
    replication_.set_readers(partition, state.readers);
    if (!state.driven) continue;
    set_rates(partition);
    availability_changed(partition);
  }
}

void Clients::add_topic(TopicIndex index) {
  const Topic& topic = table_.topics[index];
  for (PartitionIndex partition = topic.first; partition < topic.first + topic.partitions;
       ++partition) {
    State& state = states_[partition];
    state.first_account = static_cast<uint32_t>(accounts_.size());
    accounts_.resize(accounts_.size() + of_topic_[index].size());
    int64_t records_per_s = 0;
    for (const uint32_t number : of_topic_[index]) {
      records_per_s += share(producers_[number], partition);
      account(partition, producers_[number].place).from = kernel_.now();
    }
    for (size_t group = 0; group < consumers_.groups().size(); ++group) {
      const auto& topics = consumers_.groups()[group].topics;
      if (std::find(topics.begin(), topics.end(), topic.name) == topics.end()) continue;
      const uint32_t reader =
          consumers_.add(partition, static_cast<uint16_t>(group), records_per_s);
      if (state.readers++ == 0) state.first_reader = reader;
    }
    state.driven = !of_topic_[index].empty() || state.readers > 0;
  }
}

void Clients::add_coordinators() {
  for (const Topic& topic : table_.topics) {
    if (topic.name != "__consumer_offsets") continue;
    for (size_t group = 0; group < consumers_.groups().size(); ++group) {
      State& state = states_[topic.first + coordinator_partition(consumers_.groups()[group].name,
                                                                 topic.partitions)];
      state.coordinates.push_back(static_cast<uint16_t>(group));
      state.driven = true;
    }
  }
}

void Clients::upgrade(const std::string& version) {
  version_ = version;
  retry_ = RetryPolicy(version);
  kernel_.emit(trace::ClientsUpgraded{0}, version);
}

// A process that ends closes its connections, and so does one that shuts down; a machine that loses
// power does not.
void Clients::on_record(const sim::Record& record) {
  switch (trace::type_of(record)) {
    case trace::RecordType::ReplicasChanged:
      return note_move(record);
    case trace::RecordType::ProcessStarted: {
      const auto started = trace::decode<trace::ProcessStarted>(record);
      closed_.erase({static_cast<int32_t>(started.node)});
      dark_.erase({static_cast<int32_t>(started.node)});
      return;
    }
    case trace::RecordType::ControlledShutdownStarted:
      closed_.insert(
          {static_cast<int32_t>(trace::decode<trace::ControlledShutdownStarted>(record).node)});
      return;
    case trace::RecordType::ProcessExited: {
      const auto exit = trace::decode<trace::ProcessExited>(record);
      const api::NodeId node{static_cast<int32_t>(exit.node)};
      if (exit.exit_how == static_cast<int64_t>(trace::ExitHow::power_off)) {
        closed_.erase(node);
        dark_.insert(node);
      } else {
        closed_.insert(node);
      }
      return;
    }
    default:
      return;
  }
}

Clients::Blocked Clients::blocked(PartitionIndex partition, trace::StallReason& reason) const {
  const Partition& row = table_.partitions[partition];
  if (row.leader_slot < 0) {
    reason = trace::StallReason::no_leader;
    return Blocked::leader;
  }
  reason = trace::StallReason::unreachable;
  if (!isr_.serving(row.leader())) return Blocked::leader;
  if (row.isr_size() < table_.effective_min_isr(row)) {
    reason = trace::StallReason::under_min_isr;
    return Blocked::min_isr;
  }
  if (!replication_.watermark_moves(partition)) {
    if (replication_.isr_fetches(partition)) reason = trace::StallReason::awaits_follower;
    return Blocked::watermark;
  }
  reason = trace::StallReason::no_leader;  // it moved
  return Blocked::no;
}

bool Clients::vanished(api::NodeId leader) const {
  return leader.valid() && !isr_.serving(leader) && !closed_.contains(leader);
}

void Clients::note_silence(PartitionIndex partition, api::NodeId before, api::NodeId now_leads) {
  State& state = states_[partition];
  // It answers after all, or its successor at that address refuses.
  const bool may_answer = state.silent_may_return || state.silent == now_leads;
  if (state.silent.valid() && may_answer && isr_.serving(state.silent)) {
    TWIN_MARK("clients_leader_answers_again");
    state.silent = {};
    if (state.resume_due) ++state.generation;
    state.resume_due = false;
  }
  if (state.silent.valid() || !vanished(before)) return;
  TWIN_MARK("clients_leader_vanished");
  const std::vector<uint32_t>& producers = producers_of(partition);
  state.silent = before;
  state.silent_may_return = !dark_.contains(before);
  state.silent_until =
      kernel_.now() +
      (producers.empty() ? kRequestTimeout : producers_[producers.front()].spec.request_timeout);
}

void Clients::availability_changed(PartitionIndex partition) {
  if (partition >= states_.size() || !states_[partition].driven) return;
  State& state = states_[partition];
  const api::NodeId leader = table_.partitions[partition].leader();
  const api::NodeId before = state.leader;
  state.leader = leader;
  if (leader != before) state.led_since = kernel_.now();
  trace::StallReason reason = trace::StallReason::no_leader;
  const Blocked why = blocked(partition, reason);
  note_silence(partition, before, leader);
  if (why != Blocked::no || leader != before) {
    stop(partition, leader != before ? Blocked::leader : why, reason);
  }
  if (can_resume(partition, why)) {
    plan_resume(partition);
  } else if (state.resume_due) {
    ++state.generation;
    state.resume_due = false;
  }
}

void Clients::stop(PartitionIndex partition, Blocked why, trace::StallReason reason) {
  State& state = states_[partition];
  if (!state.waiting) {
    state.waiting = true;
    state.waiting_since = kernel_.now();
    state.only_watermark = true;
    state.moved = false;
  }
  if (state.led_since == kernel_.now()) state.moved = true;
  if (why != Blocked::watermark) state.only_watermark = false;
  for (const uint32_t number : producers_of(partition)) {
    Producer& producer = producers_[number];
    if (!stops(why, producer.spec.acks)) continue;
    if (!account(partition, producer.place).held) hold(partition, producer);
  }
  if (state.reading && stops_reading(why)) {
    state.reading = false;
    state.reading_since = kernel_.now();
  }
  set_rates(partition);
  report_stall(partition, reason);
}

bool Clients::can_resume(PartitionIndex partition, Blocked why) const {
  const State& state = states_[partition];
  if (!state.waiting) return false;
  if (why == Blocked::no) return true;
  if (!state.reading && !stops_reading(why)) return true;
  for (const uint32_t number : producers_of(partition)) {
    const Producer& producer = producers_[number];
    if (account(partition, producer.place).held && !stops(why, producer.spec.acks)) return true;
  }
  return false;
}

void Clients::plan_resume(PartitionIndex partition) {
  State& state = states_[partition];
  if (state.resume_due) return;
  state.resume_due = true;
  const sim::Duration waited = kernel_.now() - state.waiting_since;
  // The earliest moment at which a record that is sent may be acknowledged.
  const sim::Duration taken =
      state.led_since == kernel_.now() ? replication_.handover(partition) : sim::Duration{};
  sim::Duration delay{};
  if (state.silent.valid() && state.silent_until > kernel_.now() + taken) {
    delay = state.silent_until - kernel_.now() + retry_.after_move();
  } else if (waited.ns == 0) {
    delay = taken + retry_.after_move();
  } else if (!state.only_watermark) {
    delay = retry_.next_try(waited + taken) - waited;
  }
  kernel_.after(delay, event_type(Part::clients, Local::resume), partition, ++state.generation);
}

void Clients::handle(const sim::Event& event) {
  switch (local_type<Local>(event.type)) {
    case Local::resume: {
      const State& state = states_[event.entity];
      if (state.resume_due && state.generation == event.generation) resume(event.entity);
      return;
    }
    case Local::buffer: {
      Producer& producer = producers_[event.entity];
      if (producer.generation == event.generation) buffer_due(producer);
      return;
    }
    case Local::burst:
      return burst_due(event.entity, event.argument);
  }
}

void Clients::resume(PartitionIndex partition) {
  State& state = states_[partition];
  state.resume_due = false;
  trace::StallReason reason = trace::StallReason::no_leader;
  const Blocked why = blocked(partition, reason);
  const bool read_again = !state.reading && !stops_reading(why);
  if (read_again) state.reading = true;
  const sim::Time since = state.waiting_since;
  const bool moved = state.moved;
  // Before anybody sends: what arrives then may stop the partition again at once.
  state.waiting = !state.reading || why != Blocked::no;
  const bool done = !state.waiting;
  if (done) state.silent = {};
  int64_t came = 0;
  sim::Duration oldest{};
  for (const uint32_t number : producers_of(partition)) {
    Producer& producer = producers_[number];
    const bool held = account(partition, producer.place).held;
    if (held && stops(why, producer.spec.acks)) continue;
    const Waiting released = held ? release(partition, producer) : Waiting{};
    came += read_what_came(partition, producer.place, released, read_again, oldest);
  }
  set_rates(partition);
  for (uint32_t reader = 0; state.reading && reader < state.readers; ++reader) {
    consumers_.arrived(state.first_reader + reader, came, oldest);
  }
  report_stall(partition, reason);
  if (!done) return;
  sim::Duration uncommitted = kernel_.now() - since;
  if (moved && !state.coordinates.empty()) uncommitted += replication_.read_through(partition);
  for (const uint16_t group : state.coordinates) consumers_.committed_again(group, uncommitted);
}

// Records of a producer that consumers find: those that waited in it, and those that were written
// while nobody could read them.
int64_t Clients::read_what_came(PartitionIndex partition, size_t place, const Waiting& released,
                                bool read_again, sim::Duration& oldest) const {
  const State& state = states_[partition];
  if (!state.reading) return 0;
  oldest = std::max(oldest, released.oldest);
  if (!read_again) return released.kept;
  const Producer& producer = producers_[producers_of(partition)[place]];
  const sim::Duration unread = kernel_.now() - state.reading_since;
  const int64_t written =
      sim::mul_div(share(producer, partition), unread.ns, kSecond) - released.lost;
  if (written <= released.kept) return released.kept;
  oldest = std::max(oldest, unread);
  return written;
}

bool Clients::any_stalled(PartitionIndex partition) const {
  bool all = false;
  bool stalled_all = false;
  bool stalled_weak = false;
  for (const uint32_t number : producers_of(partition)) {
    const Producer& producer = producers_[number];
    const bool stuck =
        account(partition, producer.place).held || producer.full_since != sim::kNever;
    if (producer.spec.acks == Acks::all) {
      all = true;
      stalled_all = stalled_all || stuck;
    } else {
      stalled_weak = stalled_weak || stuck;
    }
  }
  return all ? stalled_all : stalled_weak;
}

void Clients::report_stall(PartitionIndex partition, trace::StallReason reason) {
  State& state = states_[partition];
  const bool stalled = any_stalled(partition);
  if (stalled == state.stalled) return;
  state.stalled = stalled;
  stalled_count_ += stalled ? 1 : -1;
  if (stalled) {
    state.since = kernel_.now();
    kernel_.emit(trace::ProduceStalled{partition, static_cast<int64_t>(reason)});
    return;
  }
  const sim::Time now = kernel_.now();
  state.longest = std::max(state.longest, now - std::max(state.since, window_begin_));
  kernel_.emit(trace::ProduceResumed{partition, (now - state.since).ns});
}

void Clients::start_window() {
  window_begin_ = kernel_.now();
  rejected_before_window_ = 0;
  rejected_before_window_ = records_rejected();
  consumers_.start_window();
  replication_.clear_waits();
  held_ = {};
  moved_ = {};
  moving_since_ = kernel_.now();
  moved_until_ = sim::kNever;
  for (State& state : states_) state.longest = {};
}

std::vector<Clients::Stall> Clients::longest_stalls(size_t count) const {
  std::vector<Stall> stalls;
  for (PartitionIndex partition = 0; partition < states_.size(); ++partition) {
    const State& state = states_[partition];
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

int64_t Clients::records_rejected() const {
  int64_t records = -rejected_before_window_;
  for (PartitionIndex partition = 0; partition < states_.size(); ++partition) {
    records += states_[partition].rejected;
    for (const uint32_t number : producers_of(partition)) {
      records += waits(producers_[number], partition).lost;
    }
  }
  return records;
}

int64_t Clients::records_waiting(PartitionIndex partition) const {
  int64_t records = 0;
  for (const uint32_t number : producers_of(partition)) {
    const Producer& producer = producers_[number];
    const Account& each = account(partition, producer.place);
    records += waits(producer, partition).kept;
    if (each.burst_records == 0) continue;
    const int64_t sent =
        sim::mul_div(each.burst_bytes_per_s, (kernel_.now() - each.burst_from).ns, kSecond);
    records += std::max<int64_t>(0, each.burst_records - sent / producer.spec.record_bytes);
  }
  return records;
}

}  // namespace twin::model
