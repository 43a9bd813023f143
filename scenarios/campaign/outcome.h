// What one run of a campaign came to, in one line of JSON: workers send it, the campaign's file
// keeps it, reports are made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/runner/report.h"
#include "scenarios/runner/scenario.h"
#include "sim/expected.h"

namespace twin::campaign {

struct Outcome {
  std::vector<std::string> violated;  // names of properties, each once, in the order of the run
  std::string how;                    // of the first
  std::string end;                    // "settled", ...
  bool judged = true;                 // false: a fault had no target, which says nothing
  int64_t restarts = 0;
  bool fault_in_roll = false;  // between the first restart and the last one's end
  bool waited = false;         // it contains a decision to wait
  int64_t unlucky = 0;
  int64_t leader_moves = 0;
  sim::Duration duration{}, under_min_isr{};
  uint64_t events = 0;
  uint64_t fingerprint = 0;
  std::vector<std::string> marks;  // coverage marks that it passed, sorted

  bool violates(std::string_view property) const;
};

Outcome outcome_of(const scenario::Scenario& scenario, const scenario::Report& report);
// Plays it under the profile that it names. Resets the process's coverage marks.
Outcome play(const scenario::Scenario& scenario, const volatile bool* interrupt = nullptr);

// The same for a candidate that is made smaller: none where a program (exec:CMD) ended the run.
std::optional<Outcome> try_to_play(const scenario::Scenario& scenario);

std::string to_line(const Outcome& outcome);
sim::Expected<Outcome> from_line(std::string_view line);

}  // namespace twin::campaign
