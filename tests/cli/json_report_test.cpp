// The report as JSON is what docs/REPORT.md says: the keys of the page and of the report are the
// same, times are seconds, and a figure is the one that the text prints.
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const char* const kUpgrade = TWIN_SOURCE_DIR "/scenarios/upgrades/kraft-4.2-to-4.3.yaml";

json reports_of(const std::string& arguments) {
  return json::parse(kafka_twin("run " + arguments + " --report json").out);
}

// Whatever stands in `...` in the rows of the page, in its first and third columns.
std::set<std::string> documented() {
  std::set<std::string> words;
  const std::string page = read_file(TWIN_SOURCE_DIR "/docs/REPORT.md");
  const std::string table = page.substr(page.find("| key |"));
  static const std::regex quoted("`([A-Za-z]+)`");
  for (std::sregex_iterator it(table.begin(), table.end(), quoted), end; it != end; ++it) {
    words.insert((*it)[1]);
  }
  return words;
}

void collect(const json& value, std::set<std::string>& keys) {
  for (const auto& [key, item] : value.items()) {
    if (value.is_object()) keys.insert(key);
    if (key != "figures" && item.is_structured()) collect(item, keys);
  }
}

TEST(JsonReport, isAnArrayAlsoForOne) {
  EXPECT_EQ(reports_of(kFirstRoll).size(), 1U);
  const json two =
      reports_of(kFirstRoll + std::string(" --set 'scenario.compareWith=[strimzi@1.2]'"));
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[1]["operator"], "strimzi@1.2");
}

TEST(JsonReport, hasTheKeysOfThePage) {
  const std::set<std::string> page = documented();
  std::set<std::string> keys;
  for (const char* scenario :
       {kUpgrade, TWIN_SOURCE_DIR "/scenarios/upgrades/three-rolls-2.0.1-to-2.1.0.yaml",
        TWIN_SOURCE_DIR "/scenarios/failures/zone-loss-mid-roll.yaml"}) {
    collect(reports_of(scenario), keys);
  }
  for (const std::string& key : keys) {
    EXPECT_TRUE(page.contains(key)) << key << " is not in docs/REPORT.md";
  }
  static const std::set<std::string> kOther = {"holds",   "violated",    "unknown",
                                               "settled", "timeMax",     "deployFailed",
                                               "badStep", "interrupted", "expect"};
  for (const std::string& word : page) {
    EXPECT_TRUE(keys.contains(word) || kOther.contains(word)) << word << " is in no report";
  }
}

TEST(JsonReport, timesAreSecondsAndFiguresThoseOfTheText) {
  const json report = reports_of(kUpgrade)[0];
  const std::string text = kafka_twin(std::string("run ") + kUpgrade + " --quiet").out;
  const json& figures = report["figures"];
  EXPECT_EQ(figures["underMinIsrSeconds"], 0.0);
  for (const char* name : {"urpSeconds", "duration", "produceUnavailableLongest"}) {
    EXPECT_GT(figures[name], 0.0) << name;
    EXPECT_LT(figures[name], 3600.0) << name;
  }
  char lag[64];
  std::snprintf(lag, sizeof lag, "%.3f s at most",
                figures["produceUnavailableLongest"].get<double>());
  EXPECT_THAT(text, HasSubstr(lag));
  ASSERT_EQ(report["restarts"].size(), 6U);
  EXPECT_LT(report["restarts"][0]["deletedSeconds"], 1.0) << "from the first change on";
  EXPECT_GT(report["restarts"][0]["readySeconds"], 1.0);
}

TEST(JsonReport, saysRollsLeadersAndThePointOfNoReturn) {
  const json report = reports_of(kUpgrade)[0];
  ASSERT_EQ(report["rolls"].size(), 1U);
  const json& roll = report["rolls"][0];
  EXPECT_EQ(roll["controllers"], 3);
  EXPECT_EQ(roll["brokers"], 3);
  EXPECT_EQ(roll["leaderMoves"], report["figures"]["leaderMoves"]);
  EXPECT_EQ(roll["beganSeconds"], report["restarts"][0]["deletedSeconds"]);
  EXPECT_EQ(roll["endedSeconds"], report["restarts"][5]["readySeconds"]);
  int leads = 0;
  for (const json& each : report["leadersAtEnd"]["byBroker"]) leads += each["leads"].get<int>();
  EXPECT_EQ(leads, 92);
  EXPECT_EQ(report["leadersAtEnd"]["partitions"], 92);
  EXPECT_TRUE(report["pointOfNoReturn"].is_string());
  EXPECT_TRUE(reports_of(kFirstRoll)[0]["pointOfNoReturn"].is_null()) << "no version changed";
}

}  // namespace
}  // namespace twin::cli_test
