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
// is no such target, or a parameter makes no sense. Two faults hit the same thing when they name it
// alike here.
sim::Expected<std::vector<std::string>> fault_targets(const World& world, const Fault& fault);
// Do two faults compete where they hit the same thing, so that it is in one state and not in two?
// A machine is without power for either of two reasons; cuts and errors of the API server are
// counted one by one and do not compete.
bool competes(const Fault& a, const Fault& b);

void apply_fault(World& world, const Fault& fault, const std::vector<std::string>& touched,
                 FaultIndex index);
// Of what was hit, `touched` is what no other fault holds.
void heal_fault(World& world, const Fault& fault, const std::vector<std::string>& touched,
                FaultIndex index);

}  // namespace twin::model
