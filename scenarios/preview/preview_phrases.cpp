#include "scenarios/preview/preview_phrases.h"

#include <fmt/format.h>

namespace twin::preview {

std::string finish_text(const Preview& p) {
  const Outcome outcome = p.outcome();
  if (!outcome.settled) return "never: " + p.report.end_detail;
  return sim::format_duration(outcome.took);
}

std::string window_text(const Preview& p) {
  const Outcome outcome = p.outcome();
  const std::string length = sim::format_duration(*p.window);
  if (!outcome.settled) return length + ": it does not end within the run";
  if (outcome.took > *p.window) {
    return length + ": too short by " + sim::format_duration(outcome.took - *p.window);
  }
  return length + ": fits, with " + sim::format_duration(*p.window - outcome.took) + " to spare";
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
