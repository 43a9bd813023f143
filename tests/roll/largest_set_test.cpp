// The largest set within limits: by hand, and against all subsets of drawn questions.
#include "controller/roll/largest_set.h"

#include <bit>

#include <gtest/gtest.h>

#include "sim/draw.h"

namespace twin::controller {
namespace {

using Set = std::vector<uint32_t>;

SetQuestion question(size_t things, std::vector<SetLimit> limits) {
  SetQuestion q;
  q.groups.assign(things, 0);
  q.limits = std::move(limits);
  q.most = things;
  return q;
}

TEST(LargestSet, NothingHoldsItBack) {
  EXPECT_EQ(largest_set(question(3, {})).chosen, (Set{0, 1, 2}));
  EXPECT_TRUE(largest_set(question(0, {})).chosen.empty());
}

// Five share a limit that takes two: every pair may go, no three may.
TEST(LargestSet, ALimitOfTwoIsNoQuestionOfPairs) {
  const SetAnswer answer = largest_set(question(5, {{{0, 1, 2, 3, 4}, 2}}));
  EXPECT_EQ(answer.chosen.size(), 2U);
  EXPECT_TRUE(answer.largest);
}

// 0 alone shuts out 1 to 4; without it two pairs are left, of which one each: {1, 3} and the like.
TEST(LargestSet, TheFirstThatFitsIsNotAlwaysInIt) {
  const SetAnswer answer = largest_set(
      question(5, {{{0, 1}, 1}, {{0, 2}, 1}, {{0, 3}, 1}, {{0, 4}, 1}, {{1, 2}, 1}, {{3, 4}, 1}}));
  EXPECT_EQ(answer.chosen, (Set{1, 3}));
  EXPECT_TRUE(answer.largest);
}

TEST(LargestSet, WhereThereIsNoRoomNobodyGoes) {
  EXPECT_TRUE(largest_set(question(2, {{{0, 1}, 0}})).chosen.empty());
  EXPECT_EQ(largest_set(question(3, {{{0, 1}, -1}})).chosen, (Set{2}));
}

TEST(LargestSet, NoMoreThanAreAskedFor) {
  SetQuestion q = question(6, {});
  q.most = 2;
  EXPECT_EQ(largest_set(q).chosen, (Set{0, 1}));
}

// Two sets of three: {0, 1, 2} in two groups, {3, 4, 5} in one.
TEST(LargestSet, OfEqualSetsThatInTheFewestGroups) {
  SetQuestion q = question(6, {});
  q.groups = {0, 1, 0, 2, 2, 2};
  for (const uint32_t a : {0U, 1U, 2U}) {
    for (const uint32_t b : {3U, 4U, 5U}) q.limits.push_back({{a, b}, 1});
  }
  EXPECT_EQ(largest_set(q).chosen, (Set{3, 4, 5}));
}

SetQuestion drawn(uint64_t seed) {
  sim::DrawStream draws(seed, sim::purpose("largest_set"), 0);
  const auto things = static_cast<uint32_t>(draws.range_inclusive(1, 11));
  SetQuestion q;
  for (uint32_t i = 0; i < things; ++i) q.groups.push_back(static_cast<int32_t>(draws.below(4)));
  q.most = static_cast<size_t>(draws.range_inclusive(1, things));
  const int64_t limits = draws.range_inclusive(0, 12);
  for (int64_t i = 0; i < limits; ++i) {
    SetLimit limit;
    for (uint32_t member = 0; member < things; ++member) {
      if (draws.chance({1, 3})) limit.members.push_back(member);
    }
    limit.room = static_cast<int32_t>(draws.range_inclusive(-1, 3));
    if (draws.chance({3, 4})) limit.room = std::max(limit.room, 1);
    q.limits.push_back(std::move(limit));
  }
  return q;
}

int groups_of(const SetQuestion& q, const Set& set) {
  uint32_t seen = 0;
  for (const uint32_t thing : set) seen |= 1U << q.groups[thing];
  return std::popcount(seen);
}

TEST(LargestSet, AsAllSubsetsSay) {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const SetQuestion q = drawn(seed);
    size_t most = 0;
    int fewest = 0;
    for (uint32_t bits = 0; bits < 1U << q.groups.size(); ++bits) {
      Set set;
      for (uint32_t i = 0; i < q.groups.size(); ++i) {
        if ((bits >> i & 1) != 0) set.push_back(i);
      }
      if (set.size() < most || !is_allowed(q, set)) continue;
      const int groups = groups_of(q, set);
      fewest = set.size() > most ? groups : std::min(fewest, groups);
      most = set.size();
    }
    const SetAnswer answer = largest_set(q);
    ASSERT_TRUE(answer.largest) << seed;
    ASSERT_TRUE(is_allowed(q, answer.chosen)) << seed;
    ASSERT_EQ(answer.chosen.size(), most) << seed;
    ASSERT_EQ(groups_of(q, answer.chosen), fewest) << seed;
  }
}

// With no steps to spend it still answers with what it found first, and claims nothing.
TEST(LargestSet, SaysWhenItDidNotSearchToTheEnd) {
  SetQuestion q = question(40, {});
  for (uint32_t i = 0; i + 1 < 40; ++i) q.limits.push_back({{i, i + 1}, 1});
  q.work_max = 10;
  const SetAnswer answer = largest_set(q);
  EXPECT_FALSE(answer.largest);
  EXPECT_FALSE(answer.chosen.empty());
  EXPECT_TRUE(is_allowed(q, answer.chosen));
}

}  // namespace
}  // namespace twin::controller
