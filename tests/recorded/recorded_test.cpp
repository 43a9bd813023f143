// strimzi@0.47 against the recordings of the real operator: the same restarts in the same order,
// the same problems, and every time within 10 % or one poll (1 s). What was predicted and measured
// is printed as the table that docs/model/rollers.md holds; a test keeps that table current.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "tests/recorded/measured.h"

namespace twin::recorded {
namespace {

using controller::DecisionKind;
using scenario::DecisionEntry;
using scenario::Report;

struct Lines : scenario::TimelineSink {
  std::vector<scenario::TimelineLine> lines;
  void on_line(const scenario::TimelineLine& line) override { lines.push_back(line); }
};

struct Played {
  Report report;
  std::vector<scenario::TimelineLine> lines;
};

const Played& play(const Case& which) {
  static std::map<std::string, Played> played;
  const auto found = played.find(which.scenario);
  if (found != played.end()) return found->second;
  const std::string path =
      std::string(TWIN_SOURCE_DIR "/scenarios/rolling/recorded/") + which.scenario + ".yaml";
  const auto loaded = scenario::load_scenario(path);
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().to_string());
  Lines lines;
  scenario::RunOptions options;
  options.timeline = &lines;
  Played& run = played[which.scenario];
  run.report = scenario::run_scenario(*loaded, options);
  run.lines = std::move(lines.lines);
  return run;
}

const Report& report_of(const Case& which) { return play(which).report; }

double seconds(sim::Duration time) { return static_cast<double>(time.ns) / 1e9; }

bool is_problem(const std::string& code) { return code.ends_with("Problem"); }

bool ends_reconcile(const DecisionEntry& decision) {
  return decision.kind == DecisionKind::reconcile && decision.code != "Started";
}

bool matches(const DecisionEntry& decision, const Figure& figure) {
  switch (figure.moment) {
    case Moment::order:
      return decision.kind == DecisionKind::order;
    case Moment::refused:
      return decision.kind == DecisionKind::wait;
    case Moment::gave_up:
      return decision.kind == DecisionKind::give_up;
    case Moment::reconfigured:
      return decision.kind == DecisionKind::reconfigure;
    case Moment::removed:
      return decision.code == "UnregisterNode";
    case Moment::ended:
      return ends_reconcile(decision);
    default:
      return false;
  }
}

// Seconds after the change; nullopt when it did not happen.
std::optional<double> predicted(const Case& which, const Figure& figure) {
  const Report& report = report_of(which);
  int seen = 0;
  if (figure.moment == Moment::deleted || figure.moment == Moment::ready) {
    for (const auto& restart : report.restarts) {
      if (restart.node != figure.node || ++seen < figure.nth) continue;
      if (figure.moment == Moment::deleted) return seconds(restart.deleted) - which.change;
      if (restart.ready) return seconds(*restart.ready) - which.change;
      return std::nullopt;
    }
    return std::nullopt;
  }
  if (figure.moment == Moment::created || figure.moment == Moment::first_ready) {
    for (const auto& line : play(which).lines) {
      if (!line.who.ends_with("-" + std::to_string(figure.node))) continue;
      if (line.what != (figure.moment == Moment::created ? "pod created" : "Ready")) continue;
      return seconds(line.at - report.first_change) - which.change;
    }
    return std::nullopt;
  }
  for (const DecisionEntry& decision : report.decisions) {
    const double at = seconds(decision.at) - which.change;
    if (at < 0 || !matches(decision, figure)) continue;
    if (figure.node >= 0 && decision.node != figure.node) continue;
    if (++seen == figure.nth) return at;
  }
  return std::nullopt;
}

bool within(double predicted, double measured) {
  return std::abs(predicted - measured) <= std::max(1.0, 0.1 * measured);
}

std::string table() {
  std::string text =
      "| case | moment | measured s | predicted s | error |\n|---|---|---|---|---|\n";
  for (const Case& which : measured_cases()) {
    for (const Figure& figure : which.figures) {
      const auto time = predicted(which, figure);
      text += fmt::format("| {} | {} | {:.2f} | {} | {} |\n", which.scenario, figure.what,
                          figure.measured, time ? fmt::format("{:.2f}", *time) : "-",
                          time ? fmt::format("{:+.1f} %, {:+.2f} s",
                                             100 * (*time - figure.measured) / figure.measured,
                                             *time - figure.measured)
                               : "-");
    }
  }
  return text;
}

class Recorded : public testing::TestWithParam<size_t> {
 protected:
  const Case& which() const { return measured_cases()[GetParam()]; }
};

TEST_P(Recorded, RestartsInTheRecordedOrder) {
  std::vector<int> order;
  for (const auto& restart : report_of(which()).restarts) {
    order.push_back(static_cast<int>(restart.node));
  }
  EXPECT_EQ(order, which().restart_order);
}

TEST_P(Recorded, MeetsTheRecordedProblems) {
  std::vector<std::string> problems;
  for (const DecisionEntry& decision : report_of(which()).decisions) {
    if (decision.at.ns < 0 || !is_problem(decision.code)) continue;
    problems.push_back((decision.node < 0 ? std::string("-") : std::to_string(decision.node)) +
                       " " + decision.code);
  }
  // Case 6 goes on at each tick of the timer: the recording is of its first three reconciles.
  if (problems.size() > which().problems.size() && !which().problems.empty() &&
      report_of(which()).end == "timeMax") {
    problems.resize(which().problems.size());
  }
  EXPECT_EQ(problems, which().problems);
}

TEST_P(Recorded, EndsWithTheRecordedConditions) {
  std::vector<std::string> conditions;
  for (const auto& condition : report_of(which()).conditions) {
    conditions.push_back(condition.type + (condition.reason.empty() ? "" : " ") + condition.reason);
  }
  EXPECT_EQ(conditions, which().conditions);
}

TEST_P(Recorded, TimesAreWithinTenPercentOrOnePoll) {
  for (const Figure& figure : which().figures) {
    const auto time = predicted(which(), figure);
    ASSERT_TRUE(time.has_value()) << figure.what;
    EXPECT_TRUE(within(*time, figure.measured))
        << figure.what << ": predicted " << *time << " s, measured " << figure.measured << " s";
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Recorded, testing::Range<size_t>(0, measured_cases().size()),
                         [](const auto& each) {
                           std::string name = measured_cases()[each.param].scenario;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

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
