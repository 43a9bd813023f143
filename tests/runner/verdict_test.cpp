// What a verdict may say. "holds" is a claim, so each way in which a run can say less than that is
// tried here.
#include <gmock/gmock.h>

#include "scenarios/runner/laws.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using ::testing::HasSubstr;

std::string topic() {
  return "  workload:\n    topics: [{name: orders, partitions: 6, replicas: 3}]\n"
         "    producers: [{topic: orders, recordsPerSecond: 60}]\n";
}

TEST(Verdict, aVersionTheOperatorDoesNotShipDoesNotHoldUnderAnyProfile) {
  for (const char* profile : {"twin", "strimzi@1.2", "strimzi@0.47"}) {
    RunOptions options;
    options.profile = profile;
    const Report report = run_text(cluster("", "9.9.9"), options);
    EXPECT_EQ(report.end, "deployFailed") << profile;
    EXPECT_EQ(report.verdict, Verdict::violated) << profile;
    EXPECT_THAT(reasons_of(report), HasSubstr("Kafka my-cluster is not Ready")) << profile;
  }
}

// KRaftUtils.validateMetadataVersion.
TEST(Verdict, aMetadataVersionThatDoesNotExistIsRefused) {
  constexpr const char* kPath = "Kafka/my-cluster.spec.kafka.metadataVersion=";
  for (const char* profile : {"twin", "strimzi@1.2"}) {
    for (const auto& [wanted, why] :
         {std::pair{"banana", "Metadata version banana is invalid"},
          {"4.2-IV9", "Metadata version 4.2-IV9 is invalid"},
          {"\"3.2\"", "The oldest supported metadata version is 3.3-IV0"}}) {
      RunOptions options;
      options.profile = profile;
      const Report report =
          run_scenario(loaded(configured(), {std::string(kPath) + wanted}), options);
      EXPECT_EQ(report.verdict, Verdict::violated) << profile << " " << wanted;
      EXPECT_THAT(reasons_of(report), HasSubstr(why)) << profile;
    }
  }
}

TEST(Verdict, aRunThatNeverRestsIsViolated) {
  // The step waits for a broker that does not exist; an hour later the run is cut off.
  const Report report =
      run_text(scenario_text(topic() + "  timeMax: 10min\n  steps:\n"
                                       "    - when: {podReady: my-cluster-broker-9}\n"
                                       "      note: never\n") +
               configured());
  EXPECT_EQ(report.end, "timeMax");
  EXPECT_EQ(report.verdict, Verdict::violated);
  EXPECT_THAT(reasons_of(report), HasSubstr("step step-1 was not taken"));
}

TEST(Verdict, anEndThatIsExpectedIsJudgedAsAnExpectation) {
  const std::string steps =
      "  timeMax: 10min\n  steps:\n    - at: 5s\n      fault: {kind: zone-loss, target: zone-a}\n";
  const Report lost = run_text(scenario_text(topic() + steps) + configured());
  EXPECT_EQ(lost.end, "timeMax");
  EXPECT_EQ(lost.verdict, Verdict::unknown) << "the fault is still active";
  EXPECT_THAT(reasons_of(lost), HasSubstr("still active: zone-loss of zone-a"));

  const Report expected =
      run_text(scenario_text(topic() + steps + "  expect: {end: timeMax}\n") + configured());
  EXPECT_EQ(expected.verdict, Verdict::holds) << reasons_of(expected);
}

Report compared(const std::string& own, bool comparison = true) {
  RunOptions options;
  options.profile = "strimzi@1.2";
  options.comparison = comparison;
  return run_text(scenario_text(topic() + "  compareWith: [" + own +
                                "]\n  steps:\n    - {at: 5s, note: nothing}\n"
                                "  expect: {restarts: 7, restartOrder: [0, 1]}\n") +
                      configured(),
                  options);
}

TEST(Verdict, anotherProfileIsJudgedByTheSameExpectations) {
  for (const bool comparison : {false, true}) {
    const Report report = compared("strimzi@1.2", comparison);
    EXPECT_EQ(report.expectations.size(), 2U);
    EXPECT_EQ(report.verdict, Verdict::violated);
    EXPECT_FALSE(report.as_expected);
    EXPECT_THAT(reasons_of(report), HasSubstr("expected restarts: 7, is 0"));
  }
}

// Its own words and lists replace the scenario's; numbers count both, and only a verdict that is
// expected by name excuses them.
TEST(Verdict, anotherProfileHasExpectationsOfItsOwnBeside) {
  const auto with = [](const std::string& expect) {
    return compared("{operator: strimzi@1.2, expect: {" + expect + "}}");
  };
  const Report silent = with("restarts: 0, restartOrder: []");
  EXPECT_EQ(silent.expectations.size(), 3U);
  EXPECT_EQ(silent.verdict, Verdict::violated);
  EXPECT_FALSE(silent.as_expected);
  EXPECT_EQ(silent.verdict_reasons.size(), 1U) << reasons_of(silent);

  const Report said = with("restarts: 0, restartOrder: [], verdict: violated");
  EXPECT_EQ(said.verdict, Verdict::violated);
  EXPECT_TRUE(said.as_expected) << reasons_of(said);

  const Report wrong = with("restarts: 3, verdict: violated");
  EXPECT_FALSE(wrong.as_expected) << "its own expectation does not hold";
  EXPECT_THAT(reasons_of(wrong), HasSubstr("expected of strimzi@1.2 restarts: 3, is 0"));
}

TEST(Verdict, whatNeverRanIsNeitherHeldNorFailed) {
  const Report report = run_text(scenario_text(topic() + "  expect:\n    recordsRejected: 0\n"
                                                         "    condition[Ready]: \"True\"\n") +
                                 cluster("", "9.9.9"));
  ASSERT_EQ(report.expectations.size(), 2U);
  EXPECT_TRUE(report.expectations[0].open) << "no record was ever sent";
  EXPECT_FALSE(report.expectations[0].holds);
  EXPECT_FALSE(report.expectations[1].open) << "it is missing";
  EXPECT_FALSE(report.expectations[1].holds);
  EXPECT_THAT(to_text(report, 100, false), HasSubstr("open     recordsRejected: 0"));
  EXPECT_THAT(to_junit({report}), HasSubstr("name=\"recordsRejected: 0\">\n      <skipped"));
}

TEST(Verdict, aSumOverPartitionsIsNoTimeOnTheClock) {
  Report report;
  report.started = true;
  report.under_min_isr = sim::Duration{440'000'000'000};
  Expectation none;
  none.figure = "underMinIsrSeconds";
  none.value = "0";
  EXPECT_EQ(check_expectation(report, none, "f").actual, "7 min 20 s summed over partitions");
}

TEST(Verdict, whatTheUserEndedIsNotKnown) {
  static const volatile bool kAlready = true;
  RunOptions options;
  options.interrupt = &kAlready;
  const Report report =
      run_text(scenario_text("  expect: {restarts: 3, end: settled}\n") + configured(), options);
  EXPECT_EQ(report.end, "interrupted");
  EXPECT_EQ(report.verdict, Verdict::unknown) << reasons_of(report);
  for (const ExpectationResult& each : report.expectations) EXPECT_TRUE(each.open) << each.text;
}

TEST(Verdict, aFieldThatTouchesSafetyMakesItUnknown) {
  const Report report = run_text(configured("    template: {pod: {priorityClassName: high}}\n"));
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_THAT(reasons_of(report), HasSubstr("test.yaml:"));
  EXPECT_THAT(reasons_of(report), HasSubstr("priorityClassName"));
}

// Rows of a recording speak for its operator and its hardware alone.
TEST(Laws, aRecordingSpeaksForItsOperatorAndItsHardware) {
  int recorded = 0;
  for (const MeasuredLaw& row : measured_laws()) {
    EXPECT_EQ(measured_error(row.law, row.profile, row.hardware), row.error);
    EXPECT_NE(row.error, "not measured") << row.law;
    if (row.profile.empty()) continue;
    ++recorded;
    EXPECT_EQ(measured_error(row.law, "twin", row.hardware), "not measured") << row.law;
    EXPECT_EQ(measured_error(row.law, row.profile, "cloud"), "not measured") << row.law;
  }
  EXPECT_GT(recorded, 0);
}

TEST(Laws, everyRowIsOfALawThatExists) {
  for (const MeasuredLaw& row : measured_laws()) {
    const auto has = [&](const Law& law) { return law.name == row.law; };
    EXPECT_TRUE(std::any_of(all_laws().begin(), all_laws().end(), has)) << row.law;
  }
}

TEST(Laws, aRunNamesThoseItUsed) {
  const Report report = run_text(configured());
  const auto names = [&](std::string_view law) {
    return std::any_of(report.laws.begin(), report.laws.end(),
                       [&](const LawEntry& entry) { return entry.name == law; });
  };
  EXPECT_TRUE(names("KRaft quorum elections"));
  EXPECT_FALSE(names("ZooKeeper elections, sessions")) << "there is no ZooKeeper";
  EXPECT_FALSE(names("node loss and eviction")) << "no machine is lost";
}

TEST(Report, oneProfileOrSeveralAreOneJsonArray) {
  Report report;
  report.profile = "twin";
  EXPECT_EQ(to_json({report}).front(), '[');
  const std::string two = to_json({report, report});
  EXPECT_EQ(two.front(), '[');
  EXPECT_EQ(two.substr(two.size() - 2), "]\n");
}

}  // namespace
}  // namespace twin::scenario
