// strimzi@0.47 against the recordings of the real operator: the same restarts in the same order,
// the same problems, and every time within 10 % or one poll (1 s). What was predicted and measured
// is printed as the table that docs/model/rollers.md holds; a test keeps that table current.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/recorded/played.h"

namespace twin::recorded {
namespace {

std::string row_of(const Case& which, const std::string& what, double measured,
                   std::optional<double> predicted) {
  return fmt::format(
      "| {} | {} | {:.2f} | {} | {} |\n", which.scenario, what, measured,
      predicted ? fmt::format("{:.2f}", *predicted) : "-",
      predicted ? fmt::format("{:+.1f} %, {:+.2f} s", 100 * (*predicted - measured) / measured,
                              *predicted - measured)
                : "-");
}

std::string table() {
  std::string text =
      "| case | moment | measured s | predicted s | error |\n|---|---|---|---|---|\n";
  for (const Case& which : measured_cases()) {
    for (const Figure& figure : which.figures) {
      text += row_of(which, figure.what, figure.measured, predicted(which, figure));
    }
    for (const Stall& stall : which.stalls) {
      text += row_of(which, std::string("no acknowledgement of ") + stall.topic, stall.measured,
                     longest_stall(which, stall.topic));
    }
  }
  return text;
}

class Recorded : public testing::TestWithParam<size_t> {
 protected:
  const Case& which() const { return measured_cases()[GetParam()]; }
};

TEST_P(Recorded, RestartsInTheRecordedOrder) {
  EXPECT_EQ(restart_order(which()), which().restart_order);
}

TEST_P(Recorded, MeetsTheRecordedProblems) { EXPECT_EQ(problems(which()), which().problems); }

TEST_P(Recorded, EndsWithTheRecordedConditions) {
  EXPECT_EQ(conditions(which()), which().conditions);
}

TEST_P(Recorded, TimesAreWithinTenPercentOrOnePoll) {
  for (const Figure& figure : which().figures) {
    const auto time = predicted(which(), figure);
    ASSERT_TRUE(time.has_value()) << figure.what;
    EXPECT_TRUE(within(*time, figure.measured))
        << figure.what << ": predicted " << *time << " s, measured " << figure.measured << " s";
  }
}

// A difference that is known stays known only for as long as it is one.
TEST_P(Recorded, ProducersStallAsLongWithinTenPercentOrOnePoll) {
  for (const Stall& stall : which().stalls) {
    const double time = longest_stall(which(), stall.topic);
    EXPECT_EQ(within(time, stall.measured), stall.differs == nullptr)
        << stall.topic << ": predicted " << time << " s, measured " << stall.measured << " s";
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Recorded, testing::Range<size_t>(0, measured_cases().size()),
                         [](const auto& each) {
                           std::string name = measured_cases()[each.param].scenario;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Topic t3m3 wants every replica. Whether broker 1 is back in the ISR before broker 2 is told to
// stop decides if its producer waits once for two restarts or twice for one. In the recordings the
// same restart took from 12.2 to 13.6 s; within that spread both happen here. (What was recorded is
// longer still, 30.1 s: the request that waited was answered by its timeout.)
TEST(RecordedStall, OneLongOrTwoShortIsAMatterOfAPollsPhase) {
  const auto found = std::ranges::find_if(measured_cases(), [](const Case& each) {
    return std::string_view(each.scenario) == "3-4-topics-at-their-minimum";
  });
  ASSERT_NE(found, measured_cases().end());
  const auto recorded = std::ranges::find_if(
      found->stalls, [](const Stall& stall) { return std::string_view(stall.topic) == "t3m3"; });
  ASSERT_NE(recorded, found->stalls.end());
  int of_two_restarts = 0, of_one_restart = 0;
  for (int64_t tenths = -7; tenths <= 7; ++tenths) {
    const sim::Duration by{tenths * 100'000'000};
    const double stall = longest_stall_when_slower(*found, "t3m3", by);
    (stall < recorded->measured / 2 ? of_one_restart : of_two_restarts) += 1;
  }
  EXPECT_GT(of_two_restarts, 2);
  EXPECT_GT(of_one_restart, 2);
}

TEST(RecordedTable, TheOneInTheDocsIsCurrent) {
  const std::string now = table();
  std::ifstream file(TWIN_SOURCE_DIR "/docs/model/rollers.md");
  ASSERT_TRUE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find(now), std::string::npos)
      << "docs/model/rollers.md should hold this table:\n"
      << now;
}

}  // namespace
}  // namespace twin::recorded
