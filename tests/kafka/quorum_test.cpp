// The metadata quorum counts the voters that are configured, not those that happen to run.
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

TEST(QuorumOfThree, OneControllerIsNoMajority) {
  TestCluster cluster;
  cluster.start_controller(3);
  cluster.run_for(60_s);
  EXPECT_FALSE(cluster.kafka.quorum_leader().valid());
  EXPECT_EQ(cluster.kafka.quorum_voters().size(), 3U);
  cluster.start_controller(4);
  // 2 s of JVM, and the election's 1 to 2 s.
  cluster.run_for(2999_ms);
  EXPECT_FALSE(cluster.kafka.quorum_leader().valid());
  cluster.run_for(1002_ms);
  EXPECT_TRUE(cluster.kafka.quorum_leader().valid());
}

TEST(QuorumOfThree, LosesItsLeaderWithTheSecondController) {
  TestCluster cluster;
  cluster.deploy();
  cluster.kill(3);
  cluster.run_for(10_s);
  EXPECT_TRUE(cluster.kafka.quorum_leader().valid());
  cluster.kill(4);
  cluster.run_for(60_s);
  EXPECT_FALSE(cluster.kafka.quorum_leader().valid());
}

// The active one is killed: the others notice after the fetch timeout and wait up to the longest
// backoff, so with the defaults 2 to 3 s, with 5 s and none 5 s to the nanosecond.
TEST(QuorumOfThree, TheTimesOfAnElectionAreReadFromTheVotersFiles) {
  for (const bool set : {false, true}) {
    TestClusterOptions options;
    if (set) {
      options.config =
          "controller.quorum.fetch.timeout.ms=5000\n"
          "controller.quorum.election.backoff.max.ms=0\n";
    }
    TestCluster cluster(options);
    cluster.deploy();
    Seen<trace::QuorumLeaderElected> elected(cluster.kernel);
    const sim::Time killed = cluster.kernel.now();
    cluster.kill(cluster.kafka.quorum_leader().value);
    cluster.run_for(20_s);
    ASSERT_EQ(elected.entries.size(), 1U);
    const sim::Duration took = elected.entries[0].at - killed;
    EXPECT_GE(took, set ? 5_s : 2_s);
    EXPECT_LE(took, set ? 5_s : 3_s);
  }
}

// The first election waits 1 to 2 s by default, 3 to 6 s with an election timeout of 3 s.
TEST(QuorumOfThree, TheFirstElectionWaitsForTheElectionTimeout) {
  for (const bool set : {false, true}) {
    TestClusterOptions options;
    if (set) options.config = "controller.quorum.election.timeout.ms=3000\n";
    TestCluster cluster(options);
    Seen<trace::QuorumLeaderElected> elected(cluster.kernel);
    for (int32_t id = 3; id < 6; ++id) cluster.start_controller(id);
    cluster.run_for(20_s);
    ASSERT_EQ(elected.entries.size(), 1U);
    // 2 s of JVM until they listen.
    EXPECT_GE(elected.entries[0].at, sim::Time{} + (set ? 5_s : 3_s));
    EXPECT_LE(elected.entries[0].at, sim::Time{} + (set ? 8_s : 4_s));
  }
}

// A controller that is down still counts with the version that it registered.
TEST(QuorumOfThree, AnOldControllerThatIsDownForbidsTheBump) {
  TestClusterOptions options;
  options.version = "4.2.0";
  options.metadata_version = "4.2-IV1";
  TestCluster cluster(options);
  cluster.deploy();
  cluster.kill(5);
  cluster.options.version = "4.3.0";
  for (int32_t id = 0; id < 5; ++id) {
    cluster.kill(id);
    cluster.run_for(15_s);
    if (id < 3) {
      cluster.start_broker(id);
    } else {
      cluster.start_controller(id);
    }
    cluster.run_for(30_s);
  }
  api::UpdateFeaturesRequest bump;
  bump.version = "4.3-IV0";
  const controller::KafkaReply refused = cluster.ask_any(0, bump);
  EXPECT_EQ(refused.meta.kafka_error, api::KafkaError::invalid_update_version);
  EXPECT_NE(refused.meta.message.find("Controller 5 only supports versions"), std::string::npos)
      << refused.meta.message;
  cluster.start_controller(5);
  cluster.run_for(10_s);
  EXPECT_TRUE(cluster.ask_any(0, bump).meta.ok());
}

}  // namespace
}  // namespace twin::model
