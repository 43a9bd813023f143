// The adapter and the controller's clients against a real API server: who may ask, whom to believe,
// and what happens when the server goes away.
#include <gtest/gtest.h>

#include "controller/api/kube.h"
#include "controller/client/election.h"
#include "controller/client/informer.h"
#include "controller/live/ports.h"
#include "tests/live/kubernetes/asking.h"
#include "tests/live/kubernetes/rig.h"

namespace twin::live_test {
namespace {

KubeRequest maps_of(const std::string& namespace_name, Verb verb = Verb::list) {
  KubeRequest out;
  out.verb = verb;
  out.kind = api::Kind::config_map;
  out.namespace_name = namespace_name;
  return out;
}

KubeRequest a_map(const std::string& namespace_name, const std::string& name) {
  auto map = std::make_shared<api::ConfigMap>();
  map->metadata.name = name;
  map->metadata.namespace_name = namespace_name;
  KubeRequest out = maps_of(namespace_name, Verb::create);
  out.object = map;
  return out;
}

class LiveServer : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    const auto binaries = Rig::binaries(why);
    if (binaries.empty()) return;
    auto started = Rig::start(binaries);
    if (started) {
      rig = std::move(*started);
    } else {
      failure = started.error().to_string();
    }
  }
  static void TearDownTestSuite() { rig.reset(); }
  void SetUp() override {
    if (!why.empty()) GTEST_SKIP() << why;
    ASSERT_TRUE(rig) << failure;
  }
  static KubeReply answer_to(const live::Credentials& who) {
    Asking asking(who);
    return asking.ask(maps_of("default")).value_or(KubeReply{});
  }
  static std::unique_ptr<Rig> rig;
  static std::string why, failure;
};
std::unique_ptr<Rig> LiveServer::rig;
std::string LiveServer::why;
std::string LiveServer::failure;

TEST_F(LiveServer, OnlyWhoIsKnownAndAllowedIsAnswered) {
  EXPECT_TRUE(answer_to(rig->admin()).meta.ok());
  const KubeReply wrong = answer_to(rig->with_token("wr0ng"));
  EXPECT_EQ(wrong.meta.outcome, Outcome::forbidden);
  EXPECT_NE(wrong.meta.message.find("wrong or has expired"), std::string::npos);
  EXPECT_EQ(wrong.meta.message.find("wr0ng"), std::string::npos);
  const KubeReply missing = answer_to(rig->stranger());
  EXPECT_EQ(missing.meta.outcome, Outcome::forbidden);
  EXPECT_NE(missing.meta.message.find("User \"stranger\" cannot list resource \"configmaps\""),
            std::string::npos)
      << missing.meta.message;
}

TEST_F(LiveServer, ClientCertificatesCountUntilTheyExpire) {
  const KubeReply good = answer_to(rig->with_certificate("good", 1));
  EXPECT_TRUE(good.meta.ok()) << good.meta.message;
  const KubeReply expired = answer_to(rig->with_certificate("expired", -1));
  EXPECT_EQ(expired.meta.outcome, Outcome::forbidden) << expired.meta.message;
}

// Nothing is said to a server that cannot prove to be the right one.
TEST_F(LiveServer, AServerOfAnotherAuthorityIsNotBelieved) {
  live::Credentials credentials = rig->admin();
  credentials.authority = {rig->other_authority(), ""};
  const KubeReply other = answer_to(credentials);
  EXPECT_EQ(other.meta.outcome, Outcome::refused);
  EXPECT_NE(other.meta.message.find("certificate"), std::string::npos) << other.meta.message;
  credentials.authority = {};
  EXPECT_EQ(answer_to(credentials).meta.outcome, Outcome::refused);
  credentials = rig->admin();
  credentials.tls_server_name = "kubernetes";
  EXPECT_TRUE(answer_to(credentials).meta.ok());
  credentials.tls_server_name = "elsewhere";
  EXPECT_EQ(answer_to(credentials).meta.outcome, Outcome::refused);
}

TEST_F(LiveServer, AListOfManyPagesIsOneList) {
  rig->make_namespace("pages");
  live::RouteOptions options;
  options.page_items_max = 3;
  Asking asking(rig->admin(), options);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(asking.ask(a_map("pages", "m" + std::to_string(i)))->meta.ok());
  }
  const auto got = asking.ask(maps_of("pages"));
  ASSERT_TRUE(got->meta.ok()) << got->meta.message;
  EXPECT_EQ(got->items.size(), 10u);
  EXPECT_GT(got->resource_version.value, 0u);
}

// The server ends a watch when its time is over; the next one goes on where it was.
TEST_F(LiveServer, AWatchThatEndsIsTakenUpWhereItWas) {
  rig->make_namespace("ends");
  live::RouteOptions options;
  options.watch_time = 1_s;
  Asking asking(rig->admin(), options);
  KubeRequest watch = maps_of("ends", Verb::watch);
  watch.since = asking.ask(maps_of("ends"))->resource_version;
  ASSERT_TRUE(asking.ask(a_map("ends", "one"))->meta.ok());
  asking.start(watch);
  ASSERT_TRUE(asking.wait([&] {
    return !asking.events.empty() && asking.events.back().type == WatchEventType::error;
  }));
  EXPECT_EQ(asking.events.front().object->metadata.name, "one");
  EXPECT_EQ(asking.events.back().outcome, Outcome::unknown);
  ASSERT_TRUE(asking.ask(a_map("ends", "two"))->meta.ok());
  watch.since = asking.events.front().resource_version;
  const auto next = asking.first_events(watch, 1);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].object->metadata.name, "two");
}

// A process made of the controller's own informer and election, on the live ports.
class Follower : public controller::Process, public controller::InformerListener {
 public:
  Follower(const live::Credentials& who, const std::string& namespace_name,
           const std::string& identity)
      : ports(clock, who, {}), informer(ports, informer_options(namespace_name), *this) {
    controller::ElectionOptions options;
    options.namespace_name = namespace_name;
    options.identity = identity;
    options.lease_duration = 3_s;
    options.renew_deadline = 2_s;
    options.retry_period = 500_ms;
    election.emplace(ports, options);
    ports.attach(*this);
  }
  static controller::InformerOptions informer_options(const std::string& namespace_name) {
    controller::InformerOptions out;
    out.kind = api::Kind::config_map;
    out.namespace_name = namespace_name;
    return out;
  }
  void start() override {
    informer.start();
    election->start();
  }
  void on_reply(const KubeReply& reply) override {
    if (!election->deliver(reply)) informer.deliver(reply);
    step();
  }
  void on_reply(const controller::KafkaReply&) override {}
  void on_watch(const WatchEvent& event) override {
    informer.deliver(event);
    step();
  }
  void on_wake() override { step(); }
  void on_change(api::Kind, const api::ObjectPtr& before, const api::ObjectPtr& after) override {
    const std::string name = (after ? after : before)->metadata.name;
    if (name == "kube-root-ca.crt") return;
    changes.push_back((!before ? "+" : !after ? "-" : "~") + name);
  }
  void step() {
    informer.step();
    election->step();
  }

  live::Clock clock;
  live::LivePorts ports;
  controller::Informer informer;
  std::optional<controller::Election> election;
  std::vector<std::string> changes;
};

template <class Holds>
bool wait_until(std::vector<Follower*> followers, Holds holds) {
  const sim::Time end = live::monotonic_now() + 60_s;
  while (!holds()) {
    if (live::monotonic_now() > end) return false;
    for (Follower* each : followers) each->ports.turn(20_ms);
  }
  return true;
}

// What changes while the server is away, and after it, is seen once. A server that has just started
// may have forgotten the versions between: then the informer lists anew, and removals come first.
TEST_F(LiveServer, AnInformerMissesNothingWhenTheServerRestarts) {
  rig->make_namespace("restart");
  Follower follower(rig->admin(), "restart", "a");
  follower.start();
  ASSERT_TRUE(wait_until({&follower}, [&] { return follower.informer.synced(); }));
  Asking asking(rig->admin());
  ASSERT_TRUE(asking.ask(a_map("restart", "one"))->meta.ok());
  ASSERT_TRUE(wait_until({&follower}, [&] { return follower.changes.size() == 1; }));
  rig->stop_api_server();
  EXPECT_EQ(asking.ask(a_map("restart", "lost"))->meta.outcome, Outcome::refused);
  ASSERT_TRUE(rig->start_api_server());
  ASSERT_TRUE(asking.ask(a_map("restart", "two"))->meta.ok());
  KubeRequest remove = maps_of("restart", Verb::remove);
  remove.name = "one";
  ASSERT_TRUE(asking.ask(remove)->meta.ok());
  ASSERT_TRUE(wait_until({&follower}, [&] { return follower.changes.size() == 3; }));
  std::sort(follower.changes.begin() + 1, follower.changes.end());
  EXPECT_EQ(follower.changes, (std::vector<std::string>{"+one", "+two", "-one"}));
}

// The versions that a watch would go on from are gone: the informer lists anew, and what was
// removed meanwhile is told as removed.
TEST_F(LiveServer, AnInformerListsAnewWhenItsVersionIsCompactedAway) {
  rig->make_namespace("compacted");
  Follower follower(rig->admin(), "compacted", "a");
  Asking asking(rig->admin());
  ASSERT_TRUE(asking.ask(a_map("compacted", "one"))->meta.ok());
  follower.start();
  ASSERT_TRUE(wait_until({&follower}, [&] { return follower.changes.size() == 1; }));
  rig->stop_api_server();
  ASSERT_TRUE(rig->start_api_server());
  KubeRequest remove = maps_of("compacted", Verb::remove);
  remove.name = "one";
  ASSERT_TRUE(asking.ask(remove)->meta.ok());
  ASSERT_TRUE(asking.ask(a_map("compacted", "two"))->meta.ok());
  rig->compact();
  ASSERT_TRUE(wait_until({&follower}, [&] { return follower.changes.size() == 3; }));
  EXPECT_EQ(follower.changes, (std::vector<std::string>{"+one", "-one", "+two"}));
}

TEST_F(LiveServer, OneOfTwoLeadsAndTheOtherFollowsWhenItStops) {
  rig->make_namespace("election");
  Follower one(rig->admin(), "election", "one");
  Follower two(rig->admin(), "election", "two");
  one.start();
  ASSERT_TRUE(wait_until({&one}, [&] { return one.election->leads(); }));
  two.start();
  const sim::Time end = live::monotonic_now() + 5_s;  // longer than the Lease
  while (live::monotonic_now() < end) {
    one.ports.turn(20_ms);
    two.ports.turn(20_ms);
    ASSERT_FALSE(two.election->leads());
  }
  EXPECT_TRUE(one.election->leads());
  // It stops without a word: the Lease runs out.
  ASSERT_TRUE(wait_until({&two}, [&] { return two.election->leads(); }));
  ASSERT_TRUE(wait_until({&one, &two}, [&] { return one.election->lost(); }));
  EXPECT_TRUE(two.election->leads());
}

}  // namespace
}  // namespace twin::live_test
