// A cluster CA whose key is replaced: who trusts whom at every moment, how many rolls it takes and
// why, and an operator that dies on the way.
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "controller/bugs/bugs.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::scenario {
namespace {

using namespace sim::literals;

Scenario rotation(const char* name) {
  std::string path(TWIN_SOURCE_DIR);
  path += "/scenarios/rolling/";
  path += name;
  path += ".yaml";
  auto loaded = load_scenario(path);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().what);
  return loaded ? std::move(*loaded) : Scenario{};
}

Report played(const Scenario& scenario, const std::string& profile) {
  RunOptions options;
  options.profile = profile;
  return run_scenario(scenario, options);
}

int64_t distrusted(const Report& report) {
  int64_t count = 0;
  for (const ViolationEntry& each : report.violations) count += each.property == "trust" ? 1 : 0;
  return count;
}

std::map<std::string, int> reasons(const Report& report) {
  std::map<std::string, int> found;
  for (const RestartEntry& each : report.restarts) ++found[each.reason];
  return found;
}

// Three controllers and three brokers, each restarted to trust, to use and to forget. Strimzi says
// of the last roll why; ours sees that the pods are of another revision.
TEST(Rotation, AReplacedKeyIsThreeRolls) {
  const Scenario scenario = rotation("ca-key-replacement");
  const std::map<std::string, int> strimzi{
      {"ClusterCaCertKeyReplaced", 6}, {"PodHasOldRevision", 6}, {"CaCertRemoved", 6}};
  EXPECT_EQ(reasons(played(scenario, "strimzi@1.2")), strimzi);
  const std::map<std::string, int> ours{{"ClusterCaCertKeyReplaced", 6}, {"PodHasOldRevision", 12}};
  EXPECT_EQ(reasons(played(scenario, "twin")), ours);
}

// Without the first roll whoever restarts first shows what none of the five others trusts.
TEST(Rotation, WhoSkipsTheFirstRollCutsOffWhatItRestarts) {
  controller::plug_in_bugs();
  const Report report = played(rotation("ca-key-replacement"), "bug:skips-trust-roll");
  EXPECT_EQ(distrusted(report), 5);
  EXPECT_EQ(report.restarts.size(), 1U) << "the first one never catches up with the quorum again";
}

// The operator dies for 5 s at moments all over the three rolls (two minutes to ten).
TEST(Rotation, PeersTrustEachOtherWhereverTheOperatorDies) {
  for (int64_t at_s = 105; at_s <= 585; at_s += 20) {
    Scenario scenario = rotation("ca-key-replacement");
    Step crash;
    crash.id = "crash";
    crash.trigger.at = sim::Duration{at_s * 1'000'000'000};
    crash.kind = Step::Kind::fault;
    crash.fault = {model::FaultKind::operator_crash, "0", "", 5_s, 0, ""};
    scenario.steps.push_back(crash);
    const Report report = played(scenario, "twin");
    EXPECT_EQ(report.end, "settled") << "at " << at_s << " s: " << report.end_detail;
    EXPECT_EQ(report.violations.size(), 0U) << "at " << at_s << " s";
    EXPECT_EQ(report.restarts.size(), 18U) << "at " << at_s << " s";
  }
}

}  // namespace
}  // namespace twin::scenario
