// A scenario file that a campaign changes and writes again: another operator, another seed, more
// faults, fewer steps. What is run is always the text that would be written, so that a
// counterexample on disk is what failed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/api/value.h"
#include "scenarios/campaign/case.h"
#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::campaign {

class ScenarioText {
 public:
  // `file` is where it stands: includes are looked up beside it, and written as whole paths. A file
  // of manifests alone gets a Scenario document.
  static sim::Expected<ScenarioText> parse(std::string_view text, const std::string& file);
  static sim::Expected<ScenarioText> read(const std::string& path);

  // spec of the Scenario document, a map.
  api::Value& spec();
  const api::Value& spec() const { return const_cast<ScenarioText*>(this)->spec(); }
  api::Value::List& steps();
  const std::string& file() const { return file_; }

  void set_profile(const std::string& profile);
  void set_seed(uint64_t seed);
  void add_fault(const CaseFault& fault);
  // The operator dies at its nth call after the clock's zero, before or after it is carried out.
  void add_crash(uint64_t nth, bool before, sim::Duration down);
  // The fault comes in the instant of that call, or so long behind the last step.
  void add_at_call(uint64_t nth, const model::Fault& fault);
  void add_behind(sim::Duration after, const model::Fault& fault);
  // What it expects becomes that no property is violated.
  void expect_no_violation();

  // As a file; `why` stands at its top, line by line.
  std::string write(const std::string& name, const std::string& why) const;
  sim::Expected<scenario::Scenario> load() const;

 private:
  std::string file_;
  std::vector<api::Value> documents_;
  size_t scenario_ = 0;  // which of them
};

}  // namespace twin::campaign
