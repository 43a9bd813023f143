// Each property of data, versions and settings, made to fire by hand and made to stay silent.
#include "controller/api/strimzi.h"
#include "scenarios/runner/run.h"
#include "tests/properties/rig.h"

namespace twin::scenario {
namespace {

using Names = std::vector<std::string>;

// The three machines lose power at once: what none of them had flushed is gone, and nobody is to
// blame. 1,200 x 1,000 B/s, pages 30 s old at most on disk: up to 36 MB. With eligible leader
// replicas (new clusters since 4.1) nobody who may have lost something leads, so it may be none.
TEST(Acknowledged, ATailThatEveryCopyLostIsExplained) {
  Scenario scenario = scenario_of_rig();
  for (const char* pod : {"my-cluster-broker-0", "my-cluster-broker-1", "my-cluster-broker-2"}) {
    Step step;
    step.id = pod;
    step.trigger.at = 60_s;
    step.kind = Step::Kind::fault;
    step.fault = {model::FaultKind::power_off, pod, "", 30_s, 0, ""};
    scenario.steps.push_back(step);
  }
  const Report report = run_scenario(scenario, {});
  EXPECT_LE(report.acknowledged_bytes_lost, 36'000'000);
  for (const ViolationEntry& each : report.violations) {
    EXPECT_NE(each.property, "acknowledged") << each.how;
  }
}

// A data plane that loses what nobody lost: no copy ever reached so far.
TEST(Acknowledged, BytesThatNobodyEverHadWereWronglyPromised) {
  Rig rig;
  rig.world().kernel.emit(trace::AcknowledgedBytesLost{0, 1'000'000, 0, 1});
  EXPECT_EQ(rig.violated(), Names{"acknowledged"});
  EXPECT_NE(rig.how().find("only 0 of 2 copies"), std::string::npos) << rig.how();
}

// The record says that a promise 1 MB below the leader's log end is lost: both followers, in the
// ISR, are milliseconds behind and reach that far.
TEST(Acknowledged, AnEligibleCopyShouldHaveLed) {
  Rig rig;
  const auto leader = rig.world().kafka.table().partitions[0].leader().value;
  rig.world().kernel.emit(trace::AcknowledgedBytesLost{0, -1'000'000, leader, 1});
  EXPECT_EQ(rig.violated(), Names{"acknowledged"});
  EXPECT_NE(rig.how().find("eligible to lead, still has them"), std::string::npos) << rig.how();
}

TEST(Acknowledged, NothingWasPromisedForUncleanElectionsAndWeakerAcks) {
  Rig rig;
  model::Kernel& kernel = rig.world().kernel;
  kernel.emit(trace::AcknowledgedBytesLost{0, 1'000'000, 0, 0});
  kernel.emit(trace::LeaderElected{0, 0, 9, static_cast<int64_t>(trace::ElectionReason::unclean)});
  kernel.emit(trace::AcknowledgedBytesLost{0, 1'000'000, 0, 1});
  EXPECT_EQ(rig.violated(), Names{});
}

TEST(OneNode, AVolumeIsAttachedOnce) {
  Rig rig;
  model::Kernel& kernel = rig.world().kernel;
  const int64_t volume = kernel.string("pv-x"), a = kernel.string("a"), b = kernel.string("b");
  kernel.emit(trace::VolumeAttached{volume, a});
  kernel.emit(trace::VolumeAttached{volume, a});
  kernel.emit(trace::VolumeDetached{volume, a});
  kernel.emit(trace::VolumeAttached{volume, b});
  EXPECT_EQ(rig.violated(), Names{});
  kernel.emit(trace::VolumeAttached{volume, a});
  EXPECT_EQ(rig.violated(), Names{"one-node"});
}

// A pod of node 9 that was given the claim of broker 0.
TEST(SameVolumes, NobodyMountsAnothersVolume) {
  Rig rig;
  const auto pod = std::static_pointer_cast<const api::Pod>(
      rig.world().kube.find(api::Kind::pod, "kafka", "my-cluster-broker-0"));
  auto copy = std::make_shared<api::Pod>();
  copy->metadata.name = "my-cluster-broker-9";
  copy->metadata.namespace_name = "kafka";
  copy->metadata.labels = pod->metadata.labels;
  copy->spec.volumes = pod->spec.volumes;
  ASSERT_TRUE(rig.world().kube.user_apply(*copy).meta.ok());
  rig.wait(1_s);
  model::Kernel& kernel = rig.world().kernel;
  kernel.emit(trace::ProcessStarted{0, 2, kernel.string("4.2.0")});
  EXPECT_EQ(rig.violated(), Names{});
  kernel.emit(trace::ProcessStarted{9, 1, kernel.string("4.2.0")});
  EXPECT_EQ(rig.violated(), Names{"same-volumes"});
}

TEST(Claims, AClaimInUseIsNotDeleted) {
  Rig rig;
  rig.remove(api::Kind::persistent_volume_claim, "data-0-my-cluster-broker-0");
  EXPECT_EQ(rig.violated(), Names{"claims"});
  EXPECT_NE(rig.how().find("which pod my-cluster-broker-0 mounts"), std::string::npos) << rig.how();
}

void delete_claims_of_a_broker_that_is_gone(Rig& rig) {
  rig.world().kube.user_remove(api::Kind::strimzi_pod_set, "kafka", "my-cluster-broker");
  rig.wait(60_s);
  rig.remove(api::Kind::persistent_volume_claim, "data-0-my-cluster-broker-0");
}

// The pool's volume says deleteClaim: false in one run and true in the other.
TEST(Claims, DeleteClaimOfTheManifestDecides) {
  Rig kept;
  delete_claims_of_a_broker_that_is_gone(kept);
  EXPECT_EQ(kept.violated().back(), "claims");
  EXPECT_NE(kept.how().find("deleteClaim is not set"), std::string::npos) << kept.how();

  Scenario scenario = scenario_of_rig();
  for (const auto& object : scenario.objects) {
    if (object->kind != api::Kind::kafka_node_pool) continue;
    static_cast<api::KafkaNodePool&>(*object).storage.volumes[0].delete_claim = true;
  }
  Rig given_up(std::move(scenario));
  delete_claims_of_a_broker_that_is_gone(given_up);
  for (const std::string& name : given_up.violated()) EXPECT_NE(name, "claims");
}

// A pod that leaves its set and goes, with 62 replicas on it.
TEST(Brokers, ABrokerWithReplicasIsNotRemoved) {
  Rig rig;
  const auto set = rig.world().kube.find(api::Kind::strimzi_pod_set, "kafka", "my-cluster-broker");
  ASSERT_TRUE(set);
  const auto shrunk = std::static_pointer_cast<api::StrimziPodSet>(set->clone());
  shrunk->pods.pop_back();
  controller::KubeRequest request;
  request.verb = controller::Verb::update;
  request.kind = api::Kind::strimzi_pod_set;
  request.object = shrunk;
  ASSERT_TRUE(rig.world().kube.execute(request).meta.ok());
  rig.remove(api::Kind::pod, "my-cluster-broker-1");  // a member still: it comes back
  EXPECT_EQ(rig.violated(), Names{});
  rig.remove(api::Kind::pod, "my-cluster-broker-2");
  EXPECT_EQ(rig.violated(), Names{"brokers"});
  EXPECT_NE(rig.how().find("although 62 replicas live on it"), std::string::npos) << rig.how();
}

api::IncrementalAlterConfigsRequest throttle(api::AlterOp op) {
  api::IncrementalAlterConfigsRequest request;
  request.broker = {1};
  request.changes = {{"leader.replication.throttled.rate", "1000000", op}};
  return request;
}

TEST(Throttles, AnOperatorTakesItsThrottleAway) {
  Rig rig;
  rig.ask(throttle(api::AlterOp::set), 1);
  rig.ask(throttle(api::AlterOp::remove), 1);
  rig.finish();
  EXPECT_EQ(rig.violated(), Names{});
  rig.ask(throttle(api::AlterOp::set), 1);
  rig.finish();
  EXPECT_EQ(rig.violated(), Names{"throttles"});
  EXPECT_NE(rig.how().find("= 1000000 was left behind on broker 1"), std::string::npos)
      << rig.how();
}

TEST(Throttles, AUsersThrottleIsTheUsers) {
  Rig rig;
  controller::KafkaRequest request;
  request.node = {1};
  request.body = throttle(api::AlterOp::set);
  sim::Duration extra{};
  ASSERT_TRUE(rig.world().kafka.execute(request, &extra).meta.ok());
  rig.finish();
  EXPECT_EQ(rig.violated(), Names{});
}

}  // namespace
}  // namespace twin::scenario
