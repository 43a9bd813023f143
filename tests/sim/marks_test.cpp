#include "sim/marks.h"

#include <gtest/gtest.h>

namespace twin::sim {
namespace {

void pass_b(bool also_never) {
  TWIN_MARK("marks_test_b");
  if (also_never) TWIN_MARK("marks_test_never");
}

void pass_a() { TWIN_MARK("marks_test_a"); }
void pass_a_elsewhere() { TWIN_MARK("marks_test_a"); }

std::vector<marks::Mark> own_marks() {
  std::vector<marks::Mark> own;
  for (const marks::Mark& mark : marks::all()) {
    if (mark.name.starts_with("marks_test_")) own.push_back(mark);
  }
  return own;
}

TEST(Marks, PassingCountsPerName) {
  marks::reset();
  pass_b(false);
  pass_b(false);
  pass_a();
  pass_a_elsewhere();
  EXPECT_EQ(marks::hit("marks_test_b"), 2u);
  EXPECT_EQ(marks::hit("marks_test_a"), 2u) << "two places with one name are one mark";
  EXPECT_EQ(marks::hit("marks_test_never"), 0u);
  EXPECT_EQ(marks::hit("no such mark"), 0u);
}

TEST(Marks, AMarkThatWasNeverReachedIsListedAndTheListIsSorted) {
  marks::reset();
  pass_b(false);
  const auto own = own_marks();
  ASSERT_EQ(own.size(), 3u);
  EXPECT_EQ(own[0].name, "marks_test_a");
  EXPECT_EQ(own[1].name, "marks_test_b");
  EXPECT_EQ(own[2].name, "marks_test_never");
  EXPECT_EQ(own[1].count, 1u);
  EXPECT_EQ(own[2].count, 0u);
}

TEST(Marks, ResetForgetsCountsButNotMarks) {
  pass_a();
  marks::reset();
  EXPECT_EQ(marks::hit("marks_test_a"), 0u);
  EXPECT_EQ(own_marks().size(), 3u);
}

TEST(Marks, TheReportHasALinePerMark) {
  marks::reset();
  pass_a();
  EXPECT_NE(marks::report().find("1 marks_test_a\n0 marks_test_b\n"), std::string::npos);
}

}  // namespace
}  // namespace twin::sim
