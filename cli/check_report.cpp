#include "cli/check_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/runner/text_layout.h"
#include "scenarios/runner/xml.h"
#include "sim/marks.h"

namespace twin::cli {

namespace {

std::string share(uint64_t part, uint64_t whole) {
  return whole == 0 ? "-" : fmt::format("{} %", part * 100 / whole);
}

// Marks that no run passed.
std::vector<std::string> never_passed(const CheckReport& report) {
  std::vector<std::string> names;
  for (const sim::marks::Mark& mark : sim::marks::all()) {
    bool passed = false;
    for (const CheckedProfile& each : report.profiles) {
      passed |= each.tally.marks.contains(std::string(mark.name));
    }
    if (!passed) names.emplace_back(mark.name);
  }
  return names;
}

void wrapped(std::string& out, std::string_view text, int width, int indent) {
  for (const std::string& line : scenario::wrap(text, width - indent)) {
    out += std::string(static_cast<size_t>(indent), ' ') + line + "\n";
  }
}

}  // namespace

bool CheckReport::held() const {
  for (const CheckedProfile& each : profiles) {
    if (each.tally.violating > 0) return false;
  }
  return failures.empty();
}

namespace {

// "#9042 (12 runs), ..."; one alone that covers all is named alone.
std::string references_of(const campaign::Tally& tally, const std::string& property) {
  const auto found = tally.references.find(property);
  if (found == tally.references.end()) return {};
  std::string text;
  for (const auto& [reference, runs] : found->second) {
    if (runs == tally.violations.at(property)) return reference;
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", reference, runs);
  }
  return text;
}

}  // namespace

std::string check_text(const CheckReport& report, int width) {
  std::string out = fmt::format("{:<16} {:>8} {:>10} {:>6} {:>10} {:>7} {:>12} {:>13} {:>10}\n",
                                "operator", "runs", "violating", "known", "in a roll", "waited",
                                "leader moves", "under min ISR", "duration");
  for (const auto& [profile, t] : report.profiles) {
    const auto mean = [&t = t](int64_t sum) {
      return t.judged == 0 ? 0 : sum / static_cast<int64_t>(t.judged);
    };
    out += fmt::format("{:<16} {:>8} {:>10} {:>6} {:>10} {:>7} {:>12} {:>13} {:>10}\n", profile,
                       t.judged, t.violating - t.known, t.known, share(t.fault_in_roll, t.judged),
                       share(t.waited, t.judged), mean(t.leader_moves),
                       sim::format_duration({mean(t.under_min_isr.ns)}),
                       sim::format_duration({mean(t.duration.ns) / 1'000'000 * 1'000'000}));
    for (const auto& [property, runs] : t.violations) {
      const std::string known = references_of(t, property);
      out += fmt::format("  {:<22} {:>10}{}\n", property, runs,
                         known.empty() ? "" : "  known: " + known);
    }
  }
  const std::vector<std::string> missed = never_passed(report);
  const size_t all = sim::marks::all().size();
  out += fmt::format("\n{} of {} coverage marks passed", all - missed.size(), all);
  if (!missed.empty() && missed.size() < all) {
    std::string names;
    for (const std::string& name : missed) names += (names.empty() ? "" : ", ") + name;
    out += "; never:\n";
    wrapped(out, names, width, 2);
  } else {
    out += "\n";
  }
  for (const CheckFailure& each : report.failures) {
    out += fmt::format("\n{} {}\n", each.run, each.why);
  }
  for (const WrittenCounterexample& each : report.counterexamples) {
    out += fmt::format("\n{}, in {}\n", each.found.property, each.run);
    wrapped(out, each.found.outcome.how, width, 2);
    if (!each.found.last_decisions.empty()) out += "  the operator's last decisions before it:\n";
    for (const std::string& line : each.found.last_decisions) wrapped(out, line, width, 4);
    out += fmt::format("  {} {}, made small in {} runs: kafka-twin run {}\n", each.found.faults,
                       each.found.faults == 1 ? "fault" : "faults", each.found.runs, each.file);
  }
  out += report.held() ? "\nheld\n" : "\nviolated\n";
  return out;
}

std::string check_json(const CheckReport& report) {
  nlohmann::ordered_json out;
  out["what"] = report.what;
  out["held"] = report.held();
  out["planned"] = report.planned;
  out["wall_seconds"] = report.wall_seconds;
  out["search_seconds"] = report.search_seconds;
  for (const auto& [profile, t] : report.profiles) {
    nlohmann::ordered_json one;
    one["operator"] = profile;
    one["runs"] = t.runs;
    one["judged"] = t.judged;
    one["violating"] = t.violating;
    one["known"] = t.known;
    one["violations"] = t.violations;
    one["references"] = nlohmann::ordered_json::object();
    for (const auto& [property, runs] : t.violations) {
      const std::string known = references_of(t, property);
      if (!known.empty()) one["references"][property] = known;
    }
    one["rolled"] = t.rolled;
    one["faultInRoll"] = t.fault_in_roll;
    one["waited"] = t.waited;
    one["unluckyRestarts"] = t.unlucky;
    one["leaderMoves"] = t.leader_moves;
    one["underMinIsrNs"] = t.under_min_isr.ns;
    one["durationNs"] = t.duration.ns;
    one["events"] = t.events;
    one["marks"] = t.marks;
    out["operators"].push_back(std::move(one));
  }
  out["marksNeverPassed"] = never_passed(report);
  out["failures"] = nlohmann::ordered_json::array();
  for (const CheckFailure& each : report.failures) {
    out["failures"].push_back({{"run", each.run}, {"why", each.why}});
  }
  out["counterexamples"] = nlohmann::ordered_json::array();
  for (const WrittenCounterexample& each : report.counterexamples) {
    out["counterexamples"].push_back({{"property", each.found.property},
                                      {"run", each.run},
                                      {"how", each.found.outcome.how},
                                      {"file", each.file},
                                      {"faults", each.found.faults},
                                      {"shrinkRuns", each.found.runs},
                                      {"lastDecisions", each.found.last_decisions}});
  }
  return out.dump(2) + "\n";
}

// One test case for each operator.
std::string check_junit(const CheckReport& report) {
  uint64_t failed = report.failures.size();
  for (const CheckedProfile& each : report.profiles) failed += each.tally.violating > 0 ? 1 : 0;
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"kafka-twin check\" "
      "tests=\"{}\" "
      "failures=\"{}\">\n",
      report.profiles.size() + report.failures.size(), failed);
  for (const auto& [profile, t] : report.profiles) {
    out += fmt::format("  <testcase classname=\"{}\" name=\"{}\">",
                       scenario::xml_escaped(report.what), scenario::xml_escaped(profile));
    if (t.violating > 0) {
      std::string how;
      for (const WrittenCounterexample& each : report.counterexamples) {
        how += fmt::format("{} in {}: {} ({})\n", each.found.property, each.run,
                           each.found.outcome.how, each.file);
      }
      out += fmt::format(
          "\n    <failure message=\"{} of {} runs violate a property\">{}</failure>\n  ",
          t.violating, t.judged, scenario::xml_escaped(how));
    }
    out += "</testcase>\n";
  }
  for (const CheckFailure& each : report.failures) {
    out += fmt::format(
        "  <testcase classname=\"{}\" name=\"{}\"><failure message=\"{}\"/></testcase>\n",
        scenario::xml_escaped(report.what), scenario::xml_escaped(each.run),
        scenario::xml_escaped(each.why));
  }
  return out + "</testsuite>\n";
}

}  // namespace twin::cli
