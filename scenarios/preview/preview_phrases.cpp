#include "scenarios/preview/preview_phrases.h"

#include <fmt/format.h>

#include "controller/operator.h"

namespace twin::preview {

namespace {

std::string or_never(const std::optional<sim::Duration>& time) {
  return time ? sim::format_duration(*time) : std::string("never");
}

std::string drain_text(const Drain& drain) {
  std::string nodes;
  for (const std::string& node : drain.nodes) nodes += (nodes.empty() ? "" : ", ") + node;
  return fmt::format("machines are drained one after the other{}, each away for {}: {}",
                     drain.cleaner ? ", with the Drain Cleaner" : "",
                     sim::format_duration(drain.away), nodes);
}

}  // namespace

std::string finish_text(const Preview& p) {
  if (p.interrupted()) return "-";
  if (!p.outcome().settled) return "never: " + p.report.end_detail;
  if (!p.outcome().ready) return "never: it is refused";
  if (p.spread.empty()) return sim::format_duration(p.outcome().took);
  return fmt::format("P50 {}, P90 {}", or_never(finish(p, 50)), or_never(finish(p, 90)));
}

std::string spread_text(const Preview& p) {
  if (p.measured.empty()) {
    return "one figure: no input of the hardware is a list of measured values, so there is no "
           "spread to draw from";
  }
  if (p.spread.empty()) return "one figure: with every measured input at its median";
  return fmt::format("of {} runs over measured {}; {} with each at its median", p.spread.size(),
                     p.measured, sim::format_duration(p.outcome().took));
}

std::string window_text(const Preview& p) {
  const std::string length = sim::format_duration(*p.window);
  const auto latest = p.outcome().done() ? finish(p, 90) : std::nullopt;
  if (!latest) return length + ": it is not done within the run";
  const char* what = p.spread.empty() ? "" : " at P90";
  if (!fits(p)) {
    return fmt::format("{}: too short by {}{}", length, sim::format_duration(*latest - *p.window),
                       what);
  }
  return fmt::format("{}: fits, with {} to spare{}", length,
                     sim::format_duration(*p.window - *latest), what);
}

std::vector<std::string> abort_heading() {
  return {"after", "turns back at", "back after", "restarts", "under min ISR", "unavailable"};
}

std::vector<std::string> abort_row(const AbortPoint& point) {
  const AbortOutcome& o = point.outcome;
  return {point.after == kWhenDone ? "all is done" : point.pod,
          sim::format_clock({o.at.ns}),
          o.back ? sim::format_duration(o.took) : "-",
          std::to_string(o.restarts),
          sim::format_duration(o.whole.under_min_isr),
          sim::format_duration(o.whole.unavailable)};
}

std::string abort_text(const AbortPoint& point) {
  const std::vector<std::string> names = abort_heading(), cells = abort_row(point);
  std::string text = cells.front();
  for (size_t i = 1; i < cells.size(); ++i) {
    text += (i == 1 ? ": " : ", ") + names[i] + " " + cells[i];
  }
  return text;
}

std::vector<std::string> abort_notes(const Preview& p) {
  std::vector<std::string> notes;
  for (const AbortPoint& point : p.aborts) {
    if (point.outcome.back) continue;
    notes.push_back(abort_row(point).front() + ": not back: " + point.outcome.why_not);
  }
  return notes;
}

std::string roll_text(const scenario::RollEntry& roll) {
  std::string who;
  const auto add = [&](int64_t n, const char* one) {
    if (n == 0) return;
    who += fmt::format("{}{} {}{}", who.empty() ? "" : ", ", n, one, n == 1 ? "" : "s");
  };
  add(roll.controllers, "controller");
  add(roll.brokers, "broker");
  add(roll.others, "node");
  return fmt::format("{} in {}, {} leader moves", who,
                     sim::format_duration(roll.ended - roll.began), roll.leader_moves);
}

std::string away_text(const scenario::RestartEntry& restart) {
  if (!restart.ready) return "for good";
  return sim::format_duration(*restart.ready - restart.deleted);
}

std::string no_return_text(const scenario::Report& report) {
  if (report.point_of_no_return.empty()) return "none: no version changes";
  if (!report.no_return_after) return report.point_of_no_return;
  // The report's sentence begins with the run's own clock.
  const size_t why = report.point_of_no_return.find(": ");
  return "passed after " + sim::format_duration(*report.no_return_after) +
         report.point_of_no_return.substr(why);
}

std::string operator_text(const Preview& p) {
  const std::string& now = p.report.profile_claim;
  if (p.operator_to.empty()) return now.empty() ? p.report.profile : now;
  return p.report.profile + ", then " + controller::profile_claim(p.operator_to);
}

std::vector<std::string> other_changes(const Preview& p) {
  std::vector<std::string> all;
  if (!p.operator_to.empty()) {
    all.push_back("the operator: " + p.report.profile + " -> " + p.operator_to);
  }
  if (!p.drain.nodes.empty()) all.push_back(drain_text(p.drain));
  for (const Rotation& each : p.rotations) all.push_back(rotation_text(each));
  return all;
}

std::string restarts_text(const scenario::Report& report) {
  if (report.restarts.empty()) return "none";
  constexpr size_t kShown = 60;
  std::string order;
  for (size_t i = 0; i < report.restarts.size() && i < kShown; ++i) {
    order += fmt::format("{}{}", i == 0 ? "" : " ", report.restarts[i].node);
  }
  if (report.restarts.size() > kShown) order += " ...";
  return fmt::format("{} in {} {}: {}", report.restarts.size(), report.rolls,
                     report.rolls == 1 ? "roll" : "rolls", order);
}

// Nothing is felt by nobody: a zero would say that all is well.
std::string unavailable_text(const Preview& p) {
  if (!p.has_producers) return "not known: the cluster's file has no producers";
  return at_most(p.report.produce_unavailable_longest);
}

std::string at_most(sim::Duration longest) {
  return sim::format_duration(longest) + (longest.ns == 0 ? "" : " at most");
}

std::string shown(const std::string& value) {
  constexpr size_t kLongest = 200;
  if (value.empty()) return "(nothing)";
  return value.size() <= kLongest ? value : value.substr(0, kLongest) + "...";
}

}  // namespace twin::preview
