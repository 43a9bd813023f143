// Each property of a voluntary restart, made to fire by hand and made to stay silent.
#include "tests/properties/rig.h"

namespace twin::scenario {
namespace {

using Names = std::vector<std::string>;

TEST(Citations, ARestartThatCitesNothingIsWrong) {
  Rig rig;
  rig.restart(1, "my-cluster-broker-1", {});
  EXPECT_EQ(rig.violated(), Names{"citations"});
  EXPECT_NE(rig.how().find("cites no call at all"), std::string::npos) << rig.how();
}

TEST(Citations, AnUnknownOutcomeIsNoAnswer) {
  Rig rig;
  const auto topics = rig.ask_topics(0);
  rig.restart(1, "my-cluster-broker-1", {topics, rig.ask_in_vain()});
  EXPECT_EQ(rig.violated(), Names{"citations"});
  EXPECT_NE(rig.how().find("whose outcome is unknown"), std::string::npos) << rig.how();
}

// 10 s is the limit: a reply 9 s old is one, a reply 11 s old is none.
TEST(Citations, AnAnswerMayBeTenSecondsOldAndNotMore) {
  Rig fresh;
  const auto nine = fresh.ask_topics(0);
  fresh.wait(9_s);
  fresh.restart(1, "my-cluster-broker-1", {nine});
  EXPECT_EQ(fresh.violated(), Names{});

  Rig stale;
  const auto eleven = stale.ask_topics(0);
  stale.wait(11_s);
  stale.restart(1, "my-cluster-broker-1", {eleven});
  EXPECT_EQ(stale.violated(), Names{"citations"});
  EXPECT_NE(stale.how().find("whose answer was 11 s old"), std::string::npos) << stale.how();
}

TEST(Citations, ACallThatWasNeverMadeIsNoAnswer) {
  Rig rig;
  rig.restart(1, "my-cluster-broker-1", {rig.ask_topics(0), controller::CallId{999'999}});
  EXPECT_EQ(rig.violated(), Names{"citations"});
}

// A decision over 300 nodes cites 900 calls: 250 fit into its record (255 integers less its five
// fields), the rest into three more (254 each).
TEST(Citations, ManyAreKeptInFurtherRecords) {
  Rig rig;
  std::vector<int64_t> cites(900, static_cast<int64_t>(rig.ask_topics(0).value));
  cites.back() = 999'999;
  model::Kernel& kernel = rig.world().kernel;
  const std::span<const int64_t> all(cites);
  const auto record = kernel.emit(
      trace::DecisionMade{0, static_cast<int64_t>(controller::DecisionKind::restart), 1,
                          kernel.string("my-cluster-broker-1"), kernel.string("ByHand")},
      all.first(250), "");
  for (size_t at = 250; at < 900; at += 254) {
    kernel.emit(trace::DecisionCitesMore{static_cast<int64_t>(record)},
                all.subspan(at, std::min<size_t>(254, 900 - at)), {});
  }
  rig.remove(api::Kind::pod, "my-cluster-broker-1");
  EXPECT_EQ(rig.recorder.restarts().back().cites.size(), 900U);
  EXPECT_EQ(rig.violated(), Names{"citations"});  // the last one was never made
}

TEST(MinIsr, AFullIsrAllowsARestart) {
  Rig rig;
  rig.restart(1, "my-cluster-broker-1", {rig.ask_topics(0)});
  EXPECT_EQ(rig.violated(), Names{});
  EXPECT_EQ(rig.properties->unlucky_restarts(), 0);
}

// Broker 0 is gone: ISR 2 = min.insync.replicas 2 on all 62 partitions, and the operator read so.
TEST(MinIsr, ARestartThatWhatWasReadForbadeIsWrong) {
  Rig rig;
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-broker-0");
  rig.wait(30_s);
  rig.restart(1, "my-cluster-broker-1", {rig.ask_topics(2)});
  EXPECT_EQ(rig.violated(), Names{"min-isr"});
  EXPECT_NE(rig.how().find("although that takes 62 partitions below"), std::string::npos)
      << rig.how();
}

// Broker 0 goes between the look and the restart: bad luck, all 62 partitions of it.
TEST(MinIsr, SlackLostAfterTheLookIsUnlucky) {
  Rig rig;
  const auto topics = rig.ask_topics(2);
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-broker-0");
  rig.wait(8_s);
  rig.restart(1, "my-cluster-broker-1", {topics});
  EXPECT_EQ(rig.violated(), Names{});
  EXPECT_EQ(rig.properties->unlucky_restarts(), 1);
}

// Two pods on the strength of one look: 5 ms after the first deletion every ISR is still complete,
// but the operator knows what it did. 62 partitions of three replicas are left with one.
TEST(MinIsr, ASecondRestartOnTheSameLookIsWrong) {
  Rig rig;
  const auto topics = rig.ask_topics(2);
  rig.restart(0, "my-cluster-broker-0", {topics});
  EXPECT_EQ(rig.violated(), Names{});
  rig.wait(5_ms);
  rig.restart(1, "my-cluster-broker-1", {topics});
  EXPECT_EQ(rig.violated(), Names{"min-isr"});
  EXPECT_NE(rig.how().find("node 0 is still on the way back: together that takes 62 partitions"),
            std::string::npos)
      << rig.how();
  EXPECT_EQ(rig.properties->unlucky_restarts(), 0);
}

// When the first is back the second may go.
TEST(MinIsr, ASecondRestartAfterTheFirstIsBackIsRight) {
  Rig rig;
  rig.restart(0, "my-cluster-broker-0", {rig.ask_topics(2)});
  rig.wait(30_s);  // the StrimziPodSet controller is off with the operator: it does not come back
  rig.world().operators.restart(0);
  rig.wait(60_s);
  rig.restart(1, "my-cluster-broker-1", {rig.ask_topics(2)});
  EXPECT_EQ(rig.violated(), Names{});
}

// Who did not ask for the partitions is held to what it did read.
TEST(MinIsr, NotAskingIsNoExcuse) {
  Rig rig;
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-broker-0");
  rig.wait(30_s);
  rig.restart(1, "my-cluster-broker-1", {rig.ask(api::DescribeClusterRequest{}, 2)});
  EXPECT_EQ(rig.violated(), Names{"min-isr"});
}

// Broker 1's process is dead already: to make its pod anew takes nothing from anybody.
TEST(MinIsr, ADeadProcessHasNothingToLose) {
  Rig rig;
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-broker-0");
  rig.wait(30_s);
  rig.world().kafka.crash({1});
  rig.restart(1, "my-cluster-broker-1", {rig.ask_topics(2)});
  EXPECT_EQ(rig.violated(), Names{});
}

// A pod that a user deletes is nobody's decision, even when the operator had decided on it.
TEST(MinIsr, AUsersDeletionIsNotTheOperators) {
  Rig rig;
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-broker-0");
  rig.wait(30_s);
  model::Kernel& kernel = rig.world().kernel;
  kernel.emit(trace::DecisionMade{0, static_cast<int64_t>(controller::DecisionKind::restart), 1,
                                  kernel.string("my-cluster-broker-1"), kernel.string("ByHand")},
              std::span<const int64_t>{}, "");
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-broker-1");
  EXPECT_EQ(rig.violated(), Names{});
  EXPECT_EQ(rig.recorder.restarts().size(), 0U);
}

// Three voters: with all up the two others are a majority; with controller 3 gone the one that is
// left is not.
TEST(Quorum, TheOthersMustBeAMajority) {
  Rig whole;
  whole.restart(4, "my-cluster-controller-4", {whole.ask_quorum(5)});
  EXPECT_EQ(whole.violated(), Names{});
  EXPECT_EQ(whole.properties->unlucky_restarts(), 0);

  Rig short_of_one;
  short_of_one.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-controller-3");
  short_of_one.wait(30_s);
  short_of_one.restart(4, "my-cluster-controller-4", {short_of_one.ask_quorum(5)});
  EXPECT_EQ(short_of_one.violated(), Names{"quorum"});
}

// A voter that runs and cannot be reached is no part of a majority: counting processes would miss
// it.
TEST(Quorum, AVoterOutOfReachDoesNotCount) {
  Rig rig;
  for (const char* other : {"controller:4", "controller:5"}) {
    rig.world().network.cut("controller:3", other);
  }
  rig.world().network_changed();
  rig.wait(10_s);
  EXPECT_TRUE(rig.world().kafka.process_running({3}));
  rig.restart(4, "my-cluster-controller-4", {rig.ask_quorum(5)});
  EXPECT_EQ(rig.violated(), Names{"quorum"});
}

TEST(Quorum, ASecondRestartOnTheSameLookIsWrong) {
  Rig rig;
  const auto quorum = rig.ask_quorum(5);
  rig.restart(3, "my-cluster-controller-3", {quorum});
  EXPECT_EQ(rig.violated(), Names{});
  rig.restart(4, "my-cluster-controller-4", {quorum});
  EXPECT_EQ(rig.violated(), Names{"quorum"});
}

// The controllers that do not lead, ascending.
std::vector<int32_t> followers_of(Rig& rig) {
  std::vector<int32_t> followers{3, 4, 5};
  std::erase(followers, rig.world().kafka.quorum_leader().value);
  return followers;
}

// As the leader counts: a voter that is cut off is one of the majority until it has not fetched for
// controller.quorum.fetch.timeout.ms, 2 s; its last fetch was at most 0.5 s before the cut.
TEST(Quorum, AVoterJustCutOffCountsForTheFetchTimeout) {
  for (const sim::Duration after : {1499_ms, 2001_ms}) {
    Rig rig;
    const std::vector<int32_t> followers = followers_of(rig);
    const int32_t leader = rig.world().kafka.quorum_leader().value;
    for (const int32_t other : {leader, followers[1]}) {
      rig.world().network.cut("controller:" + std::to_string(followers[0]),
                              "controller:" + std::to_string(other));
    }
    rig.world().network_changed();
    rig.wait(after);
    rig.restart(followers[1], "my-cluster-controller-" + std::to_string(followers[1]),
                {rig.ask_quorum(leader)});
    EXPECT_EQ(rig.violated(), after == 1499_ms ? Names{} : Names{"quorum"});
  }
}

// One that died is none from that moment on, whatever the leader still believes.
TEST(Quorum, AVoterThatJustDiedDoesNotCount) {
  Rig rig;
  const std::vector<int32_t> followers = followers_of(rig);
  rig.world().kafka.crash({followers[0]});
  rig.wait(1_ms);  // what changes at the instant of an answer is judged mildly
  rig.restart(followers[1], "my-cluster-controller-" + std::to_string(followers[1]),
              {rig.ask_quorum(rig.world().kafka.quorum_leader().value)});
  EXPECT_EQ(rig.violated(), Names{"quorum"});
}

TEST(Quorum, AMajorityLostAfterTheLookIsUnlucky) {
  Rig rig;
  const auto quorum = rig.ask_quorum(5);
  rig.world().kube.user_remove(api::Kind::pod, "kafka", "my-cluster-controller-3");
  rig.wait(8_s);
  rig.restart(4, "my-cluster-controller-4", {quorum});
  EXPECT_EQ(rig.violated(), Names{});
  EXPECT_EQ(rig.properties->unlucky_restarts(), 1);
}

}  // namespace
}  // namespace twin::scenario
