// Faults that overlap on one thing: it is whole again when the last of them is healed.
#include "tests/faults/support.h"

namespace twin::model {
namespace {

// The zone is dark from 100 to 300 s. A power-off of the machine under one of its pods, from 110 to
// 140 s, does not boot it, nor does the loss of that machine until 200 s.
TEST_F(FaultTest, AMachineBootsWhenTheLastReasonIsHealed) {
  deploy();
  const std::string machine = machine_of("my-cluster-broker-0");
  const uint64_t before = sim::marks::hit("fault_held_by_another");
  inject(FaultKind::zone_loss, world->kube.zone_of(machine), 200_s);
  run_until(110_s);
  inject(FaultKind::power_off, "my-cluster-broker-0", 30_s);
  inject(FaultKind::node_loss, machine, 90_s);
  run_until(299_s);
  EXPECT_TRUE(world->kube.node_is_dark(machine));
  EXPECT_EQ(sim::marks::hit("fault_held_by_another"), before + 2);
  run_until(301_s);
  EXPECT_FALSE(world->kube.node_is_dark(machine));
}

// A zone of three machines, one of which is held down longer: the other two boot with the zone.
TEST_F(FaultTest, OfAZoneThoseMachinesBootThatNothingElseHolds) {
  deploy();
  const std::string machine = machine_of("my-cluster-broker-0");
  const std::string zone = world->kube.zone_of(machine);
  inject(FaultKind::zone_loss, zone, 60_s);
  inject(FaultKind::power_off, "my-cluster-broker-0", 120_s);
  run_until(161_s);
  for (const std::string& node : world->kube.nodes_in(zone)) {
    EXPECT_EQ(world->kube.node_is_dark(node), node == machine) << node;
  }
  run_until(221_s);
  EXPECT_FALSE(world->kube.node_is_dark(machine));
}

// Loading the logs of broker 0 takes 300 ms, and for the one segment of each of its three logs 20
// ms of a whole disk: 360 ms, at half its speed 420 ms, at a tenth 900 ms.
sim::Duration load_of_broker_0(World& world) { return world.replication.log_load({0}).duration; }

// A tenth from 100 to 200 s, half from 120 to 140 s.
TEST_F(FaultTest, OfTwoSlowDisksTheLatestCountsAndThenTheFirstAgain) {
  deploy();
  EXPECT_EQ(load_of_broker_0(*world), 360_ms);
  inject(FaultKind::slow_disk, "my-cluster-broker-0", 100_s, 10);
  EXPECT_EQ(load_of_broker_0(*world), 900_ms);
  run_until(120_s);
  inject(FaultKind::slow_disk, "my-cluster-broker-0", 20_s, 50);
  EXPECT_EQ(load_of_broker_0(*world), 420_ms);
  run_until(141_s);
  EXPECT_EQ(load_of_broker_0(*world), 900_ms);
  run_until(201_s);
  EXPECT_EQ(load_of_broker_0(*world), 360_ms);
}

// The first one to end is the one that counts less: nothing changes.
TEST_F(FaultTest, WhenTheEarlierOfTwoLevelsEndsTheLaterOneStays) {
  deploy();
  inject(FaultKind::slow_disk, "my-cluster-broker-0", 30_s, 10);
  inject(FaultKind::slow_disk, "my-cluster-broker-0", 90_s, 50);
  run_until(131_s);
  EXPECT_EQ(load_of_broker_0(*world), 420_ms);
}

// Stopped twice, continued once: the process stands until the second is healed.
TEST_F(FaultTest, AProcessThatTwoFaultsStopGoesOnAfterBoth) {
  deploy();
  inject(FaultKind::broker_hang, "my-cluster-broker-0", 20_s);
  inject(FaultKind::broker_hang, "my-cluster-broker-0", 40_s);
  run_until(139_s);
  EXPECT_FALSE(world->kafka.serving({0}));
  run_until(141_s);
  EXPECT_TRUE(world->kafka.serving({0}));
}

// Frozen from 100 to 110 s and cut off from the API server until 125 s: the thaw delivers nothing.
TEST_F(FaultTest, AThawedWatchThatIsCutOffStaysSilentUntilTheCutIsHealed) {
  deploy();
  inject(FaultKind::stale_cache, "", 10_s);
  inject(FaultKind::network_cut, "operator", 25_s, 0, "", "api-server");
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(124_s);
  EXPECT_TRUE(all<trace::WatchEventDelivered>().empty());
  run_until(126_s);
  EXPECT_FALSE(all<trace::WatchEventDelivered>().empty());
}

// Operator 0 by its default name and by its index is the same one.
TEST_F(FaultTest, AnOperatorThatTwoFaultsKeepDownStartsAfterBoth) {
  deploy();
  inject(FaultKind::operator_crash, "", 20_s);
  inject(FaultKind::operator_crash, "0", 40_s);
  run_until(139_s);
  EXPECT_FALSE(world->operators.running(0));
  run_until(141_s);
  EXPECT_TRUE(world->operators.running(0));
}

}  // namespace
}  // namespace twin::model
