// The situations that Strimzi's own tests of its roller set up (KafkaRollerTest, about 38 cases,
// read as facts), retold in one table: which pods are restarted in which order and with which error
// the roll ends, under strimzi@1.2. A node takes 2 s to restart here; delays of the back-off are
// 250 ms and its doublings, 127.75 s in ten attempts.
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
    {"a pod cannot be read",
     [](C& c) {
       mixed(c);
       c.node(1).get_errors = -1;
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
