// Expectations against figures, and from both the verdict.
#include <algorithm>
#include <charconv>
#include <iterator>

#include "controller/api/units.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/report.h"

namespace twin::scenario {

namespace {

using Op = Expectation::Op;

std::string_view op_text(Op op) {
  switch (op) {
    case Op::equal:
      return "";
    case Op::not_equal:
      return "!= ";
    case Op::less:
      return "< ";
    case Op::less_equal:
      return "<= ";
    case Op::greater:
      return "> ";
    case Op::greater_equal:
      return ">= ";
    case Op::contains:
      return "contains ";
    case Op::about:
      return "~ ";
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
    case Op::equal:
      return actual == expected;
    case Op::not_equal:
      return actual != expected;
    case Op::less:
      return actual < expected;
    case Op::less_equal:
      return actual <= expected;
    case Op::greater:
      return actual > expected;
    case Op::greater_equal:
      return actual >= expected;
    case Op::about:
      return about(unit, actual, expected);
    case Op::contains:
      return false;
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

namespace {

// Figures that say something of a cluster that never became Ready too.
constexpr std::string_view kWithoutWorkload[] = {
    "end", "verdict", "warnings", "condition", "conditionReason", "propertyViolations"};

bool needs_workload(std::string_view figure) {
  return std::find(std::begin(kWithoutWorkload), std::end(kWithoutWorkload), figure) ==
         std::end(kWithoutWorkload);
}

// A sum over partitions must not be read as a time on the clock.
bool is_sum(std::string_view figure) {
  return figure == "underMinIsrSeconds" || figure == "offlineSeconds";
}

}  // namespace

ExpectationResult check_expectation(const Report& report, const Expectation& expectation,
                                    const std::string& file) {
  ExpectationResult result;
  result.text =
      expectation.figure + ": " + std::string(op_text(expectation.op)) + expectation.value;
  result.where = file + ":" + std::to_string(expectation.mark.line);
  const FigureName name = split_figure(expectation.figure);
  if (!report.started && needs_workload(name.name)) {
    result.open = true;
    result.actual = "not known: the workload never ran";
    return result;
  }
  const auto value = figure_value(report, name);
  if (!value) {
    result.actual = "never happened";
    return result;
  }
  result.actual = format_value(*value);
  const bool is_text = value->unit == FigureUnit::text || value->unit == FigureUnit::list;
  result.holds = is_text ? compare_texts(*value, expectation.op, expectation.value)
                         : compare_numbers(value->unit, value->number, expectation.op,
                                           expected_number(value->unit, expectation.value));
  if (is_sum(name.name) && value->number > 0) result.actual += " summed over partitions";
  return result;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::violated:
      return "violated";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

namespace {

bool names(const Expectation& expectation, std::string_view figure) {
  return split_figure(expectation.figure).name == figure;
}

bool is_word(const Expectation& expectation) {
  const FigureInfo* figure = find_figure(split_figure(expectation.figure).name);
  const bool text = figure != nullptr && figure->unit == FigureUnit::text;
  return text || (figure != nullptr && figure->unit == FigureUnit::list);
}

class Judge {
 public:
  Judge(Report& report, const std::vector<Expectation>& expected,
        const std::vector<Expectation>& own)
      : report_(report), own_(own) {
    report_.verdict = Verdict::holds;
    for (const Expectation& each : expected) {
      const auto same = [&](const Expectation& other) { return other.figure == each.figure; };
      const bool replaced = is_word(each) && std::any_of(own.begin(), own.end(), same);
      // What the scenario shows of its own operator it does not show of another one.
      const bool shown = !own.empty() && names(each, "verdict");
      if (!replaced && !shown) expected_.push_back(each);
    }
  }

  void properties() {
    std::vector<std::string> seen;
    for (const ViolationEntry& violation : report_.violations) {
      if (std::find(seen.begin(), seen.end(), violation.property) != seen.end()) continue;
      seen.push_back(violation.property);
      const auto of_it = [&](const ViolationEntry& each) {
        return each.property == violation.property;
      };
      const auto times = std::count_if(report_.violations.begin(), report_.violations.end(), of_it);
      violated(violation.property +
               (times > 1 ? " (" + std::to_string(times) + " times, the first): " : ": ") +
               violation.how);
    }
  }

  // An end that is expected is judged like every other expectation.
  void end() {
    if (is_interrupted()) return unknown("the run was ended by the user");
    const auto of_end = [](const Expectation& each) { return names(each, "end"); };
    if (std::any_of(expected_.begin(), expected_.end(), of_end)) return;
    if (std::any_of(own_.begin(), own_.end(), of_end)) return;
    if (report_.end == "settled") return;
    std::string what = report_.end == "deployFailed"
                           ? std::string("the cluster was never deployed")
                           : "the run did not come to rest (" + report_.end + ")";
    if (!report_.end_detail.empty()) what += ": " + report_.end_detail;
    if (!report_.active_faults.empty()) {
      unknown(what + "; still active: " + report_.active_faults.front());
    } else {
      violated(what);
    }
  }

  void expectations() {
    for (const Expectation& expectation : expected_) {
      if (!names(expectation, "verdict")) check(expectation, {});
    }
    all_hold_ = all_hold_ || !own_.empty();  // `verdict` below is about this operator's own
    for (const Expectation& expectation : own_) {
      if (!names(expectation, "verdict")) check(expectation, report_.profile);
    }
  }

  // What is unknown must not look safe: a field that touches safety and is not modelled makes the
  // verdict unknown unless something is already known to be wrong.
  void fields() {
    for (const FieldNote& note : report_.not_modelled) {
      if (note.touches_safety) unknown(note.where + ": " + note.path + " " + note.why);
    }
  }

  // `verdict` itself may be expected: a scenario that shows a bug is right when it shows it.
  void verdict() {
    const bool others_hold = all_hold_;
    for (const Expectation& expectation : own_.empty() ? expected_ : own_) {
      if (!names(expectation, "verdict")) continue;
      check(expectation, own_.empty() ? "" : report_.profile);
      report_.as_expected = all_hold_ && others_hold;
    }
  }

 private:
  bool is_interrupted() const { return report_.end == "interrupted"; }
  void violated(std::string why) {
    if (report_.verdict == Verdict::unknown) report_.verdict_reasons.clear();
    report_.verdict = Verdict::violated;
    report_.verdict_reasons.push_back(std::move(why));
  }
  void unknown(std::string why) {
    if (report_.verdict == Verdict::violated) return;
    report_.verdict = Verdict::unknown;
    report_.verdict_reasons.push_back(std::move(why));
  }
  void check(const Expectation& expectation, const std::string& of) {
    ExpectationResult result = check_expectation(report_, expectation, report_.file);
    result.of = of;
    if (is_interrupted()) {
      result.open = true;
      result.actual += " so far";
    }
    if (!result.holds && !result.open) {
      all_hold_ = false;
      violated("expected " + (of.empty() ? "" : "of " + of + " ") + result.text + ", is " +
               result.actual + " (" + result.where + ")");
    }
    report_.expectations.push_back(std::move(result));
  }

  Report& report_;
  std::vector<Expectation> expected_;
  const std::vector<Expectation>& own_;
  bool all_hold_ = true;
};

}  // namespace

void judge(Report& report, const std::vector<Expectation>& expected,
           const std::vector<Expectation>& own) {
  Judge judge(report, expected, own);
  judge.properties();
  judge.end();
  judge.expectations();
  judge.fields();
  judge.verdict();
}

}  // namespace twin::scenario
