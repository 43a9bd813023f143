#include "sim/assert.h"

#include <gtest/gtest.h>

#include "sim/engine.h"
#include "tests/sim/throwing_assert.h"

namespace twin::sim {
namespace {

using namespace literals;

template <class Body>
std::string report_of(Body&& body) {
  const testing::ThrowingAsserts throwing;
  try {
    body();
  } catch (const testing::AssertFailure& failure) {
    return failure.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Assert, AFailureInARunTellsEverythingNeededToReplayIt) {
  const AssertContext context{Time{} + 12_min + 3_s + 250_ms, 4711, 99, "twin run --seed 99"};
  const std::string report = report_of([&] {
    const ScopedAssertContext scope(context);
    const int replicas = 2;
    TWIN_ASSERT_EQ(replicas, 3);
  });
  for (const char* part : {"replicas == 3", "2 == 3", "sim/assert_test.cpp:", "00:12:03.250",
                           "723250000000 ns", "event: 4711", "seed: 99",
                           "replay: twin run --seed 99"}) {
    EXPECT_TRUE(contains(report, part)) << part << " is not in\n" << report;
  }
}

TEST(Assert, OutsideOfARunThePlaceAndTheMessageAreTold) {
  const std::string report =
      report_of([] { TWIN_ASSERT_MSG(1 > 2, std::string("one is ") + "small"); });
  EXPECT_TRUE(contains(report, "1 > 2")) << report;
  EXPECT_TRUE(contains(report, "one is small")) << report;
  EXPECT_TRUE(contains(report, "outside of a run")) << report;
}

TEST(Assert, ThatHoldsCallsNothingAndEvaluatesOnce) {
  int evaluations = 0;
  EXPECT_EQ(report_of([&] { TWIN_ASSERT(++evaluations == 1); }), "");
  EXPECT_EQ(report_of([&] { TWIN_ASSERT_EQ(++evaluations, 2); }), "");
  EXPECT_EQ(evaluations, 2);
}

TEST(Assert, IntegersOfDifferentSignsAreComparedAsNumbers) {
  const unsigned big = 5;
  EXPECT_EQ(report_of([&] { TWIN_ASSERT_LT(-1, big); }), "");
  EXPECT_EQ(report_of([&] { TWIN_ASSERT_LE(-1, big); }), "");
  EXPECT_TRUE(contains(report_of([&] { TWIN_ASSERT_EQ(-1, UINT32_MAX); }), "-1 == 4294967295"));
}

TEST(Assert, OperandsOfTheHouseTypesArePrinted) {
  EXPECT_TRUE(contains(report_of([] { TWIN_ASSERT_LT(Time{5}, Time{4}); }), "5 ns < 4 ns"));
  EXPECT_TRUE(contains(report_of([] { TWIN_ASSERT_EQ(std::string("a"), "b"); }), "\"a\" == \"b\""));
  EXPECT_TRUE(contains(report_of([] { TWIN_ASSERT_EQ(true, false); }), "true == false"));
  EXPECT_TRUE(contains(report_of([] { TWIN_ASSERT_EQ(Phase::act, Phase::check); }), "0 == 2"));
}

TEST(Assert, NestedContextsAreRestored) {
  const AssertContext outer{Time{1}, 1, 1, "outer"};
  const AssertContext inner{Time{2}, 2, 2, "inner"};
  const ScopedAssertContext outer_scope(outer);
  const auto fail = [] { TWIN_ASSERT(false); };
  {
    const ScopedAssertContext inner_scope(inner);
    EXPECT_TRUE(contains(report_of(fail), "replay: inner"));
  }
  EXPECT_TRUE(contains(report_of(fail), "replay: outer"));
}

TEST(Assert, AHandlerOfTheEngineFailsWithTheEnginesClockAndEventNumber) {
  Engine engine({.seed = 7, .replay_command = "replay me"});
  engine.schedule(Event{.at = Time{} + 1_s});
  engine.schedule(Event{.at = Time{} + 2_s});
  const std::string report = report_of([&] {
    engine.run_until(Time{} + 3_s, [](const Event& event) {
      TWIN_ASSERT(event.at < Time{} + 1500_ms);
    });
  });
  for (const char* part : {"00:00:02.000", "event: 2", "seed: 7", "replay: replay me"}) {
    EXPECT_TRUE(contains(report, part)) << report;
  }
  EXPECT_TRUE(contains(report_of([] { TWIN_ASSERT(false); }), "outside of a run"));
}

TEST(AssertDeathTest, WithoutAHandlerTheReportGoesToStandardErrorAndTheProcessAborts) {
  EXPECT_DEATH(TWIN_ASSERT_EQ(1, 2), "ASSERT FAILED: 1 == 2");
}

TEST(AssertDeathTest, AHandlerThatReturnsDoesNotSaveTheProcess) {
  EXPECT_DEATH(
      {
        const ScopedAssertHandler quiet([](const std::string&) {});
        TWIN_ASSERT(false);
      },
      "");
}

}  // namespace
}  // namespace twin::sim
