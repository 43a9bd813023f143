// The report for CI systems as JUnit XML: a case for the end of the run, for each expectation and
// for each property. What fails here is what makes the exit status differ from 0: a violation that
// the scenario expects by name (`verdict: violated`) is told and does not fail.
#include <fmt/format.h>

#include "scenarios/runner/properties.h"
#include "scenarios/runner/report.h"
#include "scenarios/runner/xml.h"

namespace twin::scenario {

namespace {

class Suite {
 public:
  explicit Suite(const Report& report)
      : report_(report), name_(report.scenario + " under " + report.profile) {}

  std::string take() {
    rest();
    for (const ExpectationResult& e : report_.expectations) {
      const std::string is = "is " + e.actual + " (" + e.where + ")";
      const std::string name = e.of.empty() ? e.text : e.of + " " + e.text;
      if (e.open) {
        skip(name, e.actual);
      } else if (!e.holds && e.of.empty() && report_.as_expected) {
        skip(name, "as the scenario expects of " + report_.profile + ": " + is);
      } else {
        add(name, e.holds ? "" : is, "expectation");
      }
    }
    for (const std::string_view property : property_names()) add_property(property);
    std::string unknown;
    if (report_.verdict == Verdict::unknown) {
      for (const std::string& reason : report_.verdict_reasons) unknown += reason + "; ";
    }
    add("the verdict is known", unknown, "unknown");
    return fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
        "time=\"{}.{:03}\">\n{}  </testsuite>\n",
        xml_escaped(name_), tests_, failures_, skipped_, report_.duration.ns / 1'000'000'000,
        report_.duration.ns / 1'000'000 % 1000, cases_);
  }
  int tests() const { return tests_; }
  int failures() const { return failures_; }

 private:
  // The end is an expectation when the scenario names it.
  void rest() {
    for (const ExpectationResult& e : report_.expectations) {
      if (e.text.starts_with("end: ")) return;
    }
    const bool unknown = report_.verdict == Verdict::unknown;
    const bool settled = report_.end == "settled" || unknown;
    add("the run comes to rest", settled ? "" : report_.end + ": " + report_.end_detail, "end");
  }

  void add_property(std::string_view property) {
    std::string how;
    int times = 0;
    for (const ViolationEntry& violation : report_.violations) {
      if (violation.property != property) continue;
      ++times;
      how += (how.empty() ? "" : "\n") + sim::format_duration(violation.at) +
             " after the first change: " + violation.how;
    }
    const std::string name = fmt::format("property {}", property);
    if (times > 0 && report_.as_expected) {
      skip(name, "violated, as the scenario expects of " + report_.profile + ": " + how);
    } else {
      add(name, how, "property");
    }
  }

  std::string open(const std::string& name) const {
    return fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_escaped(name_),
                       xml_escaped(name));
  }
  void skip(const std::string& name, const std::string& why) {
    ++tests_;
    ++skipped_;
    cases_ += open(name) + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                                       xml_escaped(why));
  }
  void add(const std::string& name, const std::string& failure, std::string_view type) {
    ++tests_;
    cases_ += open(name);
    if (failure.empty()) {
      cases_ += "/>\n";
      return;
    }
    ++failures_;
    cases_ += fmt::format(">\n      <failure type=\"{}\" message=\"{}\"/>\n    </testcase>\n", type,
                          xml_escaped(failure));
  }

  const Report& report_;
  std::string name_;
  std::string cases_;
  int tests_ = 0, failures_ = 0, skipped_ = 0;
};

}  // namespace

std::string to_junit(const std::vector<Report>& reports) {
  std::string suites;
  int tests = 0, failures = 0;
  for (const Report& report : reports) {
    Suite suite(report);
    suites += suite.take();
    tests += suite.tests();
    failures += suite.failures();
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"kafka-twin\" tests=\"{}\" failures=\"{}\">\n{}</testsuites>\n",
      tests, failures, suites);
}

}  // namespace twin::scenario
