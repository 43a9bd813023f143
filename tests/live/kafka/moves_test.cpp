// The short selection of moves on real brokers beside the twin's predictions of the same work. What
// is asserted is decided by a throttle far below what any machine carries, not by its speed;
// docs/model/live-moves.md has the long ones.
#include <array>

#include <gtest/gtest.h>

#include "tests/live/kafka/compared.h"

namespace twin::live {
namespace {

// Two of about half a minute: their ends weigh more than in the long ones, hence 10 and not 5 %.
TEST(LiveMoves, ThrottledMovesTakeAsLongAsTheTwinSays) {
  const Compared compared = compare("short");
  constexpr int kMissing = 4;
  if (compared.status == kMissing) GTEST_SKIP() << compared.printed;
  ASSERT_EQ(compared.status, 0) << compared.printed;
  ASSERT_TRUE(compared.rows.is_array()) << compared.printed;
  int throttled = 0;
  for (const auto& row : compared.rows) {
    SCOPED_TRACE(row.dump());
    EXPECT_GT(row.at("predicted").get<double>(), 0);
    if (row.at("throttle").get<double>() == 0) continue;
    ++throttled;
    EXPECT_NEAR(row.at("error").get<double>(), 0, 0.10);
    const auto most = row.at("mostIn11s").get<std::array<double, 2>>();
    EXPECT_NEAR(most[0] / most[1], 1, 0.15);
  }
  EXPECT_EQ(throttled, 2);
}

}  // namespace
}  // namespace twin::live
