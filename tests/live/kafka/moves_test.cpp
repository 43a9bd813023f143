// The short selection of moves on real brokers beside the twin's predictions of the same work. What
// is asserted is decided by a throttle far below what any machine carries, not by its speed;
// docs/model/live-moves.md has the long ones.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

namespace twin {
namespace {

struct Ran {
  int status = -1;
  std::string out;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    ran.out.append(buffer.data(), got);
  }
  const int waited = pclose(pipe);
  if (WIFEXITED(waited)) ran.status = WEXITSTATUS(waited);
  return ran;
}

// Two of about half a minute: their tails weigh more than in the long ones, hence 10 and not 5 %.
TEST(LiveMoves, ThrottledMovesTakeAsLongAsTheTwinSays) {
  const Ran ran = run("KAFKA_TWIN=" TWIN_BINARY_DIR "/kafka-twin python3 " TWIN_SOURCE_DIR
                      "/tests/live/kafka/compare.py short");
  constexpr int kMissing = 4;
  if (ran.status == kMissing) GTEST_SKIP() << ran.out;
  ASSERT_EQ(ran.status, 0) << ran.out;
  const auto rows = nlohmann::json::parse(ran.out);
  int throttled = 0;
  for (const auto& row : rows) {
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
}  // namespace twin
