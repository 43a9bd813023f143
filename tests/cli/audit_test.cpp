// kafka-twin audit: what it finds on a cluster in one zone, and that the scenarios it writes show
// it.
#include <filesystem>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;

// first-roll's cluster on machines of two zones, one of which holds most of it.
std::string in_two_zones() {
  std::string text = read_file(kFirstRoll);
  const std::string three = "zones: 3";
  return text.replace(text.find(three), three.size(), "zones: 2");
}

TEST(AuditCommand, EveryFaultThatItNamesDoesTheHarmThatItNames) {
  const std::string file = write_file("two-zones.yaml", in_two_zones());
  const std::string folder = scratch("shown");
  const Ran made = kafka_twin("audit " + file + " --scenarios " + folder + " --report json");
  ASSERT_EQ(made.status, 1) << made.out << made.err;
  const auto report = nlohmann::json::parse(made.out);
  EXPECT_EQ(report["survives"]["zones"]["quorum"]["losses"], 1);
  int played = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().find("zone-is") == std::string::npos) continue;
    const Ran shown = kafka_twin("run " + entry.path().string() + " --quiet");
    EXPECT_EQ(shown.status, 1) << entry.path() << shown.out;
    ++played;
  }
  EXPECT_GT(played, 0);
}

TEST(AuditCommand, SaysWhatIsWrongWithItsInput) {
  EXPECT_THAT(kafka_twin("audit no-such.yaml").err, HasSubstr("no-such.yaml"));
  const Ran bad = kafka_twin(std::string("audit ") + kFirstRoll + " --report xml");
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.err, HasSubstr("text, json or markdown"));
  const Ran unwritable =
      kafka_twin(std::string("audit ") + kFirstRoll + " --scenarios /dev/null/below");
  EXPECT_EQ(unwritable.status, 2);
  EXPECT_THAT(unwritable.err, HasSubstr("a folder that can be made"));
}

}  // namespace
}  // namespace twin::cli_test
