// Faults of the operator, of its way to the API server, and of the network; and the table of kinds.
#include "controller/ports.h"
#include "tests/faults/support.h"

namespace twin::model {
namespace {

using controller::Outcome;

class Replies : public OperatorObserver {
 public:
  void on_call(OperatorIndex, controller::CallId, const controller::KubeRequest& request) override {
    kube.push_back(request.verb);
  }
  void on_reply(OperatorIndex, const controller::ReplyMeta& meta) override {
    outcomes.push_back(meta.outcome);
    took.push_back(meta.answered - meta.asked);
  }
  size_t count(Outcome outcome) const {
    return static_cast<size_t>(std::count(outcomes.begin(), outcomes.end(), outcome));
  }
  std::vector<controller::Verb> kube;
  std::vector<Outcome> outcomes;
  std::vector<sim::Duration> took;
};

FAULT_CASE(operator_crash, AnOperatorStartsAgainAfterItsDowntime) {
  deploy();
  inject(FaultKind::operator_crash, "", 10_s);
  run_until(105_s);
  EXPECT_FALSE(world->operators.running(0));
  run_until(120_s);
  EXPECT_EQ(of_number<trace::OperatorKilled>(0), instants({100_s}));
  EXPECT_EQ(of_number<trace::OperatorStarted>(0), instants({110_s}));
}

// Around its next call but one: the first after the injection is made, the second is not.
TEST_F(FaultTest, AnOperatorDiesBeforeTheCallThatTheFaultNames) {
  deploy();
  Replies replies;
  world->operators.observe(replies);
  const auto next = static_cast<int64_t>(world->operators.calls_made(0));
  inject(FaultKind::operator_crash, "", 5_s, next + 2, "before");
  run_until(300_s);
  const auto killed = of_number<trace::OperatorKilled>(0);
  ASSERT_EQ(killed.size(), 1U);
  EXPECT_EQ(of_number<trace::OperatorStarted>(0), std::vector<sim::Time>{killed[0] + 5_s});
  size_t calls = 0;
  for (const Entry& entry : records) {
    const bool call = entry.type == static_cast<uint16_t>(trace::KubeCallMade::kType) ||
                      entry.type == static_cast<uint16_t>(trace::KafkaCallMade::kType);
    calls += call && entry.at <= killed[0] ? 1 : 0;
  }
  EXPECT_EQ(calls, 1U);
}

// Every second call to the API server is refused with 429: of a reconcile's calls, half, rounded
// up.
FAULT_CASE(api_error, EverySecondCallIsRefused) {
  deploy();
  Replies replies;
  world->operators.observe(replies);
  inject(FaultKind::api_error, "", 60_s, 2, "429");
  run_until(159_s);
  ASSERT_GE(replies.kube.size(), 4U);  // the periodic reconcile at 120 s
  EXPECT_EQ(replies.count(Outcome::too_many_requests), (replies.kube.size() + 1) / 2);
}

// From 100 to 140 s nothing happens although a pod goes; then it goes on at once, with what waited.
FAULT_CASE(operator_hang, AStoppedOperatorGoesOnWhereItWas) {
  deploy();
  inject(FaultKind::operator_hang, "", 40_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(139_s);
  EXPECT_TRUE(all<trace::KubeCallMade>().empty());
  EXPECT_TRUE(all<trace::KafkaCallMade>().empty());
  EXPECT_TRUE(all<trace::WatchEventDelivered>().empty());
  run_until(141_s);
  EXPECT_EQ(times<trace::PodCreated>("my-cluster-broker-0").size(), 1U);
  EXPECT_TRUE(of_number<trace::OperatorKilled>(0).empty());
}

// Of two with leader election the first leads. Stopped for 40 s it loses its Lease (15 s) to the
// second, and ends when it finds that out.
TEST_F(FaultTest, ALeaderThatStoodStillGivesWay) {
  deploy();
  controller::OperatorOptions options;
  options.leader_election = true;
  for (const char* identity : {"one", "two"}) {
    options.identity = identity;
    ASSERT_TRUE(world->operators.add(options).has_value());
    run_until(world->kernel.now() - sim::Time{} + 5_s);
  }
  const auto holder = [&] {
    const api::ObjectPtr lease = world->kube.objects(api::Kind::lease).front();
    return api::as<api::Lease>(*lease).holder;
  };
  EXPECT_EQ(holder(), "one");
  inject(FaultKind::operator_hang, "1", 40_s);
  run_until(145_s);
  EXPECT_EQ(holder(), "two");
  EXPECT_TRUE(of_number<trace::OperatorKilled>(1).empty());
  run_until(155_s);
  EXPECT_EQ(of_number<trace::OperatorKilled>(1), instants({150_s}));
}

// The write is carried out, but nobody hears of it: the answer is "unknown" after 10 s.
TEST_F(FaultTest, AnUnknownOutcomeAfterAWriteIsAWrite) {
  deploy();
  Replies replies;
  world->operators.observe(replies);
  inject(FaultKind::api_error, "", 200_s, 1, "unknown-after-write");
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(130_s);
  ASSERT_GE(replies.count(Outcome::unknown), 1U);
  for (size_t i = 0; i < replies.outcomes.size(); ++i) {
    if (replies.outcomes[i] != Outcome::unknown) continue;
    EXPECT_EQ(replies.took[i], 10'004_ms);
  }
  EXPECT_EQ(times<trace::PodCreated>("my-cluster-broker-0").size(), 1U);
}

// No event from 100 to 140 s although a pod goes; then all at once.
FAULT_CASE(stale_cache, WatchEventsWaitForTheHeal) {
  deploy();
  inject(FaultKind::stale_cache, "", 40_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(139_s);
  EXPECT_TRUE(all<trace::WatchEventDelivered>().empty());
  EXPECT_TRUE(times<trace::PodCreated>("my-cluster-broker-0").empty());
  run_until(140_s);
  size_t burst = 0;
  for (const Entry& entry : records) {
    burst += entry.type == static_cast<uint16_t>(trace::WatchEventDelivered::kType) ? 1 : 0;
  }
  // Marked, and gone, at least; what the kubelet wrote in between too.
  EXPECT_GE(burst, 2U);
  run_until(141_s);
  EXPECT_EQ(times<trace::PodCreated>("my-cluster-broker-0").size(), 1U);
}

// Every watch ends 20 ms later (410) and its client lists again, once per watch.
FAULT_CASE(watch_expiry, ExpiredWatchesListAgain) {
  deploy();
  Replies replies;
  world->operators.observe(replies);
  inject(FaultKind::watch_expiry);
  run_until(101_s);
  const auto events = all<trace::WatchEventDelivered>();
  ASSERT_FALSE(events.empty());
  for (const auto& event : events) {
    EXPECT_EQ(event.watch_event, static_cast<int64_t>(controller::WatchEventType::error));
  }
  const auto lists = std::count(replies.kube.begin(), replies.kube.end(), controller::Verb::list);
  EXPECT_EQ(static_cast<size_t>(lists), events.size());
}

// The operator cut off for a minute: its watches break after 30 s, are tried again from 31 s on
// (unanswered, each 10 s), and stand again after the heal, so that a pod deleted at 110 s is made
// again only then.
FAULT_CASE(network_cut, AnOperatorCutOffLosesItsWatches) {
  deploy();
  sim::marks::reset();
  inject(FaultKind::network_cut, "operator", 60_s, 0, "", "api-server");
  run_until(110_s);
  inject(FaultKind::pod_delete, "my-cluster-broker-0");
  run_until(159_s);
  EXPECT_GT(sim::marks::hit("operator_watch_broke"), 0U);
  EXPECT_TRUE(times<trace::PodCreated>("my-cluster-broker-0").empty());
  run_until(260_s);
  EXPECT_EQ(times<trace::PodCreated>("my-cluster-broker-0").size(), 1U);
}

// A cut of a machine reaches the broker on it: the operator's calls to it are unanswered.
TEST_F(FaultTest, ACutOfAMachineCutsTheBrokerOnIt) {
  deploy();
  Replies replies;
  world->operators.observe(replies);
  inject(FaultKind::network_cut, "operator", 100_s, 0, "", machine_of("my-cluster-broker-0"));
  run_until(199_s);
  EXPECT_GE(replies.count(Outcome::unknown), 1U);
}

// No client can be made: each Kafka call is answered "unresolved" in the time of a call, 10 ms.
FAULT_CASE(operator_no_dns, NoNameOfKafkasResolves) {
  deploy();
  Replies replies;
  world->operators.observe(replies);
  inject(FaultKind::operator_no_dns, "", 60_s);
  run_until(159_s);
  EXPECT_GE(replies.count(Outcome::unresolved), 1U);
  for (size_t i = 0; i < replies.outcomes.size(); ++i) {
    if (replies.outcomes[i] != Outcome::unresolved) continue;
    EXPECT_EQ(replies.took[i], 10_ms);
  }
  EXPECT_EQ(replies.count(Outcome::unknown), 0U);
}

// ---- the table ----

TEST(FaultKinds, EachHasACaseAndAMark) {
  std::set<std::string> marks;
  for (const sim::marks::Mark& mark : sim::marks::all()) marks.insert(std::string(mark.name));
  for (const FaultKindInfo& info : fault_kinds()) {
    EXPECT_TRUE(kinds_with_a_case().contains(info.kind)) << info.name << " has no FAULT_CASE";
    EXPECT_TRUE(marks.contains(mark_of(info.kind))) << info.name << " has no mark";
    EXPECT_EQ(find_fault_kind(info.name), &info);
    EXPECT_FALSE(info.help.empty());
    EXPECT_EQ(info.needs_target, !info.target_help.empty() &&
                                     info.target_help.find("default") == std::string_view::npos)
        << info.name;
  }
}

TEST_F(FaultTest, WhatDoesNotExistOrHasNoEffectIsRefused) {
  deploy();
  const auto fault = [](FaultKind kind, const std::string& target, int64_t amount = 0,
                        const std::string& other = {}) {
    return Fault{kind, target, other, {}, amount, {}};
  };
  using K = FaultKind;
  const auto has = [&](const Fault& wrong, const std::string& text) {
    EXPECT_NE(refusal(wrong).find(text), std::string::npos) << refusal(wrong);
  };
  has(fault(K::broker_crash, "my-cluster-broker-9"), "there is no pod `my-cluster-broker-9`");
  has(fault(K::slow_disk, "my-cluster-controller-3", 10), "is a controller without partitions");
  has(fault(K::slow_disk, "my-cluster-broker-0", 0), "an amount of 0 makes no sense");
  has(fault(K::slow_disk, "my-cluster-broker-0", 101), "from 1 to 100");
  has(fault(K::slow_start, "my-cluster-broekr", 10), "no pod with a name like");
  has(fault(K::unschedulable, "x"), "no pod with a name like `x`");
  has(fault(K::node_loss, "d0"), "there is no Kubernetes node `d0`");
  has(fault(K::zone_loss, "d"), "there is no zone `d`");
  has(fault(K::lost_disk, "data-0-nobody"), "there is no volume or bound claim");
  has(fault(K::operator_crash, "one"), "there is no operator `one`");
  has(fault(K::network_cut, "broker:9", 0, "operator"), "there is no end `broker:9`");
  has(fault(K::network_cut, "zone:d", 0, "operator"), "there is no end `zone:d`");
  has(fault(K::network_cut, "broker:3", 0, "operator"), "there is no end `broker:3`");
  has(fault(K::network_cut, "controller:3", 0, "controller:3"), "both ends are");
  has(fault(K::network_cut, "broker:0", 0, "api-server"), "does not talk to the API server");
  EXPECT_EQ(refusal(fault(K::network_cut, "controller:3", 0, "broker:0")), "accepted");
  EXPECT_EQ(refusal(fault(K::network_cut, "a0", 0, "api-server")), "accepted");
}

}  // namespace
}  // namespace twin::model
