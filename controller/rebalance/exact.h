// The cheapest assignment, for certain: branch and bound over the replica sets of each partition,
// heaviest partitions first, cut off where what is chosen so far, what must still move and what the
// rest cannot mend already cost as much as the best known. Only for small clusters: it gives up
// after a fixed number of steps.
#pragma once

#include <cstdint>

#include "controller/rebalance/placement.h"

namespace twin::controller::rebalance {

// Starts from `placement` as the best known, and leaves the best found in it. True: no assignment
// that keeps the same rules costs less. False: it was too much, or brokers have several log
// directories, which this does not look at.
bool find_cheapest(Placement& placement, bool repair_racks, int64_t steps_max = 300'000);

}  // namespace twin::controller::rebalance
