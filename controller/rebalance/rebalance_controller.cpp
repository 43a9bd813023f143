#include "controller/rebalance/rebalance_controller.h"

#include <utility>
#include <vector>

#include "controller/client/retry.h"

namespace twin::controller::rebalance {

RebalanceController::RebalanceController(Ports& ports, std::string namespace_name,
                                         const Informer& resources)
    : ports_(ports),
      namespace_name_(std::move(namespace_name)),
      resources_(resources),
      calls_(ports) {}

void RebalanceController::on_change(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  const api::ObjectPtr& object = after ? after : before;
  if (!object || before == after) return;
  // Its own status is no news.
  const bool asks = !before || !after ||
                    before->metadata.generation != after->metadata.generation ||
                    before->metadata.annotations != after->metadata.annotations;
  if (!asks) return;
  const auto found = works_.find(object->metadata.name);
  if (found != works_.end()) {
    found->second->task.nudge(found->second->calls);
  } else {
    begin(object->metadata.name);
  }
}

void RebalanceController::begin(const std::string& name) {
  if (works_.contains(name)) return;
  TaskOptions options;
  options.namespace_name = namespace_name_;
  options.name = name;
  auto work = std::make_unique<Work>(ports_, std::move(options));
  if (const api::ObjectPtr object = resources_.find(name)) {
    const auto cluster = object->metadata.labels.find(api::strimzi::kCluster);
    if (cluster != object->metadata.labels.end()) work->cluster = cluster->second;
  }
  works_[name] = std::move(work);
}

bool RebalanceController::deliver(const KubeReply& reply) {
  bool taken = calls_.deliver(reply);
  for (auto& [name, work] : works_) taken = taken || work->calls.deliver(reply);
  return taken;
}

bool RebalanceController::deliver(const KafkaReply& reply) {
  bool taken = false;
  for (auto& [name, work] : works_) taken = taken || work->calls.deliver(reply);
  return taken;
}

void RebalanceController::look_for_orphans() {
  if (looked_) return;
  const KubeReply* reply =
      retried(calls_, "proposals",
              list_request(api::Kind::config_map, namespace_name_, {{kProposalLabel, "true"}}));
  if (reply == nullptr) return;
  if (!reply->meta.ok()) {
    if (calls_.elapsed("again", sim::Duration{5'000'000'000})) calls_.forget_all();
    return;
  }
  looked_ = true;
  for (const api::ObjectPtr& item : reply->items) {
    if (!resources_.find(item->metadata.name)) begin(item->metadata.name);
  }
  calls_.forget_all();
}

void RebalanceController::step() {
  look_for_orphans();
  std::vector<std::string> done;
  for (auto& [name, work] : works_) {
    if (work->task.step(work->calls).is_done()) done.push_back(name);
  }
  for (const std::string& name : done) {
    const auto found = works_.find(name);
    const bool news = found->second->task.carried_out() && !found->second->cluster.empty();
    if (news) ended_.insert(found->second->cluster);
    works_.erase(found);
  }
}

}  // namespace twin::controller::rebalance
