// Makes a failing case small while it keeps failing. What is tried, in this order: faults are
// dropped, then made shorter, then moved to rounder times; then fewer brokers and partitions; then
// the default of every option. The order is the order in which things matter to a reader.
#pragma once

#include <string>
#include <vector>

#include "scenarios/campaign/case.h"
#include "scenarios/campaign/outcome.h"
#include "scenarios/campaign/shrunk.h"

namespace twin::campaign {

// Cases that are simpler in one respect, valid, best first. Empty for the smallest.
std::vector<Case> simpler(const Case& c);

// REQUIRES: is_valid.
Outcome play_case(const Case& c);

// REQUIRES: the case violates the property.
Shrunk<Case> shrink(const Case& failing, const std::string& property, const ShrinkLimits& limits);

}  // namespace twin::campaign
