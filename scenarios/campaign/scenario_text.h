// A scenario file that a campaign changes and writes again: more faults, crashes at calls, other
// expectations. What is run is always the text that would be written, so that a counterexample on
// disk is what failed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "scenarios/campaign/case.h"
#include "scenarios/runner/scenario_file.h"
#include "sim/expected.h"

namespace twin::campaign {

class ScenarioText : public scenario::ScenarioFile {
 public:
  // As ScenarioFile does.
  static sim::Expected<ScenarioText> parse(std::string_view text, const std::string& file);
  static sim::Expected<ScenarioText> read(const std::string& path);

  void add_fault(const CaseFault& fault);
  // The operator dies at its nth call after the clock's zero, before or after it is carried out.
  void add_crash(uint64_t nth, bool before, sim::Duration down);
  // The fault comes in the instant of that call, or so long behind the last step.
  void add_at_call(uint64_t nth, const model::Fault& fault);
  void add_behind(sim::Duration after, const model::Fault& fault);
  // What it expects becomes that no property is violated, whatever step finds its target gone.
  void expect_no_violation();

 private:
  explicit ScenarioText(scenario::ScenarioFile file) : ScenarioFile(std::move(file)) {}
};

}  // namespace twin::campaign
