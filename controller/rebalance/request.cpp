#include "controller/rebalance/request.h"

#include <algorithm>

namespace twin::controller::rebalance {

// In the order of the enumeration.
const std::vector<std::string>& strategy_names() {
  static const std::vector<std::string> names = {"minimal", "kafka",      "drain",   "add",
                                                 "replace", "even-disks", "leaders", "rack-repair"};
  return names;
}

std::string_view strategy_name(Strategy strategy) {
  return strategy_names()[static_cast<size_t>(strategy)];
}

std::optional<Strategy> strategy_from_name(std::string_view name) {
  const auto& names = strategy_names();
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Strategy>(at - names.begin());
}

}  // namespace twin::controller::rebalance
