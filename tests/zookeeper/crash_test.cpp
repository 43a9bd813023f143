// What is believed and what is true: an operator that dies in the first roll of an upgrade.
#include "tests/zookeeper/support.h"

namespace twin::scenario {
namespace {

constexpr const char* kFile = "scenarios/failures/operator-crash-between-rolls.yaml";

// The scenario without the person who undoes the roll.
Scenario crash_alone() {
  Scenario scenario = loaded(kFile);
  std::erase_if(scenario.steps, [](const Step& step) { return step.kind == Step::Kind::undo; });
  return scenario;
}

TEST(OperatorCrash, AnnotationsThatOutliveTheTemplateDropThePinWhileOldBinariesRun) {
  const Report report = played(loaded(kFile), "strimzi@0.11");
  EXPECT_EQ(report.verdict, Verdict::violated);
  EXPECT_TRUE(report.as_expected);
  // Broker 0 comes back with 2.1.0 and protocol 2.1; brokers 1 and 2 run 2.0.1.
  EXPECT_EQ(violations_of(report, "versions"), 2);
  // Undone, unpinned, and rolled with new binaries that speak 2.1 from the first broker on.
  const std::vector<std::string> expected{"0 KafkaUpgradePhase1",  "0 PodHasOldGeneration",
                                          "0 KafkaUpgradePhase2",  "1 KafkaUpgradePhase2",
                                          "2 KafkaUpgradePhase2",  "0 PodHasOldGeneration",
                                          "1 PodHasOldGeneration", "2 PodHasOldGeneration"};
  EXPECT_EQ(restarts_of(report), expected);
  const std::vector<std::string> contents = contents_of(loaded(kFile), "strimzi@0.11");
  ASSERT_EQ(contents.size(), 8U);
  EXPECT_EQ(contents[4], "2: 2.0.1 speaks 2.0 writes 2.0");
  EXPECT_EQ(contents[5], "0: 2.1.0 speaks 2.1 writes 2.0");
}

TEST(OperatorCrash, OursReadsVersionsOffThePodsAndKeepsThePin) {
  const Scenario scenario = loaded(kFile);
  const Report report = played(scenario, "twin");
  EXPECT_EQ(report.verdict, Verdict::holds);
  // The broker that is controller goes last: 0 before the crash and after it, then 1.
  const std::vector<std::string> expected{
      "1: 2.1.0 speaks 2.0 writes 2.0", "2: 2.1.0 speaks 2.0 writes 2.0",
      "0: 2.1.0 speaks 2.0 writes 2.0", "0: 2.1.0 speaks 2.1 writes 2.0",
      "2: 2.1.0 speaks 2.1 writes 2.0", "1: 2.1.0 speaks 2.1 writes 2.0"};
  EXPECT_EQ(contents_of(scenario, "twin"), expected);
}

// waitForQuiescence: pods older than the stored template are rolled before annotations are read.
TEST(OperatorCrash, ACrashAloneIsFinishedByTheRollOfPendingPods) {
  const Report report = played(crash_alone(), "strimzi@0.11");
  EXPECT_EQ(violations_of(report, "versions"), 0);
  const std::vector<std::string> expected{"0 KafkaUpgradePhase1",  "1 PodHasOldGeneration",
                                          "2 PodHasOldGeneration", "0 KafkaUpgradePhase2",
                                          "1 KafkaUpgradePhase2",  "2 KafkaUpgradePhase2"};
  EXPECT_EQ(restarts_of(report), expected);
}

// The operator dies around every fifth of its calls, from the first after the change on. Whatever
// it had written by then, no broker ever speaks what another does not know.
TEST(OperatorCrash, OursKeepsVersionsCompatibleWhereverItDies) {
  Scenario scenario = crash_alone();
  Step* crash = nullptr;
  for (Step& step : scenario.steps)
    if (step.kind == Step::Kind::fault) crash = &step;
  ASSERT_NE(crash, nullptr);
  crash->trigger.when.reset();
  crash->fault.duration = 20_s;
  int died = 0;
  for (uint64_t call = 1; call <= 240; call += 5) {
    SCOPED_TRACE(call);
    crash->trigger.on_call = OnCall{call, call % 2 == 0};
    const Report report = played(scenario, "twin");
    EXPECT_EQ(violations_of(report, "versions"), 0);
    EXPECT_EQ(violations_of(report, "min-isr"), 0);
    EXPECT_EQ(report.kafka_version, "2.1.0");
    EXPECT_EQ(report.protocol_version, "2.1");
    EXPECT_EQ(report.message_format_version, "2.0");
    died += report.operator_starts > 0 ? 1 : 0;
  }
  EXPECT_GT(died, 36);
}

}  // namespace
}  // namespace twin::scenario
