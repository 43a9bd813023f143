// The control plane of the ZooKeeper era: sessions, the broker that is controller, controlled
// shutdown leader by leader, and the ensemble's own roll.
#include "tests/zookeeper/support.h"

namespace twin::scenario {
namespace {

constexpr const char* kManifest = R"(
---
apiVersion: kafka.strimzi.io/v1alpha1
kind: Kafka
metadata: {name: my-cluster}
spec:
  kafka:
    version: VERSION
    replicas: 3
    listeners: {plain: {}}
    config: {min.insync.replicas: 2, log.message.format.version: FORMAT}
    storage: {type: persistent-claim, size: 100Gi}
  zookeeper:
    replicas: 3
    storage: {type: persistent-claim, size: 10Gi}
)";

// Partition p on p % 3 and the two brokers after it: ten prefer each broker.
std::string placement() {
  std::string list;
  for (int p = 0; p < 30; ++p) {
    const auto broker = [&](int slot) { return std::to_string((p + slot) % 3); };
    list += (p == 0 ? "[" : ", ") + ("[" + broker(0) + ", " + broker(1) + ", " + broker(2) + "]");
  }
  return list + "]";
}

Scenario with_steps(const std::string& version, const std::string& steps,
                    const std::string& acks = "all") {
  std::string manifest = kManifest;
  const auto put = [&](const std::string& what, const std::string& value) {
    manifest.replace(manifest.find(what), what.size(), value);
  };
  put("VERSION", version);
  put("FORMAT", "\"" + version.substr(0, 3) + "\"");
  return loaded_text(R"(
apiVersion: kafka-twin.io/v1alpha1
kind: Scenario
metadata: {name: ensemble}
spec:
  workload:
    topics:
      - {name: orders, partitions: 30, replicas: 3, placement: )" +
                     placement() + R"(}
    producers:
      - {topic: orders, recordsPerSecond: 300, recordBytes: 1000, acks: ")" +
                     acks + R"("}
  steps:
)" + steps + manifest);
}

SessionEnd tell(const Scenario& scenario, Story& story) {
  Session session(scenario, {});
  session.add_listener(story);
  return session.run();
}

// zookeeper.session.timeout.ms is 6 s up to Kafka 2.4 and 18 s since 2.5 (KIP-537). The client has
// pinged within the last third of it, so the broker is given up between two thirds and the whole
// of the session after it died.
TEST(ZookeeperSession, ADeadBrokerIsGivenUpWithinItsSession) {
  struct Case {
    const char* version;
    sim::Duration session;
  };
  for (const Case& each : {Case{"2.0.1", 6_s}, Case{"2.5.0", 18_s}}) {
    SCOPED_TRACE(each.version);
    const Scenario scenario = with_steps(
        each.version, "    - {at: 10s, fault: {kind: broker-crash, target: my-cluster-kafka-2}}\n");
    Story story;
    tell(scenario, story);
    const auto fenced = story.of(trace::RecordType::BrokerFenced);
    ASSERT_FALSE(fenced.empty());
    EXPECT_EQ(fenced[0].first, 2);
    EXPECT_GT(fenced[0].at - story.began, each.session / 3 * 2 - 1_ms);
    EXPECT_LE(fenced[0].at - story.began, each.session);
  }
}

// Broker 2 is cut off from broker 1 at 10 s for 80 s; the leaders find out within 45 s, while the
// ensemble has no quorum (12 s to 60 s). What they asked for then is carried out once it has one,
// so that the follower leaves, and comes back when the cut is healed.
TEST(ZookeeperEnsemble, IsrChangesAskedForWithoutAQuorumAreCarriedOutAfterwards) {
  std::string steps =
      "    - {at: 10s, fault: {kind: network-cut, target: \"broker:1\", other: \"broker:2\", "
      "duration: 80s}}\n";
  for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}}) {
    steps += "    - {at: 12s, fault: {kind: network-cut, target: \"zookeeper:" + std::to_string(a) +
             "\", other: \"zookeeper:" + std::to_string(b) + "\", duration: 48s}}\n";
  }
  const Scenario scenario = with_steps("2.5.0", steps, "1");
  Story story;
  const SessionEnd end = tell(scenario, story);
  EXPECT_EQ(end_name(end.reason), "settled") << end.detail;
  const auto lost = story.of(trace::RecordType::ZookeeperQuorumLost);
  const auto elected = story.of(trace::RecordType::ZookeeperLeaderElected);
  const auto left = story.of(trace::RecordType::ReplicaLeftIsr);
  ASSERT_EQ(lost.size(), 1U);
  ASSERT_FALSE(left.empty());
  EXPECT_GT(left[0].at, elected.back().at);
  EXPECT_EQ(story.of(trace::RecordType::ReplicaJoinedIsr).size(), left.size());
}

// KAFKA-6584: the new process finds the ephemeral node of the one that was killed.
TEST(ZookeeperSession, ABrokerThatIsBackTooSoonFindsItsOwnNodeAndDies) {
  const Scenario scenario = with_steps(
      "2.5.0", "    - {at: 10s, fault: {kind: broker-crash, target: my-cluster-kafka-2}}\n");
  Story story;
  const SessionEnd end = tell(scenario, story);
  EXPECT_EQ(end_name(end.reason), "settled") << end.detail;
  const auto failed = story.of(trace::RecordType::StartFailed);
  const auto fenced = story.of(trace::RecordType::BrokerFenced);
  ASSERT_FALSE(failed.empty());
  EXPECT_EQ(failed[0].first, 2);
  for (const auto& start : failed) EXPECT_LT(start.at, fenced.at(0).at);
  EXPECT_FALSE(story.of(trace::RecordType::BrokerUnfenced).empty());  // in the end it is back
}

// 30 partitions over three brokers: ten lead on each. The request takes 35 ms, each leader 0.6 ms,
// and all are told at the end: 35 + 10 * 0.6 = 41 ms.
TEST(ZookeeperShutdown, MovesItsLeadersInOneBatch) {
  const Scenario scenario = with_steps(
      "2.0.1", "    - {at: 10s, fault: {kind: pod-delete, target: my-cluster-kafka-2}}\n");
  Story story;
  tell(scenario, story);
  const auto asked = story.of(trace::RecordType::ControlledShutdownStarted);
  ASSERT_EQ(asked.size(), 1U);
  std::vector<sim::Time> moves;
  for (const auto& elected : story.of(trace::RecordType::LeaderElected)) {
    if (elected.at > asked[0].at + 1_s) break;
    moves.push_back(elected.at);
  }
  ASSERT_EQ(moves.size(), 10U);
  for (const sim::Time move : moves) EXPECT_EQ(move - asked[0].at, 41_ms);
  const auto ended = story.of(trace::RecordType::ControlledShutdownGranted);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].at, moves.front());
}

// Broker 1 is down, and with it the only other member of the ISR of partition 0 (replicas 0 and 1):
// broker 0 leads it to the end. It asks three times: 35.6 ms, 5 s later 35.6 ms, 5 s later 35.6 ms,
// and goes 5 s after that: 15 s and 3 * 35.6 ms = 15.1068 s. Nobody waits for a partition of
// one replica.
TEST(ZookeeperShutdown, AsksThreeTimesForAPartitionThatNobodyElseCanLead) {
  Scenario scenario = with_steps(
      "2.0.1",
      "    - {at: 10s, fault: {kind: start-fails, target: my-cluster-kafka-1, duration: 60s}}\n"
      "    - {at: 11s, fault: {kind: pod-delete, target: my-cluster-kafka-1}}\n"
      "    - {at: 30s, fault: {kind: pod-delete, target: my-cluster-kafka-0}}\n");
  TopicWorkload& orders = scenario.workload.topics.at(0);
  orders.partitions = 1;
  orders.replication_factor = 2;
  orders.config = {{"min.insync.replicas", "1"}};
  api::NodeList replicas;
  replicas.push({0});
  replicas.push({1});
  orders.placement = {replicas};
  const auto seconds_to_stop = [](const Scenario& played_one) {
    Story story;
    tell(played_one, story);
    const auto asked = story.of(trace::RecordType::ControlledShutdownStarted);
    const auto ended = story.of(trace::RecordType::ControlledShutdownGranted);
    EXPECT_EQ(asked.at(1).first, 0);
    return ended.at(1).at - asked.at(1).at;
  };
  EXPECT_EQ(seconds_to_stop(scenario), 15_s + sim::Duration{3 * 35'600'000});

  orders.replication_factor = 1;
  api::NodeList alone;
  alone.push({0});
  orders.placement = {alone};
  EXPECT_EQ(seconds_to_stop(scenario), sim::Duration{35'600'000});
}

// The broker of the controller stops: another one takes the node and reads every partition.
TEST(KafkaController, MovesWhenItsBrokerStops) {
  const Scenario scenario = with_steps(
      "2.0.1", "    - {at: 10s, fault: {kind: pod-delete, target: my-cluster-kafka-0}}\n");
  Story story;
  tell(scenario, story);
  const auto elected = story.of(trace::RecordType::KafkaControllerElected);
  ASSERT_FALSE(elected.empty());
  EXPECT_EQ(elected[0].first, 1);
}

// FastLeaderElection gave the lead to the server of the highest id: it goes last, and while the
// others go the ensemble keeps its quorum.
TEST(Ensemble, IsRolledWithItsLeaderLastAndKeepsItsQuorum) {
  for (const char* profile : {"twin", "strimzi@0.11"}) {
    SCOPED_TRACE(profile);
    const Scenario scenario = with_steps("2.0.1",
                                         "    - at: 10s\n"
                                         "      annotate: {StatefulSet/my-cluster-zookeeper: "
                                         "{strimzi.io/manual-rolling-update: \"true\"}}\n"
                                         "    - {at: 600s, note: end}\n");
    const Report report = played(scenario, profile);
    const std::vector<std::string> expected{"0 ManualRollingUpdate", "1 ManualRollingUpdate",
                                            "2 ManualRollingUpdate"};
    EXPECT_EQ(restarts_of(report), expected);
    EXPECT_EQ(report.offline, 0_s);
    EXPECT_EQ(report.records_rejected, 0);
  }
}

// From Strimzi 0.35 on such a cluster ran on StrimziPodSets: what is played may differ.
TEST(Eras, AV1beta2ClusterOnZookeeperIsPlayedButNotVouchedFor) {
  std::string manifest = kManifest;
  manifest.replace(manifest.find("v1alpha1"), 8, "v1beta2");
  manifest.replace(manifest.find("VERSION"), 7, "3.9.0");
  manifest.replace(manifest.find("FORMAT"), 6, "\"3.9\"");
  manifest.replace(manifest.find("{plain: {}}"), 11,
                   "[{name: plain, port: 9092, type: internal, tls: false}]");
  const Report report = played(loaded_text(manifest), "twin");
  EXPECT_EQ(report.end, "settled");
  EXPECT_EQ(report.kafka_version, "3.9.0");
  EXPECT_EQ(report.verdict, Verdict::unknown);
}

// Two of three servers gone: no session ends, nobody elects, clients of live leaders go on.
TEST(Ensemble, WithoutAQuorumNothingChangesAndLeadersGoOn) {
  const Scenario scenario = with_steps(
      "2.0.1",
      "    - {at: 10s, fault: {kind: start-fails, target: my-cluster-zookeeper-0, duration: 60s}}\n"
      "    - {at: 10s, fault: {kind: start-fails, target: my-cluster-zookeeper-1, duration: 60s}}\n"
      "    - {at: 11s, fault: {kind: pod-delete, target: my-cluster-zookeeper-0}}\n"
      "    - {at: 11s, fault: {kind: pod-delete, target: my-cluster-zookeeper-1}}\n");
  Story story;
  tell(scenario, story);
  const auto lost = story.of(trace::RecordType::ZookeeperQuorumLost);
  ASSERT_FALSE(lost.empty());
  EXPECT_TRUE(story.of(trace::RecordType::BrokerFenced).empty());
  const auto elected = story.of(trace::RecordType::ZookeeperLeaderElected);
  ASSERT_FALSE(elected.empty());
  EXPECT_GT(elected.back().at - lost[0].at, 50_s);
}

// Ten partitions prefer each broker and are led by it. The orders of replicas change, so that
// broker 2 is to lead partitions of others: one more is 1 of 11, 9.1 %, which the controller
// leaves; two more are 2 of 12, 16.7 %, more than the 10 % of
// leader.imbalance.per.broker.percentage, and both return with the next pass. No replica moves.
TEST(ZookeeperPreferred, LeadersReturnOnlyToABrokerThatLacksMoreThanATenth) {
  for (const auto& [partitions, elections] : {std::pair{"{orders-0: [2, 0, 1]}", 0U},
                                              {"{orders-0: [2, 0, 1], orders-3: [2, 0, 1]}", 2U}}) {
    SCOPED_TRACE(partitions);
    const Scenario scenario =
        with_steps("2.5.0", std::string("    - {at: 10s, reassign: {partitions: ") + partitions +
                                "}}\n    - {at: 700s, note: two passes later}\n");
    Story story;
    const SessionEnd end = tell(scenario, story);
    EXPECT_EQ(end_name(end.reason), "settled") << end.detail;
    const auto elected = story.of(trace::RecordType::LeaderElected);
    ASSERT_EQ(elected.size(), elections);
    for (const auto& each : elected) {
      EXPECT_EQ(each.second, 2);
      EXPECT_EQ(each.at, elected[0].at);
    }
  }
}

}  // namespace
}  // namespace twin::scenario
