// kafka-twin calibrate as a user runs it, and what whatif throttle makes of its figure.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;

const char* const kReplace = TWIN_SOURCE_DIR "/scenarios/rebalance/replace-broker.yaml";

// 5 requests of 16 records of 1,000 B a millisecond.
TEST(Calibrate, SaysWhatBindsAndWhereAThrottleBegins) {
  const Ran ran = kafka_twin("calibrate --rtt 1ms");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("BytesInPerSec        80 MB/s  bound by a producer's 5 requests"));
  EXPECT_THAT(ran.out, HasSubstr("60 MB/s to 64 MB/s"));
  const Ran json = kafka_twin("calibrate --rtt 1ms --record 500 --batch 32Ki --report json");
  const auto parsed = nlohmann::json::parse(json.out);
  EXPECT_EQ(parsed["bytesInPerSecond"], 131'072'000);  // the window; 5 x 32,500 B would be 162.5
  EXPECT_EQ(parsed["recordBytes"], 500);
}

TEST(Calibrate, WritesAProfileThatScenariosNameAndThrottlesArePartsOf) {
  const std::string profile = scratch("mine.yaml");
  const Ran ran = kafka_twin("calibrate --hardware cloud --rtt 1ms --output " + profile);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(read_file(profile), HasSubstr("profile: cloud\npartitionBitrate: 80000000\n"));
  // 0.75 of it are 60 MB/s, and that is what is played.
  const Ran parts = kafka_twin("whatif throttle " + std::string(kReplace) +
                               " --fraction 0.75 --set scenario.environment.hardware=" + profile);
  EXPECT_EQ(parts.status, 0) << parts.err;
  EXPECT_THAT(parts.out, HasSubstr("parts of 80 MB/s, partitionBitrate of the hardware profile "
                                   "cloud-calibrated"));
  EXPECT_THAT(parts.out, HasSubstr("\n   60 MB/s "));
}

TEST(Calibrate, TakesHardwareAndRecordsOfAScenario) {
  const Ran ran = kafka_twin("calibrate " + std::string(kReplace) + " --report json");
  EXPECT_EQ(ran.status, 0) << ran.err;
  // Inside a zone its disk binds: 250 MB/s.
  EXPECT_EQ(nlohmann::json::parse(ran.out)["bytesInPerSecond"], 250'000'000);
}

TEST(Calibrate, WrongInputIsNamed) {
  for (const char* wrong : {"--record none", "--record 0", "--rtt 0s", "--hardware mine",
                            "--producers 0", "--batch -1"}) {
    const Ran ran = kafka_twin("calibrate " + std::string(wrong));
    EXPECT_EQ(ran.status, 2) << wrong;
    EXPECT_NE(ran.err, "") << wrong;
  }
  const Ran both = kafka_twin("calibrate " + std::string(kReplace) + " --hardware cloud");
  EXPECT_THAT(both.err, HasSubstr("a scenario has its own hardware"));
}

}  // namespace
}  // namespace twin::cli_test
