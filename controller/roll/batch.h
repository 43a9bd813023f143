// Which brokers may go down together, and why not one more. Decided from the placement and the ISRs
// as read just now, for every partition by itself (R replicas, I in-sync ones, m
// min.insync.replicas, S the set):
//
//   |R| <= m, or m not known     at most one of R in S: as unavailable as one by one, no more
//   |I| < m                      none of R in S
//   otherwise                    |I without S| >= m + spareFailures
//
// A partition that is being reassigned must keep this with the ISR that its move may leave as well
// (availability.h). A set of one is no batch: it goes by availability.h, which asks for no failure
// to spare, or no roll would ever end where RF is 3 and min.insync.replicas 2.
#pragma once

#include <string>
#include <vector>

#include "controller/api/kafka.h"
#include "controller/roll/largest_set.h"

namespace twin::controller {

struct BatchRules {
  bool batch = false;          // else one by one
  int32_t spare_failures = 1;  // crashes after which every partition still holds its minimum
  // At most so many at once, or of a hundred of the brokers that are up (rounded down, at least 1).
  // Neither: a third of them, rounded up, which is a rack of three.
  int32_t max_unavailable = 0;
  int32_t max_unavailable_percent = 0;

  size_t most(size_t brokers) const;
};

struct BatchCluster {
  const api::TopicsSnapshot& topics;
  const api::TopicConfigsSnapshot& configs;
  const std::vector<api::ReassignmentDescription>& moving;
  const std::vector<api::BrokerDescription>& brokers;  // racks, and how many are up
};

struct Batch {
  std::vector<api::NodeId> brokers;  // in the order of the candidates; fewer than two: no batch
  bool largest = false;              // no larger set exists
  std::string why;                   // these, and not one more
};

// `candidates` are the brokers to be restarted, each once; the first goes alone when no two may.
Batch choose_batch(const BatchCluster& cluster, const std::vector<api::NodeId>& candidates,
                   const BatchRules& rules);

}  // namespace twin::controller
