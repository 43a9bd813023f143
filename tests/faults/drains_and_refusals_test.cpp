// What Kubernetes asks back or will not give: drains, denied writes, volumes that do not attach;
// and what an operator is not told, or tells the time by. Default hardware: watch event 20 ms, API
// call 8 ms.
#include "tests/faults/support.h"

namespace twin::model {
namespace {

bool is_cordoned(const World& world, const std::string& node) {
  return api::as<api::Node>(*world.kube.find(api::Kind::node, "", node)).unschedulable;
}

// Six nodes, of which the budget keeps five. Broker 1 is on its way back, so that the eviction of
// broker 0 is refused at 100, 105, 110 ... s and granted at the first of those times at which
// broker 1 is Ready. The pod then moves to another machine of its zone, since its own is cordoned
// until 400 s.
FAULT_CASE(node_drain, AnEvictionWaitsForTheBudget) {
  deploy();
  const std::string machine = machine_of("my-cluster-broker-0");
  inject(FaultKind::pod_delete, "my-cluster-broker-1");
  inject(FaultKind::node_drain, machine, 300_s);
  run_until(399_s);
  const auto ready = times<trace::PodBecameReady>("my-cluster-broker-1");
  const auto marked = times<trace::PodDeletionMarked>("my-cluster-broker-0");
  ASSERT_EQ(ready.size(), 1U);
  ASSERT_EQ(marked.size(), 1U);
  const int64_t refusals = (ready[0] - sim::Time{(100_s).ns}).ns / (5_s).ns + 1;
  EXPECT_GE(refusals, 2);
  EXPECT_EQ(marked[0], sim::Time{(100_s).ns} + 5_s * refusals);
  EXPECT_EQ(times<trace::EvictionRefused>("my-cluster-broker-0").size(),
            static_cast<size_t>(refusals));
  EXPECT_NE(machine_of("my-cluster-broker-0"), machine);
  EXPECT_EQ(world->kube.zone_of(machine_of("my-cluster-broker-0")), world->kube.zone_of(machine));
  EXPECT_TRUE(is_cordoned(*world, machine));
  run_until(401_s);
  EXPECT_FALSE(is_cordoned(*world, machine));
}

// The webhook denies each eviction and leaves an annotation, which the operator sees in its next
// reconcile, the periodic one 120 s after it began at 0.1 s: evictions at 100, 105, 110, 115 and
// 120 s are denied, then the operator's own deletion comes, and the pod moves.
TEST_F(FaultTest, TheDrainCleanerLeavesThePodToTheOperator) {
  deploy();
  const std::string machine = machine_of("my-cluster-broker-0");
  inject(FaultKind::node_drain, machine, 300_s, 0, "drain-cleaner");
  run_until(390_s);
  EXPECT_EQ(times<trace::EvictionRefused>("my-cluster-broker-0").size(), 5U);
  const auto marked = times<trace::PodDeletionMarked>("my-cluster-broker-0");
  ASSERT_EQ(marked.size(), 1U);
  EXPECT_GE(marked[0], sim::Time{(120'100_ms).ns});
  EXPECT_LE(marked[0], sim::Time{(122_s).ns});
  EXPECT_NE(machine_of("my-cluster-broker-0"), machine);
}

// As with a volume that is stuck, the pod moves to another machine; but this one detaches from the
// old one, and is attached to none until 160 s. The container starts 100 ms later.
FAULT_CASE(volume_unattachable, AVolumeThatDoesNotAttachHoldsItsPodBack) {
  deploy();
  const std::string volume = world->kube.volume_of("data-0-my-cluster-broker-0");
  world->kube.cordon(machine_of("my-cluster-broker-0"), true);
  inject(FaultKind::volume_unattachable, "data-0-my-cluster-broker-0", 60_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(159_s);
  EXPECT_EQ(times<trace::VolumeDetached>(volume).size(), 1U);
  EXPECT_TRUE(times<trace::VolumeAttached>(volume).empty());
  run_until(180_s);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"), instants({160'100_ms}));
}

// The pod that is gone is asked for at once, and once more when the status that was written of its
// set comes back as an event; from there on 2, 4, 8, 16 and 32 s after each denial (the work
// queue's back-off): after 62 s, and seven calls of 8 ms and two events of 20 ms, it is made.
FAULT_CASE(admission_refusal, ADeniedPodIsAskedForAgain) {
  deploy();
  sim::marks::reset();
  inject(FaultKind::admission_refusal, "Pod", 60_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(200_s);
  const auto removed = times<trace::PodRemoved>("my-cluster-broker-0");
  const auto created = times<trace::PodCreated>("my-cluster-broker-0");
  ASSERT_EQ(removed.size(), 1U);
  ASSERT_EQ(created.size(), 1U);
  EXPECT_EQ(sim::marks::hit("kube_admission_denied"), 6U);
  EXPECT_GE(created[0] - removed[0], 62'050_ms);
  EXPECT_LE(created[0] - removed[0], 62'100_ms);
}

// A denied deletion leaves the pod as it is.
TEST_F(FaultTest, ADeniedDeletionDeletesNothing) {
  deploy();
  inject(FaultKind::admission_refusal, "Pod", 60_s, 0, "remove");
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(130_s);
  EXPECT_TRUE(times<trace::PodDeletionMarked>("my-cluster-broker-0").empty());
}

// The deletion at 100 s is never heard of. The operator began to list at 0.1 s, and does so again
// 300 s after the answer (8 ms): the pod is made at 300.1 s and a few calls of 8 ms.
FAULT_CASE(missed_event, WhatIsMissedIsFoundByTheNextList) {
  deploy();
  inject(FaultKind::missed_event, "", 60_s, 0, "Pod");
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(290_s);
  EXPECT_EQ(times<trace::PodRemoved>("my-cluster-broker-0").size(), 1U);
  EXPECT_TRUE(times<trace::PodCreated>("my-cluster-broker-0").empty());
  run_until(310_s);
  const auto created = times<trace::PodCreated>("my-cluster-broker-0");
  ASSERT_EQ(created.size(), 1U);
  EXPECT_GE(created[0], sim::Time{(300'100_ms).ns});
  EXPECT_LE(created[0], sim::Time{(300'200_ms).ns});
}

// A minute ahead from 100 to 150 s. The process that runs goes on by its monotonic clock; those
// that start at 110 and at 160 s take what they find.
FAULT_CASE(clock_jump, AProcessTakesTheClockThatItFindsAtItsStart) {
  deploy();
  inject(FaultKind::clock_jump, "", 50_s, 60'000);
  EXPECT_EQ(world->operators.clock_ahead(0), 0_s);
  inject(FaultKind::operator_crash, "", 10_s);
  run_until(111_s);
  EXPECT_EQ(world->operators.clock_ahead(0), 60_s);
  run_until(155_s);
  EXPECT_EQ(world->operators.clock_ahead(0), 60_s);
  inject(FaultKind::operator_crash, "", 5_s);
  run_until(161_s);
  EXPECT_EQ(world->operators.clock_ahead(0), 0_s);
}

// Its timers are not late for that: from its start 120 s pass to the periodic reconcile.
TEST_F(FaultTest, AClockThatIsAheadMovesNoTimer) {
  std::vector<sim::Time> without;
  for (const bool ahead : {false, true}) {
    deploy();
    if (ahead) inject(FaultKind::clock_jump, "", {}, 3'600'000);
    inject(FaultKind::operator_crash, "", 10_s);
    run_until(300_s);
    std::vector<sim::Time> calls;
    for (const Entry& entry : records) {
      const bool call = entry.type == static_cast<uint16_t>(trace::KubeCallMade::kType) ||
                        entry.type == static_cast<uint16_t>(trace::KafkaCallMade::kType);
      if (call) calls.push_back(entry.at);
    }
    if (!ahead) without = calls;
    EXPECT_GT(calls.size(), 10U);
    EXPECT_EQ(calls, without);
  }
}

TEST_F(FaultTest, WhatCannotBeDrainedOrDeniedIsRefused) {
  deploy();
  EXPECT_NE(refusal({FaultKind::node_drain, "nowhere", "", {}, 0, ""}), "accepted");
  EXPECT_NE(refusal({FaultKind::node_drain, "a0", "", {}, 0, "gently"}), "accepted");
  EXPECT_NE(refusal({FaultKind::admission_refusal, "Pods", "", {}, 0, ""}), "accepted");
  EXPECT_NE(refusal({FaultKind::admission_refusal, "Pod", "", {}, 0, "get"}), "accepted");
  EXPECT_NE(refusal({FaultKind::missed_event, "", "", {}, 0, "Pods"}), "accepted");
  EXPECT_NE(refusal({FaultKind::clock_jump, "", "", {}, 0, ""}), "accepted");
}

}  // namespace
}  // namespace twin::model
