#include "controller/rebalance/rebalance_task.h"

#include <algorithm>

#include "controller/client/retry.h"
#include "sim/marks.h"

namespace twin::controller::rebalance {

namespace {

using namespace sim::literals;

constexpr sim::Duration kAgainAfterTrouble = 5_s;
constexpr sim::Duration kOtherRebalances = 10_s;
constexpr const char* kNew = "New";
constexpr const char* kPending = "PendingProposal";
constexpr const char* kProposal = "ProposalReady";
constexpr const char* kRebalancing = "Rebalancing";
constexpr const char* kPaused = "ReconciliationPaused";

std::string annotation(const api::Object& object, const char* key) {
  const auto found = object.metadata.annotations.find(key);
  return found == object.metadata.annotations.end() ? std::string() : found->second;
}

std::string label(const api::Object& object, const char* key) {
  const auto found = object.metadata.labels.find(key);
  return found == object.metadata.labels.end() ? std::string() : found->second;
}

std::string state_of(const api::KafkaRebalance& resource) {
  for (const api::Condition& condition : resource.conditions) {
    if (condition.status == "True" && condition.type != "Warning") return condition.type;
  }
  return kNew;
}

// Which words of strimzi.io/rebalance mean something in which state.
bool is_valid(const std::string& state, const std::string& wish) {
  if (wish == "refresh") return state != kNew && state != kPaused;
  if (wish == "stop") return state == kPending || state == kRebalancing;
  if (wish == "cancel") return state == kRebalancing;
  return wish == "approve" && state == kProposal;
}

bool is_known(const std::string& wish) {
  return wish == "refresh" || wish == "stop" || wish == "cancel" || wish == "approve";
}

}  // namespace

std::string RebalanceTask::cluster() const {
  if (resource_) return label(*resource_, api::strimzi::kCluster);
  return proposal_ ? label(*proposal_, api::strimzi::kCluster) : std::string();
}

void RebalanceTask::decide(Calls& calls, DecisionKind kind, const std::string& code,
                           const std::string& reason, const std::vector<CallId>& cites) {
  // How many still move is no news.
  const std::string news = code == "Moving" ? code : code + reason;
  if (said_ == news) return;
  said_ = news;
  calls.decide({kind, {}, options_.name, reason, code, cites});
}

Progress RebalanceTask::step(Calls& calls) {
  for (;;) {
    if (calls.asked_at("pause") != sim::kNever) {
      if (!calls.elapsed("pause", pause_)) return Progress::waiting();
      calls.forget_all();
    }
    nudged_ = false;
    switch (pass(calls)) {
      case Pass::waiting:
        return Progress::waiting();
      case Pass::again:
        calls.forget_all();
        break;
      case Pass::later:
        calls.forget_all();
        // What changed while the pass ran is looked at now.
        if (!nudged_) calls.elapsed("pause", pause_);
        break;
      case Pass::at_rest:
        calls.forget_all();
        return Progress::done();
    }
  }
}

RebalanceTask::Pass RebalanceTask::pass(Calls& calls) {
  pause_ = kAgainAfterTrouble;
  const KubeReply* read =
      retried(calls, "resource",
              get_request(api::Kind::kafka_rebalance, options_.namespace_name, options_.name));
  const KubeReply* kept =
      retried(calls, "proposal",
              get_request(api::Kind::config_map, options_.namespace_name, options_.name));
  if (read == nullptr || kept == nullptr) return Pass::waiting;
  const auto known = [](const KubeReply& reply) {
    return reply.meta.ok() || reply.meta.outcome == Outcome::not_found;
  };
  if (!known(*read) || !known(*kept)) return Pass::later;
  resource_ =
      read->meta.ok() ? std::static_pointer_cast<const api::KafkaRebalance>(read->object) : nullptr;
  proposal_ = kept->meta.ok() && kept->object->metadata.labels.contains(kProposalLabel)
                  ? std::static_pointer_cast<const api::ConfigMap>(kept->object)
                  : nullptr;
  if (!resource_) return proposal_ ? orphaned(calls) : Pass::at_rest;
  const std::string state = state_of(*resource_);
  if (annotation(*resource_, api::strimzi::kPauseReconciliation) == "true") {
    return state == kPaused ? Pass::at_rest : to_state(calls, kPaused);
  }
  const std::string wish = annotation(*resource_, api::strimzi::kRebalance);
  if (is_known(wish) && !is_valid(state, wish)) return drop_annotation(calls);
  return by_state(calls, state, is_known(wish) ? wish : std::string());
}

RebalanceTask::Pass RebalanceTask::by_state(Calls& calls, const std::string& state,
                                            const std::string& wish) {
  if (state != kPending) before_.reset();
  if (state != kRebalancing) {
    carries_since_ = raised_at_ = progress_at_ = changed_at_ = sim::kNever;
    said_of_throttle_.clear();
    leaders_told_ = false;
    told_.clear();
  }
  if (state == kNew || state == kPaused) return to_state(calls, kPending);
  if (state == kPending) {
    if (wish == "refresh") {
      before_.reset();
      return drop_annotation(calls);
    }
    return wish == "stop" ? to_state(calls, "Stopped") : propose(calls);
  }
  if (state == kRebalancing) return rebalancing(calls, wish);
  if (wish == "refresh") return to_state(calls, kPending);
  return state == kProposal ? proposal_ready(calls, wish) : Pass::at_rest;
}

RebalanceTask::Pass RebalanceTask::proposal_ready(Calls& calls, const std::string& wish) {
  const bool automatic = annotation(*resource_, api::strimzi::kRebalanceAutoApproval) == "true";
  if (wish != "approve" && !automatic) return Pass::at_rest;
  // One execution at a time in a cluster: two would set each other's throttles.
  const KubeReply* others =
      retried(calls, "others",
              list_request(api::Kind::kafka_rebalance, options_.namespace_name,
                           {{api::strimzi::kCluster, cluster()}}));
  if (others == nullptr) return Pass::waiting;
  if (!others->meta.ok()) return Pass::later;
  for (const api::ObjectPtr& item : others->items) {
    const auto& other = api::as<api::KafkaRebalance>(*item);
    if (other.metadata.name == options_.name || state_of(other) != kRebalancing) continue;
    decide(calls, DecisionKind::wait, "RebalanceWaits",
           "KafkaRebalance " + other.metadata.name + " is being carried out: this one waits for it",
           {others->meta.id});
    pause_ = kOtherRebalances;
    return Pass::later;
  }
  decide(calls, DecisionKind::note, "RebalanceApproved",
         automatic ? "approved by the annotation strimzi.io/rebalance-auto-approval"
                   : "approved by the annotation strimzi.io/rebalance",
         {others->meta.id});
  return to_state(calls, kRebalancing);
}

RebalanceTask::Pass RebalanceTask::rebalancing(Calls& calls, const std::string& wish) {
  bool done = false;
  const Wish how = wish == "cancel" ? Wish::cancel : wish.empty() ? Wish::run : Wish::stop;
  const Pass pass = carry(calls, how, done);
  if (!done) return pass;
  carried_out_ = true;
  if (wish == "refresh") return to_state(calls, kPending);
  return to_state(calls, wish.empty() ? "Ready" : "Stopped");
}

// The resource was deleted: what moves ends, what throttles goes, and then the proposal.
RebalanceTask::Pass RebalanceTask::orphaned(Calls& calls) {
  bool done = false;
  const Pass pass = carry(calls, Wish::stop, done);
  if (!done) return pass;
  TWIN_MARK("rebalance_of_a_deleted_resource");
  const KubeReply* reply =
      calls.kube("remove", remove_request(api::Kind::config_map, options_.namespace_name,
                                          options_.name, proposal_->metadata.uid));
  return reply == nullptr ? Pass::waiting : Pass::again;
}

RebalanceTask::Pass RebalanceTask::not_ready(Calls& calls, const std::string& reason,
                                             const std::string& message) {
  decide(calls, DecisionKind::refuse, reason, message, {});
  return to_state(calls, "NotReady", reason, message);
}

RebalanceTask::Pass RebalanceTask::to_state(Calls& calls, const std::string& state,
                                            const std::string& reason, const std::string& message) {
  auto copy = std::static_pointer_cast<api::KafkaRebalance>(resource_->clone());
  api::Condition condition;
  condition.type = state;
  condition.status = "True";
  condition.reason = reason;
  condition.message = message;
  condition.last_transition = calls.now();
  copy->conditions = {condition};
  copy->observed_generation = resource_->metadata.generation;
  if (state == kProposal) {
    copy->optimization_result = result_;
    copy->progress_config_map = options_.name;
  }
  const KubeReply* reply = calls.kube("status", write_request(Verb::update_status, copy));
  if (reply == nullptr) return Pass::waiting;
  if (!reply->meta.ok()) {
    // Somebody wrote meanwhile, or nobody knows: what is there now is read.
    pause_ = 1_s;
    return Pass::later;
  }
  calls.decide({DecisionKind::note,
                {},
                options_.name,
                state_of(*resource_) + " -> " + state + (message.empty() ? "" : ": " + message),
                "RebalanceState",
                {reply->meta.id}});
  return Pass::again;
}

RebalanceTask::Pass RebalanceTask::drop_annotation(Calls& calls) {
  auto copy = resource_->clone();
  copy->metadata.annotations.erase(api::strimzi::kRebalance);
  const KubeReply* reply = calls.kube("annotation", write_request(Verb::update, copy));
  if (reply == nullptr) return Pass::waiting;
  if (reply->meta.ok()) return Pass::again;
  pause_ = 1_s;
  return Pass::later;
}

}  // namespace twin::controller::rebalance
