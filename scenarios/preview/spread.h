// How much of the answer hangs on how well the hardware was measured. A figure of the hardware that
// the cluster's file gives as a list was measured more than once; the change is played again with
// one of the list's values for each such figure, drawn anew for each run. Everything else, the
// seed of the twin's own draws too, stays as it is: what differs between two runs was measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/preview/outcome.h"
#include "scenarios/runner/scenario.h"

namespace twin::preview {

// Each measured figure becomes one of its samples. A draw hangs on the seed, the figure's key and
// `nth` alone: another measured figure moves none.
void resample(scenario::Environment& environment, uint64_t seed, uint64_t nth);

// "brokerStart (5 values), volumeAttach (12 values)"; "" without any.
std::string measured_inputs(const scenario::Environment& environment);

// The smallest value that at least `percent` of the runs do not exceed (nearest rank). nullopt: so
// many runs were never done, or there is none.
std::optional<sim::Duration> percentile(const std::vector<Outcome>& runs,
                                        sim::Duration Outcome::*figure, int64_t percent);

}  // namespace twin::preview
