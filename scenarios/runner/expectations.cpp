// Expectations against figures, and from both the verdict.
#include <charconv>

#include "controller/api/units.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

using Op = Expectation::Op;

std::string_view op_text(Op op) {
  switch (op) {
    case Op::equal: return "";
    case Op::not_equal: return "!= ";
    case Op::less: return "< ";
    case Op::less_equal: return "<= ";
    case Op::greater: return "> ";
    case Op::greater_equal: return ">= ";
    case Op::contains: return "contains ";
    case Op::about: return "~ ";
  }
  return "";
}

// The expected number in the figure's unit: nanoseconds for durations. The loader has checked it.
int64_t expected_number(FigureUnit unit, const std::string& value) {
  int64_t number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool plain = parsed.ptr == value.data() + value.size();
  if (unit == FigureUnit::duration) {
    if (plain) return number * 1'000'000'000;
    const auto duration = parse_duration(value);
    return duration ? duration->ns : 0;
  }
  if (unit == FigureUnit::bytes) {
    const auto size = api::parse_quantity(value);
    return size ? size->value : 0;
  }
  return number;
}

// A tenth of what is expected; of a time at least one poll of the operator, 1 s.
bool about(FigureUnit unit, int64_t actual, int64_t expected) {
  int64_t tolerance = (expected < 0 ? -expected : expected) / 10;
  constexpr int64_t kPollNs = 1'000'000'000;
  if (unit == FigureUnit::duration && tolerance < kPollNs) tolerance = kPollNs;
  const int64_t off = actual > expected ? actual - expected : expected - actual;
  return off <= tolerance;
}

bool compare_numbers(FigureUnit unit, int64_t actual, Op op, int64_t expected) {
  switch (op) {
    case Op::equal: return actual == expected;
    case Op::not_equal: return actual != expected;
    case Op::less: return actual < expected;
    case Op::less_equal: return actual <= expected;
    case Op::greater: return actual > expected;
    case Op::greater_equal: return actual >= expected;
    case Op::about: return about(unit, actual, expected);
    case Op::contains: return false;
  }
  return false;
}

bool compare_texts(const FigureValue& actual, Op op, const std::string& expected) {
  const std::string text = format_value(actual);
  if (op == Op::equal) return text == expected;
  if (op == Op::not_equal) return text != expected;
  if (actual.unit != FigureUnit::list) return text.find(expected) != std::string::npos;
  for (const std::string& item : actual.list) {
    if (item == expected) return true;
  }
  return false;
}

}  // namespace

ExpectationResult check_expectation(const Report& report, const Expectation& expectation,
                                    const std::string& file) {
  ExpectationResult result;
  result.text = expectation.figure + ": " + std::string(op_text(expectation.op)) +
                expectation.value;
  result.where = file + ":" + std::to_string(expectation.mark.line);
  const auto value = figure_value(report, split_figure(expectation.figure));
  if (!value) {
    result.actual = "never happened";
    return result;
  }
  result.actual = format_value(*value);
  const bool is_text = value->unit == FigureUnit::text || value->unit == FigureUnit::list;
  result.holds = is_text ? compare_texts(*value, expectation.op, expectation.value)
                         : compare_numbers(value->unit, value->number, expectation.op,
                                           expected_number(value->unit, expectation.value));
  return result;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::violated: return "violated";
    case Verdict::unknown: return "unknown";
  }
  return "unknown";
}

// What is unknown must not look safe: a field that touches safety and is not modelled makes the
// verdict unknown unless something is already known to be wrong.
void judge(Report& report, const Scenario& scenario) {
  const std::vector<Expectation>* expected = &scenario.expectations;
  const bool compared = !scenario.operators.empty() &&
                        report.profile != scenario.operators.front().profile;
  static const std::vector<Expectation> none;
  if (compared) {
    expected = &none;
    for (const ComparedExpectations& each : scenario.compared_expectations) {
      if (each.profile == report.profile) expected = &each.expectations;
    }
  }
  report.verdict = Verdict::holds;
  bool all_hold = true;
  for (const ViolationEntry& violation : report.violations) {
    report.verdict = Verdict::violated;
    report.verdict_reasons.push_back(violation.property + ": " + violation.how);
  }
  for (const Expectation& expectation : *expected) {
    if (split_figure(expectation.figure).name == "verdict") continue;
    ExpectationResult result = check_expectation(report, expectation, scenario.file);
    if (!result.holds) {
      all_hold = false;
      report.verdict = Verdict::violated;
      report.verdict_reasons.push_back("expected " + result.text + ", is " + result.actual);
    }
    report.expectations.push_back(std::move(result));
  }
  for (const FieldNote& note : report.not_modelled) {
    if (!note.touches_safety || report.verdict == Verdict::violated) continue;
    report.verdict = Verdict::unknown;
    report.verdict_reasons.push_back(note.where + ": " + note.path + " is not modelled");
  }
  // `verdict` itself may be expected: a scenario that shows a bug is right when it shows it.
  for (const Expectation& expectation : *expected) {
    if (split_figure(expectation.figure).name != "verdict") continue;
    ExpectationResult result = check_expectation(report, expectation, scenario.file);
    report.as_expected = result.holds && all_hold;
    if (!result.holds) {
      report.verdict = Verdict::violated;
      report.verdict_reasons.push_back("expected " + result.text + ", is " + result.actual);
    }
    report.expectations.push_back(std::move(result));
  }
}

}  // namespace twin::scenario
