// Upgrade safety of `twin`: whatever the cluster, the workload and the schedule of faults, no
// property is violated. A counterexample is made small by RapidCheck with the campaign's own order
// and stands, as a scenario, in build/.../bin/upgrade-safety-counterexample.yaml.
#include <fstream>
#include <ostream>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "scenarios/campaign/case.h"
#include "scenarios/campaign/shrink.h"

namespace twin::campaign {

// How RapidCheck prints a case.
void showValue(const Case& c, std::ostream& out) { out << describe(c); }

namespace {

rc::Gen<Case> cases(const GenerateOptions& options) {
  const auto drawn = rc::gen::map(rc::gen::noShrink(rc::gen::arbitrary<uint64_t>()),
                                  [options](uint64_t seed) { return generate(seed, options); });
  return rc::gen::shrink(drawn, [](const Case& c) { return rc::seq::fromContainer(simpler(c)); });
}

// Runs it; on a violation leaves the file. A fault that finds its target gone ends a run early and
// says nothing.
Outcome run_and_keep(const Case& c) {
  const Outcome result = play_case(c);
  RC_PRE(result.judged);
  if (!result.violated.empty()) {
    std::string path(TWIN_BINARY_DIR);
    path += "/upgrade-safety-counterexample.yaml";
    std::ofstream file(path);
    file << write_case(c, "upgrade-safety-counterexample",
                       result.violated.front() + ": " + result.how);
  }
  return result;
}

RC_GTEST_PROP(UpgradeSafety, NoPropertyIsViolatedWhateverGoesWrong, ()) {
  const Case c = *cases({});
  const Outcome result = run_and_keep(c);
  RC_TAG(c.zookeeper ? "ZooKeeper" : "KRaft", result.end);
  if (!result.violated.empty()) RC_LOG() << result.violated.front() << ": " << result.how;
  RC_ASSERT(result.violated.empty());
}

// Detection takes at most 45 s: replica.lag.time.max.ms 30 s and the half of it between two checks.
// Faults further apart leave no slack to lose between a look and a restart.
RC_GTEST_PROP(UpgradeSafety, NoRestartIsUnluckyWhenFaultsAreSpacedWiderThanDetection, ()) {
  GenerateOptions options;
  options.spacing_s = 45;
  const Case c = *cases(options);
  const Outcome result = run_and_keep(c);
  RC_ASSERT(result.violated.empty());
  RC_ASSERT(result.unlucky == 0);
}

}  // namespace
}  // namespace twin::campaign
