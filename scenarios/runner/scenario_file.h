// A scenario file that a program changes and writes again: another operator, one more step, fewer
// faults. What is run is always the text that would be written, so that a file on disk is what was
// played. Comments are lost.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/api/value.h"
#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::scenario {

class ScenarioFile {
 public:
  // `file` is where it stands: includes and hardware profiles are looked up beside it. A lesson
  // in it is left out: it is about the scenario as it stood. A file of
  // manifests alone gets a Scenario document of the name that its run would have.
  static sim::Expected<ScenarioFile> parse(std::string_view text, const std::string& file);
  // Error: all mistakes of the file, as load_scenario() tells them.
  static sim::Expected<ScenarioFile> read(const std::string& path);

  // spec of the Scenario document, a map.
  api::Value& spec();
  const api::Value& spec() const { return const_cast<ScenarioFile*>(this)->spec(); }
  api::Value::List& steps();
  const std::string& file() const { return file_; }
  std::string name() const;  // metadata.name

  void set_profile(const std::string& profile);
  void set_seed(uint64_t seed);

  // As a file; `why` stands at its top, line by line.
  std::string write(const std::string& name, const std::string& why) const;
  // The same, to be kept in `folder`: what it includes is found from there.
  std::string write_for(const std::string& folder, const std::string& name,
                        const std::string& why) const;
  sim::Expected<Scenario> load() const;

 private:
  std::string file_;
  std::vector<api::Value> documents_;
  size_t scenario_ = 0;  // which of them
};

// "90s", "1500ms": a time as scenario files write it, to the millisecond.
api::Value duration_value(sim::Duration time);

}  // namespace twin::scenario
