// kafka-twin whatif throttle as a user runs it.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;

const char* const kReplace = TWIN_SOURCE_DIR "/scenarios/rebalance/replace-broker.yaml";

std::string whatif(const std::string& more) {
  return "whatif throttle " + std::string(kReplace) + " " + more;
}

TEST(Whatif, ATableAndOneRateToTake) {
  const Ran ran = kafka_twin(whatif("--rate 20M,60M --window 20min"));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("throttle"));
  EXPECT_THAT(ran.out, HasSubstr("20 MB/s"));
  EXPECT_THAT(ran.out, HasSubstr("Take 60 MB/s: the lowest that fits the window"));
}

TEST(Whatif, JsonAndCsvHaveTheSameRuns) {
  const Ran json = kafka_twin(whatif("--rate 60M --report json"));
  const auto parsed = nlohmann::json::parse(json.out);
  ASSERT_EQ(parsed["runs"].size(), 1U);
  EXPECT_EQ(parsed["runs"][0]["rateBytesPerSecond"], 60'000'000);
  EXPECT_EQ(parsed["runs"][0]["movesEnded"], 172);
  EXPECT_EQ(parsed["recommended"]["rateBytesPerSecond"], 60'000'000);
  const Ran csv = kafka_twin(whatif("--rate 60M --report csv"));
  EXPECT_THAT(csv.out, HasSubstr("rate_bytes_per_s,took_s"));
  EXPECT_THAT(csv.out, HasSubstr("\n60000000,"));
  EXPECT_THAT(csv.out, HasSubstr(",172,172,"));
}

// Twice the data takes twice as long; each combination stands in its own rows.
TEST(Whatif, ValuesAreVariedInEveryCombination) {
  const std::string vary =
      "--rate 60M --vary scenario.workload.topics.0.dataPerPartition=256Mi,512Mi "
      "--vary scenario.environment.zones=3,6 ";
  const Ran json = kafka_twin(whatif(vary + "--report json"));
  EXPECT_EQ(json.status, 0) << json.err;
  const auto parsed = nlohmann::json::parse(json.out);
  ASSERT_EQ(parsed["variations"].size(), 4U);
  const auto took = [&](size_t i) {
    return parsed["variations"][i]["runs"][0]["tookSeconds"].get<double>();
  };
  EXPECT_EQ(parsed["variations"][0]["values"]["scenario.environment.zones"], "3");
  EXPECT_EQ(parsed["variations"][3]["values"]["scenario.workload.topics.0.dataPerPartition"],
            "512Mi");
  EXPECT_GT(took(2), 1.5 * took(0));
  const Ran csv = kafka_twin(whatif(vary + "--report csv"));
  EXPECT_THAT(csv.out, ::testing::StartsWith("scenario.workload.topics.0.dataPerPartition,"
                                             "scenario.environment.zones,rate_bytes_per_s,"));
  EXPECT_THAT(csv.out, HasSubstr("\n512Mi,6,60000000,"));
  const Ran text = kafka_twin(
      whatif("--rate 60M --vary scenario.workload.topics.0.dataPerPartition=256Mi,512Mi"));
  EXPECT_THAT(text.out, HasSubstr("dataPerPartition = 512Mi\n"));
  for (const char* wrong :
       {"--vary zones", "--vary a=1 --vary b=2 --vary c=3", "--vary scenario.nothing=1,2"}) {
    EXPECT_EQ(kafka_twin(whatif(wrong)).status, 2) << wrong;
  }
}

// Of a KafkaRebalance it is the resource's own throttle.
TEST(Whatif, AKafkaRebalanceIsPlayedUnderEachRate) {
  const Ran ran = kafka_twin("whatif throttle " TWIN_SOURCE_DIR
                             "/scenarios/rebalance/scale-up.yaml --rate 1M,30M,60M --report json");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto runs = nlohmann::json::parse(ran.out)["runs"];
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_FALSE(runs[0]["finished"]);
  EXPECT_THAT(runs[0]["remark"].get<std::string>(), HasSubstr("might never end"));
  EXPECT_GT(runs[1]["tookSeconds"].get<double>(), 1.7 * runs[2]["tookSeconds"].get<double>());
}

// What p99 says is more at more: clients meet more responses of the move.
TEST(Whatif, ClientsPayForSpeed) {
  const Ran ran = kafka_twin(whatif("--rate 20M,200M --report json"));
  const auto runs = nlohmann::json::parse(ran.out)["runs"];
  ASSERT_EQ(runs.size(), 2U);
  const auto p99 = [&](size_t i) { return runs[i]["produceLatencySeconds"]["p99"].get<double>(); };
  // Two to three round trips of 1 ms, and a response of 10 MiB at 125 MB/s is 85 ms.
  EXPECT_LT(p99(0), 0.0031);
  EXPECT_GT(p99(1), 0.085);
  EXPECT_LT(runs[1]["tookSeconds"].get<double>(), runs[0]["tookSeconds"].get<double>());
}

// Whoever is ready first: the same rows in the same order.
TEST(Whatif, JobsChangeNothingButTheTime) {
  const std::string more =
      "--rate 60M,100M,200M --vary scenario.workload.topics.0.dataPerPartition=64Mi,128Mi "
      "--report json --jobs ";
  const Ran one = kafka_twin(whatif(more + "1"));
  const Ran three = kafka_twin(whatif(more + "3"));
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(one.out, three.out);
  EXPECT_EQ(kafka_twin(whatif("--jobs 0")).status, 2);
}

TEST(Whatif, FractionsAreOfTheBitrate) {
  // 250 MB/s, the disk's writes.
  const Ran ran = kafka_twin(whatif("--fraction 0.5..0.7 --report json"));
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto runs = nlohmann::json::parse(ran.out)["runs"];
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0]["rateBytesPerSecond"], 125'000'000);
  EXPECT_EQ(runs[1]["rateBytesPerSecond"], 150'000'000);
  EXPECT_EQ(runs[2]["rateBytesPerSecond"], 175'000'000);
  for (const char* wrong : {"--fraction 1.5", "--fraction 0", "--fraction 0.9..0.5",
                            "--fraction half", "--fraction 0.5 --rate 20M"}) {
    EXPECT_EQ(kafka_twin(whatif(wrong)).status, 2) << wrong;
  }
}

TEST(Whatif, APictureIsTheSameEachTime) {
  const std::string first = scratch("first.svg"), second = scratch("second.svg");
  const Ran ran = kafka_twin(whatif("--rate 2M,60M --set scenario.timeMax=20min --plot " + first));
  EXPECT_EQ(ran.status, 0) << ran.err;
  kafka_twin(whatif("--rate 2M,60M --set scenario.timeMax=20min --jobs 1 --plot " + second));
  const std::string drawn = read_file(first);
  EXPECT_EQ(drawn, read_file(second));
  EXPECT_THAT(drawn, ::testing::StartsWith("<svg "));
  EXPECT_THAT(drawn, HasSubstr("take 60 MB/s"));
  EXPECT_THAT(drawn, HasSubstr("never ends"));
  const Ran png = kafka_twin(whatif("--plot throttle.png"));
  EXPECT_EQ(png.status, 2);
  EXPECT_THAT(png.err, HasSubstr("PNG is not drawn"));
  EXPECT_EQ(kafka_twin(whatif("--plot " + std::string(kReplace))).status, 2);
}

TEST(Whatif, TheOperatorsOwnChoiceStandsBesideTheRates) {
  const std::string auto_ = "whatif throttle " TWIN_SOURCE_DIR
                            "/scenarios/rebalance/scale-up-auto.yaml --rate 20M,200M --auto ";
  const Ran ran = kafka_twin(auto_ + "--report json");
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto runs = nlohmann::json::parse(ran.out)["runs"];
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_TRUE(runs[2]["automatic"]);
  EXPECT_LT(runs[2]["tookSeconds"].get<double>(), runs[0]["tookSeconds"].get<double>());
  EXPECT_LT(runs[2]["produceLatencySeconds"]["p99"].get<double>(),
            runs[1]["produceLatencySeconds"]["p99"].get<double>());
  const Ran tool = kafka_twin(whatif("--rate 60M --auto"));
  EXPECT_EQ(tool.status, 2);
  EXPECT_THAT(tool.err, HasSubstr("nobody chooses"));
}

TEST(Whatif, NoneThatEndsIsStatusOne) {
  const Ran ran = kafka_twin(whatif("--rate 2M --set scenario.timeMax=20min"));
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("never ends"));
  EXPECT_THAT(ran.out, HasSubstr("None of these ends."));
}

TEST(Whatif, WrongInputIsNamed) {
  const Ran range = kafka_twin(whatif("--rate 60M..5M"));
  EXPECT_EQ(range.status, 2);
  EXPECT_THAT(range.err, HasSubstr("`60M..5M` runs downwards"));
  EXPECT_EQ(kafka_twin(whatif("--window soon")).status, 2);
  const Ran other = kafka_twin(std::string("whatif throttle ") + kFirstRoll);
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("no step reassigns anything"));
}

}  // namespace
}  // namespace twin::cli_test
