// How much each broker should hold: its share by disk capacity, as far as racks and what cannot
// move let it. A plan leaves a broker alone while its load is within a band around that.
#pragma once

#include <cstdint>
#include <vector>

#include "controller/rebalance/scope.h"

namespace twin::controller::rebalance {

// Amounts in proportion to `shares`, each within its bounds, that add up to `total` or come as near
// as the bounds allow. Whole numbers: what a division leaves over goes to the first ones.
// REQUIRES: vectors of one size; 0 <= lower <= upper, shares > 0.
std::vector<int64_t> water_fill(int64_t total, const std::vector<int64_t>& shares,
                                const std::vector<int64_t>& lower,
                                const std::vector<int64_t>& upper);

// Weights (scope.h).
struct Band {
  int64_t target = 0;
  int64_t low = 0;
  int64_t high = INT64_MAX;
  int64_t limit = INT64_MAX;  // of its disks
};

// Bands by broker. Brokers that may not hold replicas have none (0 to INT64_MAX).
// Rack by rack first: with as many replicas as racks each rack holds exactly one copy of
// everything, so that brokers of a small rack have more to carry whatever is moved.
std::vector<Band> make_bands(const ClusterView& view, const Scope& scope, const Limits& limits);

}  // namespace twin::controller::rebalance
