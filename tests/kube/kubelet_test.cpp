// The life of a pod on its machine. Delays of the default hardware: scheduling 15 ms, a watch event
// 20 ms, starting a container 100 ms, a call to the API server 8 ms; a pod created at 0 is seen by
// its kubelet at 35 ms, where its probes' workers start, and its container runs at 135 ms.
#include "tests/kube/support.h"

namespace twin::model {
namespace {

class KubeletTest : public KubeTest {
 public:
  KubeletTest() { nodes("a", 1); }
};

// initialDelaySeconds 15, periodSeconds 10: ticks at 0.035, 10.035, 20.035 s; the first two find a
// container that has not run for 15 s (it would at 15.135), the third asks.
TEST_F(KubeletTest, ReadinessIsAskedAtTheFirstTickAfterTheInitialDelay) {
  create(pod("p"));
  run_until(at(60_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({135_ms}));
  EXPECT_EQ(times<trace::PodBecameReady>("p"), instants({20'035_ms}));
}

// periodSeconds 1, initialDelaySeconds 1: ticks at 0.035, 1.035, 2.035; the container has run for
// 1 s at 1.135, so the tick at 2.035 asks.
TEST_F(KubeletTest, AShortPeriodAnswersSooner) {
  auto quick = pod("p");
  quick->spec.containers.front().readiness.initial_delay = 1_s;
  quick->spec.containers.front().readiness.period = 1_s;
  create(quick);
  run_until(at(10_s));
  EXPECT_EQ(times<trace::PodBecameReady>("p"), instants({2'035_ms}));
}

// The container exits at 33.1 s and starts again at 33.2 s. The grid stays: 40.035 is 6.8 s after
// that start, 50.035 is 16.8 s after it and asks.
TEST_F(KubeletTest, TheGridOfProbesStaysThroughARestart) {
  create(pod("p"));
  run_until(at(33'100_ms));
  containers.exit(uid("p"), 1);
  run_until(at(60_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({135_ms, 33'200_ms}));
  EXPECT_EQ(times<trace::PodBecameUnready>("p"), instants({33'100_ms}));
  EXPECT_EQ(times<trace::PodBecameReady>("p"), instants({20'035_ms, 50'035_ms}));
}

// It stops answering at 22 s: asked at 30.035, 40.035 and 50.035; the third failure counts
// (failureThreshold 3). It answers again at 52 s: the next tick is 60.035, one success is enough.
TEST_F(KubeletTest, ThreeFailuresMakeAPodUnreadyAndOneSuccessMakesItReady) {
  create(pod("p"));
  run_until(at(22_s));
  containers.answers = false;
  kube.probe_again(uid("p"));
  run_until(at(52_s));
  EXPECT_EQ(times<trace::PodBecameUnready>("p"), instants({50'035_ms}));
  containers.answers = true;
  run_until(at(70_s));
  EXPECT_EQ(times<trace::PodBecameReady>("p"), instants({20'035_ms, 60'035_ms}));
}

// Not alive from 22 s on: 30.035, 40.035, 50.035 fail, the third sends SIGTERM, the container is
// gone at once and starts again 100 ms later.
TEST_F(KubeletTest, ThreeFailedLivenessProbesRestartTheContainer) {
  create(pod("p"));
  run_until(at(22_s));
  containers.alive = false;
  kube.probe_again(uid("p"));
  run_until(at(51_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({135_ms, 50'135_ms}));
  EXPECT_EQ(find_pod("p")->status.containers[0].restart_count, 1);
}

// Exits 1 a second after each start: the first restart is at once (100 ms), the next after 10, 20,
// 40, 80, 160 and then 300 s: 0.135; +1.1; 12.235 = 1.235+1+10; 33.235; 74.235; 155.235; 316.235;
// 617.235 = 316.235+1+300; 918.235.
TEST_F(KubeletTest, RestartsBackOffFromTenSecondsToFiveMinutes) {
  kube.fail_starts("p", 3);
  create(pod("p"));
  run_until(at(20_s));
  EXPECT_EQ(waiting("p"), "CrashLoopBackOff");
  EXPECT_EQ(find_pod("p")->status.containers[0].last_exit_code, 3);
  run_until(at(1000_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"),
            instants({135_ms, 1'235_ms, 12'235_ms, 33'235_ms, 74'235_ms, 155'235_ms, 316'235_ms,
                      617'235_ms, 918'235_ms}));
}

// A run of exactly ten minutes wipes the slate: the restart after it is at once again.
TEST_F(KubeletTest, TenMinutesOfRunningForgetTheBackOff) {
  create(pod("p"));
  run_until(at(2'135_ms));
  containers.exit(uid("p"), 1);  // restarts at 2.235 s
  run_until(at(3'235_ms));
  containers.exit(uid("p"), 1);  // waits 10 s: 13.235 s
  run_until(at(613'235_ms));
  containers.exit(uid("p"), 1);  // ran 600 s
  run_until(at(620_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"),
            instants({135_ms, 2'235_ms, 13'235_ms, 613'335_ms}));
}

// One second less and it would wait 20 s.
TEST_F(KubeletTest, LessThanTenMinutesDoNot) {
  create(pod("p"));
  run_until(at(2'135_ms));
  containers.exit(uid("p"), 1);
  run_until(at(3'235_ms));
  containers.exit(uid("p"), 1);
  run_until(at(612'235_ms));
  containers.exit(uid("p"), 1);  // ran 599 s
  run_until(at(640_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"),
            instants({135_ms, 2'235_ms, 13'235_ms, 632'235_ms}));
}

// Attempts at 0.035, then after 10, 20, 40 s: 10.035, 30.035, 70.035. The look 10 s after an
// attempt that waits longer finds the back-off.
TEST_F(KubeletTest, AnImageThatCannotBePulledBacksOff) {
  kube.break_image("image:1", true);
  create(pod("p"));
  run_until(at(10_s));
  EXPECT_EQ(waiting("p"), "ErrImagePull");
  run_until(at(19_s));
  EXPECT_EQ(waiting("p"), "ErrImagePull");
  run_until(at(21_s));
  EXPECT_EQ(waiting("p"), "ImagePullBackOff");
  run_until(at(31_s));
  EXPECT_EQ(waiting("p"), "ErrImagePull");
  kube.break_image("image:1", false);
  run_until(at(80_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({70'135_ms}));
}

TEST_F(KubeletTest, AMachineThatHasTheImageDoesNotPullIt) {
  create(pod("p"));
  run_until(at(1_s));
  kube.break_image("image:1", true);
  create(pod("q"));
  run_until(at(2_s));
  EXPECT_EQ(times<trace::ContainerStarted>("q"), instants({1'135_ms}));
}

TEST_F(KubeletTest, AnImageTakesItsTimeOnce) {
  hardware.image_pull = 30_s;
  create(pod("p"));
  run_until(at(40_s));
  create(pod("q"));
  run_until(at(50_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({30'135_ms}));
  EXPECT_EQ(times<trace::ContainerStarted>("q"), instants({40'135_ms}));
}

TEST_F(KubeletTest, InitContainersDelayTheMainOneAndAreToldAsPodInitializing) {
  auto slow = pod("p");
  slow->spec.init_containers.resize(1);
  kube.set_start_delay("p", 5_s);
  create(slow);
  run_until(at(3_s));
  EXPECT_EQ(waiting("p"), "PodInitializing");
  run_until(at(6_s));
  EXPECT_EQ(times<trace::ContainerStarted>("p"), instants({5'135_ms}));
}

// Marked at 30 s; the kubelet hears of it 20 ms later and sends SIGTERM; the container is gone at
// once, the object 8 ms later.
TEST_F(KubeletTest, ADeletedPodGoesWhenItsContainerHas) {
  create(pod("p"));
  run_until(at(30_s));
  act(Verb::remove, api::Kind::pod, "p");
  EXPECT_TRUE(find_pod("p")->metadata.deletion_time.has_value());
  EXPECT_EQ(find_pod("p")->metadata.deletion_grace, 30_s);
  run_until(at(31_s));
  EXPECT_EQ(times<trace::ContainerExited>("p"), instants({30'020_ms}));
  EXPECT_EQ(times<trace::PodRemoved>("p"), instants({30'028_ms}));
}

// SIGTERM at 30.020 s, grace 30 s: SIGKILL at 60.020.
TEST_F(KubeletTest, AContainerThatDoesNotStopIsKilledWhenTheGraceIsOver) {
  create(pod("p"));
  run_until(at(30_s));
  containers.deaf = true;
  act(Verb::remove, api::Kind::pod, "p");
  run_until(at(60_s));
  EXPECT_NE(find_pod("p"), nullptr);
  run_until(at(61_s));
  EXPECT_EQ(times<trace::ContainerExited>("p"), instants({60'020_ms}));
  EXPECT_EQ(times<trace::PodRemoved>("p"), instants({60'028_ms}));
  ASSERT_EQ(containers.kills.size(), 1U);
  EXPECT_EQ(containers.kills[0], KillKind::sigkill);
}

TEST_F(KubeletTest, ADeletionWithoutGraceTakesTheObjectAtOnce) {
  create(pod("p"));
  run_until(at(30_s));
  act(Verb::remove, api::Kind::pod, "p", 0_s);
  EXPECT_EQ(find_pod("p"), nullptr);
  EXPECT_EQ(times<trace::PodRemoved>("p"), instants({30_s}));
  EXPECT_TRUE(containers.running.empty());
}

}  // namespace
}  // namespace twin::model
