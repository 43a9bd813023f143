// Every bug that was found in our own controller left its shrunk case in scenarios/regressions: all
// of them come to rest, and no property is violated in any.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::scenario {
namespace {

std::vector<std::string> regressions() {
  std::vector<std::string> files;
  std::string folder(TWIN_SOURCE_DIR);
  folder += "/scenarios/regressions";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Regressions, EachHoldsAndComesToRest) {
  ASSERT_GE(regressions().size(), 4U);
  for (const std::string& file : regressions()) {
    SCOPED_TRACE(file);
    const auto loaded = load_scenario(file);
    ASSERT_TRUE(loaded) << loaded.error().what;
    const Report report = run_scenario(*loaded, {});
    EXPECT_EQ(report.end, "settled") << report.end_detail;
    for (const ViolationEntry& each : report.violations) ADD_FAILURE() << each.how;
  }
}

// NNN-name.yaml, and what went wrong in a comment at its head.
TEST(Regressions, EachSaysWhy) {
  for (const std::string& file : regressions()) {
    std::string first;
    std::ifstream(file) >> first;
    EXPECT_EQ(first, "#") << file;
  }
}

}  // namespace
}  // namespace twin::scenario
