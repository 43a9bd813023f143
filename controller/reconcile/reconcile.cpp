#include "controller/reconcile/reconcile.h"

#include <utility>

#include "controller/reconcile/steps.h"
#include "sim/assert.h"

namespace twin::controller {

namespace {

std::vector<Step> first_steps() {
  return {{"read-kafka", steps::read_kafka}, {"initial-status", steps::initial_status}};
}

}  // namespace

const std::vector<Step>& kraft_steps() {
  static const std::vector<Step> list{{"read-cluster", steps::read_cluster},
                                      {"certificate-authorities", steps::certificate_authorities},
                                      {"version-change", steps::version_change},
                                      {"scale-down-guard", steps::scale_down_guard},
                                      {"desired-model", steps::desired_model},
                                      {"manual-pod-cleaning", steps::manual_pod_cleaning},
                                      {"network-policy", steps::network_policy},
                                      {"manual-rolling-update", steps::manual_rolling_update},
                                      {"claims", steps::claims},
                                      {"service-account", steps::service_account},
                                      {"scale-down", steps::scale_down},
                                      {"node-pool-statuses", steps::node_pool_statuses},
                                      {"services", steps::services},
                                      {"certificate-secrets", steps::certificate_secrets},
                                      {"config-maps", steps::config_maps},
                                      {"disruption-budget", steps::disruption_budget},
                                      {"pod-sets", steps::pod_sets},
                                      {"added-nodes-ready", steps::added_nodes_ready},
                                      {"rolling-update", steps::rolling_update},
                                      {"pods-ready", steps::pods_ready},
                                      {"service-endpoints", steps::service_endpoints},
                                      {"cluster-id", steps::cluster_id},
                                      {"node-unregistration", steps::node_unregistration},
                                      {"metadata-version", steps::metadata_version},
                                      {"delete-claims", steps::delete_claims},
                                      {"other-components", steps::other_components}};
  return list;
}

const std::vector<Step>& own_steps() {
  static const std::vector<Step> list{{"throttles-left", steps::throttles_left}};
  return list;
}

Reconcile::Reconcile(ReconcileOptions o)
    : options(std::move(o)), profile(*options.profile), steps_(first_steps()) {
  observed.profile = options.profile;
}

const char* Reconcile::current_step() const {
  if (writing_status_) return "status";
  return at_ < steps_.size() ? steps_[at_].name : "end";
}

std::vector<std::string> Reconcile::pending() const {
  if (roller) return roller->pending();
  return {std::string("reconcile: ") + current_step()};
}

void Reconcile::continue_with(const std::vector<Step>& steps) {
  steps_.insert(steps_.end(), steps.begin(), steps.end());
}

void Reconcile::next_step(Calls& calls) {
  calls.forget_all();
  items_done_.clear();
  items_first_open_ = 0;
  roller.reset();
  ++at_;
}

Progress Reconcile::step(Calls& calls) {
  while (!writing_status_) {
    if (at_ == steps_.size() || ended_) {
      writing_status_ = true;
      break;
    }
    const sim::Duration warming = options.cold && at_ == 1 ? profile.cold_start : sim::Duration{};
    if (!calls.elapsed("step-time", profile.step_time + warming)) return Progress::waiting();
    const Progress progress = steps_[at_].run(*this, calls);
    if (progress.is_waiting()) return progress;
    if (progress.is_failed()) {
      outcome = progress;
      ended_ = true;
    }
    next_step(calls);
  }
  if (gone) return outcome;
  const Progress written = steps::write_status(*this, calls);
  if (written.is_waiting()) return written;
  calls.forget_all();
  return outcome.is_done() ? written : outcome;
}

void Reconcile::decide(Calls& calls, DecisionKind kind, std::string code, std::string reason,
                       std::string subject, api::NodeId node, std::vector<CallId> rests_on) {
  if (subject.empty()) subject = options.cluster;
  if (rests_on.empty()) rests_on = cites;
  calls.decide(
      {kind, node, std::move(subject), std::move(reason), std::move(code), std::move(rests_on)});
}

void Reconcile::warn(std::string reason, std::string message) {
  warnings.push_back({std::move(reason), std::move(message)});
}

Progress Reconcile::for_each(size_t count, const std::function<Progress(size_t)>& one) {
  if (items_done_.size() != count) items_done_.assign(count, false);
  bool waiting = false;
  for (size_t i = items_first_open_; i < count; ++i) {
    if (items_done_[i]) continue;
    const Progress progress = one(i);
    if (progress.is_failed()) return progress;
    if (progress.is_waiting()) {
      waiting = true;
      if (!profile.parallel_calls) break;
      continue;
    }
    items_done_[i] = true;
    while (items_first_open_ < count && items_done_[items_first_open_]) ++items_first_open_;
  }
  return waiting ? Progress::waiting() : Progress::done();
}

}  // namespace twin::controller
