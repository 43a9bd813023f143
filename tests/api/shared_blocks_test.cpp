#include "controller/api/shared_blocks.h"

#include <gtest/gtest.h>

namespace twin::api {
namespace {

TEST(SharedBlocks, RowsAreAsMadeAndAsEdited) {
  SharedBlocks<int> rows;
  rows.grow(20);
  EXPECT_EQ(rows.size(), 20U);
  EXPECT_EQ(rows[19], 0);
  rows.edit(19) = 7;
  EXPECT_EQ(rows[19], 7);
  int sum = 0;
  for (const int row : rows) sum += row;
  EXPECT_EQ(sum, 7);
}

// 40 rows are three blocks: 0 to 15, 16 to 31, 32 to 39. A copy shares all of them; row 17 of the
// copy is written, so it has a second block of its own and the first list keeps what it had.
TEST(SharedBlocks, CopySharesWhatDoesNotChange) {
  SharedBlocks<int> before;
  before.grow(40);
  before.edit(17) = 1;
  SharedBlocks<int> after = before;
  after.edit(17) = 2;
  EXPECT_EQ(before[17], 1);
  EXPECT_EQ(after[17], 2);
  ASSERT_EQ(after.block_count(), 3U);
  EXPECT_TRUE(after.shares_block(before, 0));
  EXPECT_FALSE(after.shares_block(before, 1));
  EXPECT_TRUE(after.shares_block(before, 2));
}

TEST(SharedBlocks, GrownListHasBlocksThatTheOtherLacks) {
  SharedBlocks<int> before;
  before.grow(16);
  SharedBlocks<int> after = before;
  after.grow(17);
  EXPECT_TRUE(after.shares_block(before, 0));
  EXPECT_FALSE(after.shares_block(before, 1));
}

}  // namespace
}  // namespace twin::api
