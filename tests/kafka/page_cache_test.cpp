// What a power loss leaves of a log, by hand: pages 30 s old are on disk.
#include "model/kafka/data/page_cache.h"

#include "tests/kafka/support.h"

namespace twin::model::data {
namespace {

constexpr sim::Time at(int64_t seconds) { return {seconds * 1'000'000'000}; }

// 10 bytes each second from the start on, told at 100 s: what was there at 70 s.
TEST(PageCache, OfASteadyPaceWhatIsOlderThanTheWritebackTimeIsOnDisk) {
  PageCache pages;
  pages.reached(1'000, at(100), 30_s);
  EXPECT_EQ(pages.flushed(), 700);
}

// However often it is asked: 5 s between looks, and each a point of its own.
TEST(PageCache, LooksThatComeOftenDoNotMoveIt) {
  PageCache pages;
  for (int64_t second = 5; second <= 100; second += 5) {
    pages.reached(10 * second, at(second), 30_s);
  }
  EXPECT_EQ(pages.flushed(), 700);
}

// It ends at 100 s with 1,000 bytes: at 115 s what was there at 85 s, from 130 s on everything.
TEST(PageCache, WhatStoppedGrowingIsWrittenBackAllTheSame) {
  PageCache pages;
  pages.reached(1'000, at(100), 30_s, true);
  pages.reached(1'000, at(115), 30_s);
  EXPECT_EQ(pages.flushed(), 850);
  pages.reached(1'000, at(130), 30_s);
  EXPECT_EQ(pages.flushed(), 1'000);
}

// Nothing for 100 s, then 6,000 bytes in a minute: at 145 s those that came in the first 15 s.
TEST(PageCache, AChangeOfPaceCountsFromWhereItIsTold) {
  PageCache pages;
  pages.reached(0, at(100), 30_s, true);
  pages.reached(4'500, at(145), 30_s);
  EXPECT_EQ(pages.flushed(), 1'500);
}

// Points each 5 s on the way of a pace that does not change: they move nothing.
TEST(PageCache, ChangesThatAreNoneMoveNothing) {
  PageCache pages;
  for (int64_t second = 5; second <= 600; second += 5) {
    pages.reached(10 * second, at(second), 30_s, true);
    EXPECT_EQ(pages.flushed(), std::max<int64_t>(0, 10 * (second - 30)));
  }
}

// 10 bytes each second, from 100 s on none, from 110 s on 100 each second: at 135 s what was there
// at 105 s, at 150 s what was there at 120 s.
TEST(PageCache, TwoChangesOfPaceInAWritebackTimeAreTakenExactly) {
  PageCache pages;
  pages.reached(1'000, at(100), 30_s, true);
  pages.reached(1'000, at(110), 30_s, true);
  pages.reached(3'500, at(135), 30_s);
  EXPECT_EQ(pages.flushed(), 1'000);
  pages.reached(5'000, at(150), 30_s);
  EXPECT_EQ(pages.flushed(), 2'000);
}

TEST(PageCache, ACleanStopFlushesAndATruncationCuts) {
  PageCache pages;
  pages.reached(500, at(50), 30_s, true);
  pages.flush(500, at(51));
  EXPECT_EQ(pages.flushed(), 500);
  pages.cut(300);
  EXPECT_EQ(pages.flushed(), 300);
  pages.reached(400, at(60), 30_s, true);
  EXPECT_EQ(pages.flushed(), 300);
  pages.reached(400, at(91), 30_s);
  EXPECT_EQ(pages.flushed(), 400);
}

}  // namespace
}  // namespace twin::model::data
