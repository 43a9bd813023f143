#include "scenarios/preview/preview_phrases.h"

#include <fmt/format.h>

namespace twin::preview {

namespace {

std::string or_never(const std::optional<sim::Duration>& time) {
  return time ? sim::format_duration(*time) : std::string("never");
}

}  // namespace

std::string finish_text(const Preview& p) {
  if (p.interrupted()) return "-";
  if (!p.outcome().settled) return "never: " + p.report.end_detail;
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
  const auto latest = p.outcome().settled ? finish(p, 90) : std::nullopt;
  if (!latest) return length + ": it does not end within the run";
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

}  // namespace twin::preview
