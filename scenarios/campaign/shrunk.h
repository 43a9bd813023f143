// The search that all shrinking shares: the first simpler one that still fails is taken, and its
// simpler ones are tried, until none fails or the runs are used up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/campaign/outcome.h"
#include "sim/assert.h"

namespace twin::campaign {

template <class Failing>
struct Shrunk {
  Failing smallest;
  Outcome outcome;  // of the smallest
  int runs = 0;
};

struct ShrinkLimits {
  int runs_max = 1000;
  std::function<bool()> stop = {};  // asked between runs; what was found until then stands
};

// `simpler(f)` gives those that are simpler in one respect, best first. `play(f)` an
// optional<Outcome>: none where it cannot be played, which costs no run.
// REQUIRES: the run of `failing` violates the property.
template <class Failing, class Simpler, class Play>
Shrunk<Failing> shrink_greedily(const Failing& failing, const std::string& property,
                                const ShrinkLimits& limits, const Simpler& simpler,
                                const Play& play) {
  std::optional<Outcome> first = play(failing);
  TWIN_ASSERT_MSG(first && first->violates(property), property);
  Shrunk<Failing> shrunk{failing, std::move(*first), 1};
  for (bool better = true; better;) {
    better = false;
    std::vector<Failing> candidates = simpler(shrunk.smallest);
    for (Failing& candidate : candidates) {
      if (shrunk.runs >= limits.runs_max || (limits.stop && limits.stop())) return shrunk;
      std::optional<Outcome> outcome = play(candidate);
      if (!outcome) continue;
      ++shrunk.runs;
      if (!outcome->judged || !outcome->violates(property)) continue;
      shrunk.smallest = std::move(candidate);
      shrunk.outcome = std::move(*outcome);
      better = true;
      break;
    }
  }
  return shrunk;
}

}  // namespace twin::campaign
