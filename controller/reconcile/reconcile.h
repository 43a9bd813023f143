// One reconcile of one Kafka resource: a list of small named steps, run in order, each a function
// of what it reads and of the memory here. A step that fails ends the chain; the status is written
// in any case. All memory is that of one reconcile: it may be lost at any moment (the process is
// killed, or a newer version of the resource makes this one pointless) and the next reconcile
// starts from what is observed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/calls.h"
#include "controller/profile.h"
#include "controller/reconcile/desired.h"
#include "controller/reconcile/stateful.h"
#include "controller/reconcile/trust_roll.h"
#include "controller/roll/roller.h"

namespace twin::controller {

struct ReconcileOptions {
  const Profile* profile = nullptr;
  std::string namespace_name;
  std::string cluster;
  std::string trigger;
  sim::Duration operation_timeout{0};
  bool cold = false;  // the first one of its process
  BatchRules batch;
};

class Reconcile;
using StepFunction = Progress (*)(Reconcile&, Calls&);
struct Step {
  const char* name;
  StepFunction run;
};

class Reconcile final : public Task {
 public:
  explicit Reconcile(ReconcileOptions options);

  // Done or failed when the status is written; failed carries the failure of the chain.
  Progress step(Calls& calls) override;
  std::vector<std::string> pending() const;
  const char* current_step() const;

  // ---- memory of this reconcile, for the steps ----
  const ReconcileOptions options;
  const Profile& profile;

  ObservedCluster observed;
  std::vector<std::shared_ptr<const api::Pod>> pods;  // of the cluster, as first read
  DesiredCluster desired;
  StatefulCluster stateful;  // instead of `desired` on StatefulSets
  std::unique_ptr<Roller> roller;
  AuthorityState authority_state;
  std::vector<ConditionText> warnings;
  std::set<std::string> resized_pods;  // their file systems must grow: restart
  std::string metadata_version;        // as finalized, "" = not known
  std::vector<int32_t> registered_nodes;
  std::vector<CallId> cites;            // the replies that the observation rests on
  Progress outcome = Progress::done();  // of the chain
  bool gone = false;                    // the resource does not exist: nothing to do
  bool paused = false;
  bool sets_changed = false;  // what pods are made from, by this reconcile

  // Ends the chain successfully before its time; the status is still written.
  void end_chain() { ended_ = true; }
  // Goes on with these steps after the current one.
  void continue_with(const std::vector<Step>& steps);
  void decide(Calls& calls, DecisionKind kind, std::string code, std::string reason,
              std::string subject = {}, api::NodeId node = {}, std::vector<CallId> rests_on = {});
  void warn(std::string reason, std::string message);

  // Runs `one(i)` for every i below `count`: one after the other, or, in a profile with parallel
  // calls, all that are not done yet. Items that are done are not looked at again.
  Progress for_each(size_t count, const std::function<Progress(size_t)>& one);

 private:
  void next_step(Calls& calls);

  std::vector<Step> steps_;
  size_t at_ = 0;
  bool ended_ = false;
  bool writing_status_ = false;
  std::vector<bool> items_done_;  // of the current step's for_each
  size_t items_first_open_ = 0;
};

// The steps of a cluster on node pools and StrimziPodSets, after the resource was read.
const std::vector<Step>& kraft_steps();
// What only `twin` does, after them.
const std::vector<Step>& own_steps();
// The steps of a cluster on StatefulSets and ZooKeeper.
const std::vector<Step>& stateful_steps();

}  // namespace twin::controller
