// What starting a broker's logs costs: 300 ms, 20 ms a segment, and after an unclean end the part
// of each log beyond its last whole segment again at 100 MB/s.
#include "tests/kafka/support.h"

namespace twin::model {
namespace {

constexpr int64_t kSegment = 100'000'000;

LogLoad load_of(int64_t bytes, bool clean, int64_t disk_percent = 100) {
  TestCluster cluster;
  cluster.topic("t", {{0, 1, 2}}, {{"segment.bytes", std::to_string(kSegment)}});
  cluster.replication.set_initial_size(0, bytes);
  cluster.deploy();
  if (clean) {
    cluster.terminate(0);
  } else {
    cluster.kill(0);
  }
  cluster.run_for(20_s);
  cluster.replication.set_disk_speed({0}, disk_percent);
  return cluster.replication.log_load({0});
}

// 950 MB: ten segments, 300 + 200 ms.
TEST(LogLoad, ACleanOneOpensEverySegment) {
  const LogLoad load = load_of(950'000'000, true);
  EXPECT_TRUE(load.clean);
  EXPECT_EQ(load.segments, 10);
  EXPECT_EQ(load.bytes_to_recover, 0);
  EXPECT_EQ(load.duration, 500_ms);
}

// Metamorphic: twenty segments are 200 ms more.
TEST(LogLoad, TwiceTheSegmentsTakeLonger) {
  EXPECT_EQ(load_of(1'950'000'000, true).duration, 700_ms);
}

// 50 MB of the tenth segment are read again: 500 ms more.
TEST(LogLoad, AnUncleanOneReadsTheActiveSegmentAgain) {
  const LogLoad load = load_of(950'000'000, false);
  EXPECT_FALSE(load.clean);
  EXPECT_EQ(load.bytes_to_recover, 50'000'000);
  EXPECT_EQ(load.duration, 1000_ms);
}

// The disk's part, 200 + 500 ms, takes four times as long at a quarter of its speed.
TEST(LogLoad, ASlowDiskStretchesIt) {
  EXPECT_EQ(load_of(950'000'000, false, 25).duration, 3100_ms);
}

}  // namespace
}  // namespace twin::model
