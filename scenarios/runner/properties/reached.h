// Is what the user asks for what is there? Judged at rest, from the cluster itself: the operator's
// own word (Ready) is no proof of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/world.h"

namespace twin::scenario {

// A line for each thing that is not: binaries, settings of brokers. Empty as well where the
// operator refuses the resource, or is told to pause.
std::vector<std::string> not_reached(model::World& world);

// Partitions that lack nothing but a replica which somebody placed on a broker while that was being
// removed: no operator brings it back, and the user's next reassignment is not in the scenario.
int64_t lacking_what_nobody_runs(const model::World& world);

}  // namespace twin::scenario
