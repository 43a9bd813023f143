// Strimzi's alert rules on a run: true for at least 10 s.
#include "tests/runner/support.h"

namespace twin::scenario {
namespace {

using namespace sim::literals;

Report with_steps(const std::string& steps) {
  return run_text(
      scenario_text("  workload:\n    topics: [{name: orders, partitions: 6, replicas: 3}]\n"
                    "    producers: [{topic: orders, recordsPerSecond: 60}]\n"
                    "  steps:\n" +
                    steps) +
      configured());
}

// A broker that does not answer for 60 s: it is fenced when its session of 9 s is over, and its
// replicas are out of their ISRs until it is back, one spell of the whole time with
// under-replicated partitions: less than 70 s, so that Prometheus may look past it.
TEST(Alerts, ASpellOfUnderReplicationMayFire) {
  const Report report = with_steps(
      "    - {at: 10s, fault: {kind: broker-hang, target: my-cluster-broker-1, "
      "duration: 60s}}\n");
  ASSERT_EQ(report.alerts.size(), 1U);
  EXPECT_EQ(report.alerts[0].rule, "UnderReplicatedPartitions");
  EXPECT_EQ(report.alerts[0].spells, 1);
  EXPECT_EQ(report.alerts[0].longest, report.urp);
  EXPECT_GT(report.urp, 45_s);
  EXPECT_LT(report.urp, 70_s);
  EXPECT_FALSE(report.alerts[0].certain);
}

// Two minutes: Prometheus sees it. Two brokers of three: under min.insync.replicas as well.
TEST(Alerts, TwoMinutesFire) {
  std::string steps;
  for (const char* broker : {"0", "1"}) {
    steps += std::string("    - {at: 10s, fault: {kind: broker-hang, target: my-cluster-broker-") +
             broker + ", duration: 120s}}\n";
  }
  const Report report = with_steps(steps);
  ASSERT_EQ(report.alerts.size(), 2U);
  EXPECT_TRUE(report.alerts[0].certain);
  EXPECT_EQ(report.alerts[1].rule, "UnderMinIsrPartitionCount");
  EXPECT_TRUE(report.alerts[1].certain);
}

// A clean restart is over for its partitions within seconds; nobody is called.
TEST(Alerts, ShortSpellsDoNotFire) {
  const Report report = with_steps(
      "    - {at: 10s, fault: {kind: broker-hang, target: my-cluster-broker-1, duration: 15s}}\n");
  EXPECT_GT(report.urp, 0_s);
  EXPECT_LT(report.urp, 10_s);
  EXPECT_TRUE(report.alerts.empty());
}

// Two of three controllers gone for a minute: no one is active.
TEST(Alerts, AQuorumThatIsLostFires) {
  std::string steps;
  for (const char* controller : {"3", "4"}) {
    steps +=
        std::string("    - {at: 10s, fault: {kind: broker-hang, target: my-cluster-controller-") +
        controller + ", duration: 60s}}\n";
  }
  const Report report = with_steps(steps);
  ASSERT_FALSE(report.alerts.empty());
  EXPECT_EQ(report.alerts.back().rule, "AbnormalControllerState");
  EXPECT_GE(report.alerts.back().longest, 10_s);
}

}  // namespace
}  // namespace twin::scenario
