// The report as Markdown, for a comment on a pull request: what a reviewer must know stands open,
// what they may look up is folded away.
#include <fmt/format.h>

#include "scenarios/runner/markdown.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

std::string plain(std::string_view text) { return markdown_plain(text); }

std::string folded(std::string_view title, const std::string& body) {
  return markdown_folded(title, body);
}

std::string heading(const Report& report) {
  return fmt::format("**{}** under {}{}", verdict_name(report.verdict), plain(report.profile),
                     report.as_expected ? ", as the scenario expects of it" : "");
}

std::string table(const std::vector<Report>& reports) {
  std::string out = "| |";
  std::string rule = "|---|";
  for (const Report& report : reports) {
    out += " " + plain(report.profile) + " |";
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (const FigureLabel& row : compared_figures()) {
    out += fmt::format("| {} |", row.label);
    for (const Report& report : reports) out += " " + plain(compared_value(report, row)) + " |";
    out += "\n";
  }
  return out;
}

std::string expectations(const Report& report) {
  std::string out = "| Expected | Is | |\n|---|---|---|\n";
  for (const ExpectationResult& e : report.expectations) {
    out += fmt::format("| {}{} | {} | {} |\n", plain(e.text),
                       e.of.empty() ? "" : " (of " + plain(e.of) + " alone)", plain(e.actual),
                       e.open    ? "open"
                       : e.holds ? "holds"
                                 : "**fails**");
  }
  return out;
}

std::string figures(const Report& report) {
  std::string out = "| Figure | Value |\n|---|---|\n";
  for (const FigureInfo& info : all_figures()) {
    if (!info.of.empty()) continue;
    const auto value = figure_value(report, {std::string(info.name), "", 1});
    if (value) out += fmt::format("| {} | {} |\n", info.name, plain(format_value(*value)));
  }
  return out;
}

void details(const Report& report, std::string& out) {
  const std::string of = " (" + plain(report.profile) + ")";
  if (!report.expectations.empty()) out += folded("Expectations" + of, expectations(report));
  if (report.started) out += folded("All figures" + of, figures(report));
  if (!report.not_modelled.empty()) {
    std::string body;
    for (const FieldNote& note : report.not_modelled) {
      body += fmt::format("- {}: {} {}\n", plain(note.where), plain(note.path), plain(note.why));
    }
    out += folded("Not modelled" + of, body);
  }
  std::string laws = "| Law | Measured error |\n|---|---|\n";
  for (const LawEntry& law : report.laws) {
    laws += fmt::format("| {} | {} |\n", plain(law.name), plain(law.error));
  }
  out += folded("Laws used" + of, laws);
}

}  // namespace

std::string to_markdown(const std::vector<Report>& reports) {
  if (reports.empty()) return {};
  std::string out = fmt::format("### Kafka Twin: {}\n\n", plain(reports.front().scenario));
  if (!reports.front().description.empty()) out += plain(reports.front().description) + "\n\n";
  for (const Report& report : reports) {
    out += "- " + heading(report) + "\n";
    for (const std::string& reason : report.verdict_reasons) out += "  - " + plain(reason) + "\n";
  }
  for (const std::string& finding : reports.front().preflight) {
    out += "- pre-flight: " + plain(finding) + "\n";
  }
  const std::string& point = reports.front().point_of_no_return;
  if (!point.empty()) out += "- point of no return: " + plain(point) + "\n";
  out += "\n" + table(reports);
  for (const Report& report : reports) details(report, out);
  out += "\n";
  for (const Report& report : reports) {
    out += fmt::format("{}: seed {}, fingerprint `{:016x}`  \n", plain(report.profile), report.seed,
                       report.fingerprint);
  }
  return out;
}

}  // namespace twin::scenario
