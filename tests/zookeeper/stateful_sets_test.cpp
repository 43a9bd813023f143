// The StatefulSet controller: names, claims, order, and when a changed template reaches a pod. The
// pods are processes without behaviour: ready as soon as they started, as their probe finds at its
// first effective tick, 20 s after the container's start (15 s of delay, ticks each 10 s).
#include <gtest/gtest.h>

#include "model/world.h"

namespace twin::model {
namespace {

using namespace sim::literals;

class Sets : public ::testing::Test {
 protected:
  Sets() : world(WorldOptions{}) {
    world.kube.add_node("node-a", "zone-a", 16'000, api::gib(64));
    auto standard = std::make_shared<api::StorageClass>();
    standard->metadata.name = "standard";
    standard->provisioner = "test";
    standard->is_default = true;
    world.kube.user_apply(*standard);
  }

  static api::StatefulSet set(const std::string& management, const std::string& strategy) {
    api::StatefulSet made;
    made.metadata.name = "db";
    made.metadata.namespace_name = "n";
    made.replicas = 3;
    made.selector = made.template_labels = {{"app", "db"}};
    made.pod_management = management;
    made.update_strategy = strategy;
    api::Container container;
    container.name = "main";
    container.image = "db:1";
    made.template_spec.containers.push_back(container);
    api::PersistentVolumeClaim claim;
    claim.metadata.name = "data";
    claim.requested = api::gib(1);
    made.claim_templates.push_back(claim);
    return made;
  }

  const api::Pod* pod(const std::string& name) const {
    const api::ObjectPtr found = world.kube.find(api::Kind::pod, "n", name);
    return found ? &api::as<api::Pod>(*found) : nullptr;
  }
  std::string image(const std::string& name) const {
    return pod(name) == nullptr ? "-" : pod(name)->spec.containers.front().image;
  }
  bool ready(const std::string& name) const {
    return pod(name) != nullptr && api::is_ready(*pod(name)) && !api::is_terminating(*pod(name));
  }
  std::string claim_of(const std::string& name) const {
    for (const api::PodVolume& volume : pod(name)->spec.volumes)
      if (volume.name == "data") return volume.claim_name;
    return {};
  }
  void change_image(const std::string& image) {
    const api::ObjectPtr stored = world.kube.find(api::Kind::stateful_set, "n", "db");
    auto changed = std::make_shared<api::StatefulSet>(api::as<api::StatefulSet>(*stored));
    changed->template_spec.containers.front().image = image;
    controller::KubeRequest request;
    request.verb = controller::Verb::update;
    request.kind = api::Kind::stateful_set;
    request.object = changed;
    ASSERT_TRUE(world.kube.execute(request).meta.ok());
  }
  void run_for(sim::Duration time) { world.run_until(world.kernel.now() + time); }

  World world;
};

TEST_F(Sets, ParallelMakesAllPodsAtOnceEachWithAClaimOfItsOwn) {
  world.kube.user_apply(set("Parallel", "OnDelete"));
  run_for(1_s);
  for (const char* name : {"db-0", "db-1", "db-2"}) {
    ASSERT_NE(pod(name), nullptr) << name;
    EXPECT_EQ(claim_of(name), std::string("data-") + name);
    EXPECT_NE(world.kube.find(api::Kind::persistent_volume_claim, "n", claim_of(name)), nullptr);
  }
}

TEST_F(Sets, OrderedReadyWaitsForThePredecessor) {
  world.kube.user_apply(set("OrderedReady", "OnDelete"));
  run_for(15_s);
  EXPECT_NE(pod("db-0"), nullptr);
  EXPECT_EQ(pod("db-1"), nullptr);
  run_for(10_s);  // db-0 is Ready at its probe's tick, 20 s after its start
  EXPECT_TRUE(ready("db-0"));
  EXPECT_NE(pod("db-1"), nullptr);
  EXPECT_EQ(pod("db-2"), nullptr);
}

TEST_F(Sets, OnDeleteLeavesPodsAloneUntilSomebodyDeletesThem) {
  world.kube.user_apply(set("Parallel", "OnDelete"));
  run_for(30_s);
  change_image("db:2");
  run_for(60_s);
  for (const char* name : {"db-0", "db-1", "db-2"}) EXPECT_EQ(image(name), "db:1");

  const api::Uid before = pod("db-1")->metadata.uid;
  const std::string claim = claim_of("db-1");
  const std::string volume = world.kube.volume_of(claim);
  world.kube.user_remove(api::Kind::pod, "n", "db-1");
  run_for(60_s);
  ASSERT_TRUE(ready("db-1"));
  EXPECT_NE(pod("db-1")->metadata.uid, before);  // same name, another incarnation
  EXPECT_EQ(image("db-1"), "db:2");
  EXPECT_EQ(claim_of("db-1"), claim);  // with the same volume
  EXPECT_EQ(world.kube.volume_of(claim), volume);
  EXPECT_EQ(image("db-0"), "db:1");
  EXPECT_EQ(image("db-2"), "db:1");
}

TEST_F(Sets, RollingUpdateGoesFromTheLastPodToTheFirst) {
  world.kube.user_apply(set("Parallel", "RollingUpdate"));
  run_for(30_s);
  change_image("db:2");
  run_for(10_s);
  EXPECT_EQ(image("db-0"), "db:1");
  EXPECT_EQ(image("db-1"), "db:1");
  EXPECT_NE(image("db-2"), "db:1");
  run_for(120_s);
  for (const char* name : {"db-0", "db-1", "db-2"}) EXPECT_EQ(image(name), "db:2");
}

TEST_F(Sets, ScaleDownTakesPodsFromTheEndAndKeepsTheirClaims) {
  world.kube.user_apply(set("Parallel", "OnDelete"));
  run_for(30_s);
  api::StatefulSet smaller = set("Parallel", "OnDelete");
  smaller.replicas = 1;
  world.kube.user_apply(smaller);
  run_for(60_s);
  EXPECT_NE(pod("db-0"), nullptr);
  EXPECT_EQ(pod("db-1"), nullptr);
  EXPECT_EQ(pod("db-2"), nullptr);
  EXPECT_NE(world.kube.find(api::Kind::persistent_volume_claim, "n", "data-db-2"), nullptr);
}

TEST_F(Sets, UndoPutsTheTemplateBackAndNothingElse) {
  world.kube.user_apply(set("Parallel", "OnDelete"));
  run_for(30_s);
  EXPECT_FALSE(world.kube.user_rollout_undo("n", "db"));  // one template only
  EXPECT_FALSE(world.kube.user_rollout_undo("n", "nobody"));
  change_image("db:2");
  run_for(1_s);
  const api::ObjectPtr stored = world.kube.find(api::Kind::stateful_set, "n", "db");
  auto marked = std::make_shared<api::StatefulSet>(api::as<api::StatefulSet>(*stored));
  marked->metadata.annotations["marker"] = "2";
  controller::KubeRequest request;
  request.verb = controller::Verb::update;
  request.kind = api::Kind::stateful_set;
  request.object = marked;
  ASSERT_TRUE(world.kube.execute(request).meta.ok());
  ASSERT_TRUE(world.kube.user_rollout_undo("n", "db"));
  run_for(1_s);
  const api::ObjectPtr after = world.kube.find(api::Kind::stateful_set, "n", "db");
  const auto& undone = api::as<api::StatefulSet>(*after);
  EXPECT_EQ(undone.template_spec.containers.front().image, "db:1");
  EXPECT_EQ(undone.metadata.annotations.at("marker"), "2");
  // Once more goes forward again: what was undone is the one before.
  ASSERT_TRUE(world.kube.user_rollout_undo("n", "db"));
  run_for(1_s);
  const api::ObjectPtr again = world.kube.find(api::Kind::stateful_set, "n", "db");
  EXPECT_EQ(api::as<api::StatefulSet>(*again).template_spec.containers.front().image, "db:2");
}

}  // namespace
}  // namespace twin::model
