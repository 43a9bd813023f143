// How a lesson is read, and what answers, hints and wrong tries are worth.
#include "scenarios/training/exam.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "scenarios/runner/load.h"

namespace twin::training {
namespace {

using ::testing::HasSubstr;

// Nothing but a note: a run of some ten seconds that settles.
constexpr const char* kScenario =
    "---\napiVersion: kafka-twin.io/v1alpha1\nkind: Scenario\nmetadata: {name: small}\nspec:\n"
    "  settle: 10s\n  steps: [{at: 1s, note: hello}]\n";

std::string lesson_text(const std::string& questions, const std::string& more = "") {
  return "apiVersion: kafka-twin.io/v1alpha1\nkind: Lesson\nmetadata: {name: small}\nspec:\n"
         "  title: Small\n  story: It is small.\n  goal: Be small.\n" +
         more + "  questions:\n" + questions + kScenario;
}

constexpr const char* kCount =
    "    - id: count\n      ask: How many?\n      figure: restarts\n      hints: [Look., Count.]\n"
    "      why: There are {restarts}.\n";
constexpr const char* kChoice =
    "    - id: choice\n      ask: Which?\n      why: So it is.\n      choices:\n"
    "        - {text: it settled, expect: {end: settled}}\n"
    "        - {text: it did not, expect: {end: timeMax}}\n";

// The exam reads the lesson's runs from its file.
Exam exam_of(const std::string& text) {
  const std::string path = (std::filesystem::temp_directory_path() /
                            ("kafka-twin-exam-" + std::to_string(getpid()) + ".yaml"))
                               .string();
  std::ofstream(path) << text;
  auto lesson = load_lesson(path);
  if (!lesson) ADD_FAILURE() << scenario::format_error(lesson.error());
  Exam exam(std::move(*lesson));
  exam.report("");  // played while the file is there
  std::filesystem::remove(path);
  return exam;
}

std::string error_of(const std::string& text) {
  const auto lesson = load_lesson_text(text, "lesson.yaml");
  return lesson ? "" : scenario::format_error(lesson.error());
}

TEST(Exam, aRightAnswerIsWorthThreePoints) {
  Exam exam = exam_of(lesson_text(fmt::format("{}{}", kCount, kChoice)));
  EXPECT_EQ(exam.points_max(), 6);
  const auto graded = exam.answer(0, " 0 ");
  ASSERT_TRUE(graded);
  EXPECT_TRUE(graded->right);
  EXPECT_EQ(graded->told, "It is 0. There are 0.");
  EXPECT_TRUE(exam.answer(1, "A")->right);
  EXPECT_EQ(exam.points(), 6);
  EXPECT_TRUE(exam.finished());
  EXPECT_TRUE(exam.passed());
}

TEST(Exam, eachHintAndEachWrongTryCostsOneButNeverTheLast) {
  Exam exam = exam_of(lesson_text(kCount));
  EXPECT_EQ(exam.hint(0), "Look.");
  EXPECT_FALSE(exam.answer(0, "4")->right);
  EXPECT_EQ(exam.points(), 0);
  EXPECT_EQ(exam.hint(0), "Count.");
  EXPECT_EQ(exam.hint(0), "");
  EXPECT_TRUE(exam.answer(0, "0")->right);
  EXPECT_EQ(exam.points(), 1);
  EXPECT_FALSE(exam.passed()) << "one of three points";
}

TEST(Exam, whoGivesUpIsToldAndGetsNothing) {
  Exam exam = exam_of(lesson_text(kCount));
  EXPECT_THAT(exam.give_up(0), HasSubstr("It is 0."));
  EXPECT_TRUE(exam.answer(0, "0")->right);
  EXPECT_EQ(exam.points(), 0);
  EXPECT_TRUE(exam.finished());
}

TEST(Exam, whatIsNoAnswerCostsNothingAndSaysWhatWouldBeOne) {
  Exam exam = exam_of(lesson_text(fmt::format("{}{}", kCount, kChoice)));
  const auto number = exam.answer(0, "many");
  ASSERT_FALSE(number);
  EXPECT_THAT(number.error().hint, HasSubstr("a whole number"));
  const auto choice = exam.answer(1, "c");
  ASSERT_FALSE(choice);
  EXPECT_THAT(choice.error().hint, HasSubstr("a letter from a to b"));
  EXPECT_TRUE(exam.answer(0, "0")->right);
  EXPECT_EQ(exam.points(), kQuestionPoints);
}

TEST(Lesson, whatIsWrongInItIsNamedWithItsPlace) {
  EXPECT_THAT(error_of(lesson_text("    - {id: a, ask: b, figure: restart, why: c}\n")),
              HasSubstr("lesson.yaml:9:31: `restart` is no figure; did you mean `restarts`?"));
  EXPECT_THAT(error_of(lesson_text("    - {id: a, ask: b, why: c}\n")),
              HasSubstr("asks for nothing"));
  EXPECT_THAT(error_of(lesson_text(fmt::format("{}{}", kCount, kCount))),
              HasSubstr("two questions are called `count`"));
  EXPECT_THAT(error_of(lesson_text("    - {id: a, ask: b, run: x, figure: restarts, why: c}\n")),
              HasSubstr("the run `x`, which is not there"));
  EXPECT_THAT(error_of(lesson_text(kCount, "  storry: x\n")), HasSubstr("did you mean `story`"));
  EXPECT_THAT(error_of(std::string(kScenario).substr(4)), HasSubstr("there is no lesson in it"));
  EXPECT_THAT(error_of(lesson_text(kCount) + "  settel: 1s\n"), HasSubstr("settle"));
}

}  // namespace
}  // namespace twin::training
