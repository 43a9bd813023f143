// A plan: where every replica should be, by one of several strategies. A pure function of what is
// known of the cluster and what is asked; the same input gives the same plan, ties go by id.
// docs/PLANNING.md says what each strategy does and guards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/rebalance/request.h"

namespace twin::controller::rebalance {

struct Plan {
  Strategy strategy = Strategy::minimal;
  std::vector<ReplicaList> target;  // by partition; those that stay are as they are
  bool names_dirs = true;           // false: the brokers choose directories, as the tool leaves it
  std::vector<std::string> notes;   // what the user should know, a sentence each
  // What cannot be done, and why: nothing is planned then.
  std::optional<sim::Error> impossible;
};

// Error: what is asked makes no sense on this cluster; `where` names the option.
// REQUIRES: view.check().
sim::Expected<Plan> make_plan(const ClusterView& view, const PlanRequest& request);

}  // namespace twin::controller::rebalance
