// The same scenario under several operator profiles, side by side.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/page.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

const std::vector<FigureLabel>& compared_figures() {
  static const std::vector<FigureLabel> rows = {
      {"verdict", "verdict"},
      {"duration", "duration"},
      {"rolls", "rolls"},
      {"restarts", "restarts"},
      {"restart order", "restartOrder"},
      {"leader moves", "leaderMoves"},
      {"time with URP", "urpSeconds"},
      {"under min ISR, longest", "underMinIsrLongest"},
      {"  summed over partitions", "underMinIsrSeconds"},
      {"produce unavailable, longest", "produceUnavailableLongest"},
      {"records rejected", "recordsRejected"},
      {"acknowledged bytes lost", "acknowledgedBytesLost"},
      {"worst consumer lag", "consumerLagSeconds"},
      {"failed reconciles", "failedReconciles"},
      {"property violations", "propertyViolations"},
      {"ended", "end"},
  };
  return rows;
}

std::string compared_value(const Report& report, const FigureLabel& row) {
  const bool judged = row.figure == "verdict" || row.figure == "end";
  if (!report.started && !judged) return "-";
  const auto value = figure_value(report, {std::string(row.figure), "", 1});
  if (!value) return "-";
  if (row.figure == "verdict" && report.as_expected) return format_value(*value) + ", as expected";
  const std::string text = format_value(*value);
  return text.empty() ? "-" : text;
}

namespace {

// One line for the label and one for each cell's further lines.
void table_row(std::string& out, std::string_view label, const std::vector<std::string>& cells,
               int column) {
  constexpr int kLabel = 31;
  std::vector<std::vector<std::string>> wrapped;
  size_t height = 1;
  for (const std::string& cell : cells) {
    wrapped.push_back(wrap(cell, column - 2));
    height = std::max(height, wrapped.back().size());
  }
  for (size_t line = 0; line < height; ++line) {
    std::string text = fmt::format("  {:<{}}", line == 0 ? label : "", kLabel);
    for (const auto& cell : wrapped) {
      text += fmt::format("{:<{}}", line < cell.size() ? cell[line] : "", column);
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
}

}  // namespace

std::string comparison_text(const std::vector<Report>& reports, int width, bool colour) {
  constexpr int kBeside = 33, kColumnMin = 22, kColumnMax = 30;
  const int columns = std::max(1, static_cast<int>(reports.size()));
  const int column = std::min(kColumnMax, (width - kBeside) / columns);
  Page page(width, colour);
  page.heading("Side by side");
  std::string out = "\n" + page.take();
  if (column < kColumnMin) {
    // No room for a table: a paragraph a figure.
    for (const FigureLabel& row : compared_figures()) {
      out += fmt::format("  {}\n", row.label);
      for (const Report& r : reports) {
        for (const std::string& line : wrap(r.profile + ": " + compared_value(r, row), width - 4)) {
          out += "    " + line + "\n";
        }
      }
    }
    return out;
  }
  std::vector<std::string> cells;
  for (const Report& r : reports) cells.push_back(r.profile);
  table_row(out, "", cells, column);
  for (const FigureLabel& row : compared_figures()) {
    cells.clear();
    for (const Report& r : reports) cells.push_back(compared_value(r, row));
    table_row(out, row.label, cells, column);
  }
  return out;
}

}  // namespace twin::scenario
