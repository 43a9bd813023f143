// Hand-worked cases: each states its equations, then the shares that solve them.
#include "sim/fair_share.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/throwing_assert.h"

namespace twin::sim {
namespace {

using Ids = std::vector<ResourceId>;

std::vector<uint32_t> changed(FairShare& share) {
  std::vector<uint32_t> ids;
  for (const FlowId flow : share.solve()) ids.push_back(flow.value);
  return ids;
}

TEST(FairShare, TwoFlowsShareOneResourceEqually) {
  // x + y = 10, x = y
  FairShare share;
  const Ids nic{share.add_resource(10)};
  const FlowId x = share.add_flow(nic);
  const FlowId y = share.add_flow(nic);
  EXPECT_EQ(share.rate(x), 0) << "nothing flows before the first solve";
  EXPECT_EQ(changed(share), (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(share.rate(x), 5);
  EXPECT_EQ(share.rate(y), 5);
  EXPECT_EQ(share.used(nic[0]), 10);
}

TEST(FairShare, WhatABottleneckLeavesGoesToTheOthers) {
  // a: x + y <= 10     b: y + z <= 6
  // b fills first, at 3: y = z = 3; then x = 10 - 3 = 7
  FairShare share;
  const ResourceId a = share.add_resource(10);
  const ResourceId b = share.add_resource(6);
  const FlowId x = share.add_flow(Ids{a});
  const FlowId y = share.add_flow(Ids{a, b});
  const FlowId z = share.add_flow(Ids{b});
  share.solve();
  EXPECT_EQ(share.rate(x), 7);
  EXPECT_EQ(share.rate(y), 3);
  EXPECT_EQ(share.rate(z), 3);
}

TEST(FairShare, ACapBelowTheFairShareBindsAndTheRestIsSharedAnew) {
  // x + y + z = 12, x <= 2:  x = 2, y = z = 5
  FairShare share;
  const Ids disk{share.add_resource(12)};
  const FlowId x = share.add_flow(disk, 2);
  const FlowId y = share.add_flow(disk, 6);  // above its share: does not bind
  const FlowId z = share.add_flow(disk);
  share.solve();
  EXPECT_EQ(share.rate(x), 2);
  EXPECT_EQ(share.rate(y), 5);
  EXPECT_EQ(share.rate(z), 5);
  // x + y + z = 12, x <= 2, y <= 3:  z = 7
  share.set_cap(y, 3);
  EXPECT_EQ(changed(share), (std::vector<uint32_t>{y.value, z.value}));
  EXPECT_EQ(share.rate(z), 7);
}

TEST(FairShare, WeightsScaleTheShares) {
  // x + y = 12, x / 1 = y / 3:  x = 3, y = 9.   With y <= 6:  x = 6
  FairShare share;
  const Ids nic{share.add_resource(12)};
  const FlowId x = share.add_flow(nic, FairShare::kNoCap, 1);
  const FlowId y = share.add_flow(nic, FairShare::kNoCap, 3);
  share.solve();
  EXPECT_EQ(share.rate(x), 3);
  EXPECT_EQ(share.rate(y), 9);
  share.set_cap(y, 6);
  share.solve();
  EXPECT_EQ(share.rate(x), 6);
  EXPECT_EQ(share.rate(y), 6);
}

TEST(FairShare, AReassignmentOfThreeBrokersFillsTheNewBrokersDisk) {
  // Brokers 0 and 1 send to the new broker 2; a producer writes to broker 0, whose disk the flow
  // of replication reads. MB/s: NICs 125 each way, disks 100 write, 100 read.
  //   out0: m0 <= 125   out1: m1 <= 125   in2: m0 + m1 <= 125   write2: m0 + m1 <= 100
  //   read0: m0 <= 30 (the disk is busy)
  // read0 fills first at 30: m0 = 30; then write2 leaves m1 = 70.
  FairShare share;
  const ResourceId out0 = share.add_resource(125);
  const ResourceId out1 = share.add_resource(125);
  const ResourceId in2 = share.add_resource(125);
  const ResourceId write2 = share.add_resource(100);
  const ResourceId read0 = share.add_resource(30);
  const FlowId m0 = share.add_flow(Ids{read0, out0, in2, write2});
  const FlowId m1 = share.add_flow(Ids{out1, in2, write2});
  share.solve();
  EXPECT_EQ(share.rate(m0), 30);
  EXPECT_EQ(share.rate(m1), 70);
  EXPECT_EQ(share.used(in2), 100);
}

TEST(FairShare, AResourceOfNoCapacityStopsItsFlowsAndNoOthers) {
  // a: x + y <= 8, b: y <= 0:  y = 0, x = 8
  FairShare share;
  const ResourceId a = share.add_resource(8);
  const ResourceId b = share.add_resource(0);
  const FlowId x = share.add_flow(Ids{a});
  const FlowId y = share.add_flow(Ids{a, b});
  EXPECT_EQ(changed(share), (std::vector<uint32_t>{x.value})) << "0 to 0 is no change";
  EXPECT_EQ(share.rate(x), 8);
  EXPECT_EQ(share.rate(y), 0);
  share.set_capacity(b, 1);
  EXPECT_EQ(changed(share), (std::vector<uint32_t>{x.value, y.value}));
  EXPECT_EQ(share.rate(x), 7);
}

TEST(FairShare, ACapOfZeroStopsAFlow) {
  FairShare share;
  const Ids nic{share.add_resource(8)};
  const FlowId x = share.add_flow(nic, 0);
  const FlowId y = share.add_flow(nic);
  share.solve();
  EXPECT_EQ(share.rate(x), 0);
  EXPECT_EQ(share.rate(y), 8);
}

TEST(FairShare, AFlowWithoutResourcesRunsAtItsCap) {
  FairShare share;
  const FlowId x = share.add_flow({}, 3);
  EXPECT_EQ(changed(share), (std::vector<uint32_t>{x.value}));
  EXPECT_EQ(share.rate(x), 3);
  share.set_cap(x, 4);
  share.solve();
  EXPECT_EQ(share.rate(x), 4);
}

TEST(FairShare, OnlyTheComponentOfAChangeIsTouched) {
  FairShare share;
  const Ids a{share.add_resource(10)};
  const Ids b{share.add_resource(10)};
  const FlowId in_a = share.add_flow(a);
  const FlowId in_b = share.add_flow(b);
  share.solve();
  const FlowId new_in_b = share.add_flow(b);
  EXPECT_EQ(changed(share), (std::vector<uint32_t>{in_b.value, new_in_b.value}));
  EXPECT_EQ(share.rate(in_a), 10);
  EXPECT_FALSE(share.needs_solve());
  EXPECT_TRUE(share.solve().empty());
}

TEST(FairShare, AChangeThatIsTakenBackChangesNothing) {
  FairShare share;
  const Ids nic{share.add_resource(10)};
  const FlowId x = share.add_flow(nic);
  share.solve();
  const FlowId passing = share.add_flow(nic);
  share.remove_flow(passing);
  share.set_cap(x, 1);
  share.set_cap(x, FairShare::kNoCap);
  EXPECT_TRUE(share.solve().empty());
  EXPECT_EQ(share.rate(x), 10);
}

TEST(FairShare, RemovedIdsAreUsedAgainTheLastOneFirst) {
  FairShare share;
  const Ids nic{share.add_resource(12)};
  std::vector<FlowId> flows;
  for (int i = 0; i < 4; ++i) flows.push_back(share.add_flow(nic));
  share.solve();
  share.remove_flow(flows[1]);
  share.remove_flow(flows[3]);
  EXPECT_FALSE(share.is_live(flows[1]));
  EXPECT_EQ(share.flow_count(), 2u);
  EXPECT_EQ(share.add_flow(nic), flows[3]);
  EXPECT_EQ(share.add_flow(nic), flows[1]);
  EXPECT_EQ(share.add_flow(nic).value, 4u);
  EXPECT_EQ(share.rate(flows[3]), 0) << "a new flow under an old id starts at rest";
  share.solve();
  EXPECT_EQ(share.rate(flows[3]), 12.0 / 5);
  EXPECT_EQ(share.flows_of(nic[0]).size(), 5u);
}

TEST(FairShare, IdenticalBrokersGetIdenticalRates) {
  // Ten brokers, each sending to each other; out_i: sum of 9 flows = 1, so each gets 1/9.
  FairShare share;
  Ids out, in;
  for (int i = 0; i < 10; ++i) out.push_back(share.add_resource(1));
  for (int i = 0; i < 10; ++i) in.push_back(share.add_resource(1));
  std::vector<FlowId> flows;
  for (size_t i = 0; i < 10; ++i) {
    for (size_t j = 0; j < 10; ++j) {
      if (i != j) flows.push_back(share.add_flow(Ids{out[i], in[j]}));
    }
  }
  share.solve();
  for (const FlowId flow : flows) EXPECT_EQ(share.rate(flow), 1.0 / 9);
}

TEST(FairShare, SmallWeightsSurviveNextToLargeOnes) {
  // a: big + small <= 100, b: big <= 50.  big's level is 50 / 1e15 and it freezes at 50; small
  // then gets the other 50, although its weight vanishes when 1e15 is added and subtracted.
  FairShare share;
  const ResourceId a = share.add_resource(100);
  const ResourceId b = share.add_resource(50);
  const FlowId big = share.add_flow(Ids{a, b}, FairShare::kNoCap, 1e15);
  const FlowId small = share.add_flow(Ids{a}, FairShare::kNoCap, 1e-3);
  share.solve();
  EXPECT_EQ(share.rate(big), 50);
  EXPECT_EQ(share.rate(small), 50);
}

TEST(FairShare, MisuseFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  FairShare share;
  const ResourceId nic = share.add_resource(1);
  EXPECT_THROW(share.add_resource(-1), testing::AssertFailure);
  EXPECT_THROW(share.add_resource(FairShare::kNoCap), testing::AssertFailure);
  EXPECT_THROW(share.add_flow({}), testing::AssertFailure);
  EXPECT_THROW(share.add_flow(Ids{nic}, -1), testing::AssertFailure);
  EXPECT_THROW(share.add_flow(Ids{nic}, 1, 0), testing::AssertFailure);
  EXPECT_THROW(share.rate(FlowId{77}), testing::AssertFailure);
  EXPECT_THROW(share.set_capacity(ResourceId{77}, 1), testing::AssertFailure);
  FairShare other;
  const ResourceId twice = other.add_resource(1);
  EXPECT_THROW(other.add_flow(Ids{twice, twice}), testing::AssertFailure);
}

}  // namespace
}  // namespace twin::sim
