// Ranges from measured figures, and what it costs to turn back.
#include "scenarios/preview/spread.h"

#include <map>

#include <gmock/gmock.h>

#include "tests/preview/support.h"

namespace twin::preview {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t kSecond = 1'000'000'000;

Outcome took(int64_t seconds, bool settled = true) {
  Outcome outcome;
  outcome.settled = settled;
  outcome.ready = true;
  outcome.took = {seconds * kSecond};
  return outcome;
}

std::optional<int64_t> at(const std::vector<Outcome>& runs, int64_t percent) {
  const auto value = percentile(runs, &Outcome::took, percent);
  return value ? std::optional(value->ns / kSecond) : std::nullopt;
}

TEST(Percentile, IsTheNearestRank) {
  const std::vector<Outcome> two{took(20), took(10)};
  EXPECT_EQ(at(two, 50), 10);
  EXPECT_EQ(at(two, 90), 20);
  std::vector<Outcome> ten;
  for (int64_t i = 1; i <= 10; ++i) ten.push_back(took(i));
  EXPECT_EQ(at(ten, 50), 5);
  EXPECT_EQ(at(ten, 90), 9);
  EXPECT_EQ(at(ten, 91), 10);
  EXPECT_EQ(at({}, 50), std::nullopt);
}

// A run that never comes to rest is later than every other.
TEST(Percentile, NeverIsTheLatest) {
  const std::vector<Outcome> runs{took(10), took(0, false)};
  EXPECT_EQ(at(runs, 50), 10);
  EXPECT_EQ(at(runs, 90), std::nullopt);
}

const char* const kTwoStarts = "scenario.environment.hardware.brokerStart=[10s, 20s]";

// Each sample as often as any other, and no draw moves when another figure is measured as well.
TEST(Resample, DrawsHangOnTheKeyAlone) {
  const scenario::Environment one = cluster({kTwoStarts}).environment;
  const scenario::Environment both =
      cluster({kTwoStarts, "scenario.environment.hardware.volumeAttach=[1s, 2s, 3s]"}).environment;
  EXPECT_EQ(measured_inputs(both), "brokerStart (2 values), volumeAttach (3 values)");
  std::map<int64_t, int> seen;
  int moved = 0;
  for (uint64_t nth = 0; nth < 1000; ++nth) {
    scenario::Environment a = one, b = both, c = one;
    resample(a, 1, nth);
    resample(b, 1, nth);
    resample(c, 2, nth);
    EXPECT_EQ(a.hardware.jvm_start_broker, b.hardware.jvm_start_broker);
    moved += a.hardware.jvm_start_broker != c.hardware.jvm_start_broker ? 1 : 0;
    ++seen[a.hardware.jvm_start_broker.ns / kSecond];
  }
  ASSERT_THAT(seen, SizeIs(2));
  EXPECT_NEAR(seen[10], 500, 60);  // four standard deviations
  EXPECT_NEAR(moved, 500, 60);
}

void play_all(const Request& request, Preview& preview) {
  const std::vector<Task> tasks = tasks_of(request, preview);
  std::vector<std::string> lines;
  for (const Task& task : tasks) lines.push_back(play_task(request, preview, task, nullptr));
  const auto taken = take(tasks, lines, preview);
  ASSERT_TRUE(taken) << taken.error().what;
  judge(request, preview);
}

// Three brokers, one after the other, each 10 s longer: 30 s between the only two finishes. The
// larger of two samples is the median that the first run goes by.
TEST(Spread, TwoStartTimesMakeTwoFinishes) {
  Request asked = request(kafka(kStatic), {kTwoStarts});
  asked.runs = 20;
  asked.aborts = 0;
  Preview preview = played(asked);
  play_all(asked, preview);
  ASSERT_THAT(preview.spread, SizeIs(20));
  std::map<int64_t, int> finishes;
  for (const Outcome& run : preview.spread) ++finishes[run.took.ns];
  ASSERT_THAT(finishes, SizeIs(2));
  const int64_t low = finishes.begin()->first, high = finishes.rbegin()->first;
  EXPECT_EQ(high, preview.outcome().took.ns);
  EXPECT_NEAR(static_cast<double>(high - low) / kSecond, 30, 3);
  EXPECT_EQ(finish(preview, 50)->ns, finishes[low] >= 10 ? low : high);
  EXPECT_EQ(finish(preview, 90)->ns, finishes[low] >= 18 ? low : high);
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("of 20 runs over measured brokerStart (2"));
  asked.window = sim::Duration{high - 1};
  preview.window = asked.window;
  judge(asked, preview);
  EXPECT_EQ(preview.verdict, Verdict::does_not_hold);
}

TEST(Spread, WithoutListsThereIsNothingToDrawFrom) {
  Request asked = request(kafka(kStatic));
  asked.aborts = 0;
  const Preview preview = played(asked);
  EXPECT_THAT(tasks_of(asked, preview), IsEmpty());
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("no spread"));
}

// Who has restarted has to restart again.
TEST(TurningBack, CostsARestartForEachThatWasDone) {
  const Request asked = request(kafka(kStatic));
  Preview preview = played(asked);
  play_all(asked, preview);
  ASSERT_THAT(preview.aborts, SizeIs(4));
  std::vector<int64_t> after, restarts;
  for (const AbortPoint& point : preview.aborts) {
    EXPECT_TRUE(point.outcome.back) << point.outcome.why_not;
    EXPECT_GT(point.outcome.took.ns, 20 * kSecond);
    after.push_back(point.after);
    restarts.push_back(point.outcome.restarts);
  }
  EXPECT_THAT(after, ElementsAre(1, 2, 3, kWhenDone));
  EXPECT_THAT(restarts, ElementsAre(1, 2, 3, 3));
  EXPECT_EQ(preview.aborts[1].pod, "my-cluster-broker-1");
  EXPECT_THAT(to_text(preview, 100, false), HasSubstr("turns back at  back after"));
  EXPECT_THAT(to_text(preview, 60, false), HasSubstr("- my-cluster-broker-1: turns back at"));
}

TEST(TurningBack, BehindThePointOfNoReturnThereIsNoWayBack) {
  Request asked = request(kafka("", "4.3.1", "4.3-IV0"));
  asked.aborts = 1;
  Preview preview = played(asked);
  play_all(asked, preview);
  ASSERT_THAT(preview.aborts, SizeIs(2));
  EXPECT_TRUE(preview.aborts[0].outcome.back) << preview.aborts[0].outcome.why_not;
  EXPECT_FALSE(preview.aborts[1].outcome.back);
  EXPECT_THAT(preview.aborts[1].outcome.why_not, HasSubstr("4.3-IV0"));
}

TEST(TurningBack, MomentsAreSpreadOverALongRoll) {
  Request asked = request(kafka("", "4.3.1", "4.3-IV0"));
  asked.aborts = 3;
  const Preview preview = played(asked);
  EXPECT_THAT(abort_moments(asked, preview), ElementsAre(1, 3, 6, kWhenDone));
  asked.aborts = 0;
  EXPECT_THAT(abort_moments(asked, preview), IsEmpty());
}

}  // namespace
}  // namespace twin::preview
