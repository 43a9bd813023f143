// A trace in other tools' languages, each read back by that language's own rules.
#include "viz/export/export.h"

#include <regex>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/viz/recorded.h"

namespace twin::viz {
namespace {

class Export : public testing::Test {
 protected:
  static const Recording& recording() {
    static const Recording kOpened =
        std::move(*Recording::open(test::trace_of("rolling/first-roll"), "roll.trace"));
    return kOpened;
  }
};

TEST_F(Export, TraceEventsAreJsonWithASpanPerStateOfEachBroker) {
  const auto json = nlohmann::json::parse(export_trace(recording(), "perfetto"));
  int shutdowns = 0, restarts = 0, names = 0;
  double last_us = 0;
  for (const auto& event : json.at("traceEvents")) {
    const std::string phase = event.at("ph");
    if (phase == "X") {
      shutdowns += event.at("name") == "shutting down" ? 1 : 0;
      last_us = std::max(last_us, event.at("ts").get<double>() + event.at("dur").get<double>());
    }
    if (phase == "i" && event.at("name").get<std::string>().starts_with("restart ")) ++restarts;
    if (phase == "M" && event.at("name") == "thread_name") ++names;
  }
  EXPECT_EQ(shutdowns, 3);
  EXPECT_EQ(restarts, 3);
  EXPECT_EQ(names, static_cast<int>(recording().lanes.size()));
  EXPECT_NEAR(last_us * 1000, static_cast<double>(recording().last.ns), 1e3);
}

TEST_F(Export, CsvHasALineARecordAndQuotesWhatNeedsIt) {
  const std::string csv = export_trace(recording(), "csv");
  size_t lines = 0, at = 0;
  while ((at = csv.find("\r\n", at)) != csv.npos) ++lines, at += 2;
  EXPECT_EQ(lines, recording().records + 1);
  EXPECT_NE(csv.find(",ReplicaJoinedIsr,broker 0,"), csv.npos);
  EXPECT_EQ(csv.rfind("id,cause,seconds,", 0), 0u);
}

TEST_F(Export, ShivizClocksGrowByOneAtTheirOwnHost) {
  std::istringstream lines(export_trace(recording(), "shiviz"));
  const std::regex header(R"((\S+) (\{.*\}))");
  std::string first, event;
  std::map<std::string, uint64_t> own;
  std::map<std::string, std::map<std::string, uint64_t>> known;
  size_t merged = 0;
  while (std::getline(lines, first) && std::getline(lines, event)) {
    std::smatch match;
    ASSERT_TRUE(std::regex_match(first, match, header)) << first;
    const std::string host = match[1];
    const auto clock = nlohmann::json::parse(match[2].str()).get<std::map<std::string, uint64_t>>();
    EXPECT_EQ(clock.at(host), ++own[host]) << first;
    for (const auto& [other, count] : known[host]) EXPECT_GE(clock.at(other), count) << first;
    // Nobody knows of what has not happened yet.
    for (const auto& [other, count] : clock) EXPECT_LE(count, own[other]) << first;
    merged += clock.size() > known[host].size() ? 1 : 0;
    known[host] = clock;
  }
  EXPECT_GE(own.size(), 5u);  // Kubernetes, the operator, three brokers
  EXPECT_GT(merged, own.size());
}

TEST_F(Export, OpenMetricsFamiliesStandTogetherAndTheRollShows) {
  const auto zone_loss = Recording::open(test::trace_of("failures/zone-loss-mid-roll"), "z");
  std::istringstream lines(export_trace(*zone_loss, "openmetrics"));
  std::string line, family, last;
  std::set<std::string> seen;
  int down = 0, urp = 0;
  std::map<std::string, int64_t> stamps;
  const std::regex sample(R"((\w+)(\{[^}]*\}) (\d+) (\d+))");
  while (std::getline(lines, line)) {
    last = line;
    if (line.rfind("# TYPE ", 0) == 0) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(seen.insert(family).second) << family;
    }
    if (line.rfind('#', 0) == 0) continue;
    std::smatch match;
    ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
    EXPECT_EQ(match[1], family);
    const std::string series = match[1].str() + match[2].str();
    const int64_t stamp = std::stoll(match[4]);
    if (stamps.contains(series)) {
      EXPECT_GT(stamp, stamps[series]) << line;
    }
    stamps[series] = stamp;
    down += family == "up" && match[3] == "0" ? 1 : 0;
    urp += family.ends_with("underreplicatedpartitions") && match[3] != "0" ? 1 : 0;
  }
  EXPECT_EQ(last, "# EOF");
  EXPECT_GT(down, 0);
  EXPECT_GT(urp, 0);
}

}  // namespace
}  // namespace twin::viz
