// What each kind of fault does to the parts of the world, and how it is undone.
#pragma once

#include <string>
#include <vector>

#include "model/faults/fault.h"
#include "model/faults/fault_board.h"
#include "sim/expected.h"

namespace twin::model {

class World;

// What exactly is hit: the nodes of a zone, the machine under a pod, a claim's volume. Error: there
// is no such target, or a parameter makes no sense.
sim::Expected<std::vector<std::string>> fault_targets(const World& world, const Fault& fault);

void apply_fault(World& world, const Fault& fault, const std::vector<std::string>& touched,
                 FaultIndex index);
void heal_fault(World& world, const Fault& fault, const std::vector<std::string>& touched,
                FaultIndex index);

}  // namespace twin::model
