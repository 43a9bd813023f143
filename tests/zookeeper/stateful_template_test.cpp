// When a pod is old: the generation that Strimzi 0.11 counts in the template, and the hash of ours.
#include <gtest/gtest.h>

#include "controller/api/object.h"
#include "controller/reconcile/stateful.h"

namespace twin::controller {
namespace {

std::shared_ptr<api::Kafka> resource() {
  auto kafka = std::make_shared<api::Kafka>();
  kafka->metadata.name = "c";
  kafka->metadata.namespace_name = "n";
  kafka->replicas = 3;
  kafka->storage =
      api::Storage{true,
                   {{0, api::StorageType::persistent_claim, api::gib(10), {}, false, false},
                    {1, api::StorageType::persistent_claim, api::gib(10), {}, false, false}}};
  kafka->zookeeper = api::ZookeeperSpec{3, *kafka->storage, {}};
  return kafka;
}

api::StatefulSet made(const Profile& profile, const api::Kafka& kafka, const std::string& version,
                      const api::KafkaConfig& config) {
  return *make_kafka_set({&profile, &kafka, version, config});
}

std::string generation(const api::StatefulSet& set) {
  return set.template_annotations.at("strimzi.io/generation");
}

TEST(StatefulTemplate, TheGenerationGoesUpOnlyWhenPodsWouldDiffer) {
  const Profile& profile = *find_profile("strimzi@0.11");
  const auto kafka = resource();
  api::StatefulSet stored = made(profile, *kafka, "2.0.1", {{"a", "1"}});
  stamp_new_set(profile, stored);
  EXPECT_EQ(generation(stored), "0");

  EXPECT_FALSE(patch_set(profile, made(profile, *kafka, "2.0.1", {{"a", "1"}}), stored).rolls);
  EXPECT_EQ(generation(stored), "0");

  EXPECT_TRUE(patch_set(profile, made(profile, *kafka, "2.0.1", {{"a", "2"}}), stored).rolls);
  EXPECT_EQ(generation(stored), "1");

  kafka->pod.termination_grace = sim::Duration{60'000'000'000};  // ignored by StatefulSetDiff
  EXPECT_FALSE(patch_set(profile, made(profile, *kafka, "2.0.1", {{"a", "2"}}), stored).rolls);
  EXPECT_EQ(generation(stored), "1");
  EXPECT_EQ(stored.template_spec.termination_grace.ns, 60'000'000'000);

  EXPECT_TRUE(patch_set(profile, made(profile, *kafka, "2.1.0", {{"a", "2"}}), stored).rolls);
  EXPECT_EQ(generation(stored), "2");
}

TEST(StatefulTemplate, ThePhasesOfAnUpgradeEndInWhatTheResourceAsksFor) {
  const Profile& profile = *find_profile("strimzi@0.11");
  const auto kafka = resource();
  const api::KafkaConfig user{{"log.message.format.version", "2.0"}, {"a", "1"}};
  api::StatefulSet stored = made(profile, *kafka, "2.0.1", user);
  stamp_new_set(profile, stored);
  const auto phases =
      upgrade::stateful_phases({"2.0.1", "", "", config_of(stored.template_spec)}, "2.1.0");
  ASSERT_TRUE(phases.has_value());
  ASSERT_EQ(phases->size(), 2U);
  patch_phase(profile, (*phases)[0], stored);
  EXPECT_EQ(generation(stored), "1");
  EXPECT_EQ(stored.metadata.annotations.at("strimzi.io/kafka-version"), "2.1.0");
  EXPECT_EQ(stored.metadata.annotations.at("strimzi.io/from-version"), "2.0.1");
  EXPECT_EQ(stored.metadata.annotations.at("strimzi.io/to-version"), "2.1.0");
  EXPECT_EQ(*api::find_config(config_of(stored.template_spec), "inter.broker.protocol.version"),
            "2.0");
  patch_phase(profile, (*phases)[1], stored);
  EXPECT_EQ(generation(stored), "2");
  EXPECT_FALSE(stored.metadata.annotations.contains("strimzi.io/from-version"));
  // The ordinary step that follows finds nothing to change: no roll beyond the two phases.
  EXPECT_FALSE(patch_set(profile, made(profile, *kafka, "2.1.0", user), stored).rolls);
  EXPECT_EQ(generation(stored), "2");
}

TEST(StatefulTemplate, VolumesCannotChange) {
  const Profile& profile = *find_profile("strimzi@0.11");
  const auto kafka = resource();
  api::StatefulSet stored = made(profile, *kafka, "2.0.1", {});
  stamp_new_set(profile, stored);
  kafka->storage->volumes.push_back(
      {2, api::StorageType::persistent_claim, api::gib(10), {}, false, false});
  const Patched patched = patch_set(profile, made(profile, *kafka, "2.0.1", {}), stored);
  EXPECT_TRUE(patched.storage_reverted);
  EXPECT_FALSE(patched.rolls);
  EXPECT_EQ(stored.claim_templates.size(), 2U);
  EXPECT_EQ(environment_of(stored.template_spec, "KAFKA_LOG_DIRS"),
            "/var/lib/kafka/data-0,/var/lib/kafka/data-1");
}

TEST(StatefulTemplate, OursMarksTheSameTemplateTheSameWay) {
  const Profile& profile = *find_profile("twin");
  const auto kafka = resource();
  const auto revision = [](const api::StatefulSet& set) {
    return set.template_annotations.at("strimzi.io/revision");
  };
  api::StatefulSet first = made(profile, *kafka, "2.0.1", {{"a", "1"}});
  stamp_new_set(profile, first);
  api::StatefulSet stored = made(profile, *kafka, "2.0.1", {{"a", "2"}});
  stamp_new_set(profile, stored);
  EXPECT_NE(revision(first), revision(stored));
  patch_set(profile, made(profile, *kafka, "2.0.1", {{"a", "1"}}), stored);
  EXPECT_EQ(revision(first), revision(stored));  // back again: its pods are not old
}

TEST(StatefulTemplate, OursSaysInThePodWhatItRuns) {
  const Profile& profile = *find_profile("twin");
  const auto kafka = resource();
  const api::StatefulSet set =
      made(profile, *kafka, "2.1.0",
           {{"inter.broker.protocol.version", "2.0"}, {"log.message.format.version", "2.0"}});
  const auto runs = versions_of(set.template_annotations, set.template_spec);
  EXPECT_EQ(runs.kafka, "2.1.0");
  EXPECT_EQ(runs.protocol, "2.0");
  EXPECT_EQ(runs.message_format, "2.0");
  // A pod without annotations tells by its environment; what it does not say is its own.
  const api::StatefulSet bare = made(*find_profile("strimzi@0.11"), *kafka, "2.1.0", {});
  const auto told = versions_of({}, bare.template_spec);
  EXPECT_EQ(told.kafka, "2.1.0");
  EXPECT_EQ(told.protocol, "2.1");
}

}  // namespace
}  // namespace twin::controller
