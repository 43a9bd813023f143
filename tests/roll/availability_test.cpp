// KafkaAvailability and KafkaQuorumCheck, rule by rule: the states that Strimzi's KafkaAvailability
// and KafkaQuorumCheck tests set up.
#include "controller/roll/availability.h"

#include <gtest/gtest.h>

#include "controller/roll/quorum_check.h"

namespace twin::controller {
namespace {

using namespace sim::literals;

struct State {
  const char* name;
  std::vector<int> replicas, isr;
  int min_isr;  // -1: not set
  int broker;
  bool may_stop;
};

const State kStates[] = {
    {"above the minimum", {0, 1, 2}, {0, 1, 2}, 2, 0, true},
    {"at the minimum, in the ISR", {0, 1, 2}, {0, 1}, 2, 0, false},
    {"at the minimum, not in the ISR", {0, 1, 2}, {0, 1}, 2, 2, true},
    {"below the minimum, in the ISR", {0, 1, 2}, {0}, 2, 0, false},
    {"below the minimum, it might be first to catch up", {0, 1, 2}, {0}, 2, 1, false},
    {"below the minimum, no replica on it", {0, 1, 2}, {0}, 2, 3, true},
    {"minimum equals the replication factor", {0, 1, 2}, {0, 1, 2}, 3, 0, true},
    {"minimum above the replication factor", {0, 1}, {0, 1}, 3, 0, true},
    {"one replica", {0}, {0}, 1, 0, true},
    {"nobody in sync", {0, 1, 2}, {}, 2, 1, false},
    {"minimum of one, alone in sync", {0, 1, 2}, {1}, 1, 1, false},
    {"no minimum", {0, 1, 2}, {0}, -1, 0, true},
};

TEST(Availability, EachState) {
  for (const State& state : kStates) {
    api::TopicsSnapshot topics;
    topics.topics.push_back({"t", 0, 1, false});
    topics.partitions.grow(1);
    for (const int id : state.replicas) topics.partitions.edit(0).replicas.push({id});
    for (const int id : state.isr) topics.partitions.edit(0).isr.push({id});
    api::TopicConfigsSnapshot configs;
    configs.topics.push_back({"t", std::nullopt, {}});
    if (state.min_isr >= 0) configs.topics.front().min_insync_replicas = state.min_isr;
    EXPECT_EQ(blocking_partitions(topics, configs, {state.broker}).empty(), state.may_stop)
        << state.name;
  }
}

// The ISR is printed as a set, replicas in the order of preference.
TEST(Availability, SaysWhichPartitionAsStrimziDoes) {
  BlockingPartition blocking;
  blocking.topic = "t3m2";
  for (const int id : {2, 1}) blocking.isr.push({id});
  for (const int id : {0, 1, 2}) blocking.replicas.push({id});
  blocking.min_isr = 2;
  EXPECT_EQ(blocking.sentence({1}),
            "t3m2/0 will be under-replicated (ISR={1,2}, replicas=[0,1,2], min.insync.replicas=2) "
            "if broker 1 is restarted.");
}

struct Quorum {
  const char* name;
  int leader;
  std::vector<int> behind_ms;  // of voters 0, 1, ...; -1: never caught up
  int candidate;
  bool may_stop;
};

// The limit is 2000 ms: 1999 counts, 2000 does not.
const Quorum kQuorums[] = {
    {"three, all caught up", 0, {0, 0, 0}, 1, true},
    {"three, one within the limit", 0, {0, 1999, 0}, 2, true},
    {"three, one at the limit", 0, {0, 2000, 0}, 2, false},
    {"three, the candidate is the one behind", 0, {0, 0, 9000}, 2, true},
    {"three, one never caught up", 0, {0, -1, 0}, 2, false},
    {"three, the leader itself", 0, {0, 0, 0}, 0, true},
    {"four need three others", 0, {0, 0, 0, 9000}, 1, false},
    {"five need three others", 0, {0, 0, 0, 9000, 0}, 1, true},
    {"five, two behind", 0, {0, 0, 9000, 9000, 0}, 1, false},
    {"seven need four others", 0, {0, 0, 0, 0, 9000, 9000, 0}, 1, true},
    {"two, the other caught up", 0, {0, 0}, 1, true},
    {"two, the other behind", 0, {0, 9000}, 0, false},
    {"one voter", 0, {0}, 0, true},
    {"no leader", -1, {0, 0, 0}, 1, false},
};

TEST(QuorumCheck, EachState) {
  for (const Quorum& state : kQuorums) {
    api::DescribeQuorumReply quorum;
    if (state.leader >= 0) quorum.leader = {state.leader};
    for (size_t i = 0; i < state.behind_ms.size(); ++i) {
      api::QuorumVoter voter;
      voter.node = {static_cast<int32_t>(i)};
      const int behind = state.behind_ms[i];
      if (behind >= 0) voter.last_caught_up = sim::Time{} + 100_s - 1_ms * int64_t{behind};
      quorum.voters.push_back(voter);
    }
    EXPECT_EQ(quorum_check(quorum, {state.candidate}, 2_s).may_stop, state.may_stop) << state.name;
  }
}

}  // namespace
}  // namespace twin::controller
