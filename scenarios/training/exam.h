// Somebody takes a lesson. Answers are compared with the runs, which are played when they are first
// needed. A right answer is worth three points; each hint and each wrong try before it costs one,
// but a right answer never less than one. With seven points of ten the lesson is passed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/runner/report.h"
#include "scenarios/training/lesson.h"

namespace twin::training {

constexpr int kQuestionPoints = 3;
constexpr int kPassPercent = 70;

struct Grade {
  bool right = false;
  std::string told;  // what is so, and why; "" after a wrong try that leaves another
};

class Exam {
 public:
  explicit Exam(Lesson lesson) : lesson_(std::move(lesson)) { marks_.resize(items()); }

  const Lesson& lesson() const { return lesson_; }
  // Questions, and the task behind them.
  size_t items() const { return lesson_.questions.size() + (lesson_.task ? 1 : 0); }
  bool is_task(size_t item) const { return item >= lesson_.questions.size(); }

  // Error: it is no answer to such a question (a word where a number is asked for); costs nothing.
  sim::Expected<Grade> answer(size_t question, const std::string& text);
  // The trainee's own run, by LiveSession::finish(). REQUIRES: the lesson has a task.
  Grade judge_task(const scenario::Report& report);
  // The next hint, "" when there are no more.
  std::string hint(size_t item);
  size_t hints_left(size_t item) const;
  // Gives up: what would have been right.
  std::string give_up(size_t item);
  // The answer as one would type it, and what `why` says.
  std::string right_answer(size_t question);
  std::string why(size_t question);

  bool done(size_t item) const { return marks_[item].done; }
  bool right(size_t item) const { return marks_[item].right; }
  int points(size_t item) const { return marks_[item].points; }
  int points() const;
  int points_max() const { return static_cast<int>(items()) * kQuestionPoints; }
  bool finished() const;
  bool passed() const { return points() * 100 >= points_max() * kPassPercent; }

  // A run of the lesson by name; "" is the scenario's own.
  const scenario::Report& report(const std::string& run);
  // The indices of the choices that are so.
  std::vector<size_t> right_choices(size_t question);
  // Text with {figure} and {RUN:figure} filled in.
  std::string filled(const std::string& text);

 private:
  struct Marks {
    bool done = false, right = false;
    int points = 0;
    size_t hints = 0;
    int wrong = 0;
  };
  bool holds(const std::string& run, const std::vector<scenario::Expectation>& expect);
  sim::Expected<bool> compare(const Question& question, const std::string& text);
  void mark_right(size_t item);

  Lesson lesson_;
  std::vector<Marks> marks_;
  std::map<std::string, scenario::Report> reports_;
};

}  // namespace twin::training
