#include "sim/expected.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/sim/throwing_assert.h"

namespace twin::sim {
namespace {

Expected<int> half(int number) {
  if (number % 2 != 0) return Error{"input:1:1", "the number is odd", "an even number"};
  return number / 2;
}

TEST(Expected, AValueIsReachedLikeAPointer) {
  const auto result = half(8);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result);
  EXPECT_EQ(*result, 4);
  EXPECT_EQ(result.value(), 4);
  EXPECT_EQ(Expected<std::string>(std::string("abc"))->size(), 3u);
}

TEST(Expected, AnErrorSaysWhereWhatAndWhatWouldBeRight) {
  const auto result = half(7);
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error().to_string(), "input:1:1: the number is odd (an even number)");
  EXPECT_EQ((Error{"", "no place", ""}).to_string(), "no place");
  EXPECT_EQ(result.value_or(5), 5);
}

TEST(Expected, TakingTheValueOfAnErrorFailsAnAssertWithTheError) {
  const testing::ThrowingAsserts throwing;
  try {
    (void)half(7).value();
    FAIL();
  } catch (const testing::AssertFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("the number is odd"), std::string::npos);
  }
  EXPECT_THROW((void)half(8).error(), testing::AssertFailure);
}

TEST(Expected, ValuesThatOnlyMoveCanBeTakenOut) {
  Expected<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 3);
}

TEST(Expected, VoidIsSuccessOrAnError) {
  const testing::ThrowingAsserts throwing;
  const Expected<void> good;
  const Expected<void> bad(Error{"x", "y", ""});
  EXPECT_TRUE(good);
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().what, "y");
  EXPECT_NO_THROW(good.value());
  EXPECT_THROW(bad.value(), testing::AssertFailure);
}

}  // namespace
}  // namespace twin::sim
