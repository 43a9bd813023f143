// The classic: what each of the three rolls carries, in which order, and what the operator of 2019
// does to clients that ours does not.
#include "tests/zookeeper/support.h"

namespace twin::scenario {
namespace {

constexpr const char* kFile = "scenarios/upgrades/three-rolls-2.0.1-to-2.1.0.yaml";

// One roll: its brokers in order, and what all of them come back with.
std::vector<std::string> roll(const std::string& order, const std::string& with) {
  std::vector<std::string> list;
  for (const char broker : order) list.push_back(std::string(1, broker) + ": " + with);
  return list;
}

std::vector<std::string> three_rolls(const std::string& first, const std::string& second,
                                     const std::string& third) {
  std::vector<std::string> list = roll(first, "2.1.0 speaks 2.0 writes 2.0");
  for (const auto& entry : roll(second, "2.1.0 speaks 2.1 writes 2.0")) list.push_back(entry);
  for (const auto& entry : roll(third, "2.1.0 speaks 2.1 writes 2.1")) list.push_back(entry);
  return list;
}

TEST(ThreeRolls, CarryBinariesThenProtocolThenMessageFormat) {
  const Scenario scenario = loaded(kFile);
  EXPECT_EQ(contents_of(scenario, "strimzi@0.11"), three_rolls("012", "012", "012"));
  // Ours takes the broker that is controller last: 0 at first; when it goes, the one of the lowest
  // id that is there takes over, 1 in the first roll, 0 in the second, 1 again in the third.
  EXPECT_EQ(contents_of(scenario, "twin"), three_rolls("120", "021", "120"));
}

// The controller's place changes once a roll, three times; the operator of 2019 takes the
// controller first and lets it flee before itself: from 0 to 1, from 1 to 0, and so every roll.
TEST(ThreeRolls, OursMovesTheControllerOnceARoll) {
  const auto moves = [](const char* profile) {
    Scenario scenario = loaded(kFile);
    scenario.operators.front().profile = profile;
    Session session(scenario, {});
    Story story;
    session.add_listener(story);
    session.run();
    return story.of(trace::RecordType::KafkaControllerElected).size();
  };
  EXPECT_EQ(moves("twin"), 3U);
  EXPECT_EQ(moves("strimzi@0.11"), 6U);
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
