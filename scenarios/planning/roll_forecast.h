// What a roll of all brokers comes to on a placement: which brokers go together, and how much hangs
// on no other broker failing meanwhile. The operator's own rule (controller/roll/batch.h), asked as
// it asks it, with everything in sync before each batch.
#pragma once

#include <string>
#include <vector>

#include "controller/rebalance/cluster_view.h"
#include "controller/roll/batch.h"

namespace twin::scenario {

struct RollForecast {
  std::vector<std::vector<api::NodeId>> batches;  // in order; one broker where no two may go
  std::string why;                                // of the first: these, and not one more
  size_t largest = 0;
  // Partitions that one broker more would take below min.insync.replicas if it crashed during a
  // batch: the most of any broker and batch. RF above min.insync.replicas only.
  int64_t at_risk_max = 0;
};

RollForecast forecast_roll(const controller::rebalance::ClusterView& view,
                           const std::vector<controller::rebalance::ReplicaList>& lists,
                           const controller::BatchRules& rules);

// A topic of which no placement lets two brokers go at once: RF, less min.insync.replicas, less the
// failures to spare, is 0. "" = there is none.
std::string bars_batches(const controller::rebalance::ClusterView& view,
                         const controller::BatchRules& rules);

}  // namespace twin::scenario
