// Is what the user asks for what is there? Judged at rest, from the cluster itself: the operator's
// own word (Ready) is no proof of it.
#pragma once

#include <string>
#include <vector>

#include "model/world.h"

namespace twin::scenario {

// A line for each thing that is not: binaries, settings of brokers. Empty as well where the
// operator refuses the resource, or is told to pause.
std::vector<std::string> not_reached(model::World& world);

}  // namespace twin::scenario
