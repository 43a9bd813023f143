// The proposal of a KafkaRebalance: a plan for the cluster as it is, kept for whoever carries it
// out.
#include <algorithm>
#include <regex>

#include "controller/client/retry.h"
#include "controller/rebalance/changes.h"
#include "controller/rebalance/plan.h"
#include "controller/rebalance/reassignment_json.h"
#include "controller/rebalance/rebalance_task.h"

namespace twin::controller::rebalance {

namespace {

using namespace sim::literals;

constexpr sim::Duration kBetweenReadings = 10_s;
constexpr sim::Duration kUntilNothingMoves = 10_s;
constexpr size_t kConfigMapMax = 1'000'000;  // etcd takes 1 MiB of one object

// Topics that may move; empty: all. Error: the expression is none.
sim::Expected<std::vector<std::string>> topics_to_move(const ClusterView& view,
                                                       const std::string& excluded) {
  std::vector<std::string> topics;
  if (excluded.empty()) return topics;
  try {
    const std::regex expression(excluded);
    for (const TopicView& topic : view.topics) {
      if (!std::regex_match(topic.name, expression)) topics.push_back(topic.name);
    }
  } catch (const std::regex_error&) {
    return sim::Error{"spec.excludedTopics", "`" + excluded + "` is no regular expression", ""};
  }
  if (topics.empty()) return sim::Error{"spec.excludedTopics", "every topic is excluded", ""};
  return topics;
}

sim::Expected<PlanRequest> request_of(const api::KafkaRebalance& resource, const ClusterView& view,
                                      const Limits& limits) {
  PlanRequest request;
  request.limits = limits;
  const std::string& mode = resource.mode;
  if (mode == "add-brokers") request.strategy = Strategy::add;
  if (mode == "remove-brokers") request.strategy = Strategy::drain;
  if (mode == "remove-disks") {
    return sim::Error{"spec.mode", "moves between the disks of a broker are not carried out here",
                      ""};
  }
  const bool subjects = mode == "add-brokers" || mode == "remove-brokers";
  if (subjects && resource.brokers.empty()) {
    return sim::Error{"spec.brokers", "mode " + mode + " needs the brokers that it is about", ""};
  }
  for (const int32_t id : resource.brokers) {
    if (subjects) request.subjects.push_back({id});
  }
  auto topics = topics_to_move(view, resource.excluded_topics);
  if (!topics) return topics.error();
  request.topics = std::move(*topics);
  return request;
}

struct Proposal {
  std::string plan, rollback;
  std::map<std::string, int64_t> result;
};

// Only what changes brokers or their order: directories are the brokers' own choice.
Proposal proposal_of(const ClusterView& view, const Plan& plan) {
  const std::vector<ReplicaList> start = start_lists(view);
  std::vector<PartitionIndex> moved;
  int64_t copies = 0, bytes = 0, leaders = 0;
  for (const PartitionIndex p : changed(start, plan.target)) {
    const ReplicaList& from = start[p];
    const ReplicaList& to = plan.target[p];
    if (std::equal(from.brokers.begin(), from.brokers.begin() + from.size, to.brokers.begin(),
                   to.brokers.begin() + to.size)) {
      continue;
    }
    moved.push_back(p);
    const int added_now = added(from, to).size;
    copies += added_now;
    bytes += view.partitions[p].bytes * added_now;
    leaders += from[0] == to[0] ? 0 : 1;
  }
  Proposal out;
  if (!moved.empty()) {
    out.plan = to_reassignment_json(entries_to(view, moved, start, plan.target, false));
    out.rollback = to_reassignment_json(entries_to(view, moved, plan.target, start, false));
  }
  out.result = {{"dataToMoveMB", bytes / (1 << 20)},
                {"intraBrokerDataToMoveMB", 0},
                {"numIntraBrokerReplicaMovements", 0},
                {"numLeaderMovements", leaders},
                {"numReplicaMovements", copies}};
  return out;
}

// The most that producers write to what one broker would send or receive if all of the plan moved.
int64_t listed_inflow(const ClusterView& view, const Plan& plan) {
  std::vector<int64_t> listed(view.brokers.size(), 0);
  int64_t most = 0;
  for (PartitionIndex p = 0; p < view.partitions.size(); ++p) {
    const PartitionView& row = view.partitions[p];
    const ReplicaList copies = added(row.replicas, plan.target[p]);
    if (copies.size == 0 || row.leader_slot < 0) continue;
    const BrokerIndex leader = row.replicas[row.leader_slot];
    listed[leader] += row.inflow_bytes_per_s * (row.replicas.size - 1 + copies.size);
    most = std::max(most, listed[leader]);
    for (int i = 0; i < copies.size; ++i) {
      listed[copies[i]] += row.inflow_bytes_per_s;
      most = std::max(most, listed[copies[i]]);
    }
  }
  return most;
}

}  // namespace

RebalanceTask::Pass RebalanceTask::propose(Calls& calls) {
  Look look;
  if (!this->look(calls, false, look)) return Pass::waiting;
  if (look.nodes.brokers.empty() && !look.trouble.empty()) {
    return not_ready(calls, "NoSuchResourceException",
                     "Kafka resource '" + cluster() + "' identified by label '" +
                         api::strimzi::kCluster + "' does not exist in namespace " +
                         options_.namespace_name + ".");
  }
  if (!look.trouble.empty()) {
    decide(calls, DecisionKind::wait, "Unanswered", look.trouble, look.cites);
    return Pass::later;
  }
  if (!look.moving.empty()) {
    decide(calls, DecisionKind::wait, "ProposalWaits",
           "partitions are being reassigned: a plan would be made on sand", look.cites);
    before_.reset();
    pause_ = kUntilNothingMoves;
    return Pass::later;
  }
  ClusterView view = view_of(look.answers);
  if (!before_) {
    before_ = std::move(view);
    before_at_ = calls.asked_at("look/pools");
    pause_ = kBetweenReadings;
    return Pass::later;
  }
  measure_inflow(*before_, calls.asked_at("look/pools") - before_at_, view);
  const auto request = request_of(resource(), view, options_.limits);
  const auto plan = request ? make_plan(view, *request) : sim::Expected<Plan>(request.error());
  if (!plan || plan->impossible) {
    const sim::Error& error = plan ? *plan->impossible : plan.error();
    return not_ready(calls, plan ? "OptimizationFailure" : "InvalidResourceException",
                     (error.where.empty() ? "" : error.where + ": ") + error.what);
  }
  const Proposal proposal = proposal_of(view, *plan);
  if (proposal.plan.size() + proposal.rollback.size() > kConfigMapMax) {
    return not_ready(calls, "ProposalTooLarge",
                     "the plan of " + std::to_string(proposal.result.at("numReplicaMovements")) +
                         " copies does not fit into a ConfigMap: exclude topics, or fewer brokers");
  }
  const int64_t inflow = listed_inflow(view, *plan);
  const auto& rate = resource().replication_throttle;
  if (const auto limits = auto_limits(resource().metadata.annotations, rate, inflow); !limits) {
    return not_ready(calls, "InvalidThrottle", limits.error().where + ": " + limits.error().what);
  }
  // What arrives counts against the quota: nothing is left for the copies (docs/ops.html).
  if (rate && proposal.result.at("numReplicaMovements") > 0 && *rate <= inflow) {
    return not_ready(calls, "ThrottleTooLow",
                     "at " + std::to_string(*rate) +
                         " B/s the moves might never end: producers write " +
                         std::to_string(inflow) + " B/s to what one broker would copy");
  }
  result_ = proposal.result;
  const Pass kept = keep_proposal(calls, proposal.plan, proposal.rollback, inflow);
  if (kept != Pass::again) return kept;
  decide(calls, DecisionKind::note, "ProposalReady",
         std::to_string(result_.at("numReplicaMovements")) + " copies of " +
             std::to_string(result_.at("dataToMoveMB")) + " MiB, by strategy " +
             std::string(strategy_name(plan->strategy)),
         look.cites);
  return to_state(calls, "ProposalReady");
}

// `again` when the ConfigMap says what it should.
RebalanceTask::Pass RebalanceTask::keep_proposal(Calls& calls, const std::string& plan,
                                                 const std::string& rollback, int64_t inflow) {
  auto map = std::make_shared<api::ConfigMap>();
  if (proposal_) map = std::static_pointer_cast<api::ConfigMap>(proposal_->clone());
  map->api_version = "v1";
  map->metadata.name = options_.name;
  map->metadata.namespace_name = options_.namespace_name;
  map->metadata.labels[api::strimzi::kCluster] = cluster();
  map->metadata.labels[kProposalLabel] = "true";
  map->data = {{kPlanKey, plan}, {kRollbackKey, rollback}};
  if (automatic()) map->data[kInflowKey] = std::to_string(inflow);
  if (proposal_ && proposal_->data == map->data) return Pass::again;
  const KubeReply* reply =
      calls.kube("keep", write_request(proposal_ ? Verb::update : Verb::create, map));
  if (reply == nullptr) return Pass::waiting;
  if (reply->meta.ok()) return Pass::again;
  pause_ = 1_s;
  if (reply->meta.outcome == Outcome::already_exists && !proposal_) {
    return not_ready(calls, "InvalidResourceException",
                     "a ConfigMap " + options_.name + " exists that is not of a rebalance");
  }
  return Pass::later;
}

}  // namespace twin::controller::rebalance
