// The operator's process: starts, is elected, fills its caches, keeps StrimziPodSets and reconciles
// Kafka resources, one reconcile at a time per resource. Everything here is lost when it is killed;
// the next one begins with empty hands.
//
// A trigger is a change of a Kafka resource or of one of its pools, or the timer that goes off for
// every resource at a fixed phase from the start. Strimzi takes a lock per resource: a trigger
// waits 10 s for it and is then dropped, and those that wait are not merged, each runs a whole
// reconcile; the operator's own status write is a change like any other. `twin` merges triggers,
// looks only at changes of what was asked for, and lets go of a reconcile whose resource says
// something else by now.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/client/election.h"
#include "controller/client/informer.h"
#include "controller/operator.h"
#include "controller/podset/podset_controller.h"
#include "controller/profile.h"
#include "controller/rebalance/rebalance_controller.h"
#include "controller/reconcile/reconcile.h"
#include "controller/topics/topic_operator.h"

namespace twin::controller {

class Driver final : public Process, public InformerListener {
 public:
  Driver(const OperatorOptions& options, const Profile& profile, Ports& ports);

  void start() override;
  void on_reply(const KubeReply& reply) override;
  void on_reply(const KafkaReply& reply) override;
  void on_watch(const WatchEvent& event) override;
  void on_wake() override { step(); }
  void on_change(api::Kind kind, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;

 private:
  struct Trigger {
    std::string cluster;
    std::string why;
    sim::Time arrived;
    sim::Time due;
  };
  struct Failure {
    std::string message;
    int times = 0;  // in a row, after the first
  };
  struct Work {
    Work(Ports& ports, ReconcileOptions options) : calls(ports), reconcile(std::move(options)) {}
    Calls calls;
    Reconcile reconcile;
    sim::Time began{};
    sim::Time says_so_at = sim::kNever;  // that it is still running
  };

  void step();
  bool started();
  void begin();
  bool synced() const;
  void tick();
  void trigger(const std::string& cluster, const std::string& why);
  void take_triggers();
  void start_reconcile(const Trigger& trigger);
  void step_reconciles();
  void step_rebalances();
  void step_topics();
  void finish(const std::string& cluster, const Progress& progress);
  void say_so(const std::string& cluster, Work& work);

  const OperatorOptions options_;
  const Profile& profile_;
  Ports& ports_;
  sim::Duration interval_;
  sim::Duration operation_timeout_;
  std::vector<std::unique_ptr<Informer>> informers_;
  Informer* kafkas_ = nullptr;
  std::unique_ptr<PodSetController> pod_sets_;
  std::unique_ptr<rebalance::RebalanceController> rebalances_;            // of `twin`
  std::map<std::string, std::unique_ptr<topics::TopicOperator>> topics_;  // by cluster
  std::optional<Election> election_;
  sim::Time ready_at_ = sim::kNever;  // the process has started up
  sim::Time warm_at_ = sim::kNever;   // caches are full and the first reconcile may start
  bool begun_ = false;
  bool election_started_ = false;
  bool stepping_ = false;
  bool warm_ = false;  // a reconcile was run
  sim::Time next_tick_ = sim::kNever;
  std::deque<Trigger> triggers_;
  std::map<std::string, std::unique_ptr<Work>> running_;
  std::map<std::string, Failure> failures_;
  std::set<std::string> given_up_;  // of an operator that is broken so
};

}  // namespace twin::controller
