// Volumes that fail under a running broker, and network cards that are slow.
#include "tests/faults/support.h"

namespace twin::model {
namespace {

// Two volumes a broker: of its three logs the first and the third lie in the first directory.
std::string two_volumes() {
  std::string text = kCluster;
  const std::string one = "{id: 0, type: persistent-claim, size: 100Gi}";
  text.replace(text.find(one), one.size(), one + ", {id: 1, type: persistent-claim, size: 100Gi}");
  return text;
}

class DiskTest : public FaultTest {
 public:
  // Of the broker's departures from ISRs with that reason: when, and of which partition of t.
  std::vector<std::pair<sim::Time, int64_t>> left(int64_t broker, trace::LeaveReason why) const {
    std::vector<std::pair<sim::Time, int64_t>> found;
    for (const Entry& entry : records) {
      if (entry.type != static_cast<uint16_t>(trace::ReplicaLeftIsr::kType)) continue;
      if (entry.fields[1] != broker || entry.fields[3] != static_cast<int64_t>(why)) continue;
      found.emplace_back(entry.at, entry.fields[0] - static_cast<int64_t>(partition(0)));
    }
    return found;
  }
  bool in_isr(uint32_t number, int32_t broker) const {
    const Partition& row = world->kafka.table().partitions[partition(number)];
    return row.in_isr(row.slot_of({broker}));
  }
};

#define DISK_CASE(kind, name)                              \
  const RegisteredCase registered_##name(FaultKind::kind); \
  TEST_F(DiskTest, name)

// The second directory of broker 1 has partition 1, which it leads. 160 ms after the failure the
// broker is out of its ISR and broker 2 leads it; partitions 0 and 2 notice nothing. Healed at
// 160 s, the pod is deleted by whoever mended the disk, and the replica is back after its restart.
DISK_CASE(failed_disk, OneOfTwoDirectoriesTakesItsReplicasAlong) {
  deploy({}, "twin.csi", two_volumes());
  inject(FaultKind::failed_disk, "data-1-my-cluster-broker-1", 60_s);
  run_until(159_s);
  using Left = std::vector<std::pair<sim::Time, int64_t>>;
  EXPECT_EQ(left(1, trace::LeaveReason::disk_failed), (Left{{{(100'160_ms).ns}, 1}}));
  EXPECT_EQ(world->kafka.table().partitions[partition(1)].leader(), api::NodeId{2});
  EXPECT_TRUE(in_isr(0, 1));
  EXPECT_TRUE(in_isr(2, 1));
  EXPECT_FALSE(in_isr(1, 1));
  EXPECT_TRUE(world->kafka.process_running({1}));
  run_until(161_s);
  EXPECT_EQ(times<trace::PodDeletionMarked>("my-cluster-broker-1"), instants({160_s}));
  run_until(240_s);
  EXPECT_TRUE(in_isr(1, 1));
  EXPECT_EQ(times<trace::PodDeletionMarked>("my-cluster-broker-1").size(), 1U);
}

// What the leader got meanwhile the replica fetches when its directory is back, and no more.
TEST_F(DiskTest, ADirectoryThatIsBackHasItsData) {
  deploy({}, "twin.csi", two_volumes());
  world->replication.set_initial_size(partition(1), 10'000'000);
  inject(FaultKind::failed_disk, "data-1-my-cluster-broker-0", 60_s);
  run_until(110_s);
  world->replication.append(partition(1), 1'000'000);
  EXPECT_EQ(end_of(1, 0), 10'000'000);
  run_until(240_s);
  EXPECT_EQ(end_of(1, 0), 11'000'000);
  EXPECT_TRUE(in_isr(1, 0));
  int64_t fetched = 0;
  for (const trace::CatchUpStarted& each : all<trace::CatchUpStarted>()) {
    if (each.broker == 0) fetched += each.bytes;
  }
  EXPECT_EQ(fetched, 1'000'000);
}

// The only directory: the process ends at once, starts 100 ms later, and ends again when its JVM
// (3 s) finds no directory; then after 10 s (113.2 s), and after 20 s (136.3 s), which is behind
// the heal at 130 s.
TEST_F(DiskTest, ABrokerWithoutADirectoryCannotStart) {
  deploy();
  inject(FaultKind::failed_disk, "data-0-my-cluster-broker-0", 30_s);
  run_until(200_s);
  EXPECT_EQ(of_number<trace::ProcessExited>(0), instants({100_s, 103'100_ms, 116'100_ms}));
  EXPECT_EQ(times<trace::ContainerStarted>("my-cluster-broker-0"),
            instants({100'100_ms, 113'100_ms, 136'100_ms}));
  EXPECT_TRUE(times<trace::PodDeletionMarked>("my-cluster-broker-0").empty());
  EXPECT_TRUE(in_isr(0, 0));
}

// In KRaft the first directory has the metadata log: the second does not help.
TEST_F(DiskTest, WithoutItsMetadataLogABrokerEnds) {
  deploy({}, "twin.csi", two_volumes());
  inject(FaultKind::failed_disk, "data-0-my-cluster-broker-0", 30_s);
  EXPECT_FALSE(world->kafka.process_running({0}));
}

// Nobody writes: the next checkpoint does, 5 s later. A producer's bytes fail at once, and one that
// is emptied before the first write is none the wiser.
DISK_CASE(full_disk, AFullDiskFailsAtTheNextWrite) {
  for (const bool produced : {false, true}) {
    deploy({}, "twin.csi", two_volumes());
    if (produced) world->replication.set_inflow(partition(1), 1'000, true);
    inject(FaultKind::full_disk, "data-1-my-cluster-broker-0", 60_s);
    run_until(159_s);
    EXPECT_EQ(of_number<trace::LogDirectoryFailed>(0), instants({produced ? 100_s : 105_s}));
  }
  deploy({}, "twin.csi", two_volumes());
  inject(FaultKind::full_disk, "data-1-my-cluster-broker-0", 4_s);
  run_until(159_s);
  EXPECT_TRUE(of_number<trace::LogDirectoryFailed>(0).empty());
}

// Broker 0 misses 100 MB of partition 1 while its machine is off. At 1 % its card takes 12.5 MB/s:
// 8 s. With 99 ms more on each round trip of 1 ms, a window of 131,072 bytes per 100 ms is
// 1,310,720 bytes/s: of 10 MB, 7.63 s.
DISK_CASE(slow_network, ASlowCardCatchesUpSlowly) {
  deploy();
  inject(FaultKind::slow_network, "my-cluster-broker-0", {}, 1);
  inject(FaultKind::power_off, "my-cluster-broker-0", 20_s);
  run_until(115_s);
  world->replication.append(partition(1), 100'000'000);
  run_until(200_s);
  EXPECT_GE(longest_catch_up(0), 8_s);
  EXPECT_LE(longest_catch_up(0), 8'200_ms);
}

TEST_F(DiskTest, ADelayLeavesAWindowPerRoundTrip) {
  deploy();
  inject(FaultKind::slow_network, "my-cluster-broker-0", {}, 99, "delay");
  inject(FaultKind::power_off, "my-cluster-broker-0", 20_s);
  run_until(115_s);
  world->replication.append(partition(1), 10'000'000);
  run_until(200_s);
  EXPECT_GE(longest_catch_up(0), 7'620_ms);
  EXPECT_LE(longest_catch_up(0), 7'800_ms);
}

// 20 MB/s come in, 12.5 MB/s go through: broker 0 falls behind and leaves the ISR of partition 1
// at the leader's check, 30 to 45 s later; the healed card lets it back.
TEST_F(DiskTest, AFollowerBehindASlowCardLeavesTheIsr) {
  deploy();
  world->replication.set_inflow(partition(1), 20'000'000, true);
  inject(FaultKind::slow_network, "my-cluster-broker-0", 60_s, 1);
  run_until(159_s);
  const auto gone = left(0, trace::LeaveReason::lagging);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].second, 1);
  EXPECT_GE(gone[0].first, sim::Time{(130_s).ns});
  EXPECT_LE(gone[0].first, sim::Time{(146_s).ns});
  run_until(200_s);
  EXPECT_TRUE(in_isr(1, 0));
}

TEST_F(DiskTest, WhatIsNoBrokersVolumeOrCardIsRefused) {
  deploy();
  EXPECT_NE(refusal({FaultKind::failed_disk, "data-0-my-cluster-controller-3", "", {}, 0, ""}),
            "accepted");
  EXPECT_NE(refusal({FaultKind::full_disk, "data-7-my-cluster-broker-0", "", {}, 0, ""}),
            "accepted");
  EXPECT_NE(refusal({FaultKind::slow_network, "my-cluster-broker-0", "", {}, 0, ""}), "accepted");
  EXPECT_NE(refusal({FaultKind::slow_network, "my-cluster-broker-0", "", {}, 5, "loss"}),
            "accepted");
}

}  // namespace
}  // namespace twin::model
