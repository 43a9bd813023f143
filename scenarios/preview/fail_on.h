// --fail-on: conditions on the figures of a preview, any of which makes it fail.
//
//   CONDITIONS = CONDITION *("," CONDITION)
//   CONDITION  = FIGURE [(">" | ">=") LIMIT]        no limit: more than 0
//   LIMIT      = a duration (5s, 1h30min), bytes (1Mi) or a number, as the figure is one
//
// A figure's value is its worst over all runs that were played: one that went badly is enough.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/preview/outcome.h"
#include "sim/expected.h"

namespace twin::preview {

// Figures that are not of a single run: the same whatever the hardware.
struct Findings {
  int64_t blocked = 0;       // findings of the pre-flight
  int64_t refusals = 0;      // of the operator or the API server
  int64_t not_modelled = 0;  // fields that touch safety
  int64_t no_way_back = 0;   // 1: a point of no return was passed
};

enum class Unit : uint8_t { duration, count, bytes };
struct FailFigure {
  std::string_view name;
  Unit unit;
  std::string_view help;
  int64_t (*of_run)(const Outcome& outcome);  // or null:
  int64_t Findings::*of_all;
};
const std::vector<FailFigure>& fail_figures();

struct FailCondition {
  const FailFigure* figure = nullptr;
  bool or_equal = false;
  int64_t limit = 0;
  std::string text;  // as it was given
};
sim::Expected<std::vector<FailCondition>> parse_fail_on(std::string_view text);

struct FailResult {
  std::string text;   // "unavailable>5s"
  std::string value;  // "539.565 ms"
  bool met = false;   // then the preview fails
};
// REQUIRES: at least one run.
FailResult check(const FailCondition& condition, const std::vector<Outcome>& runs,
                 const Findings& findings);

}  // namespace twin::preview
