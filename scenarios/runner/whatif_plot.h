// The runs of `whatif throttle` as a picture for a slide: how long the moves take and what they
// cost clients, each against the throttle. Shaded is where a throttle never lets them end and where
// it cannot be enforced; a line marks the rate to take. SVG, the same bytes each time.
#pragma once

#include <string>
#include <vector>

#include "scenarios/runner/whatif_throttle.h"

namespace twin::scenario {

// Variations are lines of their own; more than that cannot be told apart.
inline constexpr size_t kPlottedMax = 6;

// `title`: what was played. REQUIRES: at least one run, at most kPlottedMax variations.
std::string throttle_svg(const std::vector<VariedRuns>& all, const std::string& title);

}  // namespace twin::scenario
