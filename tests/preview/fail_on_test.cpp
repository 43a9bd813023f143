// The grammar of --fail-on, and what a condition is compared with.
#include "scenarios/preview/fail_on.h"

#include <fstream>

#include <gmock/gmock.h>

namespace twin::preview {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& text) {
  const auto parsed = parse_fail_on(text);
  if (parsed) return {};
  return parsed.error().what + "; " + parsed.error().hint;
}

TEST(FailOn, ConditionsAreFiguresWithOrWithoutALimit) {
  const auto parsed = parse_fail_on("under-min-isr,unavailable>5s,restarts>=7,lost>1Mi");
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 4U);
  EXPECT_EQ((*parsed)[0].figure->name, "under-min-isr");
  EXPECT_EQ((*parsed)[0].limit, 0);
  EXPECT_FALSE((*parsed)[0].or_equal);
  EXPECT_EQ((*parsed)[1].limit, 5'000'000'000);
  EXPECT_EQ((*parsed)[2].limit, 7);
  EXPECT_TRUE((*parsed)[2].or_equal);
  EXPECT_EQ((*parsed)[3].limit, 1 << 20);
}

TEST(FailOn, WhatIsWrongIsNamed) {
  EXPECT_THAT(error_of(""), HasSubstr("empty condition"));
  EXPECT_THAT(error_of("unavailable,"), HasSubstr("empty condition"));
  EXPECT_THAT(error_of("unavailabel>5s"), HasSubstr("did you mean `unavailable`"));
  EXPECT_THAT(error_of(">5s"), HasSubstr("names no figure"));
  EXPECT_THAT(error_of("unavailable<5s"), HasSubstr("compares with `<`"));
  EXPECT_THAT(error_of("unavailable=5s"), HasSubstr("compares with `=`"));
  EXPECT_THAT(error_of("unavailable>"), HasSubstr("there is no limit"));
  EXPECT_THAT(error_of("unavailable>soon"), HasSubstr("for example unavailable>5s"));
  EXPECT_THAT(error_of("restarts>-1"), HasSubstr("not a whole number"));
  EXPECT_THAT(error_of("restarts>3s"), HasSubstr("not a whole number"));
  EXPECT_THAT(error_of("restarts >3"), HasSubstr("there is no figure `restarts `"));
}

bool met(const std::string& text, const std::vector<Outcome>& runs, const Findings& findings = {}) {
  return check(parse_fail_on(text)->front(), runs, findings).met;
}

TEST(FailOn, TheWorstRunCounts) {
  Outcome good, bad;
  good.unavailable = {1'000'000'000};
  bad.unavailable = {6'000'000'000};
  EXPECT_FALSE(met("unavailable>5s", {good, good}));
  EXPECT_TRUE(met("unavailable>5s", {good, bad}));
  EXPECT_FALSE(met("unavailable>6s", {good, bad}));
  EXPECT_TRUE(met("unavailable>=6s", {good, bad}));
  EXPECT_TRUE(met("unavailable", {good}));
  EXPECT_FALSE(met("under-min-isr", {good, bad}));
}

// Each figure can be made to fail by what it is about, and by nothing else.
TEST(FailOn, EachFigureIsItsOwn) {
  Outcome one;
  one.under_min_isr = one.unavailable = one.offline = one.lag = one.took = {1};
  one.restarts = one.rejected = one.lost_bytes = one.alerts = 1;
  Findings found;
  found.blocked = found.refusals = found.not_modelled = found.no_way_back = 1;
  for (const FailFigure& figure : fail_figures()) {
    EXPECT_TRUE(met(std::string(figure.name), {one}, found)) << figure.name;
    EXPECT_FALSE(met(std::string(figure.name), {Outcome{}}, {})) << figure.name;
    EXPECT_EQ(figure.of_run == nullptr, figure.of_all != nullptr) << figure.name;
  }
}

TEST(FailOn, EachFigureStandsInThePage) {
  std::ifstream file(TWIN_SOURCE_DIR "/docs/CI.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (const FailFigure& figure : fail_figures()) {
    EXPECT_THAT(page, HasSubstr("| `" + std::string(figure.name) + "` |"));
  }
}

TEST(Outcome, ALineAndBack) {
  Outcome one;
  one.settled = one.ready = true;
  one.took = {1};
  one.restarts = 2;
  one.under_min_isr = {3};
  one.offline = {4};
  one.unavailable = {5};
  one.lag = {6};
  one.rejected = 7;
  one.lost_bytes = 8;
  one.alerts = 9;
  EXPECT_EQ(*outcome_from_line(to_line(one)), one);
  const AbortOutcome turned{{10}, true, {11}, 12, "a \"reason\"\nof two lines", one};
  EXPECT_EQ(*abort_from_line(to_line(turned)), turned);
  EXPECT_EQ(to_line(turned).find('\n'), std::string::npos);
  EXPECT_FALSE(outcome_from_line("{}"));
  EXPECT_FALSE(outcome_from_line("no json"));
}

}  // namespace
}  // namespace twin::preview
