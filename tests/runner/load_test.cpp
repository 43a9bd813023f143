// Wrong input: each mistake is named with its place and what would be right.
#include <gmock/gmock.h>

#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(Load, aSecondKafkaClusterIsRefused) {
  std::string second = configured();
  second = second.substr(second.rfind("---"));
  second.replace(second.find("my-cluster"), 10, "other");
  const auto errors = errors_of(configured() + second);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors[0], HasSubstr("test.yaml:"));
  EXPECT_THAT(errors[0], HasSubstr("`other` is a second Kafka cluster"));
}

TEST(Load, stepsNameObjectsThatAreThere) {
  const auto errors = errors_of(
      scenario_text("  steps:\n    - at: 5s\n      set: {Kafka/my-clusters: {spec.kafka.x: 1}}\n"
                    "    - after: 5s\n      scale: {KafkaNodePool/brokr: 4}\n") +
      configured());
  EXPECT_THAT(errors, Contains(HasSubstr("test.yaml:7:7: there is no Kafka/my-clusters at that "
                                         "step; did you mean `Kafka/my-cluster`?")));
  EXPECT_THAT(errors, Contains(HasSubstr("there is no KafkaNodePool/brokr")));
}

TEST(Load, aChangeThatTheApiServerWouldRefuseIsAnErrorOfTheFile) {
  const auto errors = errors_of(
      scenario_text("  steps:\n    - at: 5s\n"
                    "      set: {KafkaNodePool/broker: {spec.roles: [broker, brokr]}}\n") +
      configured());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors[0], HasSubstr("test.yaml:7:7"));
  EXPECT_THAT(errors[0], HasSubstr("brokr"));
}

TEST(Load, onlyFaultsThatLastAreHealed) {
  const std::string crash =
      "  steps:\n    - {id: c, at: 5s, fault: {kind: broker-crash, target: my-cluster-broker-0}}\n";
  const auto errors =
      errors_of(scenario_text(crash + "    - {after: 5s, heal: c}\n") + configured());
  EXPECT_THAT(errors, Contains(HasSubstr("broker-crash of step `c` is over at once")));
  const auto note = errors_of(
      scenario_text("  steps:\n    - {id: n, at: 5s, note: x}\n    - {after: 5s, heal: n}\n") +
      configured());
  EXPECT_THAT(note, Contains(HasSubstr("step `n` is no fault")));
}

TEST(Load, aTopicThatDoesNotSayGoesByTheBrokersDefaults) {
  const Scenario s =
      loaded(configured("      num.partitions: 5\n") +
             "---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\n"
             "metadata: {name: t, labels: {strimzi.io/cluster: my-cluster}}\nspec: {}\n");
  ASSERT_EQ(s.workload.topics.size(), 1U);
  EXPECT_EQ(s.workload.topics[0].partitions, 5);
  EXPECT_EQ(s.workload.topics[0].replication_factor, 3);
}

// Each shipped profile of a machine loads, by a path from the scenario's own folder, and says where
// its figures come from.
TEST(Load, onlyTwinRollsInBatches) {
  const auto errors = [](const std::string& of) {
    return errors_of(scenario_text("  operator: " + of + "\n") + configured());
  };
  EXPECT_THAT(errors("{profile: strimzi@1.2, roll: batch}"),
              Contains(HasSubstr("test.yaml:6:36: `strimzi@1.2` cannot roll in batches")));
  EXPECT_THAT(errors("{roll: batches}"), Contains(HasSubstr("`batches`")));
  for (const char* wrong : {"0", "\"0%\"", "\"101%\"", "many", "\"%\""}) {
    EXPECT_THAT(errors("{roll: batch, maxUnavailable: " + std::string(wrong) + "}"),
                Contains(HasSubstr("maxUnavailable")))
        << wrong;
  }
  EXPECT_THAT(errors("{roll: batch, spareFailures: -1}"), Contains(HasSubstr("spareFailures")));
}

TEST(Load, aProfileOfHardwareIsAFile) {
  const auto spec = [](const std::string& file) {
    return scenario_text("  environment: {hardware: \"" + file + "\"}\n") + configured();
  };
  const std::string folder = std::string(TWIN_SOURCE_DIR) + "/scenarios/profiles/";
  const Scenario laptop = loaded(spec(folder + "laptop-loopback.yaml"));
  EXPECT_EQ(laptop.environment.hardware.name, "laptop-loopback");
  EXPECT_EQ(laptop.environment.hardware.nic_bytes_per_s, 250'000'000);
  for (const char* name : {"aws-m5.2xlarge-gp3", "azure-d8s-v5-p30", "gcp-n2-standard-8-pd-ssd"}) {
    const Scenario scenario = loaded(spec(folder + name + ".yaml"));
    EXPECT_EQ(scenario.environment.hardware.name, name);
    EXPECT_GT(scenario.environment.hardware.volume_attach.ns, 0);
  }
  const auto missing = errors_of(spec("nowhere.yaml"));
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_NE(missing[0].find("`nowhere.yaml`: the file"), std::string::npos) << missing[0];
}

// Runs go by the median, and the spread is kept for previews.
TEST(Load, aFigureThatWasMeasuredSeveralTimesIsAList) {
  const auto spec = [](const std::string& start) {
    return scenario_text("  environment:\n    hardware: {profile: cloud, brokerStart: " + start +
                         "}\n") +
           configured();
  };
  const Environment measured = loaded(spec("[4.5s, 3s, 3.5s]")).environment;
  EXPECT_EQ(measured.hardware.jvm_start_broker, sim::Duration{3'500'000'000});
  ASSERT_EQ(measured.measured.size(), 1U);
  EXPECT_EQ(measured.measured[0].key, "brokerStart");
  EXPECT_EQ(measured.measured[0].samples,
            (std::vector<int64_t>{3'000'000'000, 3'500'000'000, 4'500'000'000}));
  EXPECT_TRUE(loaded(spec("3s")).environment.measured.empty());
  EXPECT_EQ(errors_of(spec("[]")).size(), 1U);
  EXPECT_EQ(errors_of(spec("[3s, quick]")).size(), 1U);
}

}  // namespace
}  // namespace twin::scenario
