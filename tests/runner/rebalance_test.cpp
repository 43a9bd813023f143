// KafkaRebalance resources through the whole operator: states and annotations, what is moved and
// throttled meanwhile, what is left at the end.
#include <gmock/gmock.h>

#include "scenarios/runner/session.h"
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using ::testing::HasSubstr;

// Twelve partitions led by broker 0, of which ten go at a time, and broker 2 empty.
const char* const kWorkload =
    "  workload:\n"
    "    topics:\n"
    "      - {name: orders, partitions: 12, replicas: 2, dataPerPartition: 100Mi,\n"
    "         config: {min.insync.replicas: 1},\n"
    "         placement: [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1],\n"
    "                     [0, 1], [0, 1], [0, 1], [0, 1]]}\n"
    "  steps:\n";

struct Wanted {
  std::string name = "drain";
  std::string spec = "mode: remove-brokers, brokers: [0], replicationThrottle: 20000000";
  bool automatic = true;
};

std::string apply_at(const std::string& when, const Wanted& wanted) {
  return "    - " + when +
         "\n      apply: {apiVersion: kafka.strimzi.io/v1, kind: KafkaRebalance,\n"
         "              metadata: {name: " +
         wanted.name + ", labels: {strimzi.io/cluster: my-cluster}" +
         (wanted.automatic ? ", annotations: {strimzi.io/rebalance-auto-approval: \"true\"}" : "") +
         "},\n              spec: {" + wanted.spec + "}}\n";
}

std::string annotate_at(const std::string& when, const std::string& word) {
  return "    - " + when +
         "\n      annotate: {KafkaRebalance/drain: {strimzi.io/rebalance: " + word + "}}\n";
}

Scenario scenario(const std::string& steps) {
  return loaded(scenario_text(kWorkload + steps) + configured());
}

Report play(const std::string& steps) { return run_scenario(scenario(steps), {}); }

std::string state(const Report& report, const std::string& name = "drain") {
  for (const RebalanceEntry& each : report.rebalances) {
    if (each.name == name) return each.state;
  }
  return "missing";
}

std::vector<std::string> states(const Report& report) {
  std::vector<std::string> out;
  for (const DecisionEntry& decision : report.decisions) {
    if (decision.code == "RebalanceState") out.push_back(decision.reason);
  }
  return out;
}

int64_t count(const Report& report, const std::string& code) {
  return std::count_if(report.decisions.begin(), report.decisions.end(),
                       [&](const DecisionEntry& each) { return each.code == code; });
}

void expect_clean(const Report& report) {
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  EXPECT_EQ(report.throttles_left, 0);
  EXPECT_EQ(report.moves_ended, report.moves_started);
  EXPECT_TRUE(report.violations.empty());
  EXPECT_EQ(report.acknowledged_bytes_lost, 0);
}

// 1.2 GiB at 20 MB/s: 63 s, by a quota that passes 91 to 98 %, in two batches.
TEST(Rebalance, AProposalIsCarriedOutUnderItsThrottle) {
  const Report report = play(apply_at("at: 10s", {}));
  expect_clean(report);
  EXPECT_EQ(states(report),
            (std::vector<std::string>{"New -> PendingProposal", "PendingProposal -> ProposalReady",
                                      "ProposalReady -> Rebalancing", "Rebalancing -> Ready"}));
  EXPECT_EQ(report.moves_started, 12);
  ASSERT_TRUE(report.moves_took);
  EXPECT_NEAR(static_cast<double>(report.moves_took->ns) / 1e9, 69, 4);
  EXPECT_EQ(count(report, "MovesStarted"), 2);
  EXPECT_GE(count(report, "RebalanceProgress"), 2);
}

std::vector<std::string> choices(const Report& report) {
  std::vector<std::string> out;
  for (const DecisionEntry& decision : report.decisions) {
    if (decision.code == "ThrottleChosen") out.push_back(decision.reason);
  }
  return out;
}

Report play_auto(const std::string& more) {
  Scenario drains = scenario(apply_at("at: 10s", {}));
  for (Step& step : drains.steps) {
    if (!step.object) continue;
    auto& annotations = step.object->metadata.annotations;
    annotations["kafka-twin.io/throttle"] = "auto";
    if (!more.empty()) annotations["kafka-twin.io/throttle-latency-ms"] = more;
  }
  return run_scenario(drains, {});
}

// 1.2 GiB, up to 20 MB/s: at 5, from 25 s on at 7.5, then 11.25, 16.9 and 20. Nobody is hurt, since
// nobody produces.
TEST(Rebalance, AnAutomaticThrottleRisesWhileNobodyIsHurt) {
  const Report report = play_auto("");
  expect_clean(report);
  const std::vector<std::string> chosen = choices(report);
  ASSERT_GE(chosen.size(), 5U);
  EXPECT_THAT(chosen[0], HasSubstr("begins at 5 MB/s, a quarter of the highest rate"));
  EXPECT_THAT(chosen[1], HasSubstr("is raised to 7.5 MB/s: 99 % of what producers send"));
  EXPECT_THAT(chosen.back(), HasSubstr("is raised to 20 MB/s"));
  ASSERT_TRUE(report.moves_took);
  EXPECT_GT(report.moves_took->ns, 85'000'000'000);
  EXPECT_LT(report.moves_took->ns, 150'000'000'000);
}

TEST(Rebalance, AnAutomaticThrottleThatCannotBeReadIsNotReady) {
  const Report report = play_auto("soon");
  EXPECT_EQ(state(report), "NotReady");
  EXPECT_EQ(report.moves_started, 0);
  ASSERT_EQ(report.rebalances.size(), 1U);
  EXPECT_EQ(report.rebalances[0].reason, "InvalidThrottle");
}

TEST(Rebalance, NothingMovesUntilTheProposalIsApproved) {
  Wanted wanted;
  wanted.automatic = false;
  const Report waits = play(apply_at("at: 10s", wanted));
  expect_clean(waits);
  EXPECT_EQ(state(waits), "ProposalReady");
  EXPECT_EQ(waits.moves_started, 0);
  const Report approved =
      play(apply_at("at: 10s", wanted) +
           annotate_at("when: {condition: {of: drain, type: ProposalReady}}", "approve"));
  expect_clean(approved);
  EXPECT_EQ(state(approved), "Ready");
  EXPECT_EQ(approved.moves_started, 12);
}

TEST(Rebalance, StoppedItEndsWhatMovesAndNothingMore) {
  const Report report =
      play(apply_at("at: 10s", {}) +
           annotate_at("when: {decision: MovesStarted}\n      after: 10s", "stop"));
  expect_clean(report);
  EXPECT_EQ(state(report), "Stopped");
  EXPECT_EQ(report.moves_started, 10);
}

TEST(Rebalance, CancelledItLeavesThePartitionsWhereTheyWere) {
  const Report report =
      play(apply_at("at: 10s", {}) +
           annotate_at("when: {decision: MovesStarted}\n      after: 10s", "cancel"));
  expect_clean(report);
  EXPECT_EQ(state(report), "Stopped");
  EXPECT_EQ(count(report, "MovesCancelled"), 1);
  ASSERT_TRUE(report.moves_took);
  EXPECT_LT(*report.moves_took, (sim::Duration{12'000'000'000}));
}

// A second refresh after the stop: what is left is planned anew and carried out.
TEST(Rebalance, RefreshedItPlansWhatIsLeft) {
  const Report report =
      play(apply_at("at: 10s", {}) +
           annotate_at("when: {decision: MovesStarted}\n      after: 10s", "refresh"));
  expect_clean(report);
  EXPECT_EQ(state(report), "Ready");
  EXPECT_EQ(report.moves_started, 12);
  EXPECT_EQ(count(report, "ProposalReady"), 2);
}

TEST(Rebalance, DeletedAmidItsExecutionItLeavesNoThrottleAndNoConfigMap) {
  const Scenario with = scenario(apply_at("at: 10s", {}) +
                                 "    - when: {decision: MovesStarted}\n      after: 10s\n"
                                 "      remove: KafkaRebalance/drain\n");
  Session session(with, {});
  session.run();
  EXPECT_EQ(session.moves().started(), 10);
  EXPECT_EQ(session.moves().ended(), 10);
  EXPECT_EQ(session.moves().throttled(), 0);
  for (const api::ObjectPtr& map : session.world().kube.objects(api::Kind::config_map)) {
    EXPECT_NE(map->metadata.name, "drain");
  }
}

// Whoever comes after it goes on with what was approved.
TEST(Rebalance, ANewOperatorGoesOnWhereTheOldOneDied) {
  for (const char* when :
       {"when: {decision: ThrottleSet}", "when: {decision: MovesStarted}",
        "when: {decision: MovesStarted}\n      after: 20s", "when: {decision: ThrottleCleared}"}) {
    const Report report = play(apply_at("at: 10s", {}) + "    - " + when +
                               "\n      fault: {kind: operator-crash, target: 0, duration: 15s}\n");
    SCOPED_TRACE(when);
    expect_clean(report);
    EXPECT_EQ(state(report), "Ready");
    EXPECT_EQ(report.moves_started, 12);
    EXPECT_EQ(count(report, "ProposalReady"), 1);
  }
}

// The resource is deleted while no operator runs: the next one finds the proposal without it.
TEST(Rebalance, AProposalWithoutItsResourceIsBroughtToItsEndByTheNextOperator) {
  const Report report = play(apply_at("at: 10s", {}) +
                             "    - when: {decision: MovesStarted}\n      after: 5s\n"
                             "      fault: {kind: operator-crash, target: 0, duration: 20s}\n"
                             "    - after: 5s\n      remove: KafkaRebalance/drain\n");
  expect_clean(report);
  EXPECT_EQ(report.moves_started, 10);
}

// From 20 to 90 MB/s by steps of 256 MiB / 10.5 s = 25.6 MB/s: 45.6, 71.1, 90.
TEST(Rebalance, ARaisedThrottleGoesUpInSteps) {
  const Report report =
      play(apply_at("at: 10s", {}) +
           "    - when: {decision: MovesStarted}\n      after: 1s\n"
           "      set: {KafkaRebalance/drain: {spec.replicationThrottle: 90000000}}\n");
  expect_clean(report);
  std::vector<std::string> rates;
  for (const DecisionEntry& each : report.decisions) {
    if (each.code == "ThrottleChanged" && each.reason.starts_with("the throttle becomes ")) {
      rates.push_back(each.reason.substr(21, 8));
    }
  }
  ASSERT_GE(rates.size(), 2U);
  EXPECT_EQ(rates[0], "45565281");
  EXPECT_EQ(rates[1], "71130562");
  EXPECT_LT(*report.moves_took, (sim::Duration{50'000'000'000}));
}

TEST(Rebalance, TheSecondWaitsForTheFirst) {
  Wanted second;
  second.name = "fill";
  second.spec = "mode: full, replicationThrottle: 20000000";
  const Report report = play(apply_at("at: 10s", {}) + apply_at("at: 12s", second));
  expect_clean(report);
  EXPECT_EQ(state(report), "Ready");
  EXPECT_EQ(state(report, "fill"), "Ready");
}

TEST(Rebalance, WhatCannotBeIsNotReadyAndSaysWhy) {
  const auto reason = [](const std::string& spec) {
    Wanted wanted;
    wanted.spec = spec;
    const Report report = play(apply_at("at: 10s", wanted));
    EXPECT_EQ(state(report), "NotReady");
    EXPECT_EQ(report.moves_started, 0);
    return report.rebalances.empty() ? std::string() : report.rebalances.front().message;
  };
  EXPECT_THAT(reason("mode: add-brokers, brokers: [7]"), HasSubstr("no broker 7"));
  EXPECT_THAT(reason("mode: add-brokers"), HasSubstr("needs the brokers"));
  EXPECT_THAT(reason("mode: full, excludedTopics: '['"), HasSubstr("no regular expression"));
  EXPECT_THAT(reason("mode: remove-brokers, brokers: [0, 1]"), HasSubstr("replication factor"));
}

// 6 MB/s arrive on what one broker would copy, and count twice at the leader: at 10 MB/s nothing is
// left for the copies.
TEST(Rebalance, AThrottleBelowWhatArrivesIsRefused) {
  Wanted wanted;
  wanted.spec = "mode: remove-brokers, brokers: [0], replicationThrottle: 10000000";
  const std::string text =
      std::string(kWorkload).substr(0, std::string(kWorkload).find("  steps:")) +
      "    producers:\n"
      "      - {topic: orders, recordsPerSecond: 6000, recordBytes: 1000}\n"
      "  steps:\n" +
      apply_at("at: 10s", wanted);
  const Report report = run_text(scenario_text(text) + configured());
  EXPECT_EQ(state(report), "NotReady");
  EXPECT_EQ(report.rebalances.front().reason, "ThrottleTooLow");
}

// A move by hand whose throttle nobody takes away: told within two reconciles, and no longer once
// it is gone.
TEST(Rebalance, AThrottleThatIsLeftBehindIsTold) {
  const std::string move =
      "    - at: 10s\n      reassign: {partitions: {orders-0: [2, 1]}, throttle: 50M}\n";
  const Report left = play(move);
  EXPECT_GT(left.throttles_left, 0);
  EXPECT_EQ(count(left, "ThrottleLeftBehind"), 1);
  const auto warns = [](const Report& report) {
    return std::any_of(
        report.conditions.begin(), report.conditions.end(),
        [](const api::Condition& each) { return each.reason == "ThrottleLeftBehind"; });
  };
  EXPECT_TRUE(warns(left));
  const Report removed =
      play(move + "    - when: {decision: ThrottleLeftBehind}\n      verifyReassignment: true\n");
  EXPECT_EQ(removed.throttles_left, 0);
  EXPECT_EQ(count(removed, "ThrottleLeftBehind"), 1);
  EXPECT_FALSE(warns(removed));
  // What is cleared in time is not told, nor what a KafkaRebalance is about.
  const Report clean =
      play(move + "    - when: {reassigned: true}\n      verifyReassignment: true\n" +
           apply_at("after: 10s", {}));
  EXPECT_EQ(count(clean, "ThrottleLeftBehind"), 0);
  EXPECT_EQ(clean.throttles_left, 0);
}

Report play_shipped(const std::string& file, const std::string& profile = "") {
  const LoadResult result = load(TWIN_SOURCE_DIR "/scenarios/" + file);
  for (const sim::Error& error : result.errors) ADD_FAILURE() << format_error(error);
  RunOptions options;
  options.profile = profile;
  return result.scenario ? run_scenario(*result.scenario, options) : Report{};
}

TEST(Rebalance, TheShippedScenariosHold) {
  for (const char* file :
       {"rebalance/scale-up.yaml", "rebalance/scale-up-auto.yaml", "rebalance/scale-down.yaml",
        "rebalance/replace-broker-by-operator.yaml", "failures/roll-meets-rebalance.yaml"}) {
    SCOPED_TRACE(file);
    EXPECT_EQ(reasons_of(play_shipped(file)), "");
  }
}

// Broker 3 is restarted in the moment in which what is moved to it arrives: Strimzi takes 12
// partitions below min.insync.replicas until broker 2 is back in sync, ours waits.
TEST(Rebalance, AMoveThatEndsInARestartTakesStrimziBelowMinIsrAndNotUs) {
  const Report strimzi = play_shipped("failures/roll-meets-rebalance.yaml", "strimzi@1.2");
  EXPECT_GT(strimzi.under_min_isr_longest, (sim::Duration{2'000'000'000}));
  EXPECT_EQ(strimzi.under_min_isr_worst.size(), 10U);  // as many as are shown
  const Report ours = play_shipped("failures/roll-meets-rebalance.yaml");
  EXPECT_EQ(ours.under_min_isr.ns, 0);
  EXPECT_EQ(ours.moves_ended, 12);
}

TEST(Rebalance, UnderStrimziItIsNotPlayedAndTheVerdictIsUnknown) {
  RunOptions options;
  options.profile = "strimzi@1.2";
  const Report report = run_scenario(scenario(apply_at("at: 10s", {})), options);
  EXPECT_EQ(report.moves_started, 0);
  EXPECT_THAT(reasons_of(report), HasSubstr("Cruise Control is not played"));
}

}  // namespace
}  // namespace twin::scenario
