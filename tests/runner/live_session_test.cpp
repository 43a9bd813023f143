// A run that is steered while it goes: the past stays, going back is as if nothing had been done,
// and what was saved plays the same run again.
#include "scenarios/runner/live_session.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "sim/trace.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using namespace sim::literals;
using ::testing::HasSubstr;

constexpr const char* kSteps =
    "  workload:\n    topics: [{name: orders, partitions: 6, replicas: 3}]\n"
    "    producers: [{topic: orders, recordsPerSecond: 500}]\n"
    "  steps:\n    - at: 10s\n      set: {Kafka/my-cluster: "
    "{spec.kafka.config.auto.leader.rebalance.enable: \"false\"}}\n";
constexpr const char* kPowerOff =
    "{fault: {kind: power-off, target: my-cluster-broker-0, duration: 30s}}";

std::unique_ptr<LiveSession> opened(const std::string& text, const LiveOptions& options = {}) {
  auto live = LiveSession::open_text(text, "test.yaml", options);
  if (live) return std::move(*live);
  ADD_FAILURE() << format_error(live.error());
  return nullptr;
}

std::unique_ptr<LiveSession> opened() { return opened(scenario_text(kSteps) + configured()); }

void act(LiveSession& live, const std::string& what) {
  const auto acted = live.act(what);
  if (!acted) ADD_FAILURE() << format_error(acted.error());
}

TEST(LiveSession, inPiecesItIsTheRunThatIsPlayedInOne) {
  const auto live = opened();
  for (int i = 1; i <= 97; ++i) live->advance(sim::Duration{int64_t{i} * 1'234'567'891});
  const auto once = opened();
  once->advance(live->now());
  EXPECT_EQ(live->now().ns, int64_t{97} * 1'234'567'891);
  EXPECT_EQ(live->fingerprint(), once->fingerprint());
  EXPECT_EQ(live->records(), once->records());
}

TEST(LiveSession, untouchedItEndsAsTheScenarioDoes) {
  const auto live = opened();
  live->advance(33_s);
  const Report report = live->finish();
  EXPECT_EQ(report.fingerprint, run_text(scenario_text(kSteps) + configured()).fingerprint);
  EXPECT_EQ(report.end, "settled");
}

TEST(LiveSession, goingBackIsAsIfItHadNotBeenDone) {
  const auto live = opened();
  live->advance(40_s);
  const uint64_t before = live->fingerprint();
  act(*live, kPowerOff);
  EXPECT_EQ(live->now(), 40'001_ms) << "the first whole millisecond after now";
  live->advance(90_s);
  const uint64_t after = live->fingerprint();
  EXPECT_NE(after, before);
  live->rewind(40_s);
  EXPECT_EQ(live->fingerprint(), before);
  EXPECT_TRUE(live->acts().empty());
  act(*live, kPowerOff);
  live->advance(90_s);
  EXPECT_EQ(live->fingerprint(), after) << "the same act at the same time is the same run";
  ASSERT_EQ(live->acts().size(), 1U);
  live->rewind(60_s);
  EXPECT_EQ(live->acts().size(), 1U) << "what was done before the moment stays";
}

TEST(LiveSession, anActLeavesThePastAsItWasSeen) {
  const auto live = opened();
  live->advance(40_s);
  const std::vector<std::byte> seen = live->trace();
  act(*live, kPowerOff);
  live->advance(60_s);
  const std::vector<std::byte> now = live->trace();
  sim::TraceReader old_reader(seen), new_reader(now);
  sim::Record was, is;
  uint64_t compared = 0;
  while (old_reader.next(was) == sim::ReadResult::record) {
    ASSERT_EQ(new_reader.next(is), sim::ReadResult::record);
    ASSERT_EQ(is.at, was.at) << was.id;
    ASSERT_EQ(is.type, was.type) << was.id;
    ASSERT_EQ(is.text, was.text) << was.id;
    ++compared;
  }
  EXPECT_GT(compared, 500U);
  EXPECT_EQ(new_reader.next(is), sim::ReadResult::record);
}

TEST(LiveSession, whatIsSavedIsPlayedAgain) {
  const auto live = opened();
  live->advance(25_s);
  act(*live, kPowerOff);
  live->advance(31_s);
  act(*live, "{annotate: {Pod/my-cluster-broker-2: {strimzi.io/manual-rolling-update: \"true\"}}}");
  live->advance(33_s);
  act(*live, "{heal: live-1}");
  const Report report = live->finish();
  const std::string saved = live->saved_text(".");
  EXPECT_THAT(saved, HasSubstr("# live-1 at 25.001 s: fault: "));
  const Report again = run_text(saved);
  EXPECT_EQ(again.fingerprint, report.fingerprint);
  EXPECT_EQ(again.records, report.records);
  // And goes on from there live.
  const auto resumed = opened(saved);
  resumed->advance(33'001_ms);
  EXPECT_EQ(resumed->fingerprint(), live->fingerprint());
  act(*resumed, "{note: again}");
  EXPECT_EQ(resumed->acts().front().id, "live-4");
}

TEST(LiveSession, aStepThatTheWorldRefusesChangesNothing) {
  const auto live = opened();
  live->advance(20_s);
  const uint64_t before = live->fingerprint();
  const auto refused = [&](const std::string& what) {
    const auto acted = live->act(what);
    EXPECT_FALSE(acted) << what;
    EXPECT_EQ(live->fingerprint(), before) << what;
    EXPECT_TRUE(live->acts().empty()) << what;
    EXPECT_EQ(live->now(), 20_s);
    return acted ? std::string() : format_error(acted.error());
  };
  EXPECT_THAT(refused("{fault: {kind: pod-delete, target: my-cluster-broker-9}}"),
              HasSubstr("target: a pod"));
  EXPECT_THAT(refused("{fault: {kind: pod-delet, target: x}}"), HasSubstr("pod-delete"));
  EXPECT_THAT(refused("{heal: live-7}"), HasSubstr("no step has the id"));
  EXPECT_THAT(refused("{at: 3s, note: x}"), HasSubstr("it is taken now"));
  EXPECT_THAT(refused("pod-delete"), HasSubstr("is no act"));
  EXPECT_FALSE(refused("{fault: {kind").empty());
  live->advance(21_s);
  EXPECT_GT(live->now(), 20_s) << "it goes on";
}

TEST(LiveSession, aPausedReconciliationStopsTheRollUntilItIsTakenAway) {
  const auto live = opened();
  live->advance(10_s);
  act(*live, "{annotate: {Kafka/my-cluster: {strimzi.io/pause-reconciliation: \"true\"}}}");
  live->advance(600_s);
  EXPECT_EQ(live->finish().restarts.size(), 0U);
  act(*live, "{annotate: {Kafka/my-cluster: {strimzi.io/pause-reconciliation: null}}}");
  EXPECT_EQ(live->finish().restarts.size(), 3U);
}

TEST(LiveSession, theOperatorOfTheUserIsSavedToo) {
  LiveOptions options;
  options.profile = "strimzi@1.2";
  const auto live = opened(scenario_text(kSteps) + configured(), options);
  live->advance(15_s);
  const Report report = live->finish();
  EXPECT_EQ(report.profile, "strimzi@1.2");
  EXPECT_EQ(run_text(live->saved_text(".")).fingerprint, report.fingerprint);
}

TEST(LiveSession, aClusterThatIsNeverReadyIsAnErrorThatSaysSo) {
  const std::string text = scenario_text("  deployMax: 5s\n") + configured();
  const auto live = LiveSession::open_text(text, "test.yaml", {});
  ASSERT_FALSE(live);
  EXPECT_THAT(live.error().what, HasSubstr("never deployed"));
}

TEST(LiveSession, beyondItsTimeMaxNothingIsDone) {
  const auto live = opened(scenario_text(std::string("  timeMax: 2min\n") + kSteps) + configured());
  live->advance(200_s);
  EXPECT_EQ(live->now(), 120_s);
  EXPECT_THAT(live->stopped(), HasSubstr("timeMax is 2 min"));
  EXPECT_FALSE(live->act("{note: late}"));
  live->rewind(100_s);
  EXPECT_EQ(live->stopped(), "");
}

TEST(ScenarioFile, whatItIncludesIsFoundFromWhereItIsSaved) {
  const std::string path = TWIN_SOURCE_DIR "/scenarios/rolling/recorded/1-read-only-config.yaml";
  const auto live = LiveSession::open(path, {});
  ASSERT_TRUE(live) << format_error(live.error());
  const std::string saved = (*live)->saved_text(TWIN_SOURCE_DIR "/tests/runner");
  EXPECT_THAT(saved, HasSubstr("../../scenarios/rolling/recorded/cluster/pools.yaml"));
  const LoadResult again = load_text(saved, TWIN_SOURCE_DIR "/tests/runner/saved.yaml");
  EXPECT_TRUE(again.scenario.has_value());
  const Report report = run_scenario(*again.scenario, {});
  EXPECT_EQ(report.fingerprint, run_scenario(*load(path).scenario, {}).fingerprint);
}

}  // namespace
}  // namespace twin::scenario
