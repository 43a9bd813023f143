// A lesson: a scenario with a story, questions about its run, and perhaps a task, which is to act
// on the run so that it goes well. It is a document of `kind: Lesson` in the scenario's own file.
// No answer stands in it: what is right is read off the runs (exam.h), so a lesson cannot be wrong
// about the model that it teaches with. docs/LESSONS.md describes the format.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/scenario.h"
#include "sim/expected.h"
#include "sim/time.h"

namespace twin::training {

// Another run of the scenario that a question is about: under another operator, or with values set
// as --set does.
struct LessonRun {
  std::string name;
  std::string label;  // for people: "two at once"
  std::string profile;
  std::vector<std::string> set;
};

struct Choice {
  std::string text;
  std::string run;                            // "" = the scenario as it is
  std::vector<scenario::Expectation> expect;  // it is right when all of these hold in the run
};

// Asks for a figure's value, or, with choices, which of them is so.
struct Question {
  std::string id;
  std::string ask;
  std::string run;
  std::string figure;  // "restarts", "restartAt[4]"; empty with choices
  std::vector<Choice> choices;
  std::vector<std::string> hints;
  // Told after the answer; "{restarts}" and "{RUN:restarts}" are figures of the runs.
  std::string why;
};

struct LessonAct {
  sim::Duration at{};
  std::string act;  // as LiveSession::act takes it
};

struct Task {
  std::string ask;
  std::vector<scenario::Expectation> expect;
  std::vector<std::string> hints;
  std::vector<LessonAct> solution;  // one that reaches it; a test plays it
};

struct Lesson {
  std::string file;
  std::string name;
  std::string title;
  std::string story;
  std::string goal;
  std::vector<LessonRun> runs;
  std::vector<Question> questions;
  std::optional<Task> task;
};

// The file's Lesson document, with every mistake of it and of the scenario; an error when there is
// none.
sim::Expected<Lesson> load_lesson(const std::string& path);
sim::Expected<Lesson> load_lesson_text(std::string_view text, const std::string& file);

}  // namespace twin::training
