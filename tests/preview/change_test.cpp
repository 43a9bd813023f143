// What a file of manifests changes, and what is wrong with it.
#include <algorithm>

#include <gmock/gmock.h>

#include "tests/preview/support.h"

namespace twin::preview {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Difference> between(const std::string& before, const std::string& after) {
  return differences(*api::parse_scalar_or_flow(before, ""), *api::parse_scalar_or_flow(after, ""));
}

TEST(Difference, OnlyThePathsThatDiffer) {
  EXPECT_THAT(between("{a: 1, b: {c: x, d: y}}", "{a: 1, b: {c: z, d: y}}"),
              ElementsAre(Difference{"b.c", "x", "z"}));
  EXPECT_THAT(between("{a: 1}", "{b: [1, 2]}"),
              ElementsAre(Difference{"a", "1", ""}, Difference{"b", "", "[1,2]"}));
  EXPECT_THAT(between("{a: [1, 2]}", "{a: [1, 2]}"), IsEmpty());
}

// Of lists with names or ids it is the item, wherever it stands; of others the whole list.
TEST(Difference, ItemsOfListsGoByNameOrId) {
  EXPECT_THAT(between("{l: [{name: x, port: 1}, {name: y, port: 2}]}",
                      "{l: [{name: y, port: 3}, {name: x, port: 1}]}"),
              ElementsAre(Difference{"l[y].port", "2", "3"}));
  EXPECT_THAT(between("{v: [{id: 0, size: 1}]}", "{v: [{id: 0, size: 1}, {id: 1, size: 2}]}"),
              ElementsAre(Difference{"v[1]", "", "{\"id\":1,\"size\":2}"}));
  EXPECT_THAT(between("{r: [a]}", "{r: [a, b]}"),
              ElementsAre(Difference{"r", "[\"a\"]", "[\"a\",\"b\"]"}));
}

TEST(Change, TheSameManifestChangesNothing) {
  const Request same = request(kafka(""));
  ASSERT_EQ(same.change.objects.size(), 1U);
  EXPECT_THAT(same.change.objects[0].fields, IsEmpty());
  EXPECT_NE(same.change.objects[0].before, nullptr);
}

TEST(Change, ATopicAndAPoolThatAreNew) {
  const Request made = request(
      "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: {name: fresh}\n"
      "spec: {partitions: 3, replicas: 3}\n");
  ASSERT_EQ(made.change.objects.size(), 1U);
  EXPECT_EQ(made.change.objects[0].before, nullptr);
  const scenario::Scenario scenario = scenario_of(made);
  ASSERT_EQ(scenario.steps.size(), 1U);
  EXPECT_EQ(scenario.steps[0].kind, scenario::Step::Kind::create_topic);
  EXPECT_EQ(scenario.steps[0].topic.partitions, 3);
  EXPECT_EQ(scenario.steps[0].trigger.at, kApplyAt);
}

// Its topic operator makes the topic and changes it; nobody else does.
TEST(Change, OfATopicInAClusterWithATopicOperator) {
  Request made;
  made.cluster = cluster();
  for (const auto& object : made.cluster.objects) {
    if (object->kind != api::Kind::kafka) continue;
    static_cast<api::Kafka&>(*object).entity_operator = api::EntityOperatorSpec{true, false};
  }
  const std::string head =
      "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\n"
      "metadata: {name: fresh, labels: {strimzi.io/cluster: my-cluster}}\n";
  made.change =
      *read_change_text(head + "spec: {partitions: 3, replicas: 3}\n", "new.yaml", made.cluster);
  const Preview preview = played(made);
  EXPECT_EQ(preview.report.end, "settled") << preview.report.end_detail;
  const auto created =
      std::ranges::find(preview.report.decisions, "TopicCreated", &scenario::DecisionEntry::code);
  ASSERT_NE(created, preview.report.decisions.end());
  EXPECT_EQ(created->subject, "fresh");
}

TEST(Change, AFieldThatIsNotModelledIsNamedWithItsLine) {
  const Request with = request(kafka("", "4.2.0", "4.2-IV1", "    jvmOptions: {\"-Xmx\": 4g}\n"));
  ASSERT_EQ(with.change.not_modelled.size(), 1U);
  EXPECT_EQ(with.change.not_modelled[0].path, "Kafka/my-cluster spec.kafka.jvmOptions");
  EXPECT_THAT(with.change.not_modelled[0].where, HasSubstr("new.yaml:13:"));
  EXPECT_TRUE(with.change.not_modelled[0].touches_safety);
}

TEST(Change, MistakesHaveALineAndAColumn) {
  EXPECT_THAT(mistakes("kind: [\n"), HasSubstr("new.yaml:2:1"));
  EXPECT_THAT(mistakes("---\n"), HasSubstr("new.yaml: there is nothing in it to apply"));
  EXPECT_THAT(mistakes("apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata: {name: x}\n"),
              HasSubstr("new.yaml:1:1: a Scenario is not applied to a cluster"));
  EXPECT_THAT(mistakes(kafka("") + "---\n" + kafka(kStatic)),
              HasSubstr("new.yaml:15:1: Kafka/my-cluster is there a second time"));
  std::string other = kafka("");
  other.replace(other.find("my-cluster"), 10, "your-kafka");
  EXPECT_THAT(mistakes(other), HasSubstr("Kafka/your-kafka is not the cluster of"));
  EXPECT_THAT(mistakes("apiVersion: kafka.strimzi.io/v1\nkind: KafkaNodePool\n"
                       "metadata: {name: broker}\nspec: {replicas: many, roles: [broker]}\n"),
              HasSubstr("new.yaml:4:"));
}

TEST(Change, EveryMistakeIsToldAtOnce) {
  const std::string all = mistakes(
      "apiVersion: v9\nkind: Kafka\nmetadata: {name: a}\n---\n"
      "apiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata: {name: x}\n");
  EXPECT_THAT(all, HasSubstr("new.yaml:1:"));
  EXPECT_THAT(all, HasSubstr("\nnew.yaml:5:1:"));
}

}  // namespace
}  // namespace twin::preview
