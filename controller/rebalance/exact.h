// The cheapest assignment, for certain: branch and bound over the replica sets of each partition,
// heaviest partitions first, cut off where what is chosen so far, what must still move and what the
// rest cannot mend already cost as much as the best known. Only for small clusters: it gives up
// after a fixed number of steps.
#pragma once

#include <cstdint>

#include "controller/rebalance/placement.h"

namespace twin::controller::rebalance {

struct Cheapest {
  bool found = false;   // a better assignment than `placement` was, which it now is
  bool proved = false;  // all others cost as much or more, or break a rule
};

// `keeps_rules`: `placement` is itself an assignment that may stay, and the best known; otherwise
// whatever keeps the rules is better. Proves nothing when it was too much, or when brokers have
// several log directories, which this does not look at.
Cheapest find_cheapest(Placement& placement, bool repair_racks, bool keeps_rules,
                       int64_t steps_max = 300'000);

}  // namespace twin::controller::rebalance
