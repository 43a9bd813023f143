// One KafkaRebalance, from the wish to the end: Strimzi's states and annotations, our planner and
// our execution instead of Cruise Control's.
//
//   New              PendingProposal at once
//   PendingProposal  two readings of the logs' sizes, then a plan: ProposalReady or NotReady
//   ProposalReady    strimzi.io/rebalance: approve, or auto-approval: Rebalancing; refresh: again
//   Rebalancing      stop: what moves ends, then Stopped; refresh: stop, then again; ours too:
//                    cancel, which ends what moves as well. Ready when all of the plan is carried
//                    out and no throttle is left
//   Stopped, NotReady, Ready   refresh: again
//
// The proposal is kept in a ConfigMap of the resource's name, as the tool's own file (plan.json)
// and the way back (rollback.json), so that what was approved is what is carried out, whoever
// carries on; progress stands there too. The task's own memory (since when, how much) may be lost
// at any moment. When the resource is deleted amid its execution what moves ends, the throttles go,
// and then the ConfigMap.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/api/strimzi.h"
#include "controller/calls.h"
#include "controller/rebalance/answers.h"
#include "controller/rebalance/auto_throttle.h"
#include "controller/rebalance/execution.h"

namespace twin::controller::rebalance {

inline constexpr const char* kPlanKey = "plan.json";
inline constexpr const char* kRollbackKey = "rollback.json";
// What producers write to what one broker copies, bytes per second; of an automatic throttle.
inline constexpr const char* kInflowKey = "producedBytesPerSecond";
// Marks the ConfigMaps of proposals.
inline constexpr const char* kProposalLabel = "kafka-twin.io/proposal";

struct TaskOptions {
  std::string namespace_name;
  std::string name;
  int64_t burst_bytes = int64_t{256} << 20;  // that a raised throttle may let through at once
  Limits limits;
};

class RebalanceTask final : public Task {
 public:
  explicit RebalanceTask(TaskOptions options) : options_(std::move(options)) {}

  // Done when there is nothing to do until somebody changes the resource.
  Progress step(Calls& calls) override;
  // A plan was carried out or stopped while this task was at it.
  bool carried_out() const { return carried_out_; }
  // The resource changed: a pause ends now.
  void nudge(Calls& calls) {
    calls.forget("pause");
    nudged_ = true;
  }

 private:
  enum class Pass : uint8_t { waiting, again, later, at_rest };
  struct Nodes {
    std::vector<api::NodeId> brokers, controllers;
    std::map<api::NodeId, std::vector<int64_t>> disk_capacity;
  };
  // One reading of the cluster.
  struct Look {
    Nodes nodes;
    Answers answers;
    Throttles throttles;
    std::vector<api::ReassignmentDescription> moving;
    std::optional<sim::Duration> produce_p99;  // of the slowest broker; none: one does not say
    sim::Duration consumer_lag{};
    std::vector<CallId> cites;
    std::string trouble;  // what was not answered; "" = all was
  };

  // rebalance_task.cpp: states; rebalance_propose.cpp: the plan
  Pass pass(Calls& calls);
  Pass by_state(Calls& calls, const std::string& state, const std::string& wish);
  Pass propose(Calls& calls);
  Pass proposal_ready(Calls& calls, const std::string& wish);
  Pass rebalancing(Calls& calls, const std::string& wish);
  Pass orphaned(Calls& calls);
  Pass to_state(Calls& calls, const std::string& state, const std::string& reason = {},
                const std::string& message = {});
  Pass drop_annotation(Calls& calls);
  Pass not_ready(Calls& calls, const std::string& reason, const std::string& message);
  Pass keep_proposal(Calls& calls, const std::string& plan, const std::string& rollback,
                     int64_t inflow);
  const api::KafkaRebalance& resource() const { return *resource_; }
  std::string cluster() const;
  void decide(Calls& calls, DecisionKind kind, const std::string& code, const std::string& reason,
              const std::vector<CallId>& cites);

  // rebalance_look.cpp: what is read
  bool look(Calls& calls, bool throttles, Look& out);
  bool look_at_nodes(Calls& calls, Look& out);
  bool look_at_brokers(Calls& calls, bool throttles, Look& out);
  bool look_at_metrics(Calls& calls, Look& out);
  const KafkaReply* ask(Calls& calls, const std::string& key, const api::KafkaBody& body,
                        const Look& look);

  // rebalance_carry.cpp: what is done
  Pass carry(Calls& calls, Wish wish, bool& done);
  bool act(Calls& calls, const ExecutionStep& step, const Look& look, std::string& problem);
  bool read_plan(std::vector<PlannedMove>& plan, std::string& problem) const;
  int64_t known_inflow() const;
  bool automatic() const;
  void choose(const Look& look, sim::Time began, ExecutionInput& input, std::string& why);
  Pass write_progress(Calls& calls, const Carried& carried, const ExecutionStep& step);

  TaskOptions options_;
  std::shared_ptr<const api::KafkaRebalance> resource_;  // as just read; null: there is none
  std::shared_ptr<const api::ConfigMap> proposal_;

  // Memory that may be lost.
  bool nudged_ = false;
  sim::Duration pause_{};
  std::optional<ClusterView> before_;  // the first reading of sizes
  sim::Time before_at_{};
  sim::Time carries_since_ = sim::kNever;
  sim::Time raised_at_ = sim::kNever;
  int64_t carried_before_ = 0;
  sim::Time progress_at_ = sim::kNever;
  bool leaders_told_ = false;
  bool carried_out_ = false;
  std::set<int32_t> told_;                 // brokers that are down, whose rates are gone
  std::map<std::string, int64_t> result_;  // of the proposal being kept
  std::string said_;
  sim::Time changed_at_ = sim::kNever;  // the automatic throttle
  std::string said_of_throttle_;
};

}  // namespace twin::controller::rebalance
