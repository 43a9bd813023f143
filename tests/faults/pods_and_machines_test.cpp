// Faults of pods, machines and disks. Default hardware: watch event 20 ms, API call 8 ms,
// scheduling 15 ms, starting a container 100 ms.
#include "tests/faults/support.h"

namespace twin::model {
namespace {

// Killed at 100 s; the first restart is at once, 100 ms later. The session of 9 s is at most 2 s
// old (heartbeats), so the broker is fenced between 107 and 109 s.
FAULT_CASE(broker_crash, ACrashedBrokerStartsAgainAtOnceAndIsFencedByItsSession) {
  deploy();
  inject(FaultKind::broker_crash, "my-cluster-broker-0");
  run_until(130_s);
  EXPECT_EQ(times<trace::ContainerExited>("my-cluster-broker-0"), instants({100_s}));
  EXPECT_EQ(all<trace::ContainerExited>().front().exit_code, 137);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"), instants({100'100_ms}));
  const auto fenced = of_number<trace::BrokerFenced>(0);
  ASSERT_EQ(fenced.size(), 1U);
  EXPECT_GE(fenced[0], sim::Time{(107_s).ns});
  EXPECT_LE(fenced[0], sim::Time{(109_s).ns});
}

// Stopped from 100 to 120 s: fenced as above, and back within a heartbeat's round trip and commit
// of going on (measured 0.03 s); the container never restarts.
FAULT_CASE(broker_hang, AHungBrokerIsFencedAndComesBackWithoutARestart) {
  deploy();
  inject(FaultKind::broker_hang, "my-cluster-broker-0", 20_s);
  run_until(140_s);
  const auto fenced = of_number<trace::BrokerFenced>(0);
  const auto unfenced = of_number<trace::BrokerUnfenced>(0);
  ASSERT_EQ(fenced.size(), 1U);
  ASSERT_EQ(unfenced.size(), 1U);
  EXPECT_GE(fenced[0], sim::Time{(107_s).ns});
  EXPECT_LE(fenced[0], sim::Time{(109_s).ns});
  EXPECT_GE(unfenced[0], sim::Time{(120_s).ns});
  EXPECT_LE(unfenced[0], sim::Time{(121_s).ns});
  EXPECT_TRUE(times<trace::ContainerStarted>("my-cluster-broker-0").empty());
}

// A million bytes arrive at partition 0 (leader 0) at 100 s and 5 s later the leader's machine
// loses power: pages stay dirty for 30 s, so its replica is back where it was. It boots at 165 s,
// starts 120 ms later and finds its image.
FAULT_CASE(power_off, AMachineWithoutPowerLosesUnwrittenPagesAndBootsAgain) {
  Hardware hardware;
  hardware.image_pull = 7_s;
  deploy(hardware);
  const int64_t before = end_of(0, 0);
  world->replication.append(partition(0), 1'000'000);
  run_until(105_s);
  EXPECT_EQ(end_of(0, 0), before + 1'000'000);
  inject(FaultKind::power_off, "my-cluster-broker-0", 60_s);
  EXPECT_EQ(end_of(0, 0), before);
  run_until(170_s);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"), instants({165'120_ms}));
  EXPECT_TRUE(times<trace::PodRemoved>("my-cluster-broker-0").empty());
}

// The operator asks all the same, at 120 s, and waits in vain; of a process that is merely dead its
// machine would refuse at once.
TEST_F(FaultTest, AMachineWithoutPowerDoesNotEvenRefuse) {
  deploy();
  inject(FaultKind::power_off, "my-cluster-broker-0", 60_s);
  run_until(160_s);
  std::set<int64_t> asked;
  for (const trace::KafkaCallMade& each : all<trace::KafkaCallMade>()) {
    if (each.node == 0) asked.insert(each.call);
  }
  ASSERT_FALSE(asked.empty());
  for (const trace::ReplyReceived& each : all<trace::ReplyReceived>()) {
    if (!asked.contains(each.call)) continue;
    EXPECT_EQ(each.outcome, static_cast<int64_t>(controller::Outcome::unknown));
  }
}

// The same with pages written back long ago: nothing is lost.
TEST_F(FaultTest, WhatWasWrittenBackSurvivesAPowerOff) {
  deploy();
  const int64_t before = end_of(0, 0);
  world->replication.append(partition(0), 1'000'000);
  run_until(140_s);
  inject(FaultKind::power_off, "my-cluster-broker-0", 60_s);
  EXPECT_EQ(end_of(0, 0), before + 1'000'000);
}

// Another machine of that name at 160 s: it has to pull the image, 7 s, before the container can
// start: 160 + 0.02 + 7 + 0.1.
FAULT_CASE(node_loss, AReplacedMachineHasNoImages) {
  Hardware hardware;
  hardware.image_pull = 7_s;
  deploy(hardware);
  inject(FaultKind::node_loss, machine_of("my-cluster-broker-0"), 60_s);
  run_until(170_s);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"), instants({167'120_ms}));
}

// Volumes on the machine's own disks go with it: 10 MB in each of three partitions are fetched
// again (the offsets topic does not exist here). After a power-off none would be.
TEST_F(FaultTest, ALostMachineTakesItsLocalDisksAlong) {
  for (const FaultKind kind : {FaultKind::node_loss, FaultKind::power_off}) {
    deploy({}, "rancher.io/local-path");
    for (uint32_t i = 0; i < 3; ++i) {
      world->replication.set_initial_size(partition(i), 10'000'000);
    }
    const bool loss = kind == FaultKind::node_loss;
    inject(kind, loss ? machine_of("my-cluster-broker-0") : "my-cluster-broker-0", 60_s);
    run_until(220_s);
    int64_t fetched = 0;
    for (const trace::CatchUpStarted& each : all<trace::CatchUpStarted>()) {
      if (each.broker == 0) fetched += each.bytes;
    }
    EXPECT_EQ(fetched, loss ? 30'000'000 : 0);
  }
}

// Broker 0 and a controller or more run in its zone: all their processes end at that instant.
FAULT_CASE(zone_loss, AZonesProcessesEndTogether) {
  deploy();
  const std::string zone = world->kube.zone_of(machine_of("my-cluster-broker-0"));
  std::vector<int64_t> there;
  for (int32_t id = 0; id < 6; ++id) {
    const std::string pool = id < 3 ? "broker-" : "controller-";
    const std::string machine = machine_of("my-cluster-" + pool + std::to_string(id));
    if (world->kube.zone_of(machine) == zone) there.push_back(id);
  }
  EXPECT_EQ(there.size(), 2U);  // six pods over three zones
  inject(FaultKind::zone_loss, zone, 30_s);
  for (const int64_t id : there) {
    EXPECT_EQ(of_number<trace::ProcessExited>(id), instants({100_s}));
  }
  EXPECT_EQ(all<trace::ProcessExited>().size(), 2U);
}

// Broker 0 misses 100 MB of partition 1 (leader 1) while its machine is off. Its disk writes at 10
// % of 250 MB/s, 25 MB/s, below the connection's 131 MB/s: 4 s, and a restart's other small logs.
FAULT_CASE(slow_disk, ADiskAtATenthCatchesUpAtATenth) {
  deploy();
  inject(FaultKind::slow_disk, "my-cluster-broker-0", {}, 10);
  inject(FaultKind::power_off, "my-cluster-broker-0", 20_s);
  run_until(115_s);
  world->replication.append(partition(1), 100'000'000);
  run_until(200_s);
  const sim::Duration took = longest_catch_up(0);
  EXPECT_GE(took, 4_s);
  EXPECT_LE(took, 4'200_ms);
}

// The volume is found empty at the next start. Whether the broker was away for longer than its
// session or is back at once, refused until its last incarnation's session is over: it leads
// nothing by then, fetches its three replicas of 10 MB again, and nothing is lost.
FAULT_CASE(lost_disk, ALostDiskIsEmptyAtTheNextStart) {
  for (const bool at_once : {false, true}) {
    deploy();
    for (uint32_t i = 0; i < 3; ++i) world->replication.set_initial_size(partition(i), 10'000'000);
    inject(FaultKind::lost_disk, "data-0-my-cluster-broker-0");
    if (at_once) {
      inject(FaultKind::broker_crash, "my-cluster-broker-0");
    } else {
      inject(FaultKind::power_off, "my-cluster-broker-0", 20_s);
    }
    run_until(150_s);
    int64_t fetched = 0;
    for (const trace::CatchUpStarted& each : all<trace::CatchUpStarted>()) {
      if (each.broker == 0) fetched += each.bytes;
    }
    int64_t lost = 0;
    for (const trace::AcknowledgedBytesLost& each : all<trace::AcknowledgedBytesLost>()) {
      lost += each.bytes;
    }
    EXPECT_EQ(fetched, 30'000'000);
    EXPECT_EQ(lost, 0);
  }
}

// Its machine cordoned, the pod moves to another one of the zone but its volume does not; healed at
// 160 s the volume is detached and attached at once (0 s each) and the container starts 100 ms
// later.
FAULT_CASE(volume_stuck, AStuckVolumeHoldsItsPodBack) {
  deploy();
  world->kube.cordon(machine_of("my-cluster-broker-0"), true);
  inject(FaultKind::volume_stuck, "data-0-my-cluster-broker-0", 60_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(180_s);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"), instants({160'100_ms}));
}

// terminationGracePeriodSeconds is 30; the pod goes by a controlled shutdown, exit code aside.
FAULT_CASE(pod_delete, APodDeletedByHandHasItsGrace) {
  deploy();
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  ASSERT_EQ(all<trace::PodDeletionMarked>().size(), 1U);
  EXPECT_EQ(all<trace::PodDeletionMarked>()[0].grace_ns, (30_s).ns);
  run_until(120_s);
  EXPECT_EQ(of_number<trace::ControlledShutdownStarted>(0).size(), 1U);
  EXPECT_EQ(times<trace::PodRemoved>("my-cluster-broker-0").size(), 1U);
}

// Init containers take 5 s more: the kubelet sees the pod 20 ms after it was scheduled.
FAULT_CASE(slow_start, InitContainersTakeTheirTime) {
  deploy();
  inject(FaultKind::slow_start, "my-cluster-broker-0", {}, 5000);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(130_s);
  const auto scheduled = times<trace::PodScheduled>("my-cluster-broker-0");
  ASSERT_EQ(scheduled.size(), 1U);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"),
            std::vector<sim::Time>{scheduled[0] + 5'120_ms});
}

// Exit code 7 a second after each start; restarts after 0.1, 10, 20 s.
FAULT_CASE(start_fails, AContainerThatFailsAtEveryStartBacksOff) {
  deploy();
  inject(FaultKind::start_fails, "my-cluster-broker-0", 40_s, 7);
  inject(FaultKind::broker_crash, "my-cluster-broker-0");  // 100 s; starts at 100.1, fails
  run_until(150_s);
  // 101.1 + 10; 112.1 + 20; healed at 140: 132.1 is the last to fail; 133.1 + 40 is to come.
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"),
            instants({100'100_ms, 111'100_ms, 132'100_ms}));
  EXPECT_EQ(all<trace::ContainerExited>().back().exit_code, 7);
  run_until(180_s);
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0").back(),
            sim::Time{(173'100_ms).ns});
  EXPECT_TRUE(world->kafka.process_running({0}));
}

// On a machine that has not the image: tried at once and after 10 and 20 s; healed at 125 s, the
// attempt after that, 30 s behind the first, succeeds.
FAULT_CASE(image_broken, AnImageThatCannotBePulledKeepsThePodWaiting) {
  deploy();
  world->kube.cordon(machine_of("my-cluster-broker-0"), true);
  inject(FaultKind::image_broken, "4.2.0", 25_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(150_s);
  const auto waits = times<trace::ContainerWaiting>("my-cluster-broker-0");
  const auto started = times<trace::ContainerStarted>("my-cluster-broker-0");
  ASSERT_GE(waits.size(), 2U);  // ErrImagePull twice in one state, then ImagePullBackOff
  ASSERT_EQ(started.size(), 1U);
  EXPECT_EQ(started[0] - waits[0], 30'100_ms);
}

// Pending until healed at 150 s; placed 15 ms later.
FAULT_CASE(unschedulable, APodWithoutRoomIsPendingUntilThereIsSome) {
  deploy();
  inject(FaultKind::unschedulable, "my-cluster-broker-0", 50_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(149_s);
  EXPECT_EQ(times<trace::PodUnschedulable>("my-cluster-broker-0").size(), 1U);
  EXPECT_TRUE(times<trace::PodScheduled>("my-cluster-broker-0").empty());
  run_until(160_s);
  EXPECT_EQ(times<trace::PodScheduled>("my-cluster-broker-0"), instants({150'015_ms}));
}

// Broker 0 misses 5 MB of partition 1 and may fetch 1 MB/s while it is out of sync: 5 s.
FAULT_CASE(throttle_follower, AThrottledFollowerCatchesUpAtItsLimit) {
  deploy();
  inject(FaultKind::throttle_follower, "my-cluster-broker-0", {}, 1'000'000);
  inject(FaultKind::power_off, "my-cluster-broker-0", 20_s);
  run_until(115_s);
  world->replication.append(partition(1), 5'000'000);
  run_until(200_s);
  const sim::Duration took = longest_catch_up(0);
  EXPECT_GE(took, 4'990_ms);
  EXPECT_LE(took, 5'100_ms);
}

// Broker 2 applies metadata 10 s late: broker 1's controlled shutdown, which waits until every
// broker has applied that its leaders moved, takes at least that long (else at most two
// heartbeats and a bit, measured 2.2 to 4.5 s).
FAULT_CASE(slow_metadata, ABrokerThatLagsInMetadataHoldsUpTheShutdownOfAnother) {
  for (const bool slow : {false, true}) {
    deploy();
    if (slow) inject(FaultKind::slow_metadata, "my-cluster-broker-2", {}, 10'000);
    inject(FaultKind::pod_delete, "my-cluster-broker-1");
    run_until(140_s);
    const auto started = of_number<trace::ControlledShutdownStarted>(1);
    const auto granted = of_number<trace::ControlledShutdownGranted>(1);
    ASSERT_EQ(started.size(), 1U);
    ASSERT_EQ(granted.size(), 1U);
    EXPECT_EQ(granted[0] - started[0] >= 10_s, slow);
    EXPECT_LE(granted[0] - started[0], slow ? 14_s : 5_s);
  }
}

}  // namespace
}  // namespace twin::model
