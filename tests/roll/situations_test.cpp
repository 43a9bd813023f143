// The situations that Strimzi's own tests of its roller set up (KafkaRollerTest of 1.2.0, 39 cases
// and two lists of stuck pods, read as facts), retold in one table: which pods are restarted in
// which order and with which error the roll ends, under strimzi@1.2. Not retold are the two about
// closing an Admin client, which ours does not do. A second table has what was different in 0.47. A
// node takes 2 s to restart here; delays of the back-off are 250 ms and its doublings, 127.75 s in
// ten attempts.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/roll/fake_cluster.h"

namespace twin::roll_test {
namespace {

using namespace sim::literals;

struct Situation {
  const char* name;
  void (*set)(FakeCluster&);
  std::vector<int> order;
  const char* error_class = "";  // "" = the roll succeeds
  const char* message = "";      // part of it
};

// Nodes with both roles, 2 the active controller.
void mixed(FakeCluster& c, int count = 5) {
  for (int id = 0; id < count; ++id) {
    FakeNode node;
    node.id = id;
    c.nodes.push_back(node);
  }
  c.leader = std::min(2, count - 1);
}

// Controllers 0, 1, 2 of which 1 is active, brokers 3, 4, 5.
void dedicated(FakeCluster& c) {
  mixed(c, 6);
  for (FakeNode& node : c.nodes) {
    node.controller = node.id < 3;
    node.broker = !node.controller;
  }
  c.leader = 1;
}

// Brokers, then nodes of both roles, then controllers, numbered through.
void roles(FakeCluster& c, int brokers, int both, int controllers, int active) {
  mixed(c, brokers + both + controllers);
  for (FakeNode& node : c.nodes) {
    node.controller = node.id >= brokers;
    node.broker = node.id < brokers + both;
  }
  c.leader = active;
}

void recovering(FakeNode& node) {
  node.ready = false;
  node.broker_state = 2;
}

// A partition that forbids to stop `id` and nobody else: it is alone in the ISR, at the minimum.
void forbid(FakeCluster& c, int id, sim::Time until = sim::kNever) {
  const int other = id == 0 ? 1 : 0;
  c.topics.push_back({"t" + std::to_string(id), {id, other}, {id}, 1, until});
}

void only_old(FakeCluster& c, std::vector<int> ids) {
  for (FakeNode& node : c.nodes) {
    node.old_revision = std::find(ids.begin(), ids.end(), node.id) != ids.end();
  }
}

using C = FakeCluster;
const std::vector<Situation> kSituations{
    // ---- order ----
    {"the active controller goes last", [](C& c) { mixed(c); }, {0, 1, 3, 4, 2}},
    {"nothing to do",
     [](C& c) {
       mixed(c);
       only_old(c, {});
     },
     {}},
    {"only those that need it",
     [](C& c) {
       mixed(c);
       only_old(c, {1, 4});
     },
     {1, 4}},
    {"the active controller alone",
     [](C& c) {
       mixed(c);
       only_old(c, {2});
     },
     {2}},
    // 0 is put off while it is active; when 1 to 4 are done 1 is active, so 0 simply goes.
    {"the active controller moves",
     [](C& c) {
       mixed(c);
       c.leader = 0;
       c.later_leader = 1;
       c.leader_changes = sim::Time{} + 5_s;
     },
     {1, 2, 3, 4, 0}},
    {"controllers, the active one last of them, then brokers",
     [](C& c) { dedicated(c); },
     {0, 2, 1, 3, 4, 5}},
    {"one that is not Ready goes first",
     [](C& c) {
       mixed(c);
       c.node(3).ready = false;
     },
     {3, 0, 1, 4, 2}},
    // Each is put at the head, so the last one found comes first.
    {"several not Ready go in reverse",
     [](C& c) {
       mixed(c);
       c.node(1).ready = c.node(3).ready = false;
     },
     {3, 1, 0, 4, 2}},
    {"a broker that is not Ready still comes after controllers",
     [](C& c) {
       dedicated(c);
       c.node(4).ready = false;
     },
     {0, 2, 1, 4, 3, 5}},
    {"a missing pod is passed over",
     [](C& c) {
       mixed(c);
       c.node(1).missing = true;
     },
     {0, 3, 4, 2}},
    {"brokers only, whatever the quorum", [](C& c) { roles(c, 5, 0, 0, -1); }, {0, 1, 2, 3, 4}},
    {"controllers only, the active one last", [](C& c) { roles(c, 0, 0, 5, 3); }, {0, 1, 2, 4, 3}},
    {"nodes of both roles and controllers are one phase",
     [](C& c) { roles(c, 0, 3, 3, 5); },
     {0, 1, 2, 3, 4, 5}},
    {"brokers, nodes of both roles and controllers",
     [](C& c) { roles(c, 3, 3, 3, 6); },
     {3, 4, 5, 7, 8, 6, 0, 1, 2}},
    // Controllers first, those not Ready at the head in reverse; then brokers in the same way.
    {"one of each kind is not Ready",
     [](C& c) {
       roles(c, 3, 3, 3, 8);
       c.node(1).ready = c.node(4).ready = c.node(7).ready = false;
     },
     {7, 4, 3, 5, 6, 8, 1, 0, 2}},
    {"ids with gaps, the active controller in the middle",
     [](C& c) {
       for (const int id : {10, 200, 30, 400, 500}) {
         FakeNode node;
         node.id = id;
         c.nodes.push_back(node);
       }
       c.leader = 30;
     },
     {10, 200, 400, 500, 30}},
    // ---- not Ready in time ----
    {"0 is not Ready after its restart",
     [](C& c) {
       mixed(c);
       c.node(0).ready_after_restart = false;
     },
     {0},
     "FatalProblem",
     "Error while waiting for restarted pod c-0 to become ready"},
    {"1 is not Ready after its restart",
     [](C& c) {
       mixed(c);
       c.node(1).ready_after_restart = false;
     },
     {0, 1},
     "FatalProblem",
     "Error while waiting for restarted pod c-1 to become ready"},
    {"3 is not Ready after its restart",
     [](C& c) {
       mixed(c);
       c.node(3).ready_after_restart = false;
     },
     {0, 1, 3},
     "FatalProblem",
     "Error while waiting for restarted pod c-3 to become ready"},
    {"the active controller is not Ready after its restart",
     [](C& c) {
       mixed(c);
       c.node(2).ready_after_restart = false;
     },
     {0, 1, 3, 4, 2},
     "FatalProblem",
     "Error while waiting for restarted pod c-2 to become ready"},
    {"a controller is not Ready after its restart: no broker is touched",
     [](C& c) {
       dedicated(c);
       c.node(0).ready_after_restart = false;
     },
     {0},
     "FatalProblem",
     "Error while waiting for restarted pod c-0 to become ready"},
    {"the next roll begins with the one that is not Ready and needs nothing",
     [](C& c) {
       mixed(c);
       only_old(c, {2, 3, 4});
       c.node(1).ready = false;
     },
     {},
     "FatalProblem",
     "Error while waiting for non-restarted pod c-1 to become ready"},
    {"not Ready, but soon enough",
     [](C& c) {
       mixed(c);
       only_old(c, {});
       c.node(1).ready = false;
       c.node(1).ready_at = sim::Time{} + 100_s;
     },
     {}},
    {"recovering its logs: it is left alone",
     [](C& c) {
       mixed(c);
       c.node(1).ready = false;
       c.node(1).broker_state = 2;
     },
     {0, 3, 4, 2},
     "UnforceableProblem",
     "performing log recovery"},
    {"a broker recovers its logs: the other brokers go",
     [](C& c) {
       roles(c, 3, 0, 3, 3);
       recovering(c.node(0));
     },
     {4, 5, 3, 1, 2},
     "UnforceableProblem",
     "Pod c-0 is not ready because the Kafka node is performing log recovery. There are 3 logs and "
     "7 "
     "segments left to recover."},
    // 2 is put off while 0 is open; 0 is visited first each time, so it is given up just before 2's
    // tenth attempt, which is then alone.
    {"a controller recovers its logs",
     [](C& c) {
       roles(c, 0, 0, 3, 2);
       recovering(c.node(0));
     },
     {1, 2},
     "UnforceableProblem",
     "Pod c-0 is not ready because the Kafka node is performing log recovery."},
    {"a node of both roles recovers its logs: no broker is looked at",
     [](C& c) {
       roles(c, 3, 3, 0, 3);
       recovering(c.node(4));
     },
     {5, 3},
     "UnforceableProblem",
     "Pod c-4 is not ready because the Kafka node is performing log recovery."},
    {"not Ready although it says that it runs: restarted, in vain",
     [](C& c) {
       roles(c, 5, 0, 0, -1);
       c.node(0).ready = c.node(0).ready_after_restart = false;
     },
     {0},
     "FatalProblem",
     "Error while waiting for restarted pod c-0 to become ready"},
    {"not Ready and its agent is silent: restarted, in vain",
     [](C& c) {
       roles(c, 5, 0, 0, -1);
       c.node(0).ready = c.node(0).ready_after_restart = false;
       c.node(0).broker_state = -1;
     },
     {0},
     "FatalProblem",
     "Error while waiting for restarted pod c-0 to become ready"},
    {"not Ready and its agent is silent: that is no recovery",
     [](C& c) {
       mixed(c);
       c.node(1).ready = false;
       c.node(1).broker_state = -1;
     },
     {1, 0, 3, 4, 2}},
    // ---- stuck ----
    {"crash loop, old revision: restarted first, nobody asks whether it may",
     [](C& c) {
       mixed(c);
       c.node(1).ready = false;
       c.node(1).waiting = "CrashLoopBackOff";
       forbid(c, 1, sim::Time{} + 1_s);
     },
     {1, 0, 3, 4, 2}},
    {"crash loop, current revision",
     [](C& c) {
       mixed(c);
       only_old(c, {0, 2});
       c.node(1).ready = false;
       c.node(1).waiting = "CrashLoopBackOff";
     },
     {},
     "FatalProblem",
     "Pod is unschedulable or is not starting"},
    {"image cannot be pulled, old revision",
     [](C& c) {
       mixed(c);
       c.node(4).ready = false;
       c.node(4).waiting = "ImagePullBackOff";
     },
     {4, 0, 1, 3, 2}},
    {"its image has no proper name, current revision",
     [](C& c) {
       mixed(c);
       only_old(c, {0});
       c.node(4).ready = false;
       c.node(4).waiting = "InvalidImageName";
     },
     {},
     "FatalProblem",
     "Pod is unschedulable or is not starting"},
    {"its container is being created, current revision",
     [](C& c) {
       mixed(c);
       only_old(c, {0});
       c.node(4).ready = false;
       c.node(4).waiting = "ContainerCreating";
     },
     {},
     "FatalProblem",
     "Pod is unschedulable or is not starting"},
    // ErrImagePull is not in the list: it is waited for, in vain.
    {"image cannot be pulled, between two attempts",
     [](C& c) {
       mixed(c);
       only_old(c, {});
       c.node(4).ready = false;
       c.node(4).waiting = "ErrImagePull";
     },
     {},
     "FatalProblem",
     "Error while waiting for non-restarted pod c-4 to become ready"},
    {"unschedulable, old revision",
     [](C& c) {
       mixed(c);
       c.node(4).ready = false;
       c.node(4).unschedulable = true;
     },
     {4, 0, 1, 3, 2}},
    {"unschedulable, current revision",
     [](C& c) {
       mixed(c);
       only_old(c, {});
       c.node(4).ready = false;
       c.node(4).unschedulable = true;
     },
     {},
     "FatalProblem",
     "Pod is unschedulable or is not starting"},
    // ---- not rollable ----
    {"a node is not rollable at first",
     [](C& c) {
       mixed(c);
       forbid(c, 1, sim::Time{} + 30_s);
     },
     {0, 3, 4, 1, 2}},
    {"the active controller is not rollable at first",
     [](C& c) {
       mixed(c);
       forbid(c, 2, sim::Time{} + 30_s);
     },
     {0, 1, 3, 4, 2}},
    {"a node is never rollable",
     [](C& c) {
       mixed(c);
       forbid(c, 1);
     },
     {0, 3, 4, 2},
     "UnforceableProblem",
     "Pod c-1 cannot be updated right now."},
    {"the active controller is never rollable",
     [](C& c) {
       mixed(c);
       forbid(c, 2);
     },
     {0, 1, 3, 4},
     "UnforceableProblem",
     "Pod c-2 cannot be updated right now."},
    // At its tenth attempt 3 is still open: put off, forced, forbidden, and so it stays.
    {"the active controller and another one are never rollable",
     [](C& c) {
       mixed(c);
       forbid(c, 2);
       forbid(c, 3);
     },
     {0, 1, 4},
     "ForceableProblem",
     "Pod c-2 is the active controller and there are other pods to verify first"},
    {"two voters of three would not be caught up",
     [](C& c) {
       dedicated(c);
       c.node(2).caught_up = false;
     },
     {2},
     "UnforceableProblem",
     "Pod c-0 cannot be updated right now."},
    {"a quorum without a leader",
     [](C& c) {
       dedicated(c);
       c.leader = -1;
     },
     {},
     "UnforceableProblem",
     "Pod c-0 cannot be updated right now."},
    {"a quorum of two",
     [](C& c) {
       mixed(c, 2);
       c.leader = 0;
     },
     {1, 0}},
    {"a quorum of two, the other one behind",
     [](C& c) {
       mixed(c, 2);
       c.leader = 0;
       c.node(1).caught_up = false;
       only_old(c, {0});
     },
     {},
     "UnforceableProblem",
     "Pod c-0 cannot be updated right now."},
    {"a single node", [](C& c) { mixed(c, 1); }, {0}},
    // ---- Kafka does not answer ----
    {"no Admin client can be made: all look unresponsive and go in order, unchecked",
     [](C& c) {
       mixed(c);
       c.unresolved = true;
       forbid(c, 3);
       only_old(c, {});
     },
     {0, 1, 2, 3, 4}},
    // Ten attempts, then it is restarted by force; 2 is put off until then.
    {"a node's configuration cannot be read",
     [](C& c) {
       mixed(c);
       c.node(1).describe_errors = -1;
     },
     {0, 3, 4, 1, 2}},
    {"the active controller's configuration cannot be read",
     [](C& c) {
       mixed(c);
       c.node(2).describe_errors = -1;
     },
     {0, 1, 3, 4, 2}},
    {"it cannot be read and the node may not stop",
     [](C& c) {
       mixed(c);
       c.node(1).describe_errors = -1;
       forbid(c, 1);
     },
     {0, 3, 4, 2},
     "UnforceableProblem",
     "Pod c-1 cannot be updated right now."},
    {"no Admin client for brokers: they look unresponsive, controllers do not",
     [](C& c) {
       dedicated(c);
       c.unresolved_brokers = true;
       forbid(c, 4);
     },
     {0, 2, 1, 3, 4, 5}},
    {"no Admin client for controllers: they go in order, the active one too",
     [](C& c) {
       roles(c, 0, 0, 5, 2);
       c.unresolved = true;
     },
     {0, 1, 2, 3, 4}},
    // Asked twice at each visit: which one is active, and whether it may stop. The third time
    // fails.
    {"who is active is not known when 1 asks",
     [](C& c) {
       roles(c, 0, 0, 5, 2);
       c.quorum_errors = {2};
     },
     {0, 3, 4, 1, 2}},
    {"who is active is not known when the active one asks",
     [](C& c) {
       roles(c, 0, 0, 5, 2);
       c.quorum_errors = {4};
     },
     {0, 1, 3, 4, 2}},
    {"who is active is never known",
     [](C& c) {
       roles(c, 0, 0, 1, 0);
       for (int i = 0; i < 10; ++i) c.quorum_errors.push_back(i);
     },
     {},
     "UnforceableProblem",
     "An error while trying to determine the active controller"},
    {"which partitions it holds is never known",
     [](C& c) {
       roles(c, 1, 0, 0, -1);
       c.topics_fail = true;
     },
     {},
     "ForceableProblem",
     "An error while trying to determine the possibility of updating Kafka broker pods"},
    {"a broker's configuration cannot be read",
     [](C& c) {
       roles(c, 5, 0, 0, -1);
       c.node(1).describe_errors = -1;
     },
     {0, 2, 3, 4, 1}},
    {"a controller's configuration cannot be read",
     [](C& c) {
       roles(c, 0, 0, 5, 4);
       c.node(1).describe_errors = -1;
     },
     {0, 2, 3, 1, 4}},
    // ---- configuration ----
    {"a dynamic change is made while they run",
     [](C& c) {
       mixed(c);
       only_old(c, {});
       c.desired_key = "num.io.threads";
       c.desired_value = "9";
     },
     {}},
    {"a dynamic change that Kafka will not make takes restarts",
     [](C& c) {
       mixed(c);
       only_old(c, {});
       c.desired_key = "num.io.threads";
       c.desired_value = "9";
       for (FakeNode& node : c.nodes) node.alter_errors = -1;
     },
     {0, 1, 3, 4, 2}},
    {"a read-only change takes restarts",
     [](C& c) {
       mixed(c);
       only_old(c, {});
       c.desired_key = "queued.max.requests";
       c.desired_value = "600";
     },
     {0, 1, 3, 4, 2}},
    // ---- the API server ----
    {"a pod cannot be read when the order is made",
     [](C& c) {
       mixed(c);
       c.node(1).get_errors = -1;
     },
     {},
     "KubernetesClientException",
     "reading pod c-1"},
    {"a pod cannot be read",
     [](C& c) {
       mixed(c);
       c.node(1).get_errors = -1;
       c.node(1).gets_before_errors = 1;
     },
     {0, 3, 4, 2},
     "UnforceableProblem",
     "Error getting pod c-1"},
    {"a delete fails once",
     [](C& c) {
       mixed(c);
       c.node(1).delete_errors = 1;
     },
     {0, 3, 4, 1, 2}},
};

class Situations : public testing::TestWithParam<size_t> {};

TEST_P(Situations, UnderStrimzi12) {
  const Situation& situation = kSituations[GetParam()];
  SCOPED_TRACE(situation.name);
  FakeCluster cluster;
  situation.set(cluster);
  const Progress end = cluster.roll("strimzi@1.2");
  EXPECT_EQ(cluster.restarted, situation.order);
  EXPECT_EQ(end.error_class, situation.error_class);
  EXPECT_NE(end.message.find(situation.message), std::string::npos) << end.message;
  EXPECT_EQ(end.is_done(), std::string(situation.error_class).empty());
}

INSTANTIATE_TEST_SUITE_P(KafkaRoller, Situations, testing::Range<size_t>(0, kSituations.size()));

// What was different in 0.47.0, read in KafkaRoller of that tag.
const std::vector<Situation> kOlderSituations{
    {"the active controller goes last", [](C& c) { mixed(c); }, {0, 1, 3, 4, 2}},
    // Not stuck: it is waited for twice, and its node counts as one that needs no restart.
    {"its image has no proper name, current revision",
     [](C& c) {
       mixed(c);
       only_old(c, {0});
       c.node(4).ready = false;
       c.node(4).waiting = "InvalidImageName";
     },
     {},
     "FatalProblem",
     "Error while waiting for non-restarted pod c-4 to become ready"},
    {"crash loop, current revision",
     [](C& c) {
       mixed(c);
       only_old(c, {0, 2});
       c.node(1).ready = false;
       c.node(1).waiting = "CrashLoopBackOff";
     },
     {},
     "FatalProblem",
     "Pod is unschedulable or is not starting"},
    // The quorum is asked through brokers: that says nothing of a controller.
    {"no Admin client: controllers are given up, brokers not looked at",
     [](C& c) {
       dedicated(c);
       c.unresolved = true;
     },
     {},
     "UnforceableProblem",
     "KafkaQuorumCheck cannot be initialised for c-0"},
    {"no Admin client: nodes of both roles look unresponsive",
     [](C& c) {
       mixed(c);
       c.unresolved = true;
       only_old(c, {});
     },
     {0, 1, 2, 3, 4}},
    // Their own configuration is not looked at.
    {"a controller's configuration cannot be read",
     [](C& c) {
       roles(c, 0, 0, 3, 2);
       c.nodes.push_back(FakeNode{});
       c.nodes.back().id = 3;
       c.nodes.back().controller = false;
       c.node(1).describe_errors = -1;
     },
     {0, 1, 2, 3}},
    {"a broker's configuration cannot be read and it may not stop",
     [](C& c) {
       roles(c, 2, 0, 0, -1);
       c.node(0).describe_errors = -1;
       forbid(c, 0);
       only_old(c, {});
     },
     {},
     "UnforceableProblem",
     "Pod c-0 cannot be updated right now."},
};

class OlderSituations : public testing::TestWithParam<size_t> {};

TEST_P(OlderSituations, UnderStrimzi047) {
  const Situation& situation = kOlderSituations[GetParam()];
  SCOPED_TRACE(situation.name);
  FakeCluster cluster;
  situation.set(cluster);
  const Progress end = cluster.roll("strimzi@0.47");
  EXPECT_EQ(cluster.restarted, situation.order);
  EXPECT_EQ(end.error_class, situation.error_class);
  EXPECT_NE(end.message.find(situation.message), std::string::npos) << end.message;
}

INSTANTIATE_TEST_SUITE_P(KafkaRoller, OlderSituations,
                         testing::Range<size_t>(0, kOlderSituations.size()));

// A dynamic change that fails leads to a restart without a reason, so to none in an Event; an old
// revision has its reason.
TEST(Events, ARestartWithoutAReasonHasNone) {
  FakeCluster failed;
  roles(failed, 1, 0, 0, -1);
  only_old(failed, {});
  failed.desired_key = "num.io.threads";
  failed.desired_value = "9";
  failed.node(0).alter_errors = -1;
  EXPECT_TRUE(failed.roll("strimzi@0.47").is_done());
  EXPECT_EQ(failed.restarted, std::vector<int>{0});
  EXPECT_TRUE(failed.events.empty());
  FakeCluster old;
  roles(old, 1, 0, 0, -1);
  EXPECT_TRUE(old.roll("strimzi@0.47").is_done());
  EXPECT_EQ(old.events, std::vector<std::string>{"PodHasOldRevision"});
}

// A pod that does not go away within the operation timeout, in none of ten attempts: 0.47 publishes
// the Event each time, 1.2 never.
TEST(Events, ARestartThatFailsIsPublishedUpTo047Only) {
  for (const bool older : {true, false}) {
    FakeCluster cluster;
    roles(cluster, 1, 0, 0, -1);
    cluster.node(0).goes_away = false;
    const Progress end = cluster.roll(older ? "strimzi@0.47" : "strimzi@1.2");
    EXPECT_EQ(end.error_class, "UnforceableProblem");
    EXPECT_EQ(end.message, "Error while trying to restart pod c-0 to become ready");
    EXPECT_EQ(cluster.restarted.size(), 10U);
    EXPECT_EQ(cluster.events.size(), older ? 10U : 0U);
  }
}

// An agent that accepts the connection and answers nothing: 1.2 goes on after 10 s, 0.47 never.
TEST(Agent, ASilentOneHoldsUpTheRollUpTo10) {
  for (const bool older : {true, false}) {
    FakeCluster cluster;
    roles(cluster, 2, 0, 0, -1);
    cluster.node(0).ready = false;
    cluster.node(0).broker_state = -1;
    const Progress end = cluster.roll(older ? "strimzi@0.47" : "strimzi@1.2");
    EXPECT_EQ(end.is_waiting(), older);
    EXPECT_EQ(cluster.restarted.empty(), older);
  }
}

// Ten attempts: 127.75 s of delays, and what the attempts themselves take.
TEST(Backoff, TenAttemptsTake127750Milliseconds) {
  FakeCluster cluster;
  mixed(cluster, 1);
  forbid(cluster, 0);
  cluster.topics.front().replicas = {0, 7};
  const Progress end = cluster.roll("strimzi@1.2");
  EXPECT_EQ(end.error_class, "UnforceableProblem");
  EXPECT_GE(cluster.now(), sim::Time{} + 127'750_ms);
  EXPECT_LT(cluster.now(), sim::Time{} + 130_s);
  ASSERT_FALSE(cluster.decisions.empty());
  EXPECT_NE(cluster.decisions.back().reason.find("giving up after 10 attempts. Total delay between "
                                                 "attempts 127750ms"),
            std::string::npos)
      << cluster.decisions.back().reason;
}

// A node that refuses every request is asked for 30 s in each of ten attempts: 300 s and the
// delays.
TEST(Backoff, SilenceCostsThirtySecondsAnAttempt) {
  FakeCluster cluster;
  mixed(cluster, 1);
  cluster.node(0).describe_errors = -1;
  const Progress end = cluster.roll("strimzi@1.2");
  EXPECT_TRUE(end.is_done());
  EXPECT_GE(cluster.now(), sim::Time{} + 427'750_ms);
  EXPECT_LT(cluster.now(), sim::Time{} + 435_s);
}

}  // namespace
}  // namespace twin::roll_test
