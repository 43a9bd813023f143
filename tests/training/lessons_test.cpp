// Every lesson that is shipped: its answers are read off its runs, the wrong ones are told from the
// right ones, its task is not solved by doing nothing, and its solution solves it.
#include <algorithm>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>

#include "scenarios/runner/live_session.h"
#include "scenarios/runner/load.h"
#include "scenarios/runner/run.h"
#include "scenarios/training/exam.h"

namespace twin::training {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> lesson_files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(TWIN_SOURCE_DIR "/scenarios/lessons")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class EveryLesson : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto loaded = load_lesson(GetParam());
    ASSERT_TRUE(loaded) << scenario::format_error(loaded.error());
    exam_ = std::make_unique<Exam>(std::move(*loaded));
  }
  std::unique_ptr<Exam> exam_;
};

// Answers of the form that the question wants, which are not so.
std::vector<std::string> wrong_answers(Exam& exam, size_t question) {
  const Question& asked = exam.lesson().questions[question];
  std::vector<std::string> wrong;
  if (!asked.choices.empty()) {
    const auto right = exam.right_choices(question);
    for (size_t i = 0; i < asked.choices.size(); ++i) {
      if (std::find(right.begin(), right.end(), i) == right.end()) {
        wrong.emplace_back(1, static_cast<char>('a' + i));
      }
    }
    return wrong;
  }
  const auto is =
      scenario::figure_value(exam.report(asked.run), scenario::split_figure(asked.figure));
  if (!is) return {};
  switch (is->unit) {
    case scenario::FigureUnit::count:
      return {std::to_string(is->number + 1)};
    case scenario::FigureUnit::bytes:
      return {std::to_string(is->number + is->number / 5 + 100)};
    case scenario::FigureUnit::duration:
      return {std::to_string((is->number + is->number / 5) / 1'000'000'000 + 3) + "s"};
    case scenario::FigureUnit::text:
      return {is->text + " not"};
    case scenario::FigureUnit::list:
      return {"7 8 9"};
  }
  return wrong;
}

std::string typed(Exam& exam, size_t question) {
  const Question& asked = exam.lesson().questions[question];
  if (!asked.choices.empty()) return exam.right_answer(question);
  const auto is =
      scenario::figure_value(exam.report(asked.run), scenario::split_figure(asked.figure));
  if (!is) return {};
  const bool time = is->unit == scenario::FigureUnit::duration;
  if (time) return std::to_string((is->number + 500'000'000) / 1'000'000'000) + "s";
  return is->unit == scenario::FigureUnit::bytes ? std::to_string(is->number)
                                                 : scenario::format_value(*is);
}

TEST_P(EveryLesson, tellsRightAnswersFromWrongOnes) {
  for (size_t i = 0; i < exam_->lesson().questions.size(); ++i) {
    const Question& question = exam_->lesson().questions[i];
    SCOPED_TRACE(question.id);
    EXPECT_EQ(exam_->right_choices(i).size(), question.choices.empty() ? 0U : 1U);
    Exam other(exam_->lesson());
    const auto wrong = wrong_answers(*exam_, i);
    EXPECT_FALSE(wrong.empty());
    for (const std::string& answer : wrong) {
      const auto graded = other.answer(i, answer);
      ASSERT_TRUE(graded) << answer << ": " << scenario::format_error(graded.error());
      EXPECT_FALSE(graded->right) << answer;
    }
    EXPECT_EQ(other.points(), 0);
    const auto graded = exam_->answer(i, typed(*exam_, i));
    ASSERT_TRUE(graded) << scenario::format_error(graded.error());
    EXPECT_TRUE(graded->right) << typed(*exam_, i);
    EXPECT_EQ(exam_->points(i), kQuestionPoints);
    EXPECT_THAT(graded->told, Not(HasSubstr("?}")));
    EXPECT_THAT(graded->told, HasSubstr(exam_->right_answer(i)));
    RecordProperty(question.id, exam_->right_answer(i));
  }
}

TEST_P(EveryLesson, hasAHintForEachQuestionAndAStory) {
  const Lesson& lesson = exam_->lesson();
  EXPECT_FALSE(lesson.title.empty());
  EXPECT_GE(lesson.story.size(), 100U);
  EXPECT_EQ(lesson.name, std::filesystem::path(GetParam()).stem().string());
  EXPECT_GE(lesson.questions.size(), 3U);
  for (size_t i = 0; i < exam_->items(); ++i) {
    EXPECT_GT(exam_->hints_left(i), 0U) << i;
    EXPECT_THAT(exam_->hint(i), Not(HasSubstr("?}")));
  }
}

TEST_P(EveryLesson, hasATaskThatIsNotSolvedByDoingNothing) {
  const Lesson& lesson = exam_->lesson();
  if (!lesson.task) return;  // not every story has something to do in it
  auto live = scenario::LiveSession::open(GetParam(), {});
  ASSERT_TRUE(live) << scenario::format_error(live.error());
  EXPECT_FALSE(exam_->judge_task((*live)->finish()).right);
  for (const LessonAct& act : lesson.task->solution) {
    (*live)->advance(act.at);
    const auto acted = (*live)->act(act.act);
    ASSERT_TRUE(acted) << scenario::format_error(acted.error());
  }
  const Grade grade = exam_->judge_task((*live)->finish());
  EXPECT_TRUE(grade.right) << grade.told;
  EXPECT_EQ(exam_->points(), kQuestionPoints - 1) << "one try went wrong";
  // What was done is a scenario of its own, and gives the same run.
  const scenario::LoadResult saved = scenario::load_text((*live)->saved_text("."), "saved.yaml");
  ASSERT_TRUE(saved.scenario);
  EXPECT_EQ(scenario::run_scenario(*saved.scenario, {}).fingerprint, (*live)->finish().fingerprint);
}

INSTANTIATE_TEST_SUITE_P(Shipped, EveryLesson, ::testing::ValuesIn(lesson_files()),
                         [](const auto& each) {
                           std::string name = std::filesystem::path(each.param).stem().string();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Lessons, thereAreAtLeastEight) { EXPECT_GE(lesson_files().size(), 8U); }

}  // namespace
}  // namespace twin::training
