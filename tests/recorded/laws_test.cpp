// The measured errors that a report prints for strimzi@0.47 on loopback, computed here from the
// recorded cases. A row that says more or less than they do fails.
#include "scenarios/runner/laws.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/recorded/played.h"

namespace twin::recorded {
namespace {

// A pair of times of the same thing, in seconds.
struct Pair {
  double predicted = 0;
  double measured = 0;
};

// Rounded up at the given digits: an error is never printed smaller than it is.
double up(double value, int digits) {
  const double unit = std::pow(10.0, digits);
  return std::ceil(value * unit - 1e-9) / unit;
}

// Every time is off by at most a poll of the operator, or else by so many
// per cent of itself.
std::string by_poll(const std::vector<Pair>& pairs) {
  double percent = 0;
  for (const Pair& pair : pairs) {
    const double off = std::abs(pair.predicted - pair.measured);
    if (off > 1.0) percent = std::max(percent, 100 * off / pair.measured);
  }
  return fmt::format("at most 1 s or {:.1f} %, {} recorded times", up(percent, 1), pairs.size());
}

std::string_view row(std::string_view law) {
  return scenario::measured_error(law, "strimzi@0.47", "loopback");
}

double time_of(const Case& which, const Figure& figure) {
  const auto time = predicted(which, figure);
  EXPECT_TRUE(time.has_value()) << which.scenario << ": " << figure.what;
  return time.value_or(0);
}

bool is_ready(const Figure& figure) {
  return figure.moment == Moment::ready || figure.moment == Moment::first_ready;
}

// What went before this moment, of the same node: its pod's deletion, or its creation.
const Figure* start_of(const Case& which, const Figure& ready) {
  for (const Figure& figure : which.figures) {
    const bool starts = figure.moment == Moment::deleted || figure.moment == Moment::created;
    if (starts && figure.node == ready.node && figure.nth == ready.nth) return &figure;
  }
  return nullptr;
}

TEST(MeasuredLaws, OrderAndRefusalsAreEqualInAsManyRecordings) {
  int equal = 0;
  for (const Case& which : measured_cases()) {
    const bool same = restart_order(which) == which.restart_order &&
                      problems(which) == which.problems && conditions(which) == which.conditions;
    equal += same ? 1 : 0;
  }
  EXPECT_EQ(row("order of restarts, refusals"),
            fmt::format("equal in {} of {} recordings", equal, measured_cases().size()));
}

TEST(MeasuredLaws, PollsAndBackOffAreAsFarOffAsTheWorstTime) {
  std::vector<Pair> pairs;
  for (const Case& which : measured_cases()) {
    for (const Figure& figure : which.figures) {
      if (!is_ready(figure)) pairs.push_back({time_of(which, figure), figure.measured});
    }
  }
  EXPECT_EQ(row("operator's polls and back-off"), by_poll(pairs));
}

// From the deletion, or from the creation, so that it does not take in when the operator came to
// it.
TEST(MeasuredLaws, ARestartToReadyIsAsFarOffAsTheWorstOne) {
  double percent = 0;
  int count = 0;
  for (const Case& which : measured_cases()) {
    for (const Figure& figure : which.figures) {
      const Figure* start = is_ready(figure) ? start_of(which, figure) : nullptr;
      if (start == nullptr) continue;
      const double took = figure.measured - start->measured;
      const double off = std::abs(time_of(which, figure) - time_of(which, *start) - took);
      percent = std::max(percent, 100 * off / took);
      ++count;
    }
  }
  EXPECT_EQ(row("pod restart to Ready"),
            fmt::format("at most {:.1f} %, {} recorded restarts", up(percent, 1), count));
}

TEST(MeasuredLaws, StallsAreAsFarOffAsTheyAre) {
  double worst = 0, usual = 0;
  int near = 0, count = 0;
  for (const Case& which : measured_cases()) {
    for (const Stall& stall : which.stalls) {
      const double time = longest_stall(which, stall.topic);
      const double percent = 100 * std::abs(time - stall.measured) / stall.measured;
      worst = std::max(worst, percent);
      ++count;
      if (!within(time, stall.measured)) continue;
      usual = std::max(usual, percent);
      ++near;
    }
  }
  EXPECT_EQ(row("producer stalls"),
            fmt::format("at most {:.1f} % for {} of {} recorded topics, {:.1f} % at worst",
                        up(usual, 1), near, count, up(worst, 1)));
}

// Nothing is printed of a recording that no test above has computed.
TEST(MeasuredLaws, NoOtherRowClaimsARecording) {
  size_t rows = 0;
  for (const scenario::MeasuredLaw& each : scenario::measured_laws()) {
    if (!each.profile.empty() || !each.hardware.empty()) ++rows;
  }
  EXPECT_EQ(rows, 4U);
}

}  // namespace
}  // namespace twin::recorded
