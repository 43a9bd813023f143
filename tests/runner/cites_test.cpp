// A decision that acts, waits or refuses cites the replies it rests on, so that `explain` can show
// them, and properties can ask how old they were.
#include <algorithm>
#include <filesystem>
#include <map>

#include "controller/operator.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

namespace fs = std::filesystem;
using K = controller::DecisionKind;

std::vector<std::string> shipped() {
  std::vector<std::string> files;
  for (const char* folder : {"upgrades", "rolling", "failures", "regressions"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(TWIN_SOURCE_DIR "/scenarios/" + std::string(folder))) {
      const std::string path = entry.path().string();
      if (path.ends_with(".yaml") && path.find("/cluster/") == path.npos) files.push_back(path);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// What Strimzi's StrimziPodSet controller removes it removes by its cache, which is no reply; ours
// asks first.
bool must_cite(K kind, const std::string& profile) {
  if (kind == K::remove) return profile == "twin";
  return kind == K::restart || kind == K::wait || kind == K::refuse || kind == K::give_up ||
         kind == K::reconfigure || kind == K::order || kind == K::skip;
}

TEST(Cites, everyDecisionThatActsWaitsOrRefusesInEveryShippedScenario) {
  std::map<std::string, int> bare;
  int all = 0;
  for (const std::string& file : shipped()) {
    const auto scenario = load_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error().what;
    for (const std::string& profile : controller::known_profiles()) {
      RunOptions options;
      options.profile = profile;
      for (const DecisionEntry& decision : run_scenario(*scenario, options).decisions) {
        if (!must_cite(decision.kind, profile)) continue;
        ++all;
        if (!decision.cites.empty()) continue;
        ++bare[profile + " " + std::string(controller::decision_kind_name(decision.kind)) + " [" +
               decision.code + "]: " + decision.reason];
      }
    }
  }
  EXPECT_GT(all, 1000);
  for (const auto& [what, times] : bare) ADD_FAILURE() << times << " times: " << what;
}

}  // namespace
}  // namespace twin::scenario
