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
