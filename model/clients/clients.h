// Producers and consumer groups, as far as an operation can hurt them: a partition takes records or
// it does not, and what could not be sent waits in the producer, is given up, or arrives in a burst
// and makes consumers late. Steady state has no events.
//
// What stops a partition, and when it goes on (retry.h, account.h and consumers.h have the rest):
//   a leader moves     the old one refuses once it knows, the new one is asked, and its followers
//                      fetch from it (Replication::handover); a group's coordinator that moves is
//                      read from its log first (COORDINATOR_LOAD_IN_PROGRESS)
//   no leader, or one  the client tries again and again; the first try after the partition is back
//   that is gone       goes through
//   under min ISR      acks=all only: NOT_ENOUGH_REPLICAS, tried again like the above
//   a member of the    acks=all only: the leader has the records and does not answer until the high
//   ISR does not fetch watermark moves; it answers at that moment (DelayedProduce)
//   a machine is gone  nothing says so: a request to it is given up after request.timeout.ms 30 s,
//   or hangs           although another broker may lead by then (NetworkClient); a process that
//                      goes on answers what was sent to it
//   the buffer is full every partition of the producer waits for the one that takes nothing
// Sources: KafkaProducer, Sender, NetworkClient, Partition.makeLeader, DelayedProduce.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/clients/account.h"
#include "model/clients/consumers.h"
#include "model/clients/retry.h"
#include "model/clients/workload.h"
#include "model/kafka/data/replication.h"
#include "model/kafka/seams.h"
#include "model/kernel.h"

namespace twin::model {

// As a listener it only notes which processes ended by closing their connections.
class Clients : public PartitionObserver, public TraceListener {
 public:
  Clients(Kernel& kernel, const PartitionTable& table, const IsrControl& isr,
          Replication& replication);

  // Starts the workload; topics that do not exist are ignored (the loader has checked them).
  void start(const std::vector<ProducerSpec>& producers, const std::vector<GroupSpec>& groups);
  // All clients are of that version from now on; before, they are current ones.
  void upgrade(const std::string& version);
  // Figures count from now on.
  void start_window();

  void availability_changed(PartitionIndex partition) override;
  void on_record(const sim::Record& record) override;
  void handle(const sim::Event& event);  // Part::clients

  struct Stall {
    PartitionIndex partition = 0;
    sim::Duration length;
  };
  using Lag = Consumers::Lag;
  // From send() to the answer, with acks=all, of what was produced while partitions moved; by
  // bytes. nullopt: nothing moved, or nobody produces so.
  struct Latency {
    sim::Duration p50, p99, longest;
  };
  std::optional<Latency> produce_latency() const;
  // Longest time in which each partition took no record of the strongest promise that its producers
  // ask for (acks=all before the others), longest first.
  std::vector<Stall> longest_stalls(size_t count) const;
  // Given up so far, also of stalls that are not over.
  int64_t records_rejected() const;
  // Also of what moves held back on its way to the high watermark.
  Lag worst_lag() const;
  const std::string& group_name(int64_t group) const {
    return consumers_.groups()[static_cast<size_t>(group)].name;
  }
  // Partitions that take nothing now.
  int64_t stalled() const { return stalled_count_; }
  const std::string& version() const { return version_; }
  // Records that wait in producers of the partition now.
  int64_t records_waiting(PartitionIndex partition) const;

 private:
  enum class Local : uint8_t { resume = 1, buffer, burst };
  enum class Blocked : uint8_t { no, watermark, min_isr, leader };

  struct Producer {
    ProducerSpec spec;
    TopicIndex topic = 0;
    size_t place = 0;  // among the producers of its topic
    sim::Time full_since = sim::kNever;
    // Bytes held, as of `anchor`, and how fast they grow.
    int64_t held = 0;
    int64_t growth = 0;
    sim::Time anchor{};
    sim::Time look_at = sim::kNever;  // when it may be full
    uint32_t generation = 0;
  };
  struct State {
    uint32_t first_account = 0;  // one for each producer of the topic
    uint32_t first_reader = 0;   // one for each group that reads it
    uint16_t readers = 0;
    bool driven = false;   // somebody wants to know
    bool stalled = false;  // reported
    bool waiting = false;  // anything is held, or consumers do not read
    bool reading = true;
    bool only_watermark = false;  // all that was wrong since waiting_since
    bool resume_due = false;
    uint32_t generation = 0;
    api::NodeId leader;
    api::NodeId silent;              // a leader that vanished without a word
    bool silent_may_return = false;  // it hangs or is cut off; its machine has not lost power
    sim::Time silent_until{};
    bool moved = false;  // another leader since waiting_since
    sim::Time led_since{};
    sim::Time waiting_since{};
    sim::Time reading_since{};  // when reading stopped
    sim::Time since{};          // of the reported stall
    sim::Duration longest{};
    int64_t rejected = 0;
    std::vector<uint16_t> coordinates;  // groups whose offsets it keeps
  };

  // clients.cpp
  void add_topic(TopicIndex topic);
  void add_coordinators();
  Blocked blocked(PartitionIndex partition, trace::StallReason& reason) const;
  bool vanished(api::NodeId leader) const;
  void note_silence(PartitionIndex partition, api::NodeId before, api::NodeId now_leads);
  void stop(PartitionIndex partition, Blocked why, trace::StallReason reason);
  bool can_resume(PartitionIndex partition, Blocked why) const;
  void plan_resume(PartitionIndex partition);
  void resume(PartitionIndex partition);
  int64_t read_what_came(PartitionIndex partition, size_t place, const Waiting& released,
                         bool read_again, sim::Duration& oldest) const;
  void report_stall(PartitionIndex partition, trace::StallReason reason);
  bool any_stalled(PartitionIndex partition) const;
  static bool stops_reading(Blocked why) {
    return why == Blocked::leader || why == Blocked::watermark;
  }
  static bool stops(Blocked why, Acks acks) {
    return why == Blocked::leader || (acks == Acks::all && why != Blocked::no);
  }

  // moving.cpp
  void note_move(const sim::Record& record);
  void note_waited(const Producer& producer, const Waiting& released, sim::Time since);
  bool moves_during(sim::Time since) const;

  // producing.cpp
  const std::vector<uint32_t>& producers_of(PartitionIndex partition) const;
  Account& account(PartitionIndex partition, size_t place);
  const Account& account(PartitionIndex partition, size_t place) const;
  int64_t share(const Producer& producer, PartitionIndex partition) const;
  Waiting waits(const Producer& producer, PartitionIndex partition) const;
  void hold(PartitionIndex partition, Producer& producer);
  Waiting release(PartitionIndex partition, Producer& producer);
  void send(PartitionIndex partition, const Producer& producer, const Waiting& what);
  void stop_burst(PartitionIndex partition, const Producer& producer);
  void burst_due(PartitionIndex partition, size_t place);
  void reject(PartitionIndex partition, const Producer& producer, int64_t records);
  void set_rates(PartitionIndex partition);
  void settle_buffer(Producer& producer);
  void look_at_buffer(Producer& producer, sim::Duration after);
  void buffer_due(Producer& producer);
  void buffer_filled(Producer& producer);
  void buffer_freed(Producer& producer);

  Kernel& kernel_;
  const PartitionTable& table_;
  const IsrControl& isr_;
  Replication& replication_;
  RetryPolicy retry_;
  Consumers consumers_;
  std::vector<State> states_;
  std::vector<Account> accounts_;
  std::vector<Producer> producers_;
  std::vector<std::vector<uint32_t>> of_topic_;  // producers of each topic
  std::set<api::NodeId> closed_;                 // ended, and their peers were told
  std::set<api::NodeId> dark_;                   // ended without power
  int64_t stalled_count_ = 0;
  int64_t rejected_before_window_ = 0;
  std::string version_;
  sim::Time window_begin_{};
  std::set<int64_t> moving_;             // partitions on their way
  sim::Time moving_since_{};             // while there are any, within the window
  sim::Time moved_until_ = sim::kNever;  // the last end of a move; kNever: none yet
  sim::Duration moved_{};                // before moving_since_
  data::Latencies held_;                 // what stalls held back meanwhile
};

}  // namespace twin::model
