// A scripted cluster behind the ports: pods that stop and become Ready as a test says, and Kafka
// nodes that answer, refuse or stay silent. It has its own clock, which jumps to whatever is next.
// Nothing of the real world's model is in it, so that a roller is judged by the script alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/calls.h"
#include "controller/roll/roller.h"

namespace twin::roll_test {

using namespace controller;

struct FakeNode {
  int id = 0;
  bool broker = true;
  bool controller = true;
  bool ready = true;
  bool missing = false;
  bool old_revision = true;  // the predicate says PodHasOldRevision until it is restarted
  bool stays_old = false;    // ... and again when it is back
  std::string waiting;       // reason for which its container waits
  bool unschedulable = false;
  bool ready_after_restart = true;
  bool goes_away = true;                      // when it is deleted
  sim::Time ready_at = sim::kNever;           // becomes Ready by itself
  int broker_state = 3;                       // the agent's answer; -1: it does not answer
  int get_errors = 0, delete_errors = 0;      // of the API server, so many times; -1: always
  int gets_before_errors = 0;                 // answers so many times first
  int describe_errors = 0, alter_errors = 0;  // of the node; -1: always
  api::KafkaError alter_error = api::KafkaError::invalid_request;
  bool caught_up = true;  // as a voter
  bool silent = false;    // says nothing when it is asked for its versions
  uint64_t uid = 1;
  sim::Time gone_at = sim::kNever;  // while it is being deleted
};

struct FakeTopic {
  std::string name;
  std::vector<int> replicas, isr;
  int min_isr = 1;
  sim::Time until = sim::kNever;  // from then on the ISR is full
};

class FakeCluster : public Ports {
 public:
  std::vector<FakeNode> nodes;
  std::vector<FakeTopic> topics;
  std::vector<api::ReassignmentDescription> moving;
  int leader = -1;  // of the quorum
  int later_leader = -1;
  sim::Time leader_changes = sim::kNever;
  bool unresolved = false;                 // no name of Kafka's resolves
  bool unresolved_brokers = false;         // ... of their listener for brokers
  bool topics_fail = false;                // no answer says which topics there are
  int quorum_asked = 0;                    // how often the quorum was described so far
  std::vector<int> quorum_errors;          // which of those times it fails, counted from 0
  bool kafka_unknown = false;              // no Kafka request is ever answered
  sim::Duration kafka_age{0};              // how old Kafka's answers are
  std::string desired_key, desired_value;  // one key of every node's configuration that differs
  bool restart_takes_config = true;
  BatchRules batch;
  std::map<int, std::string> racks;  // by broker

  FakeNode& node(int id);
  // What happened, in order: ids whose pods were deleted, requests that change something.
  std::vector<int> restarted;
  std::vector<std::vector<int>> batches;  // the same, by the moment of the deletion
  int alters = 0;
  std::vector<std::string> events;  // reasons of the Events that were published
  std::vector<Decision> decisions;

  RollRequest request() const;
  // Steps the roller until it is done, failed, or `limit` has passed (then: waiting).
  Progress roll(const std::string& profile,
                sim::Duration limit = sim::Duration{4 * 3600 * int64_t{1'000'000'000}});

  sim::Time now() const override { return now_; }
  void wake_at(sim::Time at) override { at_[std::max(at, now_)].push_back({}); }
  CallId call(KubeRequest request) override;
  CallId call(KafkaRequest request) override;
  void stop_watch(CallId) override {}
  void decided(Decision decision) override { decisions.push_back(std::move(decision)); }

 private:
  void settle(FakeNode& node);
  api::ObjectPtr pod_of(FakeNode& node);
  KubeReply answer(const KubeRequest& request);
  KafkaReply answer(const KafkaRequest& request, sim::Duration& after);
  api::KafkaReplyBody topics_reply() const;
  api::KafkaReplyBody quorum_reply() const;

  sim::Time now_{};
  sim::Time last_deletion_ = sim::kNever;
  uint64_t next_call_ = 1;
  std::map<sim::Time, std::vector<std::function<void(Calls&)>>> at_;
  std::map<int, bool> restarted_once_;
};

}  // namespace twin::roll_test
