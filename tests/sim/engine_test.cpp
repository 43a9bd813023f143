// The clock, run_until, stop, rounds: each situation by itself.
#include "sim/engine.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/quad_heap.h"
#include "tests/sim/throwing_assert.h"

namespace twin::sim {
namespace {

using namespace literals;

Event event_at(Duration at, Phase phase = Phase::act, uint32_t entity = 0) {
  return Event{.at = Time{} + at, .phase = phase, .entity = entity};
}

TEST(Engine, HandlesAllUpToAndIncludingTheEndAndSetsTheClockToIt) {
  Engine engine;
  for (const Duration at : {3_s, 1_s, 2_s, 2_s + 1_ns}) engine.schedule(event_at(at));
  std::vector<int64_t> seen;
  engine.run_until(Time{} + 2_s, [&](const Event& event) {
    EXPECT_EQ(engine.now(), event.at);
    seen.push_back(event.at.ns);
  });
  EXPECT_EQ(seen, (std::vector<int64_t>{1'000'000'000, 2'000'000'000}));
  EXPECT_EQ(engine.now(), Time{} + 2_s);
  EXPECT_EQ(engine.next_at(), Time{} + 2_s + 1_ns);
  EXPECT_EQ(engine.events_handled(), 2u);
  EXPECT_EQ(engine.scheduled(), 2u);
}

TEST(Engine, WithNothingToDoTheClockStillMoves) {
  Engine engine;
  EXPECT_TRUE(engine.idle());
  EXPECT_EQ(engine.next_at(), kNever);
  engine.run_until(Time{} + 5_s, [](const Event&) { FAIL(); });
  EXPECT_EQ(engine.now(), Time{} + 5_s);
  EXPECT_FALSE(engine.run_one([](const Event&) { FAIL(); }));
}

TEST(Engine, RunToNeverEndsAtTheLastEvent) {
  Engine engine;
  engine.schedule(event_at(7_s));
  engine.run_until(kNever, [](const Event&) {});
  EXPECT_EQ(engine.now(), Time{} + 7_s);
  EXPECT_TRUE(engine.idle());
}

TEST(Engine, AfterARunAnEventMayBeScheduledForTheVeryEnd) {
  Engine engine;
  engine.schedule(event_at(10_s));
  int handled = 0;
  engine.run_until(Time{} + 2_s, [&](const Event&) { ++handled; });
  engine.schedule(event_at(2_s));
  engine.schedule(event_at(2_s + 1_ns));
  engine.run_until(Time{} + 2_s, [&](const Event&) { ++handled; });
  EXPECT_EQ(handled, 1);
  engine.run_until(Time{} + 10_s, [&](const Event&) { ++handled; });
  EXPECT_EQ(handled, 3);
}

TEST(Engine, StopLeavesTheRestOfTheInstantForTheNextRun) {
  Engine engine;
  for (uint32_t i = 0; i < 4; ++i) engine.schedule(event_at(1_s, Phase::act, i));
  std::vector<uint32_t> seen;
  const auto handle = [&](const Event& event) {
    seen.push_back(event.entity);
    if (event.entity == 1) engine.stop();
  };
  engine.run_until(Time{} + 5_s, handle);
  EXPECT_EQ(engine.now(), Time{} + 1_s);
  EXPECT_EQ(engine.next_at(), Time{} + 1_s);
  EXPECT_FALSE(engine.idle());
  engine.schedule(event_at(1_s, Phase::act, 9));  // joins the open instant
  engine.run_until(Time{} + 5_s, handle);
  EXPECT_EQ(seen, (std::vector<uint32_t>{0, 1, 2, 3, 9}));
  EXPECT_EQ(engine.now(), Time{} + 5_s);
}

TEST(Engine, AnActThatSchedulesForNowIsServedBeforeTheSolveAndTheCheckOfTheInstant) {
  Engine engine;
  engine.schedule(event_at(1_s, Phase::check));
  engine.schedule(event_at(1_s, Phase::solve));
  engine.schedule(event_at(1_s, Phase::act, 1));
  std::string order;
  engine.run_until(Time{} + 1_s, [&](const Event& event) {
    order += "asc"[static_cast<size_t>(event.phase)];
    if (event.entity == 1) engine.schedule(event_at(1_s, Phase::act));
  });
  EXPECT_EQ(order, "aasc");
}

TEST(Engine, AnActFromASolveOpensARoundAndTheCheckWaitsForItsEnd) {
  Engine engine;
  engine.schedule(event_at(1_s, Phase::act));
  engine.schedule(event_at(1_s, Phase::solve, 1));
  engine.schedule(event_at(1_s, Phase::solve, 2));
  engine.schedule(event_at(1_s, Phase::check));
  std::string order;
  engine.run_until(Time{} + 1_s, [&](const Event& event) {
    order += "asc"[static_cast<size_t>(event.phase)];
    if (event.entity == 1) {
      engine.schedule(event_at(1_s, Phase::solve));   // this round
      engine.schedule(event_at(1_s, Phase::act, 3));  // the next one, after both solves
    }
    if (event.entity == 3) engine.schedule(event_at(1_s, Phase::solve));
  });
  EXPECT_EQ(order, "asssasc");
}

TEST(Engine, AnActFromACheckOpensARoundBeforeLaterInstants) {
  Engine engine;
  engine.schedule(event_at(1_s, Phase::check, 1));  // alone at its instant
  engine.schedule(event_at(1_s + 1_ns, Phase::act, 7));
  std::string order;
  engine.run_until(Time{} + 2_s, [&](const Event& event) {
    order += event.entity == 7 ? '|' : "asc"[static_cast<size_t>(event.phase)];
    if (event.entity != 1) return;
    engine.schedule(event_at(1_s, Phase::check));
    engine.schedule(event_at(1_s, Phase::act));
    engine.schedule(event_at(1_s, Phase::solve));
  });
  EXPECT_EQ(order, "ccas|") << "the second check belongs to the phase being handled";
}

TEST(Engine, AnInstantThatNeverEndsFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  Engine engine;
  engine.schedule(event_at(1_s, Phase::check));
  const auto flip = [&](const Event& event) {
    const bool is_check = event.phase == Phase::check;
    engine.schedule(event_at(1_s, is_check ? Phase::act : Phase::check));
  };
  EXPECT_THROW(engine.run_until(Time{} + 2_s, flip), testing::AssertFailure);
  EXPECT_GE(engine.events_handled(), 1'999'990u) << "a million rounds of two events";
}

TEST(Engine, MisuseFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  Engine engine;
  engine.run_until(Time{} + 5_s, [](const Event&) {});
  EXPECT_THROW(engine.schedule(event_at(4_s)), testing::AssertFailure);
  EXPECT_THROW(engine.schedule(Event{.at = kNever}), testing::AssertFailure);
  EXPECT_THROW(engine.run_until(Time{} + 4_s, [](const Event&) {}), testing::AssertFailure);
  engine.schedule(event_at(6_s));
  EXPECT_THROW(
      engine.run_until(Time{} + 7_s, [&](const Event&) { engine.run_one([](const Event&) {}); }),
      testing::AssertFailure);
}

// An event that makes another one of the same instant, for ever.
TEST(Engine, AnInstantWithMoreEventsThanAllowedFailsAnAssert) {
  const testing::ThrowingAsserts throwing;
  EngineOptions options;
  options.instant_events_max = 100;
  Engine engine(options);
  engine.schedule(event_at(1_s));
  int handled = 0;
  EXPECT_THROW(engine.run_until(Time{} + 2_s,
                                [&](const Event&) {
                                  ++handled;
                                  engine.schedule(event_at(1_s));
                                }),
               testing::AssertFailure);
  EXPECT_EQ(handled, 100);
}

TEST(Engine, AStaleGenerationIsDroppedByTheModel) {
  Engine engine;
  uint32_t generation = 0;
  engine.schedule(event_at(1_s));
  engine.schedule(event_at(2_s));  // of generation 0, overtaken by then
  int rang = 0;
  engine.run_until(Time{} + 3_s, [&](const Event& event) {
    if (event.generation != generation) return;
    ++rang;
    ++generation;
  });
  EXPECT_EQ(rang, 1);
}

}  // namespace
}  // namespace twin::sim
