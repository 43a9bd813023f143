// Shares by hand.
#include "controller/rebalance/targets.h"

#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/rebalance/support.h"

namespace twin::rebalance_test {
namespace {

using Amounts = std::vector<int64_t>;

TEST(WaterFill, sharesOutWithinBounds) {
  EXPECT_EQ(water_fill(12, {1, 1, 2}, {0, 0, 0}, {99, 99, 99}), (Amounts{3, 3, 6}));
  // The last is full at 4; the other 8 go half and half.
  EXPECT_EQ(water_fill(12, {1, 1, 2}, {0, 0, 0}, {99, 99, 4}), (Amounts{4, 4, 4}));
  // The first holds 9 already; the other 3 go 1 to 2.
  EXPECT_EQ(water_fill(12, {1, 1, 2}, {9, 0, 0}, {99, 99, 99}), (Amounts{9, 1, 2}));
  EXPECT_EQ(water_fill(10, {1, 1, 1}, {0, 0, 0}, {99, 99, 99}), (Amounts{4, 3, 3}));
  EXPECT_EQ(water_fill(2, {1, 1}, {3, 0}, {9, 9}), (Amounts{3, 0})) << "less than the bounds allow";
  EXPECT_EQ(water_fill(20, {1, 1}, {3, 0}, {9, 9}), (Amounts{9, 9})) << "more than they allow";
}

// Nobody is off its share in a way that others' bounds do not force: whoever has more for its share
// than another is at its lower bound, or the other at its upper one (up to rounding).
RC_GTEST_PROP(WaterFill, isFair, ()) {
  const auto n = static_cast<size_t>(*rc::gen::inRange(1, 7));
  Amounts shares, lower, upper;
  for (size_t i = 0; i < n; ++i) {
    shares.push_back(*rc::gen::inRange(1, 10));
    lower.push_back(*rc::gen::inRange(0, 50));
    upper.push_back(lower.back() + *rc::gen::inRange(0, 100));
  }
  const int64_t total = *rc::gen::inRange(0, 500);
  const Amounts out = water_fill(total, shares, lower, upper);
  const int64_t least = std::accumulate(lower.begin(), lower.end(), int64_t{0});
  const int64_t most = std::accumulate(upper.begin(), upper.end(), int64_t{0});
  RC_ASSERT(std::accumulate(out.begin(), out.end(), int64_t{0}) == std::clamp(total, least, most));
  const auto rounding = static_cast<int64_t>(n);
  for (size_t i = 0; i < n; ++i) {
    RC_ASSERT(out[i] >= lower[i] && out[i] <= upper[i]);
    for (size_t j = 0; j < n; ++j) {
      const bool more = (out[i] - rounding) * shares[j] > (out[j] + rounding) * shares[i];
      RC_ASSERT(!more || out[i] == lower[i] || out[j] == upper[j]);
    }
  }
}

Scope scope_of(const ClusterView& view, const PlanRequest& request = {}) {
  const auto scope = make_scope(view, request);
  EXPECT_TRUE(scope.has_value());
  return *scope;
}

TEST(Bands, goByDiskAndTolerance) {
  // 60 bytes of replicas; capacities 100, 100, 400: shares 10, 10, 40.
  const ClusterView view = ClusterBuilder()
                               .broker(0, "", 100)
                               .broker(1, "", 100)
                               .broker(2, "", 400)
                               .topic("a", {{0}, {1}, {2}}, {20, 20, 20})
                               .build();
  const auto bands = make_bands(view, scope_of(view), Limits{});
  EXPECT_EQ(bands[0].target, 10);
  EXPECT_EQ(bands[2].target, 40);
  EXPECT_EQ(bands[2].low, 36);
  EXPECT_EQ(bands[2].high, 44);
  EXPECT_EQ(bands[2].limit, 340) << "85 %";
}

TEST(Bands, asManyReplicasAsRacksGiveEachRackOneCopy) {
  // Racks a: 0, b: 1, c: 2 and 3. 90 bytes in each rack, so 45 for 2 and for 3.
  const ClusterView view = ClusterBuilder()
                               .broker(0, "a")
                               .broker(1, "b")
                               .broker(2, "c")
                               .broker(3, "c")
                               .topic("t", {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}}, {30, 30, 30})
                               .build();
  const auto bands = make_bands(view, scope_of(view), Limits{});
  EXPECT_EQ(bands[0].target, 90);
  EXPECT_EQ(bands[1].target, 90);
  EXPECT_EQ(bands[2].target, 45);
  EXPECT_EQ(bands[3].target, 45);
}

TEST(Bands, whatDoesNotMoveCounts) {
  // `fixed` stays on 0 and leaves it nothing to take: its 40 are above its share of 70/3.
  PlanRequest request;
  request.topics = {"moves"};
  const ClusterView view = ClusterBuilder()
                               .broker(0)
                               .broker(1)
                               .broker(2)
                               .topic("fixed", {{0}}, {40})
                               .topic("moves", {{0}, {0}, {0}}, {10, 10, 10})
                               .build();
  const auto bands = make_bands(view, scope_of(view, request), Limits{});
  EXPECT_EQ(bands[0].target, 40);
  EXPECT_EQ(bands[1].target, 15);
  EXPECT_EQ(bands[2].target, 15);
}

}  // namespace
}  // namespace twin::rebalance_test
