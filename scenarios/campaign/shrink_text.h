// Makes a scenario file that violates a property small while it still does: steps are dropped (half
// of them at a time, then one by one), faults made shorter, then data, producers, partitions and
// brokers fewer, then the seed 1 and the order of events the usual one.
#pragma once

#include <functional>
#include <string>

#include "scenarios/campaign/outcome.h"
#include "scenarios/campaign/scenario_text.h"

namespace twin::campaign {

struct ShrunkText {
  ScenarioText smallest;
  Outcome outcome;  // of the smallest
  int runs = 0;
  int faults = 0;  // that are left
};

// `stop` is asked between runs. REQUIRES: the text loads and its run violates the property.
ShrunkText shrink_text(const ScenarioText& failing, const std::string& property, int runs_max,
                       const std::function<bool()>& stop = {});

// How many of its steps are faults.
int faults_of(const ScenarioText& text);

}  // namespace twin::campaign
