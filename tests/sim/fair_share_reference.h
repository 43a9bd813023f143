// The textbook on max-min sharing, as plainly as it can be written: raise one level for all flows
// that are not frozen; whatever stops first (a cap or a full resource) freezes its flows; repeat.
// Nothing is kept between rounds, everything is added up anew.
#pragma once

#include <limits>
#include <vector>

namespace twin::sim::testing {

struct ReferenceFlow {
  std::vector<size_t> resources;
  double cap = std::numeric_limits<double>::infinity();
  double weight = 1;
};

inline std::vector<double> reference_rates(const std::vector<double>& capacities,
                                           const std::vector<ReferenceFlow>& flows) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> rates(flows.size(), 0);
  std::vector<bool> frozen(flows.size(), false);
  const auto uses = [&](size_t flow, size_t resource) {
    for (const size_t used : flows[flow].resources) {
      if (used == resource) return true;
    }
    return false;
  };
  const auto level_of_resource = [&](size_t resource) {
    double left = capacities[resource];
    double weight = 0;
    for (size_t flow = 0; flow < flows.size(); ++flow) {
      if (!uses(flow, resource)) continue;
      if (frozen[flow]) left -= rates[flow];
      else weight += flows[flow].weight;
    }
    return weight == 0 ? kInfinity : (left > 0 ? left : 0) / weight;
  };
  for (size_t left = flows.size(); left > 0;) {
    double level = kInfinity;
    size_t full = capacities.size();
    for (size_t resource = 0; resource < capacities.size(); ++resource) {
      if (level_of_resource(resource) >= level) continue;
      level = level_of_resource(resource);
      full = resource;
    }
    size_t capped = flows.size();
    for (size_t flow = 0; flow < flows.size(); ++flow) {
      if (frozen[flow] || flows[flow].cap / flows[flow].weight > level) continue;
      level = flows[flow].cap / flows[flow].weight;
      capped = flow;
    }
    for (size_t flow = 0; flow < flows.size(); ++flow) {
      if (frozen[flow] || (capped < flows.size() ? flow != capped : !uses(flow, full))) continue;
      rates[flow] = flows[flow].weight * level;
      frozen[flow] = true;
      --left;
    }
  }
  return rates;
}

}  // namespace twin::sim::testing
