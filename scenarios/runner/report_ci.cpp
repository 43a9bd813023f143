// The report for CI systems: JUnit XML (a case per expectation and property) and Markdown for a
// comment on a pull request.
#include <fmt/format.h>

#include "controller/api/units.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        // XML 1.0 has no place for other control characters.
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

std::string junit_case(const std::string& suite, const std::string& name,
                       const std::string& failure) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escape(suite), escape(name));
  if (failure.empty()) return out + "/>\n";
  return out + fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n",
                           escape(failure));
}

void junit_suite(const Report& report, std::string& out) {
  const std::string suite = report.scenario + " under " + report.profile;
  std::string cases;
  size_t tests = 0;
  size_t failures = 0;
  for (const ExpectationResult& e : report.expectations) {
    ++tests;
    failures += e.holds ? 0 : 1;
    cases += junit_case(suite, e.text, e.holds ? "" : "is " + e.actual + " (" + e.where + ")");
  }
  for (const ViolationEntry& v : report.violations) {
    ++tests;
    ++failures;
    cases += junit_case(suite, v.property, v.how);
  }
  ++tests;
  const bool unknown = report.verdict == Verdict::unknown;
  failures += unknown ? 1 : 0;
  std::string why;
  for (const std::string& reason : report.verdict_reasons) why += reason + "; ";
  cases += junit_case(suite, "the verdict is known", unknown ? "unknown: " + why : "");
  out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n",
                     escape(suite), tests, failures, cases);
}

std::string cell(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\\|");
  }
  return text;
}

}  // namespace

std::string to_junit(const std::vector<Report>& reports) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Report& report : reports) junit_suite(report, out);
  return out + "</testsuites>\n";
}

std::string to_markdown(const Report& report) {
  std::string out = fmt::format("### {}: **{}** under `{}`\n\n", report.scenario,
                                verdict_name(report.verdict), report.profile);
  for (const std::string& reason : report.verdict_reasons) out += "- " + reason + "\n";
  if (!report.verdict_reasons.empty()) out += "\n";
  out += "| Figure | Value |\n|---|---|\n";
  for (const FigureInfo& info : all_figures()) {
    if (!info.of.empty() || info.name == "verdict") continue;
    const auto value = figure_value(report, {std::string(info.name), "", 1});
    if (value) out += fmt::format("| {} | {} |\n", info.name, cell(format_value(*value)));
  }
  if (!report.expectations.empty()) out += "\n| Expected | Is | |\n|---|---|---|\n";
  for (const ExpectationResult& e : report.expectations) {
    out += fmt::format("| {} | {} | {} |\n", cell(e.text), cell(e.actual),
                       e.holds ? "holds" : "**fails**");
  }
  if (!report.not_modelled.empty()) out += "\nNot modelled:\n";
  for (const FieldNote& note : report.not_modelled) {
    out += fmt::format("- `{}` {} {}\n", note.path, note.where, note.why);
  }
  return out + fmt::format("\nSeed {}, fingerprint `{:016x}`.\n", report.seed,
                           report.fingerprint);
}

}  // namespace twin::scenario
