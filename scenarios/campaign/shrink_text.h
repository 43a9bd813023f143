// Makes a scenario file that violates a property small while it still does: steps are dropped (half
// of them at a time, then one by one), faults made shorter, then data, producers, partitions and
// brokers fewer, then the seed 1 and the order of events the usual one.
#pragma once

#include <string>

#include "scenarios/campaign/outcome.h"
#include "scenarios/campaign/scenario_text.h"
#include "scenarios/campaign/shrunk.h"

namespace twin::campaign {

// REQUIRES: the text loads and its run violates the property.
Shrunk<ScenarioText> shrink_text(const ScenarioText& failing, const std::string& property,
                                 const ShrinkLimits& limits);

// How many of its steps are faults.
int faults_of(const ScenarioText& text);

}  // namespace twin::campaign
