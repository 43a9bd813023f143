// The KRaft metadata quorum: voters, the active controller, its loss and election. Laws:
//
//   majority   a leader needs more than half of the voters up and reachable; without one nothing
//              commits (KRaft; since 3.7 a leader that no majority fetches from resigns,
//              KAFKA-15489)
//   loss       followers notice after controller.quorum.fetch.timeout.ms (2 s) and wait a random
//              backoff of up to controller.quorum.election.backoff.max.ms (1 s)
//   resigning  a leader that shuts down ends its epoch: measured 0.6 to 0.7 s from SIGTERM of the
//              active controller to its successor
//   start      a voter without a leader waits controller.quorum.election.timeout.ms (1 s) plus up
//              to as much again
//   followers  fetch at least each metadata.max.idle.interval.ms 500 (a no-op record wakes them),
//              so their last fetch is 0 to 0.5 s old; one that just started has to catch up first
//
// Each voter goes by its own file; the first that runs out of patience, among those that may lead,
// begins the election.
// Sources: apache/kafka raft/ (QuorumConfig, KafkaRaftClient, UnattachedState), KRaftConfigs; the
// measured value from a recording of Strimzi 0.47 with Kafka 4.3.1.
#pragma once

#include <vector>

#include "controller/api/kafka.h"
#include "model/kafka/control/quorum_history.h"
#include "model/kernel.h"
#include "sim/time.h"

namespace twin::model::control {

class QuorumListener {
 public:
  virtual ~QuorumListener() = default;
  virtual void quorum_leader_lost() = 0;
  virtual void quorum_leader_elected() = 0;
  // May these two controllers talk?
  virtual bool nodes_reachable(api::NodeId a, api::NodeId b) const = 0;
};

// Of one voter, from its file.
struct QuorumSettings {
  sim::Duration fetch_timeout{2'000'000'000};         // controller.quorum.fetch.timeout.ms
  sim::Duration election_timeout{1'000'000'000};      // controller.quorum.election.timeout.ms
  sim::Duration election_backoff_max{1'000'000'000};  // controller.quorum.election.backoff.max.ms
};

class Quorum {
 public:
  Quorum(Kernel& kernel, QuorumListener& listener) : kernel_(kernel), listener_(listener) {}

  // Ascending ids. A static quorum: what controller.quorum.voters says.
  void set_voters(const std::vector<api::NodeId>& voters);
  // One that no configuration named.
  void add_voter(api::NodeId voter);
  void voter_listens(api::NodeId voter, const QuorumSettings& settings);
  void voter_resigns(api::NodeId voter);  // SIGTERM
  void voter_gone(api::NodeId voter);
  void set_hung(api::NodeId voter, bool hung);
  void reachability_changed() { evaluate(Absence::vanished); }
  void on_election(uint32_t generation);

  api::NodeId leader() const { return leader_; }
  int32_t epoch() const { return epoch_; }
  std::vector<api::NodeId> voters() const;
  api::DescribeQuorumReply describe(int64_t log_end_offset) const;
  const QuorumHistory& history() const { return history_; }

 private:
  struct Voter {
    api::NodeId id;
    bool up = false;
    bool hung = false;
    bool in_contact = false;  // with the leader
    sim::Time caught_up_at{};
    sim::Time last_contact = sim::kNever;  // kNever: none since this leader was elected
    uint64_t starts = 0;
    QuorumSettings settings{};
  };
  // Why there is no leader; decides how long the election takes.
  enum class Absence : uint8_t { vanished, resigned, starting };

  Voter* find(api::NodeId id);
  bool can_lead(const Voter& voter) const;
  void evaluate(Absence absence);
  // From now to the election.
  sim::Duration patience(Absence absence) const;
  void lose_leader();
  void refresh_contacts();
  void remember();
  sim::Time last_fetch(const Voter& voter) const;

  Kernel& kernel_;
  QuorumListener& listener_;
  std::vector<Voter> voters_;
  api::NodeId leader_;
  sim::Time leader_since_{};
  int32_t epoch_ = 0;
  uint32_t election_generation_ = 0;
  bool election_pending_ = false;
  QuorumHistory history_;
};

}  // namespace twin::model::control
