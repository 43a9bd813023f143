// The topic operator in whole runs: what it decides about resources that come and change.
#include <gmock/gmock.h>

#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// `spec` of the resource, in flow style; `annotations` as well.
std::string topic(const std::string& name, const std::string& spec) {
  return "---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata:\n  name: " + name +
         "\n  labels: {strimzi.io/cluster: my-cluster}\nspec: " + spec + "\n";
}

std::string with_topic_operator(const std::string& steps) {
  return scenario_text("  operator: strimzi@1.2\n  steps:\n" + steps) + configured() +
         "  entityOperator:\n    topicOperator: {}\n" +
         topic("orders", "{partitions: 3, replicas: 3, config: {retention.ms: 1000}}");
}

// "code: reason" of what is decided about topics, in order.
std::vector<std::string> decided(const Report& report) {
  std::vector<std::string> all;
  for (const DecisionEntry& each : report.decisions) {
    const bool of_topic = each.code.starts_with("Topic") || each.code == "NotSupported" ||
                          each.code == "KafkaError" || each.code == "NotModelled";
    if (of_topic) all.push_back(each.code + ": " + each.reason);
  }
  return all;
}

TEST(TopicOperator, TakesOverWhatIsThere) {
  EXPECT_THAT(decided(run_text(with_topic_operator("    - {at: 5min, note: later}\n"))), IsEmpty());
}

TEST(TopicOperator, SetsWhatTheResourceSays) {
  const Report report = run_text(with_topic_operator(
      "    - {at: 60s, set: {KafkaTopic/orders: {spec.config.min.insync.replicas: 2}}}\n"
      "    - {at: 90s, set: {KafkaTopic/orders: {spec.config.retention.ms: null}}}\n"));
  EXPECT_THAT(decided(report),
              ElementsAre("TopicConfigChanged: of topic orders min.insync.replicas becomes 2",
                          "TopicConfigChanged: of topic orders retention.ms is taken away, since "
                          "orders does not name it"));
  EXPECT_EQ(report.end, "settled") << report.end_detail;
}

TEST(TopicOperator, RefusesWhatStrimziRefuses) {
  const Report report = run_text(with_topic_operator(
      "    - {at: 60s, set: {KafkaTopic/orders: {spec.partitions: 2}}}\n"
      "    - {at: 90s, set: {KafkaTopic/orders: {spec.partitions: 3, spec.replicas: 2}}}\n"));
  EXPECT_THAT(decided(report),
              ElementsAre("NotSupported: Decreasing partitions not supported",
                          "NotSupported: Replication factor change not supported, but required for "
                          "partitions [0, 1, 2]"));
}

TEST(TopicOperator, LeavesAloneWhatIsReleasedOrPaused) {
  for (const char* annotation :
       {"{strimzi.io/managed: \"false\"}", "{strimzi.io/pause-reconciliation: \"true\"}"}) {
    const Report report = run_text(with_topic_operator(
        std::string("    - {at: 60s, annotate: {KafkaTopic/orders: ") + annotation +
        "}}\n    - {at: 90s, set: {KafkaTopic/orders: {spec.config.retention.ms: 5}}}\n"));
    EXPECT_THAT(decided(report), IsEmpty()) << annotation;
  }
}

TEST(TopicOperator, SaysWhatIsNotModelled) {
  const Report report = run_text(
      with_topic_operator("    - {at: 60s, set: {KafkaTopic/orders: {spec.partitions: 6}}}\n"));
  EXPECT_THAT(decided(report),
              ElementsAre(HasSubstr("NotModelled: that a topic gets more partitions")));
}

}  // namespace
}  // namespace twin::scenario
