// The campaign's machinery: a case means its file, it shrinks in the stated order, and it bites: an
// operator that ignores the ISR is found and its case made small.
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "scenarios/campaign/case.h"
#include "scenarios/campaign/shrink.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"

namespace twin::campaign {
namespace {

using model::FaultKind;

TEST(Generate, TheSeedIsAllThereIs) {
  EXPECT_EQ(write_case(generate(7), "x", ""), write_case(generate(7), "x", ""));
  EXPECT_NE(write_case(generate(7), "x", ""), write_case(generate(8), "x", ""));
}

// 1 to 9 brokers, RF 1 to 5, min ISR 1 to RF, both eras: 300 draws meet every value.
TEST(Generate, CasesAreValidAndReachEverySize) {
  std::set<int32_t> brokers, factors, minima;
  std::set<bool> eras;
  std::set<FaultKind> kinds;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const Case c = generate(seed);
    ASSERT_TRUE(is_valid(c)) << describe(c);
    brokers.insert(c.brokers);
    factors.insert(c.replication_factor);
    minima.insert(c.min_isr);
    eras.insert(c.zookeeper);
    for (const CaseFault& each : c.faults) kinds.insert(each.fault.kind);
  }
  EXPECT_EQ(brokers.size(), 9U);
  EXPECT_EQ(factors.size(), 5U);
  EXPECT_EQ(minima.size(), 5U);
  EXPECT_EQ(eras.size(), 2U);
  EXPECT_EQ(kinds.size(), 12U);  // every kind that generate.cpp draws
}

TEST(Generate, FaultsKeepTheirDistance) {
  GenerateOptions options;
  options.spacing_s = 45;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const Case c = generate(seed, options);
    for (size_t i = 1; i < c.faults.size(); ++i) {
      const CaseFault& before = c.faults[i - 1];
      const int64_t end_s = before.at_s + before.fault.duration.ns / 1'000'000'000;
      EXPECT_GE(c.faults[i].at_s - end_s, 45) << describe(c);
    }
  }
}

Case two_faults() {
  Case c;
  c.seed = 9;
  c.faults = {{65, {FaultKind::broker_hang, "my-cluster-broker-2", "", {8'000'000'000}, 0, ""}},
              {90, {FaultKind::pod_delete, "my-cluster-broker-0", "", {}, 0, ""}}};
  return c;
}

// Faults are dropped first, then shortened (8 s: to 1, 5, 7), then moved (65 s to 60 or 120, then
// to 60 or 70); the cluster after them. A broker that a fault names cannot go.
TEST(Shrink, OffersInTheStatedOrder) {
  const std::vector<Case> offered = simpler(two_faults());
  ASSERT_GE(offered.size(), 10U);
  EXPECT_EQ(offered[0].faults.size(), 1U);
  EXPECT_EQ(offered[0].faults[0].fault.kind, FaultKind::pod_delete);
  EXPECT_EQ(offered[1].faults[0].fault.kind, FaultKind::broker_hang);
  EXPECT_EQ(offered[2].faults[0].fault.duration.ns, 1'000'000'000);
  EXPECT_EQ(offered[3].faults[0].fault.duration.ns, 5'000'000'000);
  EXPECT_EQ(offered[4].faults[0].fault.duration.ns, 7'000'000'000);
  EXPECT_EQ(offered[5].faults[0].at_s, 60);
  EXPECT_EQ(offered[6].faults[0].at_s, 120);
  EXPECT_EQ(offered[8].faults[0].at_s, 70);
  for (const Case& each : offered) {
    EXPECT_TRUE(is_valid(each));
    EXPECT_TRUE(each.brokers == 3 || each.faults.size() < 2) << describe(each);
  }
}

TEST(Shrink, TheSmallestCaseHasNothingSimpler) {
  Case c;
  c.brokers = c.controllers = c.replication_factor = c.min_isr = 1;
  c.records_per_s = 0;
  EXPECT_EQ(simpler(c).size(), 0U);
}

// Ctrl-C: what was found until then stands, and is no run more than it took.
TEST(Shrink, StopsWhenItIsTold) {
  GenerateOptions options;
  options.profile = "bug:ignores-isr";
  options.kraft_only = true;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Case c = generate(seed, options);
    const Outcome found = play_case(c);
    if (found.violated.empty()) continue;
    int asked = 0;
    const auto shrunk = shrink(c, found.violated.front(), {400, [&] { return ++asked > 3; }});
    EXPECT_EQ(shrunk.runs, 4);  // the case itself, and three before the stop
    EXPECT_TRUE(shrunk.outcome.violates(found.violated.front()));
    return;
  }
  ADD_FAILURE() << "no case of 200 fails";
}

std::string write_to_disk(const std::string& text) {
  const std::string path = std::string(TWIN_BINARY_DIR) + "/campaign-counterexample.yaml";
  std::ofstream(path) << text;
  return path;
}

// What is on disk is what failed: same violations, same fingerprint.
TEST(WriteCase, AFileReproducesItsCase) {
  for (const uint64_t seed : {3, 11, 24}) {
    const Case c = generate(seed);
    const Outcome ran = play_case(c);
    const auto loaded = scenario::load_scenario(write_to_disk(write_case(c, "generated", "why")));
    ASSERT_TRUE(loaded) << loaded.error().what;
    const scenario::Report report = scenario::run_scenario(*loaded, {});
    EXPECT_EQ(report.fingerprint, ran.fingerprint) << describe(c);
  }
}

// The roller that goes by readiness alone takes the next node although ISR or quorum are short.
// Found within 200 cases and made small: at most two faults, and no more brokers than it takes.
TEST(Campaign, FindsTheOperatorThatIgnoresTheIsr) {
  GenerateOptions options;
  options.profile = "bug:ignores-isr";
  options.kraft_only = true;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Case c = generate(seed, options);
    const Outcome found = play_case(c);
    const std::string property = found.violates("min-isr") ? "min-isr" : "quorum";
    if (!found.violates(property)) continue;
    const auto shrunk = shrink(c, property, {400});
    EXPECT_TRUE(shrunk.outcome.violates(property));
    EXPECT_LE(shrunk.smallest.faults.size(), 2U) << describe(shrunk.smallest);
    EXPECT_LE(shrunk.smallest.brokers, 3) << describe(shrunk.smallest);
    EXPECT_LE(shrunk.smallest.partitions, 4) << describe(shrunk.smallest);
    // The file on disk fails in the same way.
    const auto loaded = scenario::load_scenario(
        write_to_disk(write_case(shrunk.smallest, "generated", shrunk.outcome.how)));
    ASSERT_TRUE(loaded) << loaded.error().what;
    const scenario::Report report = scenario::run_scenario(*loaded, {});
    EXPECT_EQ(report.fingerprint, shrunk.outcome.fingerprint);
    ASSERT_FALSE(report.violations.empty());
    EXPECT_EQ(report.violations.front().how, shrunk.outcome.how);
    // Ours holds where that one fails.
    Case ours = shrunk.smallest;
    ours.profile = "twin";
    EXPECT_FALSE(play_case(ours).violates(property)) << describe(ours);
    return;
  }
  ADD_FAILURE() << "no case of 200 shows that the ISR is ignored";
}

}  // namespace
}  // namespace twin::campaign
