#include "tests/viz/recorded.h"

#include <map>

#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::viz::test {

std::vector<std::byte> record(const std::string& name,
                              const std::vector<model::TraceListener*>& listeners) {
  auto scenario =
      scenario::load_scenario(std::string(TWIN_SOURCE_DIR) + "/scenarios/" + name + ".yaml", {});
  EXPECT_TRUE(scenario.has_value());
  if (!scenario) return {};
  sim::MemorySink sink;
  scenario::RunOptions options;
  options.trace = &sink;
  options.listeners = listeners;
  scenario::run_scenario(*scenario, options);
  return sink.contents();
}

const std::vector<std::byte>& trace_of(const std::string& name) {
  static std::map<std::string, std::vector<std::byte>> kept;
  auto& trace = kept[name];
  if (trace.empty()) trace = record(name, {});
  return trace;
}

}  // namespace twin::viz::test
