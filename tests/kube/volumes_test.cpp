// Claims, volumes and attachments.
#include "controller/api/strimzi.h"
#include "tests/kube/support.h"

namespace twin::model {
namespace {

class VolumesTest : public KubeTest {
 public:
  VolumesTest() {
    hardware.volume_attach = 5_s;
    hardware.volume_detach = 3_s;
    nodes("a", 2);
    nodes("b", 1);
    storage_class("late", "WaitForFirstConsumer");
    storage_class("early", "Immediate");
  }
  void run_on(const std::string& name, const std::string& node, const std::string& claim_name) {
    auto made = pod(name);
    mount(*made, claim_name);
    made->spec.node_selector["kubernetes.io/hostname"] = node;
    create(made);
  }
  std::string phase_of(const std::string& name) {
    const api::ObjectPtr found = kube.find(api::Kind::persistent_volume_claim, "kafka", name);
    return found ? api::as<api::PersistentVolumeClaim>(*found).phase : "none";
  }
  const api::PersistentVolume* volume(const std::string& claim_name) {
    held_ = kube.find(api::Kind::persistent_volume, "", kube.volume_of(claim_name));
    return api::as<api::PersistentVolume>(held_);
  }

 private:
  api::ObjectPtr held_;
};

// The zone is that of the machine which the scheduler chose.
TEST_F(VolumesTest, AVolumeThatWaitsForItsConsumerIsMadeInTheConsumersZone) {
  claim("c", "late", 1000);
  run_until(at(10_s));
  EXPECT_EQ(kube.volume_of("c"), "");
  run_on("p", "b0", "c");
  run_until(at(11_s));
  EXPECT_EQ(phase_of("c"), "Bound");
  EXPECT_EQ(volume("c")->zone, "b");
  EXPECT_EQ(volume("c")->capacity.value, 1000);
}

TEST_F(VolumesTest, AnImmediateVolumeIsMadeAtOnce) {
  claim("c", "early", 1000);
  EXPECT_EQ(phase_of("c"), "Bound");
  EXPECT_NE(volume("c")->zone, "");
}

// Bound in zone b: no machine of zone a may have the pod, whatever it asks for.
TEST_F(VolumesTest, APodFollowsItsVolumesZone) {
  claim("c", "late", 1000);
  run_on("p", "b0", "c");
  run_until(at(20_s));
  act(Verb::remove, api::Kind::pod, "p", 0_s);
  run_on("q", "a0", "c");
  run_until(at(30_s));
  const api::Condition* placed =
      api::find_condition(find_pod("q")->status.conditions, "PodScheduled");
  ASSERT_NE(placed, nullptr);
  EXPECT_EQ(placed->reason, "Unschedulable");
  EXPECT_NE(placed->message.find("volume node affinity conflict"), std::string::npos);
}

TEST_F(VolumesTest, AClaimOfNoClassKeepsItsPodPending) {
  claim("c", "no-such-class", 1000);
  run_on("p", "a0", "c");
  run_until(at(30_s));
  EXPECT_TRUE(find_pod("p")->spec.node_name.empty());
}

// Created at 0, scheduled at 0.015, seen at 0.035, attached 5 s later, started 100 ms after that.
// The probes' workers start when the volume is there: 5.035 + 20 s.
TEST_F(VolumesTest, AContainerStartsWhenItsVolumeIsAttached) {
  claim("c", "late", 1000);
  run_on("p", "a0", "c");
  run_until(at(40_s));
  EXPECT_EQ(times<trace::VolumeAttached>(kube.volume_of("c")), instants({5'035_ms}));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({5'135_ms}));
  EXPECT_EQ(times<trace::PodBecameReady>("p"), instants({25'035_ms}));
}

// ReadWriteOnce: the second machine gets it when the first pod is gone (deleted at 50 s: SIGTERM at
// 50.020, gone at 50.028), 3 s of detaching and 5 s of attaching later.
TEST_F(VolumesTest, AVolumeIsOnOneMachineAtATime) {
  claim("c", "late", 1000);
  run_on("p", "a0", "c");
  run_until(at(40_s));
  run_on("q", "a1", "c");
  run_until(at(50_s));
  EXPECT_EQ(waiting("q"), "ContainerCreating");
  act(Verb::remove, api::Kind::pod, "p");
  run_until(at(70_s));
  const std::string name = kube.volume_of("c");
  EXPECT_EQ(times<trace::VolumeDetached>(name), instants({53'028_ms}));
  EXPECT_EQ(times<trace::VolumeAttached>(name), instants({5'035_ms, 58'028_ms}));
  EXPECT_EQ(times<trace::ContainerStarted>("q"), instants({58'128_ms}));
}

// The pod that comes back to the same machine within a second finds its volume attached: created
// and seen 35 ms later, started 100 ms after that.
TEST_F(VolumesTest, ARestartOnTheSameMachineNeedsNoAttaching) {
  claim("c", "late", 1000);
  run_on("p", "a0", "c");
  run_until(at(40_s));
  act(Verb::remove, api::Kind::pod, "p");
  run_until(at(40'100_ms));
  run_on("p", "a0", "c");
  run_until(at(50_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({5'135_ms, 40'235_ms}));
  EXPECT_TRUE(times<trace::VolumeDetached>(kube.volume_of("c")).empty());
}

TEST_F(VolumesTest, AVolumeThatIsStuckStaysWithTheOldMachine) {
  claim("c", "late", 1000);
  run_on("p", "a0", "c");
  run_until(at(40_s));
  kube.block_detach(kube.volume_of("c"), true);
  act(Verb::remove, api::Kind::pod, "p");
  run_on("q", "a1", "c");
  run_until(at(500_s));
  EXPECT_TRUE(times<trace::ContainerStarted>("q").empty());
  kube.block_detach(kube.volume_of("c"), false);  // 3 s off, 5 s on, 100 ms
  run_until(at(520_s));
  EXPECT_EQ(times<trace::ContainerStarted>("q"), instants({508'100_ms}));
}

TEST_F(VolumesTest, AClaimThatAsksForMoreGrowsItsVolume) {
  claim("c", "late", 1000);
  run_on("p", "a0", "c");
  run_until(at(10_s));
  const api::ObjectPtr bound = kube.find(api::Kind::persistent_volume_claim, "kafka", "c");
  auto grown =
      std::make_shared<api::PersistentVolumeClaim>(api::as<api::PersistentVolumeClaim>(*bound));
  grown->requested = {3000};
  EXPECT_TRUE(call(Verb::update, grown).meta.ok());
  EXPECT_EQ(volume("c")->capacity.value, 3000);
  EXPECT_EQ(api::as<api::PersistentVolumeClaim>(
                *kube.find(api::Kind::persistent_volume_claim, "kafka", "c"))
                .capacity.value,
            3000);
}

// kubernetes.io/pvc-protection: the claim waits for the last pod that mounts it; reclaimPolicy
// Delete takes the volume with it.
TEST_F(VolumesTest, AClaimInUseIsDeletedWhenItsPodIsGone) {
  claim("c", "late", 1000);
  run_on("p", "a0", "c");
  run_until(at(40_s));
  const std::string name = kube.volume_of("c");
  act(Verb::remove, api::Kind::persistent_volume_claim, "c");
  run_until(at(50_s));
  EXPECT_EQ(phase_of("c"), "Bound");
  act(Verb::remove, api::Kind::pod, "p");
  run_until(at(60_s));
  EXPECT_EQ(phase_of("c"), "none");
  EXPECT_EQ(kube.find(api::Kind::persistent_volume, "", name), nullptr);
}

}  // namespace
}  // namespace twin::model
