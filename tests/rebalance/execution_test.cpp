// Carrying a plan out, step by step on a cluster that does what it is asked, in part or not at all.
#include "controller/rebalance/execution.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

using Alter = api::IncrementalAlterConfigsRequest;

api::NodeList nodes(const std::vector<int32_t>& ids) {
  api::NodeList list;
  for (const int32_t id : ids) list.push({id});
  return list;
}

// The cluster as an execution sees it: it keeps what was asked for.
class Cluster {
 public:
  explicit Cluster(ClusterView start) { input.view = &(view = std::move(start)); }

  ExecutionStep next() const { return next_step(input); }

  void plan(const std::string& topic, int32_t partition, std::vector<int32_t> to) {
    input.plan.push_back({topic, partition, replicas(topic, partition), std::move(to)});
  }
  std::vector<int32_t> replicas(const std::string& topic, int32_t partition) const {
    const ReplicaList& list = row(topic, partition).replicas;
    std::vector<int32_t> ids;
    for (int i = 0; i < list.size; ++i) ids.push_back(view.brokers[list[i]].id.value);
    return ids;
  }
  const PartitionView& row(const std::string& topic, int32_t partition) const {
    return view.partitions[view.topics[*view.find_topic(topic)].first +
                           static_cast<PartitionIndex>(partition)];
  }

  void obey(const ExecutionStep::Request& request) {
    if (const auto* alter = std::get_if<Alter>(&request.body)) return set(*alter);
    if (const auto* moves = std::get_if<api::AlterReassignmentsRequest>(&request.body)) {
      for (const auto& move : moves->moves) start(move);
    }
  }
  void obey(const ExecutionStep& step) {
    for (const auto& request : step.requests) obey(request);
  }
  // The first that moves is done.
  void finish_one() {
    ASSERT_FALSE(input.moving.empty());
    const api::ReassignmentDescription done = input.moving.front();
    input.moving.erase(input.moving.begin());
    std::vector<int32_t> to;
    for (const int32_t id : done.replicas) {
      if (!done.removing.contains({id})) to.push_back(id);
    }
    put(done.topic, done.partition, to);
  }

  ClusterView view;
  ExecutionInput input;
  int64_t started = 0, started_unthrottled = 0;

 private:
  void set(const Alter& alter) {
    const std::string& first = alter.changes[0].value;
    const std::string& second = alter.changes[1].value;
    if (alter.resource == Alter::Resource::topic) {
      input.throttles.lists[alter.topic] = {first, second};
      if (first.empty()) input.throttles.lists.erase(alter.topic);
      return;
    }
    BrokerRates& rates = input.throttles.rates[alter.broker.value];
    rates = {};
    if (!first.empty()) rates = {std::stoll(first), std::stoll(second)};
  }
  void start(const api::AlterReassignmentsRequest::Move& move) {
    if (!move.target) {
      std::erase_if(input.moving, [&](const auto& each) {
        return each.topic == move.topic && each.partition == move.partition;
      });
      return;
    }
    ++started;
    const std::vector<int32_t> now = replicas(move.topic, move.partition);
    api::ReassignmentDescription moving{move.topic, move.partition, *move.target, {}, {}};
    for (const int32_t id : *move.target) {
      if (std::ranges::find(now, id) == now.end()) moving.adding.push({id});
    }
    for (const int32_t id : now) {
      if (move.target->contains({id})) continue;
      moving.removing.push({id});
      moving.replicas.push({id});
    }
    const auto lists = input.throttles.lists.find(move.topic);
    const std::string entry =
        std::to_string(move.partition) + ":" + std::to_string(moving.adding[0].value);
    const bool listed = lists != input.throttles.lists.end() &&
                        lists->second.followers.find(entry) != std::string::npos;
    if (!listed) ++started_unthrottled;
    input.moving.push_back(moving);
  }
  void put(const std::string& topic, int32_t partition, const std::vector<int32_t>& ids) {
    PartitionView& changed = view.partitions[view.topics[*view.find_topic(topic)].first +
                                             static_cast<PartitionIndex>(partition)];
    changed.replicas = {};
    for (const int32_t id : ids) changed.replicas.push(*view.find_broker({id}), 0);
    changed.isr = static_cast<uint16_t>((1U << ids.size()) - 1);
    changed.leader_slot = 0;
  }
};

// Twelve partitions of one leader: ten go at a time.
Cluster twelve(std::optional<int64_t> rate = 20'000'000) {
  ClusterBuilder builder;
  builder.broker(0).broker(1).broker(2);
  builder.topic("t", std::vector<std::vector<int32_t>>(12, {0, 1}), std::vector<int64_t>(12, 100));
  Cluster cluster(builder.build());
  for (int32_t p = 0; p < 12; ++p) cluster.plan("t", p, {2, 1});
  cluster.input.rate = rate;
  cluster.input.burst_bytes = 105'000'000;
  for (int32_t id = 0; id < 3; ++id) cluster.input.throttles.rates[id] = {};
  return cluster;
}

TEST(Execution, NothingMovesBeforeTheThrottleIsReadBack) {
  Cluster cluster = twelve();
  const ExecutionStep first = cluster.next();
  EXPECT_EQ(first.stage, Stage::throttle);
  ASSERT_EQ(first.requests.size(), 4U);  // the topic's lists and three brokers' rates
  cluster.obey(first.requests[0]);
  cluster.obey(first.requests[1]);
  // Two answers got lost: asked for again, and only these.
  EXPECT_EQ(cluster.next().stage, Stage::throttle);
  EXPECT_EQ(cluster.next().requests.size(), 2U);
  cluster.obey(cluster.next());
  const ExecutionStep start = cluster.next();
  ASSERT_EQ(start.stage, Stage::start);
  cluster.obey(start);
  EXPECT_EQ(cluster.input.moving.size(), 10U);
  EXPECT_EQ(cluster.started_unthrottled, 0);
}

// Sources are all replicas before the move, destinations the added ones.
TEST(Execution, ListsHoldWhatMovesAndNothingElse) {
  Cluster cluster = twelve();
  cluster.obey(cluster.next());
  cluster.obey(cluster.next());
  const ReplicaLists& lists = cluster.input.throttles.lists.at("t");
  EXPECT_TRUE(lists.leaders.starts_with("0:0,0:1,1:0,1:1,")) << lists.leaders;
  EXPECT_TRUE(lists.followers.starts_with("0:2,1:2,")) << lists.followers;
  EXPECT_EQ(cluster.next().stage, Stage::moving);
  cluster.finish_one();
  const ExecutionStep step = cluster.next();
  EXPECT_EQ(step.stage, Stage::adjust);
  cluster.obey(step);
  EXPECT_TRUE(cluster.input.throttles.lists.at("t").followers.starts_with("1:2,"));
}

TEST(Execution, BatchesFollowEachOtherAndEverythingIsClearedAtTheEnd) {
  Cluster cluster = twelve();
  int steps = 0;
  for (ExecutionStep step = cluster.next(); step.stage != Stage::done; step = cluster.next()) {
    ASSERT_LT(++steps, 100);
    if (step.stage == Stage::moving) {
      cluster.finish_one();
    } else {
      cluster.obey(step);
    }
  }
  EXPECT_EQ(cluster.started, 12);
  EXPECT_EQ(cluster.started_unthrottled, 0);
  for (int32_t p = 0; p < 12; ++p) {
    EXPECT_EQ(cluster.replicas("t", p), (std::vector<int32_t>{2, 1}));
  }
  EXPECT_FALSE(cluster.input.throttles.any()) << cluster.input.throttles.first();
}

// Any request may be lost at any time: whoever carries on does what is missing.
TEST(Execution, WhateverIsLostOnTheWayItEndsWithoutAThrottle) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Cluster cluster = twelve();
    uint64_t n = 0;
    const auto lost = [&] {
      return sim::draw(seed, sim::purpose("lost_request"), 0, n++) % 3 == 0;
    };
    int steps = 0;
    for (ExecutionStep step = cluster.next(); step.stage != Stage::done; step = cluster.next()) {
      ASSERT_LT(++steps, 1000);
      if (step.stage == Stage::moving) cluster.finish_one();
      for (const auto& request : step.requests) {
        if (!lost()) cluster.obey(request);
      }
    }
    EXPECT_EQ(cluster.started_unthrottled, 0);
    EXPECT_FALSE(cluster.input.throttles.any());
    EXPECT_EQ(cluster.replicas("t", 11), (std::vector<int32_t>{2, 1}));
  }
}

TEST(Execution, StoppedItBeginsNothingMoreAndClears) {
  Cluster cluster = twelve();
  cluster.obey(cluster.next());
  cluster.obey(cluster.next());
  cluster.input.wish = Wish::stop;
  for (int i = 0; i < 10; ++i) {
    if (cluster.next().stage == Stage::adjust) cluster.obey(cluster.next());
    EXPECT_EQ(cluster.next().stage, Stage::moving);
    cluster.finish_one();
  }
  EXPECT_EQ(cluster.next().stage, Stage::clear);
  cluster.obey(cluster.next());
  EXPECT_EQ(cluster.next().stage, Stage::done);
  EXPECT_EQ(cluster.started, 10);
}

TEST(Execution, CancelledItEndsWhatMoves) {
  Cluster cluster = twelve();
  cluster.obey(cluster.next());
  cluster.obey(cluster.next());
  cluster.input.wish = Wish::cancel;
  EXPECT_EQ(cluster.next().stage, Stage::cancel);
  cluster.obey(cluster.next());
  EXPECT_TRUE(cluster.input.moving.empty());
  cluster.obey(cluster.next());
  EXPECT_EQ(cluster.next().stage, Stage::done);
  EXPECT_FALSE(cluster.input.throttles.any());
}

// 105 MB of burst over 10.5 s are 10 MB/s: from 20 to 45 MB/s in steps to 30, 40 and 45.
TEST(Execution, ARaiseGoesInStepsWhoseBurstIsBounded) {
  EXPECT_EQ(next_rate(20'000'000, 45'000'000, 105'000'000), 30'000'000);
  EXPECT_EQ(next_rate(40'000'000, 45'000'000, 105'000'000), 45'000'000);
  EXPECT_EQ(next_rate(45'000'000, 20'000'000, 105'000'000), 20'000'000);
  Cluster cluster = twelve();
  cluster.obey(cluster.next());
  cluster.obey(cluster.next());
  cluster.input.rate = 45'000'000;
  std::vector<int64_t> rates;
  while (cluster.next().stage == Stage::adjust) {
    const ExecutionStep step = cluster.next();
    EXPECT_TRUE(step.raises);
    cluster.obey(step);
    rates.push_back(*cluster.input.throttles.rates.at(0).leader);
    cluster.input.may_raise = false;
    EXPECT_EQ(cluster.next().stage, Stage::moving);
    cluster.input.may_raise = true;
  }
  EXPECT_EQ(rates, (std::vector<int64_t>{30'000'000, 40'000'000, 45'000'000}));
  cluster.input.rate = 5'000'000;
  cluster.input.may_raise = false;
  EXPECT_EQ(cluster.next().stage, Stage::adjust);
  EXPECT_FALSE(cluster.next().raises);
}

TEST(Execution, SomebodyElsesMovesHoldTheBatchAndTheThrottle) {
  Cluster cluster = twelve();
  cluster.input.moving.push_back({"t2", 0, nodes({0, 1}), {}, {}});
  EXPECT_EQ(cluster.next().stage, Stage::held);
  cluster.input.wish = Wish::stop;
  cluster.input.throttles.rates[0] = {5, 5};
  EXPECT_EQ(cluster.next().stage, Stage::held);
  cluster.input.moving.clear();
  EXPECT_EQ(cluster.next().stage, Stage::clear);
}

// Its configuration cannot be read; that it is removed is said to a controller, once.
TEST(Execution, ABrokerThatIsDownAtTheEndIsToldBlindly) {
  Cluster cluster = twelve();
  cluster.input.plan.clear();
  cluster.plan("t", 0, {0, 1});  // where it is
  cluster.input.throttles.rates.erase(1);
  const ExecutionStep step = cluster.next();
  ASSERT_EQ(step.stage, Stage::clear);
  ASSERT_EQ(step.requests.size(), 1U);
  EXPECT_EQ(step.requests[0].broker, (api::NodeId{1}));
  cluster.input.told.insert(1);
  EXPECT_EQ(cluster.next().stage, Stage::done);
}

TEST(Execution, WithoutARateNothingIsThrottledAndWhatWasLeftBehindGoes) {
  Cluster cluster = twelve(std::nullopt);
  EXPECT_EQ(cluster.next().stage, Stage::start);
  cluster.input.throttles.lists["old"] = {"0:1", "0:2"};
  EXPECT_EQ(cluster.next().stage, Stage::throttle);
}

TEST(Execution, ABrokerThatIsNotThereHoldsItsMoves) {
  Cluster cluster = twelve();
  cluster.view.brokers[2].live = false;
  const ExecutionStep step = cluster.next();
  EXPECT_EQ(step.stage, Stage::held);
  EXPECT_NE(step.reason.find("broker 2"), std::string::npos);
}

// Ten copies of 100 bytes are on their way, one has 40 of them; one is there.
TEST(Execution, ProgressCountsWhatIsThereOfEachCopy) {
  Cluster cluster = twelve();
  cluster.obey(cluster.next());
  cluster.obey(cluster.next());
  cluster.finish_one();
  CopySizes copies;
  copies[{"t", 1}][2] = 40;
  const Carried carried = rebalance_test::carried(cluster.input, copies);
  EXPECT_EQ(carried.bytes, 1200);
  EXPECT_EQ(carried.bytes_done, 140);
  EXPECT_EQ(carried.moves_done, 1);
  EXPECT_EQ(carried.percent(), 11);
  EXPECT_EQ(carried.bytes_left_max, 1060);
}

}  // namespace
}  // namespace twin::rebalance_test
