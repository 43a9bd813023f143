// Our own roller. Each second while there is something to do it looks at the pods, and at Kafka if
// what they show leaves anything to decide, and restarts one node when what it has just read allows
// it:
//
//   - every answer it needs was given, and none was older than two seconds when it acts: an unknown
//     or stale reply means another look, at another node, never an action,
//   - every node restarted before is back: its pod Ready, and for a broker every replica in the
//   ISR,
//   - no partition with RF above min.insync.replicas falls below it, as it is or as a reassignment
//     may leave it at any moment, and none that the broker hosts waits for a replica that is on its
//     way back,
//   - the metadata quorum answers and has a leader; for a controller, a majority of voters is
//     caught up without it and answers when it is asked itself, for the leader knows of a voter
//     only what its last fetch said, up to a fetch timeout ago; the active one goes last,
//   - or the node holds nothing up: it is down, in no ISR and not among the caught-up voters. Such
//     nodes do not wait for each other, or two of them would wait for ever,
//   - brokers that are no controllers may go together where RollRequest asks for it (batch.h): the
//   largest set of which every partition can spare its replicas, chosen anew for each batch,
//   - a ZooKeeper server goes when all others answer; the leader last,
//   - the pod is deleted by uid.
//
// It never gives up on a slow start: it waits for as long as the node takes and says for what
// (pending()). Its memory is which pods it deleted: one that comes back as it was ends the roll,
// since then pods are made from something else than the roll began with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/roll/open_partitions.h"
#include "controller/roll/questions.h"
#include "controller/roll/roller.h"

namespace twin::controller {

class TwinRoller final : public Roller {
 public:
  explicit TwinRoller(RollRequest request);
  Progress step(Calls& calls) override;
  std::vector<std::string> pending() const override { return pending_; }

 private:
  struct Seen {
    const api::Pod* pod = nullptr;  // null: there is none
    bool ready = false;
    std::vector<std::string> reasons;  // to restart
    bool reconfigure = false;
    config::ConfigDiff diff;
    bool zookeeper_leader = false;
    bool answers = false;  // ZooKeeper servers
    std::vector<CallId> cites;
    bool forced = false;  // of an operator that is broken so: restarted without a check
  };
  // What is kept of a node from look to look, so that a look costs what changed.
  struct Known {
    api::ObjectPtr pod;  // as last read, with what was found in it:
    bool ready = false;
    std::vector<std::string> reasons;
    api::Uid configured;  // the pod that was found to run the desired configuration
    api::Uid deleted;     // the pod that this roll deleted last
    sim::Time unready_since = sim::kNever;
  };
  // One look at the world; nullopt members were not answered.
  struct Look {
    sim::Time now{};
    std::vector<Seen> nodes;
    std::optional<api::DescribeQuorumReply> quorum;
    std::vector<api::NodeId> silent;  // controllers that do not answer themselves
    std::optional<TopicView> topics;
    // Partitions that are being reassigned; without a quorum they are not asked for.
    std::optional<std::vector<api::ReassignmentDescription>> moving;
    std::optional<api::DescribeClusterReply> cluster;
    std::vector<CallId> cites;
    std::optional<sim::Time> oldest;  // as_of of the replies that are cited
    bool out_of_reach = false;        // no client could be made, or none could connect
    std::string trouble;  // why nothing may be done on this look; "" when all was answered
    CallId trouble_in;    // the reply that says so
  };

  // look.cpp
  bool look(Calls& calls, Look& look);
  bool look_at_pods(Calls& calls, Look& look);
  bool look_at_kafka(Calls& calls, Look& look);
  bool look_at_voters(Calls& calls, Look& look);
  bool look_at_configs(Calls& calls, Look& look);
  bool look_at_ensemble(Calls& calls, Look& look);
  bool may_restart(const Look& look) const;
  void note_silence(Look& look, const ReplyMeta& meta) const;
  static void cite(Look& look, std::vector<CallId>& cites, const ReplyMeta& meta);

  // twin_roller.cpp
  Progress again(Calls& calls);
  std::optional<size_t> choose(const Look& look);
  std::string obstacle(const Look& look, size_t node);
  std::string partition_obstacle(const Look& look, const RollNode& node);
  std::string unfinished(const Look& look, size_t except) const;
  bool holds_nothing(const Look& look, size_t node) const;
  static bool does_not_run(const Seen& seen);
  std::string came_back_as_it_was(const Look& look) const;
  bool is_active(const RollNode& node) const;
  void say_who_goes_last(Calls& calls, const Look& look, const RollNode& first);
  // What goes on this look, and why no more; one node where nodes go one by one.
  struct Going {
    std::vector<size_t> nodes;
    std::string why;
  };
  const Going& going_with(const Look& look, size_t first);  // batch_roll.cpp
  Progress restart(Calls& calls, const Look& look, const Going& going);
  void decide_restart(Calls& calls, const Look& look, size_t node, const std::string& why);
  Progress reconfigure(Calls& calls, const Look& look, size_t node);
  // Of operators that are broken on purpose (controller/broken.h).
  Progress give_up(Calls& calls, const std::string& why);
  std::string broken_obstacle(const Look& look, const RollNode& node) const;
  bool restart_another(Calls& calls, const Look& look, size_t first);
  bool is_forced(const Seen& seen) const;
  bool takes_for_dead(Seen& seen, const ReplyMeta& meta) const;
  void add_broken_reasons(sim::Time now, size_t node, Seen& seen);
  void wait_for(Calls& calls, const RollNode* node, const std::string& why,
                const std::vector<CallId>& cites);
  bool has_brokers() const;
  bool has_controllers() const;

  RollRequest request_;
  std::map<std::string, size_t, std::less<>> index_of_;  // by pod name
  std::vector<Known> known_;                             // by node, as in the request
  OpenPartitions open_partitions_;
  api::NodeId active_controller_;  // as last heard, to say who waits; nothing rests on it
  std::vector<std::string> pending_;
  std::map<std::string, std::string> said_;  // by pod: the last reason to wait that was decided
  std::set<std::string> said_last_;          // pods of those that were told to go last
  std::set<std::string> failed_alters_;      // pods whose dynamic change Kafka wants a restart for
  std::string refused_;  // what Kafka refuses outright: nothing is rolled with it
  std::optional<api::DescribeQuorumReply> first_quorum_;
  CallId first_quorum_call_;
  std::optional<Going> going_;  // decided on this look
  sim::Time blocked_since_ = sim::kNever;
  size_t ask_first_ = 0;  // which node is asked first: another one after a stale answer
};

}  // namespace twin::controller
