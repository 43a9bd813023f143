// Informers, the Lease election, the work queue and the client's own retries, each alone behind
// ports that do nothing: the test answers each call and moves the clock by hand.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "controller/api/kube.h"
#include "controller/client/election.h"
#include "controller/client/informer.h"
#include "controller/client/retry.h"
#include "controller/client/work_queue.h"
#include "tests/support/marks.h"

namespace twin::controller {
namespace {

using namespace sim::literals;

constexpr sim::Time at(sim::Duration since_start) { return {since_start.ns}; }

class HandPorts : public Ports {
 public:
  sim::Time time{};
  std::vector<KubeRequest> asked;  // the call with id n is asked[n - 1]
  std::vector<CallId> stopped;
  sim::Time wake = sim::kNever;  // the earliest that was asked for since it was last looked at

  sim::Time now() const override { return time; }
  void wake_at(sim::Time when) override { wake = std::min(wake, when); }
  CallId call(KubeRequest request) override {
    asked.push_back(std::move(request));
    return last();
  }
  CallId call(KafkaRequest) override { return {}; }
  void stop_watch(CallId watch) override { stopped.push_back(watch); }
  void decided(Decision) override {}

  CallId last() const { return {asked.size()}; }
  KubeReply reply(Outcome outcome) const {
    KubeReply made;
    made.meta.id = last();
    made.meta.outcome = outcome;
    return made;
  }
};

// ---- informers ----

api::ObjectPtr pod(const std::string& name, uint64_t version, uint64_t uid = 1) {
  auto made = std::make_shared<api::Pod>();
  made->metadata.name = name;
  made->metadata.uid = {uid};
  made->metadata.resource_version = {version};
  return made;
}

// "+a" added, "-a" deleted, "~a" changed, "=a" handed out again.
class Heard : public InformerListener {
 public:
  std::vector<std::string> changes;
  void on_change(api::Kind, const api::ObjectPtr& before, const api::ObjectPtr& after) override {
    const char* what = !before ? "+" : !after ? "-" : before == after ? "=" : "~";
    changes.push_back(what + (after ? after : before)->metadata.name);
  }
};

class InformerTest : public ::testing::Test {
 public:
  // Listed with a at version 5 and b at version 7, and watching from version 9.
  void list_two() {
    informer.start();
    KubeReply list = ports.reply(Outcome::ok);
    list.items = {pod("a", 5), pod("b", 7)};
    list.resource_version = {9};
    ASSERT_TRUE(informer.deliver(list));
    ASSERT_EQ(ports.asked.back().verb, Verb::watch);
    heard.changes.clear();
  }
  WatchEvent event(WatchEventType type, api::ObjectPtr object, uint64_t version) const {
    WatchEvent made;
    made.watch = ports.last();
    made.type = type;
    made.object = std::move(object);
    made.resource_version = {version};
    return made;
  }
  HandPorts ports;
  Heard heard;
  Informer informer{ports, {}, heard};
};

TEST_F(InformerTest, ListsAndThenWatchesFromTheListsVersion) {
  list_two();
  EXPECT_TRUE(informer.synced());
  EXPECT_EQ(ports.asked.back().since.value, 9U);
  EXPECT_TRUE(informer.deliver(event(WatchEventType::modified, pod("a", 10), 10)));
  EXPECT_TRUE(informer.deliver(event(WatchEventType::added, pod("c", 11), 11)));
  EXPECT_TRUE(informer.deliver(event(WatchEventType::deleted, pod("b", 7), 12)));
  EXPECT_EQ(heard.changes, (std::vector<std::string>{"~a", "+c", "-b"}));
  EXPECT_EQ(informer.resource_version().value, 12U);
  EXPECT_EQ(informer.find("b"), nullptr);
}

TEST_F(InformerTest, AnEventOfAnotherWatchIsNotItsOwn) {
  list_two();
  WatchEvent other = event(WatchEventType::added, pod("c", 11), 11);
  other.watch = {77};
  EXPECT_FALSE(informer.deliver(other));
  EXPECT_TRUE(heard.changes.empty());
}

// Broken: again from the last version that was seen, after 1 s, 2 s, 4 s, ..., 32 s at most.
TEST_F(InformerTest, AWatchThatBreaksGoesOnWhereItEnded) {
  const MustPass mark("informer_watch_resumed");
  list_two();
  informer.deliver(event(WatchEventType::bookmark, nullptr, 20));
  WatchEvent broken = event(WatchEventType::error, nullptr, 0);
  broken.outcome = Outcome::unknown;
  informer.deliver(broken);
  EXPECT_EQ(ports.wake, at(1_s));
  ports.time = at(1_s);
  informer.step();
  EXPECT_EQ(ports.asked.back().verb, Verb::watch);
  EXPECT_EQ(ports.asked.back().since.value, 20U);
  for (const sim::Duration wait : {2_s, 4_s, 8_s, 16_s, 32_s, 32_s}) {
    ports.wake = sim::kNever;
    informer.deliver(ports.reply(Outcome::unknown));  // it does not open either
    EXPECT_EQ(ports.wake - ports.time, wait);
    ports.time = ports.wake;
    informer.step();
  }
}

// Of a and b, b was deleted and c made while nothing was told.
TEST_F(InformerTest, AVersionThatIsTooOldMeansListingAgain) {
  const MustPass mark("informer_relisted_after_gone");
  list_two();
  WatchEvent gone = event(WatchEventType::error, nullptr, 0);
  gone.outcome = Outcome::gone;
  informer.deliver(gone);
  EXPECT_EQ(ports.asked.back().verb, Verb::list);
  KubeReply list = ports.reply(Outcome::ok);
  list.items = {pod("a", 5), pod("c", 30)};
  list.resource_version = {31};
  informer.deliver(list);
  EXPECT_EQ(heard.changes, (std::vector<std::string>{"-b", "+c"}));
  EXPECT_EQ(ports.asked.back().since.value, 31U);
}

// A pod of the same name and version but another uid is another pod.
TEST_F(InformerTest, AnObjectThatWasMadeAnewIsAChange) {
  list_two();
  informer.deliver(event(WatchEventType::added, pod("a", 5, 2), 10));
  EXPECT_EQ(heard.changes, std::vector<std::string>{"~a"});
}

TEST(InformerTimes, ResyncHandsOutWhatIsThereAndRelistAsksAgain) {
  HandPorts ports;
  Heard heard;
  InformerOptions options;
  options.resync = 5_min;
  options.relist = 7_min;
  Informer informer(ports, options, heard);
  informer.start();
  KubeReply list = ports.reply(Outcome::ok);
  list.items = {pod("a", 5)};
  informer.deliver(list);
  const CallId watch = ports.last();
  ports.time = at(5_min);
  informer.step();
  EXPECT_EQ(heard.changes, (std::vector<std::string>{"+a", "=a"}));
  ports.time = at(7_min);
  informer.step();
  EXPECT_EQ(ports.stopped, std::vector<CallId>{watch});
  EXPECT_EQ(ports.asked.back().verb, Verb::list);
}

// ---- election: 15 s of lease, renewed within 10 s, looked at each 2 s ----

class ElectionTest : public ::testing::Test {
 public:
  ElectionTest() : election(ports, named("a")) {}
  static ElectionOptions named(const std::string& identity) {
    ElectionOptions options;
    options.identity = identity;
    return options;
  }
  // The answer to the get: the Lease as it is held.
  KubeReply lease(const std::string& holder, sim::Time renewed) {
    auto held = std::make_shared<api::Lease>();
    held->holder = holder;
    held->renew_time = renewed;
    held->duration = 15_s;
    KubeReply made = ports.reply(Outcome::ok);
    made.object = held;
    return made;
  }
  const api::Lease& written() const { return api::as<api::Lease>(*ports.asked.back().object); }
  void look_at(sim::Duration since_start) {
    ports.time = at(since_start);
    election.step();
  }
  HandPorts ports;
  Election election;
};

TEST_F(ElectionTest, ALeaseThatIsNotThereIsTaken) {
  election.start();
  election.deliver(ports.reply(Outcome::not_found));
  EXPECT_EQ(ports.asked.back().verb, Verb::create);
  EXPECT_EQ(written().holder, "a");
  EXPECT_FALSE(election.leads());
  election.deliver(ports.reply(Outcome::ok));
  EXPECT_TRUE(election.leads());
}

// b renewed at an hour of its own clock, which says nothing here: what counts is that this process
// saw no change from 0 to 15 s.
TEST_F(ElectionTest, ALeaseThatIsNotRenewedIsTakenWhenItsTimeIsOverAsSeenHere) {
  election.start();
  for (int64_t second = 0; second < 14; second += 2) {
    election.deliver(lease("b", at(1_h)));
    EXPECT_EQ(ports.asked.back().verb, Verb::get) << second;
    look_at(2_s * (second / 2 + 1));
  }
  election.deliver(lease("b", at(1_h)));
  look_at(16_s);
  election.deliver(lease("b", at(1_h)));
  EXPECT_EQ(ports.asked.back().verb, Verb::update);
  EXPECT_EQ(written().holder, "a");
  EXPECT_EQ(written().transitions, 1);
}

TEST_F(ElectionTest, ARenewalOfTheOtherStartsTheWaitAnew) {
  election.start();
  election.deliver(lease("b", at(1_h)));
  look_at(14_s);
  election.deliver(lease("b", at(1_h + 14_s)));
  look_at(16_s);
  election.deliver(lease("b", at(1_h + 14_s)));
  EXPECT_EQ(ports.asked.back().verb, Verb::get);
}

// The round that began at 2 s succeeded; nothing since: at 12 s it leads no more, before anybody
// else may at 17 s, and never again.
TEST_F(ElectionTest, WhoCannotRenewGivesUpBeforeAnybodyElseMayLead) {
  const MustPass mark("election_lost_by_renew_deadline");
  election.start();
  election.deliver(ports.reply(Outcome::not_found));
  election.deliver(ports.reply(Outcome::ok));
  look_at(2_s);
  election.deliver(lease("a", at(0_s)));
  election.deliver(ports.reply(Outcome::ok));
  look_at(4_s);
  look_at(11_s + 999_ms);
  EXPECT_TRUE(election.leads());
  look_at(12_s);
  EXPECT_FALSE(election.leads());
  EXPECT_TRUE(election.lost());
  const size_t asked = ports.asked.size();
  look_at(60_s);
  EXPECT_EQ(ports.asked.size(), asked);
}

TEST_F(ElectionTest, WhoFindsAnotherHolderHasLost) {
  election.start();
  election.deliver(ports.reply(Outcome::not_found));
  election.deliver(ports.reply(Outcome::ok));
  look_at(2_s);
  election.deliver(lease("b", at(2_s)));
  EXPECT_TRUE(election.lost());
  EXPECT_EQ(ports.asked.back().verb, Verb::get) << "it must write nothing";
}

// ---- work queue ----

TEST(WorkQueue, HasEachKeyOnceAndGivesItOutAgainWhenItWasAddedMeanwhile) {
  WorkQueue queue;
  queue.add("a");
  queue.add("b");
  queue.add("a");
  EXPECT_EQ(queue.take({}), "a");
  queue.add("a");  // in work: later, behind b
  EXPECT_EQ(queue.take({}), "b");
  EXPECT_EQ(queue.take({}), std::nullopt);
  queue.done("a");
  EXPECT_EQ(queue.take({}), "a");
}

TEST(WorkQueue, AKeyForLaterComesWhenItIsDueAndAtOnceWhenItIsAsked) {
  WorkQueue queue;
  queue.add_at("a", at(10_s));
  queue.add_at("a", at(20_s));  // the earlier one counts
  EXPECT_EQ(queue.next_due(), at(10_s));
  EXPECT_EQ(queue.take(at(9_s)), std::nullopt);
  queue.add("a");
  EXPECT_EQ(queue.next_due(), sim::kNever);
  EXPECT_EQ(queue.take(at(9_s)), "a");
}

// 1, 2, 4, 8, 16, 32, 32 s; forgotten, 1 s again.
TEST(WorkQueue, AKeyThatFailsComesBackLaterEachTime) {
  WorkQueue queue;
  sim::Time now{};
  queue.add("a");
  for (const sim::Duration wait : {1_s, 2_s, 4_s, 8_s, 16_s, 32_s, 32_s}) {
    ASSERT_EQ(queue.take(now), "a");
    queue.failed("a", now);
    EXPECT_EQ(queue.next_due() - now, wait);
    now = queue.next_due();
  }
  ASSERT_EQ(queue.take(now), "a");
  queue.forget_failures("a");
  queue.failed("a", now);
  EXPECT_EQ(queue.next_due() - now, 1_s);
}

// ---- the client's retries: 100, 200, 400 ... 3200 ms, ten of them ----

TEST(Retry, RepeatsWhatWasRefusedTenTimesAndThenGivesTheLastAnswer) {
  HandPorts ports;
  Calls calls(ports);
  const KubeRequest request = get_request(api::Kind::pod, "kafka", "a");
  sim::Duration waited{};
  const KubeReply* reply = retried(calls, "k", request);
  for (int i = 0; i < 50 && reply == nullptr; ++i) {
    calls.deliver(ports.reply(Outcome::too_many_requests));
    ports.wake = sim::kNever;
    reply = retried(calls, "k", request);
    if (reply != nullptr || ports.wake == sim::kNever) continue;
    waited += ports.wake - ports.time;
    ports.time = ports.wake;
    reply = retried(calls, "k", request);
  }
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->meta.outcome, Outcome::too_many_requests);
  EXPECT_EQ(ports.asked.size(), 11U);
  EXPECT_EQ(waited, 100_ms * (1 + 2 + 4 + 8 + 16 + 5 * 32));
}

// A write that may have gone through is the caller's business; a read is simply asked again.
TEST(Retry, HandsOutAWriteOfUnknownOutcomeButRepeatsARead) {
  HandPorts ports;
  Calls calls(ports);
  const KubeRequest write = remove_request(api::Kind::pod, "kafka", "a", {7});
  EXPECT_EQ(retried(calls, "w", write), nullptr);
  calls.deliver(ports.reply(Outcome::unknown));
  EXPECT_NE(retried(calls, "w", write), nullptr);
  const KubeRequest read = get_request(api::Kind::pod, "kafka", "a");
  EXPECT_EQ(retried(calls, "r", read), nullptr);
  calls.deliver(ports.reply(Outcome::unknown));
  EXPECT_EQ(retried(calls, "r", read), nullptr);
}

}  // namespace
}  // namespace twin::controller
