// What an API server does with a request.
#include "tests/kube/support.h"

namespace twin::model {
namespace {

class ApiServerTest : public KubeTest {
 public:
  std::shared_ptr<api::ConfigMap> map(const std::string& name, const std::string& key,
                                      const std::string& value) const {
    auto made = std::make_shared<api::ConfigMap>();
    made->api_version = "v1";
    made->metadata.name = name;
    made->metadata.namespace_name = "kafka";
    made->data[key] = value;
    return made;
  }
  const api::ConfigMap* stored(const std::string& name) {
    held_ = kube.find(api::Kind::config_map, "kafka", name);
    return api::as<api::ConfigMap>(held_);
  }
  // A writable copy of what is stored.
  std::shared_ptr<api::ConfigMap> copy(const std::string& name) {
    return std::make_shared<api::ConfigMap>(*stored(name));
  }

 private:
  api::ObjectPtr held_;
};

TEST_F(ApiServerTest, TwoWritersOfOneVersionConflict) {
  create(map("m", "k", "1"));
  auto first = copy("m");
  auto second = copy("m");
  first->data["k"] = "2";
  second->data["k"] = "3";
  EXPECT_EQ(call(Verb::update, first).meta.outcome, Outcome::ok);
  const KubeReply refused = call(Verb::update, second);
  EXPECT_EQ(refused.meta.outcome, Outcome::conflict);
  EXPECT_NE(refused.meta.message.find("the object has been modified"), std::string::npos);
  EXPECT_EQ(stored("m")->data.at("k"), "2");
}

TEST_F(ApiServerTest, AWriteThatChangesNothingKeepsTheVersion) {
  create(map("m", "k", "1"));
  const auto version = stored("m")->metadata.resource_version;
  EXPECT_TRUE(call(Verb::update, copy("m")).meta.ok());
  EXPECT_EQ(stored("m")->metadata.resource_version, version);
  auto changed = copy("m");
  changed->data["k"] = "2";
  EXPECT_TRUE(call(Verb::update, changed).meta.ok());
  EXPECT_GT(stored("m")->metadata.resource_version, version);
}

TEST_F(ApiServerTest, ANameIsTakenOnce) {
  EXPECT_TRUE(create(map("m", "k", "1")).meta.ok());
  EXPECT_EQ(create(map("m", "k", "2")).meta.outcome, Outcome::already_exists);
  EXPECT_EQ(act(Verb::get, api::Kind::config_map, "n").meta.outcome, Outcome::not_found);
}

TEST_F(ApiServerTest, ADeletionWithTheWrongUidIsRefused) {
  create(map("m", "k", "1"));
  KubeRequest request;
  request.verb = Verb::remove;
  request.kind = api::Kind::config_map;
  request.namespace_name = "kafka";
  request.name = "m";
  request.uid = {stored("m")->metadata.uid.value + 1};
  EXPECT_EQ(kube.execute(request).meta.outcome, Outcome::conflict);
  EXPECT_NE(stored("m"), nullptr);
  request.uid = stored("m")->metadata.uid;
  EXPECT_TRUE(kube.execute(request).meta.ok());
  EXPECT_EQ(stored("m"), nullptr);
}

// Generation counts changes of the spec: a status write and a label leave it.
TEST_F(ApiServerTest, StatusAndSpecAreWrittenApart) {
  create(pod("p"));
  const api::ObjectPtr before = kube.find(api::Kind::pod, "kafka", "p");
  auto status = std::make_shared<api::Pod>(api::as<api::Pod>(*before));
  status->status.pod_ip = "10.0.0.1";
  status->spec.hostname = "ignored";
  EXPECT_TRUE(call(Verb::update_status, status).meta.ok());
  EXPECT_EQ(find_pod("p")->status.pod_ip, "10.0.0.1");
  EXPECT_EQ(find_pod("p")->spec.hostname, "");
  EXPECT_EQ(find_pod("p")->metadata.generation, 1);
  auto spec = std::make_shared<api::Pod>(*find_pod("p"));
  spec->status.pod_ip = "ignored";
  spec->metadata.labels["l"] = "v";
  EXPECT_TRUE(call(Verb::update, spec).meta.ok());
  EXPECT_EQ(find_pod("p")->status.pod_ip, "10.0.0.1");
  EXPECT_EQ(find_pod("p")->metadata.generation, 1);
  spec = std::make_shared<api::Pod>(*find_pod("p"));
  spec->spec.containers[0].image = "image:2";  // nearly all else of a pod's spec stays
  EXPECT_TRUE(call(Verb::update, spec).meta.ok());
  EXPECT_EQ(find_pod("p")->metadata.generation, 2);
}

TEST_F(ApiServerTest, AFinalizerHoldsADeletedObject) {
  auto held = map("m", "k", "1");
  held->metadata.finalizers = {"example.com/clean-up"};
  create(held);
  EXPECT_TRUE(act(Verb::remove, api::Kind::config_map, "m").meta.ok());
  ASSERT_NE(stored("m"), nullptr);
  EXPECT_TRUE(stored("m")->metadata.deletion_time.has_value());
  auto released = copy("m");
  released->metadata.finalizers.clear();
  EXPECT_TRUE(call(Verb::update, released).meta.ok());
  EXPECT_EQ(stored("m"), nullptr);
}

// Background propagation: what only the deleted owner held follows it, through two generations;
// what has another owner stays.
TEST_F(ApiServerTest, DependentsFollowTheirLastOwner) {
  create(map("owner", "k", "1"));
  create(map("other", "k", "1"));
  const auto owned_by = [&](const std::string& name, const std::vector<std::string>& owners) {
    auto made = map(name, "k", "1");
    for (const std::string& owner : owners) {
      made->metadata.owner_references.push_back(
          {api::Kind::config_map, owner, stored(owner)->metadata.uid, true});
    }
    create(made);
  };
  owned_by("child", {"owner"});
  owned_by("grandchild", {"child"});
  owned_by("shared", {"owner", "other"});
  act(Verb::remove, api::Kind::config_map, "owner");
  EXPECT_EQ(stored("child"), nullptr);
  EXPECT_EQ(stored("grandchild"), nullptr);
  EXPECT_NE(stored("shared"), nullptr);
}

// Server-side apply: a field belongs to who applied it. Another manager may add fields, agree on a
// value and share it, but changes it only by force; what a manager stops mentioning goes.
TEST_F(ApiServerTest, AppliedFieldsBelongToTheirManagers) {
  EXPECT_TRUE(apply(map("m", "k", "1"), "alice").meta.ok());
  EXPECT_TRUE(apply(map("m", "other", "x"), "bob").meta.ok());
  EXPECT_EQ(stored("m")->data.at("k"), "1");
  EXPECT_EQ(stored("m")->data.at("other"), "x");

  const KubeReply refused = apply(map("m", "k", "2"), "bob");
  EXPECT_EQ(refused.meta.outcome, Outcome::conflict);
  EXPECT_NE(refused.meta.message.find("conflict with \"alice\": .data.k"), std::string::npos)
      << refused.meta.message;
  EXPECT_TRUE(apply(map("m", "k", "2"), "bob", true).meta.ok());
  EXPECT_EQ(stored("m")->data.at("k"), "2");
  // Bob no longer mentions `other`, which was only his.
  EXPECT_FALSE(stored("m")->data.contains("other"));

  // Alice lost the field; giving up what she does not own takes nothing away.
  EXPECT_TRUE(apply(map("m", "mine", "y"), "alice").meta.ok());
  EXPECT_EQ(stored("m")->data.at("k"), "2");
}

TEST_F(ApiServerTest, AnApplyThatChangesNothingKeepsTheVersion) {
  apply(map("m", "k", "1"), "alice");
  const auto version = stored("m")->metadata.resource_version;
  apply(map("m", "k", "1"), "alice");
  EXPECT_EQ(stored("m")->metadata.resource_version, version);
}

TEST_F(ApiServerTest, AnApplyNeedsAManager) {
  EXPECT_EQ(apply(map("m", "k", "1"), "").meta.outcome, Outcome::invalid);
}

// A second deletion may shorten the grace period, never lengthen it.
TEST_F(ApiServerTest, AGracePeriodOnlyShrinks) {
  nodes("a", 1);
  create(pod("p"));
  run_until(at(1_s));
  containers.deaf = true;
  act(Verb::remove, api::Kind::pod, "p", 60_s);
  act(Verb::remove, api::Kind::pod, "p", 90_s);
  EXPECT_EQ(find_pod("p")->metadata.deletion_grace, 60_s);
  act(Verb::remove, api::Kind::pod, "p", 10_s);
  EXPECT_EQ(find_pod("p")->metadata.deletion_grace, 10_s);
}

}  // namespace
}  // namespace twin::model
