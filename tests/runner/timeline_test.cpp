// What a person reads: lines that belong together are one, and no line is wider than the terminal.
#include <sstream>

#include <gmock/gmock.h>

#include "scenarios/runner/page.h"
#include "scenarios/runner/preflight.h"
#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/timeline_fold.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Role = TimelineLine::Role;
using Tone = TimelineLine::Tone;

class Lines : public TimelineSink {
 public:
  void on_line(const TimelineLine& line) override { texts.push_back(line.who + "|" + line.what); }
  std::vector<std::string> texts;
};

TimelineLine world(int64_t second, const std::string& who, const std::string& what) {
  return {sim::Time{second * 1'000'000'000}, who, what, Tone::plain, Role::world, ""};
}

TimelineLine said(int64_t second, Role role, const std::string& what,
                  const std::string& subject = "") {
  return {sim::Time{second * 1'000'000'000}, "operator", what, Tone::plain, role, subject};
}

TEST(TimelineFold, nodesThatDoTheSameAtOneInstantAreOneLine) {
  Lines lines;
  TimelineFold fold(lines);
  fold.on_line(world(1, "broker 0", "unfenced"));
  fold.on_line(world(1, "broker 1", "unfenced"));
  fold.on_line(world(1, "controller 3", "unfenced"));
  fold.on_line(world(2, "broker 2", "unfenced"));
  fold.finish();
  EXPECT_THAT(lines.texts,
              ElementsAre("broker 0, 1|unfenced", "controller 3|unfenced", "broker 2|unfenced"));
}

TEST(TimelineFold, numbersInARowAreARange) {
  EXPECT_EQ(join_names({"b-0", "b-1", "b-2", "b-3", "b-7", "c-4", "c-5"}), "b-0..3, 7 and c-4, 5");
  EXPECT_EQ(join_names({"zone-a", "zone-b"}), "zone-a and zone-b");
}

TEST(TimelineFold, whatEachOfSeveralDidIsSaidOfEach) {
  Lines lines;
  TimelineFold fold(lines);
  fold.on_line(world(1, "broker 0", "leads 7 more partitions"));
  fold.on_line(world(1, "broker 1", "leads 7 more partitions"));
  fold.finish();
  EXPECT_THAT(lines.texts, ElementsAre("broker 0, 1|each leads 7 more partitions"));
}

TEST(TimelineFold, theIsrsThatABrokerJoinsInARowAreOneLine) {
  Lines lines;
  TimelineFold fold(lines);
  const auto joined = [](int64_t second, const char* who, int64_t n) {
    TimelineLine line =
        world(second, who, "joined the ISR of " + std::to_string(n) + " partitions");
    line.joined = n;
    return line;
  };
  for (const int64_t second : {1, 3, 4}) fold.on_line(joined(second, "broker 0", 5));
  fold.on_line(joined(7, "broker 0", 4));  // after a pause
  fold.on_line(joined(8, "broker 1", 6));
  fold.finish();
  EXPECT_THAT(lines.texts, ElementsAre("broker 0|joined the ISR of 15 partitions within 3 s",
                                       "broker 0|joined the ISR of 4 partitions",
                                       "broker 1|joined the ISR of 6 partitions"));
}

// Strimzi's notes come each minute of a long reconcile.
TEST(TimelineFold, notesThatComeAgainAreCounted) {
  Lines lines;
  TimelineFold fold(lines);
  fold.on_line(said(0, Role::begins, "begins"));
  for (int64_t i = 1; i < 5; ++i) {
    fold.on_line(said(i, Role::note, "in progress", "InProgress"));
    fold.on_line(world(i, "broker 0", "something"));
  }
  fold.on_line(said(9, Role::said, "wait x"));
  fold.on_line(said(10, Role::ends, "failed"));
  fold.on_line(said(11, Role::begins, "begins"));
  fold.on_line(said(12, Role::note, "in progress", "InProgress"));
  fold.finish();
  EXPECT_THAT(lines.texts,
              ElementsAre("operator|begins", "operator|in progress", "broker 0|something",
                          "broker 0|something", "broker 0|something", "broker 0|something",
                          "operator|until here 3 more of [InProgress]", "operator|wait x",
                          "operator|failed", "operator|begins", "operator|in progress"));
}

TEST(TimelineFold, aReasonToWaitIsNotSpelledOutTwiceInARow) {
  const std::string why = ": orders/0 will be under-replicated if broker 1 is restarted";
  Lines lines;
  TimelineFold fold(lines);
  fold.on_line(said(1, Role::said, "wait b-1: after 250ms" + why, "b-1"));
  fold.on_line(said(1, Role::said, "wait b-2: after 250ms" + why, "b-2"));
  fold.on_line(said(2, Role::said, "wait b-1: after 500ms" + why, "b-1"));
  fold.on_line(said(3, Role::said, "wait b-1: after 1000ms: something else that is long", "b-1"));
  fold.finish();
  EXPECT_THAT(
      lines.texts,
      ElementsAre("operator|wait b-1: after 250ms" + why, "operator|wait b-2: after 250ms" + why,
                  "operator|wait b-1: after 500ms: as before",
                  "operator|wait b-1: after 1000ms: something else that is long"));
}

TEST(TimelineFold, nodesPassedOverForTheSameReasonAreOneLine) {
  Lines lines;
  TimelineFold fold(lines);
  for (const char* pod : {"c-3", "c-4", "b-0"}) {
    fold.on_line(said(1, Role::skip, " [NoReason]: nothing to do", pod));
  }
  fold.finish();
  EXPECT_THAT(lines.texts, ElementsAre("operator|skip c-3, 4 and b-0 [NoReason]: nothing to do"));
}

TEST(TimelineFold, aReconcileThatSaysTheSameAgainIsCounted) {
  Lines lines;
  TimelineFold fold(lines);
  for (int64_t i = 0; i < 4; ++i) {
    fold.on_line(said(i, Role::begins, "begins: retry"));
    fold.on_line(said(i, Role::ends, "failed: x"));
  }
  fold.on_line(world(9, "broker 0", "unfenced"));
  fold.on_line(said(10, Role::begins, "begins: retry"));
  fold.on_line(said(10, Role::said, "restart"));
  fold.on_line(said(10, Role::ends, "is as desired"));
  fold.finish();
  EXPECT_THAT(lines.texts,
              ElementsAre("operator|begins: retry", "operator|failed: x",
                          "operator|the same 3 times more", "broker 0|unfenced",
                          "operator|begins: retry", "operator|restart", "operator|is as desired"));
}

TEST(TimelineFold, oneInWhichSomethingHappenedIsNeverFoldedAway) {
  Lines lines;
  TimelineFold fold(lines);
  for (int64_t i = 0; i < 2; ++i) {
    fold.on_line(said(i, Role::begins, "begins: timer"));
    fold.on_line(world(i, "broker 0", "told to stop"));
    fold.on_line(said(i, Role::ends, "is as desired"));
  }
  fold.finish();
  EXPECT_EQ(lines.texts.size(), 6U);
}

TEST(Timeline, aFaultIsOneLineAndItsEndSaysWhich) {
  Lines lines;
  RunOptions options;
  options.timeline = &lines;
  run_text(scenario_text("  steps:\n    - at: 5s\n      fault: {kind: slow-disk, target: "
                         "my-cluster-broker-0, amount: 50, duration: 10s}\n") +
               configured(),
           options);
  const std::string what = "slow-disk of my-cluster-broker-0, amount 50 for 10 s";
  EXPECT_THAT(lines.texts, Contains("fault|" + what));
  EXPECT_THAT(lines.texts, Contains("fault|healed: " + what));
  EXPECT_THAT(lines.texts, Not(Contains(HasSubstr("step|fault"))));
}

TEST(Text, noLineIsWiderThanTheTerminal) {
  const Report report =
      run_text(scenario_text("  workload: {topics: [{name: orders, partitions: 3, replicas: 1}]}\n"
                             "  steps:\n    - at: 5s\n      set: {Kafka/my-cluster: "
                             "{spec.kafka.config.auto.leader.rebalance.enable: false}}\n"
                             "  expect: {restarts: 3, recordsRejected: 1}\n") +
               configured("      transaction.state.log.replication.factor: 3\n"));
  for (const int width : {60, 80, 120}) {
    std::istringstream text(to_text(report, width, false));
    for (std::string line; std::getline(text, line);) {
      EXPECT_LE(line.size(), static_cast<size_t>(width)) << line;
    }
  }
}

TEST(Text, aRunThatNeverStartedHasNoFigures) {
  const Report report = run_text(cluster("", "9.9.9"));
  const std::string text = to_text(report, 100, false);
  EXPECT_THAT(text, HasSubstr("-  (the workload never ran)"));
  EXPECT_THAT(text, Not(HasSubstr("under min.insync.replicas")));
}

TEST(Preflight, topicsThatGoDarkAreKnownBeforeTheRun) {
  const Scenario s = loaded(scenario_text("  workload:\n    topics:\n"
                                          "      - {name: one, replicas: 1}\n"
                                          "      - {name: two, replicas: 2}\n"
                                          "      - {name: three, replicas: 3}\n") +
                            configured());  // min.insync.replicas 2
  EXPECT_THAT(preflight(s), ElementsAre(HasSubstr("topic one: replication factor 1"),
                                        HasSubstr("topic two: replication factor 2 is not above "
                                                  "min.insync.replicas 2")));
}

TEST(Report, theRollSaysHowManyOfWhomAndTheLeadersAtTheEnd) {
  const Report report = run_text(
      scenario_text("  workload:\n    topics: [{name: orders, partitions: 6, replicas: 3}]\n"
                    "  steps:\n    - at: 5s\n      set: {Kafka/my-cluster: "
                    "{spec.kafka.version: 4.3.1}}\n") +
      configured());
  ASSERT_EQ(report.roll_list.size(), 1U);
  EXPECT_EQ(report.roll_list[0].controllers, 3);
  EXPECT_EQ(report.roll_list[0].brokers, 3);
  EXPECT_EQ(report.roll_list[0].leader_moves, report.leader_moves);
  int64_t leads = 0;
  for (const LeaderShare& each : report.leaders) leads += each.leads;
  EXPECT_EQ(leads, 6);
  EXPECT_EQ(report.partitions, 6);
  // The manifest pins metadata.version, so the old binaries may come back.
  EXPECT_THAT(report.point_of_no_return, HasSubstr("not passed: metadata.version 4.2-IV1"));
}

TEST(Report, aBumpThatChangesTheFormatIsThePointOfNoReturn) {
  const Report report = run_text(
      scenario_text("  steps:\n    - at: 5s\n      set: {Kafka/my-cluster: {spec.kafka.version: "
                    "4.3.1, spec.kafka.metadataVersion: 4.3-IV0}}\n") +
      configured());
  EXPECT_THAT(report.point_of_no_return, HasSubstr("passed at "));
  EXPECT_THAT(report.point_of_no_return, HasSubstr("4.3-IV0 changes the format of records"));
}

TEST(Wrap, aWordThatIsTooLongBreaksBehindADotOrSlash) {
  EXPECT_THAT(wrap("spec.kafka.config.auto.leader.rebalance.enable", 30),
              ElementsAre("spec.kafka.config.auto.leader.", "rebalance.enable"));
}

}  // namespace
}  // namespace twin::scenario
