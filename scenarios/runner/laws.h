// The laws of the world that a run rests on, with the error that was measured against the real
// thing, or that it was not. docs/MODEL.md has each with its source.
#pragma once

#include <vector>

#include "scenarios/runner/report.h"

namespace twin::scenario {

std::vector<LawEntry> laws_used(bool kraft);

}  // namespace twin::scenario
