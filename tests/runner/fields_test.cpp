// What becomes of each field of a manifest: acted on, without effect, not modelled.
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

const FieldNote* find(const std::vector<FieldNote>& notes, const std::string& path) {
  for (const FieldNote& note : notes) {
    if (note.path == path) return &note;
  }
  return nullptr;
}

TEST(Fields, theSameWordMeansSomethingElseInAnotherPlace) {
  // "image" and "authentication" as labels or names somewhere must not excuse what they stand in.
  const Scenario s =
      loaded(configured("    image: my/kafka\n"
                        "    jvmOptions: {-Xms: 1g}\n"
                        "    template: {pod: {affinity: {nodeAffinity: {authentication: {}}}}}\n"));
  ASSERT_NE(find(s.not_modelled, "spec.kafka.image"), nullptr);
  EXPECT_TRUE(find(s.not_modelled, "spec.kafka.image")->touches_safety);
  ASSERT_NE(find(s.not_modelled, "spec.kafka.template.pod.affinity.nodeAffinity"), nullptr);
  EXPECT_NE(find(s.without_effect, "spec.kafka.jvmOptions"), nullptr);
}

TEST(Fields, oneThatNoTableKnowsTouchesSafety) {
  const Scenario s = loaded(configured("    somethingNew: 3\n"));
  const FieldNote* note = find(s.not_modelled, "spec.kafka.somethingNew");
  ASSERT_NE(note, nullptr);
  EXPECT_TRUE(note->touches_safety);
}

TEST(Fields, requestsAreHarmlessOnlyWhereEveryPodHasRoomForThem) {
  const std::string ask = "    resources: {requests: {cpu: 8, memory: 32Gi}}\n";
  const Scenario fits = loaded(configured(ask));
  EXPECT_NE(find(fits.without_effect, "spec.kafka.resources"), nullptr);
  const Scenario large = loaded(configured("    resources: {limits: {cpu: 17}}\n"));
  const FieldNote* note = find(large.not_modelled, "spec.kafka.resources");
  ASSERT_NE(note, nullptr) << "a node has 16 cores";
  EXPECT_TRUE(note->touches_safety);
  // Six pods on three nodes share them.
  const Scenario few =
      loaded(scenario_text("  environment: {nodesPerZone: 1}\n") + configured(ask));
  EXPECT_NE(find(few.not_modelled, "spec.kafka.resources"), nullptr);
}

TEST(Fields, aRebalancesGoalsAreOursAndAUserIsNotPlayed) {
  const std::string head = "---\napiVersion: kafka.strimzi.io/v1\nkind: ";
  const Scenario s =
      loaded(configured() + head +
             "KafkaRebalance\nmetadata: {name: r, labels: {strimzi.io/cluster: my-cluster}}\n"
             "spec: {goals: [DiskCapacityGoal], rebalanceDisk: true}\n" +
             head + "KafkaUser\nmetadata: {name: u}\nspec: {}\n");
  EXPECT_EQ(find(s.not_modelled, "KafkaRebalance r"), nullptr);
  ASSERT_NE(find(s.not_modelled, "spec.goals"), nullptr);
  EXPECT_FALSE(find(s.not_modelled, "spec.goals")->touches_safety);
  ASSERT_NE(find(s.not_modelled, "spec.rebalanceDisk"), nullptr);
  EXPECT_TRUE(find(s.not_modelled, "spec.rebalanceDisk")->touches_safety);
  ASSERT_NE(find(s.not_modelled, "KafkaUser u"), nullptr);
  EXPECT_FALSE(find(s.not_modelled, "KafkaUser u")->touches_safety);
}

TEST(Fields, aKafkaKeyThatIsNotPlayedAndTouchesReplicationIsUnknown) {
  const Scenario s =
      loaded(configured("      replica.fetch.max.bytes: 5000000\n"
                        "      controlled.shutdown.max.retries: 3\n"
                        "      log.retention.hours: 24\n"));
  const FieldNote* fetch = find(s.not_modelled, "spec.kafka.config.replica.fetch.max.bytes");
  ASSERT_NE(fetch, nullptr);
  EXPECT_TRUE(fetch->touches_safety);
  EXPECT_EQ(fetch->where.substr(0, 10), "test.yaml:");
  // 3 is Kafka's default, which the model assumes.
  EXPECT_NE(find(s.without_effect, "spec.kafka.config.controlled.shutdown.max.retries"), nullptr);
  EXPECT_NE(find(s.without_effect, "spec.kafka.config.log.retention.hours"), nullptr);
  EXPECT_EQ(find(s.not_modelled, "spec.kafka.config.min.insync.replicas"), nullptr);
  EXPECT_EQ(find(s.without_effect, "spec.kafka.config.min.insync.replicas"), nullptr);
}

TEST(Fields, aStepThatChangesOneIsClassifiedAtLoad) {
  const std::string start = "    jvmOptions: {-Xms: 1g}\n";
  const auto with = [&](const std::string& change) {
    return loaded(
        scenario_text("  steps:\n    - at: 5s\n      set: {Kafka/my-cluster: {" + change + "}}\n") +
        configured(start));
  };
  // Line 8 of the text holds the step.
  const Scenario jvm = with("spec.kafka.jvmOptions: {-Xms: 2g}");
  const FieldNote* note = find(jvm.not_modelled, "spec.kafka.jvmOptions");
  ASSERT_NE(note, nullptr) << "Strimzi rolls for it";
  EXPECT_TRUE(note->touches_safety);
  EXPECT_EQ(note->where.substr(0, 11), "test.yaml:7");
  const Scenario key = with("spec.kafka.config.replica.fetch.max.bytes: 5000000");
  EXPECT_NE(find(key.not_modelled, "spec.kafka.config.replica.fetch.max.bytes"), nullptr);
  // A step that leaves it alone does not make it one.
  const Scenario other = with("spec.kafka.config.auto.leader.rebalance.enable: false");
  EXPECT_EQ(find(other.not_modelled, "spec.kafka.jvmOptions"), nullptr);
}

}  // namespace
}  // namespace twin::scenario
