// Gives pods to machines: filters by readiness, cordon, taints, room, volumes, anti-affinity and
// topology spread; among what is left it spreads the pods of one set over zones, then over
// machines. Law: kube-scheduler's default plugins (NodeUnschedulable, TaintToleration,
// NodeResourcesFit, VolumeBinding, InterPodAffinity, PodTopologySpread). Scores are reduced to the
// spreading that Strimzi's clusters see; ties go by name, where the real one draws.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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
  // What pods take of a machine.
  struct Room {
    int64_t cpu_millis = 0;
    int64_t memory = 0;
    int32_t pods = 0;
    int64_t of_set = 0;  // pods of the set that the new one belongs to
    void add(const api::Pod& pod);
  };
  // A pod to be placed, and what is where already as far as it matters to it.
  struct Placing {
    const api::Pod* pod = nullptr;
    std::map<std::string, Room, std::less<>> taken;  // by node name
    std::map<std::string, int64_t> of_set_in_zone;
    // Of each required anti-affinity term: topology key, domains with a pod that it avoids.
    std::vector<std::pair<std::string, std::set<std::string>>> avoided;
    // Of each constraint that must hold: matching pods in each domain.
    struct Spread {
      const api::SpreadConstraint* constraint = nullptr;
      std::map<std::string, int32_t> pods_in;
      int32_t fewest = INT32_MAX;
    };
    std::vector<Spread> spreads;
    Room taken_on(std::string_view node) const;
    void count(const api::Pod& other, const api::Node& node, bool of_set);
  };

  void schedule(const api::Pod& pod);
  Placing survey(const api::Pod& pod) const;
  // "" when the pod fits on the node, else the reason as kubectl prints it.
  std::string misfit(const Placing& placing, const api::Node& node) const;
  int64_t score(const Placing& placing, const api::Node& node) const;
  bool violates_anti_affinity(const Placing& placing, const api::Node& node) const;
  bool violates_spread(const Placing& placing, const api::Node& node) const;
  void mark_unschedulable(const api::Pod& pod, const std::string& why);

  Context& context_;
  bool awake_ = false;
  std::set<std::string> no_room_for_;
};

}  // namespace twin::model::kube
