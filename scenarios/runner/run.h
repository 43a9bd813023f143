// One scenario, one run, one report; or the same scenario under several operator profiles, to
// compare.
#pragma once

#include <string>
#include <vector>

#include "model/kernel.h"
#include "scenarios/runner/report.h"
#include "scenarios/runner/scenario.h"
#include "scenarios/runner/timeline.h"
#include "sim/trace.h"

namespace twin::scenario {

struct RunOptions {
  std::string profile;  // instead of the scenario's own; "" keeps it
  // The run of another profile beside the scenario's own: judged by the scenario's `expect` like
  // every run, and by what `compareWith` expects of that profile.
  bool comparison = false;
  sim::TraceSink* trace = nullptr;  // gets the whole trace, footer included
  TimelineSink* timeline = nullptr;
  std::vector<model::TraceListener*> listeners;
  const volatile bool* interrupt = nullptr;  // ends the run when it becomes true
  uint64_t instant_events_max = 0;           // a run with more at one instant asserts; 0: engine.h
};

// Plays the scenario and judges it.
Report run_scenario(const Scenario& scenario, const RunOptions& options);

}  // namespace twin::scenario
