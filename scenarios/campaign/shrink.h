// Makes a failing case small while it keeps failing. What is tried, in this order: faults are
// dropped, then made shorter, then moved to rounder times; then fewer brokers and partitions; then
// the default of every option. The order is the order in which things matter to a reader.
#pragma once

#include <vector>

#include "scenarios/campaign/case.h"

namespace twin::campaign {

// Cases that are simpler in one respect, valid, best first. Empty for the smallest.
std::vector<Case> simpler(const Case& c);

// What a case led to.
struct CaseResult {
  std::vector<std::string> violated;  // names of properties, each once, in the order of the run
  std::string how;                    // of the first
  std::string end;                    // "settled", ...
  int64_t unlucky = 0;
  uint64_t fingerprint = 0;
  bool violates(const std::string& property) const;
};
CaseResult run_case(const Case& c);

struct ShrinkResult {
  Case smallest;
  CaseResult result;  // of the smallest
  int runs = 0;
};
// REQUIRES: the case violates the property. Runs at most `runs_max` cases.
ShrinkResult shrink(const Case& failing, const std::string& property, int runs_max);

}  // namespace twin::campaign
