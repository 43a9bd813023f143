// A trace back into state: one broker's restart, seen record by record.
#include "model/trace/cursor.h"

#include <gtest/gtest.h>

#include "tests/trace/support.h"

namespace twin::trace {
namespace {

class CursorTest : public testing::Test {
 protected:
  template <class R>
  void at(int64_t second, const R& record, std::string_view text = {},
          const std::vector<int64_t>& tail = {}) {
    test::feed([this](const sim::Record& r) { cursor.apply(r); },
               sim::Time{second * 1'000'000'000}, record, text, tail);
  }

  void SetUp() override {
    at(0, StringDefined{0}, "kafka-0");
    at(0, StringDefined{1}, "4.2.0");
    at(0, NodeDefined{0, 1, -1, -1});
    at(0, PodCreated{0, 100, 0});
    at(0, ProcessStarted{0, 1, 1});
    at(1, PartitionPlaced{0, 0, 0b111}, {}, {0, 1, 2});
    at(1, BrokerUnfenced{0});
    at(2, PodBecameReady{0, 100});
  }

  Cursor cursor;
};

TEST_F(CursorTest, ABrokerThatRunsIsRunningUnfencedAndReady) {
  const NodeView& node = cursor.nodes().at(0);
  EXPECT_TRUE(node.running);
  EXPECT_FALSE(node.fenced);
  EXPECT_TRUE(node.pod_ready);
  EXPECT_EQ(node.version, "4.2.0");
  EXPECT_EQ(node.pod, "kafka-0");
  EXPECT_EQ(cursor.node_of_pod("kafka-0"), 0);
  EXPECT_EQ(cursor.node_of_pod("kafka-9"), -1);
}

TEST_F(CursorTest, ARestartTakesItOutOfTheIsrAndBack) {
  at(10, PodDeletionMarked{0, 100, 30});
  at(10, ControlledShutdownStarted{0});
  at(11, LeaderElected{0, 1, 2, 1});
  at(11, ReplicaLeftIsr{0, 0, 2, 0});
  EXPECT_TRUE(cursor.nodes().at(0).pod_deleting);
  EXPECT_TRUE(cursor.nodes().at(0).shutting_down);
  EXPECT_EQ(cursor.partitions()[0].leader, 1);
  EXPECT_FALSE(cursor.partitions()[0].in_isr(0));
  EXPECT_TRUE(cursor.partitions()[0].under_replicated());

  at(12, ProcessExited{0, 0, 0});
  at(12, PodRemoved{0, 100});
  EXPECT_FALSE(cursor.nodes().at(0).running);
  EXPECT_FALSE(cursor.nodes().at(0).pod_exists);

  at(13, PodCreated{0, 101, 0});
  at(20, ReplicaJoinedIsr{0, 0, 3});
  EXPECT_TRUE(cursor.nodes().at(0).pod_exists);
  EXPECT_FALSE(cursor.nodes().at(0).pod_ready);
  EXPECT_FALSE(cursor.partitions()[0].under_replicated());
}

TEST_F(CursorTest, TheEndOfAnOldPodDoesNotTouchItsSuccessor) {
  at(10, PodCreated{0, 101, 0});
  at(11, PodRemoved{0, 100});
  EXPECT_TRUE(cursor.nodes().at(0).pod_exists);
}

TEST_F(CursorTest, OfflineAndUnderMinIsrComeAndGo) {
  at(10, PartitionWentUnderMinIsr{0, 1});
  at(10, PartitionWentOffline{0, 0});
  EXPECT_TRUE(cursor.partitions()[0].under_min_isr);
  EXPECT_EQ(cursor.partitions()[0].leader, -1);
  at(12, LeaderElected{0, 0, 3, 3});
  at(12, PartitionBackAtMinIsr{0, 2, 2'000'000'000});
  EXPECT_FALSE(cursor.partitions()[0].under_min_isr);
  EXPECT_EQ(cursor.partitions()[0].leader, 0);
}

TEST_F(CursorTest, ARecordAboutAnUnknownReplicaChangesNothing) {
  at(10, ReplicaLeftIsr{0, 9, 2, 0});
  EXPECT_FALSE(cursor.partitions()[0].under_replicated());
}

}  // namespace
}  // namespace twin::trace
