// The walk from one Kafka version to another through the Strimzi releases. Expected rolls are
// counted by hand from the rules in the comments.
#include "controller/upgrade/upgrade_path.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "controller/api/catalogue/versions.h"
#include "controller/upgrade/operator_releases.h"

namespace twin::controller::upgrade {
namespace {

using Kind = PathStep::Kind;

UpgradePath path_of(const PathRequest& request) {
  auto path = find_upgrade_path(request);
  EXPECT_TRUE(path) << path.error().what;
  return path ? *path : UpgradePath{};
}

TEST(UpgradePath, BelowProtocol30ThreeRollsWithinOneRelease) {
  const UpgradePath path = path_of({.from = "2.0.1", .to = "2.1.0", .from_operator = "0.11.0"});
  ASSERT_EQ(path.steps.size(), 1u);
  EXPECT_EQ(path.steps[0].kind, Kind::kafka_upgrade);
  EXPECT_EQ(path.rolls(), 3);  // binaries, protocol, message format
}

TEST(UpgradePath, RollsOfOneUpgradeFollowTheProtocol) {
  EXPECT_EQ(rolls_of_upgrade("2.0.0", "2.0.1", MetadataSource::zookeeper), 1);  // same protocol
  EXPECT_EQ(rolls_of_upgrade("2.8.1", "3.0.0", MetadataSource::zookeeper), 2);  // format goes along
  EXPECT_EQ(rolls_of_upgrade("2.7.1", "2.8.0", MetadataSource::zookeeper), 3);
  EXPECT_EQ(rolls_of_upgrade("4.2.0", "4.3.0", MetadataSource::kraft), 1);
}

// 0.45.2: ZooKeeper to KRaft (2 rolls); 0.47.0, the newest with 3.9.1 (1); Kafka 4.0.0 (1).
TEST(UpgradePath, ZookeeperMustMigrateBefore40) {
  const UpgradePath path = path_of({.from = "3.9.1", .to = "4.0.0", .from_operator = "0.45.2"});
  EXPECT_EQ(path.start_source, MetadataSource::zookeeper);
  ASSERT_EQ(path.steps.size(), 3u);
  EXPECT_EQ(path.steps[0].kind, Kind::migration);
  EXPECT_EQ(path.steps[1].strimzi, "0.47.0");
  EXPECT_EQ(path.rolls(), 4);
}

TEST(UpgradePath, KraftNeedsNoMigration) {
  const UpgradePath path =
      path_of({.from = "3.9.1", .to = "4.0.0", .from_operator = "0.45.2", .from_kraft = true});
  EXPECT_EQ(path.start_source, MetadataSource::kraft);
  EXPECT_EQ(path.rolls(), 2);  // operator, Kafka
}

// v1 is served from 0.49 and alone from 1.0, so the way from 4.1.0 under 0.48 to 1.0 stops between.
TEST(UpgradePath, ResourcesAreConvertedToV1Before10) {
  const UpgradePath path =
      path_of({.from = "4.1.0", .to = "4.1.0", .from_operator = "0.48.0", .to_operator = "1.0.0"});
  ASSERT_EQ(path.steps.size(), 3u);
  EXPECT_EQ(path.steps[0].kind, Kind::operator_upgrade);
  EXPECT_EQ(path.steps[1].kind, Kind::api_conversion);
  EXPECT_EQ(path.steps[1].rolls, 0);
  EXPECT_EQ(path.steps[2].strimzi, "1.0.0");
  EXPECT_EQ(path.rolls(), 2);
}

// 3.9.2 came with 0.45.2 after the releases that also run 4.x: back to 3.9.1 first (1 roll), which
// 0.47 knows too.
TEST(UpgradePath, APatchThatNoLaterReleaseKnowsGoesBackOne) {
  const UpgradePath path = path_of({.from = "3.9.2", .to = "4.0.0", .from_kraft = true});
  ASSERT_EQ(path.steps.size(), 3u);
  EXPECT_EQ(path.steps[0].kafka, "3.9.1");
  EXPECT_EQ(path.rolls(), 3);  // back, operator, Kafka
}

TEST(UpgradePath, EveryVersionReachesTheNewestAndEveryStepIsShipped) {
  const std::string newest(api::all_releases().back().version);
  for (const api::KafkaRelease& release : api::all_releases()) {
    const UpgradePath path = path_of({.from = std::string(release.version), .to = newest});
    std::string before(release.version);
    for (const PathStep& step : path.steps) {
      const OperatorRelease* strimzi = find_operator_release(step.strimzi);
      ASSERT_NE(strimzi, nullptr) << step.strimzi;
      const auto& ships = strimzi->kafka_versions;
      EXPECT_NE(std::ranges::find(ships, step.kafka), ships.end()) << step.what;
      if (step.kind == Kind::kafka_upgrade) {
        EXPECT_NE(std::ranges::find(ships, before), ships.end()) << step.what;
      } else {
        EXPECT_EQ(step.kafka, before) << step.what;
      }
      before = step.kafka;
    }
    EXPECT_EQ(before, newest);
  }
}

TEST(UpgradePath, ImpossibleWaysSayWhy) {
  const auto what = [](const PathRequest& request) {
    const auto path = find_upgrade_path(request);
    return path ? std::string("found") : path.error().what;
  };
  EXPECT_EQ(what({.from = "9.9", .to = "4.3.0"}), "Kafka 9.9 is not in the version table");
  EXPECT_EQ(what({.from = "4.3.0", .to = "4.2.0"}),
            "no chain of Strimzi releases takes Kafka 4.3.0 to 4.2.0");
  EXPECT_EQ(what({.from = "4.0.0", .to = "4.3.0", .from_operator = "0.45.2"}),
            "Strimzi 0.45.2 does not ship Kafka 4.0.0");
  EXPECT_EQ(what({.from = "4.0.0", .to = "4.3.0", .to_operator = "7.0"}),
            "there is no Strimzi release 7.0");
  EXPECT_EQ(what({.from = "3.4.0", .to = "3.5.0", .from_kraft = true}),
            "Strimzi 0.37.0 cannot upgrade a KRaft cluster of Kafka 3.4.0");
}

}  // namespace
}  // namespace twin::controller::upgrade
