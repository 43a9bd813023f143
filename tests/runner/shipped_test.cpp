// Every shipped scenario says what comes of it, for its own operator and for those it compares
// with; here each is played and must end as it says. The recordings and the hundred brokers have
// tests and benchmarks of their own.
#include <algorithm>
#include <filesystem>

#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shipped() {
  std::vector<std::string> files;
  for (const char* folder : {"failures", "rebalance", "rolling", "upgrades"}) {
    for (const auto& entry :
         fs::directory_iterator(fs::path(TWIN_SOURCE_DIR) / "scenarios" / folder)) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

class Shipped : public ::testing::TestWithParam<std::string> {};

TEST_P(Shipped, endsAsItSays) {
  const auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().to_string();
  ASSERT_FALSE(scenario->expectations.empty()) << "it expects nothing";
  std::vector<std::string> profiles{""};
  profiles.insert(profiles.end(), scenario->compare_with.begin(), scenario->compare_with.end());
  for (const std::string& profile : profiles) {
    RunOptions options;
    options.profile = profile;
    options.comparison = !profile.empty();
    const Report report = run_scenario(*scenario, options);
    EXPECT_TRUE(report.verdict == Verdict::holds || report.as_expected)
        << report.profile << ": " << verdict_name(report.verdict) << "\n"
        << reasons_of(report);
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& file) {
  std::string name = fs::path(file.param).stem().string();
  std::ranges::replace_if(
      name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Shipped, ::testing::ValuesIn(shipped()), name_of);

}  // namespace
}  // namespace twin::scenario
