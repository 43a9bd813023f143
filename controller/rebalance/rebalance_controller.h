// The KafkaRebalance controller: a task for each resource that has something to do, worked beside
// Kafka reconciles in the operator's process. At its start it also looks for proposals whose
// resource is gone: what they began is brought to its end.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "controller/calls.h"
#include "controller/client/informer.h"
#include "controller/rebalance/rebalance_task.h"

namespace twin::controller::rebalance {

class RebalanceController {
 public:
  RebalanceController(Ports& ports, std::string namespace_name, const Informer& resources);

  // From the informer; either may be null.
  void on_change(const api::ObjectPtr& before, const api::ObjectPtr& after);
  bool deliver(const KubeReply& reply);
  bool deliver(const KafkaReply& reply);
  // REQUIRES: the informer is synced.
  void step();
  // Clusters of rebalances that ended since the last call: brokers may be empty now.
  std::set<std::string> take_ended() { return std::exchange(ended_, {}); }

 private:
  struct Work {
    Work(Ports& ports, TaskOptions options) : calls(ports), task(std::move(options)) {}
    Calls calls;
    RebalanceTask task;
    std::string cluster;
  };
  void begin(const std::string& name);
  void look_for_orphans();

  Ports& ports_;
  std::string namespace_name_;
  const Informer& resources_;
  Calls calls_;
  bool looked_ = false;
  std::map<std::string, std::unique_ptr<Work>> works_;
  std::set<std::string> ended_;
};

}  // namespace twin::controller::rebalance
