// Liveness: its bound by hand, what breaks it, and what is rest.
#include "scenarios/runner/properties/liveness.h"

#include "scenarios/runner/run.h"
#include "tests/properties/rig.h"

namespace twin::scenario {
namespace {

// It takes a restart of every broker.
const std::string kSetting = "spec.kafka.config.auto.leader.rebalance.enable";

Step set_step(sim::Duration at, const std::string& path, const std::string& value) {
  Step step;
  step.id = "change";
  step.trigger.at = at;
  step.kind = Step::Kind::set;
  step.target_kind = "Kafka";
  step.target = "my-cluster";
  step.changes.emplace_back(path, api::Value::string(value));
  return step;
}

// Six pods, one change: 1 + 2 rolls. No producers, so nothing to catch up and no data to copy. The
// restart: grace 30 s, container 0.1 s, JVM 3 s, session 18 s, metadata 0.2 s, log base 0.3 s, 62
// empty segments of 20 ms = 1.24 s, readiness 15 s + 2 x 10 s: 87.84 s.
// 2 x 120 s + 2 x 300 s + 6 x 3 x 87.84 s + 0 = 2,421.12 s.
TEST(Liveness, TheBoundIsTheSumOfTheScenariosOwnTimes) {
  Scenario scenario = scenario_of_rig();
  scenario.workload.producers.clear();
  scenario.steps.push_back(set_step(10_s, kSetting, "false"));
  SessionOptions options;
  Session session(scenario, options);
  ASSERT_EQ(session.run().reason, EndReason::settled);
  const LivenessBound bound = liveness_bound(scenario, session.world());
  EXPECT_EQ(bound.nodes, 6);
  EXPECT_EQ(bound.rolls, 3);
  EXPECT_EQ(bound.restart, 87'840_ms) << sim::format_duration(bound.restart);
  EXPECT_EQ(bound.copy, 0_s);
  EXPECT_EQ(bound.total(), 2'421'120_ms) << bound.text();
}

// More comes in than a broker's card can carry beside it: no time is enough, nothing is judged.
TEST(Liveness, NoBoundWhenMoreComesInThanCanBeFetched) {
  Scenario scenario = scenario_of_rig();
  scenario.workload.producers[0].records_per_s = 1'000'000;  // 1 GB/s against disks of 250 MB/s
  Rig rig(scenario_of_rig());
  EXPECT_TRUE(liveness_bound(scenario_of_rig(), rig.world()).finite);
  EXPECT_FALSE(liveness_bound(scenario, rig.world()).finite);
}

// 100 records/s of 1,000 bytes, three replicas: a throttle of 300 kB/s leaves nothing to the new
// replica, one of 310 kB/s a little.
TEST(Liveness, NoBoundWhenAThrottleLeavesAMoveNothing) {
  for (const int64_t throttle : {300'000, 310'000}) {
    Scenario scenario = scenario_of_rig();
    scenario.workload.producers.resize(1);
    scenario.workload.producers[0].records_per_s = 100;
    scenario.workload.producers[0].record_bytes = 1'000;
    Step move;
    move.kind = Step::Kind::reassign;
    move.reassign.throttle = throttle;
    scenario.steps.push_back(std::move(move));
    Rig rig(scenario_of_rig());
    const LivenessBound bound = liveness_bound(scenario, rig.world());
    EXPECT_EQ(bound.finite, throttle == 310'000);
    EXPECT_EQ(bound.moves, 1);
  }
}

// An operator that is stopped for good reaches nothing; the report says what is pending.
TEST(Liveness, WhatIsNeverReachedIsNamed) {
  Scenario scenario = scenario_of_rig();
  Step stop;
  stop.id = "stop";
  stop.trigger.at = 5_s;
  stop.kind = Step::Kind::stop_operator;
  scenario.steps.push_back(std::move(stop));
  scenario.steps.push_back(set_step(10_s, kSetting, "false"));
  const Report report = run_scenario(scenario, {});
  EXPECT_EQ(report.end, "timeMax");
  ASSERT_EQ(report.violations.size(), 1U);
  EXPECT_EQ(report.violations[0].property, "liveness");
  EXPECT_NE(report.violations[0].how.find("pending: Kafka my-cluster is not Ready"),
            std::string::npos)
      << report.violations[0].how;
}

// A step that waits for what never comes is the scenario's fault: the run does not come to rest,
// but no operator is to blame.
TEST(Liveness, AStepThatNeverComesIsNobodysFault) {
  Scenario scenario = scenario_of_rig();
  Step never;
  never.id = "never";
  never.trigger.when.emplace();
  never.trigger.when->kind = Condition::Kind::restarts_done;
  never.trigger.when->count = 100;
  scenario.steps.push_back(std::move(never));
  const Report report = run_scenario(scenario, {});
  EXPECT_EQ(report.end, "timeMax");
  EXPECT_NE(report.end_detail.find("step never was not taken"), std::string::npos);
  for (const ViolationEntry& each : report.violations) ADD_FAILURE() << each.how;
}

// In a run that is over before the bound nothing can be said.
TEST(Liveness, ARunThatIsTooShortSaysNothing) {
  Scenario scenario = scenario_of_rig();
  scenario.time_max = 60_s;
  scenario.steps.push_back(set_step(50_s, kSetting, "false"));
  const Report report = run_scenario(scenario, {});
  EXPECT_EQ(report.end, "timeMax");
  for (const ViolationEntry& each : report.violations) EXPECT_NE(each.property, "liveness");
}

// A version that the operator does not ship is refused, and says so: there is nothing to reach.
TEST(Liveness, ARefusedWishIsRest) {
  Scenario scenario = scenario_of_rig();
  scenario.steps.push_back(set_step(10_s, "spec.kafka.version", "9.9.9"));
  const Report report = run_scenario(scenario, {});
  EXPECT_EQ(report.end, "settled") << report.end_detail;
  for (const ViolationEntry& each : report.violations) ADD_FAILURE() << each.how;
  EXPECT_LT(report.failed_reconciles, 60);
}

}  // namespace
}  // namespace twin::scenario
