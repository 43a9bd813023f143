// kafka-twin check and shrink as a user runs them: a deliberately broken operator is caught, the
// file that is left does it again, and a campaign goes on where it was ended.
#include <filesystem>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string folder(const std::string& name) {
  const std::string path = scratch(name);
  std::filesystem::remove_all(path);
  return path;
}

// The counterexample of a campaign that has one.
std::string counterexample(const std::string& out) {
  for (const auto& entry : std::filesystem::directory_iterator(out)) {
    if (entry.path().extension() == ".yaml") return entry.path().string();
  }
  return {};
}

TEST(Check, ABrokenOperatorIsCaughtAndTheFileDoesItAgain) {
  const std::string out = folder("broken");
  const Ran ran =
      kafka_twin("check --operator bug:ignores-isr --runs 200 --shrink-runs 60 --out " + out);
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("the operator's last decisions before it:"));
  EXPECT_THAT(ran.out, HasSubstr("\nviolated\n"));
  const std::string file = counterexample(out);
  ASSERT_FALSE(file.empty());
  EXPECT_THAT(ran.out, HasSubstr("kafka-twin run " + file));
  const Ran again = kafka_twin("run " + file + " --report json");
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.out, HasSubstr("violat"));
  // Smaller still, or as small: nothing that it violated is lost.
  const Ran shrunk = kafka_twin("shrink " + file + " --runs 30 --output " + out + "/small.yaml");
  EXPECT_EQ(shrunk.status, 0) << shrunk.err;
  EXPECT_EQ(kafka_twin("run " + out + "/small.yaml --quiet").status, 1);
}

TEST(Check, TheSameCommandGoesOnAndAnotherIsRefused) {
  const std::string out = folder("resume");
  const std::string command = "check --runs 6 --jobs 2 --out " + out;
  const Ran first = kafka_twin(command);
  EXPECT_EQ(first.status, 0) << first.out << first.err;
  EXPECT_THAT(first.out, HasSubstr("\nheld\n"));
  // The last line was being written when the machine went down.
  const std::string log = read_file(out + "/runs.log");
  write_file("resume/runs.log", log.substr(0, log.size() - 40));
  const Ran second = kafka_twin(command);
  EXPECT_EQ(second.status, 0) << second.out << second.err;
  EXPECT_THAT(second.out, HasSubstr("5 runs are in " + out + "/runs.log already"));
  const Ran other = kafka_twin("check --runs 7 --out " + out);
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("is of another campaign"));
}

// Twenty shards of a sweep are the sweep: one has a twentieth of the points.
TEST(Check, ASweepKillsTheOperatorAroundItsCalls) {
  const std::string out = folder("sweep");
  const Ran ran = kafka_twin(std::string("check ") + kFirstRoll +
                             " --crash-sweep --shard 3/40 --report json --out " + out);
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  const auto report = nlohmann::json::parse(ran.out);
  EXPECT_GT(report["planned"], 3);
  EXPECT_EQ(report["operators"][0]["runs"], report["planned"]);
  EXPECT_EQ(report["operators"][0]["violating"], 0);
}

// A tenth of the views, three patterns each; twin holds.
TEST(Check, AStaleSweepLetsTheOperatorsViewGrowOld) {
  const Ran ran = kafka_twin(std::string("check ") + kFirstRoll +
                             " --stale-sweep --shard 3/10 --report json --out " + folder("stale"));
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  const auto report = nlohmann::json::parse(ran.out);
  EXPECT_GT(report["planned"], 3);
  EXPECT_EQ(report["operators"][0]["violating"], 0);
  EXPECT_GT(report["operators"][0]["judged"], 3);
  EXPECT_GT(report["operators"][0]["marks"]["fault_stale_cache"], 0);
}

// Two shards, put together, are the campaign: nothing is left to play.
TEST(Check, ShardsAreMerged) {
  const std::string a = folder("shard-0"), b = folder("shard-1"), all = folder("merged");
  const std::string command = "check --runs 4 --jobs 1 --report json --out ";
  EXPECT_EQ(kafka_twin(command + a + " --shard 0/2").status, 0);
  EXPECT_EQ(kafka_twin(command + b + " --shard 1/2").status, 0);
  const Ran merged = kafka_twin(command + all + " --merge " + a + " --merge " + b);
  EXPECT_EQ(merged.status, 0) << merged.err;
  const Ran alone = kafka_twin(command + folder("alone"));
  auto x = nlohmann::json::parse(merged.out), y = nlohmann::json::parse(alone.out);
  x.erase("wall_seconds");
  x.erase("search_seconds");
  y.erase("wall_seconds");
  y.erase("search_seconds");
  EXPECT_EQ(x, y);
  const Ran other = kafka_twin("check --runs 5 --out " + folder("other") + " --merge " + a);
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("is of another campaign"));
}

TEST(Check, SchedulesAgainstAScenarioAreTheirSeeds) {
  const std::string more = std::string("check ") + kFirstRoll + " --runs 4 --report json --out ";
  const Ran one = kafka_twin(more + folder("schedules-1") + " --jobs 1");
  const Ran two = kafka_twin(more + folder("schedules-2") + " --jobs 2");
  auto a = nlohmann::json::parse(one.out), b = nlohmann::json::parse(two.out);
  a.erase("wall_seconds");
  a.erase("search_seconds");
  b.erase("wall_seconds");
  b.erase("search_seconds");
  EXPECT_EQ(a, b);
  EXPECT_GT(a["operators"][0]["judged"], 0);
}

TEST(Check, WhatCannotBeDoneIsSaidBeforeTheRuns) {
  const Ran unwritable = kafka_twin("check --runs 3 --out /dev/null/out");
  EXPECT_EQ(unwritable.status, 2);
  EXPECT_THAT(unwritable.err, HasSubstr("/dev/null/out"));
  EXPECT_THAT(unwritable.out, Not(HasSubstr("runs")));
  EXPECT_EQ(kafka_twin("check --crash-sweep").status, 2);
  EXPECT_EQ(kafka_twin("check --shard 8/8").status, 2);
  EXPECT_EQ(kafka_twin("check --operator nobody").status, 2);
  EXPECT_EQ(kafka_twin("check " + scratch("missing.yaml")).status, 2);
  const Ran nothing = kafka_twin(std::string("shrink ") + kFirstRoll);
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.err, HasSubstr("there is nothing to shrink"));
}

}  // namespace
}  // namespace twin::cli_test
