// The measured errors that a report prints for what the record-level reference plays too, computed
// here. A row that says more or less fails.
#include "scenarios/runner/laws.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/reference/play.h"

namespace twin::reference {
namespace {

using namespace sim::literals;

// Rounded up at the first digit behind the point: an error is never printed smaller than it is.
double up(double value) { return std::ceil(value * 10 - 1e-9) / 10; }

// From the return of the broker until the last partition has it in its ISR again.
template <class Side>
double catch_up_s(const Fault& fault, const Speeds& speeds) {
  const sim::Time back = kZero + fault.at + fault.away;
  const Result result = play<Side>({fault}, speeds, fault.at + fault.away * 2);
  EXPECT_FALSE(result.events.empty());
  const Control::Event& last = result.events.back();
  EXPECT_EQ(last.what.substr(2), " isr 0 1 2") << "it is still behind";
  return static_cast<double>((last.at - back).ns) / 1e9;
}

// Catch-ups of 3 s to 20 s over a near and a far network, where an answer is a small part of them.
TEST(MeasuredLaws, CatchUpIsAsFarOffAsTheWorstOne) {
  Speeds far;
  far.round_trip = 2_ms;
  double worst = 0;
  int count = 0;
  for (const Speeds& speeds : {Speeds{}, far}) {
    for (const sim::Duration away : {60_s, 100_s, 150_s}) {
      for (const int broker : {0, 2}) {
        const Fault fault{5_s, away, broker};
        const double flows = catch_up_s<TwinSide>(fault, speeds);
        const double records = catch_up_s<RecordLevel>(fault, speeds);
        worst = std::max(worst, 100 * std::abs(flows - records) / records);
        ++count;
      }
    }
  }
  EXPECT_EQ(
      scenario::measured_error("replica catch-up", "twin", "cloud"),
      fmt::format("at most {:.1f} % against playing every record, {} catch-ups", up(worst), count));
}

// The last member of an ISR loses power: what it had not written back is lost, and was
// acknowledged.
TEST(MeasuredLaws, LostBytesAreAsFarOffAsTheWorstLoss) {
  double worst = 0;
  int count = 0;
  for (const sim::Duration writeback : {2_s, 5_s, 10_s, 20_s}) {
    Speeds speeds;
    speeds.writeback = writeback;
    for (const sim::Duration at : {30_s, 40_s, 47_s}) {
      const std::vector<Fault> faults{{5_s, 60_s, 1}, {5_s, 60_s, 2}, {at, 15_s, 0, true}};
      const auto flows = play<TwinSide>(faults, speeds, 90_s).losses;
      const auto records = play<RecordLevel>(faults, speeds, 90_s).losses;
      ASSERT_EQ(flows.size(), records.size());
      ASSERT_FALSE(records.empty());
      for (size_t i = 0; i < records.size(); ++i) {
        EXPECT_EQ(flows[i].partition, records[i].partition);
        const auto bytes = static_cast<double>(records[i].bytes);
        worst =
            std::max(worst, 100 * std::abs(static_cast<double>(flows[i].bytes) - bytes) / bytes);
        ++count;
      }
    }
  }
  EXPECT_EQ(
      scenario::measured_error("acknowledged bytes lost", "twin", "cloud"),
      fmt::format("at most {:.1f} % against playing every record, {} losses", up(worst), count));
}

}  // namespace
}  // namespace twin::reference
