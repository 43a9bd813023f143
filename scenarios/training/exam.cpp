#include "scenarios/training/exam.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "scenarios/runner/load.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/run.h"
#include "sim/assert.h"

namespace twin::training {

namespace {

using scenario::Expectation;
using scenario::FigureUnit;

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool is_number(const std::string& text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  return !text.empty() && std::from_chars(text.data(), end, number).ptr == end;
}

FigureUnit unit_of(const Question& question) {
  return scenario::find_figure(scenario::split_figure(question.figure).name)->unit;
}

// "1, 2 0" and "[1,2,0]" are "1 2 0".
std::string as_list(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool gap = c == ',' || c == ' ' || c == '[' || c == ']';
    if (!gap) out += c;
    if (gap && !out.empty() && out.back() != ' ') out += ' ';
  }
  return trimmed(out);
}

// The answer in the form in which an expectation holds it, or what is wrong with it.
sim::Expected<std::string> parsed(FigureUnit unit, const std::string& text) {
  const auto wrong = [&](std::string right) {
    return sim::Error{"", "`" + text + "` is no answer to that", std::move(right)};
  };
  switch (unit) {
    case FigureUnit::count:
      if (!is_number(text)) return wrong("a whole number, for example 6");
      return text;
    case FigureUnit::duration: {
      if (is_number(text)) return text;
      const auto time = scenario::parse_duration(text);
      if (!time) return wrong("a time, for example 90s, 5min or 1min30s");
      return fmt::format("{}ms", sim::whole_ms(*time));
    }
    case FigureUnit::bytes:
      if (!api::parse_quantity(text)) return wrong("a size, for example 10Gi");
      return text;
    case FigureUnit::text:
      return text;
    case FigureUnit::list:
      return as_list(text);
  }
  return text;
}

}  // namespace

const scenario::Report& Exam::report(const std::string& name) {
  if (const auto known = reports_.find(name); known != reports_.end()) return known->second;
  LessonRun run;
  for (const LessonRun& each : lesson_.runs) {
    if (each.name == name) run = each;
  }
  scenario::LoadResult loaded = scenario::load(lesson_.file, run.set);
  TWIN_ASSERT_MSG(loaded.scenario.has_value(), "a lesson's runs are tried out by a test");
  scenario::RunOptions options;
  options.profile = run.profile;
  return reports_.emplace(name, scenario::run_scenario(*loaded.scenario, options)).first->second;
}

bool Exam::holds(const std::string& run, const std::vector<Expectation>& expect) {
  const scenario::Report& of = report(run);
  return std::all_of(expect.begin(), expect.end(), [&](const Expectation& each) {
    return scenario::check_expectation(of, each, lesson_.file).holds;
  });
}

std::vector<size_t> Exam::right_choices(size_t index) {
  const Question& question = lesson_.questions.at(index);
  std::vector<size_t> right;
  for (size_t i = 0; i < question.choices.size(); ++i) {
    const Choice& choice = question.choices[i];
    const std::string& run = choice.run.empty() ? question.run : choice.run;
    if (holds(run, choice.expect)) right.push_back(i);
  }
  return right;
}

// A time is right within 10 % or 1 s, bytes within 10 %, all else exactly.
sim::Expected<bool> Exam::compare(const Question& question, const std::string& text) {
  const FigureUnit unit = unit_of(question);
  auto value = parsed(unit, text);
  if (!value) return value.error();
  Expectation expectation;
  expectation.figure = question.figure;
  expectation.value = unit == FigureUnit::text ? lower(*value) : *value;
  const bool measured = unit == FigureUnit::duration || unit == FigureUnit::bytes;
  expectation.op = measured ? Expectation::Op::about : Expectation::Op::equal;
  const scenario::Report& run = report(question.run);
  if (unit == FigureUnit::text) {
    const auto is = scenario::figure_value(run, scenario::split_figure(question.figure));
    return is.has_value() && lower(is->text) == expectation.value;
  }
  return scenario::check_expectation(run, expectation, lesson_.file).holds;
}

void Exam::mark_right(size_t item) {
  Marks& marks = marks_[item];
  marks.done = marks.right = true;
  marks.points = std::max(1, kQuestionPoints - static_cast<int>(marks.hints) - marks.wrong);
}

sim::Expected<Grade> Exam::answer(size_t index, const std::string& given) {
  const Question& question = lesson_.questions.at(index);
  const std::string text = trimmed(given);
  bool right = false;
  if (question.choices.empty()) {
    const auto compared = compare(question, text);
    if (!compared) return compared.error();
    right = *compared;
  } else {
    const std::string letter = lower(text);
    const size_t chosen = letter.size() == 1 ? static_cast<size_t>(letter[0] - 'a') : SIZE_MAX;
    if (chosen >= question.choices.size()) {
      return sim::Error{
          "", "`" + text + "` is none of the choices",
          fmt::format("a letter from a to {}",
                      static_cast<char>('a' + static_cast<int>(question.choices.size()) - 1))};
    }
    const auto so = right_choices(index);
    right = std::find(so.begin(), so.end(), chosen) != so.end();
  }
  if (marks_[index].done) return Grade{right, why(index)};
  if (!right) {
    ++marks_[index].wrong;
    return Grade{};
  }
  mark_right(index);
  return Grade{true, why(index)};
}

Grade Exam::judge_task(const scenario::Report& report) {
  const size_t item = lesson_.questions.size();
  Grade grade{true, {}};
  for (const Expectation& each : lesson_.task->expect) {
    const auto result = scenario::check_expectation(report, each, lesson_.file);
    grade.told += fmt::format("{}{}: is {} ({})", grade.told.empty() ? "" : "\n", result.text,
                              result.actual, result.holds ? "reached" : "not reached");
    grade.right &= result.holds;
  }
  if (marks_[item].done) return grade;
  if (grade.right) {
    mark_right(item);
  } else {
    ++marks_[item].wrong;
  }
  return grade;
}

namespace {

const std::vector<std::string>& hints_of(const Lesson& lesson, size_t item) {
  return item < lesson.questions.size() ? lesson.questions[item].hints : lesson.task->hints;
}

}  // namespace

size_t Exam::hints_left(size_t item) const {
  return hints_of(lesson_, item).size() - marks_[item].hints;
}

std::string Exam::hint(size_t item) {
  if (hints_left(item) == 0) return {};
  Marks& marks = marks_[item];
  const size_t next = marks.done ? marks.hints : marks.hints++;
  return filled(hints_of(lesson_, item)[next]);
}

std::string Exam::right_answer(size_t index) {
  const Question& question = lesson_.questions.at(index);
  if (question.choices.empty()) {
    const auto value =
        scenario::figure_value(report(question.run), scenario::split_figure(question.figure));
    return value ? scenario::format_value(*value) : "none";
  }
  std::string text;
  for (const size_t choice : right_choices(index)) {
    text += (text.empty() ? "" : ", ") + std::string(1, static_cast<char>('a' + choice));
  }
  return text;
}

std::string Exam::why(size_t index) {
  const std::string because = filled(lesson_.questions.at(index).why);
  return "It is " + right_answer(index) + ". " + because;
}

std::string Exam::give_up(size_t item) {
  marks_[item].done = true;
  return is_task(item) ? std::string() : why(item);
}

int Exam::points() const {
  int sum = 0;
  for (const Marks& marks : marks_) sum += marks.points;
  return sum;
}

bool Exam::finished() const {
  return std::all_of(marks_.begin(), marks_.end(), [](const Marks& each) { return each.done; });
}

namespace {

// Whether braces may hold a figure: hints have YAML in theirs.
bool may_be_figure(const std::string& text) {
  return !text.empty() && text.find_first_of(" {,\"'/") == text.npos;
}

}  // namespace

std::string Exam::filled(const std::string& text) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = text.find('{', at);
    const size_t close = open == text.npos ? text.npos : text.find('}', open);
    if (close == text.npos) return out + text.substr(at);
    out += text.substr(at, open - at);
    if (!may_be_figure(text.substr(open + 1, close - open - 1))) {
      out += '{';
      at = open + 1;
      continue;
    }
    const std::string name = text.substr(open + 1, close - open - 1);
    const size_t colon = name.find(':');
    const std::string run = colon == name.npos ? "" : name.substr(0, colon);
    const auto figure = scenario::split_figure(colon == name.npos ? name : name.substr(colon + 1));
    const auto value = scenario::figure_value(report(run), figure);
    out += value ? scenario::format_value(*value) : "{" + name + "?}";
    at = close + 1;
  }
  return out;
}

}  // namespace twin::training
