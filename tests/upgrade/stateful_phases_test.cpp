// The phases of Strimzi 0.11 (KafkaAssemblyOperator.kafkaUpgrade), each with what the set is
// patched to before every pod is rolled. Expected rows are read off kafkaUpgradePhase1 to
// kafkaDowngradePhase2 of release 0.11.0.
#include "controller/upgrade/stateful_phases.h"

#include <gtest/gtest.h>

namespace twin::controller::upgrade {
namespace {

constexpr const char* kProtocol = "inter.broker.protocol.version";
constexpr const char* kFormat = "log.message.format.version";

std::string value(const api::KafkaConfig& config, const char* key) {
  const std::string* found = api::find_config(config, key);
  return found == nullptr ? "-" : *found;
}

// "KafkaUpgradePhase1: binaries 2.1.0, marker 2.1.0, from 2.0.1, to 2.1.0, protocol 2.0"
std::string text_of(const StatefulPhase& phase) {
  return phase.code + ": binaries " + phase.binaries + ", marker " + phase.set.current + ", from " +
         (phase.set.from.empty() ? "-" : phase.set.from) + ", to " +
         (phase.set.to.empty() ? "-" : phase.set.to) + ", protocol " +
         value(phase.set.config, kProtocol) + ", format " + value(phase.set.config, kFormat);
}

std::vector<std::string> phases_of(const StatefulVersions& live, const std::string& desired) {
  const auto phases = stateful_phases(live, desired);
  if (!phases) return {"refused"};
  std::vector<std::string> texts;
  for (const StatefulPhase& phase : *phases) texts.push_back(text_of(phase));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(StatefulPhases, WithoutAProtocolPinTheOperatorPinsAndUnpinsIt) {
  const Texts expected{
      "KafkaUpgradePhase1: binaries 2.1.0, marker 2.1.0, from 2.0.1, to 2.1.0, protocol 2.0, "
      "format 2.0",
      "KafkaUpgradePhase2: binaries 2.1.0, marker 2.1.0, from -, to -, protocol -, format 2.0"};
  EXPECT_EQ(phases_of({"2.0.1", "", "", {{kFormat, "2.0"}}}, "2.1.0"), expected);
}

TEST(StatefulPhases, AProtocolThatTheUserPinnedIsLeftAloneAndOnePhaseIsEnough) {
  const Texts expected{
      "KafkaUpgradePhase1: binaries 2.1.0, marker 2.1.0, from -, to -, protocol 2.0, format 2.0"};
  EXPECT_EQ(phases_of({"2.0.1", "", "", {{kFormat, "2.0"}, {kProtocol, "2.0"}}}, "2.1.0"),
            expected);
}

TEST(StatefulPhases, APatchReleaseIsOnePhaseWithoutPins) {
  const Texts expected{
      "KafkaUpgradePhase1: binaries 2.0.1, marker 2.0.1, from -, to -, protocol -, format -"};
  EXPECT_EQ(phases_of({"2.0.0", "", "", {}}, "2.0.1"), expected);
}

TEST(StatefulPhases, WithoutAMessageFormatPinInTheLiveSetTheUpgradeIsRefused) {
  const auto phases = stateful_phases({"2.0.1", "", "", {}}, "2.1.0");
  ASSERT_FALSE(phases.has_value());
  EXPECT_EQ(phases.error().where, "KafkaUpgradeException");
  EXPECT_NE(phases.error().what.find("log.message.format.version: \"2.0\""), std::string::npos);
}

// The marker is written with the first patch, before any pod is rolled: whoever reads it later
// believes that phase 1 is over.
TEST(StatefulPhases, ResumedItGoesByTheMarkerAndDropsThePin) {
  const Texts expected{
      "KafkaUpgradePhase2: binaries 2.1.0, marker 2.1.0, from -, to -, protocol -, format 2.0"};
  EXPECT_EQ(phases_of({"2.1.0", "2.0.1", "2.1.0", {{kFormat, "2.0"}, {kProtocol, "2.0"}}}, "2.1.0"),
            expected);
}

TEST(StatefulPhases, AnUpgradeUnderWayIsFinishedWhateverIsAskedForByThen) {
  const Texts expected{
      "KafkaUpgradePhase2: binaries 2.1.0, marker 2.1.0, from -, to -, protocol -, format 2.0"};
  EXPECT_EQ(phases_of({"2.1.0", "2.0.1", "2.1.0", {{kFormat, "2.0"}, {kProtocol, "2.0"}}}, "2.0.1"),
            expected);
}

TEST(StatefulPhases, NothingToDoIsNoPhase) {
  EXPECT_TRUE(phases_of({"2.1.0", "", "", {}}, "2.1.0").empty());
}

TEST(StatefulPhases, ADowngradeLowersTheProtocolFirst) {
  const Texts expected{
      "KafkaDowngradePhase1: binaries 2.1.0, marker 2.1.0, from 2.1.0, to 2.0.1, protocol 2.0, "
      "format 2.0",
      "KafkaDowngradePhase2: binaries 2.0.1, marker 2.0.1, from -, to -, protocol -, format 2.0"};
  EXPECT_EQ(phases_of({"2.1.0", "", "", {{kFormat, "2.0"}}}, "2.0.1"), expected);
}

TEST(StatefulPhases, ADowngradeWithALowProtocolGoesStraightToTheOldBinaries) {
  const Texts expected{
      "KafkaDowngradePhase2: binaries 2.0.1, marker 2.0.1, from -, to -, protocol -, format 2.0"};
  EXPECT_EQ(phases_of({"2.1.0", "", "", {{kFormat, "2.0"}, {kProtocol, "2.0"}}}, "2.0.1"),
            expected);
}

// getConfigOption(protocol, default) gives back what the user set, too new or not.
TEST(StatefulPhases, ADowngradeRollsOnceForAProtocolThatItDoesNotLower) {
  const Texts phases =
      phases_of({"2.1.0", "", "", {{kFormat, "2.0"}, {kProtocol, "2.1"}}}, "2.0.1");
  ASSERT_EQ(phases.size(), 2U);
  EXPECT_NE(phases[0].find("protocol 2.1"), std::string::npos);
}

TEST(StatefulPhases, ADowngradeWithTheNewMessageFormatIsRefused) {
  EXPECT_EQ(phases_of({"2.1.0", "", "", {{kFormat, "2.1"}}}, "2.0.1"), Texts{"refused"});
  EXPECT_EQ(phases_of({"2.1.0", "", "", {}}, "2.0.1"), Texts{"refused"});
}

TEST(StatefulPhases, AnUnknownVersionIsRefused) {
  EXPECT_EQ(phases_of({"2.0.1", "", "", {}}, "2.9.9"), Texts{"refused"});
}

}  // namespace
}  // namespace twin::controller::upgrade
