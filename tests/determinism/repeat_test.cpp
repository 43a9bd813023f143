// A run is its scenario and its seed and nothing else: the first, second and third run in one
// process give one fingerprint, with other runs in between, with and without a trace. Other
// compilers, optimisation levels and locales are scripts/determinism.sh's.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "sim/trace.h"

namespace twin::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shipped() {
  std::vector<std::string> files;
  for (const char* folder : {"upgrades", "rolling", "rebalance", "failures", "regressions"}) {
    const fs::path path = fs::path(TWIN_SOURCE_DIR) / "scenarios" / folder;
    if (!fs::exists(path)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

uint64_t fingerprint_of(const std::string& file, sim::TraceSink* trace = nullptr) {
  const auto scenario = load_scenario(file);
  EXPECT_TRUE(scenario) << scenario.error().what;
  if (!scenario) return 0;
  RunOptions options;
  options.trace = trace;
  return run_scenario(*scenario, options).fingerprint;
}

TEST(Determinism, TheThirdRunInAProcessIsTheFirst) {
  const std::vector<std::string> files = shipped();
  ASSERT_FALSE(files.empty());
  std::vector<uint64_t> first;
  for (const std::string& file : files) first.push_back(fingerprint_of(file));
  for (int round = 2; round <= 3; ++round) {
    for (size_t i = files.size(); i-- > 0;) {  // backwards: other neighbours
      EXPECT_EQ(fingerprint_of(files[i]), first[i]) << files[i] << ", run " << round;
    }
  }
}

TEST(Determinism, ATraceChangesNothing) {
  for (const std::string& file : shipped()) {
    sim::MemorySink trace;
    const uint64_t with = fingerprint_of(file, &trace);
    EXPECT_EQ(with, fingerprint_of(file)) << file;
  }
}

}  // namespace
}  // namespace twin::scenario
