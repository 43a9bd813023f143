// The laws a run rests on, and how far each was off where it was measured: against the recorded
// runs of a real operator with real brokers (tests/recorded), for one operator profile and one
// hardware profile each. What no recording covers is "not measured".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/runner/report.h"

namespace twin::scenario {

// One row of the table of measured errors: tests/recorded compares each with what it sees.
struct MeasuredLaw {
  std::string_view law;
  std::string_view profile;
  std::string_view hardware;
  std::string_view error;
};
const std::vector<MeasuredLaw>& measured_laws();

std::vector<LawEntry> laws_used(const std::string& profile, const std::string& hardware);

}  // namespace twin::scenario
