// A machine is lost, as it really goes. Three zones of one machine each. The lease's and the
// monitor's phases are draws; the tests work out from them when the loss can be told.
#include "tests/kube/support.h"

namespace twin::model {
namespace {

sim::Duration phase(std::string_view what, uint64_t entity, sim::Duration period) {
  const uint64_t drawn = sim::draw(0, sim::purpose(what), entity, 0);
  return {static_cast<int64_t>(sim::below(static_cast<uint64_t>(period.ns), drawn))};
}

// The machine with that number loses power at `lost`: its last renewal is the last point of its
// grid of 10 s, seen at the next of the monitor's grid of 5 s; the grace runs from there.
sim::Time not_ready_at(uint64_t machine, sim::Duration lost, sim::Duration grace) {
  sim::Duration renewed = phase("kubelet_lease", machine, 10_s);
  while (renewed + 10_s <= lost) renewed += 10_s;
  sim::Duration seen = phase("node_monitor", 0, 5_s);
  while (seen < renewed) seen += 5_s;
  return at(seen + grace);
}

class NodeLossTest : public KubeTest {
 public:
  explicit NodeLossTest(const std::string& version = "1.37") : KubeTest(version) {
    for (const char* zone : {"a", "b", "c"}) nodes(zone, 1);
    storage_class("disk", "WaitForFirstConsumer");
    claim("data-p", "disk", 1000);
    auto stateful = pod("p");
    mount(*stateful, "data-p");
    create(stateful);
    run_until(at(100_s));
    lost = kube.node_of_pod("p");
    number = static_cast<uint64_t>(lost[0] - 'a');
  }
  bool terminating() const { return find_pod("p")->metadata.deletion_time.has_value(); }

  std::string lost;  // the machine under p
  uint64_t number = 0;
};
class OldNodeLossTest : public NodeLossTest {
 public:
  OldNodeLossTest() : NodeLossTest("1.31") {}
};

TEST_F(NodeLossTest, ANodeIsNotReadyFiftySecondsAfterItsLastRenewalWasSeen) {
  kube.fail_node(lost);
  const sim::Time due = not_ready_at(number, 100_s, 50_s);
  // The renewal is at most 10 s old and seen within 5 s.
  EXPECT_GE(due, at(140_s));
  EXPECT_LE(due, at(155_s));
  run_until(at(200_s));
  EXPECT_EQ(times<trace::KubeNodeBecameNotReady>(lost), std::vector<sim::Time>{due});
  EXPECT_EQ(times<trace::PodBecameUnready>("p"), std::vector<sim::Time>{due});
}

TEST_F(OldNodeLossTest, BeforeKubernetes132TheGraceIsFortySeconds) {
  kube.fail_node(lost);
  run_until(at(200_s));
  EXPECT_EQ(times<trace::KubeNodeBecameNotReady>(lost),
            std::vector<sim::Time>{not_ready_at(number, 100_s, 40_s)});
}

// Toleration 300 s, then a mark, then nothing, for hours; the volume stays where it is.
TEST_F(NodeLossTest, ItsPodIsMarkedAfterFiveMinutesAndStaysTerminating) {
  kube.fail_node(lost);
  const sim::Time not_ready = not_ready_at(number, 100_s, 50_s);
  run_until(not_ready + 299_s);
  EXPECT_FALSE(terminating());
  run_until(not_ready + 300_s);
  EXPECT_TRUE(terminating());
  run_until(at(7200_s));
  EXPECT_TRUE(terminating());
  EXPECT_TRUE(times<trace::PodRemoved>("p").empty());
  EXPECT_TRUE(times<trace::VolumeDetached>(kube.volume_of("data-p")).empty());
}

// PodGC looks each 20 s and takes the pod at the look that is 40 s after the one that missed the
// node; the volume is taken by force 6 minutes later.
TEST_F(NodeLossTest, DeletingTheNodeFreesThePodAndLaterTheVolume) {
  const std::string volume = kube.volume_of("data-p");
  kube.fail_node(lost);
  run_until(at(1000_s));
  act(Verb::remove, api::Kind::node, lost);
  sim::Duration look = phase("pod_gc", 0, 20_s);
  while (look < 1000_s) look += 20_s;
  run_until(at(2000_s));
  EXPECT_EQ(times<trace::PodRemoved>("p"), std::vector<sim::Time>{at(look + 40_s)});
  EXPECT_EQ(times<trace::VolumeDetached>(volume), std::vector<sim::Time>{at(look + 400_s)});
}

// The taint says that the machine is surely off: PodGC's next look takes the pod, and its volume is
// free at that instant.
TEST_F(NodeLossTest, TheOutOfServiceTaintFreesBothAtOnce) {
  const std::string volume = kube.volume_of("data-p");
  kube.fail_node(lost);
  run_until(at(1000_s));
  kube.taint_out_of_service(lost);
  sim::Duration look = phase("pod_gc", 0, 20_s);
  while (look < 1000_s) look += 20_s;
  run_until(at(1100_s));
  EXPECT_EQ(times<trace::PodRemoved>("p"), std::vector<sim::Time>{at(look)});
  EXPECT_EQ(times<trace::VolumeDetached>(volume), std::vector<sim::Time>{at(look)});
}

// kubectl delete --force: the object goes at once, the volume after 6 minutes. Its successor cannot
// start elsewhere meanwhile.
TEST_F(NodeLossTest, AForcedDeletionLeavesTheVolumeFencedForSixMinutes) {
  const std::string volume = kube.volume_of("data-p");
  kube.add_node(lost.substr(0, 1) + "9", lost.substr(0, 1), 8000, {int64_t{32} << 30});
  kube.fail_node(lost);
  run_until(at(1000_s));
  act(Verb::remove, api::Kind::pod, "p", 0_s);
  EXPECT_EQ(find_pod("p"), nullptr);
  auto successor = pod("p");
  mount(*successor, "data-p");
  create(successor);
  run_until(at(1359_s));
  EXPECT_EQ(waiting("p"), "ContainerCreating");
  EXPECT_EQ(times<trace::ContainerStarted>("p").size(), 1U);
  run_until(at(1361_s));
  EXPECT_EQ(times<trace::VolumeDetached>(volume), instants({1360_s}));
  EXPECT_EQ(times<trace::ContainerStarted>("p").size(), 2U);
}

// Back before the grace is over: nobody noticed.
TEST_F(NodeLossTest, AShortOutageRestartsTheContainerAndNothingElse) {
  kube.fail_node(lost);
  run_until(at(130_s));
  kube.recover_node(lost);
  run_until(at(600_s));
  EXPECT_TRUE(times<trace::KubeNodeBecameNotReady>(lost).empty());
  EXPECT_TRUE(times<trace::PodRemoved>("p").empty());
  // Seen by the kubelet after 20 ms, started 100 ms later.
  EXPECT_EQ(times<trace::ContainerStarted>("p").back(), at(130'120_ms));
  EXPECT_EQ(find_pod("p")->status.containers[0].restart_count, 1);
}

// Back at 500 s, after the mark: the kubelet confirms, 20 ms after it starts.
TEST_F(NodeLossTest, AMachineThatComesBackFinishesItsTerminatingPods) {
  kube.fail_node(lost);
  run_until(at(500_s));
  ASSERT_TRUE(terminating());
  kube.recover_node(lost);
  run_until(at(510_s));
  EXPECT_EQ(times<trace::KubeNodeBecameReady>(lost), instants({500_s}));
  EXPECT_EQ(times<trace::PodRemoved>("p"), instants({500'020_ms}));
}

// Back at 300 s, before the mark: the eviction is off.
TEST_F(NodeLossTest, AMachineThatComesBackInTimeKeepsItsPods) {
  kube.fail_node(lost);
  run_until(at(300_s));
  kube.recover_node(lost);
  run_until(at(1000_s));
  EXPECT_FALSE(terminating());
  EXPECT_EQ(times<trace::ContainerStarted>("p").back(), at(300'120_ms));
}

// The kubelet cannot be reached, but runs: the pod is NotReady and marked as if the machine were
// gone, its container runs on, and stops when the kubelet hears of it.
TEST_F(NodeLossTest, AKubeletThatIsCutOffGoesOnRunningItsPods) {
  Network network;
  network.cut("api-server", lost);
  kube.reachability_changed(network);
  const sim::Time not_ready = not_ready_at(number, 100_s, 50_s);
  run_until(not_ready + 301_s);
  EXPECT_EQ(times<trace::KubeNodeBecameNotReady>(lost), std::vector<sim::Time>{not_ready});
  EXPECT_TRUE(terminating());
  EXPECT_EQ(containers.running.size(), 1U);
  network.heal("api-server", lost);
  run_until(at(600_s));
  kube.reachability_changed(network);
  run_until(at(620_s));
  EXPECT_EQ(times<trace::ContainerExited>("p"), instants({600'020_ms}));
  EXPECT_EQ(times<trace::PodRemoved>("p"), instants({600'028_ms}));
}

}  // namespace
}  // namespace twin::model
