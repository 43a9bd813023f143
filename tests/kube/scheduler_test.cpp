// Who gets which machine, and evictions against budgets.
#include "tests/kube/support.h"

namespace twin::model {
namespace {

class SchedulerTest : public KubeTest {
 public:
  std::string unschedulable(const std::string& name) {
    const api::Condition* placed =
        api::find_condition(find_pod(name)->status.conditions, "PodScheduled");
    return placed == nullptr || placed->status == "True" ? "" : placed->message;
  }
  std::shared_ptr<api::Pod> labelled(const std::string& name) const {
    auto made = pod(name);
    made->metadata.labels["app"] = "x";
    return made;
  }
  void budget(std::optional<int32_t> min_available, std::optional<int32_t> max_unavailable) {
    auto made = std::make_shared<api::PodDisruptionBudget>();
    made->metadata.name = "budget";
    made->metadata.namespace_name = "kafka";
    made->selector["app"] = "x";
    made->min_available = min_available;
    made->max_unavailable = max_unavailable;
    create(made);
  }
};

// 8000 millicores: two pods of 3000 fit, a third does not.
TEST_F(SchedulerTest, APodNeedsRoom) {
  nodes("a", 1);
  for (const char* name : {"p", "q", "r"}) {
    auto big = pod(name);
    big->spec.containers.front().cpu_request_millis = 3000;
    create(big);
  }
  run_until(at(1_s));
  EXPECT_EQ(unschedulable("p"), "");
  EXPECT_EQ(unschedulable("q"), "");
  EXPECT_EQ(unschedulable("r"), "0/1 nodes are available: 1 Insufficient cpu");
  // Room comes with another machine, 15 ms later.
  kube.add_node("a9", "a", 8000, {int64_t{32} << 30});
  run_until(at(2_s));
  EXPECT_EQ(kube.node_of_pod("r"), "a9");
}

TEST_F(SchedulerTest, ACordonedMachineTakesNoNewPods) {
  nodes("a", 1);
  kube.cordon("a0", true);
  create(pod("p"));
  run_until(at(1_s));
  EXPECT_EQ(unschedulable("p"), "0/1 nodes are available: 1 node(s) were unschedulable");
  kube.cordon("a0", false);
  run_until(at(2_s));
  EXPECT_EQ(kube.node_of_pod("p"), "a0");
}

// Required anti-affinity by machine: two machines, three pods.
TEST_F(SchedulerTest, RequiredAntiAffinityLeavesTheThirdPodPending) {
  nodes("a", 2);
  for (const char* name : {"p", "q", "r"}) {
    auto apart = labelled(name);
    apart->spec.anti_affinity.push_back({"kubernetes.io/hostname", {{"app", "x"}}, true});
    create(apart);
  }
  run_until(at(1_s));
  EXPECT_NE(kube.node_of_pod("p"), kube.node_of_pod("q"));
  EXPECT_EQ(unschedulable("r"),
            "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules");
}

// maxSkew 1 over two zones: two pods in a need one in b, which has no machine that is ready.
TEST_F(SchedulerTest, TopologySpreadBoundsTheSkew) {
  nodes("a", 3);
  nodes("b", 1);
  kube.cordon("b0", true);
  for (const char* name : {"p", "q"}) {
    auto spread = labelled(name);
    spread->spec.topology_spread.push_back(
        {"topology.kubernetes.io/zone", 1, true, {{"app", "x"}}});
    create(spread);
  }
  run_until(at(1_s));
  EXPECT_EQ(unschedulable("p"), "");
  EXPECT_NE(unschedulable("q").find("topology spread constraints"), std::string::npos);
}

// minAvailable 2 of three: one eviction is granted, the next refused until its replacement is
// Ready (created at 40 s, Ready at 60.035).
TEST_F(SchedulerTest, ABudgetLetsOnePodGoAtATime) {
  nodes("a", 1);
  for (const char* name : {"p", "q", "r"}) create(labelled(name));
  budget(2, {});
  run_until(at(1_s));
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "p").meta.outcome, Outcome::too_many_requests)
      << "nobody is Ready yet";
  run_until(at(30_s));
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "p").meta.outcome, Outcome::ok);
  const KubeReply refused = act(Verb::evict, api::Kind::pod, "q");
  EXPECT_EQ(refused.meta.outcome, Outcome::too_many_requests);
  EXPECT_EQ(
      refused.meta.message,
      "Cannot evict pod as it would violate the pod's disruption budget. (The disruption budget "
      "budget needs 2 healthy pods and has 2 currently)");
  EXPECT_EQ(times<trace::EvictionRefused>("q"), instants({30_s}));
  run_until(at(40_s));
  EXPECT_EQ(find_pod("p"), nullptr);
  create(labelled("p"));
  run_until(at(60_s));
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "q").meta.outcome, Outcome::too_many_requests);
  run_until(at(60'035_ms));
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "q").meta.outcome, Outcome::ok);
}

// maxUnavailable 0 refuses every eviction (Strimzi's way with the drain cleaner); deleting is not
// evicting.
TEST_F(SchedulerTest, ABudgetOfZeroRefusesEvictionsButNotDeletions) {
  nodes("a", 1);
  create(labelled("p"));
  budget({}, 0);
  run_until(at(30_s));
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "p").meta.outcome, Outcome::too_many_requests);
  EXPECT_EQ(act(Verb::remove, api::Kind::pod, "p").meta.outcome, Outcome::ok);
}

// unhealthyPodEvictionPolicy IfHealthyBudget: a pod that is not Ready takes no part in what the
// budget protects, once the others satisfy it.
TEST_F(SchedulerTest, APodThatIsNotReadyMayBeEvictedWhenTheOthersSuffice) {
  nodes("a", 1);
  for (const char* name : {"p", "q"}) create(labelled(name));
  run_until(at(30_s));
  budget(2, {});
  create(labelled("r"));
  run_until(at(31_s));
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "r").meta.outcome, Outcome::ok);
  EXPECT_EQ(act(Verb::evict, api::Kind::pod, "p").meta.outcome, Outcome::too_many_requests);
}

}  // namespace
}  // namespace twin::model
