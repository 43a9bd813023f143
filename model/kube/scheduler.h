// Gives pods to machines: filters by readiness, cordon, taints, room, volumes, anti-affinity and
// topology spread; among what is left it spreads the pods of one set over zones, then over
// machines. Law: kube-scheduler's default plugins (NodeUnschedulable, TaintToleration,
// NodeResourcesFit, VolumeBinding, InterPodAffinity, PodTopologySpread). Scores are reduced to the
// spreading that Strimzi's clusters see; ties go by name, where the real one draws.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/kube/context.h"

namespace twin::model::kube {

class Scheduler {
 public:
  explicit Scheduler(Context& context) : context_(context) {}

  // Something changed that may let a pod be placed: looks again soon.
  void wake();
  void handle(const sim::Event& event);
  // From faults: no machine has room for pods whose name contains the text.
  void leave_no_room(const std::string& pod_part, bool none);

 private:
  void schedule(const api::Pod& pod);
  // "" when the pod fits on the node, else the reason as kubectl prints it.
  std::string misfit(const api::Pod& pod, const api::Node& node) const;
  int64_t score(const api::Pod& pod, const api::Node& node) const;
  bool violates_anti_affinity(const api::Pod& pod, const api::Node& node) const;
  bool violates_spread(const api::Pod& pod, const api::Node& node) const;
  void mark_unschedulable(const api::Pod& pod, const std::string& why);

  Context& context_;
  bool awake_ = false;
  std::set<std::string> no_room_for_;
};

}  // namespace twin::model::kube
