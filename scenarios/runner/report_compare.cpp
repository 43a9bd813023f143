// The same scenario under several operator profiles, side by side.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/report.h"
#include "scenarios/runner/text_layout.h"

namespace twin::scenario {

namespace {

std::string without_trailing_blanks(const std::string& text) {
  std::string out;
  for (const char c : text) {
    while (c == '\n' && !out.empty() && out.back() == ' ') out.pop_back();
    out += c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string comparison_text(const std::vector<Report>& reports, int width) {
  struct Row {
    const char* label;
    const char* figure;
  };
  constexpr Row kRows[] = {
      {"verdict", "verdict"},
      {"duration", "duration"},
      {"rolls", "rolls"},
      {"restarts", "restarts"},
      {"restart order", "restartOrder"},
      {"leader moves", "leaderMoves"},
      {"with under-replicated", "urpSeconds"},
      {"under min.insync.replicas", "underMinIsrSeconds"},
      {"produce unavailable", "produceUnavailableLongest"},
      {"records rejected", "recordsRejected"},
      {"acknowledged bytes lost", "acknowledgedBytesLost"},
      {"worst consumer lag", "consumerLagSeconds"},
      {"failed reconciles", "failedReconciles"},
      {"property violations", "propertyViolations"},
      {"ended", "end"},
  };
  const int columns = static_cast<int>(reports.size());
  const int column = std::max(14, std::min(26, (width - 28) / std::max(1, columns)));
  std::string out = fmt::format("\nSide by side\n  {:<26}", "");
  for (const Report& r : reports) out += fmt::format("{:<{}}", r.profile, column);
  for (const Row& row : kRows) {
    out += fmt::format("\n  {:<26}", row.label);
    for (const Report& r : reports) {
      const bool judged =
          std::string_view(row.figure) == "verdict" || std::string_view(row.figure) == "end";
      const auto value = r.started || judged ? figure_value(r, {row.figure, "", 1}) : std::nullopt;
      std::string text = value ? format_value(*value) : "-";
      if (static_cast<int>(text.size()) >= column) {
        text = text.substr(0, static_cast<size_t>(column) - 3) + "..";
      }
      out += fmt::format("{:<{}}", text, column);
    }
  }
  return without_trailing_blanks(out) + "\n";
}

}  // namespace twin::scenario
