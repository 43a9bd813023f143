// The twin beside moves that were measured on real brokers before (measured.jsonl): what the table
// of docs/model/live-moves.md says stays true.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/live/kafka/compared.h"

namespace twin::live {
namespace {

// Within 5 %, or the spread of the runs where that is more. A restart is the machine's as well: how
// soon its JVM is up is no matter of the throttle.
TEST(RecordedMoves, TheTableHolds) {
  const Compared compared =
      compare("table " TWIN_SOURCE_DIR "/tests/live/kafka/measured.jsonl --json");
  ASSERT_EQ(compared.status, 0) << compared.printed;
  ASSERT_TRUE(compared.rows.is_array()) << compared.printed;
  int held = 0;
  for (const auto& row : compared.rows) {
    const bool machine = row.at("machineLimited").get<bool>() || row.at("restarted").get<bool>();
    if (row.at("throttle").get<double>() == 0 || machine) continue;
    SCOPED_TRACE(row.at("name").get<std::string>());
    EXPECT_LE(std::abs(row.at("error").get<double>()),
              std::max(0.05, row.at("spread").get<double>()));
    ++held;
  }
  EXPECT_GE(held, 9);
}

}  // namespace
}  // namespace twin::live
