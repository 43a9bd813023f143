// What one run amounts to in a preview: the few figures that are compared over many runs, small
// enough to be handed from one process to another as a line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/runner/report.h"
#include "sim/expected.h"
#include "sim/time.h"

namespace twin::preview {

struct Outcome {
  bool settled = false;
  bool ready = false;  // the resource was, at the end: what was asked for was not refused
  bool done() const { return settled && ready; }
  // From the change until it was done: the last pod that restarted and the resource were Ready.
  // Where replicas moved, or neither of the two happened, until nothing moved any more. Leaders
  // that Kafka moves back by itself, within five minutes, are not waited for.
  sim::Duration took{};
  int64_t restarts = 0;
  sim::Duration under_min_isr{};  // the longest of one partition
  sim::Duration offline{};        // without a leader, summed over partitions
  sim::Duration unavailable{};    // the longest in which a partition took no records
  sim::Duration lag{};            // the worst of a consumer group
  int64_t rejected = 0;           // records that producers gave up
  int64_t lost_bytes = 0;         // acknowledged
  int64_t alerts = 0;             // rules that may fire
  bool operator==(const Outcome&) const = default;
};
// `until_rest`: done is when nothing moves any more, whatever it was.
Outcome outcome_of(const scenario::Report& report, bool until_rest = false);

// What it costs to turn back: the same change, and at some moment the objects as they were.
struct AbortOutcome {
  sim::Duration at{};    // since the change
  bool back = false;     // it came to rest, Ready, on what it ran before
  sim::Duration took{};  // from then on, until the last thing moved
  int64_t restarts = 0;  // from then on
  std::string why_not;   // it is not back
  Outcome whole;         // of the run, from the change on
  bool operator==(const AbortOutcome&) const = default;
};

// One line each, and back. Error: it is no such line.
std::string to_line(const Outcome& outcome);
std::string to_line(const AbortOutcome& outcome);
sim::Expected<Outcome> outcome_from_line(const std::string& line);
sim::Expected<AbortOutcome> abort_from_line(const std::string& line);

}  // namespace twin::preview
