// kafka-twin lesson list | show NAME | take NAME
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/lessons.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/time_text.h"
#include "scenarios/runner/live_session.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/text_layout.h"
#include "scenarios/training/exam.h"

namespace twin::cli {

namespace {

struct LessonArguments {
  std::string name;
  std::vector<std::string> answers;
  std::vector<std::string> acts;
  std::string save;
};

// A paragraph of the terminal's width, `indent` blanks before each line.
void say(const std::string& text, int indent = 0) {
  const int width = detect_terminal().width;
  for (const std::string& line : scenario::wrap(text, std::min(width, 100) - indent)) {
    print(std::string(static_cast<size_t>(indent), ' ') + line + "\n");
  }
}

int list_lessons() {
  const auto files = lesson_files();
  if (!files) return bad_input(files.error());
  size_t widest = 0;
  std::vector<training::Lesson> lessons;
  for (const std::string& file : *files) {
    auto lesson = training::load_lesson(file);
    if (!lesson) return bad_input(lesson.error());
    widest = std::max(widest, lesson->name.size());
    lessons.push_back(std::move(*lesson));
  }
  for (const training::Lesson& lesson : lessons) {
    print(fmt::format("{:<{}}  {}\n", lesson.name, widest, lesson.title));
  }
  return kHolds;
}

void print_question(const training::Exam& exam, size_t item) {
  if (exam.is_task(item)) {
    say("task: " + exam.lesson().task->ask);
    return;
  }
  const training::Question& question = exam.lesson().questions[item];
  say(question.id + ": " + question.ask);
  for (size_t i = 0; i < question.choices.size(); ++i) {
    say(fmt::format("{}) {}", static_cast<char>('a' + i), question.choices[i].text), 2);
  }
}

void print_story(const training::Lesson& lesson) {
  print(lesson.title + "\n\n");
  say(lesson.story);
  print("\n");
  say("Goal: " + lesson.goal);
  print("\n");
}

int show_lesson(const LessonArguments& arguments) {
  auto lesson = find_lesson(arguments.name);
  if (!lesson) return bad_input(lesson.error());
  const training::Exam exam(std::move(*lesson));
  print_story(exam.lesson());
  for (size_t i = 0; i < exam.items(); ++i) {
    print_question(exam, i);
    print("\n");
  }
  print(fmt::format("See its run:  kafka-twin run {}\nTake it:      kafka-twin lesson take {}\n",
                    exam.lesson().file, arguments.name));
  return kHolds;
}

// ---- the task: acts on a live run ----

// "0:01:10 {throttle: 60M}"
struct TimedAct {
  sim::Duration at{};
  std::string act;
};
sim::Expected<TimedAct> parse_act(const std::string& text) {
  const size_t blank = text.find(' ');
  const auto at = parse_clock(text.substr(0, blank));
  if (!at || blank == text.npos) {
    return sim::Error{"", "`" + text + "` is no act",
                      "a time and an action of a scenario's step: 70s {throttle: 60M}"};
  }
  return TimedAct{sim::Duration{at->ns}, text.substr(blank + 1)};
}

sim::Expected<void> do_act(scenario::LiveSession& live, const TimedAct& act) {
  if (act.at < live.now()) live.rewind(act.at);
  live.advance(act.at);
  return live.act(act.act);
}

int judge(training::Exam& exam, const scenario::LiveSession& live) {
  const training::Grade grade = exam.judge_task(live.finish());
  for (const std::string& line : scenario::lines_of(grade.told)) say(line, 2);
  print(grade.right ? "The task is done.\n" : "Not yet.\n");
  return grade.right ? kHolds : kDoesNotHold;
}

sim::Expected<void> save(const scenario::LiveSession& live, const std::string& path,
                         const std::string& lesson) {
  if (const auto free = not_an_input(path, {lesson}); !free) return free.error();
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return write_file(path, live.saved_text(folder));
}

int score(const training::Exam& exam) {
  print(fmt::format("\n{} of {} points: {}.\n", exam.points(), exam.points_max(),
                    exam.passed() ? "passed" : "not passed, take it again"));
  return exam.passed() ? kHolds : kDoesNotHold;
}

// ---- without a person: --answer and --act ----

int give_answer(training::Exam& exam, const std::string& given) {
  const size_t equals = given.find('=');
  const std::string id = given.substr(0, equals);
  const auto& questions = exam.lesson().questions;
  const auto found = std::find_if(questions.begin(), questions.end(),
                                  [&](const auto& each) { return each.id == id; });
  if (equals == given.npos || found == questions.end()) {
    return bad_input({"--answer", "`" + given + "` answers no question",
                      "QUESTION=ANSWER, where QUESTION is one that `lesson show` lists"});
  }
  const auto index = static_cast<size_t>(found - questions.begin());
  const auto graded = exam.answer(index, given.substr(equals + 1));
  if (!graded) return bad_input({"--answer " + given, graded.error().what, graded.error().hint});
  say(id + ": " + (graded->right ? "right. " + graded->told : "wrong."));
  return kHolds;
}

int take_silently(training::Exam& exam, const LessonArguments& arguments) {
  for (const std::string& given : arguments.answers) {
    if (const int status = give_answer(exam, given); status != kHolds) return status;
  }
  if (!exam.lesson().task) {
    if (arguments.acts.empty()) return score(exam);
    return bad_input({"--act", "this lesson has no task", "answer its questions"});
  }
  if (arguments.acts.empty()) return score(exam);
  auto live = scenario::LiveSession::open(exam.lesson().file, {{}, &interrupted});
  if (!live) return bad_input(live.error());
  for (const std::string& text : arguments.acts) {
    const auto act = parse_act(text);
    const auto acted = act ? do_act(**live, *act) : sim::Expected<void>(act.error());
    if (!acted) return bad_input({"--act " + text, acted.error().what, acted.error().hint});
  }
  judge(exam, **live);
  if (!arguments.save.empty()) {
    const auto saved = save(**live, arguments.save, exam.lesson().file);
    if (!saved) return bad_input(saved.error());
  }
  return score(exam);
}

// ---- with one ----

std::optional<std::string> ask(const std::string& prompt) {
  print(prompt);
  std::string line;
  if (interrupted || !std::getline(std::cin, line)) return std::nullopt;
  return line;
}

void offer_hint(training::Exam& exam, size_t item) {
  const std::string hint = exam.hint(item);
  say(hint.empty() ? "There are no more hints." : "Hint: " + hint, 2);
}

// False: nobody is there any more.
bool take_question(training::Exam& exam, size_t item) {
  print_question(exam, item);
  while (!exam.done(item)) {
    const auto line = ask("> ");
    if (!line) return false;
    if (*line == "hint" || *line == "?") {
      offer_hint(exam, item);
    } else if (line->empty()) {
      say(exam.give_up(item), 2);
    } else {
      const auto graded = exam.answer(item, *line);
      if (!graded) {
        say(graded.error().what + "; " + graded.error().hint, 2);
      } else if (graded->right) {
        say(fmt::format("Right, {} of {} points. {}", exam.points(item), training::kQuestionPoints,
                        graded->told),
            2);
      } else {
        say("No. Try again, `hint` for a hint, an empty line to give up.", 2);
      }
    }
  }
  print("\n");
  return true;
}

bool take_task(training::Exam& exam, size_t item, const std::string& path) {
  print_question(exam, item);
  auto opened = scenario::LiveSession::open(exam.lesson().file, {{}, &interrupted});
  if (!opened) return complain(opened.error()), false;
  scenario::LiveSession& live = **opened;
  say("`TIME ACT` acts, for example 70s {throttle: 60M}; an earlier TIME goes back and forgets "
      "what came later. `run` plays it to its end and judges it, `hint` helps, an empty line gives "
      "up.",
      2);
  while (!exam.done(item)) {
    const auto line = ask("> ");
    if (!line) return false;
    if (*line == "hint" || *line == "?") {
      offer_hint(exam, item);
    } else if (line->empty()) {
      exam.give_up(item);
    } else if (*line == "run") {
      judge(exam, live);
    } else {
      const auto act = parse_act(*line);
      const auto acted = act ? do_act(live, *act) : sim::Expected<void>(act.error());
      if (acted) {
        say(fmt::format("{} at {}: {}", live.acts().back().id, sim::format_duration(live.now()),
                        live.acts().back().what),
            2);
      } else {
        say(acted.error().what + (acted.error().hint.empty() ? "" : "; " + acted.error().hint), 2);
      }
    }
  }
  if (path.empty()) return true;
  const auto saved = save(live, path, exam.lesson().file);
  if (!saved) complain(saved.error());
  return true;
}

int take_lesson(const LessonArguments& arguments) {
  auto lesson = find_lesson(arguments.name);
  if (!lesson) return bad_input(lesson.error());
  catch_interrupts();
  training::Exam exam(std::move(*lesson));
  if (!arguments.answers.empty() || !arguments.acts.empty()) {
    return take_silently(exam, arguments);
  }
  print_story(exam.lesson());
  say("Answer each question; `hint` for a hint, an empty line to give up.");
  print("\n");
  bool there = true;
  for (size_t i = 0; i < exam.items() && there; ++i) {
    there = exam.is_task(i) ? take_task(exam, i, arguments.save) : take_question(exam, i);
  }
  const int status = score(exam);
  return interrupted ? interrupted_status() : status;
}

}  // namespace

void add_lesson_command(CLI::App& program, Action& chosen) {
  auto arguments = std::make_shared<LessonArguments>();
  CLI::App* command = program.add_subcommand(
      "lesson", "Rolls, throttles and faults as lessons: a story, questions, a score");
  command->require_subcommand(1);
  const auto action = [&chosen](int (*run)(const LessonArguments&), auto kept) {
    return [&chosen, run, kept] { chosen = [run, kept] { return run(*kept); }; };
  };
  CLI::App* list = command->add_subcommand("list", "The lessons, a line each");
  list->callback([&chosen] { chosen = list_lessons; });
  CLI::App* show = command->add_subcommand("show", "A lesson's story, goal and questions");
  CLI::App* take = command->add_subcommand("take", "Answer them; passed with 70 % of the points");
  for (CLI::App* each : {show, take}) {
    each->add_option("NAME", arguments->name, "one that `list` names, or a file")->required();
  }
  take->add_option("--answer", arguments->answers,
                   "answer without being asked, repeatable:\nend=timeMax")
      ->type_name("QUESTION=ANSWER")
      ->allow_extra_args(false);
  take->add_option("--act", arguments->acts,
                   "for the task, act at a time, repeatable:\n\"70s {throttle: 60M}\"")
      ->type_name("ACT")
      ->allow_extra_args(false);
  take->add_option("--save", arguments->save, "write what was done in the task as a\nscenario")
      ->type_name("FILE");
  show->callback(action(show_lesson, arguments));
  take->callback(action(take_lesson, arguments));
}

}  // namespace twin::cli
