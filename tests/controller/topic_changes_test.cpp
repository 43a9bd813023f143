// What a KafkaTopic asks for beside what Kafka has (controller/topics/topic_changes.h).
#include "controller/topics/topic_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twin::controller::topics {
namespace {

using Change = api::IncrementalAlterConfigsRequest::Change;
using Texts = std::vector<std::pair<std::string, std::string>>;
using testing::IsEmpty;

api::KafkaTopic topic(const std::string& name) {
  api::KafkaTopic resource;
  resource.metadata.name = name;
  resource.metadata.namespace_name = "kafka";
  resource.partitions = 3;
  resource.replicas = 3;
  return resource;
}

std::string text_of(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& each : changes) {
    text += (text.empty() ? "" : " ") + each.name +
            (each.op == api::AlterOp::remove ? "-" : "=" + each.value);
  }
  return text;
}

TEST(TopicChanges, TheResourceIsTheTruth) {
  api::KafkaTopic resource = topic("orders");
  resource.config = {{"retention.ms", "1000"}, {"min.insync.replicas", "2"}};
  const Texts there{{"min.insync.replicas", "1"}, {"retention.ms", "1000"}, {"segment.ms", "5"}};
  EXPECT_EQ(text_of(config_changes(resource, there, false)), "min.insync.replicas=2 segment.ms-");
  EXPECT_THAT(config_changes(resource, {resource.config.begin(), resource.config.end()}, false),
              IsEmpty());
}

TEST(TopicChanges, AThrottleThatItDoesNotNameGoesUnlessSomebodyOwnsThrottles) {
  const api::KafkaTopic resource = topic("orders");
  const Texts there{{"follower.replication.throttled.replicas", "0:1"},
                    {"leader.replication.throttled.replicas", "0:0"},
                    {"retention.ms", "1"}};
  EXPECT_EQ(text_of(config_changes(resource, there, false)),
            "follower.replication.throttled.replicas- leader.replication.throttled.replicas- "
            "retention.ms-");
  EXPECT_EQ(text_of(config_changes(resource, there, true)), "retention.ms-");
}

TEST(TopicChanges, PartitionsNeverBecomeFewerAndReplicasStay) {
  EXPECT_FALSE(shape_refusal(topic("t"), {{3, 3, 3}}));
  EXPECT_EQ(shape_refusal(topic("t"), {{3, 3, 3, 3}})->message,
            "Decreasing partitions not supported");
  EXPECT_EQ(shape_refusal(topic("t"), {{2, 2, 2}})->message,
            "Replication factor change not supported, but required for partitions [0, 1, 2]");
  EXPECT_FALSE(shape_refusal(topic("t"), {{2, 3, 2}})) << "as long as they differ it waits";
  EXPECT_TRUE(wants_more_partitions(topic("t"), {{3, 3}}));
  api::KafkaTopic silent = topic("t");
  silent.partitions = silent.replicas = -1;
  EXPECT_FALSE(shape_refusal(silent, {{2, 2, 2, 2}}));
  EXPECT_FALSE(wants_more_partitions(silent, {{3, 3}}));
}

TEST(TopicChanges, OneTopicHasOneResourceTheOldest) {
  api::KafkaTopic first = topic("a"), second = topic("b");
  first.topic_name = second.topic_name = "orders";
  first.metadata.creation_time = sim::Time{1};
  second.metadata.creation_time = sim::Time{2};
  EXPECT_FALSE(refusal_of(first, {&first, &second}));
  const auto refusal = refusal_of(second, {&first, &second});
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, "ResourceConflict");
  EXPECT_EQ(refusal->message, "Managed by Ref{namespace='kafka', name='a'}");
  first.metadata.annotations["strimzi.io/managed"] = "false";
  EXPECT_FALSE(refusal_of(second, {&first, &second})) << "released: nobody manages it";
}

TEST(TopicChanges, ATopicKeepsItsName) {
  api::KafkaTopic resource = topic("a");
  resource.status_topic_name = "orders";
  EXPECT_EQ(refusal_of(resource, {&resource})->reason, "NotSupported");
  resource.topic_name = "orders";
  EXPECT_FALSE(refusal_of(resource, {&resource}));
}

}  // namespace
}  // namespace twin::controller::topics
