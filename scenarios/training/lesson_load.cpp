#include <algorithm>

#include <fmt/format.h>

#include "scenarios/runner/figures.h"
#include "scenarios/runner/input_file.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/load_sections.h"
#include "scenarios/training/lesson.h"

namespace twin::training {

namespace {

using scenario::Key;
using scenario::Node;
using scenario::read_text;
using scenario::read_word;

void read_texts(const Node& node, std::vector<std::string>& out) {
  scenario::read_list<std::string>(node, out,
                                   [](const Node& n, std::string& o) { read_word(n, o); });
}

constexpr Key<LessonRun> kRunKeys[] = {
    {"name", [](const Node& n, LessonRun& o) { read_word(n, o.name); }, true},
    {"label", [](const Node& n, LessonRun& o) { read_word(n, o.label); }, true},
    {"operator", [](const Node& n, LessonRun& o) { scenario::read_profile(n, o.profile); }},
    {"set", [](const Node& n, LessonRun& o) { read_texts(n, o.set); }},
};

constexpr Key<Choice> kChoiceKeys[] = {
    {"text", [](const Node& n, Choice& o) { read_word(n, o.text); }, true},
    {"run", [](const Node& n, Choice& o) { read_word(n, o.run); }},
    {"expect", [](const Node& n, Choice& o) { scenario::read_expectations(n, o.expect); }, true},
};

// "restartAt[4]": a figure of the report, with whom it is of where it needs one.
void read_figure(const Node& node, Question& out) {
  if (!read_word(node, out.figure)) return;
  const scenario::FigureName name = scenario::split_figure(out.figure);
  const scenario::FigureInfo* figure = scenario::find_figure(name.name);
  if (figure != nullptr && figure->of.empty() == name.of.empty()) return;
  std::vector<std::string> known;
  for (const auto& each : scenario::all_figures()) known.emplace_back(each.name);
  node.fail(fmt::format("`{}` is no figure", out.figure),
            figure == nullptr    ? scenario::did_you_mean(name.name, known)
            : figure->of.empty() ? std::string(figure->name)
                                 : fmt::format("{}[{}]", figure->name, figure->example));
}

constexpr Key<Question> kQuestionKeys[] = {
    {"id", [](const Node& n, Question& o) { read_word(n, o.id); }, true},
    {"ask", [](const Node& n, Question& o) { read_word(n, o.ask); }, true},
    {"run", [](const Node& n, Question& o) { read_word(n, o.run); }},
    {"figure", read_figure},
    {"choices",
     [](const Node& n, Question& o) {
       scenario::read_list<Choice>(n, o.choices, [](const Node& each, Choice& choice) {
         scenario::read_map<Choice>(each, kChoiceKeys, choice);
       });
     }},
    {"hints", [](const Node& n, Question& o) { read_texts(n, o.hints); }},
    {"why", [](const Node& n, Question& o) { read_word(n, o.why); }, true},
};

void read_question(const Node& node, Question& out) {
  scenario::read_map<Question>(node, kQuestionKeys, out);
  if (!node.value().is_map()) return;
  if (out.figure.empty() == out.choices.empty()) {
    node.fail(fmt::format("`{}` asks for {}", node.path(),
                          out.figure.empty() ? "nothing" : "a figure and a choice"),
              "figure: NAME, or choices: with two or more");
  } else if (!out.choices.empty() && out.choices.size() < 2) {
    node.fail("one choice is none", "two or more");
  }
}

constexpr Key<LessonAct> kActKeys[] = {
    {"at", [](const Node& n, LessonAct& o) { scenario::read_duration(n, o.at); }, true},
    {"act",
     [](const Node& n, LessonAct& o) {
       if (n.require_map("an action, for example {throttle: 60M}")) o.act = api::to_json(n.value());
     },
     true},
};

constexpr Key<Task> kTaskKeys[] = {
    {"ask", [](const Node& n, Task& o) { read_word(n, o.ask); }, true},
    {"expect", [](const Node& n, Task& o) { scenario::read_expectations(n, o.expect); }, true},
    {"hints", [](const Node& n, Task& o) { read_texts(n, o.hints); }},
    {"solution",
     [](const Node& n, Task& o) {
       scenario::read_list<LessonAct>(n, o.solution, [](const Node& each, LessonAct& act) {
         scenario::read_map<LessonAct>(each, kActKeys, act);
       });
     },
     true},
};

constexpr Key<Lesson> kSpecKeys[] = {
    {"title", [](const Node& n, Lesson& o) { read_word(n, o.title); }, true},
    {"story", [](const Node& n, Lesson& o) { read_word(n, o.story); }, true},
    {"goal", [](const Node& n, Lesson& o) { read_word(n, o.goal); }, true},
    {"runs",
     [](const Node& n, Lesson& o) {
       scenario::read_list<LessonRun>(n, o.runs, [](const Node& each, LessonRun& run) {
         scenario::read_map<LessonRun>(each, kRunKeys, run);
       });
     }},
    {"questions",
     [](const Node& n, Lesson& o) { scenario::read_list<Question>(n, o.questions, read_question); },
     true},
    {"task",
     [](const Node& n, Lesson& o) { scenario::read_map<Task>(n, kTaskKeys, o.task.emplace()); }},
};

constexpr Key<Lesson> kDocumentKeys[] = {
    {"apiVersion", [](const Node&, Lesson&) {}, true},
    {"kind", [](const Node&, Lesson&) {}, true},
    {"metadata",
     [](const Node& n, Lesson& o) {
       if (n.value().find("name")) read_word(n.at("name"), o.name);
     },
     true},
    {"spec", [](const Node& n, Lesson& o) { scenario::read_map<Lesson>(n, kSpecKeys, o); }, true},
};

// Runs that questions name, and ids.
void check(const Node& document, const Lesson& lesson) {
  std::vector<std::string> runs, ids;
  for (const LessonRun& run : lesson.runs) runs.push_back(run.name);
  const auto known = [&](const std::string& run, const std::string& who) {
    if (run.empty() || std::find(runs.begin(), runs.end(), run) != runs.end()) return;
    document.fail(fmt::format("question `{}` is about the run `{}`, which is not there", who, run),
                  scenario::did_you_mean(run, runs));
  };
  for (const Question& question : lesson.questions) {
    known(question.run, question.id);
    for (const Choice& choice : question.choices) known(choice.run, question.id);
    if (std::find(ids.begin(), ids.end(), question.id) != ids.end()) {
      document.fail(fmt::format("two questions are called `{}`", question.id), "ids are unique");
    }
    ids.push_back(question.id);
  }
  if (lesson.questions.empty()) document.fail("the lesson asks nothing", "at least one question");
}

bool is_lesson(const api::Value& root) {
  const api::Value* kind = root.find("kind");
  return kind != nullptr && kind->is_string() && kind->as_string() == scenario::kLessonKind;
}

}  // namespace

sim::Expected<Lesson> load_lesson_text(std::string_view text, const std::string& file) {
  const scenario::LoadResult loaded = scenario::load_text(text, file);
  std::string all;
  const auto add = [&](const sim::Error& error) {
    all += (all.empty() ? "" : "\n") + scenario::format_error(error);
  };
  for (const sim::Error& error : loaded.errors) add(error);
  if (!all.empty()) return sim::Error{"", all, ""};
  const auto documents = api::parse_yaml(text, file);
  scenario::Problems problems;
  scenario::Source source;
  source.file = file;
  source.lines = scenario::lines_of(text);
  Lesson lesson;
  lesson.file = file;
  bool found = false;
  for (const api::Document& document : *documents) {
    if (!is_lesson(document.root)) continue;
    const Node root(document.root, source, problems, "");
    if (found) root.fail("a second Lesson in the file", "one");
    found = true;
    scenario::read_map<Lesson>(root, kDocumentKeys, lesson);
    if (problems.empty()) check(root, lesson);
  }
  if (!found) {
    return sim::Error{file, "there is no lesson in it", "a document of kind: Lesson"};
  }
  for (const sim::Error& error : problems.errors()) add(error);
  if (!all.empty()) return sim::Error{"", all, ""};
  return lesson;
}

sim::Expected<Lesson> load_lesson(const std::string& path) {
  const auto text = scenario::read_input_file(path, "a lesson");
  if (!text) return text.error();
  return load_lesson_text(*text, path);
}

}  // namespace twin::training
