// The decision table of a version change on ZooKeeper from 0.22 on: which protocol and message
// format the brokers get meanwhile. A whole upgrade is this decision repeated until it asks for
// nothing new; the number of different answers is the number of rolls.
#include <gtest/gtest.h>

#include "controller/upgrade/version_change.h"

namespace twin::controller::upgrade {
namespace {

using Pod = ZookeeperChangeInput::PodVersions;

struct Row {
  const char* situation;
  std::vector<Pod> pods;
  std::string desired, user_protocol, user_format;
  std::string from, protocol, format;  // expected; from "" = refused
};

const Pod kOld{"2.0.1", "2.0", "2.0"};
const Pod kNew{"2.1.0", "2.0", "2.0"};
const Pod kSpeaks{"2.1.0", "2.1", "2.0"};
const Pod kDone{"2.1.0", "2.1", "2.1"};
const std::vector<Row> kRows{
    {"a new cluster", {}, "2.1.0", "", "", "2.1.0", "2.1", "2.1"},
    {"roll 1: both stay at what the old binaries know",
     {kOld, kOld, kOld},
     "2.1.0",
     "",
     "",
     "2.0.1",
     "2.0",
     "2.0"},
    {"roll 1 half-way: the lowest binary counts",
     {kNew, kOld, kOld},
     "2.1.0",
     "",
     "",
     "2.0.1",
     "2.0",
     "2.0"},
    {"a pin that is too new is held down in roll 1",
     {kOld},
     "2.1.0",
     "2.1",
     "2.1",
     "2.0.1",
     "2.0",
     "2.0"},
    {"a pin that is older stays",
     {{"2.1.0", "2.0", "2.0"}},
     "2.2.0",
     "2.0",
     "2.0",
     "2.1.0",
     "2.0",
     "2.0"},
    {"roll 2: the protocol alone", {kNew, kNew, kNew}, "2.1.0", "", "", "2.1.0", "2.1", "2.0"},
    {"roll 3: the message format", {kSpeaks, kSpeaks}, "2.1.0", "", "", "2.1.0", "2.1", "2.1"},
    {"nothing left", {kDone, kDone}, "2.1.0", "", "", "2.1.0", "2.1", "2.1"},
    {"the user's pins are kept for as long as the user wants",
     {kNew, kNew},
     "2.1.0",
     "2.0",
     "2.0",
     "2.1.0",
     "2.0",
     "2.0"},
    {"the user raises the protocol and keeps the format",
     {kNew, kNew},
     "2.1.0",
     "2.1",
     "2.0",
     "2.1.0",
     "2.1",
     "2.0"},
    {"downgrade before the protocol was raised",
     {kNew, kNew},
     "2.0.1",
     "2.0",
     "2.0",
     "2.1.0",
     "2.0",
     "2.0"},
    {"downgrade half-way: the highest binary counts",
     {kOld, kNew},
     "2.0.1",
     "2.0",
     "2.0",
     "2.1.0",
     "2.0",
     "2.0"},
    {"downgrade after the protocol was raised is refused",
     {kSpeaks, kSpeaks},
     "2.0.1",
     "2.0",
     "2.0",
     "",
     "",
     ""},
    {"one broker that speaks the new protocol is enough to refuse",
     {kNew, kSpeaks},
     "2.0.1",
     "2.0",
     "2.0",
     "",
     "",
     ""},
    {"a binary that cannot run with ZooKeeper",
     {{"3.9.0", "3.9", "3.9"}},
     "4.0.0",
     "",
     "",
     "",
     "",
     ""},
    {"from 3.0 on the format goes along with the protocol",
     {{"3.9.0", "3.8", "3.8"}},
     "3.9.0",
     "",
     "",
     "3.9.0",
     "3.9",
     "3.9"},
};

TEST(ZookeeperChange, FollowsTheTable) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.situation);
    const auto change =
        zookeeper_version_change({row.desired, row.user_protocol, row.user_format, row.pods});
    ASSERT_EQ(change.has_value(), !row.from.empty());
    if (!change) {
      EXPECT_EQ(change.error().where, "KafkaUpgradeException");
      continue;
    }
    EXPECT_EQ(change->from, row.from);
    EXPECT_EQ(change->to, row.desired);
    EXPECT_EQ(change->protocol, row.protocol);
    EXPECT_EQ(change->message_format, row.format);
  }
}

// Rolls until the decision asks for what the pods run already.
std::vector<Pod> rolls_of(Pod start, const std::string& desired, const std::string& user_protocol,
                          const std::string& user_format) {
  std::vector<Pod> rolls;
  std::vector<Pod> pods(3, start);
  for (int pass = 0; pass < 10; ++pass) {
    const auto change = zookeeper_version_change({desired, user_protocol, user_format, pods});
    EXPECT_TRUE(change.has_value());
    if (!change) return rolls;
    const Pod next{change->to, change->protocol, change->message_format};
    if (next.kafka == pods[0].kafka && next.protocol == pods[0].protocol &&
        next.message_format == pods[0].message_format) {
      return rolls;
    }
    rolls.push_back(next);
    pods.assign(3, next);
  }
  ADD_FAILURE() << "it never comes to rest";
  return rolls;
}

TEST(ZookeeperChange, BelowThreeAnUnpinnedUpgradeTakesThreeRolls) {
  const auto rolls = rolls_of({"2.0.1", "2.0", "2.0"}, "2.1.0", "", "");
  ASSERT_EQ(rolls.size(), 3U);
  EXPECT_EQ(rolls[0].kafka + " " + rolls[0].protocol + " " + rolls[0].message_format,
            "2.1.0 2.0 2.0");
  EXPECT_EQ(rolls[1].kafka + " " + rolls[1].protocol + " " + rolls[1].message_format,
            "2.1.0 2.1 2.0");
  EXPECT_EQ(rolls[2].kafka + " " + rolls[2].protocol + " " + rolls[2].message_format,
            "2.1.0 2.1 2.1");
}

TEST(ZookeeperChange, FromThreeOnItTakesTwoRolls) {
  const auto rolls = rolls_of({"3.8.0", "3.8", "3.8"}, "3.9.0", "", "");
  ASSERT_EQ(rolls.size(), 2U);
  EXPECT_EQ(rolls[0].kafka + " " + rolls[0].protocol, "3.9.0 3.8");
  EXPECT_EQ(rolls[1].kafka + " " + rolls[1].protocol + " " + rolls[1].message_format,
            "3.9.0 3.9 3.9");
}

TEST(ZookeeperChange, WithBothPinnedItTakesOneRoll) {
  EXPECT_EQ(rolls_of({"2.0.1", "2.0", "2.0"}, "2.1.0", "2.0", "2.0").size(), 1U);
}

TEST(ZookeeperChange, APatchReleaseTakesOneRoll) {
  EXPECT_EQ(rolls_of({"2.0.0", "2.0", "2.0"}, "2.0.1", "", "").size(), 1U);
}

}  // namespace
}  // namespace twin::controller::upgrade
