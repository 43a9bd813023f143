// Producers and consumer groups, as far as an operation can hurt them: a partition takes records or
// it does not, and what could not be sent waits in the producer, is given up after the delivery
// timeout, or arrives in a burst and makes consumers late. Steady state has no events.
//
//   a leader moves    the producer is told NOT_LEADER, refreshes its metadata and tries again after
//                     retry.backoff.ms 100 (KIP-951 saves that with brokers and clients from 3.7 on;
//                     not played)
//   no leader, a leader that does not answer, acks=all under min.insync.replicas, or acks=all with a
//                     member of the ISR that does not fetch (nothing is acknowledged): the partition
//                     takes nothing until that is over
//   given up          a record waits at most delivery.timeout.ms 120 s; when buffer.memory is full of
//                     what cannot be sent, send() blocks for max.block.ms 60 s and fails
// Sources: KafkaProducer, RecordAccumulator, Sender; consumers see records up to the high watermark.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "model/clients/workload.h"
#include "model/kafka/data/replication.h"
#include "model/kafka/seams.h"
#include "model/kernel.h"

namespace twin::model {

class Clients : public PartitionObserver {
 public:
  Clients(Kernel& kernel, const PartitionTable& table, const IsrControl& isr,
          Replication& replication);

  // Starts the workload; topics that do not exist are ignored (the loader has checked them).
  void start(const std::vector<ProducerSpec>& producers, const std::vector<GroupSpec>& groups);
  void upgrade(const std::string& version);
  // Figures count from now on.
  void start_window();

  void availability_changed(PartitionIndex partition) override;
  void handle(const sim::Event& event);  // Part::clients

  struct Stall {
    PartitionIndex partition = 0;
    sim::Duration length;
  };
  struct Lag {
    int64_t records = 0;
    sim::Duration time;
    int64_t group = -1;
    PartitionIndex partition = 0;
  };
  // Longest time in which each partition took no acks=all record, longest first.
  std::vector<Stall> longest_stalls(size_t count) const;
  int64_t records_rejected() const;
  const Lag& worst_lag() const { return worst_lag_; }
  const std::string& group_name(int64_t group) const {
    return groups_[static_cast<size_t>(group)].name;
  }
  // Partitions that take nothing now.
  int64_t stalled() const { return stalled_count_; }
  const std::string& version() const { return version_; }

 private:
  enum class Local : uint8_t { resume = 1 };

  // What the producers of one kind of promise send to a partition.
  struct Stream {
    int64_t records_per_s = 0;
    int64_t bytes_per_s = 0;
    sim::Duration held_max{};  // how long a record waits before it is given up
  };
  struct State {
    Stream all;   // acks=all
    Stream weak;  // acks=1 and 0
    bool driven = false;
    bool stalled = false;      // for acks=all
    bool weak_stalled = false;
    bool resuming = false;     // a resume is due
    trace::StallReason reason = trace::StallReason::no_leader;
    sim::Time since{};
    sim::Time weak_since{};
    api::NodeId leader;
    uint32_t generation = 0;
    sim::Duration longest{};
    int64_t rejected = 0;
    std::vector<uint16_t> groups;
  };
  struct Due {
    PartitionIndex partition = 0;
    uint32_t generation = 0;
  };

  bool blocked(PartitionIndex partition, trace::StallReason& reason) const;
  bool weak_blocked(PartitionIndex partition) const;
  void stall(PartitionIndex partition, trace::StallReason reason);
  void plan_resume(PartitionIndex partition);
  void resume(PartitionIndex partition);
  void set_rate(PartitionIndex partition);
  int64_t given_up(const Stream& stream, sim::Duration stalled) const;
  void note_lag(PartitionIndex partition, int64_t records, sim::Duration time);

  Kernel& kernel_;
  const PartitionTable& table_;
  const IsrControl& isr_;
  Replication& replication_;
  std::vector<State> states_;
  std::vector<GroupSpec> groups_;
  std::deque<Due> due_;  // all delays are equal: the front is due first
  Lag worst_lag_;
  int64_t stalled_count_ = 0;
  int64_t rejected_before_window_ = 0;
  std::string version_;
  sim::Time window_begin_{};
};

}  // namespace twin::model
