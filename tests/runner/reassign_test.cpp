// Reassignments as steps: the tool's order of things, what it refuses, what is said of a file that
// asks for nonsense.
#include <gmock/gmock.h>

#include "scenarios/runner/session.h"
#include "scenarios/runner/whatif_throttle.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Four partitions on brokers 0 and 1 of three; broker 2 may take a place.
const char* const kWorkload =
    "  workload:\n"
    "    topics:\n"
    "      - {name: orders, partitions: 4, replicas: 2, dataPerPartition: 100Mi,\n"
    "         config: {min.insync.replicas: 1},\n"
    "         placement: [[0, 1], [1, 0], [0, 1], [1, 0]]}\n";

Report play(const std::string& steps) {
  return run_text(scenario_text(kWorkload + steps) + configured());
}

std::string error_of(const std::string& step) {
  const auto errors =
      errors_of(scenario_text("  steps:\n    - at: 10s\n      " + step + "\n") + configured());
  return errors.empty() ? "" : errors.front();
}

// 400 MiB at 20 MB/s: 21 s by the quota, which passes 92 to 98 % (facts of real moves), and the
// throttles are gone after --verify.
TEST(Reassign, AThrottledMoveIsMadeAndClearedAfterwards) {
  const Report report = play(
      "  steps:\n"
      "    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 20M}\n"
      "    - when: {reassigned: true}\n      verifyReassignment: true\n");
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  EXPECT_EQ(report.moves_started, 4);
  EXPECT_EQ(report.moves_ended, 4);
  ASSERT_TRUE(report.moves_took);
  EXPECT_NEAR(static_cast<double>(report.moves_took->ns) / 1e9, 22.5, 1.5);
  EXPECT_EQ(report.throttles_left, 0);
  EXPECT_EQ(report.acknowledged_bytes_lost, 0);
}

// Brokers 0, 1 and 2 have rates, the topic has its lists: four places.
TEST(Reassign, WithoutVerifyTheThrottlesStay) {
  const Report report = play(
      "  steps:\n"
      "    - at: 30s\n      reassign: {partitions: {orders-0: [2, 1]}, throttle: 50M}\n");
  EXPECT_EQ(report.moves_ended, 1);
  EXPECT_EQ(report.throttles_left, 4);
}

// 400 MiB at 5 MB/s take 85 s with nothing else to wait for: the run is not over before.
TEST(Reassign, ARunGoesOnWhileSomethingMoves) {
  const Report report = play(
      "  settle: 20s\n"
      "  steps:\n    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 5M}\n");
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  EXPECT_EQ(report.moves_ended, 4);
  ASSERT_TRUE(report.moves_took);
  EXPECT_GT(report.moves_took->ns, 80'000'000'000);
}

TEST(Reassign, VerifyClearsNothingWhileSomethingMoves) {
  const Report report = play(
      "  steps:\n"
      "    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 20M}\n"
      "    - after: 5s\n      verifyReassignment: true\n");
  EXPECT_EQ(report.moves_ended, 4);
  EXPECT_GT(report.moves_took->ns, 20'000'000'000);
  EXPECT_EQ(report.throttles_left, 4);
}

TEST(Reassign, AHigherThrottleMidwayEndsSooner) {
  const std::string start = "  steps:\n    - at: 30s\n      reassign: {replace: {0: 2}, throttle: ";
  const Report slow = play(start + "10M}\n");
  const Report raised = play(start + "10M}\n    - after: 10s\n      throttle: 40M\n");
  ASSERT_TRUE(slow.moves_took && raised.moves_took);
  // 400 MiB at 10 MB/s: 42 s and the pauses; raised after 10 s, the burst of (40-10) x 10.5 s takes
  // all that is left at once.
  EXPECT_NEAR(static_cast<double>(slow.moves_took->ns) / 1e9, 45, 3);
  EXPECT_LT(raised.moves_took->ns, 20'000'000'000);
}

TEST(Reassign, CancelledAllIsAsItWas) {
  const Report report = play(
      "  steps:\n"
      "    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 10M}\n"
      "    - after: 10s\n      cancelReassignment: true\n");
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  EXPECT_EQ(report.moves_ended, 4);
  EXPECT_EQ(report.throttles_left, 0);
  ASSERT_TRUE(report.moves_took);
  EXPECT_LT(report.moves_took->ns, 11'000'000'000);
}

TEST(Reassign, TheToolRefusesASecondMoveAndABrokerThatIsNotThere) {
  const Report second = play(
      "  steps:\n"
      "    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 10M}\n"
      "    - after: 5s\n      reassign: {replace: {1: 0}}\n");
  EXPECT_EQ(second.end, "badStep");
  EXPECT_THAT(second.end_detail, HasSubstr("existing partition assignment"));
  const Report nobody = play("  steps:\n    - at: 30s\n      reassign: {replace: {0: 9}}\n");
  EXPECT_THAT(nobody.end_detail, HasSubstr("Unknown broker id 9"));
  const Report there = play("  steps:\n    - at: 30s\n      reassign: {replace: {0: 1}}\n");
  EXPECT_THAT(there.end_detail, HasSubstr("orders-0 has a replica on broker 1 already"));
}

// The first broker is asked, and stands still.
TEST(Reassign, ABrokerThatDoesNotAnswerIsSaid) {
  const Report report = play(
      "  steps:\n"
      "    - at: 30s\n      fault: {kind: broker-hang, target: my-cluster-broker-0, duration: "
      "20s}\n"
      "    - at: 31s\n      reassign: {replace: {0: 2}, throttle: 10M}\n");
  EXPECT_EQ(report.end, "badStep");
  EXPECT_THAT(report.end_detail, HasSubstr("broker 0 does not answer"));
}

// The same, left out: the first goes on, and the run ends as runs do.
TEST(Reassign, AStepThatFailsMayBeLeftOut) {
  const Report report = play(
      "  failingSteps: skip\n"
      "  steps:\n"
      "    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 10M}\n"
      "    - after: 5s\n      reassign: {replace: {1: 0}}\n");
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  EXPECT_EQ(report.steps_left_out, std::vector<size_t>{1});
  EXPECT_EQ(report.moves_ended, 4);
}

TEST(Reassign, AFileThatAsksForNonsenseIsTold) {
  EXPECT_THAT(error_of("reassign: {throttle: 5M}"), HasSubstr("nothing is moved"));
  EXPECT_THAT(error_of("reassign: {replace: {a: 2}}"), HasSubstr("`a` is no broker"));
  EXPECT_THAT(error_of("reassign: {partitions: {orders: [1]}}"),
              HasSubstr("`orders` names no partition"));
  EXPECT_THAT(error_of("reassign: {partitions: {orders-1: []}}"), HasSubstr("has 0 replicas"));
  const auto batch =
      errors_of(scenario_text("  workload: {topics: [{name: orders, batch: 0}]}\n") + configured());
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_THAT(batch[0], HasSubstr("holds no record"));
  EXPECT_THAT(error_of("verifyReassignment: false"), HasSubstr("`false` does nothing"));
}

TEST(WhatifThrottle, RangesAreReadInStepsOfOneTwoFive) {
  EXPECT_THAT(*parse_rates("5M..60M"),
              ElementsAre(5'000'000, 10'000'000, 20'000'000, 50'000'000, 60'000'000));
  EXPECT_THAT(*parse_rates("20M,5M"), ElementsAre(5'000'000, 20'000'000));
  EXPECT_THAT(parse_rates("60M..5M").error().what, HasSubstr("downwards"));
  EXPECT_THAT(parse_rates("0").error().what, HasSubstr("never ends"));
  EXPECT_FALSE(parse_rates("fast"));
}

// 6 MB/s are written to what moves: at 5 MB/s it never ends, and that is what is said.
TEST(WhatifThrottle, ARateBelowTheInflowIsSaidToNeverEnd) {
  const Scenario scenario = loaded(
      scenario_text(std::string(kWorkload) +
                    "    producers:\n"
                    "      - {topic: orders, recordsPerSecond: 6000, recordBytes: 1000, acks: 1}\n"
                    "  timeMax: 30min\n"
                    "  steps:\n    - at: 30s\n      reassign: {replace: {0: 2}, throttle: 1M}\n") +
      configured());
  std::vector<ThrottleRun> runs;
  for (const int64_t rate : {5'000'000, 20'000'000, 50'000'000}) {
    runs.push_back(run_with_throttle(scenario, rate, nullptr));
  }
  EXPECT_FALSE(runs[0].finished());
  EXPECT_THAT(remark(runs[0]), HasSubstr("never ends"));
  ASSERT_TRUE(runs[1].finished());
  ASSERT_TRUE(runs[2].finished());
  EXPECT_LT(*runs[2].took, *runs[1].took);
  const auto best = recommend(runs, {});
  ASSERT_TRUE(best);
  EXPECT_GT(best->run, 0U);
  // A window of a minute fits 20 MB/s: about 400 MiB at what 6 MB/s leave.
  EXPECT_EQ(recommend(runs, {sim::Duration{120'000'000'000}, {}})->run, 1U);
  EXPECT_FALSE(recommend({runs[0]}, {}));
}

// Four rates, each half as long and three times as costly as the one before.
TEST(WhatifThrottle, TheRateToTakeKeepsWhatIsAsked) {
  constexpr int64_t kMs = 1'000'000, kSecond = 1'000'000'000;
  std::vector<ThrottleRun> runs;
  int64_t rate = 10'000'000, took = 800 * kSecond, p99 = 5 * kMs;
  for (int i = 0; i < 4; ++i, rate *= 2, took /= 2, p99 *= 3) {
    ThrottleRun& run = runs.emplace_back();
    run.rate = rate;
    run.took = {took};
    run.latency = {{kMs}, {p99}, {kSecond}};
  }
  EXPECT_EQ(recommend(runs, {})->run, 3U);                             // 100 s; 200 is beyond 125
  EXPECT_EQ(recommend(runs, {{}, sim::Duration{50 * kMs}})->run, 2U);  // 45 ms; 135 is too much
  EXPECT_EQ(recommend(runs, {sim::Duration{600 * kSecond}, {}})->run, 1U);  // 400 of 480 s
  EXPECT_EQ(recommend(runs, {sim::Duration{600 * kSecond}, sim::Duration{10 * kMs}})->run, 0U);
  EXPECT_THAT(recommend(runs, {sim::Duration{600 * kSecond}, sim::Duration{10 * kMs}})->why,
              HasSubstr("does not fit the window"));
  EXPECT_EQ(recommend(runs, {{}, sim::Duration{kMs}})->run, 0U);
  EXPECT_THAT(recommend(runs, {{}, sim::Duration{kMs}})->why, HasSubstr("none keeps"));
  // What the operator chose is no rate that one could take.
  runs[3].automatic = true;
  EXPECT_EQ(recommend(runs, {})->run, 2U);
}

}  // namespace
}  // namespace twin::scenario
