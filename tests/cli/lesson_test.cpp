// Lessons in a terminal: listed, shown without their answers, taken by a person and by a script.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/cli/cli_support.h"

namespace twin::cli_test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kStuck = TWIN_SOURCE_DIR "/scenarios/lessons/node-lost-pod-stuck.yaml";

// `more` as a shell takes it.
Ran take(const std::string& more) {
  return kafka_twin(fmt::format("lesson take {} {}", kStuck, more));
}

Ran take_typing(const std::string& typed) { return take("<" + write_file("typed", typed)); }

TEST(Lesson, theListHasALineForEach) {
  const Ran ran = kafka_twin("lesson list");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("throttle-that-never-ends +A throttle that never ends\n"));
}

TEST(Lesson, aLessonIsShownWithoutItsAnswers) {
  const Ran ran = kafka_twin(fmt::format("lesson show {}", kStuck));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("A node is lost and its pod stuck in Terminating"));
  EXPECT_THAT(ran.out, HasSubstr("end: How does the run end"));
  EXPECT_THAT(ran.out, HasSubstr("  b) "));
  EXPECT_THAT(ran.out, Not(HasSubstr("only its kubelet can say")));
}

TEST(Lesson, whoKnowsPasses) {
  const Ran ran = take(" --answer end=timeMax --answer producers=b --answer acted=310s");
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("end: right. It is timeMax."));
  EXPECT_THAT(ran.out, HasSubstr("9 of 12 points: passed."));
}

TEST(Lesson, whoDoesNotKnowDoesNot) {
  const Ran ran = take(" --answer end=settled --answer producers=a --answer acted=10s");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("end: wrong."));
  EXPECT_THAT(ran.out, HasSubstr("0 of 12 points: not passed"));
}

TEST(Lesson, theTaskIsDoneByActsAndSavedAsAScenario) {
  const std::string saved = scratch("saved.yaml");
  const std::string taint =
      "'120s {set: {Node/node-a-1: {spec.taints: [{key: node.kubernetes.io/out-of-service, value: "
      "nodeshutdown, effect: NoExecute}]}}}'";
  const Ran ran = take("--act " + taint + " --save " + saved);
  EXPECT_THAT(ran.out, HasSubstr("end: settled: is settled (reached)"));
  EXPECT_THAT(ran.out, HasSubstr("The task is done."));
  const Ran again = kafka_twin("run --quiet " + saved);
  EXPECT_EQ(again.status, 0) << again.out << again.err;
  EXPECT_THAT(again.out, HasSubstr("settled"));
}

TEST(Lesson, aPersonIsAskedHelpedAndTold) {
  const Ran ran = take_typing("soon\nhint\ntimeMax\nb\n\nrun\n5x\n\n");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("Hint: settled means"));
  EXPECT_THAT(ran.out, HasSubstr("Right, 1 of 3 points. It is timeMax."));
  EXPECT_THAT(ran.out, HasSubstr("Right, 3 of 3 points. It is b."));
  EXPECT_THAT(ran.out, HasSubstr("(not reached)"));
  EXPECT_THAT(ran.out, HasSubstr("`5x` is no act"));
  EXPECT_THAT(ran.out, HasSubstr("4 of 12 points"));
}

TEST(Lesson, whoLeavesIsGivenHisScore) {
  const Ran ran = take_typing("");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("0 of 12 points"));
}

TEST(Lesson, mistakesAreToldInALine) {
  const Ran unknown = kafka_twin("lesson take node-lost");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no lesson `node-lost`"));
  const Ran question = take(" --answer ende=timeMax");
  EXPECT_EQ(question.status, 2);
  EXPECT_THAT(question.err, HasSubstr("answers no question"));
  const Ran act = take(" --act '9s {heal: x}'");
  EXPECT_EQ(act.status, 2);
  EXPECT_THAT(act.err, HasSubstr("no step has the id `x`"));
  EXPECT_EQ(kafka_twin("lesson").status, 2);
}

}  // namespace
}  // namespace twin::cli_test
