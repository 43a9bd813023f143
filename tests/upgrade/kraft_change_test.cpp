// The decision table of a KRaft version change (KRaftVersionChangeCreator): from and to come from
// the pods, metadata.version from the status and the resource. One row is one situation, worked out
// by hand from the rules in the header.
#include <gtest/gtest.h>

#include "controller/upgrade/version_change.h"

namespace twin::controller::upgrade {
namespace {

struct Row {
  const char* situation;
  std::vector<std::string> pods;
  std::string desired, desired_metadata, current_metadata;
  // Expected; from "" = refused.
  std::string from, to, metadata;
};

const std::vector<Row> kRows{
    {"a new cluster takes the version's own level",
     {},
     "4.3.1",
     "",
     "",
     "4.3.1",
     "4.3.1",
     "4.3-IV0"},
    {"nothing to do",
     {"4.2.0", "4.2.0"},
     "4.2.0",
     "4.2-IV1",
     "4.2-IV1",
     "4.2.0",
     "4.2.0",
     "4.2-IV1"},
    {"upgrade: the level stays until every node has the binaries",
     {"4.2.0", "4.2.0", "4.2.0"},
     "4.3.1",
     "4.3-IV0",
     "4.2-IV1",
     "4.2.0",
     "4.3.1",
     "4.2-IV1"},
    {"half-way: the lowest binary counts",
     {"4.3.1", "4.2.0", "4.3.1"},
     "4.3.1",
     "4.3-IV0",
     "4.2-IV1",
     "4.2.0",
     "4.3.1",
     "4.2-IV1"},
    {"binaries done: the level asked for",
     {"4.3.1", "4.3.1"},
     "4.3.1",
     "4.3-IV0",
     "4.2-IV1",
     "4.3.1",
     "4.3.1",
     "4.3-IV0"},
    {"binaries done, level held back by the user",
     {"4.3.1", "4.3.1"},
     "4.3.1",
     "4.2-IV1",
     "4.2-IV1",
     "4.3.1",
     "4.3.1",
     "4.2-IV1"},
    {"binaries done, level unset: the version's own",
     {"4.3.1"},
     "4.3.1",
     "",
     "4.2-IV1",
     "4.3.1",
     "4.3.1",
     "4.3-IV0"},
    {"a level newer than the binary keeps the current one",
     {"4.2.0"},
     "4.2.0",
     "4.3-IV0",
     "4.2-IV1",
     "4.2.0",
     "4.2.0",
     "4.2-IV1"},
    {"return half-way: the highest binary counts",
     {"4.3.1", "4.2.0", "4.2.0"},
     "4.2.0",
     "4.2-IV1",
     "4.2-IV1",
     "4.3.1",
     "4.2.0",
     "4.2-IV1"},
    {"downgrade below the level in force is refused",
     {"4.3.1", "4.3.1"},
     "4.2.0",
     "4.2-IV1",
     "4.3-IV0",
     "",
     "",
     ""},
    {"upgrade of a cluster whose level nobody knows is refused",
     {"4.2.0"},
     "4.3.1",
     "",
     "",
     "",
     "",
     ""},
    {"a level above the old binaries' is refused: the first upgrade is not over",
     {"4.2.0", "4.3.1"},
     "4.3.1",
     "4.3-IV0",
     "4.3-IV0",
     "",
     "",
     ""},
    {"a pod that does not say what it runs is refused",
     {"4.2.0", ""},
     "4.3.1",
     "",
     "4.2-IV1",
     "",
     "",
     ""},
};

// Strimzi goes on where `twin` refuses: without a known level with the default of the older
// binaries (4.2-IV1 is that of 4.2.0), and past pods that do not say what they run, unless none
// does.
TEST(KRaftChange, StrimziGoesOnWithWhatItKnows) {
  const auto unknown_level = kraft_version_change({"4.3.1", "", "", {"4.2.0"}, false});
  ASSERT_TRUE(unknown_level.has_value());
  EXPECT_EQ(unknown_level->metadata, "4.2-IV1");
  const auto one_silent = kraft_version_change({"4.3.1", "", "4.2-IV1", {"4.2.0", ""}, false});
  ASSERT_TRUE(one_silent.has_value());
  EXPECT_EQ(one_silent->from, "4.2.0");
  EXPECT_FALSE(kraft_version_change({"4.3.1", "", "4.2-IV1", {""}, false}).has_value());
}

// The message is the resource's condition, word for word.
TEST(KRaftChange, RefusesInStrimzisWords) {
  const auto down = kraft_version_change({"4.2.0", "", "4.3-IV0", {"4.3.1"}, false});
  ASSERT_FALSE(down.has_value());
  EXPECT_EQ(down.error().what,
            "The current metadata version (4.3-IV0) has to be lower or equal to the Kafka broker "
            "version we are downgrading to (4.2.0)");
  const auto up = kraft_version_change({"4.3.1", "", "4.3-IV0", {"4.2.0"}, false});
  ASSERT_FALSE(up.has_value());
  EXPECT_EQ(up.error().what,
            "The current metadata version (4.3-IV0) has to be lower or equal to the Kafka broker "
            "version we upgrade from (4.2.0)");
}

TEST(KRaftChange, FollowsTheTable) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.situation);
    const auto change = kraft_version_change(
        {row.desired, row.desired_metadata, row.current_metadata, row.pods, true});
    ASSERT_EQ(change.has_value(), !row.from.empty());
    if (!change) {
      EXPECT_EQ(change.error().where, "KafkaUpgradeException");
      continue;
    }
    EXPECT_EQ(change->from, row.from);
    EXPECT_EQ(change->to, row.to);
    EXPECT_EQ(change->metadata, row.metadata);
  }
}

TEST(KRaftChange, ALevelThatIsTooNewIsSaidInAWarning) {
  const auto change = kraft_version_change({"4.2.0", "4.3-IV0", "4.2-IV1", {"4.2.0"}});
  ASSERT_TRUE(change.has_value());
  ASSERT_EQ(change->warnings.size(), 1U);
  EXPECT_NE(change->warnings[0].find("4.3-IV0"), std::string::npos);
}

}  // namespace
}  // namespace twin::controller::upgrade
