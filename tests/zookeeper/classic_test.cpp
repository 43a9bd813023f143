// The classic: what each of the three rolls carries, in which order, and what the operator of 2019
// does to clients that ours does not.
#include "tests/zookeeper/support.h"

namespace twin::scenario {
namespace {

constexpr const char* kFile = "scenarios/upgrades/three-rolls-2.0.1-to-2.1.0.yaml";

const std::vector<std::string>& three_rolls() {
  static const std::vector<std::string> list{
      "0: 2.1.0 speaks 2.0 writes 2.0", "1: 2.1.0 speaks 2.0 writes 2.0",
      "2: 2.1.0 speaks 2.0 writes 2.0", "0: 2.1.0 speaks 2.1 writes 2.0",
      "1: 2.1.0 speaks 2.1 writes 2.0", "2: 2.1.0 speaks 2.1 writes 2.0",
      "0: 2.1.0 speaks 2.1 writes 2.1", "1: 2.1.0 speaks 2.1 writes 2.1",
      "2: 2.1.0 speaks 2.1 writes 2.1"};
  return list;
}

TEST(ThreeRolls, CarryBinariesThenProtocolThenMessageFormat) {
  const Scenario scenario = loaded(kFile);
  EXPECT_EQ(contents_of(scenario, "twin"), three_rolls());
  EXPECT_EQ(contents_of(scenario, "strimzi@0.11"), three_rolls());
}

TEST(ThreeRolls, OursKeepsEveryPartitionAtItsMinimumIsr) {
  const Report report = played(loaded(kFile), "twin");
  EXPECT_EQ(report.verdict, Verdict::holds);
  EXPECT_EQ(report.rolls, 3);
  EXPECT_EQ(report.under_min_isr, 0_s);
  EXPECT_EQ(report.records_rejected, 0);
  EXPECT_EQ(report.acknowledged_bytes_lost, 0);
}

// By hand. The 30 partitions are on every broker, 24 of 40 GiB and 6 of 10 GiB: 24 * 41 + 6 * 11 =
// 1,050 segments, and 50 empty logs, 1,100 over two disks that load side by side: at most 550 and
// a few on one, 20 ms each, 11 s and 0.3 s more. A broker is away for some 15 s, while 62.6 MB/s
// arrive: 0.94 GB, and 20/30 of the partitions lead on the other two. At 250 MB/s of each disk it
// takes seconds to fetch them, and Kubernetes calls the pod Ready at the next tick of the probe
// (10 s), whatever was fetched. So pods 1 and 2 of each roll are taken too early: 2 * 3 = 6.
TEST(ThreeRolls, TheOperatorOf2019TakesTheNextBrokerBeforeTheLastOneHasCaughtUp) {
  const Report report = played(loaded(kFile), "strimzi@0.11");
  EXPECT_EQ(report.verdict, Verdict::violated);
  EXPECT_TRUE(report.as_expected);
  EXPECT_EQ(violations_of(report, "min-isr"), 6);
  EXPECT_GT(report.under_min_isr, 0_s);
  EXPECT_GT(report.records_rejected, 0);
  EXPECT_EQ(report.acknowledged_bytes_lost, 0);  // refused, not lost
}

// With hardly any data a broker has caught up before it is Ready: the same operator does no harm.
TEST(ThreeRolls, WithLittleDataTheOperatorOf2019DoesNoHarm) {
  Scenario scenario = loaded(kFile);
  for (TopicWorkload& topic : scenario.workload.topics) topic.data_per_partition = {};
  for (auto& producer : scenario.workload.producers) producer.records_per_s = 100;
  const Report report = played(scenario, "strimzi@0.11");
  EXPECT_EQ(violations_of(report, "min-isr"), 0);
  EXPECT_EQ(report.under_min_isr, 0_s);
  EXPECT_EQ(report.records_rejected, 0);
}

TEST(ThreeRolls, TheOperatorOf2019GoesFromPodZeroUp) {
  const Report report = played(loaded(kFile), "strimzi@0.11");
  // One phase, since the user pinned the protocol; then two ordinary changes of configuration.
  const std::vector<std::string> expected{
      "0 KafkaUpgradePhase1",  "1 KafkaUpgradePhase1",  "2 KafkaUpgradePhase1",
      "0 PodHasOldGeneration", "1 PodHasOldGeneration", "2 PodHasOldGeneration",
      "0 PodHasOldGeneration", "1 PodHasOldGeneration", "2 PodHasOldGeneration"};
  EXPECT_EQ(restarts_of(report), expected);
}

TEST(ThreeRolls, WithoutTheFormatPinTheOperatorOf2019RefusesAndChangesNothing) {
  Scenario scenario = loaded(kFile, {});
  for (auto& object : scenario.objects) {
    if (object->kind != api::Kind::kafka) continue;
    api::erase_config(static_cast<api::Kafka&>(*object).config, "log.message.format.version");
  }
  scenario.steps.resize(1);
  scenario.time_max = 10_min;
  const Report report = played(scenario, "strimzi@0.11");
  EXPECT_TRUE(report.restarts.empty());
  EXPECT_EQ(report.errors, std::vector<std::string>{"KafkaUpgradeException"});
  EXPECT_EQ(report.kafka_version, "2.0.1");
}

}  // namespace
}  // namespace twin::scenario
